"""The answers of one slot, sample by sample: the telling ones first, and the bad ones counted."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from harness.core.calls import Failure, Output, Record
from harness.core.media import Audio, Image
from harness.core.scores import BAD_BELOW
from harness.metrics.stats import Floats
from harness.report.answers import Answer, answer, as_text
from harness.report.evidence import Judgement
from harness.report.measures import mean_of_known
from harness.report.numbers import Number, count, fixed, number, number_id, seconds
from harness.report.phrases import Phrase, Piece
from harness.report.slices import Slice, SlicesView, Tagged, drawn_clusters, slices, tagged
from harness.report.slots import SlotEvidence
from harness.report.standing import Tag, tag
from harness.report.telling import Case, Interest, told
from harness.report.turned import turned_slices

SHOWN_SAMPLES = 25
"""The telling samples that stand in the page as they are, and beside them those of the worst cases."""
LISTED_BAD = 10


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

    of: Slice
    place: int
    """Among the tasks, or among the other slices."""
    kind: Phrase
    """What slices: a task, a language or a tag."""
    cells: tuple[Phrase, ...]
    """`3 of 20` by candidate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCase:
    anchor: str
    suite: str
    task: str
    id: str
    input: str
    who: tuple[tuple[Tag, str, str], ...]
    """Who was bad, the reason given, and what was heard of an answer that was spoken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesView:
    of: SlotEvidence
    tags: Tagged
    told: tuple[Case, ...]
    """Every sample, the telling ones first: its place among them ends its anchor."""
    samples: tuple[SampleView, ...]
    """Those that stand in the page as they are."""
    total: Number
    tasks: tuple[str, ...]
    filters: tuple[tuple[str, Number], ...]
    """`all`, `failures`, `different` and `errors`, with how many samples each shows."""
    counts: tuple[BadCount, ...]
    worst: tuple[BadCase, ...]
    slices: SlicesView | None
    turned: tuple[Phrase, ...]
    """Which candidates are better than the choice in some slice."""


def cases(of: SlotEvidence, anchor: str) -> CasesView:
    """Return the samples side by side and the bad cases; `anchor` begins every anchor."""
    found, tags = told(of), tagged(of)
    values, clusters = mean_of_known(of.worth, axis=1), drawn_clusters(of)
    worst = sorted((i for i, case in enumerate(found) if case.bad), key=lambda i: -found[i].bad)[:LISTED_BAD]
    shown = sorted({*range(min(SHOWN_SAMPLES, len(found))), *worst})

    def counted(which: str, n: int) -> Number:
        return number(n, count(n), id=number_id(of.slot, "samples", "", which))

    filters = {
        "all": len(found),
        "failures": sum(case.bad > 0 for case in found),
        "different": sum(case.interest is Interest.DIFFERENT for case in found),
        "errors": sum(case.lost > 0 for case in found),
    }
    return CasesView(
        of=of,
        tags=tags,
        told=found,
        samples=tuple(sample_views(of, {anchor_of(anchor, i): found[i] for i in shown})),
        total=counted("total", len(found)),
        tasks=tuple(f"{task.suite}/{task.name}" for task in of.tasks),
        filters=tuple((which, counted(f"filter.{which}", n)) for which, n in filters.items()),
        counts=tuple(_bad_counts(of, tags)),
        worst=tuple(_bad_case(of, found[i], anchor_of(anchor, i)) for i in worst),
        slices=slices(of, tags, values, clusters),
        turned=turned_slices(of, tags, values, clusters),
    )


def anchor_of(anchor: str, i: int) -> str:
    """Return the id of the i-th telling sample of the slot that `anchor` names."""
    return f"{anchor}-sample-{i}"


def sample_views(of: SlotEvidence, cases: Mapping[str, Case]) -> Iterator[SampleView]:
    """Yield the sample of each anchor with every answer to it."""
    came = iter(of.looked_at([at for case in cases.values() for at in case.answers if at >= 0]))
    for anchor, case in cases.items():
        answers = (
            None if at < 0 else answer(of, case.task, case.asked.sample, *next(came), value)
            for at, value in zip(case.answers, case.values, strict=True)
        )
        yield _sample_view(of, case, anchor, tuple(answers))


def _sample_view(of: SlotEvidence, case: Case, anchor: str, answers: tuple[Answer | None, ...]) -> SampleView:
    sample = case.asked.sample
    tags = tuple(tag(of, name) for name in of.candidates)
    language = sample.metadata.get("lang")
    epoch = None
    if of.epochs > 1:
        where = (*case.where, "epoch")
        epoch = number(case.epoch + 1, str(case.epoch + 1), id=number_id(of.slot, "samples", "", *where))
    chips = tuple(_chip(of, case, i) for i in range(len(tags)))
    recording, length = next((medium for medium in sample.media if isinstance(medium, Audio)), None), None
    if recording is not None:
        where = (*case.where, "recording_seconds")
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
        answers=answers,
    )


def _chip(of: SlotEvidence, case: Case, i: int) -> Number | Phrase | None:
    value = case.values[i]
    if case.answers[i] < 0:
        return None
    if value is None:
        return Phrase(key="chip.unscored")
    return number(value, fixed(value, 2), id=number_id(of.slot, "samples", of.candidates[i], *case.where, "chip"))


def _bad_counts(of: SlotEvidence, tags: Tagged) -> Iterable[BadCount]:
    worth = of.worth
    tasks: dict[tuple[str, str], list[int]] = {(task.suite, task.name): [] for task in of.tasks}
    for place, asked in enumerate(of.samples):
        tasks[asked.suite, asked.task].append(place)
    for i, (name, places) in enumerate(tasks.items()):
        yield _bad_count(of, Slice(kind="slice.task", name=name), i, worth[places])
    for i, (slice_, members) in enumerate(zip(tags.slices, tags.members, strict=True)):
        yield _bad_count(of, slice_, i, worth[members])


def _bad_count(of: SlotEvidence, slice_: Slice, place: int, values: Floats) -> BadCount:
    """Return the count of one slice; values [samples, epochs, candidates], NaN for none."""
    cells = []
    bad, judged = ((values < BAD_BELOW).sum(axis=(0, 1)).tolist(), (~np.isnan(values)).sum(axis=(0, 1)).tolist())
    for candidate, n_bad, n in zip(of.candidates, bad, judged, strict=True):
        numbers: dict[str, Piece] = {
            which: number(n, count(n), id=number_id(of.slot, "bad", candidate, slice_.kind, *slice_.name, which))
            for which, n in (("bad", n_bad), ("n", n))
        }
        cells.append(Phrase(key="bad.of", args=numbers) if n else Phrase(key="not_asked"))
    return BadCount(of=slice_, place=place, kind=Phrase(key=slice_.kind), cells=tuple(cells))


def _bad_case(of: SlotEvidence, case: Case, anchor: str) -> BadCase:
    bad = [i for i, value in enumerate(case.values) if value is not None and value < BAD_BELOW]
    found = of.looked_at([case.answers[i] for i in bad])
    who = [(tag(of, of.candidates[i]), _why(case, *it), _heard(of, it[0])) for i, it in zip(bad, found, strict=True)]
    sample = case.asked.sample
    return BadCase(
        anchor=anchor,
        suite=case.asked.suite,
        task=case.asked.task,
        id=sample.id,
        input=as_text(sample.input),
        who=tuple(who),
    )


def _heard(of: SlotEvidence, record: Record) -> str:
    """Return the transcript of an answer that was spoken; of another, or of one that nobody has heard, nothing."""
    if isinstance(record.outcome, Failure) or record.outcome.audio is None:
        return ""
    readings = (reading.outcome for reading in of.readings.get(record.call.key, ()))
    return next((it.text for it in readings if isinstance(it, Output) and it.text), "")


def _why(case: Case, record: Record, found: Mapping[str, Judgement]) -> str:
    if isinstance(record.outcome, Failure):
        return record.outcome.message
    judgement = found.get(case.task.primary)
    return judgement.reason if judgement is not None else ""
