"""Prices of a folder: a dated copy of the price map, what its candidates cost, what has changed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.wording import worded
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.core.candidates import Candidate, Prices
    from harness.pricing.book import Book
    from harness.pricing.changes import PriceChange


def update_prices(folder: Path, source: Path | None, *, date: str) -> tuple[Path, int]:
    """Write the folder's prices.json from `source`, or from the installed LiteLLM; returns it, and how many models."""
    from harness.config.market import PRICES_FILE
    from harness.pricing import book
    from harness.store.folders import replace_text

    text = book.copy(book.installed() if source is None else price_book(source), date=date)
    path = folder / PRICES_FILE
    replace_text(path, text)
    return path, len(book.read(text))


def price_book(file: Path) -> "Book":
    """Read a price map; UsageError where `file` is none."""
    from harness.config.market import read_book

    try:
        return read_book(file)
    except (OSError, ValueError) as error:
        raise UsageError(
            worded("{file} is no price map: {error}", file=file, error=error),
            hint=worded("a prices.json, or LiteLLM's model_prices_and_context_window.json"),
        ) from error


def candidate_prices(folder: Path, names: Sequence[str] = ()) -> "Mapping[str, Prices | None]":
    """Return candidate → its prices, of the bake-off in `folder`; those of `names` where some are given."""
    return {candidate.name: candidate.prices for candidate in _models(folder, names) if not candidate.is_local}


def price_changes(folder: Path, newer: Path | None, *, everything: bool) -> "tuple[PriceChange, ...]":
    """Return what differs between the folder's prices.json and `newer`, or the map of the installed LiteLLM."""
    from harness.config.market import PRICES_FILE
    from harness.pricing import book
    from harness.pricing.changes import changes

    path = folder / PRICES_FILE
    if not path.is_file():
        raise UsageError(
            worded("there is no {path} to compare with", path=path), hint=worded("bakeoff prices update writes it")
        )
    now = book.installed() if newer is None else price_book(newer)
    models = None if everything else {c.model for c in _models(folder, ()) if not c.is_local}
    return changes(price_book(path), now, models)


def _models(folder: Path, names: Sequence[str]) -> "tuple[Candidate, ...]":
    from harness.pipeline.planning import load

    bakeoff = load(folder, candidates=names, require_keys=False)
    called = (*bakeoff.candidates, *bakeoff.models)
    return tuple({model.name: model for model in called if not model.stages}.values())
