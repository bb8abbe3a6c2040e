"""How a slot is decided, before anything is seen: gates, criteria, thresholds (methodology.md 1)."""

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A must-have: exactly one of `min` and `max`."""

    metric: str
    min: float | None = None
    max: float | None = None


class Scale(StrEnum):
    LINEAR = "linear"
    LOG = "log"
    PIECEWISE = "piecewise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A nice-to-have with fixed anchors, so that candidates never enter the normalisation."""

    name: str
    metric: str
    worst: float
    """Worst acceptable: value 0."""
    ideal: float
    """No benefit beyond: value 1."""
    weight: float
    """Any non-negative number; normalised over the criteria."""
    scale: Scale = Scale.LINEAR
    points: tuple[tuple[float, float], ...] = ()
    """Piecewise: (metric, value) pairs."""


class Combine(StrEnum):
    """How the values of the criteria make a score."""

    ADDITIVE = "additive"
    """Their weighted sum: what is weak somewhere is made up for elsewhere."""
    GEOMETRIC = "geometric"
    """Their weighted geometric mean: what is worth little somewhere can be made up for only in part."""


class Elicitation(StrEnum):
    """How people were asked what matters to them."""

    POINTS = "points"
    """Points, of which the shares count."""
    SWING = "swing"
    """Points for the step from worst to ideal; the step that is wanted first has 100."""
    ORDER = "order"
    """The order of importance alone."""
    AHP = "ahp"
    """How many times as important each is as each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """Where weights come from."""

    method: Elicitation
    consistency_ratio: float | None = None
    """AHP: 0 where the judgements agree with each other; None: another method."""
    by: str | None = None
    on: str | None = None
    """The date, as it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What matters to one person or group; profiles are shown side by side and never averaged."""

    name: str
    weights: tuple[float, ...]
    """In the order of the criteria; sums to 1."""
    weighing: Weighing


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """House thresholds of the verdict rule (methodology.md 1.5); judgement, so they are configurable."""

    clear_p_best: float = 0.90
    lean_p_best: float = 0.60
    fragile_l1: float = 0.10
    clear_clusters: int = 10
    """Fewer independent samples never make a clear win: the bootstrap is too sure of itself there."""
    near_tie: float = 0.02
    kappa: float = 50.0
    """Concentration of the Dirichlet draws around the weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRule:
    """How one slot is decided; frozen and hashed before results are seen."""

    slot: str
    gates: tuple[Gate, ...]
    criteria: tuple[Criterion, ...]
    must_pass: tuple[str, ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
    weighing: Weighing | None = None
    """None: each criterion states its own points. None is left out of the hash, so that older rules keep theirs."""
    profiles: tuple[Profile, ...] | None = None
    """None: nobody has weights of their own."""
    combine: Combine | None = None
    """None: additive, and likewise left out of the hash."""
    cost: str | None = None
    """The column of a table that near-ties are compared by, the cheaper first; None: as a run knows costs, or none."""
