"""One table seen by several people, each with weights of their own, side by side."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one person makes of the table; scores and ranks follow the candidates that compete."""

    profile: str
    weights: tuple[float, ...]
    """In the order of the criteria; sums to 1."""
    scores: tuple[float, ...]
    ranks: tuple[int, ...]
    leader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """All of them side by side; never averaged."""

    candidates: tuple[str, ...]
    views: tuple[View, ...]
    regret: tuple[float, ...]
    """The most score that a candidate costs any of them, against the one that they would have chosen."""
    least_regret: str
    """Who costs the unhappiest of them least."""

    @property
    def agreed(self) -> bool:
        """Whether all of them put the same candidate first."""
        return len({view.leader for view in self.views}) == 1
