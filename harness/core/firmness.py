"""How firm a ranking is: what other methods, other weights, fewer criteria and more samples would make of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """Without `dropped`, `behind` passes `ahead`, although neither of them has changed."""

    dropped: str
    ahead: str
    behind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one method says."""

    method: str
    scores: tuple[float, ...]
    """In the order of the candidates, higher for the better."""
    leader: str | None
    tau: float | None
    """Kendall's τ-b against the value model; None where one of them tells nobody apart."""
    reversals: tuple[Reversal, ...]
    compromise: tuple[str, ...] = ()
    """VIKOR: whom it would settle for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The panel of methods."""

    candidates: tuple[str, ...] = ()
    """In the value model's order."""
    opinions: tuple[Opinion, ...] = ()
    """Without WPM where a measurement is not above 0: it cannot take that."""
    left_out: tuple[str, ...] = ()
    """Criteria that some candidate has no finite measurement of, or that go up and down: for the value model only."""

    @property
    def dissent(self) -> tuple[Opinion, ...]:
        """The methods that put another first than the value model does: that is a finding, not an error."""
        return tuple(o for o in self.opinions if o.leader is not None and o.leader != self.candidates[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """At what rank the draws put one candidate (SMAA-2), and who would choose it."""

    candidate: str
    ranks: tuple[float, ...]
    """Share of the draws of measurements, and of weights around those that were set, that put it at each rank."""
    any_weights: float
    """Share of the draws that put it first where every weighting is as likely as any other."""
    central: tuple[float, ...] | None
    """The mean of the weightings that do, in the order of the criteria; None: none does."""
    confidence: float | None
    """How often it is first at its central weights, as the measurements vary; None: it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Domination:
    """Who is at least as good as one candidate in everything that counts, and better in something."""

    candidate: str
    by: tuple[str, ...]
    """As it was measured."""
    proven_by: tuple[str, ...]
    """As far as the samples show it: by their intervals it is nowhere ahead by more than a trifle."""
    chance: float | None
    """Share of the draws in which somebody dominates it; None: nobody knows how far the measurements may be off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """Where one candidate stands, as far as that is shown."""

    letters: str
    """Two that share a letter are not shown to differ; the best have `a`."""
    best: int
    """1-based: one behind those that are shown to be better."""
    worst: int
    """Ahead of those that are shown to be worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """So many more samples of a suite."""

    suite: str
    samples: int
    usd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What would tell two apart that the samples do not."""

    leader: str
    challenger: str
    more: tuple[More, ...]
    """Of one suite where that is enough, else of all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation:
    """Whom the samples tell apart on quality."""

    tiers: Mapping[str, Tier] = field(default_factory=dict)
    """Candidate → its tier, of those that compete and have a quality."""
    advice: tuple[Advice, ...] = ()
    """For the leader and each that shares a letter with it, as far as a number of samples can be named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firmness:
    """Everything beside the verdict that speaks for or against the leader; empty where it has no rival."""

    agreement: Agreement = field(default_factory=Agreement)
    without_suite: Mapping[str, str] = field(default_factory=dict)
    """Suite left out → who leads then; nothing of a suite that holds all that is known of some candidate."""
    without_candidate: Mapping[str, str] = field(default_factory=dict)
    """Candidate left out → who leads then."""
    flips: Mapping[str, float] = field(default_factory=dict)
    """Challenger → the smallest change of weights that puts it first; without those that none does."""
    acceptance: tuple[Acceptance, ...] = ()
    """In the order of the ranking; nobody where the chance to be best is not known."""
    domination: tuple[Domination, ...] = ()
    """In the order of the ranking."""
    separation: Separation = field(default_factory=Separation)
