"""What the reader of a verdict can safely do: the page and the memo say it in the same words."""

from collections.abc import Iterator

from harness.core.decision import GateStatus, RankedCandidate, VerdictKind
from harness.report.phrases import Phrase, listed
from harness.report.slots import SlotEvidence

COST = "usd_per_1k_requests"


def advice(of: SlotEvidence) -> tuple[Phrase, ...]:
    """Return whom to take: one, any of several, or nobody yet."""
    return tuple(_advice(of))


def _advice(of: SlotEvidence) -> Iterator[Phrase]:
    said = of.decision.verdict
    if said.winner is None:
        yield _nobody(of)
    elif len(of.decision.ranking) == 1:
        yield Phrase(key="do.alone", args={"winner": said.winner})
    elif said.kind is not VerdictKind.TOSS_UP:
        yield Phrase(key=f"do.{said.kind.value}", args={"winner": said.winner})
    else:
        yield from _toss_up(of, said.winner)


def _nobody(of: SlotEvidence) -> Phrase:
    said = of.decision.verdict
    if said.leader is not None and said.said[:1] and said.said[0].key.startswith("unfit"):
        return Phrase(key="do.unfit", args={"leader": said.leader})
    if said.kind is VerdictKind.INCOMPLETE:
        return Phrase(key="do.incomplete")
    if said.leader is None or said.kind is VerdictKind.NONE:
        return Phrase(key="do.none")
    return Phrase(key="do.withheld", args={"leader": said.leader})


def _toss_up(of: SlotEvidence, winner: str) -> Iterator[Phrase]:
    said = of.decision.verdict
    tied = [line for line in of.decision.ranking if line.candidate in (said.leader, *said.near_ties)]
    proven = [line.candidate for line in tied if line.candidate == winner or _is_proven(line)]
    if len(tied) < 2:
        yield Phrase(key="do.only", args={"winner": winner})
        return
    if len(proven) > 1:
        yield Phrase(key="do.any", args={"candidates": listed(proven)})
    prices = {line.candidate: None if (e := of.estimate(line.candidate, COST)) is None else e.value for line in tied}
    known = [price for price in prices.values() if price is not None]
    if prices[winner] is not None and prices[winner] == min(known) and known.count(min(known)) == 1:
        yield Phrase(key="do.cheapest", args={"winner": winner})
    else:
        yield Phrase(key="do.first" if winner == said.leader else "do.fit", args={"winner": winner})


def _is_proven(line: RankedCandidate) -> bool:
    return all(result.status is GateStatus.PASS for result in line.gates)
