"""The suites of a bakeoff.yaml: those that are whole, and what is known of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.config.inline import inline_suite
from harness.config.models import BakeoffFile, InlineSuite, PartOfSuite
from harness.config.source import Source
from harness.config.suites import find_suite, known_suites, places, read_suite
from harness.config.where import LOST, Where
from harness.core.suggest import did_you_mean, meant
from harness.core.suites import Sample, Suite, Task
from harness.core.wording import worded
from harness.errors import Place, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteList:
    """What bakeoff.yaml names under `suites`."""

    whole: tuple[Suite, ...]
    wrong: tuple[Suite, ...]
    """Those of which name, modality and slot are known, and all else only in part."""
    adrift: tuple[Suite, ...]
    """Those of which modality or slot is not known: what they would be asked can be looked at all the same."""
    complete: bool
    """Whether every suite that is written is one of these."""
    strange: bool
    """Whether one is not, that may have scorers of its own."""
    nameless: bool
    """Whether the name of one is not known."""
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
            if name not in known and self.complete and not self.nameless:
                message = worded("--only: the bake-off has no suite '{name}'", name=name)
                problems.append(Problem(code="E209", message=message, hint=did_you_mean(name, known)))
        whole, wrong, adrift = (
            tuple(suite for suite in suites if not names or suite.name in names)
            for suites in (self.whole, self.wrong, self.adrift)
        )
        return replace(self, whole=whole, wrong=wrong, adrift=adrift)


def tasks_of(suites: Sequence[Suite]) -> list[Task]:
    """Return the tasks of the suites in their order."""
    return [task for suite in suites for task in suite.tasks]


def load_suites(
    given: BakeoffFile, source: Source, folder: Path, shipped: Path, problems: list[Problem], *, lenient: bool = False
) -> SuiteList:
    """Load every suite of `given`, which is what is right of `source`; every problem is added.

    A `lenient` reading has a notice in the place of what is wrong with a suite that is not written here.
    """
    whole: list[Suite] = []
    wrong: list[Suite] = []
    adrift: list[Suite] = []
    where_written: dict[str, Place] = {}
    notices: list[str] = []
    strange = source.lacks(("suites",)) or ("suites", LOST) in source.dropped
    complete = not strange
    for index, entry in enumerate(given.suites):
        where: Where = ("suites", index)
        if isinstance(entry, InlineSuite) and all(source.lacks((*where, key)) for key in ("name", "modality", "data")):
            strange, complete = True, False  # nothing of it is known
            continue
        found, written = len(problems), dict[str, Place]()
        if isinstance(entry, InlineSuite):
            suite: Suite | None = inline_suite(entry, source, where, problems, notices)
            prompt = (*where, "prompt")
            written[entry.name] = source.place(prompt if prompt in source.values else where)
            if entry.system is not None:
                written[f"{entry.name}/system"] = source.place((*where, "system"))
        else:
            part = entry if isinstance(entry, PartOfSuite) else None
            name, at = (entry, where) if isinstance(entry, str) else (entry.suite, (*where, "suite"))
            suite = _named(name, source, at, folder, shipped, written, problems, notices)
            if suite is not None and part is not None:
                suite = _part_of(suite, part, source, where, problems)
            if suite is None and lenient:
                notices += [
                    worded("{name} is left out: {message}", name=name, message=problem.message)
                    for problem in problems[found:]
                ]
                del problems[found:]
                continue
            strange = strange or suite is None
        if suite is None:
            complete = False
            continue
        is_right = len(problems) == found and not source.lacks_some(where)
        if suite.name in {other.name for other in (*whole, *wrong, *adrift)}:
            is_guess = not isinstance(entry, InlineSuite) and any(it.code == "E209" for it in problems[found:])
            if not is_guess and not source.lacks((*where, "name")):
                message = worded("two suites are called '{name}'", name=suite.name)
                problems.append(source.problem("E221", message, where, hint=worded("rename one, or take one out")))
            suite, is_right = replace(suite, name=f"{suite.name}#{index + 1}"), False
        where_written |= {f"task/{suite.name}/{task}": place for task, place in written.items()}
        if any(source.lacks((*where, key)) for key in ("modality", "slot")):
            complete = False
            adrift.append(suite)
        else:
            (whole if is_right else wrong).append(suite)
    return SuiteList(
        whole=tuple(whole), wrong=tuple(wrong), adrift=tuple(adrift), complete=complete, strange=strange,
        nameless=any(source.lacks(("suites", index, "name")) for index in range(len(given.suites))),
        places=where_written, notices=tuple(notices),
    )  # fmt: skip


def _named(
    name: str, source: Source, where: Where, folder: Path, shipped: Path, where_written: dict[str, Place],
    problems: list[Problem], notices: list[str],
) -> Suite | None:  # fmt: skip
    path = find_suite(name, beside=source.folder, folder=folder, shipped=shipped)
    if path is None:
        known = known_suites(folder, shipped)
        hint = did_you_mean(name, known)
        problems.append(source.problem("E209", worded("there is no suite '{name}'", name=name), where, hint=hint))
        best = meant(name, known)
        path = find_suite(best, beside=source.folder, folder=folder, shipped=shipped) if best else None
    if path is None:
        return None
    suite = read_suite(path, problems, notices)
    if suite is not None:
        where_written.update(places(suite, path))
    return suite


def _part_of(suite: Suite, part: PartOfSuite, source: Source, where: Where, problems: list[Problem]) -> Suite:
    """Return the tasks of `suite` that `part` names, in their own order, with `limit` samples spread over each; all
    where no name is right."""
    known, named = [task.name for task in suite.tasks], set[str | None]()
    for index, name in enumerate(part.tasks or ()):
        if name not in known:
            message = worded("the suite '{suite}' has no task '{name}'", suite=suite.name, name=name)
            problems.append(source.problem("E209", message, (*where, "tasks", index), hint=did_you_mean(name, known)))
        named.add(name if name in known else meant(name, known))
    tasks = [task for task in suite.tasks if task.name in named] or list(suite.tasks)
    if part.limit is not None:
        tasks = [replace(task, samples=_spread(task.loaded, part.limit)) for task in tasks]
    return replace(suite, tasks=tasks)


def _spread(samples: Sequence[Sample], most: int) -> list[Sample]:
    """Return at most so many, evenly spaced: those of a kind often stand together."""
    count = min(most, len(samples))
    return [samples[index * len(samples) // count] for index in range(count)]
