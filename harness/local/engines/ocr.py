"""PP-OCR: finds the lines of text in a picture and writes them down, with RapidOCR's weights and settings.

Detection is DB (Liao et al. 2020), recognition CTC over columns (Du et al. 2020). Left out of RapidOCR's chain is the
classifier that turns lines which stand on their head.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""[height, width, 3], blue first."""
Corners = NDArray[np.float32]
"""[4, 2], clockwise from the upper left."""

_LONGEST, _SHORTEST = 2000, 736
"""Sides in pixels between which detection works."""
_INK, _SURE, _LARGER = 0.3, 0.5, 1.6
"""From which probability a pixel is text, from which mean a box is; by how much a box is larger than its core."""
_MOST_BOXES = 1000
_HEIGHT, _NARROWEST, _WIDEST = 48, 320, 4000
"""Of a line when it is read."""
_TOGETHER = 6
"""Lines that are read at once."""
_CONFIDENT = 0.5
"""Mean probability of a line's characters from which it counts as read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A piece of a line."""

    text: str
    left: float
    middle: float
    """Height of its middle, the picture's slant taken out."""
    height: float


class Reader:
    """Both networks; one picture at a time."""

    def __init__(self, detector: Any, recogniser: Any) -> None:
        self._detector, self._recogniser = detector, recogniser
        listed = recogniser.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._characters = ["", *listed, " "]  # the first is CTC's blank
        classes = recogniser.get_outputs()[0].shape[-1]
        if len(self._characters) != classes:
            raise ValueError(f"the recogniser knows {classes} characters and names {len(self._characters)}")

    def read(self, data: bytes) -> str:
        """Return what stands in the picture, line by line; the empty text where nothing does."""
        picture = _decoded(data)
        boxes = list(self._boxes(picture))
        texts = self._texts([_straight(picture, box) for box in boxes])
        slant = _slant(boxes)
        return _in_order(
            _Read(text=text, left=float(box[:, 0].min()), middle=_middle(box, slant), height=_sides(box)[1])
            for box, text in zip(boxes, texts, strict=True)
            if text
        )

    def _boxes(self, picture: Picture) -> Iterator[Corners]:
        height, width = picture.shape[:2]
        scale = min(max(1.0, _SHORTEST / min(height, width)), _LONGEST / max(height, width))
        rows, columns = (max(32, round(side * scale / 32) * 32) for side in (height, width))
        probability = self._run(self._detector, _normal(cv2.resize(picture, (columns, rows)))[np.newaxis])[0, 0]
        ink = cv2.dilate((probability > _INK).astype(np.uint8), np.ones((2, 2), np.uint8))
        contours, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for contour in contours[:_MOST_BOXES]:
            middle, (wide, high), angle = cv2.minAreaRect(contour)
            if min(wide, high) < 3 or _mean_inside(probability, cv2.boxPoints((middle, (wide, high), angle))) < _SURE:
                continue
            more = wide * high * _LARGER / (wide + high)  # area × ratio ÷ perimeter, on both sides
            corners = cv2.boxPoints((middle, (wide + more, high + more), angle))
            box = _clockwise(corners * (width / columns, height / rows))
            if min(_sides(box)) > 3:
                yield box.clip(0, (width - 1, height - 1)).astype(np.float32)

    def _texts(self, lines: Sequence[Picture]) -> list[str]:
        """Read the lines, those of like length together, and return their texts in the order given."""
        texts = [""] * len(lines)
        order = sorted(range(len(lines)), key=lambda at: lines[at].shape[1] / lines[at].shape[0])
        for start in range(0, len(order), _TOGETHER):
            chosen = order[start : start + _TOGETHER]
            widths = [min(_WIDEST, math.ceil(_HEIGHT * lines[at].shape[1] / lines[at].shape[0])) for at in chosen]
            batch = np.zeros((len(chosen), 3, _HEIGHT, max(_NARROWEST, *widths)), np.float32)
            for row, at, width in zip(batch, chosen, widths, strict=True):
                row[:, :, :width] = _normal(cv2.resize(lines[at], (width, _HEIGHT)))
            for at, columns in zip(chosen, self._run(self._recogniser, batch), strict=True):
                texts[at] = self._spelled(columns)
        return texts

    def _spelled(self, columns: NDArray[np.float32]) -> str:
        best = columns.argmax(axis=1)
        kept = (best != 0) & np.append(True, best[1:] != best[:-1])
        if not kept.any() or columns.max(axis=1)[kept].mean() < _CONFIDENT:
            return ""
        return "".join(self._characters[at] for at in best[kept]).strip()

    @staticmethod
    def _run(network: Any, given: NDArray[np.float32]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = network.run(None, {"x": given})[0]
        return found


def load(files: Mapping[str, Path], *, threads: int) -> Reader:
    """Load detector and recogniser; none of the package's code is run."""
    cv2.setNumThreads(threads)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_cpu_mem_arena = False  # pictures differ in size, and an arena would keep the largest for ever
    options.log_severity_level = 3
    found = {
        part: onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        for name, path in files.items()
        for part in ("_det_", "_rec_")
        if part in name
    }
    return Reader(found["_det_"], found["_rec_"])


def _decoded(data: bytes) -> Picture:
    """Return the picture on white, at most _LONGEST on a side; ValueError where its pixels cannot be read."""
    raw = np.frombuffer(data, np.uint8)
    picture: Any = cv2.imdecode(raw, cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("the picture cannot be decoded")
    whole = cv2.imdecode(raw, cv2.IMREAD_UNCHANGED) if data[:4] in (b"\x89PNG", b"RIFF") else None
    if whole is not None and whole.ndim == 3 and whole.shape[2] == 4 and whole.dtype == np.uint8:
        seen = whole[:, :, 3:].astype(np.float32) / 255
        picture = (whole[:, :, :3] * seen + 255 * (1 - seen)).astype(np.uint8)
    scale = _LONGEST / max(picture.shape[:2])
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found: Picture = picture
    return found


def _normal(picture: Any) -> NDArray[np.float32]:
    """[height, width, 3] of bytes → [3, height, width] in [-1, 1]."""
    found: NDArray[np.float32] = picture.astype(np.float32).transpose(2, 0, 1) / 127.5 - 1
    return found


def _mean_inside(values: NDArray[np.float32], corners: Any) -> float:
    left, top = np.floor(corners.min(axis=0)).astype(int).clip(0)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 1
    part = values[top:bottom, left:right]
    inside = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(inside, [(corners - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(part, inside)[0])


def _clockwise(corners: Any) -> Any:
    """Return the corners from the upper left."""
    by_x = corners[np.argsort(corners[:, 0])]
    (upper_left, lower_left), (upper_right, lower_right) = (
        side[np.argsort(side[:, 1])] for side in (by_x[:2], by_x[2:])
    )
    return np.array([upper_left, upper_right, lower_right, lower_left])


def _sides(box: Any) -> tuple[float, float]:
    """Width and height."""
    return float(np.linalg.norm(box[1] - box[0])), float(np.linalg.norm(box[3] - box[0]))


def _straight(picture: Picture, box: Corners) -> Picture:
    """Cut a box out; one that is much higher than wide is text on its side."""
    width, height = (max(1, round(side)) for side in _sides(box))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    line: Any = cv2.warpPerspective(
        picture,
        cv2.getPerspectiveTransform(box, target),
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    found: Picture = np.rot90(line) if height >= 1.5 * width else line
    return found


def _slant(boxes: Iterable[Corners]) -> float:
    """How far lines fall, in pixels for each to the right: the median over the boxes that are long enough to tell."""
    falls = [float((box[1] - box[0])[1] / (box[1] - box[0])[0]) for box in boxes if _sides(box)[0] > 2 * _sides(box)[1]]
    return float(np.median(falls)) if falls else 0.0


def _middle(box: Corners, slant: float) -> float:
    x, y = box.mean(axis=0)
    return float(y - slant * x)


def _in_order(pieces: Iterable[_Read]) -> str:
    """Put pieces at one height into one line, from the left, and the lines below each other."""
    lines: list[list[_Read]] = []
    for piece in sorted(pieces, key=lambda piece: piece.middle):
        last = lines[-1][-1] if lines else None
        if last is not None and piece.middle - last.middle < 0.5 * min(piece.height, last.height):
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return "\n".join(" ".join(piece.text for piece in sorted(line, key=lambda piece: piece.left)) for line in lines)
