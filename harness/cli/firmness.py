"""How firm a ranking is, on the terminal: other methods, other weights, and the chance of each rank."""

from collections.abc import Iterator

from harness.core.decision import Crossover, Decision
from harness.report import numbers
from harness.report.columns import table

WHOLE = {"geometric": "geometric mean", "additive": "weighted sum"}
"""The method of the panel that takes the values themselves."""


def agreement_lines(decision: Decision) -> Iterator[str]:
    """Return whom other methods put first; none of them decides, since who comes or goes may reorder the rest."""
    panel = decision.firmness.agreement
    if not panel.opinions:
        return
    dissent = [opinion.method for opinion in panel.dissent]
    said = f"{len(panel.opinions) - len(dissent)} of {len(panel.opinions)}"
    yield f"Other methods on the same table, which do not decide: {said} put {panel.candidates[0]} first."
    yield ""
    rows = [
        [
            opinion.method,
            opinion.leader or "–",
            "–" if opinion.tau is None else numbers.signed(opinion.tau, 2),
            "yes" if opinion.reversals else "no",
        ]
        for opinion in panel.opinions
    ]
    yield from table(["method", "first", "same order (τ)", "reorders when one is dropped"], rows)
    if panel.left_out:
        names = ", ".join(panel.left_out)
        whole = WHOLE[panel.opinions[0].method]
        yield f"All but the {whole} leave out what is not known of everybody, or is best in the middle: {names}."


def change_lines(decision: Decision) -> Iterator[str]:
    """Return what would change the first: one weight, the smallest change of all weights, what is left out."""
    verdict, leader = decision.verdict, decision.verdict.leader
    if leader is None or sum(line.rank is not None for line in decision.ranking) < 2:
        return
    yield f"What would put another before {leader}:"
    yield from (f"  {_crossing(it)}" for it in decision.crossovers if it.winner != leader)
    if verdict.smallest_flip is None or verdict.flip_to is None:
        yield "  no change of the weights alone"
    elif verdict.smallest_flip == 0.0:
        yield f"  nothing at all: {verdict.flip_to} is level with it"
    else:
        moved = numbers.percent(verdict.smallest_flip / 2)
        yield f"  the smallest change of all weights moves {moved} from some to others: {verdict.flip_to}"
    for what, leads in (("criterion", verdict.leave_one_out), ("option", decision.firmness.without_candidate)):
        without = [f"without {name} {first}" for name, first in leads.items() if leader not in (name, first)]
        if without:
            yield f"  one {what} less: {', '.join(without)}"
    dominated = [f"{it.candidate} (than {', '.join(it.by)})" for it in decision.firmness.domination if it.by]
    if dominated:
        yield f"Nowhere better, and somewhere worse: {'; '.join(dominated)}."


def rank_lines(decision: Decision) -> Iterator[str]:
    """Return the chance of each rank, with weights near those that were set and with any."""
    accepted = decision.firmness.acceptance
    if not accepted:
        return
    yield "Chance of each rank, with weights near those above; the last column: of being first whatever the weights."
    yield ""
    heads = ["candidate", *(str(rank) for rank in range(1, len(accepted) + 1)), "first with weights unknown"]
    rows = [
        [it.candidate, *(numbers.percent(share) for share in it.ranks), numbers.percent(it.any_weights)]
        for it in accepted
    ]
    yield from table(heads, rows)


def _crossing(crossover: Crossover) -> str:
    side = "above" if crossover.weight >= crossover.now else "below"
    at, now = numbers.percent(crossover.weight), numbers.percent(crossover.now)
    return f"the weight of {crossover.criterion} {side} {at} (now {now}): {crossover.winner}"
