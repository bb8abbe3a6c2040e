"""A scorer of extracted entities: which stand in the text, with what label, from where to where."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.core.canonical import Json
from harness.core.scores import Score, Unscored
from harness.core.suites import Sample
from harness.scorers.structured import extract
from harness.scorers.text import TextScorer

MAX_ENTITIES = 1_000
"""More are no answer; each is held against every entity of the target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A labelled span, both ends included."""

    label: str
    start: int
    end: int

    def overlaps(self, other: "Entity") -> bool:
        """Whether they share at least one per cent of `other`, nervaluate's default."""
        shared = min(self.end, other.end) - max(self.start, other.start) + 1
        return shared > 0 and 100 * shared >= other.end - other.start + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How predicted entities meet those of the target (SemEval 2013 task 9.1, MUC-5's categories)."""

    correct: int
    incorrect: int
    partial: int
    missed: int
    spurious: int

    @property
    def f1(self) -> float:
        """F1 where a partial match is worth half; 1 where there was nothing to find and nothing was found."""
        given = self.correct + self.incorrect + self.partial + self.spurious
        wanted = self.correct + self.incorrect + self.partial + self.missed
        right = self.correct + self.partial / 2
        return 2 * right / (given + wanted) if given + wanted else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityF1(TextScorer):
    """F1 of the entities that the output lists, by nervaluate's rules.

    Output and target are a list of `{"label", "text"}`, which may stand under one key `entities`. Each is put where its
    text stands in the sample's input, the second one of a text at its second place and so on; a text that does not
    stand there is spurious. `strict`: same span and label; `partial`: a span that overlaps is worth half, labels do not
    count. Detail: correct, incorrect, partial, missed, spurious.
    """

    match: Literal["strict", "partial"] = "strict"

    def __post_init__(self) -> None:
        if self.match not in ("strict", "partial"):
            raise ValueError(f"entity_f1 takes match: strict or partial, not {self.match!r}")

    @property
    def name(self) -> str:
        return "entity_f1" if self.match == "strict" else "entity_f1_partial"

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        source = str(sample.input)
        target = _listed(sample.target)
        wanted = list(_located(target, source)) if isinstance(target, list) else [None]
        if None in wanted:
            return Unscored(reason="the target is not a list of {label, text} whose texts stand in the input")
        found = extract(text)
        listed = _listed(found.value if found is not None else None)
        if not isinstance(listed, list) or len(listed) > MAX_ENTITIES:
            return Score(value=0.0, reason="no list of entities" if found is None else "not a list of entities")
        given = list(_located(listed, source))
        known = [entity for entity in given if entity is not None]
        counts = count([entity for entity in wanted if entity is not None], known, match=self.match)
        counts = Counts(**{**_fields(counts), "spurious": counts.spurious + len(given) - len(known)})
        fields = _fields(counts)
        reason = ", ".join(f"{number} {name}" for name, number in fields.items() if number)
        return Score(value=counts.f1, reason=reason, detail={name: float(number) for name, number in fields.items()})


def count(wanted: Sequence[Entity], given: Sequence[Entity], *, match: Literal["strict", "partial"]) -> Counts:
    """Pair entities as nervaluate does: each prediction in turn takes its perfect match, else the first overlap."""
    left = list(wanted)
    correct = overlapping = 0
    for entity in given:
        perfect = next((other for other in left if _same(entity, other, match)), None)
        taken = perfect or next((other for other in left if entity.overlaps(other)), None)
        if taken is not None:
            left.remove(taken)
            correct += perfect is not None
            overlapping += perfect is None
    strict = match == "strict"
    return Counts(
        correct=correct,
        incorrect=overlapping if strict else 0,
        partial=0 if strict else overlapping,
        missed=len(left),
        spurious=len(given) - correct - overlapping,
    )


def _same(one: Entity, other: Entity, match: str) -> bool:
    return (one.start, one.end) == (other.start, other.end) and (match == "partial" or one.label == other.label)


def _listed(value: Json) -> Json:
    return value["entities"] if isinstance(value, dict) and list(value) == ["entities"] else value


def _located(listed: Json, source: str) -> Iterator[Entity | None]:
    """Yield each listed entity where its text stands; None for what is no entity, or does not stand there."""
    search_from: dict[str, int] = {}
    for item in listed if isinstance(listed, list) else []:
        label, text = (item.get("label"), item.get("text")) if isinstance(item, dict) else (None, None)
        if not isinstance(label, str) or not isinstance(text, str) or not (text := text.strip()):
            yield None
            continue
        start = source.find(text, search_from.get(text, 0))
        search_from[text] = start + len(text) if start >= 0 else len(source)
        yield Entity(label=label, start=start, end=start + len(text) - 1) if start >= 0 else None


def _fields(counts: Counts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in ("correct", "incorrect", "partial", "missed", "spurious")}
