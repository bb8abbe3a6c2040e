"""What was last decided of a run, and what was asked for then: decision.json, read again, with the draws beside it."""

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.core.calls import Came, Unrecorded
from harness.core.canonical import from_json, to_json
from harness.core.decision import Decision
from harness.core.latitude import Latitude
from harness.core.wording import worded
from harness.decide.sentences import english
from harness.errors import UsageError

FILE = "decision.json"
DRAWS = "draws.json"


def decisions(run_folder: Path) -> tuple[Decision, ...]:
    """Return one decision a slot; UsageError where there is none yet, or it is of a version that knew less."""
    if not (run_folder / FILE).exists():
        raise UsageError(
            worded("run {name} has no decision yet", name=run_folder.name),
            hint=shlex.join(["bakeoff", "decide", str(run_folder)]),
        )
    try:
        found = from_json(tuple[Decision, ...], _document(run_folder)["decisions"])
        for verdict in (decision.verdict for decision in found):
            english(*verdict.said, *verdict.caveats_said)
            if (verdict.winner is None) != (verdict.nobody is not None):
                raise ValueError("a verdict says whom it recommends, or why nobody")
        return found
    except (TypeError, ValueError, KeyError) as error:  # a noun, a word of it, or a sentence that is not known today
        raise _unread(run_folder, worded("was written by another version of Bakeoff")) from error


def latitudes(run_folder: Path) -> tuple[Latitude, ...]:
    """Return what the decisions would be at other weights; nothing where that was not written down of their evidence.

    Another version of Bakeoff has not, or otherwise; a page without it does less, and says so.
    """
    try:
        found = json.loads((run_folder / DRAWS).read_text(encoding="utf-8"))
        if found["evidence_sha256"] != evidence_sha256(run_folder):
            return ()
        return from_json(tuple[Latitude, ...], found["latitudes"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def asked_for(run_folder: Path) -> tuple[dict[str, float], bool]:
    """Return the weights of the last decision, and whether it was allowed to be incomplete.

    Read as plain JSON: what another version of Bakeoff has decided was asked for too. UsageError where it cannot be.
    """
    found = _document(run_folder)["decisions"] if (run_folder / FILE).exists() else []
    try:
        weights = {f"{d['slot']}:{c['name']}": float(c["weight"]) for d in found for c in d["rule"]["criteria"]}
        return weights, any(d.get("incomplete_allowed", False) for d in found)
    except (KeyError, TypeError, AttributeError) as error:
        raise _unread(run_folder, worded("was written by another version of Bakeoff")) from error


def reweighed(run_folder: Path) -> frozenset[str]:
    """Return the slots that were decided by other weights or gates than those frozen before the first call."""
    document = _document(run_folder)
    frozen = document.get("rules_frozen") or {}
    return frozenset(
        d["slot"] for d in document["decisions"] if frozen.get(d["slot"], d["rule_sha256"]) != d["rule_sha256"]
    )


def evidence_sha256(run_folder: Path) -> str:
    """Return the hash of what the last decision was made on; empty where it was not written down."""
    return str(_document(run_folder).get("evidence_sha256", ""))


def is_current(run_folder: Path, decided: Sequence[Decision], came: Came, unrecorded: Unrecorded) -> bool:
    """Whether anything was decided, on all that has come and on what may have been billed beside it."""
    then = _document(run_folder) if decided else {}
    return bool(decided) and (then.get("came"), then.get("unrecorded")) == (to_json(came), to_json(unrecorded))


def _document(run_folder: Path) -> Any:
    try:
        found = json.loads((run_folder / FILE).read_text(encoding="utf-8"))
        return {**found, "decisions": found["decisions"]}
    except (ValueError, KeyError, TypeError) as error:
        raise _unread(run_folder, worded("is damaged")) from error


def _unread(run_folder: Path, why: str) -> UsageError:
    return UsageError(
        worded("{path} {why}", path=run_folder / FILE, why=why),
        hint=shlex.join(["bakeoff", "decide", str(run_folder)]),
    )
