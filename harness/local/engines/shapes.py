"""Plain shapes in a picture, by form and colour: a drawing that was asked for can be counted."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]

_LONGEST = 640
"""Side in pixels to which a picture is made smaller."""
_EDGE = 0.02
"""Share of the sides that is taken for the background."""
_DIFFERENT = 30.0
"""Distance in CIE L*a*b* from the background, from which a pixel is drawn."""
_LEAST = 0.001
"""Share of the picture that a shape covers."""
_ROUND = 0.86
"""Share of its smallest enclosing circle that a circle fills; a regular hexagon fills 0.83."""
_HUES = ((10, "red"), (40, "orange"), (68, "yellow"), (165, "green"), (195, "cyan"), (258, "blue"), (290, "purple"),
         (345, "pink"), (361, "red"))  # fmt: skip
"""Degrees below which a hue has its name."""


class ShapeCounter:
    """Finds outlines; there is nothing to load."""

    def read(self, data: bytes) -> str:
        """Return how many shapes of each form and colour there are, as JSON; ValueError where it is no picture."""
        found = Counter(_shapes(_decoded(data)))
        shapes = [{"shape": form, "colour": colour, "count": n} for (form, colour), n in sorted(found.items())]
        return json.dumps({"shapes": shapes})


def load(files: Mapping[str, Path], *, threads: int) -> ShapeCounter:
    """Load nothing."""
    del files, threads
    return ShapeCounter()


def _decoded(data: bytes) -> Pixels:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("it cannot be decoded")
    scale = _LONGEST / max(picture.shape[:2])
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    smooth: Pixels = cv2.medianBlur(picture, 3)
    return smooth


def _shapes(picture: Pixels) -> Iterator[tuple[str, str]]:
    """Yield form and colour of everything that lies on the background."""
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    distance = np.linalg.norm(lab - _background(lab), axis=2)
    drawn = cv2.morphologyEx((distance > _DIFFERENT).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    outlines, _ = cv2.findContours(drawn, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for outline in outlines:
        if cv2.contourArea(outline) >= _LEAST * drawn.size:
            filled = cv2.drawContours(np.zeros_like(drawn), [outline], -1, 1, cv2.FILLED)
            inner = cv2.erode(filled, np.ones((3, 3), np.uint8)) & drawn  # of a ring, the ring
            colour = np.median(picture[(inner if inner.any() else filled) > 0], axis=0)
            yield _form(outline), _colour(colour)


def _background(lab: Pixels) -> Pixels:
    """The usual colour along the edges."""
    width = max(1, round(_EDGE * min(lab.shape[:2])))
    edges = [lab[:width], lab[-width:], lab[:, :width], lab[:, -width:]]
    median: Pixels = np.median(np.concatenate([edge.reshape(-1, 3) for edge in edges]), axis=0)
    return median


def _form(outline: Pixels) -> str:
    area, hull = cv2.contourArea(outline), cv2.convexHull(outline)
    if area < 0.8 * cv2.contourArea(hull):
        return "star" if len(cv2.approxPolyDP(outline, 0.03 * cv2.arcLength(outline, True), True)) == 10 else "other"
    if area > _ROUND * np.pi * cv2.minEnclosingCircle(outline)[1] ** 2:
        return "circle"
    corners = len(cv2.approxPolyDP(hull, 0.04 * cv2.arcLength(hull, True), True))
    if corners == 4:
        _, (wide, high), _ = cv2.minAreaRect(outline)
        if area < 0.85 * wide * high:
            return "other"
        return "square" if max(wide, high) < 1.15 * min(wide, high) else "rectangle"
    return "triangle" if corners == 3 else "other"


def _colour(bgr: Pixels) -> str:
    blue, green, red = (float(value) / 255 for value in bgr)
    value, least = max(red, green, blue), min(red, green, blue)
    spread = value - least
    if value < 0.2:
        return "black"
    if spread < 0.18 * value:
        return "white" if value > 0.88 else "grey"
    hue = _hue(red, green, blue, value, spread)
    name = next(name for below, name in _HUES if hue < below)
    if name in ("red", "orange") and hue < 45 and value < 0.65 and spread < 0.85 * value:
        return "brown"
    return "pink" if name == "red" and least > 0.45 else name


def _hue(red: float, green: float, blue: float, value: float, spread: float) -> float:
    if value == red:
        return 60 * ((green - blue) / spread % 6)
    return 60 * ((blue - red) / spread + 2 if value == green else (red - green) / spread + 4)
