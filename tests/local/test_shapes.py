"""The counter of shapes sees what is drawn, whatever the format, the size and the background."""

import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from harness.config.suites import load_suite
from harness.core.calls import Output
from harness.core.scores import SHAPES, Reading, Score
from harness.local.engines.shapes import load
from harness.scorers import DrawnShapes
from tests.pictures import noun

SAMPLES = load_suite(Path(__file__).parents[2] / "tasks" / "image_prompts").tasks[1].loaded
COLOURS = {
    "red": "#d8201f", "orange": "#f58a14", "yellow": "#fad628", "green": "#2f9e41", "cyan": "#35c8d8",
    "blue": "#2850dc", "purple": "#82329b", "pink": "#fa82b4", "brown": "#82502a", "black": "#101010",
    "grey": "#808080", "white": "#ffffff",
}  # fmt: skip
SIDE = 512


def corners(shape: str, x: float, y: float, r: float) -> list[tuple[float, float]]:
    if shape == "rectangle":
        return [(x - r, y - r / 3), (x + r, y - r / 3), (x + r, y + r / 3), (x - r, y + r / 3)]
    turns = {"triangle": 3, "square": 4, "star": 10, "hexagon": 6}[shape]
    start = -math.pi / 4 if shape == "square" else -math.pi / 2
    radii = [r if shape != "star" or n % 2 == 0 else 0.4 * r for n in range(turns)]
    angles = [start + 2 * math.pi * n / turns for n in range(turns)]
    return [(x + radius * math.cos(a), y + radius * math.sin(a)) for radius, a in zip(radii, angles, strict=True)]


def drawing(wanted: Any, *, ground: str = "white", kind: str = "PNG", side: int = SIDE, radius: float = 44) -> bytes:
    """Draw the shapes of a target on a grid, smooth, as a painter would."""
    picture = Image.new("RGB", (2 * SIDE, 2 * SIDE), ground)
    draw, places = ImageDraw.Draw(picture), ((x, y) for y in range(64, SIDE, 128) for x in range(64, SIDE, 128))
    for one in wanted["shapes"]:
        for _ in range(one["count"]):
            x, y = (2 * place for place in next(places))
            r, fill = 2 * radius, COLOURS[one["colour"]]
            if one["shape"] == "circle":
                draw.ellipse((x - r, y - r, x + r, y + r), fill=fill)
            else:
                draw.polygon(corners(one["shape"], x, y, r), fill=fill)
    target = io.BytesIO()
    picture.resize((side, side), Image.Resampling.LANCZOS).save(
        target, kind, **({"quality": 80} if kind != "PNG" else {})
    )
    return target.getvalue()


def counted(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(load({}, threads=1).read(data))["shapes"]
    return found


def only(shape: str, colour: str, count: int = 1) -> dict[str, Any]:
    return {"shapes": [{"shape": shape, "colour": colour, "count": count}]}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_a_picture_that_keeps_to_its_prompt_scores_one(sample: Any) -> None:
    dark = any(word in sample.input for word in ("black ground", "navy", "深色背景"))
    made = drawing(sample.target, ground="#0b0f33" if dark else "white")
    text = load({}, threads=1).read(made)
    reading = Reading(instrument=SHAPES.name, candidate="shapes", output=Output(text=text))
    score = DrawnShapes().score(sample, Output(image=noun(made)), {SHAPES.name: reading})
    assert isinstance(score, Score)
    assert score.value == 1.0, score.reason


@pytest.mark.parametrize("colour", [colour for colour in COLOURS if colour != "white"])
def test_colours(colour: str) -> None:
    assert counted(drawing(only("circle", colour, 2))) == only("circle", colour, 2)["shapes"]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"kind": "JPEG"}, id="JPEG"),
        pytest.param({"kind": "WEBP", "ground": "#f2efe6"}, id="WebP on cream"),
        pytest.param({"side": 1536}, id="large"),
        pytest.param({"side": 256}, id="small"),
        pytest.param({"ground": "#123a12"}, id="on dark green"),
    ],
)
def test_format_size_and_ground_make_no_difference(options: dict[str, Any]) -> None:
    wanted = {"shapes": [*only("square", "yellow", 2)["shapes"], *only("triangle", "red", 3)["shapes"]]}
    assert sorted(map(repr, counted(drawing(wanted, **options)))) == sorted(map(repr, wanted["shapes"]))


def test_another_form_is_other() -> None:
    assert counted(drawing(only("hexagon", "blue")))[0]["shape"] == "other"


@pytest.mark.parametrize("shape", ["circle", "square", "triangle"])
def test_an_empty_outline_has_its_lines_colour(shape: str) -> None:
    picture = Image.new("RGB", (SIDE, SIDE), "white")
    draw = ImageDraw.Draw(picture)
    if shape == "circle":
        draw.ellipse((100, 100, 300, 300), outline=COLOURS["red"], width=9)
    else:
        draw.polygon(corners(shape, 200, 200, 100), outline=COLOURS["red"], width=9)
    target = io.BytesIO()
    picture.save(target, "PNG")
    assert counted(target.getvalue()) == only(shape, "red")["shapes"]


def test_nothing_is_drawn_on_an_empty_sheet() -> None:
    assert counted(drawing({"shapes": []})) == []


def test_what_is_no_picture() -> None:
    with pytest.raises(ValueError, match="cannot be decoded"):
        load({}, threads=1).read(b"RIFF")
