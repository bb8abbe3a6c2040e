"""How outputs are judged: instruments, readings, scorers, scores."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import ClassVar

from harness.core.calls import Output
from harness.core.canonical import Json, canonical
from harness.core.suites import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """Something that runs a model to measure an output. bakeoff.yaml binds its name to a candidate."""

    name: str
    """`transcriber`, `mos`, `sandbox`, `reader`, `judge`."""
    modality: str
    """`transcription`, `mos`, `execution`, `vision`, `text`: what the bound candidate must do."""


BAD_BELOW = 0.5
"""An answer whose primary score is lower is a bad one."""

TRANSCRIBER = Instrument(name="transcriber", modality="transcription")
MOS = Instrument(name="mos", modality="mos")
SANDBOX = Instrument(name="sandbox", modality="execution")
READER = Instrument(name="reader", modality="vision")
"""Writes down what stands in a picture."""
SHAPES = Instrument(name="shapes", modality="shapes")
"""Counts the plain shapes of a picture by form and colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an instrument returned for one output."""

    instrument: str
    candidate: str
    """The candidate that served as the instrument."""
    output: Output


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A judgement in [0, 1]."""

    value: float
    reason: str = ""
    detail: Mapping[str, float] = field(default_factory=dict)
    """Counts and raw numbers behind the value, such as `substitutions`, `words`, `ovrl`."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.value <= 1.0:
            raise ValueError(f"a score lies in [0, 1], not {self.value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unscored:
    """The output could not be judged (a reading is missing, an instrument failed): lowers coverage, is no zero."""

    reason: str


class Scorer(ABC):
    """Judges one output. Subclasses are frozen, keyword-only dataclasses whose fields are their parameters."""

    version: ClassVar[int] = 1
    """Raised whenever the same output could get another value."""
    needs: ClassVar[tuple[Instrument, ...]] = ()
    needs_target: ClassVar[bool] = False
    """Whether a sample without a target cannot be judged; config then refuses it before anything is paid."""
    takes_empty_target: ClassVar[bool] = False
    """Whether an empty list is a target too: that nothing is wanted."""

    @property
    def name(self) -> str:
        """The class name in snake case: `NumberMatch` is `number_match`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    @property
    def signature(self) -> str:
        """Name, version and parameters: travels with every number, e.g. `number_match@1(tolerance=0)`."""
        params = ",".join(
            f"{f.name}={canonical(value).decode()}"
            for f in fields(self)  # type: ignore[arg-type]  # every concrete scorer is a dataclass
            if (value := getattr(self, f.name)) is not None
        )
        return f"{self.name}@{self.version}({params})"

    @abstractmethod
    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score | Unscored:
        """Judge `output` for `sample`; `readings` are keyed by instrument name. Pure and synchronous."""


def answer_key(sample: Sample) -> Json:
    """The output that a suite's own key gives: `metadata.answer_key` where the target is a rule, else the target."""
    return sample.metadata.get("answer_key", sample.target)
