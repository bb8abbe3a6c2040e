"""Early stopping: after each block of samples, who has lost for certain by what the ledger holds, and is asked no more.

A look is taken when nothing is in flight, and takes in the records of the blocks so far and nothing else: a process
that was killed comes to the same when it looks at the same records. Nobody looks back: the blocks before the last whole
one were looked at, and so was one after which somebody was stopped.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.core.calls import Call, Record, Role
from harness.core.estimates import Estimate
from harness.core.runs import Bakeoff
from harness.core.stopping import Stop, Stopped, StopRule
from harness.decide.early import saving
from harness.decide.losing import Loss, losses, shares
from harness.execute.scoring import judge, score_row
from harness.metrics.early import Place, observe_some
from harness.metrics.estimates import estimates
from harness.metrics.observations import Observations
from harness.metrics.paired import at_every_look
from harness.metrics.stats import ONE_SIDED
from harness.store.completeness import completeness
from harness.store.frames import calls_frame, judged_frame
from harness.store.ledger import Ledger, ScoreRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A slot's samples in the order in which they are asked."""

    name: str
    tasks: frozenset[tuple[str, str]]
    """Suite and task."""
    samples: tuple[Place, ...]
    size: int
    """Of a block."""
    looks: int
    candidates: int
    """As many as were planned."""


@dataclass(slots=True, kw_only=True)
class Stopping:
    """Who is still asked, and what was looked at."""

    bakeoff: Bakeoff
    ledger: Ledger
    rule: StopRule
    slots: Mapping[str, Slot]
    slot_of: Mapping[tuple[str, str], str]
    block_of: Mapping[Place, int]
    """Sample → number of its block in its slot, counted from 1."""
    looked: int
    """The last block that an earlier process looked at for sure; the next may have been, and comes to the same."""
    stopped: set[tuple[str, str]]
    """Slot and candidate."""
    _judged: dict[str, tuple[ScoreRow, ...]] = field(default_factory=dict)

    @property
    def blocks(self) -> int:
        """How many blocks the longest slot has."""
        return max((slot.looks for slot in self.slots.values()), default=0)

    def turns(self, calls: Sequence[Call]) -> Iterator[tuple[int, list[Call]]]:
        """Yield the number of each block with those of `calls` that are for it, when it is their turn."""
        of: dict[int, list[Call]] = {}
        for call in calls:
            of.setdefault(self.block_of[_place(call)], []).append(call)
        for block in range(1, self.blocks + 1):
            yield block, [call for call in of.get(block, ()) if self.asks(call)]

    def asks(self, call: Call) -> bool:
        """Whether the candidate of an answer is still asked."""
        return (self.slot_of[call.suite, call.task], call.candidate) not in self.stopped

    def unstopped(self, records: Iterable[Record]) -> Iterator[Record]:
        """Leave out the records of whoever was stopped."""
        return (record for record in records if self.asks(record.call))

    def look(self, block: int) -> list[Stopped]:
        """Stop who has lost for certain by the answers up to `block`, and commit that; nothing is in flight."""
        looking = [slot for slot in self.slots.values() if self.looked < block < slot.looks]
        if not looking:
            return []
        calls, scores = calls_frame(self.ledger), judged_frame(self._scores())
        stops: list[Stop] = []
        known: dict[str, Mapping[str, Sequence[Estimate]]] = {}
        for slot in looking:
            samples = slot.samples[: block * slot.size]
            gone = {candidate for name, candidate in self.stopped if name == slot.name}
            left = set(calls.loc[calls["slot"] == slot.name, "candidate"]) - gone
            observed = observe_some(calls, scores, slot=slot.name, candidates=left, samples=frozenset(samples))
            known[slot.name], lost = self._lost(slot, observed)
            stops += [
                Stop(
                    slot=slot.name,
                    candidate=loss.candidate,
                    block=block,
                    samples=len(samples),
                    planned=len(slot.samples),
                    behind=loss.behind,
                    by=loss.by,
                    gate=loss.gate,
                    bound=loss.bound,
                )
                for loss in lost
            ]
        if not stops:
            return []
        self.ledger.call_off(stops, {slot.name: slot.tasks for slot in looking})
        self.stopped.update((stop.slot, stop.candidate) for stop in stops)
        counted = completeness(self.ledger)
        saved = {
            (slot, row.candidate): row.stopped for slot in counted for row in counted[slot] if row.role is Role.ANSWER
        }
        return [saving(stop, saved[stop.slot, stop.candidate], known[stop.slot][stop.candidate]) for stop in stops]

    def _lost(self, slot: Slot, observed: Observations) -> tuple[Mapping[str, Sequence[Estimate]], Sequence[Loss]]:
        """Return what is known of those who are left, and who of them has lost."""
        rule, alpha = self.bakeoff.rules[slot.name], self.rule.alpha
        share = shares(rule, slot.candidates, alpha)
        bounds = estimates(observed, share=share.one_sided / slot.looks / ONE_SIDED)

        def least_lead(leader: str, challenger: str) -> float | None:
            pair = at_every_look(
                observed, leader, challenger, samples=len(slot.samples), alpha=share.quality,
                burn_in=self.rule.burn_in,
            )  # fmt: skip
            return pair.difference.low

        return bounds, losses(rule, observed.candidates, bounds, least_lead)

    def _scores(self) -> Iterator[ScoreRow]:
        """Yield what the scorers say of all answers; each is judged once, when all that measures it has come."""
        told = [answer for answer in self.ledger.told(Role.ANSWER) if answer.key not in self._judged]
        rows: dict[str, tuple[ScoreRow, ...]] = {}
        waits = set()
        for judgement in judge(self.bakeoff, told, self.ledger.told(Role.INSTRUMENT)):
            rows[judgement.key] = (*rows.get(judgement.key, ()), score_row(judgement))
            waits.update([judgement.key] if judgement.lacks_reading else [])
        self._judged.update({key: of for key, of in rows.items() if key not in waits})
        for of in (self._judged | rows).values():
            yield from of


def stopping(bakeoff: Bakeoff, ledger: Ledger, rule: StopRule) -> Stopping:
    """Return what stops the candidates of a run by `rule`, as it stands in `ledger`."""
    slot_of = {(suite.name, task.name): suite.slot_of(task) for suite in bakeoff.suites for task in suite.tasks}
    places, frame, stops = ledger.places(), calls_frame(ledger), ledger.manifest().stops
    slots: dict[str, Slot] = {}
    block_of: dict[Place, int] = {}
    for name in dict.fromkeys(slot_of[place[:2]] for place in places):
        samples = tuple(place for place in places if slot_of[place[:2]] == name)
        size = rule.block_of(len(samples))
        block_of |= {place: i // size + 1 for i, place in enumerate(samples)}
        slots[name] = Slot(
            name=name,
            tasks=frozenset(place[:2] for place in samples),
            samples=samples,
            size=size,
            looks=rule.looks(len(samples)),
            candidates=frame.loc[frame["slot"] == name, "candidate"].nunique(),
        )
    last = max(block_of.values(), default=0)
    waiting = min((block_of[place] for place, came in places.items() if not came), default=last + 1)
    return Stopping(
        bakeoff=bakeoff,
        ledger=ledger,
        rule=rule,
        slots=slots,
        slot_of=slot_of,
        block_of=block_of,
        looked=max([0, waiting - 2, *(stop.block for stop in stops)]),
        stopped={(stop.slot, stop.candidate) for stop in stops},
    )


def _place(call: Call) -> Place:
    return call.suite, call.task, call.sample
