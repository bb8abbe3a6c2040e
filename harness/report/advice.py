"""What the reader of a verdict can safely do: the page and the memo say it in the same words."""

from collections.abc import Iterator, Mapping, Sequence

from harness.core.decision import Decision, Nobody, Verdict, VerdictKind
from harness.decide.cheapest import costs, fit
from harness.decide.latitude import unfit
from harness.report.phrases import Phrase, listed


def advice(of: Decision) -> tuple[Phrase, ...]:
    """Return whom to take: one, any of several, or nobody yet."""
    return tuple(_advice(of))


def _advice(of: Decision) -> Iterator[Phrase]:
    said = of.verdict
    if said.winner is None:
        yield _nobody(said)
    elif len(of.ranking) == 1:
        yield Phrase(key="do.alone", args={"winner": said.winner})
    elif said.kind is not VerdictKind.TOSS_UP:
        yield Phrase(key=f"do.{said.kind.value}", args={"winner": said.winner})
    else:
        yield from _toss_up(of, said.winner)


def _nobody(said: Verdict) -> Phrase:
    assert said.nobody is not None, "a verdict says whom it recommends, or why nobody"
    speaks_of = {"leader": str(said.leader)} if said.nobody in (Nobody.UNFIT, Nobody.WITHHELD) else {}
    return Phrase(key=f"do.{said.nobody.value}", args=speaks_of)


def _toss_up(of: Decision, winner: str) -> Iterator[Phrase]:
    """Say who will do, whom to take and why: the winner is the cheapest of the fit, of equals the first."""
    said = of.verdict
    tied = [line for line in of.ranking if line.candidate in (said.leader, *said.near_ties)]
    if len(tied) < 2:
        yield Phrase(key="do.only", args={"winner": winner})
        return
    bad = unfit(of.matrix, [line.candidate for line in tied], ())
    able = [line.candidate for line in fit(tied, bad)]
    prices = costs(of.rule, of.estimates)
    if len(able) > 1:
        yield Phrase(key="do.any", args={"candidates": listed(able)})
        yield Phrase(key=_why(winner, able, prices), args={"winner": winner})
    else:
        yield Phrase(key="do.sole", args={"winner": winner, "candidates": listed([line.candidate for line in tied])})
    cheaper = [line.candidate for line in tied if _cheaper(prices[line.candidate], prices[winner])]
    unpriced = [line.candidate for line in tied if prices[line.candidate] is None]
    beside = {
        "do.unfit_cheaper": [name for name in cheaper if name in bad],
        "do.unproven_cheaper": [name for name in cheaper if name not in (*able, *bad)],
        "do.unpriced": unpriced if len(able) > 1 else [],
    }
    yield from (Phrase(key=key, args={"candidates": listed(names)}) for key, names in beside.items() if names)


def _why(winner: str, able: Sequence[str], prices: Mapping[str, float | None]) -> str:
    """Return the key of what speaks for the winner among the others that are `able`."""
    others = [prices[name] for name in able if name != winner]
    price = prices[winner]
    if price is not None and all(_cheaper(price, other) for other in others if other is not None):
        return "do.cheapest_known" if None in others else "do.cheapest"
    if winner != able[0]:
        return "do.as_cheap"
    return "do.ranks" if any(_cheaper(other, price) for other in others) else "do.first"


def _cheaper(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and one < other
