"""RenderedText and DrawnShapes: what an instrument saw in a picture, against what was to be in it."""

import json
from collections.abc import Mapping

import pytest

from harness.core.calls import Output
from harness.core.canonical import Json
from harness.core.scores import READER, SHAPES, Reading, Score, Unscored
from harness.core.suites import Sample
from harness.scorers import DrawnShapes, RenderedText
from tests.pictures import noun, picture

MADE = Output(image=noun(picture()))


def seen(instrument: str, text: str | None) -> Mapping[str, Reading]:
    return {instrument: Reading(instrument=instrument, candidate="it", output=Output(text=text))}


def rendered(target: Json, text: str | None) -> Score | Unscored:
    return RenderedText().score(Sample(id="s", input="?", target=target), MADE, seen(READER.name, text))


def drawn(target: Json, text: str | None) -> Score | Unscored:
    return DrawnShapes().score(Sample(id="s", input="?", target=target), MADE, seen(SHAPES.name, text))


@pytest.mark.parametrize(
    ("target", "text", "value"),
    [
        pytest.param("Open", "open", 1.0, id="case"),
        pytest.param("OPEN UNTIL NINE", "OPEN\nUNTIL\nNINE", 1.0, id="lines are the painter's"),
        pytest.param("７:45", "7：45", 1.0, id="full-width"),
        pytest.param("今日特价", "今日 特价", 1.0, id="Chinese"),
        pytest.param("今日特价", "今日持价", 0.75, id="one character"),
        pytest.param("PAID", "PAD", 0.75, id="one left out"),
        pytest.param("PAID", "PAID NOW", 0.25, id="three too many"),
        pytest.param("PAID", "nothing of the kind", 0.0, id="another text"),
        pytest.param("PAID", "", 0.0, id="nothing"),
        pytest.param("PAID", "x" * 10**6, 0.0, id="a megabyte"),
    ],
)
def test_writing(target: str, text: str, value: float) -> None:
    score = rendered(target, text)
    assert isinstance(score, Score)
    assert score.value == pytest.approx(value)


def shapes(**counts: int) -> dict[str, Json]:
    named = ([*name.split("_"), n] for name, n in counts.items())
    return {"shapes": [{"colour": colour, "shape": shape, "count": n} for colour, shape, n in named]}


@pytest.mark.parametrize(
    ("found", "value"),
    [
        pytest.param(shapes(red_circle=3, blue_square=1), 1.0, id="all"),
        pytest.param(shapes(blue_square=1, red_circle=2) | {"more": 1}, 6 / 7, id="one missing"),
        pytest.param(shapes(red_circle=4, blue_square=1), 8 / 9, id="one too many"),
        pytest.param(shapes(red_circle=3, green_square=1), 6 / 8, id="another colour"),
        pytest.param(shapes(red_star=3, blue_triangle=1), 0.0, id="other forms"),
        pytest.param({"shapes": []}, 0.0, id="nothing"),
    ],
)
def test_shapes(found: Json, value: float) -> None:
    score = drawn(shapes(red_circle=3, blue_square=1), json.dumps(found))
    assert isinstance(score, Score)
    assert score.value == pytest.approx(value)
    assert bool(score.reason) == (value < 1)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "[" * 10**5, '{"shapes": 7}', '{"shapes": [7, {"count": -1}, {"count": 1e99}]}']
)
def test_what_is_no_list_of_shapes_finds_none(text: str) -> None:
    score = drawn(shapes(red_circle=3), text)
    assert isinstance(score, Score)
    assert score.value == 0.0


def test_unscored() -> None:
    assert isinstance(RenderedText().score(Sample(id="s", input="?", target="x"), MADE, {}), Unscored)
    assert isinstance(rendered("x", None), Unscored)
    assert isinstance(rendered(7, "7"), Unscored)
    assert isinstance(DrawnShapes().score(Sample(id="s", input="?", target="x"), MADE, {}), Unscored)
    assert isinstance(drawn("three circles", "{}"), Unscored)
    assert isinstance(drawn(shapes(red_circle=1), None), Unscored)
