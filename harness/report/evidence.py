"""Evidence: everything of a run that its pages show, read once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from harness.core.calls import Call, Role, Unrecorded
from harness.core.candidates import Candidate
from harness.core.canonical import Json, from_json
from harness.core.manifest import Manifest
from harness.core.suites import Sample
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A run, read. Tests build it from nouns; `gather` reads it from a store."""

    manifest: Manifest
    samples: tuple[AskedSample, ...]
    records: Mapping[Role, Records]
    judgements: tuple[Judgement, ...]
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
    def pending(self, role: Role) -> Sequence[Call]: ...
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
        judgements=tuple(ledger.scores()),
        pending=tuple(call for role in Role for call in ledger.pending(role)),
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


def signatures_of(manifest: Manifest, answers: Records, judgements: Iterable[Judgement]) -> Mapping[str, str]:
    """Return `suite/task/scorer` → signature of the scorer that judged; of a task that nobody judged, the planned ones.

    Re-scoring may change the scorers; the manifest holds those of the first call.
    """
    homes = dict(
        zip(answers.column("key"), zip(answers.column("suite"), answers.column("task"), strict=True), strict=True)
    )
    found = {(homes[j.key], j.scorer): j.signature for j in judgements if j.key in homes}
    judged = {f"{suite}/{task}/{scorer}": signature for ((suite, task), scorer), signature in found.items()}
    done = {f"{suite}/{task}/" for (suite, task), _ in found}
    planned = {
        f"{place}{scorer}": manifest.scorers[f"{place}{scorer}"]
        for task in tasks_of(manifest)
        if (place := f"{task.suite}/{task.name}/") not in done
        for scorer in task.scorers
        if f"{place}{scorer}" in manifest.scorers
    }
    return planned | judged


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
