"""Which tool wrote a file, told by what is in it; every problem of every file at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.core.wording import worded
from harness.errors import Problem, UsageError
from harness.importers import evalscope, files, inspect_ai, lm_eval, promptfoo
from harness.importers.files import Given, refused
from harness.importers.log import Log
from harness.importers.merging import merge

DOCUMENTS: Sequence[tuple[Callable[[Mapping[str, Any]], bool], Callable[[Mapping[str, Any], Path, str], Log]]] = (
    (promptfoo.is_document, promptfoo.read_document),
    (inspect_ai.is_document, inspect_ai.read_document),
)
"""Files that hold all there is of a log in one document."""


def read(given: Sequence[Given], *, primary: str | None = None) -> Log:
    """Read all that was given as one log; UsageError with every problem that was found.

    `primary`: the scorer whose value is the quality; by default the main one of the tool.
    """
    problems: list[Problem] = []
    logs: list[Log] = []
    readings, passed_over = _readings(given, problems)
    for reading, candidate in readings:
        try:
            logs.append(_called(reading(), candidate))
        except UsageError as error:
            problems += error.problems
    if not problems and not any(log.answers for log in logs):
        where = ", ".join(str(it.path) for it in given)
        problems.append(
            Problem(code="E602", message=worded("there are no answers in {where}", where=where), hint=files.KNOWN)
        )
    if problems:
        raise UsageError(problems)
    merged = merge([log for log in logs if log.answers], primary=primary)
    return replace(merged, notices=(*merged.notices, *passed_over))


Reading = Callable[[], Log]


def _readings(
    given: Sequence[Given], problems: list[Problem]
) -> tuple[list[tuple[Reading, str | None]], tuple[str, ...]]:
    """Return what is to be read, and what is passed over since no tool wrote it: only what lies in a folder is."""
    readings: list[tuple[Reading, str | None]] = []
    runs: dict[Path, tuple[Path, str | None, list[Path]]] = {}
    """Of lm_eval: results, what their candidate is called, samples."""
    outputs: dict[evalscope.Outputs, str | None] = {}
    reports: list[Path] = []
    strange: list[Path] = []
    for one, is_named in files.found(given, problems):
        try:
            if files.is_archive(one.path):
                readings.append((_archive(one.path), one.candidate))
                continue
            told, is_whole = files.first(one.path)
            document = next((read for is_it, read in DOCUMENTS if is_whole and is_it(told)), None)
            if document is not None:
                readings.append((_document(document, one.path), one.candidate))
            elif lm_eval.is_results(told):
                runs.setdefault(one.path.resolve(), (one.path, one.candidate, []))
            elif lm_eval.is_row(told):
                results = lm_eval.results_of(one.path)
                runs.setdefault(results.resolve(), (results, one.candidate, []))[2].append(one.path)
            elif promptfoo.is_row(told):
                readings.append((_rows(one.path), one.candidate))
            elif evalscope.is_row(told) and (of := evalscope.outputs(one.path)) is not None:
                outputs[of] = one.candidate
            elif evalscope.is_report(told):
                reports.append(one.path)
            elif is_named:
                raise refused(one.path, "E601", worded("no log of a tool that is known"), hint=files.KNOWN)
            else:
                strange.append(one.path)
        except UsageError as error:
            if is_named or error.problems[0].code != "E601":
                problems += error.problems
            else:
                strange.append(one.path)
    for results, candidate, samples in runs.values():
        readings.append((_lm_eval(results, samples or lm_eval.beside(results)), candidate))
    readings += [(_evalscope(of), candidate) for of, candidate in outputs.items()]
    if reports and not outputs:
        hint = worded("import the folder of the run: its predictions and reviews are beside")
        problems += refused(
            reports[0], "E603", worded("a report of EvalScope: only sums are in it"), hint=hint
        ).problems
    return readings, _passed_over(strange) if strange else ()


def _passed_over(strange: Sequence[Path]) -> tuple[str, ...]:
    first, rest = strange[0], len(strange) - 1
    if not rest:
        return (worded("passed over, since no tool that is known wrote it: {path}", path=first),)
    return (worded("passed over, since no tool that is known wrote it: {path} and {n} more", path=first, n=rest),)


def _called(log: Log, candidate: str | None) -> Log:
    """Return `log` with its candidate, or the beginning of its candidates' names, called `candidate`."""
    if candidate is None:
        return log
    alone = len(log.candidates) == 1
    names = {it.name: candidate if alone else f"{candidate}: {it.name}" for it in log.candidates}
    return replace(
        log,
        candidates=tuple(replace(it, name=names[it.name]) for it in log.candidates),
        answers=tuple(replace(it, candidate=names[it.candidate]) for it in log.answers),
    )


def _archive(path: Path) -> Reading:
    return lambda: inspect_ai.read_archive(path, files.sha256(path))


def _document(read: Callable[[Mapping[str, Any], Path, str], Log], path: Path) -> Reading:
    return lambda: read(files.document(path), path, files.sha256(path))


def _rows(path: Path) -> Reading:
    return lambda: promptfoo.read_rows(files.rows(path), path, files.sha256(path))


def _lm_eval(results: Path, samples: list[Path]) -> Reading:
    return lambda: lm_eval.read(results, samples)


def _evalscope(of: evalscope.Outputs) -> Reading:
    return lambda: evalscope.read(of)
