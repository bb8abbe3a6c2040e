"""How an estimate was made is said in either language, and in English word for word as it was noted."""

import json

import pytest

from harness.report.markup import Voice
from harness.report.notes import note
from harness.report.phrases import Phrase, Piece
from tests.report.conftest import EXAMPLES


def unknown(said: Piece) -> list[str]:
    """Return the parts that stay as they are, but for what fills in a sentence."""
    if not isinstance(said, Phrase):
        return [str(said)]
    return [text for name, part in said.args.items() if name in ("one", "other", "of") for text in unknown(part)]


def noted() -> list[str]:
    documents = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(EXAMPLES.glob("*/decision.json")))
    decisions = [decision for document in documents for decision in document["decisions"]]
    made = [e["note"] for decision in decisions for of in decision["estimates"].values() for e in of]
    return sorted({*made, *(row["difference"]["note"] for decision in decisions for row in decision["differences"])})


@pytest.mark.parametrize("text", [*noted(), "micro: edits / words: the divisor is 0", "mean; somebody's own"])
def test_notes_are_known_and_unchanged(text: str) -> None:
    said = note(text)
    assert unknown(said) == (["somebody's own"] if "own" in text else [])
    assert isinstance(said, Phrase)
    assert Voice("en").text(said) == text
    assert Voice("zh").text(said) != text
