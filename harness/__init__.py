"""What a suite author or library user imports; loads neither litellm nor pandas nor plotly."""

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

__version__ = "0.1.0"

__all__ = [
    "MOS", "READER", "SANDBOX", "SHAPES", "TRANSCRIBER", "Instrument", "Output", "Reading", "Sample", "Score", "Scorer",
    "Suite", "Task", "Unscored", "__version__",
]  # fmt: skip
