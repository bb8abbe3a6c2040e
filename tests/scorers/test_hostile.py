"""No output, however large or odd, makes a scorer slow or breaks it."""

import time

import pytest

from harness.core.canonical import Json
from harness.core.scores import Score, Scorer
from harness.scorers import (
    Anls,
    Citations,
    Contains,
    EntityF1,
    ExactMatch,
    Faithfulness,
    FieldF1,
    InstructionFollowing,
    JsonMatch,
    LabelMatch,
    NumberMatch,
    OcrContains,
    RelaxedAccuracy,
    RewriteRecall,
    Rules,
    ScriptRules,
    TranscriptAccuracy,
)
from harness.scorers.rules import COUNTS, FORMS, TEXTS
from tests.references.ifeval_texts import INSTRUCTIONS
from tests.scorers.judging import judged
from tests.scorers.test_scripts import BRIEF

MEGABYTE = 1_000_000
SECONDS = 3.0
"""CPU time for one megabyte; a quadratic regular expression takes hours."""

EVERY_RULE = [
    *({"rule": name, "args": {"max": 3}} for name in COUNTS),
    *({"rule": name, "args": {"texts": ["x y"]}} for name in TEXTS),
    *({"rule": name} for name in FORMS),
]
EVERY_KIND = [{"instruction": name, "kwargs": kwargs} for name, kwargs in dict(INSTRUCTIONS).items()]
SCORERS: list[tuple[Scorer, Json]] = [
    (ExactMatch(), ["Paris", "London"]),
    (Contains(), ["Paris", "London"]),
    (NumberMatch(), 7),
    (LabelMatch(labels=("positive", "very positive", "不满意")), "positive"),
    (JsonMatch(schema={"type": "array", "items": {"type": "string"}}), ["x"]),
    (Rules(), list[Json](EVERY_RULE)),  # type: ignore[arg-type]
    (FieldF1(), {"x": "y"}),
    (EntityF1(), [{"label": "city", "text": "?"}]),
    (Anls(), ["Paris", "London"]),
    (RelaxedAccuracy(), "7"),
    (OcrContains(), "Paris"),
    (OcrContains(formula=True), "x^2"),
    (Citations(), ["p1"]),
    (Faithfulness(), "x"),
    (RewriteRecall(), ["p1"]),
    (ScriptRules(), BRIEF),
    (TranscriptAccuracy(), "Stop here."),
    (TranscriptAccuracy(normaliser="chinese-characters"), "开门"),
    (InstructionFollowing(), list[Json](EVERY_KIND)),  # type: ignore[arg-type]
]
DOCUMENTS: dict[str, Json] = {"documents": {"p1": "Nothing that a hostile answer says.", "p2": "百年"}}
PIECES = {
    "one letter": "a",
    "spaces": " ",
    "newlines": "\n",
    "digits": "9",
    "digits in groups": "111,",
    "minus signs": "-",
    "points": ".",
    "points and spaces": ". ",
    "opening braces": "{",
    "opening brackets": "[",
    "numbers in a list": "1,",
    "objects, unclosed": '{"a":',
    "fences": "```\n",
    "fence openers": "```json\n{",
    "backticks": "`",
    "quotes": '"',
    "backslashes": "\\",
    "number words": "hundred thousand ",
    "hundreds": "hundred ",
    "and": "one and ",
    "Chinese": "百",
    "Chinese zeros": "零",
    "full-width": "１，",
    "labels": "very positive ",
    "half a label": "very ",
    "bullets": "- ",
    "combining marks": "\u0316\u0301",
    "scenes": "Scene 1:\n",
    "surrogates": "\ud800",
    "null bytes": "\0",
    "emoji": "🙂",
    "citations": "[p1] ",
    "citations, unclosed": "[p1",
    "sentences and citations": "Nine. [p1] ",
    "entities": '{"label": "city", "text": "?"},',
    "signs of per cent": "%",
}


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
@pytest.mark.parametrize(("scorer", "target"), SCORERS, ids=[scorer.signature for scorer, _ in SCORERS])
def test_a_megabyte_is_judged_in_seconds(scorer: Scorer, target: Json, piece: str) -> None:
    size = MEGABYTE // {"rules": 5, "instruction_following": 20}.get(scorer.name, 1)  # every rule, one after the other
    text = piece * (size // len(piece.encode(errors="surrogatepass")))
    judged(scorer, target, "warm", DOCUMENTS)
    start = time.process_time()
    score = judged(scorer, target, text, DOCUMENTS)
    assert time.process_time() - start < SECONDS
    if scorer.name == "citations" and "[p1] " in piece:
        assert score.value == 1.0
        return
    assert score.value == 0.0 or scorer.name == "label_match"


def test_a_megabyte_of_valid_json_is_judged_in_seconds() -> None:
    text = "[" + ",".join(["1"] * (MEGABYTE // 2)) + "]"
    judged(JsonMatch(), [1], "[1]")
    start = time.process_time()
    score = judged(JsonMatch(), [1], text)
    assert time.process_time() - start < SECONDS  # half a million leaves
    assert score.value == pytest.approx(2 / MEGABYTE)


@pytest.mark.parametrize(("scorer", "target"), SCORERS, ids=[scorer.signature for scorer, _ in SCORERS])
def test_odd_characters_do_not_break_a_scorer(scorer: Scorer, target: Json) -> None:
    for text in ("\ud800", "\0", "\u202e", "İ" * 10, "ẞ", "\u2028", "٣", "Ⅷ", "²", "\x85"):
        assert isinstance(judged(scorer, target, text, DOCUMENTS), Score)
