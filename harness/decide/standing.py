"""What a verdict is read from: the ranking with what is known of its firmness."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.core.decision import Completeness, Crossover, GateResult, GateStatus, Independent, RankedCandidate
from harness.core.rules import Thresholds

FEW_SAMPLES = 40
"""Below, intervals are rough (methodology.md 2.1)."""
LEAST_SAMPLES = 6
"""With fewer, one who is better on every sample may owe that to chance: 2 / 2^n is above 5% (methodology.md 2.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One slot's ranking and its sensitivity."""

    slot: str
    thresholds: Thresholds
    ranking: tuple[RankedCandidate, ...]
    """Best first; excluded candidates last."""
    answered: bool
    """Whether any answer of any candidate has a score."""
    unjudged: tuple[str, ...]
    """Candidates that no verdict can be given on: none of their answers has a score, or their quality is unknown."""
    lacking: tuple[Completeness, ...]
    """What has pending calls or too many losses."""
    incomplete_allowed: bool
    """Whether the others are ranked although something lacks or somebody is unjudged."""
    stopped_early: tuple[str, ...] = ()
    """Candidates that were asked no more, since they had lost for certain."""
    unfit: tuple[str, ...]
    """Those of the ranked whose quality is at or below the worst acceptable."""
    misnamed: bool
    """Whether all answers of the leader, or of one of its stages, name another model than was asked."""
    measured: bool
    """Whether any criterion of any candidate has a value."""
    clusters: tuple[int, ...] | None
    """Independent samples that were asked in each task; None: the values were given."""
    independent: Independent | None
    """The samples that came, of those who are ranked; None: the values were given."""
    cost: Mapping[str, float | None]
    """Candidate → dollars for a number of requests, the same for all; None is not measured."""
    margin: Mapping[str, float]
    """Candidate → standard deviation of the difference between its score and the leader's."""
    lead_low: Mapping[str, float]
    """Candidate → 2.5% quantile of the leader's lead over it, at the given weights."""
    relief: Mapping[str, float]
    """Candidate → what its score would gain, had the costs that are only known as upper bounds been nothing."""
    flips: Mapping[str, float]
    """Challenger → the smallest change of weights that puts it first, smallest first."""
    leave_one_out: Mapping[str, str]
    crossovers: tuple[Crossover, ...]

    @property
    def smallest_flip(self) -> float | None:
        """The smallest change of weights that puts another first; None: none does."""
        return next(iter(self.flips.values()), None)

    @property
    def flip_to(self) -> str | None:
        """Whom it puts first."""
        return next(iter(self.flips), None)

    @property
    def stopped(self) -> bool:
        """Whether the run is incomplete and nobody allowed to rank it."""
        return bool(self.lacking) and not self.incomplete_allowed

    @property
    def too_few(self) -> bool:
        """Whether the samples cannot carry a clear win."""
        return too_few(self.contenders, self.clusters, self.independent, self.thresholds)

    @property
    def scarce(self) -> bool:
        """Whether no outcome on so few samples could tell two candidates apart, so that nobody is recommended."""
        return scarce(self.independent)

    @property
    def contenders(self) -> tuple[RankedCandidate, ...]:
        """Those that no gate excludes."""
        return tuple(line for line in self.ranking if line.rank is not None)

    @property
    def leader(self) -> RankedCandidate | None:
        """First by score."""
        return next(iter(self.contenders), None)

    @property
    def near_ties(self) -> tuple[RankedCandidate, ...]:
        """The leader and those whose score is within the margin of it: one standard deviation, at least near_tie."""
        if self.leader is None:
            return ()
        best, least = self.leader.score, self.thresholds.near_tie
        return tuple(
            line
            for line in self.contenders
            if line is self.leader or best - line.score < max(least, self.margin.get(line.candidate, 0.0))
        )

    @property
    def untold(self) -> tuple[RankedCandidate, ...]:
        """Those whom the samples do not tell from the leader: the 95% interval of its lead over them holds 0."""
        return tuple(
            line
            for line in self.contenders
            if line is not self.leader and self.lead_low.get(line.candidate, 0.0) <= 0.0
        )

    @property
    def perhaps_cheaper(self) -> tuple[RankedCandidate, ...]:
        """Those who would be near-ties, or first, if they had cost less than the upper bound that is known of them."""
        return tuple(
            line
            for line in self.contenders[1:]
            if (gain := self.relief.get(line.candidate, 0.0)) > 0.0
            and self.contenders[0].score - line.score - gain <= self.thresholds.near_tie
        )

    @property
    def leads_unfit(self) -> bool:
        """Whether the leader's quality is not acceptable: first, and yet no clear win."""
        return self.leader is not None and self.leader.candidate in self.unfit

    @property
    def untested(self) -> bool:
        """Whether there was nothing that the leader had to be better than: no rival and no gate."""
        return len(self.ranking) == 1 and not self.ranking[0].gates


def came(clusters: Sequence[int] | None, independent: Independent | None) -> Independent | None:
    """Return the samples behind a verdict: what came of those that were asked, else all of them."""
    if clusters is None or independent is not None:
        return independent
    return Independent(samples=sum(clusters), clusters=sum(clusters))


def too_few(
    contenders: Sequence[RankedCandidate],
    clusters: Sequence[int] | None,
    independent: Independent | None,
    limits: Thresholds,
) -> bool:
    """Say whether the samples cannot carry a clear win; where one is alone in its task, no spread is seen at all."""
    if clusters is None or independent is None:
        return False
    unseen = any(line.low is None for line in contenders)
    return unseen or independent.clusters < limits.clear_clusters or min(clusters, default=0) < 2


def scarce(independent: Independent | None) -> bool:
    """Say whether the independent samples are too few to choose by; what was given was not sampled."""
    return independent is not None and independent.clusters < LEAST_SAMPLES


def unproven(line: RankedCandidate) -> tuple[GateResult, ...]:
    """Return the gates that the candidate has neither passed nor failed."""
    return tuple(result for result in line.gates if result.status is GateStatus.UNPROVEN)
