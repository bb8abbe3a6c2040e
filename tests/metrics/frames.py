"""Tables of calls and scores as the store makes them, for tests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

CALL: dict[str, Any] = {
    "slot": "text", "modality": "text", "suite": "s", "task": "t", "primary": "exact_match", "lang": "en", "epoch": 0,
    "state": "done", "ok": True, "fault": None, "kind": None, "finish_reason": "stop", "ttft_ms": None, "ttfo_ms": None,
    "ttfa_ms": None, "total_ms": None, "gap_ms": None, "stall_ms": None, "queue_ms": 0.0, "marks_valid": True,
    "attempts": 1, "input_tokens": 10,
    "cached_tokens": None, "output_tokens": None, "reasoning_tokens": None, "input_characters": None,
    "audio_seconds": None, "busy_seconds": None, "rtf": None, "chars_per_s": None, "cost_usd": 0.001,
    "cost_source": "provider", "finished": "2026-01-01T00:00:00Z", "written": None, "writer": None,
}  # fmt: skip

CANDIDATE_FAULT: dict[str, Any] = {"ok": False, "fault": "candidate", "kind": "truncated", "finish_reason": None}
INFRA_FAULT: dict[str, Any] = {
    "ok": False,
    "fault": "infra",
    "kind": "rate_limit",
    "finish_reason": None,
    "cost_usd": None,
}
TIMEOUT: dict[str, Any] = INFRA_FAULT | {
    "kind": "timeout", "ttft_ms": float("inf"), "ttfo_ms": float("inf"), "ttfa_ms": float("inf"),
    "total_ms": float("inf"), "rtf": float("inf"), "chars_per_s": 0.0,
}  # fmt: skip
PENDING: dict[str, Any] = {"state": "pending", "ok": None, "finish_reason": None, "cost_usd": None}


@dataclass
class Frames:
    """A run in the making."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    scores: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        candidate: str,
        sample: str,
        score: float | None = None,
        *,
        details: Mapping[str, Mapping[str, float]] | None = None,
        others: Mapping[str, float | None] | None = None,
        **columns: Any,
    ) -> None:
        """Add a call, with the value of its primary scorer, details of scorers, values of other scorers."""
        row = CALL | {"candidate": candidate, "sample": sample, "cluster": sample} | columns
        key = "/".join(str(row[c]) for c in ("slot", "suite", "task", "sample", "epoch", "candidate"))
        self.calls.append(row | {"key": key})
        values = dict(others or {}) | ({} if score is None else {row["primary"]: score})
        for scorer, value in values.items():
            self.scores.append(
                {"key": key, "scorer": scorer, "value": value, "reason": "", "detail": (details or {}).get(scorer, {})}
            )

    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return both tables."""
        return (
            pd.DataFrame(self.calls, columns=["key", "candidate", "sample", "cluster", *CALL]),
            pd.DataFrame(self.scores, columns=["key", "scorer", "value", "reason", "detail"]),
        )


def scored(scores: Mapping[str, Iterable[float]], **columns: Any) -> Frames:
    """Return a run of one task: candidate → its samples' scores."""
    frames = Frames()
    for candidate, values in scores.items():
        for i, value in enumerate(values):
            frames.add(candidate, f"{i:04}", value, **columns)
    return frames
