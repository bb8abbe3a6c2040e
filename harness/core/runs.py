"""What a run is to do: its settings, its bake-off, its plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from harness.core.calls import Call
from harness.core.candidates import Candidate, Exchange
from harness.core.rules import DecisionRule
from harness.core.stopping import StopRule
from harness.core.suites import Suite
from harness.errors import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """How a run is executed."""

    max_in_flight: int = 16
    """Over all remote candidates; a candidate's own limit may be lower."""
    timeout_s: float = 60.0
    """Wall time of one attempt."""
    idle_timeout_s: float = 20.0
    """Longest silence inside a stream."""
    max_attempts: int = 3
    budget_usd: Decimal | None = None
    """Of the run, over every resume; None: no ceiling."""
    budget_usd_per_day: Decimal | None = None
    """Of all runs in one folder together, from midnight to midnight UTC."""
    budgets_usd: Mapping[str, Decimal] = field(default_factory=dict)
    """Provider → the most that its calls in this run may cost, over every resume."""
    max_unpriced_calls: int | None = None
    """Requests that may be sent to candidates without a price, over every resume; None: under a budget, none."""
    max_infra_failure_rate: float = 0.1
    workers: int = 1
    warm_up: int | None = None
    """Calls to each remote candidate before its answers are timed; None: max(5, 2 x its calls in flight)."""

    attribute_failures: bool = False
    """Whether bad answers of cascades are asked again with one stage's output replaced by gold (execute/oracle.py)."""
    stop: StopRule | None = None
    """By which rule candidates that have lost are asked no more (execute/stopping.py); None: all are asked all."""

    @property
    def has_budget(self) -> bool:
        """Whether any dollars are bounded."""
        return self.budget_usd is not None or self.budget_usd_per_day is not None or bool(self.budgets_usd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bakeoff:
    """One bake-off, resolved: what bakeoff.yaml, providers.yaml and the suites say together."""

    name: str
    suites: tuple[Suite, ...]
    candidates: tuple[Candidate, ...]
    """Those that compete."""
    instruments: Mapping[str, Candidate]
    """Instrument name → the candidate that serves as it; only those that a scorer needs."""
    rules: Mapping[str, DecisionRule]
    """Slot → rule; every slot of the suites has one."""
    settings: RunSettings = field(default_factory=RunSettings)
    epochs: int = 1
    seed: int = 0
    exchange: Exchange | None = None
    """What a dollar costs; None: nobody has said it."""
    notices: tuple[str, ...] = ()
    """What was passed over, each one sentence: skipped wildcards, candidates without a key."""
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where it is written: `candidate/NAME`, `candidate/NAME/api_base`, `candidate/CASCADE/STAGE`, `task/SUITE/TASK`,
    `task/SUITE/TASK/system` → the place; nothing of what no file says."""

    def place(self, *path: str) -> Place | None:
        """Return where the thing at `path` is written, or else what it is a part of; None where no file says it."""
        written = ("/".join(path[:length]) for length in range(len(path), 1, -1))
        return next((self.places[key] for key in written if key in self.places), None)

    @property
    def models(self) -> tuple[Candidate, ...]:
        """Whoever a run may call: instruments, candidates, and those of the stages of cascades; each name once."""
        listed = (*self.instruments.values(), *self.candidates)
        return tuple({model.name: model for candidate in listed for model in candidate.models}.values())

    def candidate(self, name: str) -> Candidate:
        """Look up whoever competes, measures or is a stage by name; KeyError if there is none."""
        for candidate in (*self.candidates, *self.models):
            if candidate.name == name:
                return candidate
        raise KeyError(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A candidate that a task cannot be asked of, and why; decided at plan time."""

    candidate: str
    suite: str
    task: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Every answer call of a run in the order in which they are offered, before anything is sent."""

    calls: tuple[Call, ...]
    instrument_calls: Mapping[str, int]
    """Instrument → how many calls follow when every answer arrives."""
    exclusions: tuple[Exclusion, ...] = ()
