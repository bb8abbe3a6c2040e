"""The scorer of clips that were made: are they as long and as large as was ordered?"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from harness.core.calls import Output
from harness.core.canonical import Json
from harness.core.scores import Reading, Score, Scorer, Unscored
from harness.core.suites import Sample

SAME_SHAPE = 0.02
"""By how much, as a share, width : height may differ: sides are whole pixels, and often multiples of 8 or 16."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedClip(Scorer):
    """How well the clip's length times its size are what was ordered, by its container's head: no frame is decoded.

    The target is `{"seconds": 4, "width": 1280, "height": 720}`. A length within `tolerance_s` counts 1, another
    1 − |its own − ordered| / ordered, at least 0; the very size counts 1, another of the same shape 0.5, any other 0.
    """

    needs_target: ClassVar[bool] = True

    tolerance_s: float = 0.25
    """A few frames: encoders end a clip where a group of them does."""

    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score | Unscored:  # noqa: ARG002 - every scorer has them
        if output.video is None:
            return Score(value=0.0, reason="no clip was made")
        ordered = _numbers(sample.target)
        if ordered is None:
            return Unscored(reason="the target names no seconds, width and height above 0")
        seconds, width, height = ordered
        clip = output.video
        off_s = abs(clip.seconds - seconds)
        length = 1.0 if off_s <= self.tolerance_s else max(0.0, 1.0 - off_s / seconds)
        if (clip.width, clip.height) == (width, height):
            size = 1.0
        else:
            size = 0.5 if math.isclose(clip.width * height, clip.height * width, rel_tol=SAME_SHAPE) else 0.0
        value = length * size
        return Score(
            value=value,
            reason="" if value == 1 else f"{clip.seconds:g} s of {clip.width} x {clip.height} pixels came",
            detail={"seconds": clip.seconds, "width": float(clip.width), "height": float(clip.height)},
        )


def _numbers(target: Json) -> tuple[float, float, float] | None:
    found = [target.get(name) for name in ("seconds", "width", "height")] if isinstance(target, dict) else []
    numbers = [float(it) for it in found if isinstance(it, int | float) and not isinstance(it, bool) and it > 0]
    return (numbers[0], numbers[1], numbers[2]) if len(numbers) == len(found) == 3 else None
