"""OrderedClip: the length and size of a clip against what was ordered."""

import pytest

from harness.core.calls import Output
from harness.core.canonical import Json
from harness.core.media import Video
from harness.core.scores import Score, Unscored
from harness.core.suites import Sample
from harness.scorers import OrderedClip
from tests.videos import noun

ORDERED: Json = {"seconds": 4, "width": 1280, "height": 720}


def judged(video: Video | None, target: Json = ORDERED) -> Score | Unscored:
    return OrderedClip().score(Sample(id="s", input="?", target=target), Output(video=video), {})


@pytest.mark.parametrize(
    ("seconds", "width", "height", "value"),
    [
        pytest.param(4.0, 1280, 720, 1.0, id="as ordered"),
        pytest.param(4.21, 1280, 720, 1.0, id="a few frames more"),
        pytest.param(5.0, 1280, 720, 0.75, id="a quarter longer"),
        pytest.param(1.0, 1280, 720, 0.25, id="a quarter of it"),
        pytest.param(8.0, 1280, 720, 0.0, id="twice as long"),
        pytest.param(4.0, 1920, 1080, 0.5, id="larger, of the same shape"),
        pytest.param(4.0, 864, 480, 0.5, id="smaller, as whole blocks allow"),
        pytest.param(4.0, 720, 1280, 0.0, id="upright"),
        pytest.param(3.0, 1920, 1080, 0.375, id="shorter and larger"),
    ],
)
def test_length_times_size(seconds: float, width: int, height: int, value: float) -> None:
    score = judged(noun(b"x", seconds=seconds, width=width, height=height))
    assert isinstance(score, Score)
    assert score.value == pytest.approx(value)
    assert bool(score.reason) == (value < 1)
    assert score.detail == {"seconds": seconds, "width": width, "height": height}


def test_no_clip_is_worth_nothing() -> None:
    assert judged(None) == Score(value=0.0, reason="no clip was made")


@pytest.mark.parametrize(
    "target",
    [None, "4 s", {"seconds": 4}, {**ORDERED, "width": 0}, {**ORDERED, "seconds": True}, {**ORDERED, "height": "720"}],  # type: ignore[dict-item]
)
def test_a_target_that_orders_nothing_judges_nothing(target: Json) -> None:
    assert isinstance(judged(noun(b"x"), target), Unscored)
