"""The verdict and ranking of one slot, ready to be laid out."""

from dataclasses import dataclass

from harness.core.calls import Role
from harness.core.decision import Decision, GateResult, GateStatus, RankedCandidate, Said, VerdictKind
from harness.core.rules import Combine
from harness.report.advice import advice
from harness.report.changes import breakevens, changes, flip
from harness.report.lead import LeadView, lead
from harness.report.numbers import Number, count, fixed, number, number_id, percent
from harness.report.phrases import Measured, Phrase, Piece, Shown, known, measured, metric_label
from harness.report.slots import SlotEvidence

HEADLINE_LATENCIES = ("ttfa_p50_ms", "ttfo_p50_ms", "ttft_p50_ms", "total_p50_ms")
"""The first that was measured stands on the verdict card, unless a criterion names another."""

BAR = 1000
"""Width of a score of 1 in the units of the ranking's bars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A candidate's name with its colour and symbol."""

    name: str
    colour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of the verdict card."""

    label: Phrase
    cell: Measured
    beside: Measured | None
    """The same of who is held beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    kind: str
    """`clear`, `lean`, `toss-up`, `none` or `incomplete`."""
    sentence: str
    """As it stands in decision.json."""
    sentence_id: str
    winner: Tag | None
    advice: tuple[Phrase, ...]
    """What the reader can safely do."""
    about: Tag | None
    """Whose facts are listed: the recommendation, else the leader."""
    beside: Tag | None
    """Who is held beside it: the leader, else who is nearest to it; None: nobody else is ranked."""
    facts: tuple[Fact, ...]
    lead: LeadView | None
    """None: it has no runner-up, or is not ahead of it."""
    errors: Phrase | None
    """How many planned answers were lost to errors of others; None: another version has decided, and did not count."""
    changes: tuple[Phrase, ...]
    """What would change the verdict, beside what the sentence says already."""
    breakevens: tuple[Phrase, ...]
    """How much worse the first could become before another leads."""
    flip: Phrase | None
    """How little of the weight must move to put another first, or that none of it does; None: there is no other."""
    caveats: tuple[tuple[str, str], ...]
    """(id, sentence), as they stand in decision.json."""
    said: tuple[Said, ...]
    """The parts of the sentence, in no language yet."""
    caveats_said: tuple[Said, ...]
    """The caveats likewise; none of either where another version has decided."""
    unproven: tuple[Piece, ...]
    """Metrics of the gates that are not proven for the first: accepting it needs a waiver."""
    rule_sha256: str
    rule_is_frozen: bool
    """False: the rule is not one that was hashed before the first call; of what was imported none was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One criterion's part of a score bar, in thousandths of a score of 1."""

    shade: int
    start: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingRow:
    tag: Tag
    rank: Number | None
    score: Measured
    p_best: Number | None
    """None: it is not ranked, nobody else is, or nobody knows."""
    chance: Shown
    """`p_best`, or words for why there is none."""
    segments: tuple[Segment, ...]
    low: int | None
    high: int | None
    no_spread: bool
    """Whether a score has no interval, since a task with one judged sample shows no spread."""
    status: str
    """The worst of its gates."""
    failed: tuple[Piece, ...]
    """Metrics of the gates that exclude it."""
    leads: bool
    near_tie: bool
    """Within the margin of the leader."""
    stopped: Phrase | None
    """After how many samples it was stopped early; None: it was not."""


def tag(of: SlotEvidence, candidate: str) -> Tag:
    """Return the candidate's tag."""
    return Tag(name=candidate, colour=of.colours.get(candidate, len(of.colours)))


def verdict(of: SlotEvidence) -> VerdictView:
    """Return the verdict card."""
    decision, said = of.decision, of.decision.verdict
    about = said.winner or said.leader
    line = next((r for r in decision.ranking if r.candidate == about), None)
    other = None if line is None else _beside(of, line)
    recommends = said.kind not in (VerdictKind.NONE, VerdictKind.INCOMPLETE)
    unproven = line.gates if line is not None and recommends else ()
    return VerdictView(
        kind=said.kind.value,
        sentence=said.sentence,
        sentence_id=number_id(of.slot, "verdict", "", "sentence"),
        winner=None if said.winner is None else tag(of, said.winner),
        advice=advice(decision),
        about=None if about is None else tag(of, about),
        beside=None if other is None else tag(of, other.candidate),
        facts=() if line is None else _facts(of, line, other),
        lead=lead(of),
        errors=_errors(of),
        changes=changes(of),
        breakevens=breakevens(of),
        flip=flip(of),
        caveats=tuple((number_id(of.slot, "verdict", "", f"caveat.{i}"), text) for i, text in enumerate(said.caveats)),
        said=said.said,
        caveats_said=said.caveats_said,
        unproven=tuple(metric_label(result.gate.metric) for result in unproven if result.status is GateStatus.UNPROVEN),
        rule_sha256=decision.rule_sha256,
        rule_is_frozen=of.manifest.imported is None and of.manifest.rules.get(of.slot) == decision.rule_sha256,
    )


def _errors(of: SlotEvidence) -> Phrase | None:
    came = [row for row in of.decision.completeness if row.role is Role.ANSWER]
    if not came:
        return None
    counts = {"errors": sum(row.lost for row in came), "calls": sum(row.planned for row in came)}
    return Phrase(
        key="basis.errors",
        args={which: number(n, count(n), id=number_id(of.slot, "verdict", "", which)) for which, n in counts.items()},
    )


def _beside(of: SlotEvidence, line: RankedCandidate) -> RankedCandidate | None:
    """Return with whom a reader would compare a candidate: the leader, or else a near-tie before any other."""
    said = of.decision.verdict
    others = [it for it in of.decision.ranking if it.rank is not None and it is not line]
    return min(others, key=lambda it: (it.candidate != said.leader, it.candidate not in said.near_ties), default=None)


def _facts(of: SlotEvidence, line: RankedCandidate, other: RankedCandidate | None) -> tuple[Fact, ...]:
    name = line.candidate
    criteria = [c.metric for c in of.decision.matrix.criteria]
    latency = next((m for m in [*criteria, *HEADLINE_LATENCIES] if m.endswith("_ms") and of.estimate(name, m)), None)
    metrics = [m for m in ("quality", latency, "usd_per_1k_requests", "coverage") if m is not None]

    def cells(it: RankedCandidate) -> dict[str, Measured]:
        own = {m: measured(of.slot, "verdict", it.candidate, m, of.estimate(it.candidate, m)) for m in metrics}
        return {
            "fact.p_best": Measured(value=_chance(of, "verdict", it)),
            "fact.score": _score(of, "verdict", it),
            **{f"metric.{m}": cell for m, cell in own.items() if known(f"metric.{m}")},
        }

    beside = {} if other is None else cells(other)
    return tuple(Fact(label=Phrase(key=key), cell=cell, beside=beside.get(key)) for key, cell in cells(line).items())


def _score(of: SlotEvidence, section: str, line: RankedCandidate) -> Measured:
    def part(suffix: str, value: float) -> Number:
        return number(value, fixed(value, 3), id=number_id(of.slot, section, line.candidate, f"score{suffix}"))

    if not is_measured(of.decision, line.candidate):
        return Measured(value=Phrase(key="not_measured"))
    low, high = (None if x is None else part(suffix, x) for suffix, x in ((".low", line.low), (".high", line.high)))
    return Measured(value=part("", line.score), low=low, high=high)


def is_measured(decision: Decision, candidate: str) -> bool:
    """Whether any criterion of the candidate has a value, so that its score says something."""
    matrix = decision.matrix
    rows = dict(zip(matrix.candidates, matrix.values, strict=True))
    return any(value is not None for value in rows.get(candidate, ()))


def is_alone(decision: Decision) -> bool:
    """Whether only one candidate is ranked, so that there is nobody whom it could be better than."""
    return sum(line.rank is not None for line in decision.ranking) == 1


def _p_best(of: SlotEvidence, section: str, line: RankedCandidate) -> Number | None:
    if line.p_best is None or is_alone(of.decision):
        return None
    return number(line.p_best, percent(line.p_best), id=number_id(of.slot, section, line.candidate, "p_best"))


def _chance(of: SlotEvidence, section: str, line: RankedCandidate) -> Shown:
    why_none = "p_best.alone" if is_alone(of.decision) else "p_best.unknown"
    return _p_best(of, section, line) or Phrase(key=why_none)


def ranking(of: SlotEvidence) -> tuple[RankingRow, ...]:
    """Return the ranking, best first, the excluded last."""
    return tuple(_ranking_row(of, line) for line in of.decision.ranking)


def _ranking_row(of: SlotEvidence, line: RankedCandidate) -> RankingRow:
    slot, name = of.slot, line.candidate
    rank = None
    if line.rank is not None:
        rank = number(line.rank, str(line.rank), id=number_id(slot, "ranking", name, "rank"))
    return RankingRow(
        tag=tag(of, name),
        rank=rank,
        score=_score(of, "ranking", line),
        p_best=_p_best(of, "ranking", line),
        chance=_chance(of, "ranking", line),
        segments=_segments(of.decision, name),
        low=None if line.low is None else round(BAR * line.low),
        high=None if line.high is None else round(BAR * line.high),
        no_spread=line.low is None and is_measured(of.decision, name) and name not in of.stopped,
        status=_worst(line.gates),
        failed=tuple(metric_label(result.gate.metric) for result in line.gates if result.status is GateStatus.FAIL),
        leads=name == of.decision.verdict.leader,
        near_tie=name in of.decision.verdict.near_ties,
        stopped=_stopped(of, name),
    )


def _stopped(of: SlotEvidence, name: str) -> Phrase | None:
    if name not in of.stopped:
        return None
    stop = of.stopped[name].stop
    counts = {"samples": stop.samples, "planned": stop.planned}
    args: dict[str, Piece] = {
        which: number(n, count(n), id=number_id(of.slot, "ranking", name, f"stopped.{which}"))
        for which, n in counts.items()
    }
    return Phrase(key="ranking.stopped", args=args)


def _segments(decision: Decision, candidate: str) -> tuple[Segment, ...]:
    matrix = decision.matrix
    if candidate not in matrix.candidates:
        return ()
    if matrix.combine is Combine.GEOMETRIC:  # factors, which do not stand end to end
        return (Segment(shade=0, start=0, width=round(BAR * matrix.scores[matrix.candidates.index(candidate)])),)
    segments, start = [], 0.0
    for shade, part in enumerate(matrix.contributions[matrix.candidates.index(candidate)]):
        segments.append(Segment(shade=shade, start=round(BAR * start), width=round(BAR * part)))
        start += part
    return tuple(segments)


def _worst(gates: tuple[GateResult, ...]) -> str:
    statuses = {result.status for result in gates}
    order = (GateStatus.FAIL, GateStatus.UNPROVEN, GateStatus.PASS)
    return next((status.value for status in order if status in statuses), "")
