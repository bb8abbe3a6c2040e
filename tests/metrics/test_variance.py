"""Components of variance against the oracle, the table of methodology.md 2.4 and scipy."""

import numpy as np
import pytest
from scipy.stats import f_oneway

from harness.metrics.variance import Components, components, intraclass
from tests.oracles import oracle

PAIRED = oracle("stats_paired_clustered")


def test_how_alike_items_of_a_cluster_are_equals_the_oracle() -> None:
    inputs, expected = PAIRED["inputs"], PAIRED["results"]["icc1"]
    found = intraclass(np.array(inputs["score_A"]) - np.array(inputs["score_B"]), np.array(inputs["cluster"]))
    assert found.icc == pytest.approx(expected["icc"], abs=1e-8)
    assert found.design_effect == pytest.approx(expected["deff"], abs=1e-8)


def test_unequal_clusters_have_the_f_of_scipy() -> None:
    rng = np.random.default_rng(0)
    cluster = np.repeat(np.arange(6), [1, 2, 3, 4, 5, 9])
    x = rng.normal(0, 1, 24) + rng.normal(0, 1, 6)[cluster]
    f = f_oneway(*(x[cluster == g] for g in range(6))).statistic
    typical = (24 - (np.bincount(cluster) ** 2).sum() / 24) / 5
    assert intraclass(x, cluster).icc == pytest.approx((f - 1) / (f - 1 + typical))


def test_more_items_beat_more_repetitions() -> None:
    parts = Components(between=0.042946, within=0.022864)
    ses = [parts.se(items=100, trials=k) for k in (1, 2, 4, 8)]
    assert ses == pytest.approx([0.025653, 0.023319, 0.022059, 0.021401], abs=2e-6)
    assert parts.se(items=200, trials=1) < parts.se(items=100, trials=8)


def test_components_are_found_again() -> None:
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 0.3, (4000, 1)) + rng.normal(0, 0.5, (4000, 3))
    found = components(scores)
    assert (found.between, found.within) == (pytest.approx(0.09, rel=0.1), pytest.approx(0.25, rel=0.05))
    assert found.se(items=4000, trials=3) == pytest.approx(scores.mean(axis=1).std(ddof=1) / 4000**0.5)


def test_items_that_differ_less_than_their_repetitions_have_no_variance_of_their_own() -> None:
    assert components(np.array([[0.0, 1.0], [1.0, 0.0]])).between == 0.0
    assert intraclass(np.full(4, 0.5), np.array([0, 0, 1, 1])).design_effect == 1.0


def test_what_shows_no_spread_is_refused() -> None:
    with pytest.raises(ValueError, match="two repetitions"):
        components(np.zeros((5, 1)))
    for cluster in ([0, 0, 0], [0, 1, 2]):
        with pytest.raises(ValueError, match="how alike"):
            intraclass(np.arange(3.0), np.array(cluster))
