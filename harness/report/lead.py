"""How far the first of one slot is from the runner-up, and what the difference in score is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from harness.core.decision import Nobody, Verdict
from harness.decide.combining import gaps
from harness.report.numbers import Number, fixed, number, number_id, signed
from harness.report.phrases import Phrase, Piece
from harness.report.slots import SlotEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadView:
    said: Phrase
    parts: tuple[Phrase, ...]
    """What each criterion adds to the difference in score, the most first."""


def lead(of: SlotEvidence) -> LeadView | None:
    """Return the view; None where fewer than two are ranked, the first two share a rank, or too little is known."""
    matrix = of.decision.matrix
    lines = [line for line in of.decision.ranking if line.rank is not None]
    if len(lines) < 2 or lines[0].rank == lines[1].rank or _knows_too_little(of.decision.verdict):
        return None
    ranked = [line.candidate for line in lines]
    first, second = (matrix.candidates.index(name) for name in ranked[:2])

    def shown(metric: str, value: float, spelled: Callable[[float], str] = signed) -> Number:
        return number(value, spelled(value), id=number_id(of.slot, "verdict", ranked[1], f"lead.{metric}"))

    names = [criterion.name for criterion in matrix.criteria]
    parts = sorted(zip(gaps(matrix, first, second), names, strict=True), key=lambda part: -abs(part[0]))
    score = shown("score", matrix.scores[first] - matrix.scores[second], partial(fixed, decimals=3))
    args: dict[str, Piece] = {"leader": ranked[0], "rival": ranked[1], "score": score}
    difference = next((it.difference for it in of.decision.differences if it.challenger == ranked[1]), None)
    key = "lead.score"
    if difference is not None and difference.value is not None:
        key, args["quality"] = "lead.quality", shown("quality", difference.value)
        if difference.low is not None and difference.high is not None:
            key = "lead.interval"
            args |= {"low": shown("quality.low", difference.low), "high": shown("quality.high", difference.high)}
    return LeadView(
        said=Phrase(key=key, args=args),
        parts=tuple(
            Phrase(key="lead.part", args={"criterion": name, "part": shown(f"part.{name}", gap)}) for gap, name in parts
        ),
    )


def _knows_too_little(verdict: Verdict) -> bool:
    """Whether the order says nothing: calls are wanting, or nobody has an answer that can be judged."""
    return verdict.nobody in (Nobody.INCOMPLETE, Nobody.NONE)
