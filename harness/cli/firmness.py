"""How firm a ranking is, on the terminal: what would put another first."""

from collections.abc import Iterator

from harness.core.decision import Crossover, Decision
from harness.report import numbers


def change_lines(decision: Decision) -> Iterator[str]:
    """Return what would change the first: one weight, the smallest change of all weights, what is left out."""
    verdict, leader = decision.verdict, decision.verdict.leader
    if leader is None or sum(line.rank is not None for line in decision.ranking) < 2:
        return
    yield f"What would put another before {leader}:"
    for crossover in decision.crossovers:
        yield f"  {_crossing(crossover)}"
    if verdict.smallest_flip is None or verdict.flip_to is None:
        yield "  no change of the weights alone"
    else:
        moved = numbers.percent(verdict.smallest_flip / 2)
        yield f"  the smallest change of all weights moves {moved} from some to others: {verdict.flip_to}"
    without = [f"without {name} {first}" for name, first in verdict.leave_one_out.items() if first != leader]
    if without:
        yield f"  one criterion less: {', '.join(without)}"


def _crossing(crossover: Crossover) -> str:
    side = "above" if crossover.weight >= crossover.now else "below"
    at, now = numbers.percent(crossover.weight), numbers.percent(crossover.now)
    return f"the weight of {crossover.criterion} {side} {at} (now {now}): {crossover.winner}"
