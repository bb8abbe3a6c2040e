"""How many more samples would tell two apart."""

import numpy as np
import pytest

from harness.core.firmness import More
from harness.metrics.advice import Part, more_samples, parts
from harness.metrics.paired import differences
from harness.metrics.power import power_of
from harness.metrics.stats import detectable
from harness.metrics.tables import observe
from tests.metrics.frames import Frames


def part(suite: str, samples: int, variance: float, usd: float | None = None) -> Part:
    return Part(suite=suite, samples=samples, variance=variance, usd_per_sample=usd)


REACH = detectable(1.0)
"""So many standard errors are found with a power of 0.8."""


@pytest.mark.parametrize(
    ("difference", "of", "more"),
    [
        pytest.param(REACH * 0.1, [part("x", 100, 0.02, 0.012)], [More(suite="x", samples=100, usd=1.2)], id="twice"),
        pytest.param(REACH * 0.2, [part("x", 100, 0.04)], [], id="enough already"),
        pytest.param(-REACH * 0.1, [part("x", 100, 0.02)], [More(suite="x", samples=100, usd=None)], id="worse"),
        pytest.param(0.0, [part("x", 100, 0.02)], None, id="no difference to show"),
        pytest.param(0.1, [], None, id="nothing is known"),
        pytest.param(
            REACH * 0.1, [part("x", 10, 0.011, 1.0), part("y", 10, 0.004, 0.1)], [More(suite="x", samples=9, usd=9.0)],
            id="of the cheap one no number is enough",
        ),
        pytest.param(
            REACH * 0.1, [part("x", 100, 0.006, 1.0), part("y", 900, 0.006, 0.01)],
            [More(suite="y", samples=450, usd=4.5)], id="cheaper, though more",
        ),
        pytest.param(
            REACH * 0.1, [part("x", 100, 0.006, 1.0), part("y", 900, 0.006)], [More(suite="x", samples=50, usd=50.0)],
            id="fewer, where one has no price",
        ),
        pytest.param(
            REACH * 0.1, [part("x", 10, 0.02), part("y", 30, 0.02)],
            [More(suite="x", samples=30, usd=None), More(suite="y", samples=90, usd=None)], id="none alone is enough",
        ),
    ],
)  # fmt: skip
def test_the_cheapest_way(difference: float, of: list[Part], more: list[More] | None) -> None:
    assert more_samples(difference, of) == (None if more is None else tuple(more))


def run(*, items: int) -> Frames:
    rng, frames = np.random.default_rng(0), Frames()
    for suite, noise in (("rough", 0.5), ("smooth", 0.05)):
        for i in range(items):
            for name, mean in (("a", 0.6), ("b", 0.5)):
                frames.add(name, f"{i:03}", rng.normal(mean, noise), suite=suite, cost_usd=0.006)
    return frames


def test_parts_add_up_to_the_variance_of_the_difference() -> None:
    seen = observe(*run(items=40).tables(), slot="text")
    found = parts(seen, "a", "b")
    (pair,) = differences(seen, "a")
    assert [p.suite for p in found] == ["rough", "smooth"]
    assert [p.samples for p in found] == [40, 40]
    assert [p.usd_per_sample for p in found] == pytest.approx([0.012, 0.012])
    assert pair.detectable == pytest.approx(detectable(sum(p.variance for p in found) ** 0.5))


def test_the_samples_that_are_advised_have_the_power_that_was_asked() -> None:
    rough, smooth = parts(observe(*run(items=40).tables(), slot="text"), "a", "b")
    (more,) = more_samples(0.1, [rough, smooth]) or ()
    assert more.suite == "rough"
    assert more.usd == pytest.approx(0.012 * more.samples)
    powers = [
        power_of(0.1, (rough.variance * 40 / (40 + m) + smooth.variance) ** 0.5, 1e6)
        for m in (more.samples - 1, more.samples)
    ]
    assert powers[0] < 0.8 <= powers[1] < 0.81


def test_a_task_with_one_sample_shows_nothing_to_go_by() -> None:
    frames = run(items=1)
    assert parts(observe(*frames.tables(), slot="text"), "a", "b") == ()
