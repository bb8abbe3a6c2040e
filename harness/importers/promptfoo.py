"""promptfoo: the JSON that `promptfoo eval --output` and `promptfoo export` write, and its JSON lines."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.core.calls import Failure, Fault, Marks, Output, Usage
from harness.core.candidates import Candidate
from harness.core.canonical import digest
from harness.core.suites import Sample
from harness.importers.log import LOGGED_ERROR, Log, LoggedAnswer, LoggedTask, Verdict
from harness.importers.values import (
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
    text,
    usage,
)

TOOL = "promptfoo"
ERROR = 2
"""`failureReason` of a row that was not answered or not judged; 1 is an answer that an assertion rejects."""
OWN = ("score", "pass", "")
"""What a named score cannot be called beside promptfoo's own."""
UNJUDGED = "promptfoo gives 1 where nothing is asserted: it judged nothing"
PROGRAMS = ("javascript", "python", "ruby", "webhook")
"""Assertions whose value is a program, not what is wanted."""
TIMES = "promptfoo's latencies hold its own queue and retries: they are kept, and nobody is ranked by them"
CACHED = "came from promptfoo's cache, so what asking took and cost is not measured"


def is_document(told: Mapping[str, Any]) -> bool:
    results = told.get("results")
    return isinstance(results, dict) and isinstance(results.get("results"), list)


def is_row(told: Mapping[str, Any]) -> bool:
    return {"provider", "prompt", "vars", "score"} <= told.keys()


def read_document(told: Mapping[str, Any], path: Path, sha256: str) -> Log:
    """Read the file of an evaluation."""
    summary, config, about = told["results"], mapping(told.get("config")), mapping(told.get("metadata"))
    ended = (summary.get("timestamp"), told.get("createdAt"), about.get("evaluationCreatedAt"), about.get("exportedAt"))
    return read_rows(
        (row for row in summary["results"] if isinstance(row, dict)),
        path,
        sha256,
        version=name(about.get("promptfooVersion")),
        called=place(config.get("description"), default="evaluation"),
        finished=next(filter(None, map(moment, ended)), None),
    )


def read_rows(
    rows: Iterable[dict[str, Any]], path: Path, sha256: str, *, version: str = "", called: str = "evaluation",
    finished: str | None = None,
) -> Log:  # fmt: skip
    """Read rows, each one answer: of one test to one prompt of one provider."""
    columns: dict[str, Candidate] = {}
    asked: dict[tuple[str, str], int] = {}
    answers = []
    table, left_out = _asserting(list(rows))
    prompts = {text(_prompt_of(row)) for row in table}
    for row in table:
        column = _column(row)
        if column not in columns:
            columns[column] = _candidate(row, len(prompts) > 1, {it.name for it in columns.values()})
        sample = _sample(row)
        again = (columns[column].name, sample.id)
        asked[again] = asked.get(again, -1) + 1  # the same test once more is another try of it
        answers.append(_answer(row, columns[column].name, called, sample, asked[again]))
    names = dict.fromkeys(name for answer in answers for name in answer.verdicts)
    scorers = dict.fromkeys(("score", "pass", *names), "")
    return Log(
        tool=TOOL,
        version=version,
        files={str(path): sha256},
        candidates=tuple(columns.values()),
        tasks=(LoggedTask(suite=called, name=called, version="", scorers=scorers),) if answers else (),
        answers=tuple(answers),
        finished=finished or "",
        counted={CACHED: sum(answer.cached for answer in answers)},
        notices=(
            *((TIMES,) if any(answer.marks.total_ms is not None for answer in answers) else ()),
            *(
                (f"{left_out} rows of {path.name} assert nothing, so nothing judges them: they are left out",)
                if left_out
                else ()
            ),
        ),
    )


def _asserting(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """Return the rows of tests that assert anything, and how many others are left out; all where none does.

    A sample that nobody ever judges is no loss of coverage, and a gate on coverage would fail everybody for it.
    """
    asserting = [row for row in rows if any(_assertions(mapping(row.get("testCase")))) or _judged_by(row)]
    return (asserting, len(rows) - len(asserting)) if asserting else (rows, 0)


def _judged_by(row: Mapping[str, Any]) -> list[Any]:
    return items(mapping(row.get("gradingResult")).get("componentResults"))


def _prompt_of(row: Mapping[str, Any]) -> Any:
    """What the prompt is called: its label is the template, unless somebody has given it a name."""
    return mapping(row.get("prompt")).get("label")


def _column(row: Mapping[str, Any]) -> str:
    """What tells the columns of promptfoo's table apart: two may differ by nothing but their settings."""
    provider = _provider(row)
    return text([row.get("promptIdx"), provider.get("id"), provider.get("label"), _prompt_of(row)])


def _provider(row: Mapping[str, Any]) -> dict[str, Any]:
    provider = row.get("provider")
    return {"id": provider} if isinstance(provider, str) else mapping(provider)


def _candidate(row: Mapping[str, Any], has_prompts: bool, taken: set[str]) -> Candidate:
    provider = _provider(row)
    id = name(provider.get("id"), default="provider")
    called = name(provider.get("label"), default=id)
    if has_prompts:
        called = f"{called} [{name(text(_prompt_of(row))[:40], default='prompt')}]"
    unique = next(n for n in (called, *(f"{called} #{i}" for i in range(2, 10_000))) if n not in taken)
    first, _, rest = id.partition(":")
    return Candidate(
        name=unique,
        model=f"{first}/{rest.rpartition(':')[2]}" if rest else id,
        modalities=frozenset({"text"}),
        params=settings(provider.get("config"), mapping(row.get("prompt")).get("config")),
    )


def _sample(row: Mapping[str, Any]) -> Sample:
    """A test is what it fills in and what it asserts: the same in two files is one sample, wherever it stands."""
    test = mapping(row.get("testCase"))
    fills = {key: value for key, value in mapping(row.get("vars")).items() if not key.startswith("_")}
    asserted = [{key: it.get(key) for key in ("type", "value", "metric")} for it in _assertions(test)]
    key = digest(text([fills, asserted, test.get("description")]))[:8]
    first = next(iter(fills.values()), test.get("description"))
    slug = re.sub(r"\W+", "-", text(first)[:64].lower())[:32].strip("-")
    shown = text(first) if len(fills) == 1 else "\n".join(f"{name(k)}: {text(v)}" for k, v in fills.items())
    return sample(f"{slug}-{key}" if slug else key, shown, _wanted(asserted), test.get("metadata"))


def _assertions(test: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for one in items(test.get("assert")):
        if isinstance(one, dict):
            yield from _assertions(one) if one.get("type") == "assert-set" else (one,)


def _wanted(asserted: list[dict[str, Any]]) -> str | None:
    """What the first assertion wants, where it is something that a reader can hold an answer against."""
    for one in asserted:
        if one["type"] not in PROGRAMS and isinstance(one["value"], str | int | float):
            return text(one["value"] if isinstance(one["value"], str) else str(one["value"]))
    return None


def _answer(row: Mapping[str, Any], candidate: str, called: str, sample: Sample, epoch: int) -> LoggedAnswer:
    response = mapping(row.get("response"))
    cached = response.get("cached") is True
    outcome = _outcome(row, response)
    return LoggedAnswer(
        candidate=candidate,
        suite=called,
        task=called,
        sample=sample,
        epoch=epoch,
        messages=messages(text(mapping(row.get("prompt")).get("raw"))),
        outcome=outcome,
        verdicts=_verdicts(row) if isinstance(outcome, Output) else {},
        marks=Marks() if cached else _marks(row),
        usage=Usage() if cached else _usage(response.get("tokenUsage") or row.get("tokenUsage")),
        usd=None if cached else dollars(row.get("cost")),
        cached=cached,
    )


def _marks(row: Mapping[str, Any]) -> Marks:
    total_ms = milliseconds(row.get("latencyMs"))
    return Marks() if total_ms is None else Marks(total_ms=total_ms, valid=False)


def _outcome(row: Mapping[str, Any], response: Mapping[str, Any]) -> Output | Failure:
    said, error = response.get("output"), response.get("error")
    errored = row.get("failureReason") == ERROR or ("failureReason" not in row and not response)
    if error or (said is None and errored):
        return Failure(fault=Fault.INFRA, kind=LOGGED_ERROR, message=text(error or row.get("error") or "it failed"))
    if said is None:  # promptfoo scores it 0: who was asked has said nothing
        return Failure(fault=Fault.CANDIDATE, kind="empty", message=text(row.get("error") or "no output"))
    reason = name(response.get("finishReason")).lower()
    kept = "[a file that the import leaves out]" if response.get("isBase64") is True else text(said)
    return Output(text=kept, finish_reason={"max_tokens": "length", "": None}.get(reason, reason))


def _verdicts(row: Mapping[str, Any]) -> dict[str, Verdict]:
    graded = mapping(row.get("gradingResult"))
    if row.get("failureReason") == ERROR:
        return {"score": Verdict(value=None, reason=f"promptfoo could not judge it: {text(row.get('error'))}")}
    if not _judged_by(row) and not any(_assertions(mapping(row.get("testCase")))):
        return {"score": Verdict(value=None, reason=UNJUDGED)}
    reason = text(graded.get("reason"))
    passed = row.get("success")
    return {
        "score": Verdict(value=number(row.get("score")), reason=reason),
        "pass": Verdict(value=float(passed) if isinstance(passed, bool) else None, reason=reason),
        **{
            name(of): Verdict(value=number(it))
            for of, it in mapping(row.get("namedScores")).items()
            if name(of) not in OWN
        },
    }


def _usage(told: Any) -> Usage:
    of = mapping(told)
    details = mapping(of.get("completionDetails"))
    return usage(
        prompt=of.get("prompt"),
        completion=of.get("completion"),
        total=of.get("total"),
        cached=details.get("cacheReadInputTokens") or None,  # 0 stands where nobody has counted
        written=details.get("cacheCreationInputTokens") or None,
        reasoning=details.get("reasoning") or None,
    )
