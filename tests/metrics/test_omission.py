"""A slot without one of its suites is the slot that was never asked it."""

import numpy as np
import pytest

from harness.core.estimates import Estimate
from harness.metrics.estimates import estimates
from harness.metrics.observations import Observations
from harness.metrics.omission import suites, without_suite
from harness.metrics.tables import observe
from tests.metrics.frames import INFRA_FAULT, Frames


def asked(*names: str) -> Observations:
    """Three suites of two tasks, with clusters, repetitions, labels and losses; only those of `names` were asked."""
    rng, frames = np.random.default_rng(5), Frames()
    for suite in ("labels", "prose", "sums"):
        for i in range(24):
            for candidate, skill in (("a", 0.8), ("b", 0.6)):
                for epoch in range(2):
                    value, ms, lost = float(rng.random() < skill), rng.lognormal(6, 0.5), rng.random() < 0.05
                    if suite not in names:
                        continue
                    detail = {"wanted": float(i % 3), "read": float(i % 3) if value else -1.0}
                    primary = "label_match" if suite == "labels" else "exact_match"
                    frames.add(
                        candidate, f"{i:02}", None if lost else value, suite=suite, task=f"t{i % 2}", epoch=epoch,
                        cluster=f"c{i // 3}", primary=primary, details={"label_match": detail},
                        output_tokens=10 + i, **(INFRA_FAULT if lost else {"ttfo_ms": ms, "total_ms": 2 * ms}),
                    )  # fmt: skip
    return observe(*frames.tables(), slot="text")


def values(of: Observations) -> dict[str, dict[str, Estimate]]:
    """Every estimate that has a value."""
    found = estimates(of, draws=0)
    return {name: {e.metric: e for e in metrics if e.value is not None} for name, metrics in found.items()}


@pytest.mark.parametrize("left_out", ["labels", "prose", "sums"])
def test_it_is_as_if_the_suite_had_not_been_asked(left_out: str) -> None:
    whole = asked("labels", "prose", "sums")
    assert suites(whole) == ("labels", "prose", "sums")
    never = values(asked(*(name for name in suites(whole) if name != left_out)))
    found = values(without_suite(whole, left_out))
    for name, of in never.items():
        assert set(found[name]) == set(of)
        for metric, wanted in of.items():
            got = found[name][metric]
            assert (got.value, got.n, got.coverage) == (pytest.approx(wanted.value), wanted.n, wanted.coverage), metric


def test_values_alone_need_no_draws() -> None:
    whole = asked("labels", "prose")
    drawn = {e.metric: e.value for e in estimates(whole)["a"]}
    assert {e.metric: e.value for e in estimates(whole, draws=0)["a"]} == drawn
    few = estimates(whole, draws=0, only=("ttfo_p50_ms",))["a"]
    assert [e.metric for e in few] == ["quality", "coverage", "ttfo_p50_ms"]
    assert few[2].value == drawn["ttfo_p50_ms"] is not None
