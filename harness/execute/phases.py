"""The phases of a run: answers, then what measures them, then what explains the bad ones."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.calls import Call, Record, Role
from harness.core.candidates import Candidate
from harness.core.runs import Bakeoff
from harness.decide.early import told
from harness.decide.sentences import english
from harness.errors import BudgetStop, StoreError, UsageError
from harness.execute import cascade, oracle
from harness.execute.budget import Budget, refuse_unpriced, unpriced
from harness.execute.courier import Courier
from harness.execute.dispatch import dispatch
from harness.execute.ending import Ending
from harness.execute.engines import Shed
from harness.execute.lanes import Bell, Lane, Paces, lanes
from harness.execute.plan import instrument_calls
from harness.execute.throttle import Throttle
from harness.store import ballast
from harness.store.ledger import Ledger

if TYPE_CHECKING:
    from harness.execute.stopping import Stopping

Calibrate = Callable[[int], Awaitable[None]]
"""Measures the measuring, with so many calls in flight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """The parts of a run, one after the other."""

    bakeoff: Bakeoff
    candidates: Mapping[str, Candidate]
    shed: Shed
    ending: Ending
    courier: Courier
    throttles: Mapping[str, Sequence[Throttle]]
    """Candidate → its account's and its own; over both halves."""
    stages: Mapping[str, Record]
    """Key → what earlier processes were told by the stages of cascades."""
    ready: Callable[[], Awaitable[None]] | None
    """Loads what the first call would wait for."""
    calibrate: Calibrate | None
    stopping: "Stopping | None" = None
    """Looks, where candidates that have lost are asked no more."""
    measured: set[str] = field(default_factory=set)
    """Keys of the instruments' calls that were sent in this process."""
    paces: Paces = field(default_factory=dict)
    """Candidate → its requests and its tokens over time; over all that is sent."""

    async def answers(self, warm: Sequence[Call], calls: Sequence[Call]) -> None:
        """Ask for the answers; the first one of a lane goes out when its warm-up calls have ended."""
        await self.courier.stop.unless_asked(self._get_ready(calls))
        if self.courier.stop.asked:
            return
        if warm:
            self.courier.progress.note(f"warm-up: {len(warm)} calls come first and count in nothing but the cost")
        if self.stopping is None:
            await self._send("answers", calls, before=warm)
            return
        for block, of_block in self.stopping.turns(calls):
            await self._send(f"answers, block {block} of {self.stopping.blocks}", of_block, before=warm)
            warm = () if of_block else warm
            if of_block:
                await self.instruments()
            if self.courier.stop.asked:
                return
            for stopped in self.stopping.look(block):
                self.ending.say(english(told(stopped)))

    async def _get_ready(self, calls: Sequence[Call]) -> None:
        """Load and measure what answers need before the first one: later it would disturb what is measured beside."""
        if calls and self.calibrate is not None:
            remote = any(not model.is_local for model in self._models(calls))
            await self.calibrate(self.bakeoff.settings.max_in_flight if remote else 1)
        if calls and self.ready is not None:
            await self.ready()  # nothing is left of it where that was calibrated
        for model in self._models(calls):
            if model.is_local:
                await self.shed.ready(model)

    def _models(self, calls: Sequence[Call]) -> Sequence[Candidate]:
        """Return who is called for `calls`, by name."""
        asked = {call.candidate for call in calls}
        models = {model.name: model for name in asked for model in self.candidates[name].models}
        return [models[name] for name in sorted(models)]

    async def instruments(self) -> None:
        """Measure every answer that has arrived, also those of earlier processes."""
        if self.courier.stop.asked or not self.bakeoff.instruments:
            return
        ledger = self.courier.ledger
        ledger.add_calls(instrument_calls(self.bakeoff, ledger.records(Role.ANSWER)))
        calls = [call for call in ledger.pending(Role.INSTRUMENT, retry_failed=True) if call.key not in self.measured]
        self.measured.update(call.key for call in calls)  # what fails is tried again by a resume alone
        bound_unpriced(self.bakeoff, calls, self.courier.budget, ledger)
        if calls:
            await self.shed.clear()  # each instrument then has the whole machine
            await self._send("instruments", calls, alone=True)

    async def attributions(self) -> None:
        """Find the stage at fault for each bad answer of a cascade, where that is asked for: stage after stage.

        It comes last: it explains a decision, and takes no dollars from what the decision is made of.
        """
        ledger, stop = self.courier.ledger, self.courier.stop
        if stop.asked or not self.bakeoff.settings.attribute_failures:
            return
        askable, retry = oracle.askable(self.bakeoff), True
        while not stop.asked:
            stages = oracle.by_answer(ledger.records(Role.STAGE))
            answers = ledger.records(Role.ANSWER)
            if self.stopping is not None:
                answers = self.stopping.unstopped(answers)  # nobody pays to know why a loser lost
            ledger.add_calls(oracle.next_calls(askable, answers, stages, ledger.records(Role.ORACLE)))
            calls = ledger.pending(Role.ORACLE, retry_failed=retry)
            replaced = oracle.substitutions(askable, calls, stages)
            calls = [call for call in calls if call.key in replaced]
            if calls:
                if retry and self.bakeoff.instruments:
                    await self.shed.clear()  # what has measured is not called any more
                bound_unpriced(self.bakeoff, calls, self.courier.budget, ledger)
                await self._send("attribution", calls, replaced=replaced)
            retry = False
            if not calls or {call.key for call in calls} & {call.key for call in ledger.pending(Role.ORACLE)}:
                return

    async def _send(
        self,
        phase: str,
        calls: Sequence[Call],
        *,
        before: Sequence[Call] = (),
        alone: bool = False,
        replaced: Mapping[str, oracle.Substitution] | None = None,
    ) -> None:
        """Send `calls` through their lanes, those of `before` first; `alone`: one engine at a time is loaded.

        `replaced`: key of a call → the stage that is replaced, where the calls ask again for an answer.
        """
        if not calls:
            return
        self.courier.ledger.keep_room(self._room(calls))
        if self.ready is not None:
            await self.ready()
        courier, stop, ending = self.courier, self.courier.stop, self.ending
        courier.progress.phase(phase, Counter(call.candidate for call in calls))
        bell = Bell(stop.sleep)

        async def deliver(call: Call, lane: Lane, placed: Callable[[], None]) -> None:
            candidate = self.candidates[call.candidate]
            for model in candidate.models:
                if model.is_local:
                    try:
                        await self.shed.ready(model, alone=alone)
                    except UsageError as error:  # calls have been paid by now: what they brought is kept
                        ending.give_up(model.name, str(error), curable=True)
                        return
            try:
                if candidate.stages:
                    await self._cascade(call, candidate, lane, placed, (replaced or {}).get(call.key))
                else:
                    await courier.deliver(call, candidate, lane, placed=placed)
            except BudgetStop as reached:
                ending.heed_budget(reached)
                if reached.candidates is None:
                    stop.ask()
            except StoreError as error:
                if courier.ledger.broken is not None:
                    raise courier.ledger.broken from error
                ending.store_stop = f"{error}. Fix: {error.hint}."
                stop.ask()  # and what is in flight lands

        await dispatch(
            lanes(
                [*before, *calls],
                self.candidates,
                max_in_flight=self.bakeoff.settings.max_in_flight,
                throttles=self.throttles,
                paces=self.paces,
                bell=bell,
                clock=courier.clock,
                sleep=stop.sleep,
            ),
            deliver=deliver,
            usable=lambda name: not any(model.name in ending.fatal for model in self.candidates[name].models),
            stop=stop,
            bell=bell,
        )

    async def _cascade(
        self,
        call: Call,
        candidate: Candidate,
        lane: Lane,
        placed: Callable[[], None],
        replaced: oracle.Substitution | None,
    ) -> None:
        courier = self.courier
        record = await cascade.deliver(
            call,
            candidate,
            ledger=courier.ledger,
            done=self.stages,
            carry=lambda part, model: courier.deliver(part, model, lane, placed=placed),
            read=courier.media.get,
            keep=courier.keep,
            now=courier.now,
            given=None if replaced is None else replaced.given,
        )
        if record is not None:
            courier.progress.finished(record)

    def _room(self, calls: Sequence[Call]) -> int:
        in_flight = self.bakeoff.settings.max_in_flight + 1  # and one in the exclusive lane
        return ballast.room(map(self._brings, calls), in_flight)

    def _brings(self, call: Call) -> int:
        candidate = self.candidates[call.candidate]
        return cascade.brings(call, candidate) if candidate.stages else ballast.brings(call.request)


def bound_unpriced(bakeoff: Bakeoff, calls: Sequence[Call], budget: Budget, ledger: Ledger) -> None:
    """Refuse calls whose dollars no budget could hold, or have their requests counted where that is allowed."""
    refuse_unpriced(bakeoff, calls)
    if bakeoff.settings.max_unpriced_calls is not None:
        budget.count_requests_of(unpriced(bakeoff, calls), ledger.requests(most=bakeoff.settings.max_attempts))
