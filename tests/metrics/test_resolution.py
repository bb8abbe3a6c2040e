import numpy as np
import pytest

from harness.metrics.resolution import merged

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("latencies", "equal"),
    [
        pytest.param([10.0, 12.0], [10.0, 12.0], id="farther apart than the clock is off"),
        pytest.param([10.0, 10.4], [10.2, 10.2], id="nearer: the same"),
        pytest.param([10.0, 10.5], [10.0, 10.5], id="just as far is apart"),
        pytest.param([10.8, 10.0, 10.4], [10.4, 10.4, 10.4], id="a chain is one group"),
        pytest.param([20.2, 10.0, 20.0, 10.4], [20.1, 10.2, 20.1, 10.2], id="two groups"),
        pytest.param([NAN, 10.0, 10.4], [NAN, 10.2, 10.2], id="what is not measured"),
        pytest.param([INF, INF, 10.0], [INF, INF, 10.0], id="what never ends"),
        pytest.param([NAN, NAN], [NAN, NAN], id="nothing at all"),
    ],
)
def test_latencies(latencies: list[float], equal: list[float]) -> None:
    draws = np.array([[[value, value] for value in latencies]])
    found = merged(draws, ["ttfo_p50_ms", "quality"], 0.5)
    assert found[0, :, 0] == pytest.approx(equal, nan_ok=True)
    assert found[0, :, 1] == pytest.approx(latencies, nan_ok=True), "only latencies are read off a clock"


def test_each_draw_by_itself() -> None:
    draws = np.array([[[10.0], [10.2]], [[10.0], [11.0]]])
    assert merged(draws, ["total_p95_ms"], 0.5)[:, :, 0].tolist() == [[10.1, 10.1], [10.0, 11.0]]


def test_a_perfect_clock_changes_nothing() -> None:
    draws = np.random.default_rng(0).random((50, 3, 1))
    assert np.array_equal(merged(draws, ["ttft_p50_ms"], 0.0), draws)
