"""What a run is foreseen to take, said before it asks anything."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What is expected of an amount, and between what it will lie."""

    low: float
    expected: float
    high: float

    def times(self, factor: float) -> "Range":
        return Range(low=self.low * factor, expected=self.expected * factor, high=self.high * factor)

    def holds(self, value: float) -> bool:
        """Whether `value` lies inside, to the last digits of a sum."""
        return self.low * (1 - 1e-9) <= value <= self.high * (1 + 1e-9)


NOTHING = Range(low=0.0, expected=0.0, high=0.0)


def total(ranges: Iterable[Range]) -> Range:
    """Add up ranges as if all of them fell short, or passed what is expected, together."""
    low = expected = high = 0.0
    for one in ranges:
        low, expected, high = low + one.low, expected + one.expected, high + one.high
    return Range(low=low, expected=expected, high=high)


def total_known(ranges: Iterable[Range | None]) -> Range | None:
    """Do as `total`; None where one of them is not known."""
    every = list(ranges)
    known = [one for one in every if one is not None]
    return total(known) if len(known) == len(every) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastRow:
    """One candidate in one slot."""

    candidate: str
    slot: str
    calls: int
    input_tokens: Range | None
    """None: nothing of it is counted in tokens; so is the next."""
    output_tokens: Range | None
    usd: Range | None
    """Of its answers: what providers bill, or of one's own machine what its time costs. None: not known."""
    minutes: Range
    """Its calls one after another."""
    worst_case_usd: Decimal | None
    """None: not known."""
    unpriced: tuple[str, ...]
    """Of whom: the models whose price is not known, of a cascade those of its stages."""
    unbounded: str | None
    """Why the worst case is not known although prices are: what a stage's question would be after longest answers."""
    machine: bool
    """Self-hosted: costs the machine's time and no dollars a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """The smallest true difference in quality that n paired samples show with 80% power at 5%."""

    n: int
    difference: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What a whole run will take; kept in its manifest, so that it can be held against what it took."""

    pilot: int
    """How many samples of each task were asked first, on which the amounts rest; 0: on nothing that was measured."""
    calls: Range
    """Answers and warm-up calls; expected are all instrument calls too, and at most all answers with one stage
    replaced. The stages of a cascade's answer are one call."""
    usd: Range | None
    """What providers will bill; None: something is not known."""
    machine_usd: Range | None
    """What the time of one's own machines costs; None: of one it is not known."""
    minutes: Range
    """From the start of the run to its last call, at the limits given; of a pilot and what follows it together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Calls, dollars, minutes and power of a plan."""

    rows: tuple[ForecastRow, ...]
    amounts: Amounts
    warm_up_calls: Mapping[str, int]
    """Remote candidate → calls before its answers are timed."""
    warm_up_usd: Decimal | None
    """Their worst case; None where a price is not known."""
    instrument_calls: Mapping[str, int]
    oracle_calls: int
    """Most answers of cascades with one stage replaced: as if every one were bad and only the last gold mended it."""
    oracle_usd: Decimal | None
    """Their worst case; None where a price is not known."""
    worst_case_usd: Decimal | None
    """Over all answers, warm-up calls and answers with one stage replaced; None where a price is not known."""
    smallest_difference: Mapping[str, Power]
    warnings: tuple[str, ...]
