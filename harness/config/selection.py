"""Which candidates compete and which serve as instruments: named, resolved, with their keys at hand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from harness.config.candidates import Resolved, resolve
from harness.config.cascades import resolve_cascade, stage_inputs
from harness.config.market import Market, folder_book
from harness.config.models import BakeoffFile
from harness.config.paths import PROVIDERS_FILE
from harness.config.providers import CascadeEntry, Entry, Providers, read_providers
from harness.config.source import Source
from harness.config.where import Where
from harness.core.candidates import Candidate, Exchange
from harness.core.scores import MOS, READER, SANDBOX, SHAPES, TRANSCRIBER, Instrument
from harness.core.suggest import did_you_mean, hints, meant, nearest
from harness.core.suites import Task
from harness.core.wording import worded
from harness.errors import Place, Problem, UsageError

INSTRUMENTS = {
    TRANSCRIBER.name: "whisper-base",
    MOS.name: "dnsmos",
    SANDBOX.name: "sandbox",
    READER.name: "plain-rapidocr",
    SHAPES.name: "shapes",
}
"""Instrument → the candidate that serves where bakeoff.yaml names none."""

JUDGE = "judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Every candidate that can be named: those of the folder's providers.yaml first, then the shipped ones."""

    own: Providers
    other: Path | None = None
    """The shipped providers.yaml; None where the folder has none of its own, so that the shipped one is its own."""
    absent: str | None = None
    """What is said of a folder that has none of its own."""
    market: Market = field(default_factory=Market)

    @property
    def shipped(self) -> Providers | None:
        """The shipped ones. They are many and seldom named, so the file is read when something asks for them."""
        return None if self.other is None else _shipped(self.other)

    def named(self, name: str) -> tuple[Entry | CascadeEntry, ...]:
        """Return what is called `name`: one, several that share it as model_name, or none.

        A wildcard stands for what is listed nowhere.
        """
        listed = self.own.named(name) or (self.shipped.named(name) if self.shipped else ())
        return listed or self.own.filled(name)

    def may_hold(self, name: str) -> bool:
        """Whether `name` may be that of an entry that is wrong, which has been said."""
        return self.own.broken is None or name in self.own.broken

    @property
    def names(self) -> tuple[str, ...]:
        files = [self.own, *([self.shipped] if self.shipped else [])]
        return tuple(dict.fromkeys(name for file in files for name in file.names))

    def resolve(self, entry: Entry | CascadeEntry, env: Mapping[str, str], problems: list[Problem]) -> Resolved | None:
        """Return the candidate of `entry`; None after adding what is wrong with it."""
        if isinstance(entry, CascadeEntry):
            return resolve_cascade(entry, self.named, env, problems, market=self.market)
        return resolve(entry, env, problems, market=self.market)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A candidate whose key is not there."""

    candidate: Candidate
    variables: Mapping[str, Place]
    """Those that are not set → where each is named, or the model that implies it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The candidates of a bake-off, before tasks are matched with them."""

    candidates: tuple[Candidate, ...]
    listed: Mapping[str, Where | None]
    """Those that somebody named → where in bakeoff.yaml; None: on the command line."""
    missing: tuple[Missing, ...]
    """Those without a key: where keys are required, an error where listed, else left out."""
    notices: tuple[str, ...]
    complete: bool
    """Whether these are all that were meant."""
    wrong: frozenset[str]
    """Those of whose entry something is wrong, and all where nobody knows who was meant."""


def open_shelf(folder: Path, shipped: Path, problems: list[Problem], exchange: Exchange | None = None) -> Shelf:
    """Read the folder's providers.yaml, else the shipped one, and its prices; every problem is added."""
    path, other = folder / PROVIDERS_FILE, shipped / PROVIDERS_FILE
    market = Market(book=folder_book(folder, problems), exchange=exchange)
    if not path.exists():
        return Shelf(own=read_providers(other, problems), absent=_absent(folder), market=market)
    if path.resolve() == other.resolve():
        return Shelf(own=read_providers(path, problems), market=market)
    own = read_providers(path, problems, elsewhere=lambda: [entry.name for entry in _shipped(other).entries])
    return Shelf(own=own, other=other, market=market)


def _absent(folder: Path) -> str:
    near = nearest(PROVIDERS_FILE, [entry.name for entry in folder.glob("*.y*ml")], cutoff=0.75)
    if near:
        return worded(
            "there is no {file} in the folder (is '{near}' meant to be it?), so the candidates are those that Bakeoff "
            "ships",
            file=PROVIDERS_FILE,
            near=near,
        )
    return worded(
        "there is no {file} in the folder, so the candidates are those that Bakeoff ships", file=PROVIDERS_FILE
    )


@cache
def _shipped(path: Path) -> Providers:
    problems: list[Problem] = []
    providers = read_providers(path, problems)
    if problems:
        raise UsageError(problems)
    return providers


def places(shelf: Shelf, models: Iterable[Candidate]) -> Iterator[tuple[str, Place]]:
    """Yield where the entries of `models` are written, and what of them may have to be mended; as `Bakeoff.places`."""
    for model in models:
        at = f"candidate/{model.name}"
        for entry in (entry for entry in shelf.named(model.name) if entry.name == model.name):
            if isinstance(entry, CascadeEntry):
                yield at, entry.place("model_name")
                yield from ((f"{at}/{stage}", entry.place(*steps)) for stage, steps in stage_inputs(entry.model))
                continue
            params = entry.model.litellm_params
            yield at, entry.place("litellm_params", "model")
            if params.api_base or params.base_url:
                yield f"{at}/api_base", entry.place("litellm_params", "api_base" if params.api_base else "base_url")
            if params.api_key:
                yield f"{at}/api_key", entry.place("litellm_params", "api_key")


def choose(
    shelf: Shelf, file: BakeoffFile, source: Source, *, asked: Sequence[str], tasks: Iterable[Task],
    env: Mapping[str, str], problems: list[Problem], require_keys: bool = True,
) -> Chosen:  # fmt: skip
    """Resolve the candidates that are asked for: by the command line (`asked`), else by bakeoff.yaml, else all.

    Of all, only those count that can do some task's modality; of all and of bakeoff.yaml's, an engine that not every
    machine has is left out with a notice where it is absent. Without `require_keys` one that lacks its key is chosen
    too, of the shipped catalogue only for what nobody with a key can do. What is wrong goes to `problems`.
    """
    named: list[tuple[str, Where | None]] = [(name, None) for name in asked]
    if not asked:
        named = [(name, ("candidates", index)) for index, name in enumerate(file.candidates or ())]
    is_lost = not named and source.lacks_some(("candidates",))
    listed: dict[str, Where | None] = {}
    entries: list[Entry | CascadeEntry] = []
    complete = bool(named) or (shelf.own.broken == frozenset() and not is_lost)
    misspelt: list[tuple[str, Where | None]] = []
    for name, where in named:
        found = _find(shelf, name, where, source, problems)
        misspelt += [] if found else [(name, where)]
        for entry in found:
            if entry.name in listed:
                message = worded("the candidate '{name}' is listed twice", name=entry.name)
                problems.append(_problem(source, where, "E204", message, worded("keep one of them")))
            else:
                listed[entry.name] = where
                entries.append(entry)
    for name, where in misspelt:
        best = meant(name, shelf.names)
        found = shelf.named(best) if best else ()
        complete = complete and found != ()
        new = [entry for entry in found if entry.name not in listed]
        listed |= {entry.name: where for entry in new}
        entries += new
    if not complete:  # whoever is not found may be one whose name could not be read
        entries += [entry for entry in shelf.own.all if entry.lacks("model_name")]
    notices = [*filter(None, [shelf.absent]), *shelf.own.notices]
    if not named:
        entries = list(shelf.own.all)
    resolved = [it for entry in entries if (it := shelf.resolve(entry, env, problems)) is not None]
    complete = complete and len(resolved) == len(entries)
    wanted = {task.modality for task in tasks}
    if not named:
        resolved = [it for it in resolved if wanted & it.candidate.modalities]
    needed = {*asked, *(name for section in (file.decision or {}).values() for name in section.must_pass or ())}
    absent = [found for found in resolved if found.absent and found.candidate.name not in needed]
    resolved = [found for found in resolved if found not in absent]
    if absent:
        notices.append(
            worded(
                "left out here: {absent}",
                absent=[worded("{name} ({why})", name=it.candidate.name, why=it.absent) for it in absent],
            )
        )
    ready = [found for found in resolved if not found.missing]
    if require_keys:
        chosen = ready
    else:
        catalogue = not named and shelf.other is None
        served = {modality for found in ready for modality in found.candidate.modalities} if catalogue else set()
        chosen = [it for it in resolved if not it.missing or (it.candidate.modalities & wanted) - served]
    return Chosen(
        candidates=tuple(found.candidate for found in chosen),
        listed=listed,
        missing=tuple(Missing(candidate=it.candidate, variables=it.missing) for it in resolved if it.missing),
        notices=(*notices, *_ignored(resolved)),
        complete=complete,
        wrong=frozenset(it.candidate.name for it in resolved if it.wrong or is_lost),
    )


def bind(
    shelf: Shelf, file: BakeoffFile, source: Source, *, tasks: Iterable[Task], env: Mapping[str, str],
    problems: list[Problem],
) -> tuple[dict[str, Candidate], tuple[Missing, ...]]:  # fmt: skip
    """Return the candidates that serve as the instruments that the tasks' scorers need, and those without a key."""
    needs = {instrument.name: instrument for task in tasks for scorer in task.scorers for instrument in scorer.needs}
    given = file.instruments or {}
    known = dict.fromkeys([*INSTRUMENTS, JUDGE, *needs])
    places = {name: ("instruments", name) for name in given}
    for written, candidate in (file.instruments or {}).items():
        name = written
        if name not in known:
            message, hint = worded("there is no instrument '{name}'", name=name), did_you_mean(name, known)
            problems.append(source.problem("E213", message, ("instruments", name), key=True, hint=hint))
            name = meant(name, known.keys() - given.keys()) or name
            given = {**given, name: candidate}
            places[name] = ("instruments", written)
        if name not in needs:
            _serving(shelf, name, candidate, places[name], source, problems)
    bound: dict[str, Candidate] = {}
    missing: list[Missing] = []
    for name, instrument in needs.items():
        serving = {**INSTRUMENTS, **given}.get(name)
        if serving is None and source.lacks(("instruments", name)):
            continue
        if serving is None:
            message, example = (
                worded("a scorer needs the instrument '{name}'", name=name),
                f"instruments: {{{name}: <candidate>}}",
            )
            problems.append(source.problem("E213", message, ("instruments",), hint=example))
            continue
        place = places.get(name, ("instruments", name))
        entry = _serving(shelf, name, serving, place, source, problems)
        found = shelf.resolve(entry, env, problems) if entry else None
        if found is None:
            continue
        if not _can_serve(found, instrument):
            does = ", ".join(sorted(found.candidate.modalities)) or "nothing that is measured"
            message = worded(
                "'{serving}' cannot be the {name}: it does {does}, not {modality}",
                serving=serving,
                name=name,
                does=does,
                modality=instrument.modality,
            )
            hint = worded("name a candidate that does {modality}", modality=instrument.modality)
            problems.append(source.problem("E213", message, place, hint=hint))
        bound[name] = found.candidate
        if found.missing:
            missing.append(Missing(candidate=found.candidate, variables=found.missing))
    return bound, tuple(missing)


def find_repeats(candidates: Sequence[Candidate], tasks: Sequence[Task]) -> dict[str, str]:
    """Return candidate → the earlier one that it is under another name, where no task would be asked of it."""
    wanted = {task.modality for task in tasks}
    first: dict[tuple[str, str], str] = {}
    result = {}
    for candidate in candidates:
        does = sorted(candidate.modalities & wanted)
        others = [first.setdefault((candidate.identity, modality), candidate.name) for modality in does]
        if others and candidate.name not in others:
            result[candidate.name] = others[0]
    return result


def refuse_repeats(
    repeats: Mapping[str, str], chosen: Chosen, shelf: Shelf, source: Source, problems: list[Problem]
) -> None:
    """Refuse a name that somebody listed and that stands for nothing but repeats of other candidates."""
    meant: dict[tuple[Where | None, str], list[str]] = {}
    for name, where in chosen.listed.items():
        (entry, *_) = shelf.named(name)
        meant.setdefault((where, entry.model.model_name), []).append(name)
    for (where, _), names in meant.items():
        if all(name in repeats for name in names):
            message = is_repeated(names[0], repeats)
            if where is None:
                problems.append(
                    Problem(
                        code="E207",
                        message=worded("--candidates: {message}", message=message),
                        hint=worded("remove one"),
                    )
                )
            else:
                problems.append(source.problem("E207", message, where, hint=worded("remove one")))


def is_repeated(name: str, repeats: Mapping[str, str]) -> str:
    """Say of whom the candidate is a repeat."""
    return worded(
        "'{name}' is '{other}' under another name: same model, parameters and address", name=name, other=repeats[name]
    )


def _can_serve(found: Resolved, instrument: Instrument) -> bool:
    return instrument.modality in found.candidate.modalities


def _find(
    shelf: Shelf, name: str, where: Where | None, source: Source, problems: list[Problem]
) -> tuple[Entry | CascadeEntry, ...]:
    entries = shelf.named(name)
    if not entries and not shelf.may_hold(name):
        wild = [entry.name for entry in shelf.own.wildcards]
        also = worded("names like {wild} stand for models too", wild=[*wild]) if wild else None
        hint = hints(did_you_mean(name, shelf.names), also, shelf.absent) or worded("`bakeoff list` shows who there is")
        problems.append(
            _problem(source, where, "E208", worded("there is no candidate '{name}'", name=name), hint or None)
        )
    return entries


def _serving(
    shelf: Shelf, instrument: str, name: str, where: Where, source: Source, problems: list[Problem]
) -> Entry | None:
    """Return the entry of whoever is to serve as an instrument, as it was meant; what is wrong is added."""
    entries = shelf.named(name)
    if len(entries) == 1 and isinstance(entries[0], Entry):
        return entries[0]
    if not entries and shelf.may_hold(name):
        return None
    message, hint = (
        worded("the {instrument} '{name}' is no candidate", instrument=instrument, name=name),
        did_you_mean(name, shelf.names),
    )
    if len(entries) == 1:
        message, hint = (
            worded("the {instrument} '{name}' is a cascade, and one model measures", instrument=instrument, name=name),
            worded("name one of its models"),
        )
    elif entries:
        message, hint = (
            worded(
                "the {instrument} '{name}' stands for {n} entries", instrument=instrument, name=name, n=len(entries)
            ),
            worded("say '{name}'", name=entries[0].name),
        )
    problems.append(source.problem("E213", message, where, hint=hint or worded("`bakeoff list` shows who there is")))
    near = shelf.named(best) if not entries and (best := meant(name, shelf.names)) else ()
    return next((entry for entry in near[:1] if isinstance(entry, Entry)), None)


def _problem(source: Source, where: Where | None, code: str, message: str, hint: str | None = None) -> Problem:
    if where is None:
        return Problem(code=code, message=worded("--candidates: {message}", message=message), hint=hint)
    return source.problem(code, message, where, hint=hint)


def _ignored(resolved: Sequence[Resolved]) -> Iterable[str]:
    keys = sorted({key for found in resolved for key in found.ignored})
    if keys:
        yield worded("litellm_params {keys} steer LiteLLM's router, which is not used, and are ignored", keys=keys)
    if no_rate := [found.candidate.name for found in resolved if found.no_rate]:
        yield worded(
            "{names}: priced in CNY, and bakeoff.yaml has no exchange: what it costs is not known", names=no_rate
        )
    unknown = sorted({key for found in resolved for key in found.unknown})
    if unknown:
        yield worded(
            "litellm_params {keys} are no parameters that LiteLLM knows; they are sent as written"
            if len(unknown) > 1
            else "litellm_params {keys} is no parameter that LiteLLM knows; it is sent as written",
            keys=unknown,
        )
