"""Scorers of pictures that were made, through what an instrument saw in them."""

import json
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.core.calls import Output
from harness.core.canonical import Json
from harness.core.scores import READER, SHAPES, Instrument, Reading, Score, Scorer, Unscored
from harness.core.suites import Sample
from harness.scorers.wer import word_errors

MOST_CHARACTERS = 2_000
"""Of what was read in a picture that are compared."""
MOST_SHAPES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedText(Scorer):
    """1 − min(1, CER) of what a reader found written in the picture, against the target that was to be written.

    Both sides in lower case, NFKC, without white space: where a line breaks is the painter's to choose. Writing that
    was not asked for counts as inserted. The reader's own errors count against the painter: use one that reads well.
    """

    needs: ClassVar[tuple[Instrument, ...]] = (READER,)
    needs_target: ClassVar[bool] = True

    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score | Unscored:
        if output.image is None:
            return Score(value=0.0, reason="no picture was made")
        reading = readings.get(READER.name)
        if reading is None or reading.output.text is None:
            return Unscored(reason="the reader gave no reading")
        if not isinstance(sample.target, str) or not (wanted := _form(sample.target)):
            return Unscored(reason="the target is no text")
        errors = word_errors(wanted, _form(reading.output.text)[:MOST_CHARACTERS])
        edits = errors.substitutions + errors.insertions + errors.deletions
        return Score(
            value=1.0 - min(1.0, errors.rate),
            reason="" if not edits else f"read {reading.output.text[:100]!r}",
            detail={"edits": edits, "characters": errors.words},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnShapes(Scorer):
    """F1 of the shapes in the picture, by form and colour, against those that were to be drawn.

    The target is `{"shapes": [{"shape": "circle", "colour": "red", "count": 3}]}`. A shape of another form or colour is
    one too many and leaves one missing.
    """

    needs: ClassVar[tuple[Instrument, ...]] = (SHAPES,)
    needs_target: ClassVar[bool] = True

    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score | Unscored:
        if output.image is None:
            return Score(value=0.0, reason="no picture was made")
        reading = readings.get(SHAPES.name)
        if reading is None or reading.output.text is None:
            return Unscored(reason="the counter of shapes gave no reading")
        wanted, found = _shapes(sample.target), _shapes(_document(reading.output.text))
        if not wanted:
            return Unscored(reason="the target names no shapes")
        right = sum((wanted & found).values())
        value = 2 * right / (sum(wanted.values()) + sum(found.values()))
        seen = ", ".join(f"{n} {colour} {shape}" for (shape, colour), n in sorted(found.items())[:10]) or "nothing"
        return Score(
            value=value,
            reason="" if value == 1 else f"found {seen}",
            detail={"right": right, "found": sum(found.values()), "wanted": sum(wanted.values())},
        )


def _form(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _document(text: str) -> Json:
    try:
        document: Json = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document


def _shapes(document: Any) -> Counter[tuple[str, str]]:
    """Return how many there are of each form and colour; nothing of what is no such list."""
    listed = document.get("shapes") if isinstance(document, dict) else None
    found: Counter[tuple[str, str]] = Counter()
    for one in listed if isinstance(listed, list) else ():
        count = one.get("count") if isinstance(one, dict) else None
        if isinstance(count, int) and 0 < count <= MOST_SHAPES:
            found[str(one.get("shape")), str(one.get("colour"))] += count
    return found
