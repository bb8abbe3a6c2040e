"""Oracle substitution: which stage of a cascade is at fault for a bad answer, found by putting gold in its place.

A bad answer is asked again with the output of one stage replaced by what the stage should have said, the stages before
it as they were, and those after it asked anew where that changes what they are asked. The first stage whose
replacement mends the answer is at fault. The last one is replaced by the right answer itself, which is no call.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice

from harness.core.calls import Call, Failure, Fault, Output, Ranked, Record, Role
from harness.core.candidates import Candidate, Stage
from harness.core.canonical import canonical, digest
from harness.core.runs import Bakeoff
from harness.core.scores import BAD_BELOW, Score, answer_key
from harness.core.suites import Sample, Task
from harness.execute.budget import is_billed, worst_of
from harness.execute.cascade import RANKS, largest_requests, part_of, unasked
from harness.execute.plan import call_key
from harness.execute.prompts import PromptError
from harness.execute.scoring import judged

GOLD = "gold"
"""Field of a sample's metadata: stage → what it should have said; `ranking` → the documents that every search should
find first, for stages that search and have no gold of their own.
"""

Stages = Mapping[str, Mapping[str, Record]]
"""Key of an answer → stage → its record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    """An answer with the output of one stage replaced."""

    stage: str
    gold: Output
    was: Mapping[str, Record]
    """Stage → its record in the answer that failed."""
    before: frozenset[str]
    """The stages that come before the replaced one."""

    def given(self, part: Call) -> Record | None:
        """Return what need not be asked: gold, and what was asked before in just the same words."""
        if part.stage == self.stage:
            return unasked(part, self.gold)
        record = self.was.get(str(part.stage))
        if part.stage in self.before:
            return record or unasked(part, Output())  # one before it had failed, and nobody was asked after that
        same = record is not None and canonical(record.call.request) == canonical(part.request)
        return record if record is not None and same and isinstance(record.outcome, Output) else None


Place = tuple[str, str, str, str]
"""Candidate, suite, task and sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An answer of a cascade to a sample that holds gold."""

    cascade: Candidate
    task: Task
    sample: Sample

    def substitutions(self, was: Mapping[str, Record]) -> Iterator[Substitution]:
        """Yield one substitution for each stage of which the gold is known, in their order."""
        for at, stage in enumerate(self.cascade.stages):
            said = was[stage.name].outcome if stage.name in was else None
            gold = self._gold(stage, said if isinstance(said, Output) else Output())
            if gold is not None:
                before = frozenset(earlier.name for earlier in self.cascade.stages[:at])
                yield Substitution(stage=stage.name, gold=gold, was=was, before=before)

    def _gold(self, stage: Stage, said: Output) -> Output | None:
        given = self.sample.metadata.get(GOLD)
        known = given if isinstance(given, dict) else {}
        if stage.candidate.modalities & RANKS:
            first = known.get(stage.name, known.get("ranking"))
            return _ranked([str(document) for document in first], said) if isinstance(first, list) else None
        if stage == self.cascade.stages[-1] and stage.name not in known:
            key = answer_key(self.sample)
            text = key[0] if isinstance(key, list) and key else key
        else:
            text = known.get(stage.name)
        if isinstance(text, dict | list):
            text = json.dumps(text, ensure_ascii=False)
        return None if text is None else Output(text=str(text), finish_reason="stop")


def next_calls(
    askable: Mapping[Place, Asked], answers: Iterable[Record], stages: Stages, tried: Iterable[Record]
) -> list[Call]:
    """Return the next call of each bad answer whose stage at fault is not known yet; `tried` are earlier ones.

    A stage whose gold would change nothing that follows is not at fault, and nothing is asked for it. An answer of
    which an earlier call was lost waits until a resume has brought it.
    """
    earlier: dict[str, dict[str, Record]] = {}
    for record in tried:
        earlier.setdefault(str(record.call.measures), {})[record.call.key] = record
    calls = []
    for answer in answers:
        of = askable.get(_place(answer.call))
        if of is None or not _is_bad(of, answer):
            continue
        was = stages.get(answer.call.key, {})
        for substitution in of.substitutions(was):
            call = _call(answer.call, of.cascade, substitution)
            done = earlier.get(answer.call.key, {}).get(call.key)
            if done is None and _changes(answer.call, of.cascade, substitution):
                calls.append(call)
                break
            if done is not None and _is_bad(of, done) is not True:
                break  # it is mended, or nobody knows
    return calls


def substitutions(askable: Mapping[Place, Asked], calls: Iterable[Call], stages: Stages) -> dict[str, Substitution]:
    """Return key → what an oracle call replaces; without the calls for which there is no gold any more.

    A resume may have fewer candidates, suites or samples than the process that planned them.
    """
    found = {}
    for call in calls:
        if (of := askable.get(_place(call))) is None:
            continue
        for substitution in of.substitutions(stages.get(str(call.measures), {})):
            if substitution.stage == call.stage:
                found[call.key] = substitution
    return found


def most_calls(bakeoff: Bakeoff, calls: Iterable[Call]) -> int:
    """Return how many calls follow at most, as if every answer were bad and no stage mended it but the last."""
    asked = askable(bakeoff)
    return sum(len(list(asked[place].substitutions({}))) for call in calls if (place := _place(call)) in asked)


def most_usd(bakeoff: Bakeoff, calls: Iterable[Call]) -> Decimal | None:
    """Return the most dollars that those calls can be billed, one attempt a stage; None where nobody knows."""
    asked, usd = askable(bakeoff), Decimal(0)
    for call in calls:
        if (of := asked.get(_place(call))) is None:
            continue
        for substitution in of.substitutions({}):
            for worst in _worst(call, of.cascade, substitution):
                if worst is None:
                    return None
                usd += worst
    return usd


def _worst(call: Call, cascade: Candidate, substitution: Substitution) -> Iterator[Decimal | None]:
    """Yield the most dollars of each stage that is asked anew: those after the one that is replaced."""
    at = len(substitution.before) + 1
    text = substitution.gold.text  # none of a search: longest documents first are more than its gold
    requests = largest_requests(call, cascade, said={} if text is None else {substitution.stage: text})
    try:
        yield from [worst_of(request, model) for request, model in islice(requests, at, None)]
    except PromptError:  # as for any answer: a question that is too long has no bound
        yield from (None if is_billed(stage.candidate) else Decimal(0) for stage in cascade.stages[at:])


def by_answer(records: Iterable[Record]) -> dict[str, dict[str, Record]]:
    """Sort the records of stages by the answer that they belong to."""
    found: dict[str, dict[str, Record]] = {}
    for record in records:
        found.setdefault(str(record.call.part_of), {})[str(record.call.stage)] = record
    return found


def askable(bakeoff: Bakeoff) -> dict[Place, Asked]:
    """Return place → what is known of it; where there is gold, and no instrument is needed to judge the answer."""
    return {
        (cascade.name, suite.name, task.name, sample.id): Asked(cascade=cascade, task=task, sample=sample)
        for cascade in bakeoff.candidates
        if cascade.stages and not cascade.fuses
        for suite in bakeoff.suites
        for task in suite.tasks
        if task.modality in cascade.modalities and not _primary_needs(task)
        for sample in task.loaded
        if GOLD in sample.metadata
    }


def _primary_needs(task: Task) -> bool:
    return any(scorer.needs for scorer in task.scorers if scorer.name == task.primary)


def _place(call: Call) -> Place:
    return call.candidate, call.suite, call.task, call.sample


def _is_bad(of: Asked, record: Record) -> bool | None:
    """Judge by the primary scorer; None where nobody knows."""
    if isinstance(record.outcome, Failure):
        return True if record.outcome.fault is Fault.CANDIDATE else None
    scorer = next(scorer for scorer in of.task.scorers if scorer.name == of.task.primary)
    result = judged(record.call.key, scorer, of.sample, record.outcome, {}).result
    return result.value < BAD_BELOW if isinstance(result, Score) else None


def _ranked(first: Sequence[str], said: Output) -> Output:
    """Put gold first, and what else a search has found after it: the best ranking that it could have given."""
    rest = [place.document for place in said.ranking if place.document not in set(first)]
    ids = [*first, *rest]
    return Output(ranking=tuple(Ranked(document=name, relevance=1 / at) for at, name in enumerate(ids, start=1)))


def _call(answer: Call, cascade: Candidate, substitution: Substitution) -> Call:
    key = call_key(
        request=answer.request,
        identity=cascade.identity,
        place=(answer.suite, answer.task, answer.sample),
        epoch=answer.epoch,
        role=Role.ORACLE,
        under=(f"{substitution.stage}:{digest(substitution.gold)}", answer.key),
    )
    return replace(answer, key=key, role=Role.ORACLE, stage=substitution.stage, measures=answer.key)


def _changes(answer: Call, cascade: Candidate, substitution: Substitution) -> bool:
    """Whether any stage would be asked otherwise than it was; the last one's gold is the answer itself."""
    records: list[Record] = []
    for stage in cascade.stages:
        record = substitution.given(part_of(answer, stage, cascade, records))
        if record is None:
            return True
        records.append(record)
    return cascade.stages[-1].name == substitution.stage
