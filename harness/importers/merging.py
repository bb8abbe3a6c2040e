"""Several logs as one: their candidates side by side on the same samples, and scores that mean what ours mean."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from harness.core.calls import Failure
from harness.core.candidates import Candidate
from harness.core.suggest import did_you_mean
from harness.core.suites import Sample
from harness.core.wording import worded
from harness.errors import Problem, UsageError
from harness.importers.log import LOGGED_ERROR, NOT_RUN, Log, LoggedAnswer, LoggedTask, Verdict

MOST_ANSWERS = 1_000_000
SHOWN = 3
"""Clashes of one kind that are named; the rest are counted."""
APART = worded("import them apart, then `bakeoff compare`")


def merge(logs: Sequence[Log], *, primary: str | None = None) -> Log:
    """Return `logs` as one; UsageError where they contradict each other, or no scorer is called `primary`."""
    problems = [*_too_many(logs), *_other_tools(logs), *_twice(logs), *_other_samples(logs), *_other_scorers(logs)]
    if problems:
        raise UsageError(problems)
    answers = tuple(answer for log in logs for answer in log.answers)
    tasks = _primary_first(_tasks(logs), primary)
    bounded, notices = _bounded(answers)
    counted = sum((Counter(log.counted) for log in logs), Counter[str]())
    counted.update(
        LOST[it.outcome.kind] for it in answers if isinstance(it.outcome, Failure) and it.outcome.kind in LOST
    )
    return Log(
        tool=logs[0].tool,
        version=", ".join(dict.fromkeys(log.version for log in logs if log.version)),
        files={path: sha256 for log in logs for path, sha256 in log.files.items()},
        candidates=_candidates(logs),
        tasks=tasks,
        answers=tuple(_told_by_another(bounded)),
        finished=max(log.finished for log in logs),
        notices=(
            *(f"of {len(answers)} answers {n} {what}" for what, n in counted.items() if n),
            *dict.fromkeys(notice for log in logs for notice in log.notices),
            *notices,
        ),
    )


LOST = {
    LOGGED_ERROR: "ended with an error in the log, which lowers coverage and scores nothing",
    NOT_RUN: "never came, as the log was cut short, which lowers coverage and scores nothing",
}


def _candidates(logs: Sequence[Log]) -> tuple[Candidate, ...]:
    """Return each candidate once, with the settings that all its logs share."""
    found: dict[str, Candidate] = {}
    for candidate in (it for log in logs for it in log.candidates):
        known = found.setdefault(candidate.name, candidate)
        shared = {key: value for key, value in known.params.items() if candidate.params.get(key) == value}
        found[candidate.name] = replace(known, params=shared)
    return tuple(found.values())


def _tasks(logs: Sequence[Log]) -> dict[tuple[str, str], LoggedTask]:
    found: dict[tuple[str, str], LoggedTask] = {}
    for task in (it for log in logs for it in log.tasks):
        known = found.setdefault((task.suite, task.name), task)
        found[task.suite, task.name] = replace(known, scorers={**known.scorers, **task.scorers})
    return found


def _primary_first(tasks: dict[tuple[str, str], LoggedTask], primary: str | None) -> tuple[LoggedTask, ...]:
    if primary is None:
        return tuple(tasks.values())
    problems = [
        Problem(
            code="E608",
            message=worded(
                "no scorer of {suite}/{name} is called {primary!r}", suite=task.suite, name=task.name, primary=primary
            ),
            hint=did_you_mean(primary, task.scorers) or worded("known: {names}", names=[*task.scorers]),
        )
        for task in tasks.values()
        if primary not in task.scorers
    ]
    if problems:
        raise UsageError(problems)
    return tuple(replace(it, scorers={primary: it.scorers[primary], **it.scorers}) for it in tasks.values())


def _bounded(answers: Sequence[LoggedAnswer]) -> tuple[list[LoggedAnswer], list[str]]:
    """Leave out the values of every scorer that is not one from 0 to 1, all of them: 1 may be the worst of ten."""
    seen: dict[tuple[str, str, str], tuple[float, float]] = {}
    for answer in answers:
        for scorer, verdict in answer.verdicts.items():
            if verdict.value is not None:
                low, high = seen.get((answer.suite, answer.task, scorer), (verdict.value, verdict.value))
                seen[answer.suite, answer.task, scorer] = (min(low, verdict.value), max(high, verdict.value))
    strange = {at: span for at, span in seen.items() if span[0] < 0 or span[1] > 1}
    if not strange:
        return list(answers), []

    def kept(answer: LoggedAnswer, scorer: str, verdict: Verdict) -> Verdict:
        span = strange.get((answer.suite, answer.task, scorer))
        if span is None or verdict.value is None:
            return verdict
        told = f"the log's value is {verdict.value:g}; its scale is not from 0 to 1, and where it ends is not told"
        return Verdict(value=None, reason=told)

    notices = [
        f"{scorer} of {suite}/{task} lies between {low:g} and {high:g}: that is no score from 0 to 1, and is not scaled"
        for (suite, task, scorer), (low, high) in strange.items()
    ]
    return [
        replace(it, verdicts={name: kept(it, name, verdict) for name, verdict in it.verdicts.items()}) for it in answers
    ], notices


def _told_by_another(answers: Sequence[LoggedAnswer]) -> Iterator[LoggedAnswer]:
    """Give a sample that a log only names the words that another log has of it."""
    known = {_place(it): it.sample for it in answers if not _is_missing(it)}
    return (replace(it, sample=known.get(_place(it), it.sample)) for it in answers)


def _is_missing(answer: LoggedAnswer) -> bool:
    return isinstance(answer.outcome, Failure) and answer.outcome.kind == NOT_RUN


def _place(answer: LoggedAnswer) -> tuple[str, str, str]:
    return answer.suite, answer.task, answer.sample.id


# -- what cannot be one run


def _too_many(logs: Sequence[Log]) -> Iterator[Problem]:
    if (n := sum(len(log.answers) for log in logs)) > MOST_ANSWERS:
        yield Problem(
            code="E605",
            message=worded("{n:,} answers, more than {most:,}", n=n, most=MOST_ANSWERS),
            hint=worded("import parts of them"),
        )


def _other_tools(logs: Sequence[Log]) -> Iterator[Problem]:
    tools = {log.tool: next(iter(log.files)) for log in logs}
    if len(tools) > 1:
        told = [worded("{path} is of {tool}", path=path, tool=tool) for tool, path in tools.items()]
        message = worded(
            "one run holds what one tool has measured, and these are of {n}: {told}", n=len(tools), told=told
        )
        yield Problem(code="E607", message=message, hint=worded("import each tool by itself"))


def _twice(logs: Sequence[Log]) -> Iterator[Problem]:
    seen: dict[tuple[str, str, str, str, int], str] = {}
    clashes: dict[tuple[str, str, str], list[str]] = {}
    for log in logs:
        path = next(iter(log.files))
        for answer in log.answers:
            key = (answer.candidate, *_place(answer), answer.epoch)
            if key in seen:
                clashes.setdefault((answer.candidate, seen[key], path), []).append(answer.sample.id)
            seen[key] = path
    for (candidate, first, path), samples in clashes.items():
        named: list[str] = samples[:SHOWN]
        if rest := len(samples) - len(named):
            named = [*named, worded("and {n} more", n=rest)]
        yield Problem(
            code="E604",
            message=worded(
                "{candidate} answers the same samples in {first}: {samples}",
                candidate=candidate,
                first=first,
                samples=named,
            ),
            file=path,
            hint=worded("import one of the two, or call them apart: `bakeoff import first=PATH second=PATH`"),
        )


def _other_samples(logs: Sequence[Log]) -> Iterator[Problem]:
    seen: dict[tuple[str, str, str], tuple[Sample, str]] = {}
    clashes: dict[tuple[str, str], list[str]] = {}
    for log in logs:
        path = next(iter(log.files))
        for answer in log.answers:
            if _is_missing(answer):
                continue
            sample, first = seen.setdefault(_place(answer), (answer.sample, path))
            if (sample.input, sample.target) != (answer.sample.input, answer.sample.target):
                clashes.setdefault((first, path), []).append(f"{answer.suite}/{answer.task}/{answer.sample.id}")
    for (first, path), samples in clashes.items():
        message = worded(
            "asks or wants something else than {first}: {n} samples, such as {samples}",
            first=first,
            n=len(samples),
            samples=samples[0],
        )
        yield Problem(code="E607", message=message, file=path, hint=APART)


def _other_scorers(logs: Sequence[Log]) -> Iterator[Problem]:
    seen: dict[tuple[str, str, str], tuple[tuple[str, str], str]] = {}
    for log in logs:
        path = next(iter(log.files))
        for task in log.tasks:
            for scorer, parameters in task.scorers.items():
                judged, first = seen.setdefault((task.suite, task.name, scorer), ((task.version, parameters), path))
                if judged != (task.version, parameters):
                    message = worded(
                        "{scorer} of {suite}/{name} judges otherwise than in {first}",
                        scorer=scorer,
                        suite=task.suite,
                        name=task.name,
                        first=first,
                    )
                    yield Problem(code="E607", message=message, file=path, hint=APART)
