"""What a bake-off in a folder can name: suites with who can do them, candidates with the keys that they need."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from harness.config.candidates import Resolved, references
from harness.config.inline import inline_suite
from harness.config.load import read_bakeoff
from harness.config.models import InlineSuite
from harness.config.paths import BAKEOFF_FILE
from harness.config.providers import CascadeEntry, Entry
from harness.config.selection import open_shelf
from harness.config.suites import find_suite, known_suites, load_suite
from harness.core.candidates import Candidate
from harness.core.suites import Suite, Task
from harness.errors import Problem, UsageError

Unfit = Callable[[Task], Callable[[Candidate], str | None]]
"""Of a task, says of each candidate that does its modality why it cannot take it, as the plan does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A candidate at hand, whether its keys are there or not."""

    name: str
    model: str
    modalities: tuple[str, ...]
    variables: tuple[str, ...]
    """Those that its entry names."""
    missing: tuple[str, ...]
    """Those that a call needs and that are not set."""
    absent: str | None
    """What its engine lacks that not every machine has, and what installs it."""
    text: str
    """Its entry as it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A suite's tasks of one modality, or a suite that does not load."""

    name: str
    modality: str | None = None
    samples: int = 0
    licence: str | None = None
    candidates: tuple[str, ...] = ()
    """Who can do any of them now."""
    without_key: tuple[str, ...] = ()
    """Who could if its key were there."""
    problem: str | None = None
    """Why it does not load."""
    own: bool = False
    """Whether it is the folder's: of its bakeoff.yaml, or of its tasks/."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """An embedded model."""

    name: str
    modality: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Everything that can be named."""

    suites: tuple[Shown, ...]
    candidates: tuple[Offer, ...]
    scorers: tuple[str, ...]
    engines: tuple[Model, ...]


def inventory(folder: Path, shipped: Path, env: Mapping[str, str], *, unfit: Unfit) -> Inventory:
    """Look through `folder` and what is shipped; UsageError with every problem of the two providers.yaml."""
    from harness.local.catalog import ENGINES
    from harness.scorers.registry import SCORERS

    offered = _offered(folder, shipped, env)
    return Inventory(
        suites=tuple(_suites(folder, shipped, offered, unfit)),
        candidates=tuple(offer for offer, _ in offered),
        scorers=tuple(sorted(SCORERS)),
        engines=tuple(Model(name=e.name, modality=e.modality, licence=e.licence) for e in ENGINES.values()),
    )


def offers(folder: Path, shipped: Path, env: Mapping[str, str]) -> tuple[Offer, ...]:
    """Return the candidates of `folder`, then the shipped ones; UsageError with every problem of both files."""
    return tuple(offer for offer, _ in _offered(folder, shipped, env))


def _offered(folder: Path, shipped: Path, env: Mapping[str, str]) -> Sequence[tuple[Offer, Candidate]]:
    problems: list[Problem] = []
    shelf = open_shelf(folder, shipped, problems)
    entries: dict[str, Entry | CascadeEntry] = {}
    for file in (shelf.own, shelf.shipped):
        for entry in file.all if file else ():
            entries.setdefault(entry.name, entry)
    found = [(entry, shelf.resolve(entry, env, problems)) for entry in entries.values()]
    if problems:
        raise UsageError(problems)
    return [(_offer(entry, resolved), resolved.candidate) for entry, resolved in found if resolved is not None]


def _offer(entry: Entry | CascadeEntry, found: Resolved) -> Offer:
    written = references(entry.source.at(entry.where))
    first, *rest = entry.source.lines[entry.source.values[entry.where].line - 1 :]
    return Offer(
        name=entry.name,
        model=found.candidate.model,
        modalities=tuple(sorted(found.candidate.modalities)),
        variables=tuple(dict.fromkeys(variable for _, variable in written)),
        missing=tuple(found.missing),
        absent=found.absent,
        text="\n".join([first, *takewhile(lambda line: line.startswith("    "), rest)]) + "\n",
    )


def _suites(folder: Path, shipped: Path, offered: Sequence[tuple[Offer, Candidate]], unfit: Unfit) -> Iterator[Shown]:
    for name, own, suite in (*_written(folder), *_lying(folder, shipped)):
        if isinstance(suite, Problem):
            yield Shown(name=name, own=own, problem=suite.message)
            continue
        for modality in dict.fromkeys(task.modality for task in suite.tasks):
            tasks = [task for task in suite.tasks if task.modality == modality]
            whys = [unfit(task) for task in tasks]
            able = [
                offer
                for offer, candidate in offered
                if modality in offer.modalities and not offer.absent and any(why(candidate) is None for why in whys)
            ]
            yield Shown(
                name=name,
                own=own,
                modality=modality,
                samples=sum(len(task.loaded) for task in tasks),
                licence=suite.licence,
                candidates=tuple(offer.name for offer in able if not offer.missing),
                without_key=tuple(offer.name for offer in able if offer.missing),
            )


def _written(folder: Path) -> Iterator[tuple[str, bool, Suite | Problem]]:
    """Yield the suites that bakeoff.yaml itself holds, or what is wrong with one, or with the file."""
    if not (folder / BAKEOFF_FILE).exists():
        return
    problems: list[Problem] = []
    given, source = read_bakeoff(folder / BAKEOFF_FILE, problems)
    if problems and not given.suites:
        yield BAKEOFF_FILE, True, problems[0]
    for index, entry in enumerate(given.suites):
        if isinstance(entry, InlineSuite):
            wrong: list[Problem] = []
            suite = inline_suite(entry, source, ("suites", index), wrong, [])
            yield entry.name, True, wrong[0] if wrong else suite


def _lying(folder: Path, shipped: Path) -> Iterator[tuple[str, bool, Suite | Problem]]:
    """Yield the suites of the folder's tasks/, of the shipped one and of installed packages."""
    for name in known_suites(folder, shipped):
        path = find_suite(name, beside=folder, folder=folder, shipped=shipped)
        if path is None:  # an entry point whose module is gone
            continue
        own = path.parent.parent == folder and folder.resolve() != shipped.resolve()
        try:
            yield name, own, load_suite(path)
        except UsageError as error:
            yield name, own, error.problems[0]
