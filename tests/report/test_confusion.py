"""The table of confusions counts every judged answer once, where it was wanted and what was read."""

from dataclasses import replace

import pytest

from harness.core.calls import Failure, Fault
from harness.report.confusion import confusions
from harness.report.evidence import Judgement
from harness.report.slots import SlotEvidence, slot_evidence
from harness.store.judgements import Judgements
from tests.report.bakeoffs import two_slots

LABELS = ["yes", "maybe", "no"]
"""In the alphabet: maybe, no, yes."""


def labelled(read: tuple[int, ...], *, labels: list[str]) -> SlotEvidence:
    """The text slot of a run, of which every answer was wanted as `no`, and read as `read` in turn."""
    run = two_slots()
    (decision,) = (d for d in run.decisions if d.slot == "text")
    of = slot_evidence(run.evidence, decision)
    signature = f"label_match@1(labels={str(labels).replace(chr(39), chr(34))})"
    judgements = [
        Judgement(
            key=record.call.key, scorer="label_match", signature=signature, value=0.0, reason="",
            detail={"wanted": 1.0, "read": float(read[i % len(read)])},
        )
        for i, record in enumerate(of.answers)
        if not isinstance(record.outcome, Failure)
    ]  # fmt: skip
    numbers = dict(zip(of.answers.call_keys(), of.answers.ints("number").tolist(), strict=True))
    return replace(of, judgements=Judgements.of(judgements, numbers))


def test_each_answer_is_counted_once_and_lost_ones_are_not() -> None:
    of = labelled((1, 0, -1), labels=LABELS)
    tables = confusions(of)
    assert {table.tag.name for table in tables} == set(of.candidates)
    for name in of.candidates:
        mine = [table for table in tables if table.tag.name == name]
        assert all(table.labels == ("maybe", "no", "yes") for table in mine)
        assert all([row.label for row in table.rows] == ["no"] for table in mine)
        outcomes = [record.outcome for record in of.answers_of(name)]
        lost = sum(isinstance(o, Failure) and o.fault is not Fault.CANDIDATE for o in outcomes)
        own = sum(isinstance(o, Failure) and o.fault is Fault.CANDIDATE for o in outcomes)
        counted = [int(cell.raw) for table in mine for row in table.rows for cell in row.cells]
        assert sum(counted) == len(outcomes) - lost
        assert sum(int(table.rows[0].cells[-1].raw) for table in mine) >= own, "a failure of its own reads no label"
        assert not any(int(table.rows[0].cells[2].raw) for table in mine), "nobody read yes"


@pytest.mark.parametrize("labels", [[], [f"label {n}" for n in range(21)]], ids=["none", "too many to read"])
def test_there_is_no_table(labels: list[str]) -> None:
    assert confusions(labelled((0,), labels=labels)) == ()
