"""The answers of one slot, sample by sample: the telling ones first, and the bad ones counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from harness.core.calls import Audio, Failure, Image, Record
from harness.core.scores import BAD_BELOW
from harness.report.answers import Answer, answer, as_text
from harness.report.evidence import AskedSample, AskedTask
from harness.report.numbers import Number, count, fixed, number, number_id, seconds
from harness.report.phrases import Phrase, Piece
from harness.report.slots import Place, SlotEvidence
from harness.report.standing import Tag, tag

DIFFERENT_FROM = 0.25
"""Candidates disagree on a sample where their primary scores lie so far apart."""
SHOWN_SAMPLES = 200
"""Samples whose answers are written into the page, the telling ones first; all of them are in run.db."""
LISTED_BAD = 10


class Interest(IntEnum):
    """Why a reader would open a sample; the smaller, the sooner it is shown."""

    DIFFERENT = 0
    BAD = 1
    ERROR = 2
    PLAIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleView:
    anchor: str
    suite: str
    task: str
    id: str
    epoch: Number | None
    language: str | None
    interest: Interest
    input: str
    images: tuple[Image, ...]
    recording: Audio | None
    recording_seconds: Number | None
    target: str | None
    chips: tuple[tuple[Tag, Number | Phrase], ...]
    """Each candidate's primary score."""
    tags: tuple[Tag, ...]
    answers: tuple[Answer | None, ...]
    """Follows `tags`; None: not asked, or not yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCount:
    """Bad answers of one slice."""

    kind: Phrase
    """What slices: a task or a language."""
    name: str
    cells: tuple[Phrase, ...]
    """`3 of 20` by candidate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCase:
    anchor: str | None
    """None: the sample is not among those that are shown."""
    suite: str
    task: str
    id: str
    input: str
    who: tuple[tuple[Tag, str], ...]
    """Who was bad, and the reason given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesView:
    samples: tuple[SampleView, ...]
    shown: Number
    total: Number
    counts: tuple[BadCount, ...]
    worst: tuple[BadCase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One sample at one epoch with its answers by candidate."""

    asked: AskedSample
    task: AskedTask
    epoch: int
    records: tuple[Record | None, ...]
    values: tuple[float | None, ...]

    @property
    def bad(self) -> int:
        return sum(value is not None and value < BAD_BELOW for value in self.values)

    @property
    def spread(self) -> float:
        have = [value for value in self.values if value is not None]
        return max(have) - min(have) if have else 0.0

    @property
    def interest(self) -> Interest:
        if self.spread >= DIFFERENT_FROM:
            return Interest.DIFFERENT
        if self.bad:
            return Interest.BAD
        lost = (r is not None and v is None for r, v in zip(self.records, self.values, strict=True))
        return Interest.ERROR if any(lost) else Interest.PLAIN


def cases(of: SlotEvidence, anchor: str) -> CasesView:
    """Return the samples side by side and the bad cases; `anchor` begins every anchor."""
    told = sorted(_cases(of), key=lambda case: (case.interest, -case.spread, -case.bad))
    shown = told[:SHOWN_SAMPLES]
    anchors = {id(case): f"{anchor}-sample-{i}" for i, case in enumerate(shown)}
    views = tuple(_sample(of, case, anchors[id(case)]) for case in shown)
    worst = sorted((case for case in told if case.bad), key=lambda case: -case.bad)[:LISTED_BAD]
    return CasesView(
        samples=views,
        shown=number(len(shown), count(len(shown)), id=number_id(of.slot, "samples", "", "shown")),
        total=number(len(told), count(len(told)), id=number_id(of.slot, "samples", "", "total")),
        counts=tuple(_bad_counts(of, told)),
        worst=tuple(_bad_case(of, case, anchors.get(id(case))) for case in worst),
    )


def _cases(of: SlotEvidence) -> Iterable[_Case]:
    tasks = {(task.suite, task.name): task for task in of.tasks}
    for asked in of.samples:
        task = tasks[asked.suite, asked.task]
        for epoch in range(of.epochs):
            places = (
                Place(candidate=name, suite=asked.suite, task=asked.task, sample=asked.sample.id, epoch=epoch)
                for name in of.candidates
            )
            records = tuple(of.answers.get(place) for place in places)
            if any(record is not None for record in records):
                values = tuple(None if record is None else of.value(record, task) for record in records)
                yield _Case(asked=asked, task=task, epoch=epoch, records=records, values=values)


def _sample(of: SlotEvidence, case: _Case, anchor: str) -> SampleView:
    sample = case.asked.sample
    tags = tuple(tag(of, name) for name in of.candidates)
    language = sample.metadata.get("lang")
    epoch = None
    if of.epochs > 1:
        where = (*_where(case), "epoch")
        epoch = number(case.epoch + 1, str(case.epoch + 1), id=number_id(of.slot, "samples", "", *where))
    chips = tuple(_chip(of, case, i) for i in range(len(tags)))
    recording, length = next((medium for medium in sample.media if isinstance(medium, Audio)), None), None
    if recording is not None:
        where = (*_where(case), "recording_seconds")
        length = number(recording.seconds, seconds(recording.seconds), id=number_id(of.slot, "samples", "", *where))
    return SampleView(
        anchor=anchor,
        suite=case.asked.suite,
        task=case.asked.task,
        id=sample.id,
        epoch=epoch,
        language=language if isinstance(language, str) else None,
        interest=case.interest,
        input=as_text(sample.input),
        images=tuple(medium for medium in sample.media if isinstance(medium, Image)),
        recording=recording,
        recording_seconds=length,
        target=None if sample.target is None else as_text(sample.target),
        chips=tuple((t, chip) for t, chip in zip(tags, chips, strict=True) if chip is not None),
        tags=tags,
        answers=tuple(None if record is None else answer(of, case.task, record) for record in case.records),
    )


def _where(case: _Case) -> tuple[str, str, str, str]:
    return case.asked.suite, case.asked.task, case.asked.sample.id, str(case.epoch)


def _chip(of: SlotEvidence, case: _Case, i: int) -> Number | Phrase | None:
    value = case.values[i]
    if case.records[i] is None:
        return None
    if value is None:
        return Phrase(key="chip.unscored")
    return number(value, fixed(value, 2), id=number_id(of.slot, "samples", of.candidates[i], *_where(case), "chip"))


def _bad_counts(of: SlotEvidence, told: Sequence[_Case]) -> Iterable[BadCount]:
    languages = sorted({str(lang) for case in told if (lang := case.asked.sample.metadata.get("lang")) is not None})
    for task in of.tasks:
        chosen = [case for case in told if case.task == task]
        yield _bad_count(of, "slice.task", (task.suite, task.name), chosen)
    for language in languages if len(languages) > 1 else ():
        chosen = [case for case in told if case.asked.sample.metadata.get("lang") == language]
        yield _bad_count(of, "slice.lang", (language,), chosen)


def _bad_count(of: SlotEvidence, kind: str, name: tuple[str, ...], chosen: Sequence[_Case]) -> BadCount:
    cells = []
    for i, candidate in enumerate(of.candidates):
        values = [case.values[i] for case in chosen if case.values[i] is not None]
        n_bad = sum(value is not None and value < BAD_BELOW for value in values)
        numbers: dict[str, Piece] = {
            which: number(n, count(n), id=number_id(of.slot, "bad", candidate, kind, *name, which))
            for which, n in (("bad", n_bad), ("n", len(values)))
        }
        cells.append(Phrase(key="bad.of", args=numbers) if values else Phrase(key="not_asked"))
    return BadCount(kind=Phrase(key=kind), name="/".join(name), cells=tuple(cells))


def _bad_case(of: SlotEvidence, case: _Case, anchor: str | None) -> BadCase:
    who = []
    for name, record, value in zip(of.candidates, case.records, case.values, strict=True):
        if record is not None and value is not None and value < BAD_BELOW:
            who.append((tag(of, name), _why(of, case, record)))
    sample = case.asked.sample
    return BadCase(
        anchor=anchor,
        suite=case.asked.suite,
        task=case.asked.task,
        id=sample.id,
        input=as_text(sample.input),
        who=tuple(who),
    )


def _why(of: SlotEvidence, case: _Case, record: Record) -> str:
    if isinstance(record.outcome, Failure):
        return record.outcome.message
    judgement = of.judgements.get(record.call.key, {}).get(case.task.primary)
    return judgement.reason if judgement is not None else ""
