"""providers.yaml as entries: what is listed, under which names, before anything is resolved."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.config.models import PASSED_OVER, Cascade, ModelEntry, ProvidersFile
from harness.config.secrets import FROM_ENVIRONMENT, holds_key, is_key
from harness.config.source import Source, Where, read
from harness.config.validate import validate_parts
from harness.core.suggest import did_you_mean
from harness.core.wording import worded
from harness.errors import Place, Problem, UsageError

ADDRESSING = frozenset({"model", "api_base", "base_url", "custom_llm_provider"})
"""Keys of litellm_params that say who is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What providers.yaml lists under a name."""

    name: str
    """`model_name`, with `#1`, `#2` where several entries share it."""
    source: Source
    where: Where

    def problem(
        self, code: str, message: str, *steps: str | int, key: bool = False, hint: str | None = None
    ) -> Problem:
        """Return a problem at `steps` below this entry; `key` points at the key instead of its value."""
        return self.source.problem(code, message, (*self.where, *steps), key=key, hint=hint)

    def place(self, *steps: str | int) -> Place:
        """Return where the thing at `steps` below this entry is written."""
        return self.source.place((*self.where, *steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Listed):
    """One entry of model_list."""

    model: ModelEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class CascadeEntry(Listed):
    """One entry of cascades."""

    model: Cascade


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    """One providers.yaml."""

    entries: tuple[Entry, ...]
    cascades: tuple[CascadeEntry, ...]
    notices: tuple[str, ...]
    wildcards: tuple[Entry, ...] = ()
    """Entries such as `openai/*`, the most specific first: each stands for the models that are named."""
    broken: frozenset[str] | None = frozenset()
    """Names of entries that are wrong and could not be read; None: nothing could be."""

    @property
    def all(self) -> tuple[Entry | CascadeEntry, ...]:
        return (*self.entries, *self.cascades)

    def named(self, name: str) -> tuple[Entry | CascadeEntry, ...]:
        """Return what is called `name`, or all that share it as their model_name."""
        exact = tuple(entry for entry in self.all if entry.name == name)
        return exact or tuple(entry for entry in self.all if entry.model.model_name == name)

    def filled(self, name: str) -> tuple[Entry, ...]:
        """Return the entry that the most specific wildcard gives a model called `name`; none where none fits."""
        fitting = ((entry, match) for entry in self.wildcards if (match := _pattern(entry).fullmatch(name)))
        return () if "*" in name else tuple(_filled(entry, match) for entry, match in fitting)[:1]


def read_providers(path: Path, problems: list[Problem], *, elsewhere: Callable[[], Iterable[str]] = tuple) -> Providers:
    """Read the providers.yaml at `path`; every problem found is added, and what is wrong is left out.

    `elsewhere` names the candidates of another file that its cascades may use too.
    """
    nothing = Providers(entries=(), cascades=(), notices=(), broken=None)
    try:
        source = read(path)
    except UsageError as error:
        problems.extend(error.problems)
        return nothing
    notices: list[str] = []
    if passed_over := [key for key in PASSED_OVER if isinstance(source.data, dict) and key in source.data]:
        source = source.without({(key,) for key in passed_over})
        notices.append(
            worded(
                "{name}: {passed_over} concern LiteLLM's proxy and are passed over",
                name=path.name,
                passed_over=[*passed_over],
            )
        )
    written, written_cascades = _names(source, "model_list"), _names(source, "cascades")
    written_out = refuse_literal_keys(source, problems)
    read_in = validate_parts(ProvidersFile, source, problems, part=_part)
    if read_in is None:
        return nothing
    if written_out:  # only now, so that nothing else of their entries stays untold
        read_in = validate_parts(ProvidersFile, source.without(set(map(_part, written_out))), [], part=_part)
    if read_in is None:
        return nothing
    file, source = read_in
    entries = _entries(source, file, problems, notices)
    wildcards = _wildcards(source, file, notices)
    known = [*written, *(entry.name for entry in entries)]
    known += elsewhere() if file.cascades else ()
    cascades = []
    for index, cascade in enumerate(file.cascades or ()):
        found = len(problems)
        _check_cascade(source, ("cascades", index), cascade, known, wildcards, problems)
        known_as = [other.model_name for other in (file.cascades or ())[:index]]
        if cascade.model_name in known_as:
            message = worded("two cascades are called '{cascade}'", cascade=cascade.model_name)
            problems.append(
                source.problem("E207", message, ("cascades", index, "model_name"), hint=worded("rename one"))
            )
        if len(problems) == found:
            where: Where = ("cascades", index)
            cascades.append(CascadeEntry(name=cascade.model_name, source=source, where=where, model=cascade))
    read_of = {*(model.model_name for model in file.model_list), *(cascade.name for cascade in cascades)}
    return Providers(
        entries=tuple(entries),
        cascades=tuple(cascades),
        notices=tuple(notices),
        wildcards=wildcards,
        broken=frozenset({*written, *written_cascades} - read_of),
    )


def _part(where: Where) -> Where:
    """Return what cannot be looked at for a fault at `where`: a cascade, an entry that does not say whom it asks."""
    whole = any(step in ADDRESSING or (isinstance(step, str) and holds_key(step)) for step in where)
    return where[:2] if whole or where[:1] == ("cascades",) else where


def _names(source: Source, section: str) -> list[str]:
    """Return the names that a section of the file gives, whatever else is wrong with it."""
    places = [where for where in source.values if where[:1] == (section,) and where[2:] == ("model_name",)]
    return [name for where in places if isinstance(name := source.at(where), str)]


def refuse_literal_keys(source: Source, problems: list[Problem]) -> list[Where]:
    """Add a problem (E103) for every value that is, or looks like, a key written out; returns where they stand."""
    found = []
    for where in source.values:
        value = source.at(where)
        if not isinstance(value, str) or not value.strip():
            continue
        named = isinstance(where[-1], str) and holds_key(where[-1]) if where else False
        written_out = named and not value.startswith(FROM_ENVIRONMENT) and not value.endswith(".json")
        if written_out or is_key(value):
            message = worded("a key is written out in '{name}'", name=where[-1] if where else Path(source.file).name)
            hint = worded("put it into the environment or .env and write os.environ/NAME; if it was shared, revoke it")
            problems.append(Problem.at(source.place(where, secret=True), "E103", message, hint=hint))
            found.append(where)
    return found


def _entries(source: Source, file: ProvidersFile, problems: list[Problem], notices: list[str]) -> list[Entry]:
    kept: list[tuple[Where, ModelEntry]] = [
        (("model_list", index), model) for index, model in enumerate(file.model_list) if not _stars(model)
    ]
    _refuse_identical(source, kept, problems)
    sharing = Counter(model.model_name for _, model in kept)
    numbers: Counter[str] = Counter()
    entries = []
    for where, model in kept:
        name = model.model_name
        if sharing[name] > 1:
            numbers[name] += 1
            name = f"{name}#{numbers[name]}"
        entries.append(Entry(name=name, source=source, where=where, model=model))
    for name, count in sharing.items():
        if count > 1:
            names = [f"{name}#{number}" for number in range(1, count + 1)]
            notices.append(
                worded(
                    "'{name}' stands {count} times and each is a candidate of its own: {names}",
                    name=name,
                    count=count,
                    names=names,
                )
            )
    _refuse_same_names(entries, problems)
    return entries


def _wildcards(source: Source, file: ProvidersFile, notices: list[str]) -> tuple[Entry, ...]:
    """Return the entries whose name and model have a `*`; the first of several with one name serves."""
    found: dict[str, Entry] = {}
    passed_over = []
    for index, model in enumerate(file.model_list):
        if not _stars(model):
            continue
        if _stars(model) < 2 or model.model_name in found:
            line = source.values["model_list", index].line
            passed_over.append(worded("'{name}' (line {line})", name=model.model_name, line=line))
            continue
        entry = Entry(name=model.model_name, source=source, where=("model_list", index), model=model)
        found[model.model_name] = entry
    if found:
        notices.append(worded("wildcard entries stand for the models that `candidates` names: {found}", found=[*found]))
    if passed_over:
        notices.append(
            worded(
                "wildcard entries that give no candidate are passed over, "
                "since their name or their model has no *, or they repeat another: {passed_over}",
                passed_over=[*passed_over],
            )
        )
    return tuple(sorted(found.values(), key=lambda entry: len(entry.name), reverse=True))


def _stars(model: ModelEntry) -> int:
    """Return in how many of its name and its model an entry has a `*`."""
    return ("*" in model.model_name) + ("*" in model.litellm_params.model)


def _pattern(entry: Entry) -> re.Pattern[str]:
    return re.compile("(.+)".join(map(re.escape, entry.name.split("*"))))


def _filled(entry: Entry, match: re.Match[str]) -> Entry:
    """Return the entry with what its stars stand for, as LiteLLM fills them in: one after the other.

    Where the name has more stars than the model, the model is what was asked for.
    """
    model = entry.model.litellm_params.model
    if len(match.groups()) > model.count("*"):
        model = match[0]
    for part in match.groups():
        model = model.replace("*", part, 1)
    params = entry.model.litellm_params.model_copy(update={"model": model})
    given = entry.model.model_copy(update={"model_name": match[0], "litellm_params": params})
    return replace(entry, name=match[0], model=given)


def _refuse_identical(source: Source, kept: list[tuple[Where, ModelEntry]], problems: list[Problem]) -> None:
    seen: list[tuple[object, int]] = []
    for where, model in kept:
        content = (model.model_name, source.at((*where, "litellm_params")))
        first = next((line for other, line in seen if other == content), None)
        if first is not None:
            message = worded(
                "the model entry '{name}' is identical to that in line {first}",
                name=model.model_name,
                first=first,
            )
            problems.append(source.problem("E207", message, where, hint=worded("remove one")))
        seen.append((content, source.values[where].line))


def _refuse_same_names(entries: list[Entry], problems: list[Problem]) -> None:
    names = Counter(entry.name for entry in entries)
    for entry in entries:
        if names[entry.name] > 1 and entry.model.model_name == entry.name:
            message = worded("the name '{name}' is also that of a load-balanced entry", name=entry.name)
            problems.append(entry.problem("E207", message, "model_name", hint=worded("rename it")))


def _check_cascade(
    source: Source, where: Where, cascade: Cascade, known: Sequence[str], wildcards: Sequence[Entry],
    problems: list[Problem],
) -> None:  # fmt: skip
    given = {part for part in ("stt", "ocr", "llm", "tts") if getattr(cascade, part) is not None}
    shapes = ({"stt", "llm", "tts"}, {"ocr", "llm"})
    if (cascade.stages is None) == (not given) or (given and given not in shapes):
        message = worded(
            "the cascade '{cascade}' needs stages, or stt + llm + tts, or ocr + llm", cascade=cascade.model_name
        )
        problems.append(source.problem("E204", message, where))
    if cascade.by_sentence and cascade.tts is None:
        message = worded("the cascade '{cascade}' has no tts that could speak by sentence", cascade=cascade.model_name)
        hint = worded("of a cascade with stages, the stage says by_sentence")
        problems.append(source.problem("E204", message, (*where, "by_sentence"), hint=hint))
    if cascade.model_name in known:
        message = worded("the cascade '{cascade}' has the name of a model entry", cascade=cascade.model_name)
        problems.append(source.problem("E207", message, (*where, "model_name"), hint=worded("rename one")))
    used: Mapping[Where, str] = {(*where, part): getattr(cascade, part) for part in sorted(given)} | {
        (*where, "stages", index, "candidate"): stage.candidate for index, stage in enumerate(cascade.stages or ())
    }
    for place, name in used.items():
        if name not in known and not any(_pattern(entry).fullmatch(name) for entry in wildcards):
            message = worded(
                "the cascade '{cascade}' uses '{name}', which is no candidate",
                cascade=cascade.model_name,
                name=name,
            )
            problems.append(source.problem("E208", message, place, hint=did_you_mean(name, known)))
    stages = Counter(stage.name for stage in cascade.stages or ())
    for index, stage in enumerate(cascade.stages or ()):
        if stages[stage.name] > 1:
            message = worded(
                "two stages of the cascade '{cascade}' are called '{name}'",
                cascade=cascade.model_name,
                name=stage.name,
            )
            problems.append(source.problem("E204", message, (*where, "stages", index, "name")))
