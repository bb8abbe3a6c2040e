"""The suites of a bakeoff.yaml: those that are whole, and what is known of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.config.inline import inline_suite, lost
from harness.config.models import BakeoffFile, InlineSuite, PartOfSuite
from harness.config.source import Source, Where
from harness.config.suites import find_suite, known_suites, load_suite, places
from harness.core.suggest import did_you_mean
from harness.core.suites import Sample, Suite, Task
from harness.core.wording import worded
from harness.errors import Place, Problem, UsageError

OUTLINE = frozenset({"name", "modality", "slot"})
"""What must be known of a suite that is wrong, so that all else can be checked against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteList:
    """What bakeoff.yaml names under `suites`."""

    whole: tuple[Suite, ...]
    wrong: tuple[Suite, ...]
    """Those whose name, modality and slot are right, and all else only in part."""
    complete: bool
    """Whether every suite that is written is one of these."""
    places: Mapping[str, Place]
    """As `core.runs.Bakeoff.places`."""
    notices: tuple[str, ...]

    @property
    def known(self) -> tuple[Suite, ...]:
        return (*self.whole, *self.wrong)

    @property
    def unsure(self) -> frozenset[str]:
        """Slots with a task whose scorers are not all known."""
        return frozenset(suite.slot_of(task) for suite in self.wrong for task in suite.tasks)

    def only(self, names: Sequence[str], problems: list[Problem]) -> "SuiteList":
        """Return the list narrowed to `names`, all where there are none; a name that is unknown is a problem."""
        known = [suite.name for suite in self.known]
        for name in names:
            if name not in known and self.complete:
                message = worded("--only: the bake-off has no suite '{name}'", name=name)
                problems.append(Problem(code="E209", message=message, hint=did_you_mean(name, known)))
        whole, wrong = (
            tuple(suite for suite in suites if not names or suite.name in names) for suites in (self.whole, self.wrong)
        )
        return replace(self, whole=whole, wrong=wrong)


def tasks_of(suites: Sequence[Suite]) -> list[Task]:
    """Return the tasks of the suites in their order."""
    return [task for suite in suites for task in suite.tasks]


def load_suites(
    given: BakeoffFile, source: Source, written: Source | None, folder: Path, shipped: Path, problems: list[Problem],
    *, lenient: bool = False,
) -> SuiteList:  # fmt: skip
    """Load every suite of `given`, which is what is right of `written`; every problem is added.

    A `lenient` reading has a notice in the place of what is wrong with a suite that is not written here.
    """
    whole: list[Suite] = []
    wrong: list[Suite] = []
    where_written: dict[str, Place] = {}
    notices: list[str] = []
    entries = written.at(("suites",)) if written else None
    complete = isinstance(entries, list) and len(entries) == len(given.suites)
    for index, entry in enumerate(given.suites):
        where: Where = ("suites", index)
        found, missing = len(problems), lost(source, where)
        if isinstance(entry, InlineSuite):
            suite: Suite | None = inline_suite(entry, source, where, problems, notices)
            prompt = (*where, "prompt")
            task = f"task/{entry.name}/{entry.name}"
            where_written[task] = source.place(prompt if prompt in source.values else where)
            if entry.system is not None:
                where_written[f"{task}/system"] = source.place((*where, "system"))
        else:
            part = entry if isinstance(entry, PartOfSuite) else None
            name, at = (entry, where) if isinstance(entry, str) else (entry.suite, (*where, "suite"))
            suite = _named(name, source, at, folder, shipped, where_written, problems, notices)
            if suite is not None and part is not None:
                suite = _part_of(suite, part, source, where, problems)
            if suite is None and lenient:
                notices += [
                    worded("{name} is left out: {message}", name=name, message=problem.message)
                    for problem in problems[found:]
                ]
                del problems[found:]
                continue
        if suite is None or missing & OUTLINE:
            complete = False
        elif suite.name in {other.name for other in (*whole, *wrong)}:
            problems.append(source.problem("E221", worded("two suites are called '{name}'", name=suite.name), where))
            complete = False
        else:
            (wrong if missing or len(problems) > found else whole).append(suite)
    return SuiteList(
        whole=tuple(whole), wrong=tuple(wrong), complete=complete, places=where_written, notices=tuple(notices)
    )


def _named(
    name: str, source: Source, where: Where, folder: Path, shipped: Path, where_written: dict[str, Place],
    problems: list[Problem], notices: list[str],
) -> Suite | None:  # fmt: skip
    path = find_suite(name, beside=source.folder, folder=folder, shipped=shipped)
    if path is None:
        hint = did_you_mean(name, known_suites(folder, shipped))
        problems.append(source.problem("E209", worded("there is no suite '{name}'", name=name), where, hint=hint))
        return None
    try:
        suite = load_suite(path, notices)
    except UsageError as error:
        problems.extend(error.problems)
        return None
    where_written.update(places(suite, path))
    return suite


def _part_of(suite: Suite, part: PartOfSuite, source: Source, where: Where, problems: list[Problem]) -> Suite | None:
    """Return the tasks of `suite` that `part` names, in their own order, with `limit` samples spread over each; None
    after adding what is wrong."""
    found, known = len(problems), [task.name for task in suite.tasks]
    for index, name in enumerate(part.tasks or ()):
        if name not in known:
            message = worded("the suite '{suite}' has no task '{name}'", suite=suite.name, name=name)
            problems.append(source.problem("E209", message, (*where, "tasks", index), hint=did_you_mean(name, known)))
    tasks = [task for task in suite.tasks if task.name in (part.tasks or known)]
    if part.limit is not None:
        tasks = [replace(task, samples=_spread(task.loaded, part.limit)) for task in tasks]
    return replace(suite, tasks=tasks) if len(problems) == found else None


def _spread(samples: Sequence[Sample], most: int) -> list[Sample]:
    """Return at most so many, evenly spaced: those of a kind often stand together."""
    count = min(most, len(samples))
    return [samples[index * len(samples) // count] for index in range(count)]
