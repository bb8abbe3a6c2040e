"""What a slot's verdict at other weights rests on: everything of it that the decision does not keep."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Latitude:
    """Draws and facts that no weight changes; candidates and criteria are in the order of the decision's matrix."""

    slot: str
    draws: int
    """How many of the decision's draws are packed: the first ones."""
    values: str
    """What they are worth, as base64 of gzip: see `decide/latitude.py`."""
    never_clear: bool
    """Whether a win could not be clear at any weights: too little came, or too few samples were asked."""
    unfit: tuple[str, ...]
    """Candidates where nobody is recommended if they lead: their quality is at or below the worst acceptable."""
    misnamed: tuple[str, ...]
    """Likewise: all of their answers, or of one of their stages, name another model than was asked."""
    scarce: bool = False
    """Whether the samples are too few to choose by."""
