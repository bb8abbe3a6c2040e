"""DNSMOS cuts clips and bends ratings as speechmos does; with the real network see test_engines.py."""

import numpy as np
import pytest

from harness.local.engines.dnsmos import Rater, windows

WINDOW = 144_160


def clip(samples: int) -> np.ndarray:
    return np.arange(samples, dtype=np.float32)


@pytest.mark.parametrize(
    ("samples", "count"),
    [
        pytest.param(WINDOW, 1, id="exactly one window"),
        pytest.param(WINDOW + 1, 1, id="a bit more"),
        pytest.param(10 * 16_000, 1, id="10 s"),
        pytest.param(11 * 16_000, 2, id="11 s"),
        pytest.param(5 * 16_000, 1, id="5 s become 10 s"),
        pytest.param(3 * 16_000, 3, id="3 s become 12 s"),
    ],
)
def test_windows(samples: int, count: int) -> None:
    cut = windows(clip(samples))
    assert [len(window) for window in cut] == [WINDOW] * count
    for second, window in enumerate(cut):
        assert window[0] == (second * 16_000) % samples
        assert window.dtype == np.float32


def test_ratings_are_bent_and_averaged() -> None:
    class Session:
        def __init__(self) -> None:
            self.outputs = iter([[2.0, 3.0, 4.0], [4.0, 3.0, 2.0]])

        def run(self, _names: None, inputs: dict[str, np.ndarray]) -> list[list[list[float]]]:
            assert inputs["input_1"].shape == (1, WINDOW)
            return [[next(self.outputs)]]

    ratings = Rater(Session()).rate(clip(11 * 16_000))
    # the polynomials of speechmos/dnsmos.py, by hand
    assert ratings["sig"] == pytest.approx((2.11103184 + 3.54503754) / 2)
    assert ratings["bak"] == pytest.approx(3.24640004)
    assert ratings["ovrl"] == pytest.approx((3.42527883 + 2.00630325) / 2)
