"""What is decided: the matrix, the ranking, the verdict (methodology.md 1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from harness.core.calls import Role
from harness.core.estimates import Estimate
from harness.core.firmness import Firmness
from harness.core.manifest import Unsent
from harness.core.rules import Combine, Criterion, DecisionRule, Gate
from harness.core.stopping import Stopped
from harness.core.views import Views


class GateStatus(StrEnum):
    PASS = "pass"
    FAIL = "fail"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """One gate of one candidate."""

    candidate: str
    gate: Gate
    status: GateStatus
    value: float | None
    bound: float | None
    """The unfavourable one-sided 95% bound that was held against the gate."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMatrix:
    """Candidates × criteria. Rows follow `candidates`, columns follow `criteria`."""

    candidates: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    raw: tuple[tuple[Estimate, ...], ...]
    values: tuple[tuple[float | None, ...], ...]
    """In [0, 1]; None is not measured, counts 0 in the score and as [0, 1] in its interval."""
    weights: tuple[float, ...]
    """Normalised: sums to 1."""
    contributions: tuple[tuple[float, ...], ...]
    """weight × value; each row sums to its score. Of a geometric mean, value to the weight: it multiplies to it."""
    scores: tuple[float, ...]
    combine: Combine | None = None
    """As in the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCandidate:
    """One line of the ranking."""

    candidate: str
    rank: int | None
    """1-based, competition ranking; None: excluded by a failed gate, or left out for want of answers."""
    score: float
    low: float | None
    """95% interval of the score over the measurement draws; None where a single sample of a task shows no spread."""
    high: float | None
    p_best: float | None
    """Share of draws of measurements and weights in which it comes first among the ranked; None where it is not ranked,
    or where somebody's interval is not known."""
    gates: tuple[GateResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossover:
    """The weight at which the winner changes while the other weights keep their proportions."""

    criterion: str
    weight: float
    """In [0, 1]."""
    now: float
    winner: str
    """Who leads beyond it."""

    @property
    def at_edge(self) -> bool:
        """Whether the weight reads as all or nothing when it is rounded to a tenth of a percent."""
        return not 0.0005 <= self.weight < 0.9995


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference:
    """Leader minus challenger on the samples that both were asked."""

    leader: str
    challenger: str
    metric: str
    difference: Estimate
    p_value: float | None
    p_holm: float | None
    detectable: float | None = None
    """The smallest true difference that as many samples would show eight times in ten; None: not known."""
    low_together: float | None = None
    """An interval that holds at 95% for all pairs at once (Bonferroni); None: there is one pair, or no interval."""
    high_together: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence before a language is chosen: its key, and names, numbers or parts that fill its placeholders."""

    key: str
    """Of `decide/sentences.py`."""
    arguments: Mapping[str, "tuple[str | Said, ...]"]


class VerdictKind(StrEnum):
    CLEAR = "clear"
    LEAN = "lean"
    TOSS_UP = "toss-up"
    NONE = "none"
    """No candidate passes the gates, who leads is not good enough, or too little was asked to say anything."""
    INCOMPLETE = "incomplete"


class Nobody(StrEnum):
    """Why nobody is recommended."""

    INCOMPLETE = "incomplete"
    NONE = "none"
    """No candidate passes the gates, or nothing was measured."""
    UNFIT = "unfit"
    """Who leads is not good enough."""
    SCARCE = "scarce"
    """The samples are too few to choose by."""
    WITHHELD = "withheld"
    """Who leads has a gate that is not proven, or had neither rival nor gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer, with what would change it."""

    kind: VerdictKind
    winner: str | None
    """The recommendation: first by score, or the cheapest of near-ties in a toss-up; None where there is none."""
    nobody: Nobody | None = None
    """Why there is none."""
    leader: str | None
    """First by score."""
    p_best: float | None
    near_ties: tuple[str, ...]
    smallest_flip: float | None
    """L1 change of the weights that dethrones the leader; None: nobody can."""
    flip_to: str | None
    leave_one_out: Mapping[str, str]
    """Criterion left out → who leads then."""
    sentence: str
    """The verdict in one sentence."""
    caveats: tuple[str, ...] = ()
    """Unproven gates, saturated anchors, small n: each one sentence."""
    said: tuple[Said, ...] = ()
    """The parts of `sentence`, for pages in other languages."""
    caveats_said: tuple[Said, ...] = ()
    """`caveats` likewise, one each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfMeasured:
    """A candidate that is, or has as a stage, the very model that measures its table."""

    candidate: str
    instrument: str
    model: str
    """Name of the candidate that serves as the instrument."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """A candidate of which answers say that another model gave them."""

    candidate: str
    asked: str
    model: str
    """The name that came back most often in the place of what was asked."""
    answers: int
    """That name another model."""
    of: int
    """Answers that name any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Independent:
    """How many samples stand behind a comparison, and how many of them are independent of each other."""

    samples: int
    """Of which everybody who has any quality has one."""
    clusters: int
    sharing: int = 0
    """Samples whose cluster has another one."""
    alike: tuple[str, ...] = ()
    """Two of those, of one cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """What came of the calls that the verdict on one candidate rests on; `planned` is the sum of the others."""

    candidate: str
    """Whose answers they are, or whose answers they measure."""
    role: Role
    """Answers, or the instruments' calls that measure them."""
    planned: int
    done: int
    failed_candidate: int
    """Failures of the candidate's own: they count 0."""
    failed_infra: int
    failed_harness: int
    """Bugs of Bakeoff's own."""
    pending: int
    """No final word yet."""
    excluded: int = 0
    """Answers that others were planned to give and it was not: `plan` left it out of their tasks."""
    why: Unsent | None = None
    """Why they are pending; None: none is."""
    stopped: int = 0
    """Answers beside `planned` that it was not asked for any more, since it had lost."""

    @property
    def lost(self) -> int:
        """Failures that are nobody's fault who competes."""
        return self.failed_infra + self.failed_harness


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Everything that one slot's report shows."""

    slot: str
    rule: DecisionRule
    rule_sha256: str
    matrix: DecisionMatrix
    ranking: tuple[RankedCandidate, ...]
    """Best first; excluded candidates last."""
    verdict: Verdict
    crossovers: tuple[Crossover, ...]
    differences: tuple[PairedDifference, ...]
    """On quality, the leader against each other candidate, Holm-corrected over all pairs."""
    estimates: Mapping[str, tuple[Estimate, ...]]
    """Candidate → every metric of the slot, also those that are no criterion."""
    samples_planned: int
    """Samples of the slot, also those that some candidate is left out of."""
    samples_compared: int
    """Samples that were planned for every candidate of the slot."""
    samples_answered: int
    """Of those, the samples of which every candidate has every answer, and each is judged."""
    seed: int
    draws: int
    completeness: tuple[Completeness, ...] = ()
    incomplete: tuple[str, ...] = ()
    """Candidates of which too little came: calls are pending, more are lost than the limit, or none can be judged."""
    incomplete_allowed: bool = False
    """Whether they were ranked all the same, since the user said so."""
    views: Views | None = None
    """What the rule's profiles make of those who compete; None: it has none, or nobody competes."""
    firmness: Firmness = field(default_factory=Firmness)
    stopped: tuple[Stopped, ...] = ()
    """Candidates that were asked no more since they had lost for certain: not ranked, never recommended."""
