"""The total of many amounts from a few: held against the textbook's interval, and against what comes."""

import math

import numpy as np
import pytest
from scipy import stats

from harness.core.forecast import Range
from harness.metrics.prediction import predicted_total


def test_a_total_is_what_was_seen_and_a_prediction_of_the_rest() -> None:
    seen, planned = [3.0, 5.0, 4.0, 8.0], 20
    mean, s, rest = 5.0, math.sqrt((4 + 0 + 1 + 9) / 3), 16
    half = stats.t.ppf(0.975, 3) * s * math.sqrt(rest**2 / 4 + rest)
    found = predicted_total(seen, planned)
    assert found.expected == pytest.approx(20 + rest * mean)
    assert (found.low, found.high) == (pytest.approx(20 + rest * mean - half), pytest.approx(20 + rest * mean + half))


@pytest.mark.parametrize(
    ("seen", "planned", "found"),
    [
        pytest.param([1.0, 2.0], 2, Range(low=3, expected=3, high=3), id="all-were-seen"),
        pytest.param([1.0, 2.0], 1, Range(low=3, expected=3, high=3), id="more-than-was-planned"),
        pytest.param([2.0], 4, Range(low=2 + 6 / 4, expected=8, high=2 + 6 * 4), id="one-shows-no-spread"),
        pytest.param([0.0, 0.0], 9, Range(low=0, expected=0, high=0), id="nothing-costs-nothing"),
    ],
)
def test_edges(seen: list[float], planned: int, found: Range) -> None:
    assert predicted_total(seen, planned) == found


def test_nothing_is_foretold_from_nothing() -> None:
    with pytest.raises(ValueError, match="nothing was observed"):
        predicted_total([], 3)


def test_the_interval_holds_the_truth_19_times_in_20() -> None:
    rng = np.random.default_rng(7)
    drawn = rng.normal(10.0, 2.0, (1500, 25))
    held = [predicted_total(row[:5].tolist(), 25).holds(float(row.sum())) for row in drawn]
    assert 0.93 <= np.mean(held) <= 0.97
