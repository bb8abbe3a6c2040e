"""The ranking of the page and the memo: no number where nothing is known, or nobody is left to compare with."""

from dataclasses import replace

import pytest

from harness.core.calls import Role
from harness.core.decision import Decision, Nobody, VerdictKind
from harness.report.numbers import Number
from harness.report.phrases import Measured, Phrase
from harness.report.slots import slot_evidence
from harness.report.standing import RankingRow, ranking, verdict
from harness.report.weighing import differences, matrix
from tests.report.bakeoffs import two_slots
from tests.report.pages import memo_text

FAKE = two_slots()
DECISION = FAKE.decisions[0]
FIRST = DECISION.ranking[0].candidate


def rows(decision: Decision) -> dict[str, RankingRow]:
    return {row.tag.name: row for row in ranking(slot_evidence(FAKE.evidence, decision))}


def test_a_candidate_of_whom_nothing_is_known_has_no_score() -> None:
    table, last = DECISION.matrix, DECISION.ranking[-1].candidate
    values = tuple(
        tuple(None for _ in row) if name == last else row
        for name, row in zip(table.candidates, table.values, strict=True)
    )
    unknown = replace(DECISION, matrix=replace(table, values=values))
    absent = Phrase(key="not_measured")
    assert (rows(unknown)[last].score, rows(unknown)[last].no_spread) == (Measured(value=absent), False)
    assert {row.tag.name for row in matrix(slot_evidence(FAKE.evidence, unknown)) if row.score == absent} == {last}
    assert rows(unknown)[FIRST].score == rows(DECISION)[FIRST].score != Measured(value=absent)


def test_who_is_left_alone_has_no_chance_to_be_best() -> None:
    first, *others = DECISION.ranking
    alone = replace(DECISION, ranking=(replace(first, p_best=1.0), *(replace(o, rank=None) for o in others)))
    assert (rows(alone)[FIRST].p_best, rows(alone)[FIRST].chance) == (None, Phrase(key="p_best.alone"))
    assert verdict(slot_evidence(FAKE.evidence, alone)).facts[0].cell.value == Phrase(key="p_best.alone")
    assert "Chance to be best: none, since nobody else is ranked." in memo_text(FAKE.evidence, [alone])
    assert rows(DECISION)[FIRST].chance == rows(DECISION)[FIRST].p_best is not None


@pytest.mark.parametrize(
    ("kind", "nobody", "rank", "leads"),
    [
        pytest.param(VerdictKind.TOSS_UP, None, 2, True, id="second"),
        pytest.param(VerdictKind.TOSS_UP, None, 1, False, id="level with it"),
        pytest.param(VerdictKind.INCOMPLETE, Nobody.INCOMPLETE, 2, False, id="incomplete"),
        pytest.param(VerdictKind.NONE, Nobody.NONE, 2, False, id="nothing was measured"),
        pytest.param(VerdictKind.NONE, Nobody.UNFIT, 2, True, id="first, and not good enough"),
    ],
)
def test_nobody_leads_where_nobody_is_ahead(kind: VerdictKind, nobody: Nobody | None, rank: int, leads: bool) -> None:
    first, second = FAKE.decisions[1].ranking[:2]
    decided = replace(
        FAKE.decisions[1],
        ranking=(first, replace(second, rank=rank)),
        verdict=replace(FAKE.decisions[1].verdict, kind=kind, nobody=nobody),
    )
    assert (verdict(slot_evidence(FAKE.evidence, decided)).lead is not None) is leads


def test_planned_answers_are_those_that_the_decision_counted() -> None:
    waiting = tuple(replace(row, planned=row.planned + 1, pending=1) for row in DECISION.completeness)
    readings = replace(DECISION.completeness[0], role=Role.INSTRUMENT, failed_infra=9)
    said = verdict(slot_evidence(FAKE.evidence, replace(DECISION, completeness=(*waiting, readings)))).errors
    assert said is not None
    assert {key: it.raw for key, it in said.args.items() if isinstance(it, Number)} == {"errors": "1", "calls": "42"}
    assert verdict(slot_evidence(FAKE.evidence, replace(DECISION, completeness=()))).errors is None


def test_the_lead_over_the_runner_up_is_told_with_its_interval_and_its_parts() -> None:
    decided = FAKE.decisions[1]
    first, second = decided.ranking[:2]
    said = verdict(slot_evidence(FAKE.evidence, decided)).lead
    assert said is not None
    assert (said.said.key, said.said.args["rival"]) == ("lead.interval", second.candidate)
    parts = [part.args["part"] for part in said.parts]
    gaps = [float(part.raw) for part in parts if isinstance(part, Number)]
    assert sum(gaps) == pytest.approx(first.score - second.score)
    assert gaps == sorted(gaps, key=abs, reverse=True)
    alone = replace(decided, ranking=(first, *(replace(line, rank=None) for line in decided.ranking[1:])))
    assert verdict(slot_evidence(FAKE.evidence, alone)).lead is None


def test_no_difference_is_asked_for_that_two_qualities_cannot_have() -> None:
    first, *others = DECISION.differences
    unclear = replace(first.difference, low=-1.0, high=1.0)
    for size, key in ((0.4, "difference.detectable"), (1.4, "difference.blind")):
        told = replace(first, difference=unclear, detectable=size)
        row = differences(slot_evidence(FAKE.evidence, replace(DECISION, differences=(told, *others))))[0]
        assert row.detectable is not None
        assert row.detectable.key == key
