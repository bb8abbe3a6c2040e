"""providers.yaml as entries: what is listed, under which names, before anything is resolved."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.config.litellm_names import litellm_names
from harness.config.models import PASSED_OVER, Cascade, ModelEntry, ProvidersFile
from harness.config.secrets import FROM_ENVIRONMENT, holds_key, is_key
from harness.config.source import Source, read
from harness.config.validate import validate_parts
from harness.config.where import LOST, Where
from harness.core.canonical import Json
from harness.core.suggest import did_you_mean, meant
from harness.core.wording import worded
from harness.errors import Place, Problem, UsageError

STAND_INS: Mapping[str, Json] = {
    "model_list": [{}], "model_name": "?", "litellm_params": {"model": "?"}, "model": "?", "name": "?",
    "candidate": "?",
}  # fmt: skip
"""In the place of what is missing or wrong, so that all beside it can be looked at."""
KEYS: Mapping[str, tuple[str, ...]] = {
    "litellm_params": ("model", "api_base", "base_url", "api_key", "custom_llm_provider"),
    "model_info": ("mode", "base_model"),
}
"""Section of an entry, which may have any key → those of which all else depends; a misspelt one is read as meant."""
WRITTEN_NAME = re.compile(r"""model_name["']?\s*:\s*["']?([^"',}\n#]*[^"',}\n#\s])""")


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

    def lacks(self, *steps: str | int) -> bool:
        """Whether anything was written there that is wrong, so that nothing follows from its absence."""
        return self.source.lacks_some((*self.where, *steps))


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
    """Names of entries that are wrong and could not be read; None: not all names are known."""

    @property
    def all(self) -> tuple[Entry | CascadeEntry, ...]:
        return (*self.entries, *self.cascades)

    @property
    def names(self) -> tuple[str, ...]:
        named = (entry for entry in self.all if not entry.lacks("model_name"))
        return tuple(dict.fromkeys(name for entry in named for name in (entry.name, entry.model.model_name)))

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
        source = read(path, problems)
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
    source = _with_keys_meant(source, problems)
    written_out = refuse_literal_keys(source, problems)
    read_in = validate_parts(ProvidersFile, source, problems, instead=STAND_INS)
    if read_in is not None and written_out:  # only now, so that nothing else of their entries stays untold
        kept = source.without({where for where in written_out if where})
        read_in = validate_parts(ProvidersFile, kept, [], instead=STAND_INS)
    if read_in is None:
        return nothing
    file, source = read_in
    entries = _entries(source, file, problems, notices)
    wildcards = _wildcards(source, file, notices)
    written = dict.fromkeys(name.strip() for line in source.lines for name in WRITTEN_NAME.findall(line))
    models = Providers(entries=tuple(entries), cascades=(), notices=(), wildcards=wildcards)
    chains = {cascade.model_name for cascade in file.cascades or ()}
    known = list(dict.fromkeys([*models.names, *(written.keys() - chains if file.cascades else ())]))
    known += elsewhere() if file.cascades else ()
    nameless = any(it.lacks("model_name") for it in entries) or source.lacks(("model_list",))
    cascades = []
    for index, cascade in enumerate(file.cascades or ()):
        where: Where = ("cascades", index)
        right = _mended(source, where, cascade, known, wildcards, problems, nameless=nameless)
        known_as = [other.model_name for other in (file.cascades or ())[:index]]
        if cascade.model_name in known_as and not source.lacks((*where, "model_name")):
            message = worded("two cascades are called '{cascade}'", cascade=cascade.model_name)
            problems.append(source.problem("E207", message, (*where, "model_name"), hint=worded("rename one")))
        elif right is not None:
            cascades.append(CascadeEntry(name=cascade.model_name, source=source, where=where, model=right))
    read_of = {*(model.model_name for model in file.model_list), *(cascade.name for cascade in cascades)}
    unread = frozenset(written.keys() - read_of)
    lost = {("model_list", LOST), ("cascades", LOST)} & source.dropped
    return Providers(
        entries=tuple(entries),
        cascades=tuple(cascades),
        notices=tuple(notices),
        wildcards=wildcards,
        broken=None if nameless or "?" in chains or (lost and not unread) else unread,
    )


def _with_keys_meant(source: Source, problems: list[Problem]) -> Source:
    """Return the source with the misspelt KEYS of its entries as they were meant; each is a problem."""
    entries = source.at(("model_list",))
    best = {section: dict[str, str | None]() for section in KEYS}
    known = litellm_names("parameter").union(*KEYS.values())
    names: dict[Where, str] = {}
    for index in range(len(entries) if isinstance(entries, list) else 0):
        for section, keys in KEYS.items():
            where: Where = ("model_list", index, section)
            written = source.at(where)
            for key in written if isinstance(written, dict) else ():
                if key not in known and key not in best[section]:
                    best[section][key] = meant(key, keys)
                name = best[section].get(key)
                if name is None or source.at((*where, name)) is not None or source.lacks_some((*where, name)):
                    continue
                names[*where, key] = name
                hint = worded("did you mean '{name}'?", name=name)
                message = worded("unknown key '{key}'", key=key)
                problem = source.problem("E202", message, (*where, key), key=True, hint=hint)
                problems.append(replace(problem, excerpt=None) if holds_key(name) else problem)
    return source.renamed(names) if names else source


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
    sharing = Counter(model.model_name for where, model in kept if not source.lacks((*where, "model_name")))
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
        if source.lacks_some((*where, "model_name")) or source.lacks_some((*where, "litellm_params")):
            continue
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


def _mended(
    source: Source, where: Where, cascade: Cascade, known: Sequence[str], wildcards: Sequence[Entry],
    problems: list[Problem], *, nameless: bool,
) -> Cascade | None:  # fmt: skip
    """Return a cascade as it was meant, after adding what is wrong with it; None where that is not known.

    Where some entry is `nameless`, an unknown candidate may be that one.
    """
    found, misspelt, misread = len(problems), 0, list[str]()

    def add(code: str, message: str, where: Where, hint: str | None) -> None:
        problems.append(source.problem(code, message, where, hint=hint))

    given = {part for part in ("stt", "ocr", "llm", "tts") if getattr(cascade, part) is not None}
    shapes = ({"stt", "llm", "tts"}, {"ocr", "llm"})
    is_whole = not source.lacks_some(where)
    if is_whole and ((cascade.stages is None) == (not given) or (given and given not in shapes)):
        message = worded(
            "the cascade '{cascade}' needs stages, or stt + llm + tts, or ocr + llm", cascade=cascade.model_name
        )
        add(
            "E204",
            message,
            where,
            worded("for example {{model_name: voice, stt: whisper-tiny, llm: smollm2, tts: hibari}}"),
        )
    if cascade.by_sentence and cascade.tts is None and is_whole:
        message = worded("the cascade '{cascade}' has no tts that could speak by sentence", cascade=cascade.model_name)
        add("E204", message, (*where, "by_sentence"), worded("of a cascade with stages, the stage says by_sentence"))
    if cascade.model_name in known:
        message = worded("the cascade '{cascade}' has the name of a model entry", cascade=cascade.model_name)
        add("E207", message, (*where, "model_name"), worded("rename one"))

    def right(name: str, place: Where) -> str:
        nonlocal misspelt
        if name in known or source.lacks(place) or any(_pattern(entry).fullmatch(name) for entry in wildcards):
            return name
        if nameless:
            misread.append(name)
            return name
        message = worded(
            "the cascade '{cascade}' uses '{name}', which is no candidate", cascade=cascade.model_name, name=name
        )
        add("E208", message, place, did_you_mean(name, known) or worded("`bakeoff list` shows who there is"))
        best = meant(name, known)
        misspelt += best is not None
        return best or name

    parts = {part: right(getattr(cascade, part), (*where, part)) for part in sorted(given)}
    stages = [
        stage.model_copy(update={"candidate": right(stage.candidate, (*where, "stages", index, "candidate"))})
        for index, stage in enumerate(cascade.stages or ())
    ]
    for index, stage in enumerate(stages):
        place = (*where, "stages", index, "name")
        if stage.name in {other.name for other in stages[:index]} and not source.lacks(place):
            message = worded(
                "two stages of the cascade '{cascade}' are called '{name}'", cascade=cascade.model_name, name=stage.name
            )
            add("E204", message, place, worded("rename one"))
    if len(problems) > found + misspelt or misread or not is_whole:
        return None
    return cascade.model_copy(update={**parts, **({"stages": stages} if stages else {})})
