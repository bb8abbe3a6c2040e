"""A folder's bakeoff.yaml, providers.yaml and suites as one resolved bake-off."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from harness.config import decision, notices
from harness.config.candidates import provider_meant
from harness.config.models import BakeoffFile
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
from harness.config.source import Source, parse, read
from harness.config.suite_list import load_suites, tasks_of
from harness.config.validate import validate_parts
from harness.config.where import Where
from harness.core.candidates import Candidate, Exchange
from harness.core.canonical import Json
from harness.core.rules import DecisionRule
from harness.core.runs import Bakeoff, RunSettings
from harness.core.stopping import StopRule
from harness.core.suggest import did_you_mean, meant, nearest
from harness.core.suites import Suite, Task
from harness.core.wording import worded
from harness.errors import CredentialsError, Place, Problem, UsageError


def load(
    folder: Path, *, file: str = BAKEOFF_FILE, env: Mapping[str, str], suites: Sequence[str] = (),
    candidates: Sequence[str] = (), limit: int | None = None, shipped: Path, require_keys: bool = True,
    lenient: bool = False, examine: Callable[[Bakeoff, Bakeoff], Sequence[Problem]] = lambda *_: (),
) -> Bakeoff:  # fmt: skip
    """Read the bake-off that `folder`/`file` describes; nothing is sent and nothing heavy is imported.

    `suites` and `candidates` narrow it by name, `limit` takes the first samples of every task, `shipped` holds what
    the folder lacks. UsageError carries every problem of every file; CredentialsError every key that is missing for a
    candidate that is named, or whose absence leaves a task without candidates. Without `require_keys` every key may
    be missing: no candidate is left out for it, and a notice says which it is. A `lenient` reading leaves out, with a
    notice each, suites whose data is not installed and tasks that no candidate does.

    Nobody is told of it in instalments: a misspelt name is read as what was meant, what else is wrong is left out, and
    the rest is looked at all the same. At the end `examine` is shown what is known of a bake-off that is refused, and
    what of that is wholly right, and adds what it finds.
    """
    problems: list[Problem] = []
    given, source = read_bakeoff(folder / file, problems)
    rate = given.exchange
    exchange = None if rate is None else Exchange(cny_per_usd=rate.cny_per_usd, date=rate.date)
    shelf = open_shelf(folder, shipped, problems, exchange)
    every = load_suites(given, source, folder, shipped, problems, lenient=lenient)
    tasks_by_slot = decision.slots(every.known)
    rules = decision.rules(
        given, source, tasks_by_slot, problems, complete=every.complete, strange=every.strange, unsure=every.unsure
    )
    kept = every.only(suites, problems)
    _check_budgets(given, source, shelf, problems)
    unweighed: list[str] = []
    if given.traffic is not None:
        from harness.config.traffic import contradictions, strangers

        named_suites = every.known if every.complete and not every.nameless else None
        problems.extend(contradictions(given.traffic, source, ("traffic",), named_suites))
        unweighed = strangers(given.traffic, every.known)
    kept_tasks = tasks_of(kept.known)
    chosen = choose(
        shelf, given, source, asked=candidates, tasks=kept_tasks, env=env, problems=problems, require_keys=require_keys
    )
    all_known = chosen.complete and (bool(candidates) or not source.lacks_some(("candidates",)))
    instruments, unserved = bind(shelf, given, source, tasks=kept_tasks, env=env, problems=problems)
    if every.complete:
        _check_fit(chosen, tasks_of((kept if candidates else every).known), source, problems)
    repeats = find_repeats([it for it in chosen.candidates if it.name not in chosen.wrong], kept_tasks)
    refuse_repeats(repeats, chosen, shelf, source, problems)
    rules = _check_must_pass(rules, tasks_by_slot, given, source, shelf, chosen, problems, repeats)
    named = {name for rule in rules.values() for name in rule.must_pass} | chosen.listed.keys()
    wild = ", ".join(entry.name for entry in shelf.own.wildcards)
    lacking = [*unserved, *(it for it in chosen.missing if it.candidate.name in named)]
    asked, left_out = _match(
        kept.known, chosen, lacking, source, problems, narrowed=bool(candidates) or lenient, all_known=all_known,
        hint=worded("name models under candidates, for which {wild} stands", wild=wild) if wild else None,
    )  # fmt: skip
    modalities = {task.modality for task in tasks_of(asked)}
    competing = tuple(candidate for candidate in chosen.candidates if candidate.modalities & modalities)
    slots = decision.slots(asked)
    bakeoff = Bakeoff(
        name=given.name or folder.resolve().name or "bakeoff",
        suites=tuple(_first(suite, limit) for suite in asked),
        candidates=competing,
        instruments=instruments,
        rules=_of_slots(rules, slots, competing),
        settings=_settings(given),
        epochs=given.epochs,
        seed=given.seed,
        exchange=exchange,
        notices=(
            *chosen.notices,
            *every.notices,
            *left_out,
            *notices.keyless(chosen, unserved),
            *notices.unused(given, rules, slots, competing, unweighed),
        ),
    )
    called = {model.name: model for model in (*bakeoff.candidates, *bakeoff.models)}
    places = {**every.places, **dict(candidate_places(shelf, called.values())), **_run_places(source)}
    bakeoff = replace(bakeoff, places=places)
    if not require_keys:
        lacking = []
    if problems or lacking:
        right = {suite.name for suite in kept.whole}
        whole = replace(
            bakeoff,
            suites=tuple(suite for suite in bakeoff.suites if suite.name in right),
            candidates=tuple(it for it in competing if it.name not in chosen.wrong),
        )
        problems += examine(replace(bakeoff, suites=(*kept.known, *kept.adrift)), whole)
    _refuse(problems, lacking)
    return bakeoff


STAND_INS: Mapping[str, Json] = {"name": "?", "modality": "text", "data": "?", "metric": "?", "suites": [{}]}
"""In the place of what is missing or wrong, so that all beside it can be looked at."""


def read_bakeoff(path: Path, problems: list[Problem]) -> tuple[BakeoffFile, Source]:
    """Read bakeoff.yaml; returns what is known of it, with the source of that."""
    nothing = replace(parse("", file=str(path), folder=path.parent), dropped=frozenset({()}))
    if not path.exists():
        there = [entry.name for entry in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
        best = nearest(path.name, there)
        hint = worded("did you mean '{name}'?", name=best) if best else worded("`bakeoff init` writes one")
        problems.append(Problem(code="E200", message=worded("there is no {path}", path=path), hint=hint))
        return BakeoffFile.model_construct(suites=[]), nothing
    try:
        source = read(path, problems)
    except UsageError as error:
        problems.extend(error.problems)
        return BakeoffFile.model_construct(suites=[]), nothing
    refuse_literal_keys(source, problems)
    right = validate_parts(BakeoffFile, source, problems, instead=STAND_INS)
    return right or (BakeoffFile.model_construct(suites=[]), nothing)


def _settings(given: BakeoffFile) -> RunSettings:
    said = given.run.model_dump(exclude_none=True) if given.run else {}
    return replace(RunSettings(), **{**said, "stop": StopRule() if "stop" in said else None})


def _run_places(source: Source) -> dict[str, Place]:
    """Return where the settings of the run are written; as `Bakeoff.places`."""
    return {"/".join(map(str, where)): source.place(where) for where in source.values if where[:1] == ("run",)}


def _check_budgets(given: BakeoffFile, source: Source, shelf: Shelf, problems: list[Problem]) -> None:
    """Refuse a ceiling for a provider that nobody has: a misspelt one would hold nothing."""
    budgets = (given.run and given.run.budgets_usd) or {}
    files = [file for file in (shelf.own, shelf.shipped) if file] if budgets else []
    billing = [provider_meant(entry) for file in files for entry in file.entries]
    known = sorted({provider for provider in billing if provider is not None} - {"local"})
    if None in billing or shelf.own.broken != frozenset():
        return
    for name in budgets:
        if name not in known:
            message = worded("no candidate has the provider '{name}'", name=name)
            hint = did_you_mean(name, known)
            problems.append(source.problem("E223", message, ("run", "budgets_usd", name), key=True, hint=hint))


def _check_fit(chosen: Chosen, tasks: Sequence[Task], source: Source, problems: list[Problem]) -> None:
    """Refuse a candidate that somebody named and that no task can be asked of."""
    wanted = dict.fromkeys(task.modality for task in tasks)
    if not wanted:  # why there is no task is told already
        return
    for candidate in (*chosen.candidates, *(it.candidate for it in chosen.missing)):
        if candidate.name not in chosen.listed or candidate.modalities & wanted.keys():
            continue
        does = ", ".join(sorted(candidate.modalities)) or "nothing that is measured"
        message = worded(
            "'{name}' does {does}, and the suites ask for {wanted}", name=candidate.name, does=does, wanted=[*wanted]
        )
        where = chosen.listed[candidate.name]
        if where is None:
            problems.append(Problem(code="E212", message=worded("--candidates: {message}", message=message)))
        else:
            problems.append(source.problem("E212", message, where, hint=worded("remove it, or add a suite for it")))


def _check_must_pass(
    rules: Mapping[str, DecisionRule], tasks: Mapping[str, Sequence[Task]], given: BakeoffFile, source: Source,
    shelf: Shelf, chosen: Chosen, problems: list[Problem], repeats: Mapping[str, str],
) -> dict[str, DecisionRule]:  # fmt: skip
    """Return the rules with the names in must_pass resolved; refuse one that does not compete for its slot."""
    listed = given.candidates if given.candidates is not None else [entry.name for entry in shelf.own.all]
    eligible = {entry.name: entry.model.model_name for name in listed for entry in shelf.named(name)}
    resolved = {candidate.name: candidate for candidate in chosen.candidates}
    some_lost = source.lacks_some(("candidates",))

    def is_read(written: str) -> bool:
        """Whether everybody who may be called so is known."""
        return not shelf.may_hold(written) and (not some_lost or meant(written, eligible) is not None)

    result = {}
    for slot, rule in rules.items():
        names: list[str] = []
        for index, written in enumerate(rule.must_pass):
            where: Where = ("decision", slot, "must_pass", index)
            those = [name for name, model_name in eligible.items() if written in (name, model_name)]
            if not those and is_read(written):
                message, hint = (
                    worded("must_pass: '{written}' does not compete", written=written),
                    did_you_mean(written, eligible),
                )
                problems.append(source.problem("E208", message, where, hint=hint))
            if those and all(name in repeats for name in those):
                message = worded("must_pass: {message}", message=is_repeated(those[0], repeats))
                problems.append(
                    source.problem("E207", message, where, hint=worded("say '{name}'", name=repeats[those[0]]))
                )
            wanted = {task.modality for task in tasks[slot]}
            for name in those:
                if name in resolved and not resolved[name].modalities & wanted:
                    message = worded("must_pass: '{name}' does not compete for the slot '{slot}'", name=name, slot=slot)
                    problems.append(source.problem("E212", message, where))
            names += those
        result[slot] = replace(rule, must_pass=tuple(names))
    return result


def _match(
    suites: Sequence[Suite], chosen: Chosen, lacking: list[Missing], source: Source, problems: list[Problem], *,
    narrowed: bool, all_known: bool, hint: str | None,
) -> tuple[list[Suite], list[str]]:  # fmt: skip
    """Return the suites with the tasks that some candidate can do, and notices of what is left out.

    A task that nobody can do is an error, unless somebody who could is not known for another one; one that only
    candidates without a key can do is lacking a key; where the command line narrows the candidates (`narrowed`), it is
    left out.
    """
    kept: list[Suite] = []
    left_out: list[str] = []
    for suite in suites:
        tasks = []
        for task in suite.tasks:
            if any(task.modality in candidate.modalities for candidate in chosen.candidates):
                tasks.append(task)
                continue
            keyless = [it for it in chosen.missing if task.modality in it.candidate.modalities]
            lacking += [it for it in keyless if it not in lacking]
            if not keyless and narrowed:
                left_out.append(
                    worded(
                        "{task} is left out: no chosen candidate does {modality}",
                        task=f"{suite.name}/{task.name}",
                        modality=task.modality,
                    )
                )
            elif not keyless and all_known:
                message = worded(
                    "no candidate does {modality}, which the suite '{name}' asks for",
                    modality=task.modality,
                    name=suite.name,
                )
                problems.append(source.problem("E212", message, ("suites",), key=True, hint=hint))
        if tasks:
            kept.append(replace(suite, tasks=tasks))
    return kept, left_out


def _refuse(problems: list[Problem], lacking: Sequence[Missing]) -> None:
    """Raise what stands in the way: problems first, together with the keys that are missing."""
    wanted: dict[str, list[Missing]] = {}
    for it in lacking:
        for variable in it.variables:
            wanted.setdefault(variable, []).append(it)
    keys = [_key_missing(variable, its) for variable, its in wanted.items()]
    if problems:
        raise UsageError([*dict.fromkeys(problems), *keys])
    if keys:
        raise CredentialsError(keys)


def _key_missing(variable: str, its: Sequence[Missing]) -> Problem:
    """Return the problem of a variable that is not set, at the entry of the first who needs it."""
    names = dict.fromkeys(it.candidate.name for it in its)
    message = worded(
        "{variable} is not set; {names} need it" if len(names) > 1 else "{variable} is not set; {names} needs it",
        variable=variable,
        names=[*names],
    )
    hint = worded("export it, or put it into .env beside bakeoff.yaml")
    return Problem.at(its[0].variables[variable], "E101", message, hint=hint)


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


__all__ = ["load", "read_bakeoff"]
