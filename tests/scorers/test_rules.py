"""Rules: every kind of instruction, kept and broken."""

import pytest

from harness.core.canonical import Json
from harness.core.scores import Score, Unscored
from harness.scorers import Rules
from harness.scorers.rules import COUNTS, FORMS, TEXTS
from tests.scorers.judging import Case, judged, why


def rule(called: str, **args: Json) -> Json:
    return {"rule": called, "args": args} if args else {"rule": called}


def name(written: Json) -> str:
    assert isinstance(written, dict)
    return str(written["rule"])


HELD = [
    (rule("words", min=2, max=2), "don't stop!", "an apostrophe does not part a word"),
    (rule("words", max=3), "one - two", "a dash is no word"),
    (rule("words", min=4, max=4), "我爱北京", "a Chinese character is a word"),
    (rule("sentences", min=2, max=2), "It is 3.5 m. Really!", "a decimal point ends nothing"),
    (rule("sentences", min=1, max=1), "No full stop", "a piece without an end"),
    (rule("sentences", min=2, max=2), "你好！今天下雨。", "Chinese ends need no space"),
    (rule("sentences", min=2, max=2), '"Stop!" he said. Wait...', "a quote after the end, and speech goes on"),
    (rule("sentences", min=2, max=2), '(One.) "Two." ', "brackets and quotes after the end"),
    (rule("sentences", min=1, max=1), "Bring fruit, e.g. pears", "a small letter goes on"),
    (rule("bullets", min=3, max=3), "- a\n  * b\n3. c\nno", "three kinds of bullets"),
    (rule("bullets", max=0), "-\n- ", "a dash alone is none"),
    (rule("lines", min=2, max=2), "a\n\n b", "blank lines do not count"),
    (rule("characters", max=5), "  abc  ", "space around the output does not count"),
    (rule("chinese_characters", min=2, max=2), "北京, ok。", "only Han counts"),
    (rule("includes", texts=["cat", "New York"]), "A CAT in new york.", "case does not matter"),
    (rule("includes", texts=["北京"]), "我爱北京", "Chinese needs no spaces"),
    (rule("includes", texts=["!"]), "Yes!", "punctuation as it stands"),
    (rule("includes", texts=["WOW"], match_case=True), "So WOW it is", "case where it is asked for"),
    (rule("excludes", texts=["cat", "dog"]), "A category.", "part of a word is allowed"),
    (rule("starts_with", texts=["Once", "Long ago"]), "long ago, a king", "one of several"),
    (rule("ends_with", texts=["Thank you!"]), "Fixed. Thank you!\n", "space at the end does not count"),
    (rule("all_lowercase"), "hello 1!", "signs have no case"),
    (rule("all_uppercase"), "HELLO 1!", "signs have no case either"),
    (rule("no_commas"), "one and two", "no comma"),
    (rule("json"), '{"a": 1}', "JSON"),
    (rule("latin_script"), "Élan vital, 3×", "accents are Latin"),
    (rule("chinese_script"), "你好，2024！", "digits and signs have no script"),
]
BROKEN = [
    (rule("words", max=2), "one two three", "too many"),
    (rule("words", min=2), "one", "too few"),
    (rule("sentences", max=1), "One. Two.", "two"),
    (rule("bullets", min=2), "- a\nb", "one"),
    (rule("lines", max=1), "a\nb", "two lines"),
    (rule("characters", max=2), "abc", "three characters"),
    (rule("chinese_characters", min=2), "中 kana かな", "kana is not Han"),
    (rule("includes", texts=["cat", "moon"]), "a cat", "one is missing"),
    (rule("includes", texts=["cat"]), "a category", "part of a word is not the word"),
    (rule("includes", texts=["WOW"], match_case=True), "wow", "the case is wrong"),
    (rule("excludes", texts=["cat", "dog"]), "My Dog.", "one is there"),
    (rule("starts_with", texts=["Once"]), "So once", "not at the start"),
    (rule("ends_with", texts=["Thank you!"]), "Thank you! Bye", "not at the end"),
    (rule("all_lowercase"), "hEllo", "one capital"),
    (rule("all_lowercase"), "123", "nothing has a case"),
    (rule("all_uppercase"), "HELLo", "one small letter"),
    (rule("no_commas"), "一，二", "a full-width comma"),
    (rule("no_commas"), "一、二", "an enumeration comma"),
    (rule("json"), '```json\n{"a": 1}\n```', "fenced is not raw"),
    (rule("latin_script"), "hello мир", "Cyrillic"),
    (rule("chinese_script"), "你好 ok", "Latin"),
    (rule("latin_script"), "123", "no letter at all"),
    (rule("no_commas"), "", "the empty output breaks every rule"),
    (rule("words", max=5), " \n", "the blank output too"),
]


@pytest.mark.parametrize(
    "case", [Case(why=f"{name(r)}: {note}", scorer=Rules(), target=[r], text=text) for r, text, note in HELD], ids=why
)
def test_scores_one(case: Case) -> None:
    assert isinstance(case.result, Score)
    assert (case.result.value, case.result.reason) == (1.0, "")


@pytest.mark.parametrize(
    "case", [Case(why=f"{name(r)}: {note}", scorer=Rules(), target=[r], text=text) for r, text, note in BROKEN], ids=why
)
def test_scores_zero(case: Case) -> None:
    assert isinstance(case.result, Score)
    assert case.result.value == 0.0
    assert case.result.reason.startswith("broken: 1_")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        pytest.param(None, "not a list", id="no target"),
        pytest.param([], "not a list", id="no rule"),
        pytest.param(["words"], "expected", id="a bare name"),
        pytest.param([{"rule": "words", "max": 3}], "expected", id="args beside the rule"),
        pytest.param([rule("wrods", max=3)], "there is no rule 'wrods'", id="a misspelled rule"),
        pytest.param([rule("words")], "words takes", id="a count without bounds"),
        pytest.param([rule("words", max="3")], "words takes", id="a bound that is no number"),
        pytest.param([rule("words", maximum=3)], "words takes", id="an unknown bound"),
        pytest.param([rule("includes", texts="cat")], "includes takes", id="a text for a list"),
        pytest.param([rule("includes", texts=[""])], "includes takes", id="an empty text"),
        pytest.param([rule("json", strict=True)], "json takes no args", id="args where there are none"),
        pytest.param([{"rule": "words", "args": 3}], "must be an object", id="args that are no object"),
    ],
)
def test_unscored(target: Json, reason: str) -> None:
    result = Case(why="", scorer=Rules(), target=target, text="x").result
    assert isinstance(result, Unscored)
    assert reason in result.reason


def test_every_rule_has_a_case_that_holds_and_one_that_does_not() -> None:
    every = {*COUNTS, *TEXTS, *FORMS}
    for table in (HELD, BROKEN):
        assert {name(r) for r, _, _ in table} == every


def test_all_must_hold_and_the_detail_tells_each() -> None:
    score = judged(Rules(), [rule("words", max=2), rule("includes", texts=["cat"]), rule("words", min=1)], "a big cat")
    assert score.value == 0.0
    assert score.detail == {"1_words": 0, "2_includes": 1, "3_words": 1, "held": 2, "rules": 3}
    assert score.reason == "broken: 1_words"
