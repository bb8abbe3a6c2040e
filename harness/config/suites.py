"""Suites by name or path: suite.py is run, its data files are read, every fault is a problem with its place."""

import hashlib
import importlib.util
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from harness.config.data import (
    MAX_PROBLEMS,
    TARGET_HINT,
    file_meant,
    inside,
    nearest_file,
    no_target,
    read_samples,
    without_target,
)
from harness.config.media import content, is_data, picture, recording, short
from harness.config.paths import TASKS_FOLDER
from harness.config.paths import shipped as shipped_folder
from harness.config.secrets import safe_excerpt, shown
from harness.core.candidates import MODALITIES
from harness.core.canonical import Json, to_json
from harness.core.media import Audio, Image
from harness.core.scores import Scorer
from harness.core.suggest import did_you_mean, meant
from harness.core.suites import Sample, Suite, Task
from harness.core.wording import worded
from harness.errors import Place, Problem, UsageError

SUITE_FILE = "suite.py"
MOST_BYTES = 40 * 2**20
"""Of the pictures of one sample: they are sent in one request, a third larger."""
PICTURE, RECORDING = "picture", "recording"
NAMES = {PICTURE: worded("picture"), RECORDING: worded("recording")}
ABOUT = {"vision": PICTURE, "transcription": RECORDING, "speech": RECORDING}
"""Modality → what its samples' files hold."""
GROUP = "bakeoff.suites"
"""Entry point group in which installed packages offer suites: each names a module that holds one SUITE."""

Report = Callable[[str, str, str, str | None], None]
"""Takes code, message, the field of the task that is wrong, and a hint."""


def load_suite(path: Path, notices: list[str] | None = None) -> Suite:
    """Load the suite at `path`, a folder with suite.py or the file itself, with its samples.

    UsageError with every problem found: the file does not run, it has no SUITE, a task or a data file is wrong.
    What was guessed of a table's columns is added to `notices`.
    """
    problems: list[Problem] = []
    suite = read_suite(path, problems, [] if notices is None else notices)
    if problems or suite is None:
        raise UsageError(problems)
    return suite


def read_suite(path: Path, problems: list[Problem], notices: list[str]) -> Suite | None:
    """Do as `load_suite`, but add what is wrong to `problems` and return the suite all the same; None where it does not
    run, or is none."""
    file = path / SUITE_FILE if path.is_dir() else path
    try:
        author = _Author(file=file, text=_text(file))
        suite = author.suite()
    except UsageError as error:
        problems.extend(error.problems)
        return None
    folder = file.parent
    tasks = []
    if not suite.tasks:
        problems.append(author.problem("E203", worded("suite '{name}' has no task", name=suite.name)))
    for task in suite.tasks:
        if not isinstance(task, Task):
            problems.append(
                author.problem("E219", worded("suite '{name}': {task} is no Task", name=suite.name, task=shown(task)))
            )
            continue

        def report(code: str, message: str, _field: str, hint: str | None, name: str = str(task.name)) -> None:
            problems.append(
                author.problem(
                    code,
                    worded("suite '{suite}', task '{name}': {message}", suite=suite.name, name=name, message=message),
                    name,
                    hint=hint,
                )
            )

        tasks.append(complete(task, folder, report, problems, notices))
    if any(task.modality not in MODALITIES for task in tasks):
        return None
    for name, count in Counter(task.name for task in tasks).items():
        if count > 1:
            problems.append(
                author.problem(
                    "E219", worded("suite '{suite}' has two tasks called '{name}'", suite=suite.name, name=name), name
                )
            )
    return replace(suite, tasks=tasks, folder=str(folder))


def complete(
    task: Task, folder: Path, report: Report, problems: list[Problem], notices: list[str]
) -> Task:  # fmt: skip
    """Check `task` and read its samples, reporting every problem; returns what is right, as it was meant."""
    task = _with_texts(task, report)
    modality = task.modality
    if modality not in MODALITIES:
        hint = did_you_mean(str(modality), MODALITIES)
        report("E220", worded("the modality {modality} is not known", modality=shown(modality)), "modality", hint)
        modality = meant(str(modality), MODALITIES) or str(modality)
    max_tokens = task.max_tokens
    if not isinstance(max_tokens, int) or max_tokens < 1:
        message = worded("max_tokens is a whole number above 0, not {max_tokens}", max_tokens=shown(max_tokens))
        report("E204", message, "max_tokens", worded("for example max_tokens=256"))
        max_tokens = 1
    scorers = _right_scorers(task, report)
    judges = [it for it in scorers if it.needs_target]
    judge = min(judges, key=lambda it: it.takes_empty_target, default=None)  # who asks the most
    samples = _samples(task, folder, judge, report, problems, notices)
    about = ABOUT.get(modality)
    if modality in ("image_generation", "video_generation") and any(sample.files for sample in samples):
        about = ABOUT["vision"]  # they are to be edited, or set in motion
    if about is not None:
        samples = _with_media(samples, folder, report, about)
    if task.documents is not None:
        found = len(problems)
        passages = _data(task.documents, folder, report, problems, notices)
        samples = () if len(problems) > found else _with_documents(samples, passages, report)
    if odd := [sample.id for sample in samples if not isinstance(sample.metadata.get("params", {}), dict)]:
        report(
            "E306",
            worded("metadata.params of sample {id} is no object of request parameters", id=shown(odd[0])),
            "samples",
            None,
        )
        samples = tuple(sample for sample in samples if sample.id not in odd)
    if task.language is not None:
        samples = tuple(replace(sample, metadata={"lang": task.language, **sample.metadata}) for sample in samples)
    params: Any = to_json(task.params)  # an author's keys may be numbers, which JSON knows as text alone
    return replace(task, modality=modality, samples=samples, scorers=scorers, max_tokens=max_tokens, params=params)


def find_suite(name: str, *, beside: Path, folder: Path, shipped: Path) -> Path | None:
    """Return where the suite called `name` lies; None if there is none.

    A name with a slash, or that starts with a dot, is a path from `beside`, the folder of the file that names it.
    Others are sought in `folder`/tasks, then in `shipped`/tasks, then among the installed packages.
    """
    if "/" in name or name.startswith(".") or name.endswith(".py"):
        path = beside / name
        return path if (path if path.suffix == ".py" else path / SUITE_FILE).is_file() else None
    for root in (folder, shipped):
        if (root / TASKS_FOLDER / name / SUITE_FILE).is_file():
            return root / TASKS_FOLDER / name
    return _installed(name)


def places(suite: Suite, path: Path) -> Iterator[tuple[str, Place]]:
    """Yield where each task of `suite`, which was loaded from `path`, is written; as `core.runs.Bakeoff.places` has it
    below the suite."""
    file = path / SUITE_FILE if path.is_dir() else path
    author = _Author(file=file, text=_text(file))
    for task in suite.tasks:
        at = task.name
        yield at, author.place(task.name)
        if task.system is not None and (system := author.argument("system", task.name)) is not None:
            yield f"{at}/system", system


def known_suites(folder: Path, shipped: Path | None = None) -> tuple[str, ...]:
    """Return the names of the suites that a bake-off in `folder` can name."""
    from importlib.metadata import entry_points

    def names() -> Iterator[str]:
        for root in (folder, shipped or shipped_folder()):
            yield from sorted(path.parent.name for path in (root / TASKS_FOLDER).glob(f"*/{SUITE_FILE}"))
        yield from sorted(entry_points(group=GROUP).names)

    return tuple(dict.fromkeys(names()))


def _installed(name: str) -> Path | None:
    from importlib.metadata import entry_points

    for entry in entry_points(group=GROUP, name=name):
        spec = importlib.util.find_spec(entry.module)
        if spec is not None and spec.origin is not None:
            return Path(spec.origin)
    return None


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            [Problem(code="E219", message=worded("the suite cannot be read: {error}", error=error), file=str(file))]
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Author:
    """A suite.py and where things stand in it."""

    file: Path
    text: str

    def suite(self) -> Suite:
        """Run the file and return its SUITE."""
        module = self._run()
        suite = getattr(module, "SUITE", None)
        if suite is None:
            near = next((name for name, value in vars(module).items() if isinstance(value, Suite)), None)
            hint = (
                worded("rename {near} to SUITE", near=near)
                if near
                else worded("end it with SUITE = Suite(name=..., version=1, tasks=[...])")
            )
            raise UsageError([self.problem("E219", worded("{name} holds no SUITE", name=self.file.name), hint=hint)])
        if not isinstance(suite, Suite):
            raise UsageError(
                [self.problem("E219", worded("SUITE is a {kind}, not a Suite", kind=type(suite).__name__), "SUITE")]
            )
        if not isinstance(suite.name, str) or not suite.name.strip() or not isinstance(suite.version, int):
            raise UsageError([self.problem("E219", worded("a Suite has a name and a whole-numbered version"), "SUITE")])
        return suite

    def problem(self, code: str, message: str, name: str | None = None, *, hint: str | None = None) -> Problem:
        """Return a problem where `name` first stands."""
        return Problem.at(self.place(name), code, message, hint=hint)

    def place(self, name: str | None = None) -> Place:
        """Return where `name` first stands, in quotes or at the beginning of a line; without it, the first line."""
        for number, text in enumerate(self.text.splitlines() if name else (), start=1):
            at = -1 if text.startswith(str(name)) else max(text.find(f'"{name}"'), text.find(f"'{name}'"))
            if at >= 0 or text.startswith(str(name)):
                return self._line(number, column=at + 2, length=len(str(name)))
        return self._line(1)

    def argument(self, name: str, task: str) -> Place | None:
        """Return where `name=` stands, at the task or below it; None where that is nowhere, or another task's."""
        begun = False
        for number, text in enumerate(self.text.splitlines(), start=1):
            if f'"{task}"' in text or f"'{task}'" in text:
                begun = True
            elif begun and "Task(" in text:
                return None
            if begun and (at := text.find(f"{name}=")) >= 0:
                return self._line(number, column=at + 1, length=len(name))
        return None

    def _run(self) -> ModuleType:
        name = "bakeoff_suite_" + hashlib.sha256(str(self.file.resolve()).encode()).hexdigest()[:12]
        spec = importlib.util.spec_from_file_location(name, self.file)
        if spec is None or spec.loader is None:
            raise UsageError([self.problem("E219", worded("a suite is a .py file, not {name}", name=self.file.name))])
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # dataclasses and pickle look a class's module up by name
        try:
            spec.loader.exec_module(module)
        except SyntaxError as error:
            own = error.filename == str(self.file)
            place = self._line((own and error.lineno) or 1, column=error.offset if own else None)
            raise UsageError([Problem.at(place, "E219", worded("malformed Python: {msg}", msg=error.msg))]) from error
        except UsageError as error:  # what a suite finds wrong in its own data, in the same words as ours
            own_words = [replace(problem, file=problem.file or str(self.file)) for problem in error.problems]
            raise UsageError(own_words, hint=error.hint) from error
        except (Exception, SystemExit) as error:  # a suite is a stranger's program: whatever it raises is its fault
            frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(self.file)]
            message = worded("the suite does not load: {kind}: {error}", kind=type(error).__name__, error=error)
            place = self._line((frames and frames[-1].lineno) or 1)
            raise UsageError([Problem.at(place, "E219", message)]) from error
        return module

    def _line(self, number: int, *, column: int | None = None, length: int = 1) -> Place:
        lines = self.text.splitlines()
        excerpt = safe_excerpt(lines[number - 1]) if number <= len(lines) else None
        return Place(file=str(self.file), line=number, column=column, excerpt=excerpt, length=length)


def _with_texts(task: Task, report: Report) -> Task:
    """Return a task of which what is to be text is, after reporting what was none."""
    scorers = [it.name for it in task.scorers if isinstance(it, Scorer)]
    instead = {
        "name": str(task.name), "prompt": "{{ input }}", "primary": next(iter(scorers), ""),
        "system": None, "slot": None, "language": None,
    }  # fmt: skip
    wrong = []
    for field, otherwise in instead.items():
        value = getattr(task, field)
        if not isinstance(value, str) and (value is not None or otherwise is not None):
            report("E204", worded("{field} is a text, not {value}", field=field, value=shown(value)), field, None)
            wrong.append(field)
    right: Any = {field: instead[field] for field in wrong}
    return replace(task, **right) if right else task


def _right_scorers(task: Task, report: Report) -> Sequence[Scorer]:
    """Return the scorers of a task that are any, after reporting what is wrong with them."""
    classes = [scorer for scorer in task.scorers if not isinstance(scorer, Scorer)]
    for wrong in classes:
        hint = worded("write {name}()", name=wrong.__name__) if isinstance(wrong, type) else None
        report("E210", worded("{wrong} is no scorer", wrong=shown(wrong)), "scorer", hint)
    if not task.scorers:
        report("E203", worded("it has no scorer, so every output would count as passing"), "scorer", None)
    if classes or not task.scorers:
        return [scorer for scorer in task.scorers if isinstance(scorer, Scorer)]
    names = [scorer.name for scorer in task.scorers]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        report("E210", worded("it has two scorers called '{name}'", name=name), "scorer", None)
    if task.primary not in names:
        report(
            "E211",
            worded("primary {primary} is none of its scorers", primary=shown(task.primary)),
            "primary",
            did_you_mean(task.primary, names),
        )
    return task.scorers


def _samples(
    task: Task, folder: Path, judge: Scorer | None, report: Report, problems: list[Problem], notices: list[str]
) -> tuple[Sample, ...]:
    """Read the samples of a task; `judge` needs their targets."""
    written = task.samples
    if isinstance(written, str):
        return _data(written, folder, report, problems, notices, judge=judge)
    samples = _given_samples(tuple(written), folder, report)
    blank = without_target(samples, judge)
    if judge and blank:
        report("E313", no_target(blank, judge), "samples", TARGET_HINT)
    return samples


def _data(
    written: str, folder: Path, report: Report, problems: list[Problem], notices: list[str], *,
    judge: Scorer | None = None,
) -> tuple[Sample, ...]:  # fmt: skip
    """Read a data file beside the suite; nothing after reporting what is wrong with it."""
    if not inside(folder, written):
        report(
            "E307",
            worded("the dataset {written} is outside the suite's folder", written=shown(written)),
            "data",
            worded("copy it into {folder}", folder=folder),
        )
    elif not (folder / written).exists():
        report("E301", worded("dataset not found: {written}", written=written), "data", nearest_file(folder, written))
        meant_by = file_meant(folder, written)
        return read_samples(meant_by, problems, notices, root=folder, judge=judge) if meant_by else ()
    else:
        return read_samples(folder / written, problems, notices, root=folder, judge=judge)
    return ()


def _with_documents(samples: tuple[Sample, ...], rows: Sequence[Sample], report: Report) -> tuple[Sample, ...]:
    """Give each sample the passages of its pool, by default all."""
    passages = {row.id: str(row.input) for row in rows}
    complete = []
    for sample in samples:
        pool = sample.metadata.get("pool", list[Json](passages))
        names = [str(name) for name in pool] if isinstance(pool, list) else []
        unknown = sorted(set(names) - passages.keys())
        if passages and (unknown or not names):
            message, hint = worded("the pool of sample {id} is no list of ids", id=shown(sample.id)), None
            if unknown:
                message = worded(
                    "the pool of sample {id} names no document {name}", id=shown(sample.id), name=shown(unknown[0])
                )
                hint = did_you_mean(unknown[0], passages)
            report("E306", message, "documents", hint)
            continue
        documents: dict[str, Json] = {name: passages[name] for name in names if name in passages}
        complete.append(replace(sample, metadata={**sample.metadata, "documents": documents}))
    return tuple(complete)


def _given_samples(samples: Sequence[Sample], folder: Path, report: Report) -> tuple[Sample, ...]:
    """Check samples that suite.py made itself."""
    if not samples:
        report("E302", worded("it has no samples"), "samples", None)
    wrong = next((sample for sample in samples if not isinstance(sample, Sample)), None)
    if wrong is not None:
        report("E306", worded("{wrong} is no Sample", wrong=shown(wrong)), "samples", None)
        return ()
    for identity, count in Counter(sample.id for sample in samples).items():
        if count > 1:
            report(
                "E304",
                worded("the sample id {id} stands {count} times", id=shown(identity), count=count),
                "samples",
                None,
            )
    right = []
    for sample in samples:
        outside = [name for name in sample.files if not is_data(name) and not inside(folder, name)]
        absent = [name for name in sample.files if not (is_data(name) or name in outside or (folder / name).is_file())]
        for name in outside:
            report("E307", worded("media path outside the suite: {name}", name=shown(name)), "files", None)
        for name in absent:
            report("E308", worded("media file not found: {name}", name=name), "files", nearest_file(folder, name))
        right += [] if outside or absent else [sample]
    return tuple(right)


def _with_media(samples: Sequence[Sample], folder: Path, report: Report, kind: str) -> tuple[Sample, ...]:
    """Return the samples that are right, with what their files hold; one that cannot be sent would be paid for in vain.

    `kind` is what the task is about: any number of pictures, or one recording, of a conversation two.
    """
    holding: list[Sample] = []
    faults: list[tuple[Sample, str]] = []
    for sample in samples:
        media, found = list[Image | Audio](), len(faults)
        if not sample.files:
            faults.append((sample, worded("it has no {kind}, and the task asks about one", kind=NAMES[kind])))
        if kind == RECORDING and len(sample.files) > (2 if "conversation" in sample.metadata else 1):
            faults.append((sample, worded("it has {n} recordings, and one is heard at a time", n=len(sample.files))))
        for name in sample.files:
            try:
                data = content(folder, name)
                media.append(recording(data) if kind == RECORDING else picture(data))
            except ValueError as error:
                faults.append((sample, worded("{name}: {error}", name=short(name), error=error)))
        if (together := sum(medium.size for medium in media)) > MOST_BYTES:
            faults.append(
                (
                    sample,
                    worded(
                        "its files have {size:,} bytes together, more than {most:,}", size=together, most=MOST_BYTES
                    ),
                )
            )
        holding += [replace(sample, media=tuple(media))] if len(faults) == found else []
    for sample, fault in faults[:MAX_PROBLEMS]:
        report("E314", worded("sample {id}: {fault}", id=shown(sample.id), fault=fault), "files", None)
    if len(faults) > MAX_PROBLEMS:
        report(
            "E314",
            worded(
                "{n} more pictures cannot be taken" if kind == PICTURE else "{n} more recordings cannot be taken",
                n=len(faults) - MAX_PROBLEMS,
            ),
            "files",
            None,
        )
    return tuple(holding)
