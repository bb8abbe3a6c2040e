"""What was asked in a run and what was there: kept with its records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from harness.core.canonical import Json
from harness.core.forecast import Amounts
from harness.core.stopping import Stop

IMPORTED_FROM = "imported from"
"""Part of the environment: the tool that has measured what the run holds, with its version."""


class Unsent(StrEnum):
    """Why planned calls have no final word."""

    INTERRUPTED = "interrupted"
    BUDGET = "budget"
    GIVEN_UP = "given_up"
    """Nothing more was sent to whom they are for: its key is refused, it is parked, its engine does not start."""
    STORAGE = "storage"
    PILOT = "pilot"
    """They were left for later: only the first samples were asked."""
    UNKNOWN = "unknown"
    """Nobody could say it: the process was killed, or it runs still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How far our marks were from the truth of a server on this machine, before a run sent its calls."""

    at: str
    """UTC, ISO 8601."""
    in_flight: int
    streams: int
    untrusted: int
    """Of `streams`: their marks said themselves that they were late."""
    bias_ms: float
    """Mean of the first token's mark minus the truth, over those that were trusted."""
    worst_ms: float
    client_bias_ms: float | None
    """The same for what the client library would have reported."""
    streams_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One process that sent calls of the run; UTC, ISO 8601."""

    began: str
    ended: str | None = None
    """None: it was killed, or it runs still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What was asked and what was there."""

    run_id: str
    name: str
    started: str
    """UTC, ISO 8601."""
    config: Json
    """The resolved bake-off as JSON: candidates with the prices used, settings, rules, seeds; never a key."""
    suites: Mapping[str, str]
    """Suite → digest over its tasks, prompts and samples."""
    scorers: Mapping[str, str]
    """`suite/task/scorer` → signature."""
    rules: Mapping[str, str]
    """Slot → sha256 of the decision rule, frozen before the first call."""
    environment: Mapping[str, str]
    """Python, packages, machine, tool version."""
    calibrations: tuple[Calibration, ...] = ()
    """One for each time that answers were asked for."""
    stop_rule: str = ""
    """sha256 of the rule by which candidates are stopped, frozen like the others; empty: nobody is stopped."""
    stops: tuple[Stop, ...] = ()
    """Who was stopped by it, in that order."""
    selection: Json = None
    """Which part of the configuration was taken, so that a resumed run takes the same."""
    foreseen: tuple[Amounts, ...] = ()
    """What the run would take, said before its first call and again after its pilot."""
    sessions: tuple[Session, ...] = ()
    """Those in which something came, oldest first; empty for a run of an older Bakeoff."""
    unsent: Mapping[str, Unsent] = field(default_factory=dict)
    """Candidate → why the process that sent last left calls of it pending; empty while one sends, or was killed."""

    @property
    def imported(self) -> str | None:
        """The tool whose log the run was imported from; None: Bakeoff has measured it."""
        return self.environment.get(IMPORTED_FROM)

    @property
    def resolution_ms(self) -> float:
        """Latencies that are nearer to each other cannot be told apart: the largest bias of any calibration."""
        return max((abs(calibration.bias_ms) for calibration in self.calibrations), default=0.0)
