"""InstructionFollowing: verdicts of IFEval's own checkers, what is beyond them, what cannot be judged."""

from typing import Any

import pytest

from harness.core.canonical import Json
from harness.core.scores import Score, Unscored
from harness.scorers import InstructionFollowing
from harness.scorers.instructions import KINDS
from tests.references.fixture import load
from tests.scorers.judging import Case, judged, why

SCORER = InstructionFollowing()
REFERENCE = load("ifeval")
BY_LANGUAGE = ("language:response_language", "change_case:english_capital", "change_case:english_lowercase")
NO_ENGLISH = "Dear [name], meet me at [place] on [date]. Yours, [sender]"
"""What langdetect takes for Afrikaans."""


def asked(*instructions: tuple[str, dict[str, Any]]) -> Json:
    return [{"instruction": name, "kwargs": kwargs} for name, kwargs in instructions]


def case(reason: str, name: str, text: str, **kwargs: Any) -> Case:
    return Case(why=reason, scorer=SCORER, target=asked((name, kwargs)), text=text)


def shows_a_language(text: str) -> bool:
    """Whether langdetect can tell: of a few words, or of a line of them that "loosely" is all, it says anything."""
    return sum(map(str.isalpha, text)) >= 30 and not set(text) & set("\n*") and text != NO_ENGLISH


def test_there_are_ifevals_25_kinds_and_the_reference_saw_each() -> None:
    assert len(KINDS) == 25
    assert {case["instruction"] for case in REFERENCE["cases"]} == set(KINDS)


@pytest.mark.parametrize("reference", REFERENCE["cases"], ids=lambda case: f"{case['instruction']} {case['kwargs']}")
def test_verdicts_are_those_of_the_reference(reference: dict[str, Any]) -> None:
    differ = []
    for response, strict, loose in zip(REFERENCE["responses"], reference["strict"], reference["loose"], strict=True):
        score = judged(SCORER, asked((reference["instruction"], reference["kwargs"])), response)
        if reference["instruction"] in BY_LANGUAGE and not shows_a_language(response):
            continue
        if (score.value, score.detail["prompt_loose"]) != (float(strict), float(loose)):
            differ.append(response)
    assert differ == []


def test_the_reference_was_asked_enough_of_each_kind() -> None:
    for name in KINDS:
        said = "".join(case["strict"] for case in REFERENCE["cases"] if case["instruction"] == name)
        assert len(said) >= 50
        assert set(said) == {"0", "1"}


@pytest.mark.parametrize(
    "case",
    [
        case("Chinese characters are words", "length_constraints:number_words", "我爱你们", num_words=4,
             relation="at least"),
        case("Chinese sentences", "length_constraints:number_sentences", "好。“行！”他说。", num_sentences=3,
             relation="at least"),
        case("Chinese is zh", "language:response_language", "今天天气很好。", language="zh"),
        case("traditional too", "language:response_language", "今天天氣很好。", language="zh"),
        case("a keyword is no pattern", "keywords:existence", "I write C++.", keywords=["C++"]),
        case("nulls do not count", "punctuation:no_comma", "none", keywords=None),
        case("Kana make it Japanese", "language:response_language", "今日は天気がいいです。", language="ja"),
    ],
    ids=why,
)  # fmt: skip
def test_scores_one(case: Case) -> None:
    assert isinstance(case.result, Score)
    assert case.result.value == 1.0


@pytest.mark.parametrize(
    "case",
    [
        case("a Chinese comma", "punctuation:no_comma", "好，行"),
        case("a forbidden word among Chinese characters", "keywords:forbidden_words", "我吃苹果了",
             forbidden_words=["苹果"]),
        case("a letter of a script that is not known", "language:response_language", "Բարեւ", language="en"),
        case("Japanese is no Chinese", "language:response_language", "今日は天気がいいです。", language="zh"),
        case("JSON nested by the thousand", "detectable_format:json_format", "[" * 100_000),
    ],
    ids=why,
)  # fmt: skip
def test_scores_zero(case: Case) -> None:
    assert isinstance(case.result, Score)
    assert case.result.value == 0.0


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        pytest.param(None, "not a list", id="no target"),
        pytest.param([], "not a list", id="no instruction"),
        pytest.param(["keywords:existence"], "expected", id="not an object"),
        pytest.param(asked(("keywords:existance", {"keywords": ["a"]})), "did you mean 'keywords:existence'", id="id"),
        pytest.param(asked(("keywords:existence", {})), "wrong: keywords", id="kwargs missing"),
        pytest.param(asked(("keywords:existence", {"keywords": []})), "wrong: keywords", id="kwargs empty"),
        pytest.param(asked(("punctuation:no_comma", {"extra": 1})), "wrong: extra", id="kwargs unknown"),
        pytest.param(asked(("language:response_language", {"language": "la"})), "wrong: language", id="language"),
        pytest.param(
            asked(("length_constraints:number_words", {"num_words": 0, "relation": "at least"})), "num_words", id="zero"
        ),
    ],
)
def test_unscored(target: Json, reason: str) -> None:
    result = Case(why="", scorer=SCORER, target=target, text="text").result
    assert isinstance(result, Unscored)
    assert reason in result.reason


def test_detail_tells_prompt_and_instruction_level_strict_and_loose() -> None:
    target = asked(("startend:quotation", {}), ("punctuation:no_comma", {}), ("detectable_format:title", {}))
    score = judged(SCORER, target, 'Here you are:\n"no comma"')
    assert score.value == 0.0
    assert score.reason == "not followed: 1_startend:quotation, 3_detectable_format:title"
    assert score.detail == {
        "1_startend:quotation": 0.0, "2_punctuation:no_comma": 1.0, "3_detectable_format:title": 0.0,
        "strict": 1.0, "loose": 2.0, "instructions": 3.0, "prompt_loose": 0.0,
    }  # fmt: skip
    loosely = judged(SCORER, asked(("startend:quotation", {})), 'Here you are:\n"no comma"')
    assert (loosely.value, loosely.detail["prompt_loose"]) == (0.0, 1.0)
