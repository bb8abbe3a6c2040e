"""What a suite author or library user imports; nothing of it is loaded before it is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from harness.library import Run, arun, load, run

__version__ = "0.1.0"

__all__ = [
    "MOS", "READER", "SANDBOX", "SHAPES", "TRANSCRIBER", "Instrument", "Output", "Reading", "Run", "Sample", "Score",
    "Scorer", "Suite", "Task", "Unscored", "__version__", "arun", "load", "run",
]  # fmt: skip

HOMES = {
    **dict.fromkeys(("Run", "arun", "load", "run"), "harness.library"),
    **dict.fromkeys(("Sample", "Suite", "Task"), "harness.core.suites"),
    "Output": "harness.core.calls",
}
"""Name → the module that has it; the others are of harness.core.scores."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOMES.get(name, "harness.core.scores")), name)
