"""Records → pandas: one row a planned answer call, one row a score."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from harness.store.ledger import Ledger, ScoreRow
from harness.store.rows import numbers_of

LATENCIES = ("ttft_ms", "ttfo_ms", "ttfa_ms", "total_ms")
TIMES = (*LATENCIES, "gap_ms", "stall_ms")
SPEAKS = ("tts", "speech")
"""Modalities that have a first audio; all but `tts` have a first token."""

CALLS = """
    SELECT plan.key, plan.candidate, plan.epoch, plan.sample AS asked,
        CASE WHEN call.finished IS NULL THEN 'pending' ELSE 'done' END AS state,
        call.fault, call.kind, call.finish_reason,
        call.ttft_ms, call.ttfo_ms, call.ttfa_ms, call.total_ms, call.gap_ms, call.stall_ms, call.queue_ms,
        call.marks_valid,
        (SELECT count(*) FROM attempt WHERE attempt.plan = call.plan AND attempt.visit = call.visit) AS attempts,
        call.input_tokens, call.cached_tokens, call.output_tokens, call.reasoning_tokens, call.input_characters,
        coalesce(json_extract(call.audio, '$.seconds'), call.output_audio_seconds, call.input_audio_seconds)
            AS audio_seconds,
        call.busy_seconds, call.cost_usd, call.cost_source, call.finished
    FROM plan LEFT JOIN call ON call.plan = plan.id
    WHERE plan.role = 'answer' AND (plan.called_off IS NULL OR call.finished IS NOT NULL) ORDER BY plan.id
"""
NUMBERS = (
    *TIMES, "queue_ms", "input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens", "input_characters",
    "audio_seconds", "busy_seconds", "cost_usd",
)  # fmt: skip
COLUMNS = (
    "key", "slot", "modality", "suite", "task", "primary", "sample", "cluster", "lang", "epoch", "candidate", "state",
    "ok", "fault", "kind", "finish_reason", *TIMES, "queue_ms", "marks_valid", "attempts", "input_tokens",
    "cached_tokens", "output_tokens", "reasoning_tokens", "input_characters", "audio_seconds", "busy_seconds", "rtf",
    "chars_per_s", "cost_usd", "cost_source", "finished", "written", "writer",
)  # fmt: skip


def calls_frame(ledger: Ledger) -> pd.DataFrame:
    """Return one row for each planned answer call that was not called off, in plan order; its columns are `COLUMNS`.

    Milliseconds, seconds and dollars are floats; NaN is not measured. A call that timed out never ends: its
    latencies and its `rtf` are infinite, its `chars_per_s` is 0; here alone that is said. Of other failures that are
    not the candidate's own, and of marks that cannot be trusted, latencies are NaN. `rtf` is seconds of work for one
    second of audio, `chars_per_s` the characters spoken in one second of work. `written` is the suite that asks the
    same sample of the same task in writing, and `writer` the candidate that answers there: the model that thinks.
    """
    frame = _read(ledger, CALLS)
    for name in NUMBERS:
        frame[name] = pd.to_numeric(frame[name]).astype("float64")
    for name in ("epoch", "attempts"):
        frame[name] = frame[name].astype("int64")
    _place(frame, ledger)
    frame["ok"] = (frame["state"] == "done") & frame["fault"].isna()
    frame["marks_valid"] = frame["marks_valid"].eq(1)
    late = _latencies(frame)
    work_s = frame["total_ms"] / 1000
    with np.errstate(divide="ignore", invalid="ignore"):
        frame["rtf"] = work_s / frame["audio_seconds"]
        frame["chars_per_s"] = frame["input_characters"] / work_s
    frame.loc[late, ["rtf", "chars_per_s"]] = [np.inf, 0.0]
    return frame[list(COLUMNS)]


def scores_frame(ledger: Ledger) -> pd.DataFrame:
    """Return one row for each score: key, scorer, value (NaN: unscored), reason, detail (a mapping of numbers)."""
    frame = _read(
        ledger,
        "SELECT plan.key, scorer.name AS scorer, score.value, score.reason, score.detail FROM score"
        " JOIN plan ON plan.id = score.plan JOIN scorer ON scorer.id = score.scorer ORDER BY score.plan, score.scorer",
    )
    frame["value"] = frame["value"].astype("float64")
    frame["detail"] = pd.Series([numbers_of(text) for text in frame["detail"]], index=frame.index, dtype=object)
    return frame


def judged_frame(scores: Iterable[ScoreRow]) -> pd.DataFrame:
    """Return what `scores_frame` does, of scores that are not stored."""
    rows = [(row.key, row.scorer, row.value, row.reason, row.detail) for row in scores]
    frame = pd.DataFrame(rows, columns=["key", "scorer", "value", "reason", "detail"], dtype=object)
    return frame.astype({"value": "float64"})


def _read(ledger: Ledger, sql: str) -> pd.DataFrame:
    cursor = ledger.query(sql)
    return pd.DataFrame(cursor.fetchall(), columns=[column[0] for column in cursor.description], dtype=object)


def _place(frame: pd.DataFrame, ledger: Ledger) -> None:
    """Add what the manifest says of each task, and each sample of itself."""
    config: Any = ledger.manifest().config
    tasks = {(suite["name"], task["name"]): task for suite in config["suites"] for task in suite["tasks"]}
    samples = ledger.samples()
    homes = [tasks[asked.suite, asked.task] for asked in samples]
    told: dict[str, list[Any]] = {
        "suite": [asked.suite for asked in samples],
        "task": [asked.task for asked in samples],
        "sample": [asked.sample.id for asked in samples],
        **{name: [home[name] for home in homes] for name in ("slot", "modality", "primary")},
        "cluster": [asked.sample.cluster for asked in samples],
        "lang": [
            asked.sample.metadata.get("lang") or home.get("language")
            for asked, home in zip(samples, homes, strict=True)
        ],
        "written": [asked.sample.metadata.get("written") for asked in samples],
    }
    numbers = [number for (number,) in ledger.query("SELECT id FROM sample ORDER BY id")]
    at = np.searchsorted(numbers, frame["asked"].astype("int64"))
    for name, values in told.items():
        frame[name] = pd.Series(values, dtype=object).take(at).set_axis(frame.index)
    writers = {candidate["name"]: _writer(candidate) for candidate in config.get("candidates", ())}
    frame["writer"] = pd.Series(
        [writers.get(name, name) for name in frame["candidate"]], index=frame.index, dtype=object
    )


def _writer(candidate: Any) -> str:
    """Name of the language model in a cascade, of any other candidate its own."""
    writers = [s["candidate"]["name"] for s in candidate.get("stages", ()) if "text" in s["candidate"]["modalities"]]
    return str(writers[-1] if writers else candidate["name"])


def _latencies(frame: pd.DataFrame) -> pd.Series:
    """Correct the latencies of calls that were not timed, and say which calls timed out."""
    ours = frame["fault"].isin(["infra", "harness"])
    frame.loc[ours | ((frame["state"] == "done") & ~frame["marks_valid"]), list(TIMES)] = np.nan
    late = ours & (frame["kind"] == "timeout")
    speaks, tells = frame["modality"].isin(SPEAKS), frame["modality"] != "tts"
    frame.loc[late, "total_ms"] = np.inf
    frame.loc[late & speaks, ["ttfa_ms", "gap_ms", "stall_ms"]] = np.inf
    frame.loc[late & tells, ["ttft_ms", "ttfo_ms"]] = np.inf
    return late
