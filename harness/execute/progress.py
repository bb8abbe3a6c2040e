"""What a run tells whoever watches it."""

from collections.abc import Mapping
from typing import Protocol

from harness.core.calls import Record


class Progress(Protocol):
    """A watcher: bars on a terminal, lines in a log, nothing in a test."""

    def phase(self, name: str, totals: Mapping[str, int]) -> None:
        """A phase begins, with so many calls of each candidate."""

    def finished(self, record: Record) -> None:
        """A record is safely stored."""

    def note(self, text: str) -> None:
        """Something worth one sentence has happened."""

    def detail(self, text: str) -> None:
        """So has something that only who looks closely wants to know: a failed attempt, a wait."""
