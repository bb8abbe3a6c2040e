"""EntityF1 counts as nervaluate does."""

import json
import random
from collections.abc import Sequence
from typing import Literal

import pytest
from nervaluate import Evaluator

from harness.core.canonical import Json
from harness.core.scores import Score, Unscored
from harness.scorers import EntityF1
from harness.scorers.entities import MAX_ENTITIES, Entity, count
from tests.scorers.judging import Case, why

LABELS = ("person", "city", "date")
SOURCE = "Ann Lee met Bo in Oslo; Ann left Oslo on 3 May. 李雷在上海见了韩梅梅。"
TARGET: list[Json] = [
    {"label": "person", "text": "Ann Lee"},
    {"label": "city", "text": "Oslo"},
    {"label": "city", "text": "Oslo"},
    {"label": "city", "text": "上海"},
]


def spans(rng: random.Random, most: int) -> list[Entity]:
    made = []
    for _ in range(rng.randint(0, most)):
        start = rng.randint(0, 40)
        made.append(Entity(label=rng.choice(LABELS), start=start, end=start + rng.randint(0, 12)))
    return made


def cases() -> list[tuple[list[Entity], list[Entity]]]:
    """Gold and predicted entities: the edges, then random ones with overlaps, copies and shuffles."""
    one, wide, far = (
        Entity(label="city", start=5, end=9),
        Entity(label="city", start=0, end=400),
        Entity(label="date", start=90, end=99),
    )
    other = Entity(label="date", start=5, end=9)
    made = [
        ([one], []),
        ([], [one]),
        ([one], [one]),
        ([one], [other]),
        ([one], [wide]),
        ([wide], [one]),
        ([one, far], [far, one]),
        ([one, one], [one]),
        ([one], [one, one]),
        ([one, other], [other, one]),
    ]
    rng = random.Random(11)
    for _ in range(150):
        gold = spans(rng, 6)
        given = [*rng.sample(gold, rng.randint(0, len(gold))), *spans(rng, 4)]
        rng.shuffle(given)
        if gold or given:
            made.append((gold, given))
    return made


def reference(gold: Sequence[Entity], given: Sequence[Entity], match: str) -> dict[str, float]:
    def told(entities: Sequence[Entity]) -> list[list[dict[str, object]]]:
        return [[{"label": e.label, "start": e.start, "end": e.end} for e in entities]]

    result = Evaluator(told(gold), told(given), tags=list(LABELS), loader="dict").evaluate()["overall"][match]
    return {name: getattr(result, name) for name in ("correct", "incorrect", "partial", "missed", "spurious", "f1")}


@pytest.mark.parametrize("match", ["strict", "partial"])
def test_counts_equal_nervaluate(match: Literal["strict", "partial"]) -> None:
    for gold, given in cases():
        counts, wanted = count(gold, given, match=match), reference(gold, given, match)
        got = {name: getattr(counts, name) for name in wanted}
        assert got == pytest.approx(wanted), (gold, given)


def case(why: str, text: Json, *, match: Literal["strict", "partial"] = "strict", target: Json = TARGET) -> Case:
    spoken = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
    return Case(why=why, scorer=EntityF1(match=match), target=target, text=spoken, input=SOURCE)


@pytest.mark.parametrize(
    "case",
    [
        case("as it is", TARGET),
        case("in another order", TARGET[::-1]),
        case("under a key", {"entities": TARGET}),
        case("fenced", f"Here:\n```json\n{json.dumps(TARGET)}\n```"),
        case("with more keys", [{**item, "why": "x"} for item in TARGET if isinstance(item, dict)]),
        case("white space", [{**item, "text": f" {item['text']} "} for item in TARGET if isinstance(item, dict)]),
        case("partial, other labels", [{"label": "x", "text": "Ann Lee"}, *TARGET[1:]], match="partial"),
        case("nothing to find", [], target=[]),
    ],
    ids=why,
)
def test_scores_one(case: Case) -> None:
    assert isinstance(case.result, Score)
    assert case.result.value == 1.0


@pytest.mark.parametrize(
    "case",
    [
        case("empty", ""),
        case("prose", "Ann Lee, Oslo"),
        case("no list", {"person": ["Ann Lee"]}),
        case("texts without labels", ["Ann Lee", "Oslo"]),
        case("what does not stand there", [{"label": "city", "text": "Bergen"}]),
        case("other case", [{"label": "city", "text": "OSLO"}]),
        case("empty texts", [{"label": "city", "text": " "}]),
        case("far too many", [TARGET[0]] * (MAX_ENTITIES + 1)),
        case("labels that are no texts", [{"label": ["city"], "text": "Oslo"}]),
    ],
    ids=why,
)
def test_scores_zero(case: Case) -> None:
    assert isinstance(case.result, Score)
    assert case.result.value == 0.0
    assert case.result.reason


@pytest.mark.parametrize(
    "case",
    [
        case("no target", TARGET, target=None),
        case("a target that does not stand in the text", TARGET, target=[{"label": "city", "text": "Bergen"}]),
        case("one city too many", TARGET, target=[*TARGET, {"label": "city", "text": "Oslo"}]),
    ],
    ids=why,
)
def test_unscored(case: Case) -> None:
    assert isinstance(case.result, Unscored)


def test_the_same_text_is_looked_for_at_its_next_place() -> None:
    result = case("", [TARGET[1]] * 3).result
    assert isinstance(result, Score)
    assert result.detail == {"correct": 2.0, "incorrect": 0.0, "partial": 0.0, "missed": 2.0, "spurious": 1.0}
    assert result.value == pytest.approx(4 / 7)


def test_half_a_name_is_worth_half_where_it_may_be() -> None:
    half: list[Json] = [{"label": "person", "text": "Ann"}]
    strict, partial = case("", half).result, case("", half, match="partial").result
    assert isinstance(strict, Score)
    assert isinstance(partial, Score)
    assert (strict.value, strict.detail["incorrect"]) == (0.0, 1.0)
    assert (partial.value, partial.detail["partial"]) == (pytest.approx(1 / 5), 1.0)


def test_both_kinds_can_stand_beside_each_other() -> None:
    assert [EntityF1().name, EntityF1(match="partial").name] == ["entity_f1", "entity_f1_partial"]
    with pytest.raises(ValueError, match="strict or partial, not 'loose'"):
        EntityF1(match="loose")  # type: ignore[arg-type]
