"""A log as what a run folder holds: samples, records, scores and a manifest."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from harness.core.calls import IMPORTED, Call, Failure, Output, Record, Role
from harness.core.canonical import Json, digest, to_json
from harness.core.manifest import IMPORTED_FROM, Manifest
from harness.core.redaction import Redactor
from harness.core.requests import ChatRequest
from harness.core.rules import DecisionRule
from harness.core.wording import worded
from harness.importers.log import Log, LoggedAnswer, LoggedTask, Verdict
from harness.store.ledger import ScoreRow, StoredSample

SLOT = "text"
"""What another tool asks is text, to text."""
MOST_LOST = 0.1
"""Share of a candidate's answers; where more are lost nobody is ranked, as in a run of our own."""
LONGEST_MESSAGE = 500
"""Of an error: its end says what went wrong, its beginning where."""
MEASURES = {"quality": "quality", "total_p50_ms": "latency", "usd_per_1k_requests": "cost"}
"""Metric → what a reader calls it."""
NO_VERDICT = Verdict(value=None, reason="the log has no value of this scorer for this answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A log, recorded."""

    samples: tuple[StoredSample, ...]
    records: tuple[Record, ...]
    scores: tuple[ScoreRow, ...]
    scored: int
    """Answers with a primary score."""

    @property
    def measured(self) -> tuple[str, ...]:
        """The metrics of `MEASURES` of which there is anything."""
        timed = any(it.marks.valid and it.marks.total_ms is not None for it in self.records)
        there = (self.scored > 0, timed, any(it.cost_usd is not None for it in self.records))
        return tuple(metric for metric, is_there in zip(MEASURES, there, strict=True) if is_there)

    @property
    def lost(self) -> int:
        return sum(not isinstance(record.outcome, Output) for record in self.records)


def recorded(log: Log, redactor: Redactor, *, now: str) -> Recorded:
    """Record every answer of `log`; `now`, UTC in ISO 8601, is when an answer has ended of which nothing says when."""
    tasks = {(task.suite, task.name): task for task in log.tasks}
    candidates = {candidate.name: candidate.identity for candidate in log.candidates}
    records, scores, scored = [], [], 0
    samples: dict[tuple[str, str, str], StoredSample] = {}
    for told in log.answers:
        answer = _without_secrets(told, redactor)
        record = _record(answer, log, candidates[answer.candidate], now)
        records.append(record)
        samples[answer.suite, answer.task, answer.sample.id] = StoredSample(
            suite=answer.suite, task=answer.task, sample=answer.sample
        )
        if isinstance(record.outcome, Output):
            rows = list(_scores(answer, record.call.key, log, tasks[answer.suite, answer.task]))
            scored += rows[0].value is not None
            scores += rows
    return Recorded(
        samples=tuple(samples.values()),
        records=tuple(records),
        scores=tuple(scores),
        scored=scored,
    )


def notices(log: Log, measured: Collection[str]) -> tuple[str, ...]:
    """Return what a reader of the run's numbers must know, each one sentence."""
    missing = [called for metric, called in MEASURES.items() if metric not in measured]
    return (
        worded(
            "imported from {source}: answers, scores, times and costs are those of its log, and are not measured by "
            "Bakeoff",
            source=log.source,
        ),
        *([worded("not measured in what was imported, so not weighed: {names}", names=missing)] if missing else []),
        *log.notices,
    )


def manifest(
    log: Log,
    kept: Recorded,
    rule: DecisionRule,
    *,
    run_id: str,
    environment: Mapping[str, str],
) -> Manifest:
    """Return the manifest of the run; `environment` are the versions of what works on it here."""
    asked: dict[str, list[Json]] = {}
    for it in kept.samples:
        asked.setdefault(it.suite, []).append([it.task, it.sample.id, it.sample.input])
    n: dict[tuple[str, str], int] = {}
    for it in kept.samples:
        n[it.suite, it.task] = n.get((it.suite, it.task), 0) + 1
    return Manifest(
        run_id=run_id,
        name=log.tool,
        started=min(record.finished for record in kept.records),
        config={
            "name": log.tool,
            "seed": 0,
            "epochs": 1 + max(answer.epoch for answer in log.answers),
            "settings": {"max_infra_failure_rate": MOST_LOST},
            "candidates": to_json(log.candidates),
            "instruments": {},
            "rules": to_json({SLOT: rule}),
            "suites": list(_suites(log, n)),
            "notices": list(notices(log, kept.measured)),
        },
        suites={suite: digest(samples) for suite, samples in asked.items()},
        scorers={
            f"{task.suite}/{task.name}/{scorer_name(log, scorer)}": _signature(log, task, scorer, version="")
            for task in log.tasks
            for scorer in task.scorers
        },
        rules={SLOT: digest(rule)},
        environment={
            **environment,
            IMPORTED_FROM: log.source,
            **{f"imported file {path}": f"sha256 {sha256}" for path, sha256 in log.files.items()},
        },
    )


def scorer_name(log: Log, scorer: str) -> str:
    """Return what a scorer of another tool is called here: never the name of one of ours, or of a metric."""
    return f"{log.tool}.{scorer}"


def _signature(log: Log, task: LoggedTask, scorer: str, *, version: str) -> str:
    parameters = ", ".join(filter(None, (task.version and f"task {task.version}", task.scorers[scorer])))
    return f"{log.tool}{f'@{version}' if version else ''}:{scorer}({parameters})"


def _suites(log: Log, n: Mapping[tuple[str, str], int]) -> Iterator[Json]:
    suites: dict[str, list[LoggedTask]] = {}
    for task in log.tasks:
        if (task.suite, task.name) in n:
            suites.setdefault(task.suite, []).append(task)
    for suite, tasks in suites.items():
        yield {
            "name": suite,
            "version": tasks[0].version or "not stated",
            "licence": None,
            "tasks": [_task(log, task, n[task.suite, task.name]) for task in tasks],
        }


def _task(log: Log, task: LoggedTask, n: int) -> Json:
    names: list[Json] = [scorer_name(log, scorer) for scorer in task.scorers]
    return {
        "name": task.name, "modality": SLOT, "slot": SLOT, "primary": names[0], "scorers": names, "prompt": None,
        "system": None, "max_tokens": None, "params": {}, "language": None, "n": n,
    }  # fmt: skip


def _record(answer: LoggedAnswer, log: Log, identity: str, now: str) -> Record:
    place = [answer.suite, answer.task, answer.sample.id, answer.epoch]
    call = Call(
        key=digest([IMPORTED, log.tool, identity, answer.candidate, place, answer.messages]),
        role=Role.ANSWER,
        candidate=answer.candidate,
        request=ChatRequest(messages=answer.messages, max_tokens=0),
        suite=answer.suite,
        task=answer.task,
        sample=answer.sample.id,
        epoch=answer.epoch,
    )
    return Record(
        call=call,
        outcome=answer.outcome,
        attempts=(),
        marks=answer.marks,
        usage=answer.usage,
        cost_usd=answer.usd,
        cost_source="unpriced" if answer.usd is None else IMPORTED,
        finished=answer.finished or log.finished or now,
    )


def _without_secrets(answer: LoggedAnswer, redactor: Redactor) -> LoggedAnswer:
    """Return an answer without the secrets of this machine; of an error also without what looks like one."""
    exact, sample, outcome = redactor.clean_answer, answer.sample, answer.outcome
    if isinstance(outcome, Failure):
        said = redactor.clean(" ".join(outcome.message.split()))
        short = (
            said
            if len(said) <= LONGEST_MESSAGE
            else f"{said[: LONGEST_MESSAGE // 2]} ... {said[-LONGEST_MESSAGE // 2 :]}"
        )
        outcome = replace(outcome, message=short)
    else:
        told = {part: _walked(getattr(outcome, part), exact) for part in ("text", "reasoning", "tool_calls")}
        outcome = replace(outcome, **told)
    return replace(
        answer,
        sample=replace(
            sample,
            input=_walked(sample.input, exact),
            target=_walked(sample.target, exact),
            metadata=_walked(sample.metadata, exact),
        ),
        messages=_walked(answer.messages, exact),
        outcome=outcome,
        verdicts={name: replace(it, reason=exact(it.reason)) for name, it in answer.verdicts.items()},
    )


def _walked(value: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {name: _walked(item, clean) for name, item in value.items()}
    return type(value)(_walked(item, clean) for item in value) if isinstance(value, list | tuple) else value


def _scores(answer: LoggedAnswer, key: str, log: Log, task: LoggedTask) -> Iterator[ScoreRow]:
    """Yield what each scorer said, the primary first, which always has a row: without one an answer waits for it."""
    for i, scorer in enumerate(task.scorers):
        verdict = answer.verdicts.get(scorer, NO_VERDICT)
        if i == 0 or scorer in answer.verdicts:
            yield ScoreRow(
                key=key,
                scorer=scorer_name(log, scorer),
                signature=_signature(log, task, scorer, version=log.version),
                value=verdict.value,
                reason=verdict.reason,
            )
