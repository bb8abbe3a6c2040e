"""The manifest of a run: what was asked, what was there, frozen before the first call."""

import os
import platform
import sys
from dataclasses import replace
from importlib import metadata
from typing import Any

from harness.core.candidates import Candidate
from harness.core.canonical import Json, digest, from_json, to_json
from harness.core.manifest import Manifest
from harness.core.runs import Bakeoff
from harness.core.suites import Sample, Suite, Task

RECORDED_PACKAGES = ("bakeoff", "litellm", "httpx", "numpy", "scipy", "pandas", "xllamacpp", "onnxruntime",
                     "faster-whisper", "hibari-tts", "opencv-python-headless", "whisper-normalizer")  # fmt: skip
"""Those whose version can change a number."""

ASKED = ("name", "modality", "prompt", "system", "max_tokens", "params", "language")
"""The parts of a task that reach a model; its samples beside."""

JUDGED = ("primary", "scorers")
"""The parts of a task that say how its answers are judged."""


def manifest(bakeoff: Bakeoff, *, run_id: str, started: str, selection: Json) -> Manifest:
    """Return the manifest of a run of `bakeoff`; `started` is UTC in ISO 8601."""
    return Manifest(
        run_id=run_id,
        name=bakeoff.name,
        started=started,
        config=_config(bakeoff),
        suites=_digests(bakeoff),
        scorers=_signatures(bakeoff),
        rules={slot: digest(rule) for slot, rule in bakeoff.rules.items()},
        stop_rule="" if bakeoff.settings.stop is None else digest(bakeoff.settings.stop),
        environment=environment(),
        selection=selection,
    )


def rejudged(stored: Manifest, bakeoff: Bakeoff) -> Manifest:
    """Return `stored` with the scorers and primaries of `bakeoff`: how a run is judged is not what it asked.

    All else stays frozen, the decision rules before all; an instrument that only the new scorers need is added.
    """
    then: Any = stored.config
    instruments: Any = to_json(bakeoff.instruments)
    tasks = {(suite.name, task.name): _task(suite, task) for suite in bakeoff.suites for task in suite.tasks}
    judged = [
        {**suite, "tasks": [{**task, **{key: tasks[suite["name"], task["name"]][key] for key in JUDGED}}
                            for task in suite["tasks"]]}
        for suite in then["suites"]
    ]  # fmt: skip
    config = {**then, "suites": judged, "instruments": {**instruments, **then["instruments"]}}
    return replace(stored, config=config, scorers=_signatures(bakeoff))


def changed_suites(stored: Manifest, bakeoff: Bakeoff) -> list[str]:
    """Say in which suites `bakeoff` asks something else than the stored run did; scorers and targets may change."""
    digests = _digests(bakeoff)
    return [f"suite {name!r}" for name in sorted(digests.keys() | stored.suites.keys())
            if digests.get(name) != stored.suites.get(name)]  # fmt: skip


def changes(stored: Manifest, bakeoff: Bakeoff) -> list[str]:
    """Say what `bakeoff` asks otherwise than the stored run did: suites, candidates, instruments, epochs, early stops.

    Scorers, targets, weights, prices and limits may change: they never ask a model again. So may instruments that
    only one of the two has, since only a scorer brings them.
    """
    then: Any = stored.config
    candidates, instruments = (
        {name: from_json(Candidate, document).identity for name, document in documents.items()}
        for documents in ({c["name"]: c for c in then["candidates"]}, then["instruments"])
    )
    now = {candidate.name: candidate.identity for candidate in bakeoff.candidates}
    changed = changed_suites(stored, bakeoff)
    changed += [f"candidate {name!r}" for name in sorted(now.keys() | candidates.keys())
                if now.get(name) != candidates.get(name)]  # fmt: skip
    changed += [f"instrument {name!r}" for name, candidate in sorted(bakeoff.instruments.items())
                if instruments.get(name, candidate.identity) != candidate.identity]  # fmt: skip
    if bakeoff.epochs != then["epochs"]:
        changed.append(f"epochs: {then['epochs']} then, {bakeoff.epochs} now")
    if stored.stop_rule != ("" if bakeoff.settings.stop is None else digest(bakeoff.settings.stop)):
        changed.append("run.stop, which is fixed before the first call")
    return changed


def _digests(bakeoff: Bakeoff) -> dict[str, str]:
    """Suite → digest of what is asked; how it is judged may change without asking again."""
    return {
        suite.name: digest([suite.version, *({key: _task(suite, task)[key] for key in ASKED} for task in suite.tasks),
                            *([_asked(sample) for sample in task.loaded] for task in suite.tasks)])
        for suite in bakeoff.suites
    }  # fmt: skip


def _asked(sample: Sample) -> list[Any]:
    """Return what of a sample can reach a model; its target cannot."""
    return [sample.id, sample.input, sample.files, sample.metadata, *(image.sha256 for image in sample.media)]


def _signatures(bakeoff: Bakeoff) -> dict[str, str]:
    return {
        f"{suite.name}/{task.name}/{scorer.name}": scorer.signature
        for suite in bakeoff.suites
        for task in suite.tasks
        for scorer in task.scorers
    }


def _config(bakeoff: Bakeoff) -> Json:
    return {
        "name": bakeoff.name,
        "seed": bakeoff.seed,
        "epochs": bakeoff.epochs,
        "settings": to_json(bakeoff.settings),
        "candidates": to_json(bakeoff.candidates),
        "instruments": to_json(bakeoff.instruments),
        "rules": to_json(bakeoff.rules),
        "suites": [_suite(suite) for suite in bakeoff.suites],
        "notices": to_json(bakeoff.notices),
        **({} if bakeoff.exchange is None else {"exchange": to_json(bakeoff.exchange)}),
    }


def _suite(suite: Suite) -> dict[str, Json]:
    tasks: list[Json] = [_task(suite, task) for task in suite.tasks]
    return {"name": suite.name, "version": suite.version, "licence": suite.licence, "tasks": tasks}


def _task(suite: Suite, task: Task) -> dict[str, Json]:
    return {
        "name": task.name,
        "modality": task.modality,
        "slot": suite.slot_of(task),
        "primary": task.primary,
        "scorers": [scorer.name for scorer in task.scorers],
        "prompt": task.prompt,
        "system": task.system,
        "max_tokens": task.max_tokens,
        "params": to_json(task.params),
        "language": task.language,
        "n": len(task.loaded),
    }


def environment() -> dict[str, str]:
    """Return the versions of what can change a number, and the machine."""
    versions = {name: version for name in RECORDED_PACKAGES if (version := _version(name)) is not None}
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "byteorder": sys.byteorder,
        **versions,
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
