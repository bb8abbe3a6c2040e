"""Suites that are written in bakeoff.yaml: a data file, a prompt, a scorer by name."""

import json
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from pydantic import JsonValue, TypeAdapter, ValidationError

from harness.config.models import InlineSuite
from harness.config.secrets import shown
from harness.config.source import Source
from harness.config.suites import complete
from harness.config.where import Where
from harness.core.canonical import Json
from harness.core.scores import Scorer
from harness.core.suggest import did_you_mean, meant
from harness.core.suites import Suite, Task
from harness.core.wording import foreign, worded
from harness.errors import Problem, UsageError


def inline_suite(
    given: InlineSuite, source: Source, where: Where, problems: list[Problem], notices: list[str]
) -> Suite:
    """Return the suite of one task that `given`, at `where` of `source`, describes; every problem is added, and what
    is right is returned all the same.

    Data and media paths are relative to the folder of `source`.
    """
    scorers = list(_scorers(given, source, where, problems))
    known = [scorer for scorer in scorers if scorer is not None]
    are_known = len(known) == len(scorers) and not source.lacks_some((*where, "scorer"))
    task = Task(
        name=given.name,
        modality=given.modality,
        samples=given.data,
        scorers=known,
        primary=given.primary or next((scorer.name for scorer in known), ""),
        prompt=given.prompt,
        system=given.system,
        max_tokens=given.max_tokens,
        language=given.language,
    )

    def report(code: str, message: str, field: str, hint: str | None) -> None:
        if source.lacks((*where, field)) or (code in ("E203", "E211") and not are_known):
            return  # that it is wrong has been said
        if code == "E203":
            message = worded("suite '{name}' has no scorer, so every output would count as passing", name=given.name)
            hint = worded("name what judges the outputs, such as scorer: exact_match; `bakeoff list` shows them")
        problems.append(source.problem(code, message, (*where, field), hint=hint))

    read = complete(task, source.folder, report, problems, notices)
    return Suite(name=given.name, version=1, tasks=[read], slot=given.slot, folder=str(source.folder))


def _scorers(given: InlineSuite, source: Source, where: Where, problems: list[Problem]) -> Iterator[Scorer | None]:
    """Yield each scorer, None for one that is wrong."""
    named = list(_named(given.scorer, (*where, "scorer")))
    for name, params, place in named:
        yield _scorer(name, params, source, place, problems, beside=[it[0] for it in named])


def _named(written: object, where: Where) -> Iterator[tuple[str, Mapping[str, Json], Where]]:
    match written:
        case str():
            yield written, {}, where
        case dict():
            for name, params in written.items():
                yield name, params or {}, (*where, name)
        case list():
            for index, item in enumerate(written):
                yield from _named(item, (*where, index))


def _scorer(
    name: str, params: Mapping[str, Json], source: Source, where: Where, problems: list[Problem], *,
    beside: Sequence[str],
) -> Scorer | None:  # fmt: skip
    from harness.scorers.registry import SCORERS, by_name

    on_key = where[-1] == name
    try:
        kind = by_name(name)
    except UsageError as error:
        problems.append(source.problem("E210", error.args[0], where, key=on_key, hint=error.hint))
        best = meant(name, [known for known in SCORERS if known not in beside])
        if best is None:
            return None
        kind, name = by_name(best), best
    assert is_dataclass(kind)
    taken = {field.name: field for field in fields(kind) if field.init}
    hints = typing.get_type_hints(kind, localns={"Json": JsonValue})  # pydantic's own, as Json is recursive
    values: dict[str, Any] = {}
    wrong: set[str] = set()
    for key, value in params.items():
        at, best = (*where, key), key if key in taken else meant(key, taken.keys() - params.keys())
        if key not in taken:
            hint = did_you_mean(key, taken) if taken else worded("'{name}' has no parameters", name=name)
            message = worded("the scorer '{name}' has no parameter {key}", name=name, key=shown(key))
            problems.append(source.problem("E210", message, at, key=True, hint=hint))
        if best is not None:
            found = len(problems)
            read = _value(name, best, value, hints[best], source, at, problems)
            if len(problems) > found:
                wrong.add(best)
            else:
                values[best] = read
    needed = {key for key, it in taken.items() if it.default is MISSING and it.default_factory is MISSING}
    for key in [key for key in taken if key in needed - values.keys() - wrong]:
        message = worded("the scorer '{name}' needs the parameter '{key}'", name=name, key=key)
        problems.append(source.problem("E210", message, where, key=on_key))
    if needed - values.keys():
        return None
    try:
        return kind(**values)
    except ValueError as error:
        if not wrong:
            message = worded("the scorer '{name}': {error}", name=name, error=error)
            problems.append(source.problem("E210", message, where, key=on_key))
        return None


def _value(name: str, key: str, value: Json, hint: Any, source: Source, where: Where, problems: list[Problem]) -> Any:
    try:
        # JSON's strict mode: a list may fill a tuple, but nothing is coerced
        return TypeAdapter(hint).validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        said = error.errors(include_url=False)[0]["msg"]
        message = worded(
            "the parameter '{key}' of '{name}': {fault}, came {came}",
            key=key,
            name=name,
            fault=foreign(f"{said[:1].lower()}{said[1:]}"),
            came=shown(value),
        )
        problems.append(source.problem("E210", message, where))
        return None
