"""Frames: the columns that metrics are computed from, value by value."""

import asyncio
import math
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from harness.core.calls import Fault, Marks, Output, Record, Usage
from harness.core.canonical import Json
from harness.core.requests import SpeechRequest
from harness.store.frames import COLUMNS, calls_frame, scores_frame
from harness.store.ledger import Ledger, ScoreRow
from tests.store.nouns import CLIP, STARTED, attempt, call, failure, instrument, manifest, new_ledger, record, samples

SPEECH = SpeechRequest(text="Hello.")
MARKS = Marks(ttft_ms=10, ttfo_ms=20, total_ms=30, queue_ms=4)


def stored(folder: Path, *records: Record) -> Ledger:
    ledger = new_ledger(folder, *(r.call for r in records), call("waiting", sample="s3", epoch=2))

    async def commit() -> None:
        for r in records:
            await ledger.commit(r)

    asyncio.run(commit())
    return ledger


def row(folder: Path, only: Record) -> dict[str, Any]:
    with stored(folder, only) as ledger:
        return {str(name): value for name, value in calls_frame(ledger).iloc[0].items()}


def test_columns_of_a_done_and_a_pending_call(tmp_path: Path) -> None:
    done = record(
        call("a", sample="s1", candidate="b"),
        marks=MARKS,
        usage=Usage(input_tokens=1, cached_tokens=2, output_tokens=3, reasoning_tokens=4, busy_seconds=0.5),
        attempts=(attempt(1, outcome="reset"), attempt(2)),
        cost_usd=Decimal("0.25"),
    )
    with stored(tmp_path, done) as ledger:
        frame = calls_frame(ledger)
    assert tuple(frame.columns) == COLUMNS
    first, second = ({str(n): v for n, v in frame.iloc[i].items() if not pd.isna(v)} for i in (0, 1))
    places = {"suite": "arith", "task": "sums", "slot": "text", "modality": "text", "primary": "number_match"}
    assert first == {
        **places, "key": "a", "sample": "s1", "cluster": "c1", "lang": "zh", "epoch": 0, "candidate": "b",
        "state": "done", "ok": True, "finish_reason": "stop", "ttft_ms": 10, "ttfo_ms": 20, "total_ms": 30,
        "queue_ms": 4, "marks_valid": True, "attempts": 2, "input_tokens": 1, "cached_tokens": 2, "output_tokens": 3,
        "reasoning_tokens": 4, "busy_seconds": 0.5, "cost_usd": 0.25, "cost_source": "provider", "finished": STARTED,
        "writer": "b",
    }  # fmt: skip
    assert second == {
        **places, "key": "waiting", "sample": "s3", "cluster": "7", "lang": "en", "epoch": 2, "candidate": "haiku",
        "state": "pending", "ok": False, "marks_valid": False, "attempts": 0,
        "writer": "haiku",
    }  # fmt: skip


def test_numbers_are_floats_also_where_nothing_was_measured(tmp_path: Path) -> None:
    with stored(tmp_path) as ledger:
        frame = calls_frame(ledger)
    for name in ("ttft_ms", "total_ms", "cost_usd", "output_tokens", "rtf", "chars_per_s"):
        assert frame[name].dtype == "float64", name
    assert frame["ok"].dtype == "bool"
    assert frame["attempts"].dtype == frame["epoch"].dtype == "int64"


def test_only_answers_are_rows(tmp_path: Path) -> None:
    answer = record(call("a", sample="v0", request=SPEECH), outcome=Output(audio=CLIP))
    with stored(tmp_path, answer) as ledger:
        ledger.add_calls([instrument("i", "a")])
        asyncio.run(ledger.commit(record(instrument("i", "a"), outcome=Output(text="hello"))))
        assert calls_frame(ledger)["key"].tolist() == ["a", "waiting"]


def test_speech_has_its_rates(tmp_path: Path) -> None:
    spoken = record(
        call("a", sample="v1", request=SPEECH),
        outcome=Output(audio=CLIP),
        marks=Marks(ttfa_ms=100, total_ms=500),
        usage=Usage(input_characters=6, output_audio_seconds=9.0),
        cost_usd=None,
    )
    found = row(tmp_path, spoken)
    assert (found["audio_seconds"], found["rtf"], found["chars_per_s"]) == (2.0, 0.25, 12.0)
    assert (found["slot"], found["primary"], found["lang"]) == ("tts", "word_accuracy", "en-GB")
    assert math.isnan(found["cost_usd"])


@pytest.mark.parametrize(
    ("made", "latencies"),
    [
        pytest.param({"kind": "timeout"}, [math.inf, math.inf, None, math.inf], id="timeout is infinite"),
        pytest.param({"kind": "reset"}, [None] * 4, id="another infra failure is not measured"),
        pytest.param({"kind": "timeout", "fault": Fault.HARNESS}, [math.inf, math.inf, None, math.inf], id="ours too"),
        pytest.param({"kind": "empty", "fault": Fault.CANDIDATE}, [10, 20, None, 30], id="the candidate's own stands"),
    ],
)
def test_latencies_of_failures(tmp_path: Path, made: dict[str, Any], latencies: list[float | None]) -> None:
    found = row(tmp_path, replace(failure(call("a"), **made), marks=MARKS))
    shown = [None if math.isnan(found[n]) else found[n] for n in ("ttft_ms", "ttfo_ms", "ttfa_ms", "total_ms")]
    assert shown == latencies
    assert (found["ok"], found["state"], found["kind"]) == (False, "done", made["kind"])


def test_a_voice_that_times_out_has_no_first_token(tmp_path: Path) -> None:
    found = row(tmp_path, failure(call("a", sample="v0", request=SPEECH), kind="timeout"))
    assert (found["ttfa_ms"], found["total_ms"]) == (math.inf, math.inf)
    assert math.isnan(found["ttft_ms"])


def test_marks_that_cannot_be_trusted_are_not_measured(tmp_path: Path) -> None:
    found = row(tmp_path, record(call("a"), marks=replace(MARKS, valid=False)))
    assert math.isnan(found["ttft_ms"])
    assert math.isnan(found["total_ms"])
    assert (found["ok"], found["marks_valid"], found["queue_ms"]) == (True, False, 4)


def test_what_is_asked_aloud_names_where_it_is_asked_in_writing_and_who_writes(tmp_path: Path) -> None:
    stages = [
        {"name": n, "candidate": {"name": n, "modalities": [m]}}
        for n, m in (("ear", "transcription"), ("mind", "text"))
    ]
    candidates: Json = [{"name": "talk", "stages": stages}, {"name": "mind"}]
    told = replace(manifest(), config={**manifest().config, "candidates": candidates})  # type: ignore[dict-item]
    asked = [replace(s, sample=replace(s.sample, metadata={"written": "text_core"})) for s in samples()]
    calls = [call("a", candidate="talk"), call("b", candidate="mind")]
    with Ledger.create(tmp_path, told, asked, calls) as ledger:
        frame = calls_frame(ledger)
    assert frame[["written", "writer"]].to_numpy().tolist() == [["text_core", "mind"]] * 2


def test_scores(tmp_path: Path) -> None:
    rows = [
        ScoreRow(key="a", scorer="wer", signature="wer@1()", value=0.5, reason="half", detail={"words": 4}),
        ScoreRow(key="a", scorer="label", signature="label@1()", value=None, reason="no reading"),
    ]
    with stored(tmp_path, record(call("a"))) as ledger:
        assert list(scores_frame(ledger).columns) == ["key", "scorer", "value", "reason", "detail"]
        ledger.replace_scores(rows)
        frame = scores_frame(ledger)
    assert frame["scorer"].tolist() == ["wer", "label"]
    assert frame["value"].dtype == "float64"
    assert pd.isna(frame["value"][1])
    assert frame["detail"].tolist() == [{"words": 4.0}, {}]
