"""How firm the lead of one slot is, ready to be laid out."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.core.decision import Decision
from harness.core.firmness import Domination, Opinion
from harness.report.changes import advised
from harness.report.numbers import Number, count, fixed, number, number_id, percent
from harness.report.phrases import Phrase, Piece
from harness.report.slots import SlotEvidence
from harness.report.standing import BAR, Segment, Tag, tag


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmRow:
    """One candidate that competes."""

    tag: Tag
    letters: str | None
    """Who shares one is not told apart on quality; None: it has no quality."""
    first: Number | None
    """Chance of the first rank; None: not known."""
    second: Number | None
    lower: Number | None
    places: tuple[Segment, ...]
    """The chances of the first, the second and the lower ranks, end to end; none: not known."""
    any_weights: Number | None
    """Chance to be first where every weighting is as likely as any other."""
    chosen_for: tuple[Phrase, ...]
    """The typical weights of those who would choose it; none: nobody would."""
    dominated: Number | None
    flip: Number | None
    """How much of the weight must move to put it first; None: it is, or no change does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRow:
    """What another method makes of the same table."""

    label: Phrase
    leader: str | None
    tau: Number | None
    reversals: Number
    """Pairs that it would reorder for the sake of a third that is dropped."""
    settled: tuple[str, ...]
    """Whom VIKOR would settle for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmnessView:
    lines: tuple[Phrase, ...]
    """What holds the lead, and what would end it."""
    advice: tuple[Phrase, ...]
    """How many more samples would tell whom from the leader."""
    rows: tuple[FirmRow, ...]
    methods: tuple[MethodRow, ...]


def firmness(of: SlotEvidence) -> FirmnessView | None:
    """Return the view; None where the leader has no rival."""
    found, leader = of.decision.firmness, of.decision.verdict.leader
    if not found.agreement.candidates or leader is None:
        return None
    names = found.agreement.candidates
    return FirmnessView(
        lines=tuple(_lines(of.decision, leader)),
        advice=tuple(advised(of.slot, advice, "firmness") for advice in found.separation.advice),
        rows=tuple(_row(of, name) for name in names),
        methods=tuple(_method(of.slot, opinion) for opinion in found.agreement.opinions),
    )


def _lines(decision: Decision, leader: str) -> Iterator[Phrase]:
    slot, found = decision.slot, decision.firmness
    yield from _kept(slot, "criteria", decision.verdict.leave_one_out, leader)
    yield from _kept(slot, "suites", found.without_suite, leader)
    for suite, other in sorted(found.without_suite.items()):  # decision.json keeps no other order
        if other != leader:
            yield Phrase(key="firm.without_suite", args={"suite": suite, "other": other})
    for name, other in sorted(found.without_candidate.items()):
        if leader not in (name, other):
            yield Phrase(key="firm.without_candidate", args={"name": name, "other": other})
    asked = [opinion for opinion in found.agreement.opinions if opinion.leader is not None]
    same = len(asked) - len(found.agreement.dissent)
    counts = {"same": same, "of": len(asked)}
    yield Phrase(key="firm.methods", args={"leader": leader, **_counts(slot, "methods", counts)})
    for opinion in found.agreement.dissent:
        yield Phrase(key="firm.dissent", args={"method": _label(opinion), "other": str(opinion.leader)})
    yield from (Phrase(key="firm.left_out", args={"criterion": name}) for name in found.agreement.left_out)
    yield from _dominated(found.domination)


def _kept(slot: str, what: str, leads: Mapping[str, str], leader: str) -> Iterator[Phrase]:
    """Say in how many of the cases in which one thing is left out the leader keeps the lead."""
    if leads:
        counts = {"kept": sum(first == leader for first in leads.values()), "of": len(leads)}
        yield Phrase(key=f"firm.{what}", args={"leader": leader, **_counts(slot, what, counts)})


def _dominated(found: Sequence[Domination]) -> Iterator[Phrase]:
    for one in found:
        measured = [name for name in one.by if name not in one.proven_by]
        for key, others in (("firm.dominated_proven", one.proven_by), ("firm.dominated", measured)):
            if others:
                yield Phrase(key=key, args={"name": one.candidate, "others": ", ".join(others)})


def _counts(slot: str, what: str, counts: Mapping[str, int]) -> dict[str, Piece]:
    ids = {key: number_id(slot, "firmness", "", f"{what}.{key}") for key in counts}
    return {key: number(n, count(n), id=ids[key]) for key, n in counts.items()}


def _row(of: SlotEvidence, name: str) -> FirmRow:
    found, criteria = of.decision.firmness, of.decision.matrix.criteria
    drawn = next((it for it in found.acceptance if it.candidate == name), None)
    dominated = next((it.chance for it in found.domination if it.candidate == name), None)
    tier = found.separation.tiers.get(name)
    changed = found.flips.get(name)
    places: dict[str, float] = {}
    if drawn is not None:
        first, second, *lower = drawn.ranks
        places = {"first": first, "second": second, "lower": math.fsum(lower), "any_weights": drawn.any_weights}

    def shown(which: str, share: float | None) -> Number | None:
        if share is None:
            return None
        return number(share, percent(share), id=number_id(of.slot, "firmness", name, which))

    central = () if drawn is None or drawn.central is None else drawn.central
    weights = [shown(f"central.{c.name}", weight) for c, weight in zip(criteria, central, strict=bool(central))]
    return FirmRow(
        tag=tag(of, name),
        letters=None if tier is None else tier.letters,
        first=shown("first", places.get("first")),
        second=shown("second", places.get("second")),
        lower=shown("lower", places.get("lower")),
        places=tuple(_end_to_end(list(places.values())[:3])),
        any_weights=shown("any_weights", places.get("any_weights")),
        chosen_for=tuple(
            Phrase(key="firm.weight", args={"criterion": criterion.name, "weight": weight})
            for criterion, weight in zip(criteria, weights, strict=False)
            if weight is not None
        ),
        dominated=shown("dominated", dominated),
        flip=shown("flip", None if changed is None else changed / 2),
    )


def _end_to_end(shares: Sequence[float]) -> Iterator[Segment]:
    start = 0.0
    for shade, share in enumerate(shares):
        yield Segment(shade=shade, start=round(BAR * start), width=round(BAR * share))
        start += share


def _method(slot: str, opinion: Opinion) -> MethodRow:
    def named(which: str) -> str:
        return number_id(slot, "firmness", "", opinion.method, which)

    tau, pairs = opinion.tau, {(reversal.ahead, reversal.behind) for reversal in opinion.reversals}
    return MethodRow(
        label=_label(opinion),
        leader=opinion.leader,
        tau=None if tau is None else number(tau, fixed(tau, 2), id=named("tau")),
        reversals=number(len(pairs), count(len(pairs)), id=named("reversals")),
        settled=opinion.compromise,
    )


def _label(opinion: Opinion) -> Phrase:
    return Phrase(key=f"panel.{opinion.method}")
