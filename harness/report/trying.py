"""What the page needs to decide a slot at weights that its reader tries, as `decide` would."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from harness.core.decision import VerdictKind
from harness.core.latitude import Latitude
from harness.core.rules import Combine
from harness.decide.pbest import weight_stream
from harness.report.phrases import Phrase, Piece
from harness.report.slots import SlotEvidence
from harness.report.visible import visible

FIRST = 0.7
"""The least share of the weight that a preset gives to what it puts first."""
FAST = ("rtf", "chars_per_s", "tokens_per", "output_tokens_per")
"""How metrics of speed begin, beside those that end in `_ms`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Weights that a button sets."""

    label: Piece
    """Our words, or the name of whose weights they are."""
    points: tuple[float, ...]
    """In the order of the criteria; their shares count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryingView:
    presets: tuple[Preset, ...]
    """The first is what was decided with."""
    rule_sha256: str
    data: Mapping[str, Any]
    """For static/weights.js."""


def trying(of: SlotEvidence, anchor: str, latitude: Latitude | None) -> TryingView | None:
    """Return the view; None where nobody is ranked or a single criterion decides, so that no weight matters.

    Without `latitude` the page ranks, but gives no chances and no kind of verdict.
    """
    decision, table = of.decision, of.decision.matrix
    if len(table.criteria) < 2 or not any(line.rank is not None for line in decision.ranking):
        return None
    presets = tuple(_presets(of))
    return TryingView(presets=presets, rule_sha256=decision.rule_sha256, data=_data(of, anchor, presets, latitude))


def points(weights: Sequence[float]) -> tuple[float, ...]:
    """Return weights as points of 100 in all, short enough to be read and typed."""
    return tuple(round(100 * weight, 2) for weight in weights)


def _presets(of: SlotEvidence) -> Iterator[Preset]:
    table = of.decision.matrix
    weights = table.weights
    yield Preset(label=Phrase(key="try.decided"), points=points(weights))
    yield Preset(label=Phrase(key="try.equal"), points=(1.0,) * len(weights))
    kinds = [_kind(criterion.metric) for criterion in table.criteria]
    for kind in ("quality", "latency", "cost"):
        chosen = [k == kind for k in kinds]
        if any(chosen) and not all(chosen):
            yield Preset(label=Phrase(key=f"try.{kind}"), points=points(_first(weights, chosen)))
    for profile in of.decision.rule.profiles or ():
        yield Preset(label=profile.name, points=points(profile.weights))


def _kind(metric: str) -> str:
    """Say what a metric is about; what is neither money nor speed is some quality."""
    if metric.startswith("usd"):
        return "cost"
    return "latency" if metric.endswith("_ms") or metric.startswith(FAST) else "quality"


def _first(weights: Sequence[float], chosen: Sequence[bool]) -> list[float]:
    """Return weights in which those `chosen` have `FIRST` of all or more; within both groups the proportions stay."""
    have = sum(weight for weight, is_first in zip(weights, chosen, strict=True) if is_first)
    share = max(FIRST, have)
    counts = {True: sum(chosen), False: len(chosen) - sum(chosen)}

    def of_group(weight: float, is_first: bool) -> float:
        whole, before = (share, have) if is_first else (1 - share, 1 - have)
        return whole * (weight / before if before > 0 else 1 / counts[is_first])

    return [of_group(weight, is_first) for weight, is_first in zip(weights, chosen, strict=True)]


def _data(of: SlotEvidence, anchor: str, presets: Sequence[Preset], latitude: Latitude | None) -> Mapping[str, Any]:
    decision, table = of.decision, of.decision.matrix
    lines = {line.candidate: line for line in decision.ranking}
    names = table.candidates
    alphabetical = sorted(names)
    kind, fit = decision.verdict.kind, latitude is None or decision.verdict.leader not in latitude.unfit
    without = kind if kind is VerdictKind.INCOMPLETE or (kind is VerdictKind.NONE and fit) else None
    stream: Mapping[str, Any] = weight_stream(decision.seed).bit_generator.state["state"]
    return {
        "anchor": anchor,
        "run": of.manifest.run_id,
        "slot": decision.slot,
        "candidates": [
            {
                "name": visible(name),
                "row": of.colours[name],
                "place": alphabetical.index(name),
                "competes": lines[name].rank is not None,
                "unseen": lines[name].low is None,
                "unfit": latitude is not None and name in latitude.unfit,
                "misnamed": latitude is not None and name in latitude.misnamed,
                "values": row,
                "bounded": [estimate.bounded is not None for estimate in raw],
            }
            for name, row, raw in zip(names, table.values, table.raw, strict=True)
        ],
        "criteria": [criterion.name for criterion in table.criteria],
        "weights": table.weights,
        "presets": [preset.points for preset in presets],
        "thresholds": asdict(decision.rule.thresholds),
        "without": without,
        "decided": decision.verdict.kind,
        "scarce": latitude is not None and latitude.scarce,
        "never_clear": latitude is None or latitude.never_clear,
        "draws": 0 if latitude is None else latitude.draws,
        "of": decision.draws,
        "values": "" if latitude is None else latitude.values,
        "geometric": table.combine is Combine.GEOMETRIC,
        "stream": {key: str(stream[key]) for key in ("state", "inc")},
    }
