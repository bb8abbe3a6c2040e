"""What would change a verdict is told once: what its sentence says is not said again."""

from dataclasses import replace

import pytest

from harness.core.decision import Crossover, Said, VerdictKind
from harness.core.rules import Gate
from harness.report.changes import breakevens, changes
from harness.report.numbers import Number
from harness.report.phrases import Phrase, Piece
from harness.report.slots import slot_evidence
from tests.report.bakeoffs import two_slots

FAKE = two_slots()
DECISION = FAKE.decisions[0]
LEADER = DECISION.verdict.leader


def crossover(criterion: str, weight: float, winner: str = "smollm2") -> Crossover:
    return Crossover(criterion=criterion, weight=weight, now=0.3, winner=winner)


CROSSOVERS = (
    crossover("cost", 0.4),
    crossover("cost", 0.1),
    crossover("quality", 0.2),
    crossover("cost", 0.6, "hibari"),
)


def told(said: Said | None, weights: tuple[float, ...]) -> list[str]:
    verdict = replace(DECISION.verdict, kind=VerdictKind.CLEAR, said=() if said is None else (said,))
    matrix = replace(DECISION.matrix, weights=weights)
    decision = replace(DECISION, crossovers=CROSSOVERS, verdict=verdict, matrix=matrix)
    found = changes(slot_evidence(FAKE.evidence, decision))
    return [f"{it.key} {it.args['criterion']} {it.args['winner']}" for it in found]


@pytest.mark.parametrize(
    ("key", "weights", "expected"),
    [
        pytest.param(None, (0.5, 0.3, 0.2), ["above cost smollm2", "below quality smollm2"], id="nothing is said"),
        pytest.param(
            "overtakes.above", (0.5, 0.3, 0.2), ["below cost smollm2", "below quality smollm2"], id="one is said"
        ),
        pytest.param(
            "overtakes.above", (0.5, 0.5, 0.0), ["below cost smollm2", "above cost hibari"], id="and its mirror"
        ),
    ],
)
def test_the_two_nearest_that_the_sentence_does_not_say(
    key: str | None, weights: tuple[float, ...], expected: list[str]
) -> None:
    said = None if key is None else Said(key=key, arguments={"rival": ("smollm2",), "criterion": ("cost",)})
    assert told(said, weights) == [f"change.{line}" for line in expected]


@pytest.mark.parametrize("kind", VerdictKind)
def test_more_samples_are_advised_where_they_might_make_it_clear(kind: VerdictKind) -> None:
    for decision in FAKE.decisions:
        verdict = replace(decision.verdict, kind=kind)
        found = changes(slot_evidence(FAKE.evidence, replace(decision, crossovers=(), verdict=verdict)))
        advised = decision.firmness.separation.advice
        assert bool(found) == (bool(advised) and kind in (VerdictKind.LEAN, VerdictKind.TOSS_UP))


def limits(weights: tuple[float, ...], *gates: Gate, values: tuple[float, ...]) -> list[tuple[str, str]]:
    """Return key and limit, or criteria, of what is said where the first has `values` of quality, latency, cost."""
    table, row = DECISION.matrix, DECISION.matrix.candidates.index(str(LEADER))
    rows = [(0.5, 0.5, 0.5)] * len(table.candidates)
    rows[row] = values
    scores = [sum(w * v for w, v in zip(weights, of, strict=True)) for of in rows]
    matrix = replace(table, weights=weights, values=tuple(rows), scores=tuple(scores))
    verdict = replace(DECISION.verdict, kind=VerdictKind.LEAN, winner=LEADER)
    ranking = sorted(DECISION.ranking, key=lambda line: line.candidate != LEADER)
    rule = replace(DECISION.rule, gates=gates)
    decided = replace(DECISION, rule=rule, matrix=matrix, verdict=verdict, ranking=tuple(ranking))
    return [
        (it.key.partition(".")[2], _text(it.args.get("limit", it.args.get("criteria"))))
        for it in breakevens(slot_evidence(FAKE.evidence, decided))
    ]


def _text(piece: Piece | None) -> str:
    if isinstance(piece, Phrase):
        return " and ".join(map(str, piece.args.values()))
    return piece.text if isinstance(piece, Number) else str(piece)


@pytest.mark.parametrize(
    ("weights", "gates", "values", "expected"),
    [
        pytest.param(
            (0.4, 0.3, 0.3), (), (0.8, 0.7, 0.6),
            [("worse", "0.39"), ("however_bad", "latency and cost")],
            id="level at 0.396, and 0.40 would still lead",
        ),
        pytest.param(
            (0.4, 0.3, 0.3), (Gate(metric="quality", min=0.7),), (0.8, 0.7, 0.6),
            [("gated", "0.70"), ("however_bad", "latency and cost")],
            id="a gate before it is level",
        ),
        pytest.param(
            (0.4, 0.3, 0.3), (Gate(metric="quality", min=0.3),), (0.8, 0.7, 0.6),
            [("worse", "0.39"), ("however_bad", "latency and cost")],
            id="a gate behind it",
        ),
        pytest.param(
            (0.1, 0.45, 0.45), (), (0.8, 0.9, 0.8),
            [("unfit", "0.20"), ("worse", "2.97 s"), ("worse", "$0.429")],
            id="never level, but not good enough",
        ),
        pytest.param(
            (0.1, 0.45, 0.45), (Gate(metric="ttfo_p50_ms", max=1234.5),), (0.8, 0.9, 0.8),
            [("unfit", "0.20"), ("gated", "1.24 s"), ("worse", "$0.429")],
            id="a gate of a latency",
        ),
        pytest.param(
            (0.9, 0.05, 0.05), (), (0.9, 0.9, 0.8),
            [("worse", "0.52"), ("however_bad", "latency and cost")],
            id="no gate",
        ),
        pytest.param(
            (0.9, 0.05, 0.05), (Gate(metric="total_p95_ms", max=9000),), (0.9, 0.9, 0.8),
            [("worse", "0.52"), ("however_bad", "cost")],
            id="a gate on another latency, which cannot be good where the median is bad",
        ),
    ],
)  # fmt: skip
def test_what_ends_the_lead_first_is_said_and_is_true_as_it_is_rounded(
    weights: tuple[float, ...],
    gates: tuple[Gate, ...],
    values: tuple[float, ...],
    expected: list[tuple[str, str]],
) -> None:
    assert limits(weights, *gates, values=values) == expected
