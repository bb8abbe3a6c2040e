"""What would change a verdict is told once: what its sentence says is not said again."""

from dataclasses import replace

import pytest

from harness.core.decision import Crossover, Said, VerdictKind
from harness.report.changes import changes
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
