"""How a run ends: to whom nothing more is sent, what falls short, and which exit code that is."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from harness.clients.faults import CANDIDATE_UNUSABLE, PROVIDER_UNUSABLE, UNCONNECTED
from harness.core.calls import Role
from harness.core.candidates import Candidate
from harness.core.echo import is_same_model
from harness.core.manifest import Unsent
from harness.core.wording import foreign, worded
from harness.decide.completeness import WHY
from harness.errors import (
    PRECEDENCE,
    BakeoffError,
    BudgetStop,
    CredentialsError,
    IncompleteError,
    Interrupted,
    Problem,
    StoreError,
)
from harness.execute.refusals import Find, refused_key, sentence, unknown_model, unreachable
from harness.execute.sharing import Address, account, address
from harness.execute.throttle import OF_ACCOUNT, UNSENT, Parked
from harness.store.ledger import Count, Ledger

UNCONNECTED_FOR_S = 2.0
FEWEST_UNCONNECTED = 3
"""So many of them, over so long, at an address where nobody has answered yet: nobody will."""
TOLD_EVERY_S = 60.0
"""So long nothing more is said of an address that cannot be connected to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """How a run ended; `counts` are those of the store, over every resume."""

    counts: tuple[Count, ...]
    exit_code: int
    notices: tuple[str, ...]
    """What the user must know, each one sentence."""
    fatal: Mapping[str, str]
    """Candidate → why nothing more was sent to it."""
    problems: tuple[Problem, ...] = ()
    """Those of `fatal` that the user must mend, with what to do."""
    unsent: Mapping[str, Unsent]
    """Candidate → why calls of it are pending; empty where the run stopped for nobody."""

    @property
    def outputs(self) -> int:
        """Answers that arrived."""
        return sum(count.outputs for count in self.counts if count.role is Role.ANSWER)

    @property
    def answered(self) -> int:
        """Answers that can be judged: those that arrived, and failures of the candidates' own, which score 0."""
        return self.outputs + sum(count.failed_candidate for count in self.counts if count.role is Role.ANSWER)


@dataclass(slots=True, kw_only=True)
class _Silence:
    """An address at which nobody has answered yet."""

    since: float
    failures: int = 0
    said: str = ""


@dataclass(slots=True, kw_only=True)
class Ending:
    """What is known of it so far."""

    candidates: Mapping[str, Candidate]
    """Those that compete, and those that serve as instruments."""
    note: Callable[[str], None]
    """Says one sentence to whoever watches."""
    now: Callable[[], datetime]
    clock: Callable[[], float]
    find: Find
    """Where things are written."""
    fatal: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    """Of `fatal`, those that the user must mend."""
    curable: set[str] = field(default_factory=set)
    """Those of `fatal` that a resume may find well although nobody has mended anything: a parked lane, a spent ceiling,
    an engine that does not start."""
    budget_stops: dict[frozenset[str] | None, str] = field(default_factory=dict)
    """Whom a ceiling concerns, None for everybody → how it was reached."""
    store_stop: str | None = None
    notices: list[str] = field(default_factory=list)
    answering: set[Address] = field(default_factory=set)
    """Where somebody has answered, whatever it was; now, or an earlier process of the run."""
    _silent: dict[Address, _Silence] = field(default_factory=dict)
    """Where nobody has, and somebody was asked."""
    _told: dict[Address, float] = field(default_factory=dict)
    """When it was said that nobody can be connected to there."""

    def say(self, text: str) -> None:
        self.notices.append(text)
        self.note(text)

    def heed(self, candidate: Candidate, kind: str, said: str, parked: Parked | None) -> None:
        """After each attempt: give up whoever it concerns, where the next one would come to the same.

        A provider that was there and is not is waited for, as it may come back; one that was never there is not.
        """
        if not candidate.is_local and kind not in UNSENT:
            self._heed_connection(candidate, kind, said)
        if kind in PROVIDER_UNUSABLE:
            concerned = [self.candidates[name] for name in self._of_account(candidate)]
            self._refuse(concerned, refused_key(concerned, kind, said, self.find))
        elif kind in CANDIDATE_UNUSABLE:
            self._refuse([candidate], unknown_model(candidate, said, self.find))
        elif parked is not None:
            names = self._of_account(candidate) if kind in OF_ACCOUNT else [candidate.name]
            self._park(names, candidate, said, parked)

    def heed_budget(self, reached: BudgetStop) -> None:
        """Send nothing more to those whom a ceiling concerns; where that is everybody, the run itself must stop."""
        names = [name for name in self.candidates if name in (reached.candidates or ()) and name not in self.fatal]
        if reached.candidates is None:
            self.budget_stops.setdefault(None, f"{reached}. Fix: {reached.hint}.")
        elif names:
            told = f"{reached}. Nothing more is sent to {', '.join(names)}; the others go on. Fix: {reached.hint}."
            self.budget_stops[reached.candidates] = told
            self.fatal.update(dict.fromkeys(names, str(reached)))
            self.curable.update(names)
            self.note(told)

    def give_up(self, name: str, why: str, *, curable: bool = False) -> None:
        """Send nothing more to a candidate."""
        if name not in self.fatal:
            self.fatal[name] = why
            self.curable.update({name} if curable else ())
            self.say(worded("Nothing more is sent to {names}: {why}", names=name, why=why))

    def _heed_connection(self, candidate: Candidate, kind: str, said: str) -> None:
        where, now = address(candidate), self.clock()
        if kind != UNCONNECTED:
            self.answering.add(where)
            self._silent.pop(where, None)
            return
        if now - self._told.get(where, -math.inf) >= TOLD_EVERY_S and candidate.name not in self.fatal:
            self._told[where] = now
            self.note(worded("{name}: {said}. It is tried again.", name=candidate.name, said=said))
        if where not in self.answering:
            silence = self._silent.setdefault(where, _Silence(since=now))
            silence.failures, silence.said = silence.failures + 1, said
            if silence.failures >= FEWEST_UNCONNECTED and now - silence.since >= UNCONNECTED_FOR_S:
                self._give_up_address(where)

    def _give_up_address(self, where: Address) -> None:
        concerned = [
            it for it in self.candidates.values() if not it.is_local and not it.stages and address(it) == where
        ]
        self._refuse(concerned, unreachable(concerned, self._silent[where].said, self.find))

    def _refuse(self, concerned: Sequence[Candidate], problem: Problem) -> None:
        """Send nothing more to those whom the user must mend."""
        new = [candidate.name for candidate in concerned if candidate.name not in self.fatal]
        if new:
            self.fatal.update(dict.fromkeys(new, problem.message))
            self.problems.append(problem)
            self.say(worded("Nothing more is sent to {names}: {why}", names=new, why=sentence(problem)))

    def _park(self, names: Sequence[str], candidate: Candidate, said: str, parked: Parked) -> None:
        lane: str = candidate.provider
        if candidate.base_url:
            lane = worded("{provider} at {url}", provider=candidate.provider, url=candidate.base_url)
        if parked.wait_s is None:
            why = worded(
                "nothing has come through for {seconds:.0f} s, most lately: {said}",
                seconds=parked.troubled_s,
                said=said,
            )
            back = worded("It does not say when it will be back.")
        else:
            why = worded("it asks to wait {seconds:.0f} s, which is longer than a run waits", seconds=parked.wait_s)
            then = self.now() + timedelta(seconds=parked.wait_s)
            back = worded("It says that it will be back at {time}.", time=f"{then:%Y-%m-%d %H:%M:%S %Z}")
        new = [name for name in names if name not in self.fatal]
        self.fatal.update(dict.fromkeys(new, why))
        self.curable.update(new)
        self.say(
            worded(
                "The lane {lane} ({names}) is parked: {why}. {back} Its calls stay pending.",
                lane=lane,
                names=[*names],
                why=why,
                back=back,
            )
        )

    def _of_account(self, candidate: Candidate) -> list[str]:
        return [other.name for other in self.candidates.values() if account(other) == account(candidate)]

    def result(self, ledger: Ledger, *, interrupted: bool, max_infra_failure_rate: float) -> RunResult:
        """Hold what was told against the store's counts."""
        for where in self._silent:
            self._give_up_address(where)
        counts = ledger.counts()
        unsent = dict(self._unsent(interrupted=interrupted))
        short = list(_shortcomings(counts, max_infra_failure_rate, ledger.commonest_failures(), unsent))
        bugs = sum(count.failed_harness for count in counts)
        codes = {
            Interrupted.exit_code: interrupted,
            BakeoffError.exit_code: bugs > 0,
            StoreError.exit_code: self.store_stop is not None,
            BudgetStop.exit_code: bool(self.budget_stops),
            CredentialsError.exit_code: bool(self.fatal.keys() - self.curable),
            IncompleteError.exit_code: bool(short or self.curable) or not counts,
            0: True,
        }
        notices = [*self.notices, *self.budget_stops.values(), *filter(None, [self.store_stop]), *short]
        notices += [*_unexplained(counts), *self._impostors(ledger)]
        unrecorded = ledger.unrecorded()
        if unrecorded.calls:
            notices.append(
                worded(
                    "{calls} calls were broken off or had to be asked again: beside what is recorded "
                    "they may have been billed at most ${usd:f}, which a budget counts.",
                    calls=unrecorded.calls,
                    usd=unrecorded.usd,
                )
            )
        if bugs:
            notices.append(
                worded("{bugs} calls failed by a bug of Bakeoff's own; the store holds the tracebacks.", bugs=bugs)
            )
        if pending := sum(count.pending for count in counts if count.role is not Role.WARMUP):
            notices.append(worded("{pending} planned calls have not been answered.", pending=pending))
        return RunResult(
            counts=counts,
            exit_code=next(code for code in PRECEDENCE if codes.get(code)),
            notices=tuple(notices),
            fatal=self.fatal,
            problems=tuple(self.problems),
            unsent=unsent,
        )

    def _unsent(self, *, interrupted: bool) -> Iterator[tuple[str, Unsent]]:
        """Say of each candidate why it was not asked all that was planned, its own reason before everybody's."""
        spent = frozenset[str]().union(*(names or () for names in self.budget_stops))
        everybodys = {
            Unsent.STORAGE: self.store_stop is not None,
            Unsent.BUDGET: None in self.budget_stops,
            Unsent.INTERRUPTED: interrupted,
        }
        for name, candidate in self.candidates.items():
            asked = {name, *(model.name for model in candidate.models)}
            own = {Unsent.BUDGET: bool(asked & spent), Unsent.GIVEN_UP: bool(asked & self.fatal.keys())}
            why = next((why for reasons in (own, everybodys) for why, holds in reasons.items() if holds), None)
            if why is not None:
                yield name, why

    def _impostors(self, ledger: Ledger) -> Iterator[str]:
        """Name the candidates whose providers say that another model answered."""
        for (name, model), n in ledger.echoes().items():
            asked = self.candidates[name].model
            if not is_same_model(asked, model):
                yield worded(
                    "{name}: {n} answers say that they come from the model {model!r}, and {asked!r} was asked.",
                    name=name,
                    n=n,
                    model=model,
                    asked=asked,
                )


def _shortcomings(
    counts: Sequence[Count], most: float, why: Mapping[tuple[Role, str], str], unsent: Mapping[str, Unsent]
) -> Iterator[str]:
    """Name the candidates of which too little was measured to decide, with the commonest cause."""
    for count in counts:
        if count.role in (Role.WARMUP, Role.ORACLE):  # no decision is made of them
            continue
        what = worded("answers") if count.role is Role.ANSWER else worded("{role} calls", role=count.role)
        of = {"name": count.candidate, "n": count.planned, "what": what}
        cause = why.get((count.role, count.candidate))
        if count.pending == count.planned:
            because = unsent.get(count.candidate)
            if because is None:
                yield worded("{name}: none of its {n} {what} came.", **of)
            else:
                yield worded("{name}: none of its {n} {what} came ({why}).", why=foreign(WHY[because]), **of)
            continue
        if not count.outputs + count.failed_candidate:
            short = worded("{name}: none of its {n} {what} can be used.", **of)
        elif count.failed_infra > most * count.planned:
            short = worded(
                "{name}: {failed} of {n} {what} failed for no fault of its own.", failed=count.failed_infra, **of
            )
        else:
            continue
        yield short if cause is None else worded("{short} Most often: {cause}", short=short, cause=cause)


def _unexplained(counts: Sequence[Count]) -> Iterator[str]:
    """Say where the stage at fault stays unknown for want of a call that failed; the decision lacks nothing by it."""
    for count in counts:
        if count.role is Role.ORACLE and count.failed_infra:
            yield worded(
                "{name}: {failed} of {n} answers with a stage replaced failed for no fault of its own; which stage is "
                "at fault there is not known.",
                name=count.candidate,
                failed=count.failed_infra,
                n=count.planned,
            )
