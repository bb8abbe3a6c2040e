"""Which label was taken for which: answers by what was wanted and what was read, of tasks that label_match judges."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from harness.core.calls import Fault
from harness.report.evidence import AskedTask, Judgement
from harness.report.numbers import Number, count, number, number_id
from harness.report.slots import SlotEvidence
from harness.report.standing import Tag, tag
from harness.scorers.label import spell

SCORER = "label_match"
NONE = -1
"""What was read of an answer without a label, with several, and of a failure of the candidate's own."""
MOST_LABELS = 20
"""More make a table that nobody reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfusionRow:
    label: str
    """What was wanted."""
    cells: tuple[Number, ...]
    """Follows the labels; the last one is for none or several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """One candidate's answers to one task."""

    suite: str
    task: str
    tag: Tag
    labels: tuple[str, ...]
    rows: tuple[ConfusionRow, ...]


def confusions(of: SlotEvidence) -> tuple[Confusion, ...]:
    """Return a table for each task with labels and each candidate that was asked it; lost answers are in none."""
    if SCORER not in of.judgements.scorers:
        return ()
    return tuple(table for task in of.tasks for table in _of_task(of, task))


def _of_task(of: SlotEvidence, task: AskedTask) -> Iterator[Confusion]:
    place = (task.suite, task.name)
    there = np.array([home[:2] == place for home in of.answers.homes], dtype=np.bool_)
    records = of.answers.where(there[of.answers.ints("home")])
    calls = records.ints("number").tolist()
    judged = zip(calls, of.judgements.of_answers(calls), strict=True)
    found = ((call, said.get(SCORER)) for call, said in judged)
    told = {call: judgement for call, judgement in found if judgement and "wanted" in judgement.detail}
    labels = _labels(told.values())
    if not 0 < len(labels) <= MOST_LABELS:
        return
    samples = [records.homes[home][2] for home in records.ints("home").tolist()]
    answers = list(zip(records.column("candidate"), samples, calls, records.column("fault"), strict=True))
    wanted = {sample: int(told[call].detail["wanted"]) for _, sample, call, _ in answers if call in told}
    for name in of.candidates:
        counts: Counter[tuple[int, int]] = Counter()
        for candidate, sample, call, fault in answers:
            read = _read(fault, told.get(call))
            if candidate == name and sample in wanted and read is not None:
                counts[wanted[sample], read] += 1
        if counts:
            rows = tuple(
                ConfusionRow(
                    label=labels[at],
                    cells=tuple(
                        number(
                            n := counts[at, read],
                            count(n),
                            id=number_id(of.slot, "confusion", name, *place, labels[at], _name(labels, read)),
                        )
                        for read in (*range(len(labels)), NONE)
                    ),
                )
                for at in sorted(set(wanted.values()))
            )
            yield Confusion(suite=task.suite, task=task.name, tag=tag(of, name), labels=labels, rows=rows)


def _labels(judgements: Iterable[Judgement]) -> tuple[str, ...]:
    """Return the labels by the places that the details give them; they travel in the signature."""
    signature = next((judgement.signature for judgement in judgements), "")
    _, found, rest = signature.partition("(labels=")
    return tuple(sorted(json.JSONDecoder().raw_decode(rest)[0], key=spell)) if found else ()


def _read(fault: str | None, judgement: Judgement | None) -> int | None:
    if fault is not None:
        return NONE if fault == Fault.CANDIDATE else None
    return None if judgement is None else int(judgement.detail["read"])


def _name(labels: tuple[str, ...], read: int) -> str:
    return "" if read == NONE else labels[read]
