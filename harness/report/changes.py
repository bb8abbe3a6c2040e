"""What would change a verdict: another weight, or more samples."""

import math

from harness.core.decision import Crossover, Decision, VerdictKind
from harness.core.estimates import GIVEN
from harness.core.firmness import Advice
from harness.core.rules import Scale
from harness.decide.rank import TIE
from harness.decide.sensitivity import breakeven
from harness.report.numbers import Number, beyond, count, number, number_id, of_metric, percent, usd
from harness.report.phrases import Phrase, Piece, listed, metric_label
from harness.report.slots import SlotEvidence

UNSURE = (VerdictKind.LEAN, VerdictKind.TOSS_UP)
"""Verdicts that more samples might make clear."""
LEADS = (VerdictKind.CLEAR, VerdictKind.LEAN)
"""Verdicts that rest on the lead of the first."""


def changes(of: SlotEvidence) -> tuple[Phrase, ...]:
    """Return the two nearest changes of one weight that put another first, and how many more samples would tell."""
    said, crossings = of.decision.verdict, of.decision.crossovers
    others = [c for c in crossings if c.winner != said.leader and not _is_said(of.decision, c)]
    nearest = sorted(others, key=lambda c: abs(c.weight - c.now))[:2]
    told = [crossing(of, i, "verdict") for i, crossover in enumerate(crossings) if crossover in nearest]
    near = said.near_ties if said.kind is VerdictKind.TOSS_UP else ()
    found = of.decision.firmness.separation.advice
    wanted = [it for it in found if it.challenger in near] or list(found[:1])
    if said.kind in UNSURE:
        told += [advised(of.slot, it, "verdict") for it in wanted[:2]]
    return tuple(told)


def breakevens(of: SlotEvidence) -> tuple[Phrase, ...]:
    """Return in each criterion how much worse the first could become before it is not recommended any more.

    Whatever comes first ends that: the runner-up is level with it, a gate on the same metric excludes it, or its
    quality is not acceptable.
    """
    table, said = of.decision.matrix, of.decision.verdict
    ranked = [line.candidate for line in of.decision.ranking if line.rank is not None]
    if said.kind not in LEADS or len(ranked) < 2 or said.winner != ranked[0]:
        return ()
    row, rival = (table.candidates.index(name) for name in ranked[:2])
    if table.scores[row] - table.scores[rival] <= TIE:
        return ()
    told, never = [], []
    for j, criterion in enumerate(table.criteria):
        measured = table.raw[row][j].value
        if not table.weights[j] or measured is None or criterion.scale is Scale.PIECEWISE:
            continue
        end = _end(of.decision, row, rival, j)
        if end is None:
            if not any(_kin(gate.metric, criterion.metric) for gate in of.decision.rule.gates):
                never.append(criterion.name)
            continue
        key, limit = end

        def shown(which: str, value: float, metric: str = criterion.metric, name: str = criterion.name) -> Number:
            id = number_id(of.slot, "verdict", ranked[0], f"breakeven.{name}{which}")
            return number(value, of_metric(metric, value), id=id)

        names = {"leader": ranked[0], "rival": ranked[1], "metric": metric_label(criterion.metric)}
        told.append(Phrase(key=key, args={**names, "limit": shown("", limit), "now": shown(".now", measured)}))
    if never:
        told.append(Phrase(key="change.however_bad", args={"leader": ranked[0], "criteria": listed(never)}))
    return tuple(told)


def _end(decision: Decision, row: int, rival: int, j: int) -> tuple[str, float] | None:
    """Return what ends the lead of `row` first as it becomes worse in criterion `j`, and from where on as it is said.

    What is said is rounded to the side on which it is true.
    """
    table, criterion = decision.matrix, decision.matrix.criteria[j]
    lower = criterion.ideal < criterion.worst
    gates = [gate.max if lower else gate.min for gate in decision.rule.gates if gate.metric == criterion.metric]
    found = [("change.gated", limit) for limit in gates if limit is not None]
    level = breakeven(table, row, rival, j)
    if level is not None:
        slightly = 1e-9 * abs(level)  # level is not yet behind
        found.append(("change.worse", level + slightly if lower else level - slightly))
    elif criterion.metric == "quality" and table.raw[row][j].note != GIVEN:
        found.append(("change.unfit", criterion.worst))
    if not found:
        return None
    key, limit = min(found, key=lambda it: it[1] if lower else -it[1])
    return key, beyond(criterion.metric, limit, up=lower)


def _kin(one: str, other: str) -> bool:
    """Whether one who is bad enough of the metrics is so in the other too: both are times, or of one name."""
    return (one.endswith("_ms") and other.endswith("_ms")) or one.partition("_")[0] == other.partition("_")[0]


def _is_said(decision: Decision, crossover: Crossover) -> bool:
    """Whether the sentence of the verdict names this change of a weight, or its mirror where there are but two."""
    weighty = [weight for weight in decision.matrix.weights if weight]
    for said in decision.verdict.said:
        if not said.key.startswith("overtakes.") or said.arguments.get("rival") != (crossover.winner,):
            continue
        same = said.arguments["criterion"] == (crossover.criterion,)
        upwards = said.key in ("overtakes.above", "overtakes.all")
        if (same or len(weighty) == 2) and (crossover.weight >= crossover.now) == (upwards == same):
            return True
    return False


def flip(of: SlotEvidence) -> Phrase | None:
    said = of.decision.verdict
    if said.smallest_flip == 0.0:
        return Phrase(key="change.level", args={"candidate": str(said.flip_to), "leader": str(said.leader)})
    if said.smallest_flip is not None and said.flip_to is not None:
        moved = said.smallest_flip / 2  # what some criteria lose others gain
        amount = number(moved, percent(moved), id=number_id(of.slot, "verdict", said.flip_to, "smallest_flip"))
        return Phrase(key="change.flip", args={"candidate": said.flip_to, "amount": amount})
    if said.leader is not None and len(of.decision.matrix.candidates) > 1:
        return Phrase(key="change.nobody", args={"leader": said.leader})
    return None


def crossing(of: SlotEvidence, index: int, section: str) -> Phrase:
    """Return the sentence of one crossover, with ids in `section`."""
    crossover = of.decision.crossovers[index]

    def weight(which: str, value: float) -> Number:
        metric = f"crossover.{index}.{which}"
        return number(value, percent(value), id=number_id(of.slot, section, crossover.winner, metric))

    args: dict[str, Piece] = {
        "winner": crossover.winner,
        "criterion": crossover.criterion,
        "now": weight("now", crossover.now),
    }
    direction = "above" if crossover.weight > crossover.now else "below"
    if crossover.at_edge:  # no weight that could be written down is beyond it
        return Phrase(key=f"change.edge_{direction}", args=args)
    return Phrase(key=f"change.{direction}", args={**args, "weight": weight("weight", crossover.weight)})


def advised(slot: str, advice: Advice, section: str) -> Phrase:
    """Say how many more samples it takes: of one suite, or of all in proportion; ids are in `section`."""

    def shown(which: str) -> str:
        return number_id(slot, section, advice.challenger, f"more.{which}")

    samples, prices = sum(more.samples for more in advice.more), [more.usd for more in advice.more]
    args: dict[str, Piece] = {
        "leader": advice.leader,
        "challenger": advice.challenger,
        "samples": number(samples, count(samples), id=shown("samples")),
    }
    key = "firm.more" if len(advice.more) == 1 else "firm.more_of_all"
    if len(advice.more) == 1:
        args["suite"] = advice.more[0].suite
    known = [price for price in prices if price is not None]
    if len(known) < len(prices):
        return Phrase(key=key, args=args)
    dollars = math.fsum(known)
    return Phrase(key=f"{key}_priced", args={**args, "usd": number(dollars, usd(dollars), id=shown("usd"))})
