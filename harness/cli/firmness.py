"""How firm a ranking is, on the terminal: other methods, other weights, and the chance of each rank."""

from collections.abc import Iterator

from harness.cli import screen
from harness.cli.manner import listed, tell
from harness.core.decision import Crossover, Decision
from harness.report import numbers
from harness.report.columns import table

WORDED = ("additive", "geometric", "SAW", "WPM")
"""The methods that have a name of their own in each language; the others are called the same in all."""


def agreement_lines(decision: Decision) -> Iterator[str]:
    """Return whom other methods put first; none of them decides, since who comes or goes may reorder the rest."""
    panel = decision.firmness.agreement
    if not panel.opinions:
        return
    of, dissent = len(panel.opinions), len(panel.dissent)
    yield tell("firm.methods", same=of - dissent, of=of, leader=panel.candidates[0])
    yield ""
    rows = [
        [
            tell(f"firm.method.{opinion.method}") if opinion.method in WORDED else opinion.method,
            opinion.leader or "–",
            "–" if opinion.tau is None else numbers.signed(opinion.tau, 2),
            tell("firm.yes" if opinion.reversals else "firm.no"),
        ]
        for opinion in panel.opinions
    ]
    yield from table(
        [tell(f"firm.head.{head}") for head in ("method", "first", "order", "reorders")],
        rows,
        wide=screen.table_columns(),
    )
    if panel.left_out:
        key = f"firm.left_out.{panel.opinions[0].method}"
        yield tell(key, names=listed(panel.left_out))


def change_lines(decision: Decision) -> Iterator[str]:
    """Return what would change the first: one weight, the smallest change of all weights, what is left out."""
    verdict, leader = decision.verdict, decision.verdict.leader
    if leader is None or sum(line.rank is not None for line in decision.ranking) < 2:
        return
    yield tell("firm.change", leader=leader)
    yield from (_crossing(it) for it in decision.crossovers if it.winner != leader)
    if verdict.smallest_flip is None or verdict.flip_to is None:
        yield tell("firm.change.none")
    elif verdict.smallest_flip == 0.0:
        yield tell("firm.change.level", other=verdict.flip_to)
    else:
        yield tell("firm.change.least", moved=numbers.percent(verdict.smallest_flip / 2), other=verdict.flip_to)
    for what, leads in (("criterion", verdict.leave_one_out), ("option", decision.firmness.without_candidate)):
        without = [
            tell("firm.without", name=name, first=first) for name, first in leads.items() if leader not in (name, first)
        ]
        if without:
            yield tell(f"firm.less.{what}", without=listed(without))
    dominated = [
        tell("firm.dominated", name=it.candidate, by=listed(it.by)) for it in decision.firmness.domination if it.by
    ]
    if dominated:
        yield tell("firm.nowhere_better", names=tell("firm.stop").join(dominated))


def rank_lines(decision: Decision) -> Iterator[str]:
    """Return the chance of each rank, with weights near those that were set and with any."""
    accepted = decision.firmness.acceptance
    if not accepted:
        return
    yield tell("firm.ranks")
    yield ""
    ranks = [str(rank) for rank in range(1, len(accepted) + 1)]
    rows = [
        [it.candidate, *(numbers.percent(share) for share in it.ranks), numbers.percent(it.any_weights)]
        for it in accepted
    ]
    yield from table([tell("firm.head.option"), *ranks, tell("firm.head.any")], rows, wide=screen.table_columns())


def _crossing(crossover: Crossover) -> str:
    key = "firm.above" if crossover.weight >= crossover.now else "firm.below"
    ends = {"at": numbers.percent(crossover.weight), "now": numbers.percent(crossover.now)}
    return tell(key, criterion=crossover.criterion, other=crossover.winner, **ends)
