"""inspect_ai: its logs, as an `.eval` archive or as JSON."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.core.calls import Failure, Fault, Marks, Output, Usage
from harness.core.candidates import Candidate
from harness.core.suites import Sample
from harness.core.wording import worded
from harness.importers.files import Archive, opened, refused
from harness.importers.log import LOGGED_ERROR, NOT_RUN, Log, LoggedAnswer, LoggedTask, Verdict
from harness.importers.model_output import output, used
from harness.importers.values import (
    content,
    dollars,
    items,
    mapping,
    messages,
    milliseconds,
    moment,
    name,
    number,
    place,
    sample,
    settings,
    spoken,
    text,
)

TOOL = "inspect_ai"
HEADERS = ("header.json", "_journal/start.json")
"""Of a log that was ended, and of one that was not."""
GRADES = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0, "yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
"""inspect_ai's own reading of grades that are words."""
ATTACHED = "attachment://"
UNTIMED = "took several requests, a retry or a batch, so how long the model itself took is not known"
CACHED = "came from inspect_ai's cache, so what asking took and cost is not measured"


def is_document(told: Mapping[str, Any]) -> bool:
    return isinstance(told.get("eval"), dict) and "status" in told and "model" in told["eval"]


def read_archive(path: Path, sha256: str) -> Log:
    """Read an `.eval` file, also one that was never ended."""
    with opened(path) as stream:
        archive = Archive(stream, path)
        head = next((it for it in HEADERS if it in archive.names), None)
        if head is None:
            raise refused(path, "E601", worded("an archive, and no log of inspect_ai"))
        header = mapping(archive.read(head))
        members = [it for it in dict.fromkeys(archive.names) if it.startswith("samples/") and it.endswith(".json")]
        return _read(header, (mapping(archive.read(it)) for it in members), path, sha256)


def read_document(told: Mapping[str, Any], path: Path, sha256: str) -> Log:
    """Read a log that is one JSON document."""
    return _read(told, (it for it in items(told.get("samples")) if isinstance(it, dict)), path, sha256)


def _read(header: Mapping[str, Any], logged: Iterable[Mapping[str, Any]], path: Path, sha256: str) -> Log:
    spec, results, stats = (mapping(header.get(key)) for key in ("eval", "results", "stats"))
    called = place(spec.get("task"), default="task")
    model = name(spec.get("model"), default="model")
    config = {**mapping(spec.get("model_generate_config")), **mapping(mapping(header.get("plan")).get("config"))}
    answers = [_answer(it, model, called, batched=bool(config.get("batch"))) for it in logged]
    if not answers and spec.get("config", {}).get("log_samples") is False:
        raise refused(
            path,
            "E603",
            worded("the log has no samples, only sums"),
            hint=worded("run it again without --no-log-samples"),
        )
    ended = next(filter(None, map(moment, (stats.get("completed_at"), spec.get("created")))), "")
    answers += _missing(header, answers, model, called)
    return Log(
        tool=TOOL,
        version=name(mapping(spec.get("packages")).get("inspect_ai")),
        files={str(path): sha256},
        candidates=(
            Candidate(
                name=model,
                model=model,
                modalities=frozenset({"text"}),
                params=settings(config),
            ),
        ),
        tasks=(_task(spec, results, answers, called),) if answers else (),
        answers=tuple(answers),
        finished=ended,
        counted={
            CACHED: sum(answer.cached for answer in answers),
            UNTIMED: sum(not answer.marks.valid for answer in answers),
        },
        notices=tuple(_notices(header, path)),
    )


def _task(spec: Mapping[str, Any], results: Mapping[str, Any], answers: list[LoggedAnswer], called: str) -> LoggedTask:
    """Return the task with its scorers: those that the results tell, in their order, then all that judged a sample."""
    options = {name(it.get("name")): it.get("options") for it in items(spec.get("scorers")) if isinstance(it, dict)}
    told = [name(it.get("name")) for it in items(results.get("scores")) if isinstance(it, dict)]
    judged = [scorer for answer in answers for scorer in answer.verdicts]
    names = [it for it in dict.fromkeys((*told, *judged)) if it in set(judged)] or list(filter(None, options))
    return LoggedTask(
        suite=called,
        name=called,
        version=text(spec.get("task_version")),
        scorers={it: text(options[it]) if options.get(it) else "" for it in names or ["score"]},
    )


def _notices(header: Mapping[str, Any], path: Path) -> Iterator[str]:
    status = header.get("status", "started")
    if status != "success":
        hows = {"cancelled": worded("was cancelled"), "error": worded("ended with an error")}
        how = hows.get(str(status), worded("was never ended"))
        yield worded("{name} {how}: what it lacks is counted as lost where the log names it", name=path.name, how=how)


def _missing(header: Mapping[str, Any], answers: list[LoggedAnswer], model: str, called: str) -> Iterator[LoggedAnswer]:
    """Yield what the log planned and does not have, where it names it."""
    spec = mapping(header.get("eval"))
    config, ids = mapping(spec.get("config")), items(mapping(spec.get("dataset")).get("sample_ids"))
    epochs = config.get("epochs") or 1
    planned = mapping(header.get("results")).get("total_samples")
    if not isinstance(epochs, int) or not 0 < epochs <= 1000 or planned not in (None, 0, len(ids) * epochs):
        return
    if planned is None and (config.get("limit") is not None or config.get("sample_id") is not None):
        return  # which of the ids were meant is not told
    there = {(answer.sample.id, answer.epoch) for answer in answers}
    for id in ids:
        missing = sample(text(id), "(the log does not say)", None)
        for epoch in range(epochs):
            if (missing.id, epoch) not in there:
                lost = Failure(fault=Fault.INFRA, kind=NOT_RUN, message="the log was cut short before it")
                yield LoggedAnswer(
                    candidate=model, suite=called, task=called, sample=missing, epoch=epoch, messages=(), outcome=lost,
                    verdicts={},
                )  # fmt: skip


def _answer(logged: Mapping[str, Any], model: str, called: str, *, batched: bool) -> LoggedAnswer:
    epoch = logged.get("epoch")
    told = _resolved(logged.get("output"), mapping(logged.get("attachments")))
    calls = _calls(logged)
    outcome = _outcome(logged, output(told))
    cached = bool(calls) and any(call.get("cache") == "read" for call in calls)
    last, said = mapping(told), isinstance(outcome, Output)
    return LoggedAnswer(
        candidate=model,
        suite=called,
        task=called,
        sample=_sample(logged),
        epoch=epoch - 1 if isinstance(epoch, int) and 0 < epoch <= 100_000 else 0,
        messages=messages(_input(logged)),
        outcome=outcome,
        verdicts=_verdicts(logged) if said else {},
        marks=_marks(calls, last, batched=batched) if said and not cached else Marks(),
        usage=Usage() if cached else _usage(calls, last),
        usd=None if cached else _dollars(calls, last),
        cached=cached,
        finished=moment(logged.get("completed_at")),
    )


def _input(logged: Mapping[str, Any]) -> Any:
    return _resolved(logged.get("input"), mapping(logged.get("attachments")))


def _resolved(told: Any, attachments: Mapping[str, Any]) -> Any:
    """Put long texts, which inspect_ai keeps apart, back where they belong."""
    if isinstance(told, str) and told.startswith(ATTACHED):
        return attachments.get(told.removeprefix(ATTACHED), told)
    if isinstance(told, list):
        return [_resolved(it, attachments) for it in told]
    if isinstance(told, dict):
        return {key: _resolved(it, attachments) for key, it in told.items()}
    return told


def _sample(logged: Mapping[str, Any]) -> Sample:
    asked = _input(logged)
    shown = text(asked) if isinstance(asked, str) else spoken(messages(asked))
    choices = [f"{chr(65 + i % 26)}) {content(it)}" for i, it in enumerate(items(logged.get("choices")))]
    return sample(text(logged.get("id")), "\n".join([shown, *choices]), logged.get("target"), logged.get("metadata"))


def _outcome(logged: Mapping[str, Any], said: Output | None) -> Output | Failure:
    error = logged.get("error")
    if error:
        message = text(mapping(error).get("message")) or "the sample ended with an error"
        return Failure(fault=Fault.INFRA, kind=LOGGED_ERROR, message=message)
    refusal = mapping(logged.get("output")).get("error")
    if said is None:
        return Output(text=text(mapping(logged.get("output")).get("completion")))
    return replace(said, finish_reason="content_filter") if refusal else said


def _calls(logged: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the requests to the candidate that the sample took and that were answered, before it was judged."""
    calls: list[dict[str, Any]] = []
    for event in items(logged.get("events")):
        kind, of = mapping(event).get("event"), mapping(event)
        if kind == "model":
            calls += [of] if not of.get("error") and not of.get("role") else []
        elif kind == "score" or (kind in ("span_begin", "step") and of.get("type") in ("scorers", "scorer")):
            break
    return calls


def _marks(calls: list[dict[str, Any]], last: Mapping[str, Any], *, batched: bool) -> Marks:
    """Time one request; inspect_ai's `time` of it holds neither its waiting for a place nor attempts before it."""
    total_ms = milliseconds(last.get("time"), unit_ms=1000)
    if total_ms is None:
        return Marks()
    return Marks(total_ms=total_ms, valid=len(calls) == 1 and not calls[0].get("retries") and not batched)


def _usage(calls: list[dict[str, Any]], last: Mapping[str, Any]) -> Usage:
    """Return the meters of the candidate's own requests; judges have theirs beside, and no sum tells them apart."""
    if len(calls) <= 1:
        return used(last.get("usage"))
    every = [used(mapping(call.get("output")).get("usage")) for call in calls]
    return Usage(**{meter: _sum(getattr(it, meter) for it in every) for meter in METERS}, source="provider")


METERS = ("input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens")


def _sum(parts: Iterable[int | None]) -> int | None:
    known = list(parts)
    return sum(it for it in known if it is not None) if all(it is not None for it in known) else None


def _dollars(calls: list[dict[str, Any]], last: Mapping[str, Any]) -> Any:
    costs = [dollars(mapping(mapping(call.get("output")).get("usage")).get("total_cost")) for call in calls]
    if len(calls) <= 1:
        return dollars(mapping(last.get("usage")).get("total_cost"))
    return sum(it for it in costs if it is not None) if all(it is not None for it in costs) else None


def _verdicts(logged: Mapping[str, Any]) -> dict[str, Verdict]:
    if logged.get("invalidation"):
        return {name(it): Verdict(value=None, reason="the log calls the sample invalid") for it in _scores(logged)}
    return {name(of): _verdict(mapping(score)) for of, score in _scores(logged).items() if name(of)}


def _scores(logged: Mapping[str, Any]) -> dict[str, Any]:
    """Return scorer → score; logs of the first versions have one without a name."""
    alone = logged.get("score")
    return {"score": alone} if isinstance(alone, dict) else mapping(logged.get("scores"))


def _verdict(score: Mapping[str, Any]) -> Verdict:
    value, reason = score.get("value"), text(score.get("explanation") or score.get("answer"))
    if isinstance(value, bool):
        return Verdict(value=float(value), reason=reason)
    if isinstance(value, str):
        graded = GRADES.get(value, GRADES.get(value.lower()) if len(value) > 1 else None)
        try:
            return Verdict(value=number(float(value)) if graded is None else graded, reason=reason)
        except ValueError:
            return Verdict(value=None, reason=f"the log's value is the word {name(value)!r}, which is no number")
    if isinstance(value, dict | list):
        return Verdict(value=None, reason="the log's value is made of several, of which none stands for the answer")
    told = number(value)
    return Verdict(value=told, reason=reason or ("" if told is not None else "the log has no value"))
