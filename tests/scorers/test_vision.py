"""Scorers of what was read off a picture equal the `anls` package and the verdicts of lmms-eval."""

import hashlib
import json
import random
import string
from typing import Any

import pytest
from anls import anls_score

from harness.core.canonical import Json
from harness.core.scores import Score, Scorer, Unscored
from harness.scorers import Anls, OcrContains, RelaxedAccuracy
from tests.references.lmms_eval import FIXTURE
from tests.scorers.judging import Case, judged, why

FIXTURE_SHA256 = "5fc0a15c1858799695c5e77bb6c882afa8ca8f89723421f4303d1ee2efea317a"
VERDICTS: dict[str, list[Any]] = json.loads(FIXTURE.read_text(encoding="utf-8"))


def readings() -> list[tuple[list[str], str]]:
    """Accepted answers and an output: the edges, then random damage to random answers."""
    made = [
        (["Paris"], ""),
        (["Paris"], "Paris"),
        (["Paris"], "PARIS "),
        (["New   York"], "new york"),
        (["New York"], "NewYork"),
        (["ab"], "ac"),
        (["ab"], "a"),
        (["abcd"], "ab"),
        (["abcd"], "abx"),
        (["a", "abcdefgh"], "abcdefgx"),
        (["12.50"], "the total is 12.50"),
        (["李雷 和 韩梅梅"], "李雷和韩梅梅"),
        (["İstanbul"], "istanbul"),
        (["\tx\n y "], "x y"),
    ]
    rng = random.Random(13)
    letters = string.ascii_letters + "  0123456789.,中文字符"
    for _ in range(150):
        accepted = ["x" + "".join(rng.choices(letters, k=rng.randint(0, 25))) for _ in range(rng.randint(1, 3))]
        damaged = list(rng.choice(accepted))
        for _ in range(rng.randint(0, 12)):
            at = rng.randint(0, len(damaged))
            damaged[at : at + rng.randint(0, 1)] = rng.choices(letters, k=rng.randint(0, 1))
        made.append((accepted, "".join(damaged)))
    return made


@pytest.mark.parametrize("threshold", [0.5, 0.3, 1.0])
def test_anls_equals_its_package(threshold: float) -> None:
    for accepted, text in readings():
        got = judged(Anls(threshold=threshold), list[Json](accepted), text).value
        assert got == pytest.approx(anls_score(text, accepted, threshold)), (accepted, text)


def test_the_verdicts_are_those_that_were_committed() -> None:
    assert hashlib.sha256(FIXTURE.read_bytes()).hexdigest() == FIXTURE_SHA256
    assert all(len(VERDICTS[name]) >= 50 for name in ("relaxed_accuracy", "ocr_contains"))


def test_relaxed_accuracy_equals_lmms_eval() -> None:
    wrong = [
        (target, answer)
        for target, answer, verdict in VERDICTS["relaxed_accuracy"]
        if judged(RelaxedAccuracy(), target, answer).value != verdict
    ]
    assert wrong == []


def test_ocr_containment_equals_lmms_eval() -> None:
    wrong = [
        (formula, targets, answer)
        for formula, targets, answer, verdict in VERDICTS["ocr_contains"]
        if judged(OcrContains(formula=formula), targets, answer).value != verdict
    ]
    assert wrong == []


def test_white_space_around_a_number_does_not_count() -> None:
    assert judged(RelaxedAccuracy(), " 50% ", "50.1%\n").value == 1.0


def test_a_number_may_be_told_as_a_number() -> None:
    assert judged(RelaxedAccuracy(), 12, "12.2").value == 1.0
    assert judged(RelaxedAccuracy(tolerance=0.0), 12, "12.2").value == 0.0
    assert judged(RelaxedAccuracy(), [3, "three"], "Three").value == 1.0


@pytest.mark.parametrize("target", [None, [], "", {"a": 1}, True, [" "]])
@pytest.mark.parametrize("scorer", [Anls(), RelaxedAccuracy(), OcrContains()], ids=lambda scorer: scorer.name)
def test_without_an_answer_key_it_is_unscored(scorer: Scorer, target: Json) -> None:
    assert isinstance(Case(why="", scorer=scorer, target=target, text="x").result, Unscored)


@pytest.mark.parametrize(
    "case",
    [
        Case(why="a near miss", scorer=Anls(), target="Paris", text="London"),
        Case(why="a number away", scorer=RelaxedAccuracy(), target="10", text="20"),
        Case(why="not there", scorer=OcrContains(), target="exit", text="entrance"),
    ],
    ids=why,
)
def test_a_miss_says_what_was_expected(case: Case) -> None:
    assert isinstance(case.result, Score)
    assert case.result.value == 0.0
    assert "expected" in case.result.reason


@pytest.mark.parametrize("threshold", [0, 1.1])
def test_a_threshold_that_is_none_is_refused(threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold in"):
        Anls(threshold=threshold)


def test_a_tolerance_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="tolerance in"):
        RelaxedAccuracy(tolerance=1)
