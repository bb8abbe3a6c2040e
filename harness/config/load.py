"""A folder's bakeoff.yaml, providers.yaml and suites as one resolved bake-off."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from harness.config import decision, defaults
from harness.config.candidates import model_of
from harness.config.inline import inline_suite
from harness.config.models import BakeoffFile, InlineSuite, PartOfSuite
from harness.config.paths import BAKEOFF_FILE
from harness.config.providers import refuse_literal_keys
from harness.config.selection import (
    Chosen,
    Missing,
    Shelf,
    bind,
    choose,
    find_repeats,
    is_repeated,
    open_shelf,
    refuse_repeats,
)
from harness.config.selection import places as candidate_places
from harness.config.source import Source, Where, parse, read
from harness.config.suites import find_suite, known_suites, load_suite
from harness.config.suites import places as task_places
from harness.config.validate import validate_parts
from harness.core.candidates import Candidate, provider_of
from harness.core.rules import DecisionRule
from harness.core.runs import Bakeoff, RunSettings
from harness.core.suggest import did_you_mean, nearest
from harness.core.suites import Sample, Suite, Task
from harness.errors import CredentialsError, Place, Problem, UsageError

NAMED = 4
"""Most candidates that a notice names; of more it says how many they are."""


def load(
    folder: Path, *, file: str = BAKEOFF_FILE, env: Mapping[str, str], suites: Sequence[str] = (),
    candidates: Sequence[str] = (), limit: int | None = None, shipped: Path, require_keys: bool = True,
    lenient: bool = False, examine: Callable[[Bakeoff], Sequence[Problem]] = lambda _: (),
) -> Bakeoff:  # fmt: skip
    """Read the bake-off that `folder`/`file` describes; nothing is sent and nothing heavy is imported.

    `suites` and `candidates` narrow it by name, `limit` takes the first samples of every task, `shipped` holds what
    the folder lacks. UsageError carries every problem of every file; CredentialsError every key that is missing for a
    candidate that is named, or whose absence leaves a task without candidates. Without `require_keys` every key may
    be missing: no candidate is left out for it, and a notice says which it is. A `lenient` reading leaves out, with a
    notice each, suites whose data is not installed and tasks that no candidate does.

    What is wrong is left out and the rest is looked at all the same, so that nobody is told of it in instalments; at
    the end `examine` is shown what remains of a bake-off that is refused, and adds what it finds.
    """
    problems: list[Problem] = []
    given, source = _read_bakeoff(folder / file, problems)
    found = len(problems)
    shelf = open_shelf(folder, shipped, problems)
    whole = len(problems)
    places: dict[str, Place] = {}
    unread: list[str] | None = [] if lenient else None
    every = _load_suites(given, source, folder, shipped, places, problems, unread)
    tasks_by_slot = decision.slots(every)
    complete = not found and len(problems) == whole
    rules = decision.rules(given, source, tasks_by_slot, problems, complete=complete)
    kept = _only(every, suites, problems if complete else [])
    _check_budgets(given, source, shelf, problems)
    kept_tasks = _tasks(kept)
    chosen = choose(
        shelf, given, source, asked=candidates, tasks=kept_tasks, env=env, problems=problems, require_keys=require_keys
    )
    instruments, unserved = bind(shelf, given, source, tasks=kept_tasks, env=env, problems=problems)
    if complete:
        _check_fit(chosen, kept_tasks if candidates else _tasks(every), source, problems)
    repeats = find_repeats(chosen.candidates, kept_tasks)
    refuse_repeats(repeats, chosen, shelf, source, problems)
    rules = _check_must_pass(rules, tasks_by_slot, given, source, shelf, chosen, problems, repeats)
    named = {name for rule in rules.values() for name in rule.must_pass} | chosen.listed.keys()
    lacking = [*unserved, *(it for it in chosen.missing if it.candidate.name in named)]
    asked, notices = _match(kept, chosen, lacking, source, problems, narrowed=bool(candidates) or lenient)
    modalities = {task.modality for task in _tasks(asked)}
    competing = tuple(candidate for candidate in chosen.candidates if candidate.modalities & modalities)
    slots = decision.slots(asked)
    bakeoff = Bakeoff(
        name=given.name or folder.resolve().name or "bakeoff",
        suites=tuple(_first(suite, limit) for suite in asked),
        candidates=competing,
        instruments=instruments,
        rules=_of_slots(rules, slots, competing),
        settings=replace(RunSettings(), **given.run.model_dump(exclude_none=True)) if given.run else RunSettings(),
        epochs=given.epochs,
        seed=given.seed,
        notices=(
            *chosen.notices,
            *(unread or ()),
            *notices,
            *_keyless(chosen, unserved),
            *_own_notices(given, rules, slots, competing),
        ),
    )
    called = {model.name: model for model in (*bakeoff.candidates, *bakeoff.models)}
    bakeoff = replace(bakeoff, places={**places, **dict(candidate_places(shelf, called.values()))})
    if not require_keys:
        lacking = []
    if problems or lacking:
        problems += examine(replace(bakeoff, suites=tuple(kept)))
    _refuse(problems, lacking)
    return bakeoff


def _read_bakeoff(path: Path, problems: list[Problem]) -> tuple[BakeoffFile, Source]:
    """Read bakeoff.yaml; where it is wrong, what is right of it."""
    nothing = BakeoffFile.model_construct(suites=[]), parse("", file=str(path), folder=path.parent)
    if not path.is_file():
        there = [entry.name for entry in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
        best = nearest(path.name, there)
        hint = f"did you mean '{best}'?" if best else "`bakeoff init` writes one"
        problems.append(Problem(code="E200", message=f"there is no {path}", hint=hint))
        return nothing
    try:
        source = read(path)
    except UsageError as error:
        problems.extend(error.problems)
        return nothing
    refuse_literal_keys(source, problems)
    return validate_parts(BakeoffFile, source, problems, part=_part, instead={"modality": "text"}) or nothing


def _part(where: Where) -> Where:
    """Return what cannot be looked at for a fault at `where`: the parts of a slot's decision judge each other."""
    return where[:2] if where[:1] == ("decision",) else where


def _load_suites(
    given: BakeoffFile, source: Source, folder: Path, shipped: Path, places: dict[str, Place],
    problems: list[Problem], unread: list[str] | None,
) -> list[Suite]:  # fmt: skip
    """Return the suites; what is wrong with one is a problem, or among `unread`, if there is such a list."""
    loaded: list[Suite] = []
    for index, entry in enumerate(given.suites):
        where: Where = ("suites", index)
        found = len(problems)
        if isinstance(entry, InlineSuite):
            suite = inline_suite(entry, source, where, problems)
            prompt = (*where, "prompt")
            places[f"task/{entry.name}/{entry.name}"] = source.place(prompt if prompt in source.values else where)
        elif isinstance(entry, PartOfSuite):
            suite = _named_suite(entry.suite, source, (*where, "suite"), folder, shipped, places, problems)
            suite = suite and _part_of(suite, entry, source, where, problems)
        else:
            suite = _named_suite(entry, source, where, folder, shipped, places, problems)
        if suite is None and unread is not None and isinstance(entry, str | PartOfSuite):
            name = entry if isinstance(entry, str) else entry.suite
            unread += [f"{name} is left out: {problem.message}" for problem in problems[found:]]
            del problems[found:]
        if suite is not None and suite.name in {other.name for other in loaded}:
            problems.append(source.problem("E221", f"two suites are called '{suite.name}'", where))
        elif suite is not None:
            loaded.append(suite)
    return loaded


def _named_suite(
    name: str, source: Source, where: Where, folder: Path, shipped: Path, places: dict[str, Place],
    problems: list[Problem],
) -> Suite | None:  # fmt: skip
    path = find_suite(name, beside=source.folder, folder=folder, shipped=shipped)
    if path is None:
        hint = did_you_mean(name, known_suites(folder, shipped))
        problems.append(source.problem("E209", f"there is no suite '{name}'", where, hint=hint))
        return None
    try:
        suite = load_suite(path)
    except UsageError as error:
        problems.extend(error.problems)
        return None
    places |= task_places(suite, path)
    return suite


def _part_of(suite: Suite, part: PartOfSuite, source: Source, where: Where, problems: list[Problem]) -> Suite:
    """Return the tasks of `suite` that `part` names, in their own order, with `limit` samples spread over each."""
    known = [task.name for task in suite.tasks]
    for index, name in enumerate(part.tasks or ()):
        if name not in known:
            message = f"the suite '{suite.name}' has no task '{name}'"
            problems.append(source.problem("E209", message, (*where, "tasks", index), hint=did_you_mean(name, known)))
    tasks = [task for task in suite.tasks if task.name in (part.tasks or known)]
    if part.limit is not None:
        tasks = [replace(task, samples=_spread(task.loaded, part.limit)) for task in tasks]
    return replace(suite, tasks=tasks)


def _spread(samples: Sequence[Sample], most: int) -> list[Sample]:
    """Return at most so many, evenly spaced: those of a kind often stand together."""
    count = min(most, len(samples))
    return [samples[index * len(samples) // count] for index in range(count)]


def _only(suites: list[Suite], names: Sequence[str], problems: list[Problem]) -> list[Suite]:
    known = [suite.name for suite in suites]
    for name in names:
        if name not in known:
            message = f"--only: the bake-off has no suite '{name}'"
            problems.append(Problem(code="E209", message=message, hint=did_you_mean(name, known)))
    return [suite for suite in suites if not names or suite.name in names]


def _tasks(suites: Iterable[Suite]) -> list[Task]:
    return [task for suite in suites for task in suite.tasks]


def _check_budgets(given: BakeoffFile, source: Source, shelf: Shelf, problems: list[Problem]) -> None:
    """Refuse a ceiling for a provider that nobody has: a misspelt one would hold nothing."""
    budgets = (given.run and given.run.budgets_usd) or {}
    files = [file for file in (shelf.own, shelf.shipped) if file] if budgets else []
    billing = {provider_of(model_of(entry)) for file in files for entry in file.entries} - {"local"}
    for name in budgets:
        if name not in billing and shelf.own.broken == frozenset():
            message, hint = f"no candidate has the provider '{name}'", did_you_mean(name, sorted(billing))
            problems.append(source.problem("E223", message, ("run", "budgets_usd", name), key=True, hint=hint))


def _check_fit(chosen: Chosen, tasks: Sequence[Task], source: Source, problems: list[Problem]) -> None:
    """Refuse a candidate that somebody named and that no task can be asked of."""
    wanted = dict.fromkeys(task.modality for task in tasks)
    for candidate in (*chosen.candidates, *(it.candidate for it in chosen.missing)):
        if candidate.name not in chosen.listed or candidate.modalities & wanted.keys():
            continue
        does = ", ".join(sorted(candidate.modalities)) or "nothing that is measured"
        message = f"'{candidate.name}' does {does}, and the suites ask for {', '.join(wanted)}"
        where = chosen.listed[candidate.name]
        if where is None:
            problems.append(Problem(code="E212", message=f"--candidates: {message}"))
        else:
            problems.append(source.problem("E212", message, where, hint="remove it, or add a suite for it"))


def _check_must_pass(
    rules: Mapping[str, DecisionRule], tasks: Mapping[str, Sequence[Task]], given: BakeoffFile, source: Source,
    shelf: Shelf, chosen: Chosen, problems: list[Problem], repeats: Mapping[str, str],
) -> dict[str, DecisionRule]:  # fmt: skip
    """Return the rules with the names in must_pass resolved; refuse one that does not compete for its slot."""
    listed = given.candidates if given.candidates is not None else [entry.name for entry in shelf.own.all]
    eligible = {entry.name: entry.model.model_name for name in listed for entry in shelf.named(name)}
    resolved = {candidate.name: candidate for candidate in chosen.candidates}
    result = {}
    for slot, rule in rules.items():
        names: list[str] = []
        for index, written in enumerate(rule.must_pass):
            where: Where = ("decision", slot, "must_pass", index)
            meant = [name for name, model_name in eligible.items() if written in (name, model_name)]
            if not meant and not shelf.may_hold(written):
                message, hint = f"must_pass: '{written}' does not compete", did_you_mean(written, eligible)
                problems.append(source.problem("E208", message, where, hint=hint))
            if meant and all(name in repeats for name in meant):
                message = f"must_pass: {is_repeated(meant[0], repeats)}"
                problems.append(source.problem("E207", message, where, hint=f"say '{repeats[meant[0]]}'"))
            wanted = {task.modality for task in tasks[slot]}
            for name in meant:
                if name in resolved and not resolved[name].modalities & wanted:
                    message = f"must_pass: '{name}' does not compete for the slot '{slot}'"
                    problems.append(source.problem("E212", message, where))
            names += meant
        result[slot] = replace(rule, must_pass=tuple(names))
    return result


def _match(
    suites: Sequence[Suite], chosen: Chosen, lacking: list[Missing], source: Source, problems: list[Problem], *,
    narrowed: bool,
) -> tuple[list[Suite], list[str]]:  # fmt: skip
    """Return the suites with the tasks that some candidate can do, and notices of what is left out.

    A task that nobody can do is an error; one that only candidates without a key can do is lacking a key; where the
    command line narrows the candidates (`narrowed`), it is left out.
    """
    kept, notices = [], []
    for suite in suites:
        tasks = []
        for task in suite.tasks:
            if any(task.modality in candidate.modalities for candidate in chosen.candidates):
                tasks.append(task)
                continue
            keyless = [it for it in chosen.missing if task.modality in it.candidate.modalities]
            lacking += [it for it in keyless if it not in lacking]
            if not keyless and narrowed:
                notices.append(f"{suite.name}/{task.name} is left out: no chosen candidate does {task.modality}")
            elif not keyless and not problems:
                message = f"no candidate does {task.modality}, which the suite '{suite.name}' asks for"
                problems.append(source.problem("E212", message, ("suites",), key=True))
        if tasks:
            kept.append(replace(suite, tasks=tasks))
    return kept, notices


def _refuse(problems: list[Problem], lacking: Sequence[Missing]) -> None:
    """Raise what stands in the way: problems first, together with the keys that are missing."""
    wanted: dict[str, list[str]] = {}
    for it in lacking:
        for variable in it.variables:
            wanted.setdefault(variable, []).append(it.candidate.name)
    said = [
        f"{variable} is not set; {', '.join(dict.fromkeys(names))} {'need' if len(set(names)) > 1 else 'needs'} it"
        for variable, names in wanted.items()
    ]
    hint = "export it, or put it into .env beside bakeoff.yaml"
    if problems:
        raise UsageError(
            [*dict.fromkeys(problems), *(Problem(code="E101", message=message, hint=hint) for message in said)]
        )
    if said:
        raise CredentialsError("; ".join(said), hint=hint)


def _keyless(chosen: Chosen, unserved: Sequence[Missing]) -> Iterable[str]:
    """Say in one sentence each who is left out for want of a key, and who counts although it has none."""
    competing = {candidate.name for candidate in chosen.candidates}
    counted = [*(it for it in chosen.missing if it.candidate.name in competing), *unserved]
    left_out = [it for it in chosen.missing if it.candidate.name not in competing | chosen.listed.keys()]
    if left_out:
        who, variables, several = _lacking(left_out)
        yield f"{who} {'are' if several else 'is'} left out: {variables} not set"
    if counted:
        who, variables, several = _lacking(counted)
        count = "count as if their keys" if several else "counts as if its key"
        yield f"{who} {count} were there, but {variables} not set"


def _lacking(missing: Sequence[Missing]) -> tuple[str, str, bool]:
    """Name the candidates, while they are few, and the variables; say whether they are several."""
    names = dict.fromkeys(it.candidate.name for it in missing)
    variables = dict.fromkeys(variable for it in missing for variable in it.variables)
    who = ", ".join(f"'{name}'" for name in names) if len(names) <= NAMED else f"{len(names)} candidates"
    return who, f"{', '.join(variables)} {'are' if len(variables) > 1 else 'is'}", len(names) > 1


def _own_notices(
    given: BakeoffFile, rules: Mapping[str, DecisionRule], tasks: Mapping[str, Sequence[Task]],
    competing: Sequence[Candidate],
) -> Iterable[str]:  # fmt: skip
    if any(candidate.group is not None for candidate in competing):
        yield "bakeoff.group is checked, but this version does not use it"
    for slot, its in tasks.items():
        shipped = defaults.CRITERIA[its[0].modality]
        unset = slot not in (given.decision or {}) or (given.decision or {})[slot].criteria is None
        absent = [criterion.name for criterion in shipped if criterion not in rules[slot].criteria]
        if unset and absent:
            yield f"{slot}: no scorer feeds the default criterion '{', '.join(absent)}', so it is left out"


def _of_slots(
    rules: Mapping[str, DecisionRule], slots: Iterable[str], competing: Sequence[Candidate]
) -> dict[str, DecisionRule]:
    names = {candidate.name for candidate in competing}
    return {
        slot: replace(rules[slot], must_pass=tuple(name for name in rules[slot].must_pass if name in names))
        for slot in slots
    }


def _first(suite: Suite, limit: int | None) -> Suite:
    """Return `suite` with at most `limit` samples a task."""
    if limit is None:
        return suite
    return replace(suite, tasks=[replace(task, samples=task.loaded[:limit]) for task in suite.tasks])


__all__ = ["load"]
