"""What has changed between two price maps."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from harness.core.candidates import Prices
from harness.pricing.book import Book, find, read


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChange:
    """One price of one model."""

    model: str
    unit: str
    """The map's field; `quiet hours: ...` for those of quiet hours."""
    was: Decimal | None
    """Dollars; None: there was none."""
    now: Decimal | None

    @property
    def ratio(self) -> float | None:
        return float(self.now / self.was) if self.was and self.now is not None else None


def changes(was: Book, now: Book, models: Iterable[str] | None = None) -> tuple[PriceChange, ...]:
    """Return every price that differs, by model and field; `models`: those that are looked at, None for all."""
    names = sorted({*read(was.text), *read(now.text)} if models is None else set(models))
    found = []
    for model in names:
        if models is None and find(was.text, model) == find(now.text, model):
            continue
        before, after = (_units(book.prices(model)) for book in (was, now))
        found += [
            PriceChange(model=model, unit=unit, was=before.get(unit), now=after.get(unit))
            for unit in sorted(before.keys() | after.keys())
            if before.get(unit) != after.get(unit)
        ]
    return tuple(found)


def _units(prices: Prices | None) -> dict[str, Decimal]:
    if prices is None:
        return {}
    quiet = {} if prices.off_peak is None else prices.off_peak.usd
    return {**prices.usd, **{f"quiet hours: {unit}": usd for unit, usd in quiet.items()}}
