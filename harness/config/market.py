"""Where prices are from: the folder's dated copy of the price map, else that of LiteLLM; and what a dollar costs."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.candidates import Exchange, Prices
from harness.core.wording import worded
from harness.errors import Problem

if TYPE_CHECKING:
    from harness.pricing.book import Book

PRICES_FILE = "prices.json"
CNY = "CNY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What prices of candidates follow from, beside what their entries state."""

    book: "Book | None" = None
    """None: the map of the installed LiteLLM."""
    exchange: Exchange | None = None
    """None: nobody has said what a dollar costs in another currency."""

    def prices(self, model: str) -> Prices | None:
        from harness.pricing import book

        return book.lookup(model) if self.book is None else self.book.prices(model)


def folder_book(folder: Path, problems: list[Problem]) -> "Book | None":
    """Return the copy of the price map in `folder`; None where there is none, or after adding what is wrong with it."""
    path = folder / PRICES_FILE
    if not path.is_file():
        return None
    try:
        return read_book(path)
    except (OSError, ValueError) as error:
        hint = worded("bakeoff prices update writes it anew")
        problems.append(
            Problem(code="E200", message=worded("{path} cannot be read: {error}", path=path, error=error), hint=hint)
        )
        return None


def read_book(path: Path) -> "Book":
    """Read a price map in LiteLLM's shape, or a copy of one; OSError or ValueError where it is none."""
    from harness.pricing.book import book_of

    return book_of(path.read_text(encoding="utf-8"), name=path.name)
