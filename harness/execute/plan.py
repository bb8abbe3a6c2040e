"""The plan: suites × candidates × epochs as calls with content keys; pure, so that equal input gives an equal plan."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from harness.clients.reserved import RESERVED
from harness.core.calls import Call, Output, Record, Role
from harness.core.candidates import MODALITIES, Candidate
from harness.core.canonical import digest
from harness.core.requests import Document, Request
from harness.core.runs import Bakeoff, Exclusion, Plan
from harness.core.suites import Sample, Task
from harness.core.wording import worded
from harness.errors import Problem, UsageError
from harness.execute.asking import Asker, asker, needed
from harness.execute.fitness import left_out, params_of_samples
from harness.execute.measurements import measurement
from harness.execute.prompts import PromptError, refuse_unseen, stage_renderer

KEY_VERSION = 1
"""Raised when the same call would get another key: no earlier record is found by its key after that."""

TOLD = frozenset({"text", "vision", "speech", "rag"})
"""Modalities of tasks whose requests, or some of whose stages', have a system prompt."""

_WORDS = {"system": worded("system prompt"), "prompt": worded("prompt: it sends a recording alone")}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """One sample with the candidates that are asked."""

    suite: str
    task: Task
    sample: Sample
    candidates: tuple[Candidate, ...]
    ask: Asker


def plan(bakeoff: Bakeoff) -> Plan:
    """Expand `bakeoff` into its answer calls; UsageError names every task that cannot be asked.

    Order: each epoch in turn; in it the samples in random order, and every candidate on a sample before the next
    sample, again in random order, so that none gets the quiet hour (methodology.md 3). Where candidates may be stopped
    early, all epochs of a sample follow one another and tasks are mixed evenly, so that each block is like the whole.
    """
    exclusions = tuple(left_out(bakeoff))
    calls, unasked = _expand(bakeoff, exclusions)
    if problems := [*_reserved(bakeoff), *_unsaid(bakeoff), *_wrong_stages(bakeoff), *unasked]:
        raise UsageError(problems)
    if not calls:
        message = worded("no candidate can do any of the tasks")
        raise UsageError([Problem(code="E212", message=message, hint=worded("add a candidate of a task's modality"))])
    return Plan(calls=tuple(calls), instrument_calls=_instrument_counts(bakeoff, calls), exclusions=exclusions)


def plan_partly(bakeoff: Bakeoff) -> tuple[list[Call], list[Problem]]:
    """Do as `plan` for one epoch of a bake-off of which parts are missing; returns also what `plan` would refuse."""
    anybody = Candidate(name="", model="", modalities=frozenset(MODALITIES))
    asked = replace(bakeoff, candidates=(*bakeoff.candidates, anybody), epochs=1)
    calls, unasked = _expand(asked, tuple(left_out(bakeoff)))
    kept = [call for call in calls if call.candidate != anybody.name]
    return kept, [*_reserved(bakeoff), *_unsaid(bakeoff), *_wrong_stages(bakeoff), *unasked]


def instrument_calls(bakeoff: Bakeoff, records: Iterable[Record]) -> list[Call]:
    """Return the calls that measure the answers in `records`, one for each answer and instrument.

    Calls of one instrument follow one another, so that one engine at a time has the machine.
    """
    tasks = {(suite.name, task.name): task for suite in bakeoff.suites for task in suite.tasks}
    samples = {(*place, sample.id): sample for place, task in tasks.items() for sample in task.loaded}
    identities = {name: candidate.identity for name, candidate in bakeoff.instruments.items()}
    calls: dict[str, list[Call]] = {}
    for record in records:
        answer, outcome = record.call, record.outcome
        task = tasks.get((answer.suite, answer.task))
        sample = samples.get((answer.suite, answer.task, answer.sample))
        if task is None or sample is None or not isinstance(outcome, Output):
            continue
        for instrument in needed(task):
            request = measurement(instrument, task, sample, outcome)
            if request is None:
                continue
            key = call_key(
                request=request,
                identity=identities[instrument.name],
                place=(answer.suite, answer.task, answer.sample),
                epoch=answer.epoch,
                role=Role.INSTRUMENT,
                under=(instrument.name, answer.key),
            )
            call = Call(
                key=key,
                role=Role.INSTRUMENT,
                candidate=bakeoff.instruments[instrument.name].name,
                request=request,
                suite=answer.suite,
                task=answer.task,
                sample=answer.sample,
                epoch=answer.epoch,
                instrument=instrument.name,
                measures=answer.key,
            )
            calls.setdefault(instrument.name, []).append(call)
    return [call for of_instrument in calls.values() for call in of_instrument]


def call_key(
    *,
    request: Request,
    identity: str,
    place: tuple[str, str, str],
    epoch: int,
    role: Role,
    under: tuple[str, str] | None = None,
) -> str:
    """Return the sha256 of all that makes an answer what it is: names and prices of candidates do not.

    `place` is suite, task and sample; `identity` that of the candidate; `under` the name of the instrument or stage,
    and the key of the answer that it measures or is a part of.
    """
    return digest([KEY_VERSION, type(request).__name__, request, identity, place, epoch, role, *(under or ())])


def _expand(bakeoff: Bakeoff, exclusions: Iterable[Exclusion]) -> tuple[list[Call], list[Problem]]:
    """Return the answer calls, and the tasks that cannot be asked."""
    rng = random.Random(bakeoff.seed)
    identities = {candidate.name: candidate.identity for candidate in bakeoff.candidates}
    calls: list[Call] = []
    problems: dict[str, Problem] = {}
    units = _units(bakeoff, exclusions, problems)
    for epoch, unit in _turns(bakeoff, units, rng):
        for candidate in _shuffled(unit.candidates, rng):
            try:
                calls.append(_answer_call(unit, candidate, identities[candidate.name], epoch))
            except PromptError as error:
                said = worded("sample {id!r}: {error}", id=unit.sample.id, error=error)
                key = f"{unit.suite}/{unit.task.name}: {error}"
                problems.setdefault(key, _problem(bakeoff, unit.suite, unit.task.name, said, error.hint))
    return calls, list(problems.values())


def _turns(bakeoff: Bakeoff, units: Sequence[_Unit], rng: random.Random) -> Iterator[tuple[int, _Unit]]:
    """Yield epoch and unit in the order in which they are asked."""
    if bakeoff.settings.stop is None:
        for epoch in range(bakeoff.epochs):
            yield from ((epoch, unit) for unit in rng.sample(units, len(units)))
    else:
        yield from ((epoch, unit) for unit in _mixed(units, rng) for epoch in range(bakeoff.epochs))


def _mixed(units: Sequence[_Unit], rng: random.Random) -> list[_Unit]:
    """Return the units in random order, those of each task spread evenly over it."""
    of: dict[tuple[str, str], list[_Unit]] = {}
    for unit in units:
        of.setdefault((unit.suite, unit.task.name), []).append(unit)
    at = [
        ((i + rng.random()) / len(of_task), unit)
        for of_task in of.values()
        for i, unit in enumerate(rng.sample(of_task, len(of_task)))
    ]
    return [unit for _, unit in sorted(at, key=lambda pair: pair[0])]


def _units(bakeoff: Bakeoff, exclusions: Iterable[Exclusion], problems: dict[str, Problem]) -> list[_Unit]:
    excluded = {(e.suite, e.task, e.candidate) for e in exclusions}
    units = []
    for suite in bakeoff.suites:
        for task in suite.tasks:
            candidates = tuple(
                candidate
                for candidate in bakeoff.candidates
                if task.modality in candidate.modalities and (suite.name, task.name, candidate.name) not in excluded
            )
            try:
                ask = asker(task)
                if not task.loaded:  # its data is wrong, which has been said
                    refuse_unseen(task.prompt)
                    refuse_unseen(task.system or "")
            except PromptError as error:
                said = error.args[0]
                problems[f"{suite.name}/{task.name}"] = _problem(bakeoff, suite.name, task.name, said, error.hint)
                continue
            units += [
                _Unit(suite=suite.name, task=task, sample=sample, candidates=candidates, ask=ask)
                for sample in task.loaded
            ]
    return units


def _shuffled(candidates: Sequence[Candidate], rng: random.Random) -> Sequence[Candidate]:
    return candidates if len(candidates) == 1 else rng.sample(candidates, len(candidates))


def _reserved(bakeoff: Bakeoff) -> Iterator[Problem]:
    """Name every parameter which no candidate and no task may set."""
    tasks = {
        (f"task {suite.name}/{task.name}", bakeoff.place("task", suite.name, task.name)): task.params.keys()
        | params_of_samples(task)
        for suite in bakeoff.suites
        for task in suite.tasks
    }
    models = {model.name: model for candidate in bakeoff.candidates for model in candidate.models}
    candidates = {(f"candidate {name!r}", bakeoff.place("candidate", name)): {*models[name].params} for name in models}
    for (who, place), params in {**candidates, **tasks}.items():
        for name in sorted(RESERVED & params):
            message = worded("{who} sets the parameter {name!r}, which belongs to Bakeoff", who=who, name=name)
            yield Problem.at(place, "E204", message, hint=worded("remove it: it would change what is measured"))


def _unsaid(bakeoff: Bakeoff) -> Iterator[Problem]:
    """Name every prompt that no request of its task could hold."""
    for suite in bakeoff.suites:
        for task in suite.tasks:
            unsaid = {
                "system": task.system is not None and task.modality not in TOLD,
                "prompt": task.modality == "transcription" and task.prompt not in ("", "{{ input }}"),
            }
            for field in (field for field, is_unsaid in unsaid.items() if is_unsaid):
                message = worded(
                    "{task}: a {modality} task has no place for a {field}",
                    task=f"{suite.name}/{task.name}",
                    modality=task.modality,
                    field=_WORDS[field],
                )
                place = bakeoff.place("task", suite.name, task.name, field)
                yield Problem.at(place, "E225", message, hint=worded("remove it: no candidate would be told"))


def _wrong_stages(bakeoff: Bakeoff) -> Iterator[Problem]:
    """Name every stage of a cascade whose input cannot be rendered."""
    for cascade in bakeoff.candidates:
        told: dict[str, str] = {}
        for stage in cascade.stages:
            try:
                stage_renderer(stage.input)("what is asked", told, [Document(id="d1", text="a document")])
            except PromptError as error:
                message = worded(
                    "the stage {name!r} of the cascade {cascade!r}: {error}",
                    name=stage.name,
                    cascade=cascade.name,
                    error=error,
                )
                before = ", ".join(f"stages.{name}.text" for name in told) or "-"
                hint = error.hint or worded("it sees input, documents and what came before: {before}", before=before)
                place = bakeoff.place("candidate", cascade.name, stage.name)
                yield Problem.at(place, "E312", message, hint=hint)
            told[stage.name] = "what it said"


def _answer_call(unit: _Unit, candidate: Candidate, identity: str, epoch: int) -> Call:
    request = unit.ask(unit.sample, candidate)
    place = (unit.suite, unit.task.name, unit.sample.id)
    return Call(
        key=call_key(request=request, identity=identity, place=place, epoch=epoch, role=Role.ANSWER),
        role=Role.ANSWER,
        candidate=candidate.name,
        request=request,
        suite=unit.suite,
        task=unit.task.name,
        sample=unit.sample.id,
        epoch=epoch,
    )


def _instrument_counts(bakeoff: Bakeoff, calls: Iterable[Call]) -> dict[str, int]:
    tasks = {(suite.name, task.name): task for suite in bakeoff.suites for task in suite.tasks}
    return dict(Counter(need.name for call in calls for need in needed(tasks[call.suite, call.task])))


def _problem(bakeoff: Bakeoff, suite: str, task: str, said: str, hint: str | None) -> Problem:
    message = worded("{task}: {said}", task=f"{suite}/{task}", said=said)
    return Problem.at(
        bakeoff.place("task", suite, task), "E312", message, hint=hint or worded("mend the task in its suite")
    )
