"""The manifest of a run: what was asked, what was there, frozen before the first call."""

import os
import platform
import sys
from importlib import metadata
from typing import Any

from harness.core.candidates import Candidate
from harness.core.canonical import Json, digest, from_json, to_json
from harness.core.runs import Bakeoff, Manifest
from harness.core.suites import Suite, Task

RECORDED_PACKAGES = ("bakeoff", "litellm", "httpx", "numpy", "scipy", "pandas", "xllamacpp", "onnxruntime",
                     "faster-whisper", "hibari-tts", "whisper-normalizer")  # fmt: skip
"""Those whose version can change a number."""

ASKED = ("name", "modality", "prompt", "system", "max_tokens", "params", "language")
"""The parts of a task that reach a model; its samples beside."""


def manifest(bakeoff: Bakeoff, *, run_id: str, started: str, selection: Json) -> Manifest:
    """Return the manifest of a run of `bakeoff`; `started` is UTC in ISO 8601."""
    return Manifest(
        run_id=run_id,
        name=bakeoff.name,
        started=started,
        config=_config(bakeoff),
        suites=_digests(bakeoff),
        scorers={
            f"{suite.name}/{task.name}/{scorer.name}": scorer.signature
            for suite in bakeoff.suites
            for task in suite.tasks
            for scorer in task.scorers
        },
        rules={slot: digest(rule) for slot, rule in bakeoff.rules.items()},
        environment=_environment(),
        selection=selection,
    )


def changes(stored: Manifest, bakeoff: Bakeoff) -> list[str]:
    """Say in which suites and candidates `bakeoff` asks something else than the stored run did.

    Scorers, weights, prices and limits may change: they never ask a model again.
    """
    then: Any = stored.config
    identities = {c["name"]: from_json(Candidate, c).identity for c in then["candidates"]}
    digests = _digests(bakeoff)
    changed = [f"suite {name!r}" for name in sorted(digests.keys() | stored.suites.keys())
               if digests.get(name) != stored.suites.get(name)]  # fmt: skip
    now = {candidate.name: candidate.identity for candidate in bakeoff.candidates}
    changed += [f"candidate {name!r}" for name in sorted(now.keys() | identities.keys())
                if now.get(name) != identities.get(name)]  # fmt: skip
    return changed


def _digests(bakeoff: Bakeoff) -> dict[str, str]:
    """Suite → digest of what is asked; how it is judged may change without asking again."""
    return {
        suite.name: digest([suite.version, *({key: _task(suite, task)[key] for key in ASKED} for task in suite.tasks),
                            *(task.loaded for task in suite.tasks)])
        for suite in bakeoff.suites
    }  # fmt: skip


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


def _environment() -> dict[str, str]:
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
