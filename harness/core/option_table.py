"""A table that people filled in: options × columns, with the rule that decides between the options."""

from dataclasses import dataclass

from harness.core.rules import DecisionRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What is known of one option in one column."""

    value: float | None = None
    """None: the interval is all that is known, or nothing is."""
    low: float | None = None
    """It is surely not below; None as `high` is: there is no interval."""
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rice:
    """The columns that RICE is made of: reach × impact × confidence / effort."""

    reach: str
    impact: str
    effort: str
    confidence: str | None = None
    """None: nobody has said how sure they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """An option's RICE, which decides nothing."""

    option: str
    rice: float | None
    """None: some column of it is not known."""
    low: float | None = None
    """95% of the draws of its columns lie between the two."""
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionTable:
    """What `bakeoff decide FILE` decides; rows follow `options`, cells in them `metrics`."""

    name: str
    rule: DecisionRule
    options: tuple[str, ...]
    metrics: tuple[str, ...]
    """The columns that the rule, and RICE, read."""
    cells: tuple[tuple[Cell, ...], ...]
    unread: tuple[str, ...] = ()
    """The other columns."""
    rice: Rice | None = None
