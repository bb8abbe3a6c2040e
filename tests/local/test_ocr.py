"""How PP-OCR's boxes become lines; with the real networks see test_engines.py."""

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from harness.local.engines import ocr
from harness.local.engines.ocr import Reader
from tests.pictures import picture

CHARACTERS = "abc"


class Detector:
    """Finds text in rectangles that are given in shares of the picture."""

    def __init__(self, *rectangles: tuple[float, float, float, float]) -> None:
        self.rectangles = rectangles
        self.shapes: list[tuple[int, ...]] = []

    def run(self, _: None, given: dict[str, Any]) -> list[Any]:
        shape = given["x"].shape
        self.shapes.append(shape)
        found = np.zeros((1, 1, *shape[2:]), np.float32)
        for left, top, right, bottom in self.rectangles:
            rows = slice(round(top * shape[2]), round(bottom * shape[2]))
            found[0, 0, rows, round(left * shape[3]) : round(right * shape[3])] = 0.9
        return [found]


class Recogniser:
    """Spells by `columns`: a list of classes for each line, in the order in which it gets them."""

    def __init__(self, columns: Callable[[int], list[int]], sure: float = 1.0) -> None:
        self.columns, self.sure, self.seen = columns, sure, 0

    def get_modelmeta(self) -> SimpleNamespace:
        return SimpleNamespace(custom_metadata_map={"character": "\n".join(CHARACTERS)})

    def get_outputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(shape=["n", "columns", len(CHARACTERS) + 2])]

    def run(self, _: None, given: dict[str, Any]) -> list[Any]:
        spelled = [self.columns(self.seen + at) for at in range(len(given["x"]))]
        self.seen += len(spelled)
        found = np.zeros((len(spelled), max(map(len, spelled)), len(CHARACTERS) + 2), np.float32)
        for at, classes in enumerate(spelled):
            for column, kind in enumerate(classes):
                found[at, column, kind] = self.sure
        return [found]


def read(detector: Detector, recogniser: Recogniser, width: int = 400, height: int = 400) -> str:
    return Reader(detector, recogniser).read(picture(width, height))


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        pytest.param([1, 2, 3], "abc", id="plain"),
        pytest.param([1, 1, 0, 1, 2, 2], "aab", id="repeats-are-one-but-for-a-blank-between"),
        pytest.param([0, 1, 4, 2, 0], "a b", id="the-last-class-is-the-space"),
        pytest.param([4, 1, 4], "a", id="no-space-at-the-ends"),
        pytest.param([0, 0], "", id="blank"),
    ],
)
def test_columns_are_spelled_as_ctc_says(columns: list[int], text: str) -> None:
    assert read(Detector((0.1, 0.1, 0.9, 0.2)), Recogniser(lambda _: columns)) == text


def test_what_is_not_sure_is_not_read() -> None:
    box = Detector((0.1, 0.1, 0.9, 0.2))
    assert read(box, Recogniser(lambda _: [1, 2], sure=0.4)) == ""
    assert read(box, Recogniser(lambda _: [1, 2], sure=0.6)) == "ab"


def test_pieces_at_one_height_are_one_line_from_the_left() -> None:
    boxes = Detector((0.6, 0.12, 0.9, 0.2), (0.1, 0.1, 0.5, 0.18), (0.1, 0.5, 0.95, 0.58))
    # those of like length are read together, the shortest first
    assert read(boxes, Recogniser(lambda at: [at + 1])) == "b a\nc"


def test_an_empty_picture_has_no_text() -> None:
    assert read(Detector(), Recogniser(lambda _: [1])) == ""


@pytest.mark.parametrize(
    ("width", "height", "rows", "columns"),
    [
        pytest.param(400, 400, 736, 736, id="small pictures are made larger"),
        pytest.param(1000, 800, 800, 992, id="others stay"),
        pytest.param(4000, 2000, 992, 1984, id="large ones are made smaller"),
        pytest.param(3000, 30, 32, 1984, id="a strip does not become a wall"),
        pytest.param(1, 1, 736, 736, id="a dot"),
    ],
)
def test_detection_works_in_bounds(width: int, height: int, rows: int, columns: int) -> None:
    detector = Detector()
    read(detector, Recogniser(lambda _: [1]), width, height)
    assert detector.shapes == [(1, 3, rows, columns)]


def test_a_transparent_picture_lies_on_white() -> None:
    import io

    from PIL import Image

    target = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(target, "PNG")
    assert ocr._decoded(target.getvalue()).min() == 255


def test_what_cannot_be_decoded_is_said() -> None:
    with pytest.raises(ValueError, match="cannot be decoded"):
        ocr._decoded(picture()[:45])


def test_a_recogniser_that_names_other_characters_than_it_knows_is_refused() -> None:
    class Other(Recogniser):
        def get_outputs(self) -> list[SimpleNamespace]:
            return [SimpleNamespace(shape=["n", "columns", 99])]

    with pytest.raises(ValueError, match="knows 99 characters and names 5"):
        Reader(Detector(), Other(lambda _: []))


def test_slanted_lines_stay_lines() -> None:
    """At two degrees the right end of a line is as low as the left end of the next."""
    tilt = math.tan(math.radians(2))
    flat = np.array([(0, 0), (300, 0), (300, 20), (0, 20)], np.float32)
    boxes = [np.add(flat, (x, y)) for y in (0, 40, 80) for x in (0, 900)]
    for box in boxes:
        box[:, 1] += tilt * box[:, 0]
    slant = ocr._slant(boxes)
    assert slant == pytest.approx(tilt)
    pieces = [
        ocr._Read(text=f"{i}", left=float(box[0, 0]), middle=ocr._middle(box, slant), height=20.0)
        for i, box in enumerate(boxes)
    ]
    assert ocr._in_order(pieces) == "0 1\n2 3\n4 5"
