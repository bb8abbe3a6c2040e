"""What the reader can safely do: in a toss-up who will do, whom to take if one must be named, and why."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from harness.core.decision import Decision, Nobody, Verdict, VerdictKind
from harness.core.rules import Criterion, Gate
from harness.report.advice import advice
from harness.report.phrases import Phrase, Piece, listed
from tests.decide.cases import decided, rule
from tests.report.bakeoffs import two_slots

DECISION = two_slots().decisions[0]
FIRST = DECISION.ranking[0].candidate
PRICE, PACE = "usd_per_1k_requests", "total_p50_ms"
IN_TIME = Gate(metric=PACE, max=100.0)


def advised(kind: VerdictKind, winner: str | None) -> tuple[Phrase, ...]:
    why = {VerdictKind.NONE: Nobody.NONE, VerdictKind.INCOMPLETE: Nobody.INCOMPLETE}.get(kind, Nobody.WITHHELD)
    nobody = why if winner is None else None
    told: Verdict = replace(DECISION.verdict, kind=kind, winner=winner, nobody=nobody, near_ties=())
    return advice(replace(DECISION, verdict=told))


def tossed(prices: Sequence[float | None], *, unproven: str = "", metric: str = PRICE) -> Decision:
    """Decide between A, B and so on, whose quality is as good as the same; of those `unproven` no pace is known."""
    by = rule(Criterion(name="quality", metric="quality", worst=0, ideal=1, weight=1), gates=(IN_TIME,))
    measured = {
        name: {"quality": 0.8 - 0.005 * i, metric: price, PACE: None if name in unproven else 50.0, "coverage": 1.0}
        for i, (name, price) in enumerate(zip("ABC", prices, strict=False))
    }
    return decided(measured, by, noise=0.05)


def names(*some: str) -> dict[str, Piece]:
    return {"candidates": listed(some)}


@pytest.mark.parametrize(
    ("decision", "winner", "lines"),
    [
        pytest.param(tossed([2, 1]), "B", [("do.any", "AB"), ("do.cheapest", "")], id="the second costs less"),
        pytest.param(tossed([1, 2]), "A", [("do.any", "AB"), ("do.cheapest", "")], id="the first costs less"),
        pytest.param(tossed([1, 1]), "A", [("do.any", "AB"), ("do.first", "")], id="they cost the same"),
        pytest.param(
            tossed([10, 5, 5]),
            "B",
            [("do.any", "ABC"), ("do.as_cheap", "")],
            id="another costs the same as the cheapest",
        ),
        pytest.param(
            tossed([10, 5, None]),
            "B",
            [("do.any", "ABC"), ("do.cheapest_known", ""), ("do.unpriced", "C")],
            id="a price is not known",
        ),
        pytest.param(
            tossed([None, 1]), "A", [("do.any", "AB"), ("do.first", ""), ("do.unpriced", "A")], id="nor is the first's"
        ),
        pytest.param(
            tossed([None, 2, 1], unproven="A"),
            "B",
            [("do.any", "BC"), ("do.ranks", ""), ("do.unpriced", "A")],
            id="nor is that of the first, who is unproven",
        ),
        pytest.param(
            tossed([None, None]),
            "A",
            [("do.any", "AB"), ("do.first", ""), ("do.unpriced", "AB")],
            id="no price is known",
        ),
        pytest.param(
            tossed([10, 1], unproven="B"),
            "A",
            [("do.sole", "AB"), ("do.unproven_cheaper", "B")],
            id="cheaper, unproven",
        ),
        pytest.param(
            tossed([10, 1, 5], unproven="B"),
            "C",
            [("do.any", "AC"), ("do.cheapest", ""), ("do.unproven_cheaper", "B")],
            id="cheapest of the proven",
        ),
        pytest.param(
            tossed([10, 1], metric="usd_per_request"),
            "B",
            [("do.any", "AB"), ("do.cheapest", "")],
            id="the price that the sentence goes by",
        ),
    ],
)
def test_a_toss_up_says_who_will_do_and_whom_to_take(
    decision: Decision, winner: str, lines: Sequence[tuple[str, str]]
) -> None:
    assert (decision.verdict.kind, decision.verdict.winner) == (VerdictKind.TOSS_UP, winner)
    told = [(line.key, {key: of for key, of in line.args.items() if key == "candidates"}) for line in advice(decision)]
    assert told == [(key, names(*some) if some else {}) for key, some in lines]
    assert {line.args.get("winner", winner) for line in advice(decision)} == {winner}


def test_whose_quality_is_not_acceptable_is_not_said_to_do() -> None:
    quality = Criterion(name="quality", metric="quality", worst=0.5, ideal=1, weight=50)
    pace = Criterion(name="pace", metric=PACE, worst=100, ideal=0, weight=50)
    near = {
        "A": {"quality": 0.6, PACE: 50.0, PRICE: 5.0, "coverage": 1.0},
        "B": {"quality": 0.5, PACE: 31.0, PRICE: 4.0, "coverage": 1.0},
    }
    decision = decided(near, rule(quality, pace), noise=0.1)
    assert (decision.verdict.kind, decision.verdict.winner) == (VerdictKind.TOSS_UP, "A")
    assert [line.key for line in advice(decision)] == ["do.sole", "do.unfit_cheaper"]


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
    assert [line.key for line in advised(kind, winner)] == [key]
