"""What a suite author or library user imports; loads neither litellm nor pandas nor plotly."""

from typing import TYPE_CHECKING, Any

from harness.core.calls import Output
from harness.core.scores import (
    MOS,
    READER,
    SANDBOX,
    SHAPES,
    TRANSCRIBER,
    Instrument,
    Reading,
    Score,
    Scorer,
    Unscored,
)
from harness.core.suites import Sample, Suite, Task

if TYPE_CHECKING:
    from harness.library import Run, arun, load, run

__version__ = "0.1.0"

__all__ = [
    "MOS", "READER", "SANDBOX", "SHAPES", "TRANSCRIBER", "Instrument", "Output", "Reading", "Run", "Sample", "Score",
    "Scorer", "Suite", "Task", "Unscored", "__version__", "arun", "load", "run",
]  # fmt: skip

LIBRARY = ("Run", "arun", "load", "run")
"""What harness/library.py has: who writes a suite needs none of it."""


def __getattr__(name: str) -> Any:
    if name not in LIBRARY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from harness import library

    return getattr(library, name)
