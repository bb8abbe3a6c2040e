"""What a decision says in sentences is what it says in keys, and every key is said by some decision."""

import re
from pathlib import Path

import pytest

from harness.core.canonical import from_json, to_json
from harness.core.decision import Said
from harness.decide import sentences
from harness.decide.sentences import english, said

DECIDE = Path(sentences.__file__).parent


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        pytest.param([said("nothing_asked", slot="text")], "Nothing was asked of any candidate for text.", id="a name"),
        pytest.param(
            [said("no_clear_winner"), said("near", leader="a", rivals=["b", "c", "d"])],
            "No clear winner: a ranks first; b, c and d are within its margin and cost no less.", id="two sentences",
        ),
        pytest.param(
            [said("nobody", reasons=[said("nobody.fails", candidate="a", limits=["x ≤ 1", "y ≥ 2"]),
                                     said("nobody.unknown", candidates=["b"])])],
            "No candidate can be recommended: a fails x ≤ 1 and y ≥ 2; the quality of b could not be measured.",
            id="sentences in a sentence",
        ),
        pytest.param([said("left", leader="{rivals:and}")], "{rivals:and} is the only candidate that no gate excludes.",
                     id="a name that looks like a placeholder"),
    ],
)  # fmt: skip
def test_english(parts: list[Said], text: str) -> None:
    assert english(*parts) == text
    assert from_json(tuple[Said, ...], to_json(parts)) == tuple(parts)


def test_no_sentence_lies_idle() -> None:
    code = "\n".join(path.read_text() for path in DECIDE.glob("*.py") if path.name != "sentences.py")
    made = re.compile(r"^(why\.|near)")
    idle = [key for key in sentences.SENTENCES if f'"{key}"' not in code and not made.match(key)]
    assert idle == []
