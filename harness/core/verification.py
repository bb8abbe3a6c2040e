"""What a run's numbers came to when they were derived again from its records."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """One kind of number."""

    what: str
    """Plural: `costs`, `lines of memo.md`."""
    compared: int
    differences: tuple[str, ...] = ()
    """Each one line: where, what is written, what follows from the records."""
    left_out: str = ""
    """What could not be derived again, and why; empty: nothing."""
