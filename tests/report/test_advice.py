"""What the reader can safely do: in a toss-up who will do, and whom to take if one must be named."""

from dataclasses import replace

import pytest

from harness.core.decision import Decision, GateStatus, Verdict, VerdictKind
from harness.report.advice import COST, advice
from harness.report.phrases import Phrase
from harness.report.slots import slot_evidence
from tests.report.bakeoffs import two_slots

FAKE = two_slots()
DECISION = FAKE.decisions[0]
FIRST, SECOND = (line.candidate for line in DECISION.ranking[:2])
BOTH = Phrase(key="list.and", args={"some": FIRST, "other": SECOND})


def advised(decision: Decision = DECISION, **verdict: object) -> tuple[Phrase, ...]:
    told: Verdict = replace(decision.verdict, **verdict)  # type: ignore[arg-type]
    return advice(slot_evidence(FAKE.evidence, replace(decision, verdict=told)))


def priced(**dollars: float | None) -> Decision:
    return replace(
        DECISION,
        estimates={
            name: tuple(replace(e, value=dollars[f"c{i}"]) if e.metric == COST else e for e in DECISION.estimates[name])
            for i, name in enumerate((FIRST, SECOND))
        },
    )


@pytest.mark.parametrize(
    ("first", "second", "winner", "key"),
    [
        pytest.param(2.0, 1.0, SECOND, "do.cheapest", id="the second costs less"),
        pytest.param(1.0, 2.0, FIRST, "do.cheapest", id="the first costs less"),
        pytest.param(1.0, 1.0, FIRST, "do.first", id="they cost the same"),
        pytest.param(None, 1.0, FIRST, "do.first", id="nobody knows"),
        pytest.param(1.0, 2.0, SECOND, "do.fit", id="the first cannot be recommended"),
    ],
)
def test_a_toss_up_says_who_will_do_and_whom_to_take(first: float | None, second: float, winner: str, key: str) -> None:
    told = advised(priced(c0=first, c1=second), kind=VerdictKind.TOSS_UP, near_ties=(SECOND,), winner=winner)
    assert told == (Phrase(key="do.any", args={"candidates": BOTH}), Phrase(key=key, args={"winner": winner}))


def test_whose_gate_is_unproven_is_not_said_to_do() -> None:
    line = DECISION.ranking[1]
    gates = (replace(line.gates[0], status=GateStatus.UNPROVEN),)
    unproven = replace(DECISION, ranking=(DECISION.ranking[0], replace(line, gates=gates)))
    (told,) = advised(unproven, kind=VerdictKind.TOSS_UP, near_ties=(SECOND,), winner=FIRST)
    assert told.key in ("do.first", "do.cheapest")


@pytest.mark.parametrize(
    ("kind", "winner", "key"),
    [
        pytest.param(VerdictKind.CLEAR, FIRST, "do.clear", id="clear"),
        pytest.param(VerdictKind.LEAN, FIRST, "do.lean", id="lean"),
        pytest.param(VerdictKind.TOSS_UP, FIRST, "do.only", id="a toss-up without a near-tie"),
        pytest.param(VerdictKind.LEAN, None, "do.withheld", id="a gate is unproven"),
        pytest.param(VerdictKind.NONE, None, "do.none", id="none"),
        pytest.param(VerdictKind.INCOMPLETE, None, "do.incomplete", id="incomplete"),
    ],
)
def test_each_kind_has_its_own(kind: VerdictKind, winner: str | None, key: str) -> None:
    assert [line.key for line in advised(kind=kind, winner=winner, near_ties=())] == [key]
