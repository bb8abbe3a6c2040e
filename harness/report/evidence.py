"""Evidence: everything of a run that its pages show, read once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from harness.core.calls import Call, Role, Unrecorded
from harness.core.candidates import Candidate
from harness.core.canonical import Json, from_json
from harness.core.manifest import Manifest
from harness.core.suites import Sample
from harness.store.judgements import Judgements
from harness.store.operations import ScoreRow as Judgement
from harness.store.records import Records

__all__ = ["Judgement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSample:
    """A sample with its place."""

    suite: str
    task: str
    sample: Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTask:
    """A task as the manifest describes it."""

    suite: str
    name: str
    modality: str
    slot: str
    primary: str
    """Name of the scorer whose value is the task's quality."""
    scorers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A run, read. Tests build it from nouns; `gather` reads it from a store."""

    manifest: Manifest
    samples: tuple[AskedSample, ...]
    records: Mapping[Role, Records]
    judgements: Iterable[Judgement]
    pending: tuple[Call, ...] = ()
    """Planned calls without a final word."""
    uncertain: tuple[Call, ...] = ()
    """Calls of a dead process that may have been billed, and are sent again."""
    unrecorded: Unrecorded = field(default_factory=Unrecorded)
    read_media: Callable[[str], bytes]
    """sha256 → bytes; OSError or BakeoffError where the clip is gone."""
    media_path: Callable[[str], Path]
    """sha256 → where the clip lies."""

    def of_role(self, role: Role) -> Records:
        return self.records.get(role) or Records.of(())

    @cached_property
    def judged(self) -> Judgements:
        """The judgements as a table."""
        if isinstance(self.judgements, Judgements):
            return self.judgements
        everything = self.everything
        numbers = dict(zip(everything.call_keys(), everything.ints("number").tolist(), strict=True))
        return Judgements.of(self.judgements, numbers)

    @cached_property
    def signatures(self) -> Mapping[str, str]:
        """`suite/task/scorer` → signature of the scorer that judged; of a task that nobody judged, the planned ones.

        Re-scoring may change the scorers; the manifest holds those of the first call.
        """
        answers = self.of_role(Role.ANSWER)
        tasks = {home[:2]: i for i, home in enumerate(answers.homes)}
        homes = np.array([tasks[home[:2]] for home in answers.homes], dtype=np.int64)
        where = np.append(homes[answers.ints("home")], -1)[answers.places_of(self.judged.calls)]
        found = {
            (*answers.homes[home][:2], scorer): signature
            for (home, scorer), signature in self.judged.signatures(where).items()
        }
        done = {(suite, task) for suite, task, _ in found}
        planned = {
            place: self.manifest.scorers[place]
            for task in tasks_of(self.manifest)
            for scorer in task.scorers
            if (task.suite, task.name) not in done
            and (place := f"{task.suite}/{task.name}/{scorer}") in self.manifest.scorers
        }
        return planned | {"/".join(place): signature for place, signature in found.items()}

    @property
    def everything(self) -> Records:
        """The records of all roles, which are parts of one table."""
        return Records.joined(self.records.values())


class _StoredSample(Protocol):
    @property
    def suite(self) -> str: ...
    @property
    def task(self) -> str: ...
    @property
    def sample(self) -> Sample: ...


class LedgerReader(Protocol):
    """What a ledger must answer to be reported."""

    def manifest(self) -> Manifest: ...
    def samples(self) -> Sequence[_StoredSample]: ...
    def table(self) -> Records: ...
    def scores(self) -> Iterable[Judgement]: ...
    def pending(self, *roles: Role) -> Sequence[Call]: ...
    def uncertain(self) -> Sequence[Call]: ...
    def unrecorded(self) -> Unrecorded: ...


class MediaReader(Protocol):
    """What a media store must answer to be reported."""

    def get(self, sha256: str) -> bytes: ...
    def path(self, sha256: str) -> Path: ...


def gather(ledger: LedgerReader, media: MediaReader) -> Evidence:
    """Read from a run's ledger and media what its pages show; media bytes are read when a page needs them."""
    return Evidence(
        manifest=ledger.manifest(),
        samples=tuple(AskedSample(suite=s.suite, task=s.task, sample=s.sample) for s in ledger.samples()),
        records=by_role(ledger.table()),
        judgements=ledger.scores(),
        pending=tuple(ledger.pending(*Role)),
        uncertain=tuple(call for call in ledger.uncertain() if call.role is not Role.WARMUP),
        unrecorded=ledger.unrecorded(),
        read_media=media.get,
        media_path=media.path,
    )


def by_role(records: Records) -> dict[Role, Records]:
    return {Role(role): found for role, found in records.by("role").items()}


def config_of(manifest: Manifest) -> Mapping[str, Any]:
    """Return the resolved configuration as `execute/manifest.py` wrote it; empty where there is none."""
    return manifest.config if isinstance(manifest.config, dict) else {}


def tasks_of(manifest: Manifest) -> tuple[AskedTask, ...]:
    """Return the tasks of every suite in the order in which they were asked."""
    return tuple(
        AskedTask(
            suite=suite["name"],
            name=task["name"],
            modality=task["modality"],
            slot=task["slot"],
            primary=task["primary"],
            scorers=tuple(task["scorers"]),
        )
        for suite in config_of(manifest).get("suites", ())
        for task in suite["tasks"]
    )


def candidates_of(manifest: Manifest) -> Mapping[str, Candidate]:
    """Return the candidates with the prices used, by name, in the order of the configuration."""
    listed: list[Json] = config_of(manifest).get("candidates", [])
    candidates = [from_json(Candidate, item) for item in listed]
    return {candidate.name: candidate for candidate in candidates}


def called(manifest: Manifest) -> Mapping[str, Candidate]:
    """Return all that were called by name: candidates, instruments, and the models of cascades' stages."""
    named = (*candidates_of(manifest).values(), *instruments_of(manifest).values())
    return {model.name: model for candidate in named for model in (candidate, *candidate.models)}


def instruments_of(manifest: Manifest) -> Mapping[str, Candidate]:
    """Return instrument name → the candidate that served as it."""
    listed: Mapping[str, Json] = config_of(manifest).get("instruments", {})
    return {name: from_json(Candidate, item) for name, item in listed.items()}
