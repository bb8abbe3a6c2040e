"""Exports: every planned answer has its row, text is never a formula, and a line says whether it is whole."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from harness import pipeline
from harness.core.calls import Failure, Fault, Marks, Output, Record, Role
from harness.core.canonical import from_json, to_json
from harness.core.media import Image
from harness.errors import UsageError
from harness.report.evidence import Evidence
from harness.report.exports import csv_text, jsonl_text, read_jsonl, rows, safe
from harness.store.ledger import Ledger
from tests.report.benches import Bench, freeze, text_slot, tts_slot
from tests.store import nouns
from tests.store.nouns import call, new_ledger


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """A run with an answer of every kind: one failed of itself, one was lost, one is not timed, one is pending."""
    bench = Bench()
    text_slot(bench, n=4)
    tts_slot(bench, n=2)
    failures = [Failure(fault=fault, kind="kind", message="why") for fault in (Fault.CANDIDATE, Fault.INFRA)]
    for i, failure in enumerate(failures):
        bench.answers[i] = replace(bench.answers[i], outcome=failure)
    bench.answers[2] = replace(
        bench.answers[2], marks=Marks(total_ms=5.0, valid=False), outcome=Output(text="=1+1\n\u202e\x00é")
    )
    pending = bench.answers.pop(3).call
    gone = {bench.answers[0].call.key, bench.answers[1].call.key, pending.key}
    bench.judgements = [judgement for judgement in bench.judgements if judgement.key not in gone]
    return replace(freeze(bench), pending=(pending,))


@pytest.fixture(scope="module")
def order(evidence: Evidence) -> list[str]:
    keys = [record.call.key for record in evidence.records[Role.ANSWER]]
    keys.insert(3, evidence.pending[0].key)
    return keys


def table(evidence: Evidence, order: list[str]) -> list[dict[str, str]]:
    text = csv_text("run-1", rows(evidence, order))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_table_has_every_planned_answer_in_plan_order_and_says_what_became_of_it(
    evidence: Evidence, order: list[str]
) -> None:
    found = table(evidence, order)
    assert [row["key"] for row in found] == order
    told = [(row["state"], row["fault"], row["kind"], row["quality"]) for row in found[:4]]
    assert told[:2] == [("done", "candidate", "kind", "0.0"), ("failed", "infra", "kind", "")]
    assert told[3] == ("pending", "", "", "")
    assert (found[2]["state"], found[2]["total_ms"]) == ("done", ""), "a time that cannot be trusted is left out"
    assert found[2]["answer"] == "'=1+1\n\u202e\x00é"
    for row, record in zip(found[4:], evidence.records[Role.ANSWER][3:], strict=True):
        assert Decimal(row["cost_usd"]) == record.cost_usd
        assert float(row["total_ms"]) == record.marks.total_ms
    scores = {(j.key, j.scorer): j.value for j in evidence.judgements}
    shown = {(row["key"], name.removeprefix("score ")): float(value) for row in found for name, value in row.items()
             if name.startswith("score ") and value}  # fmt: skip
    assert shown == {key: value for key, value in scores.items() if value is not None}


def test_media_are_told_by_their_files_and_readings_by_what_was_heard(evidence: Evidence, order: list[str]) -> None:
    heard = {(r.call.measures, r.call.instrument): r.outcome for r in evidence.records[Role.INSTRUMENT]}
    spoken = {r.call.key: r.outcome.audio for r in evidence.records[Role.ANSWER] if isinstance(r.outcome, Output)}
    rows_of = {row["key"]: row for row in table(evidence, order)}
    for key, audio in spoken.items():
        row = rows_of[key]
        assert (row["image_file"], row["video_file"]) == ("", "")
        if audio is None:
            assert (row["audio_file"], row["audio_seconds"], row["reading transcriber"]) == ("", "", "")
            continue
        assert row["audio_file"] == f"media/{audio.sha256[:2]}/{audio.sha256}"
        assert float(row["audio_seconds"]) == audio.seconds
        transcript, rating = (heard[key, name] for name in ("transcriber", "mos"))
        assert isinstance(transcript, Output)
        assert isinstance(rating, Output)
        assert row["reading transcriber"] == transcript.text
        assert json.loads(row["reading mos"]) == rating.values


def test_a_picture_that_was_made_has_its_file_and_size(evidence: Evidence, order: list[str]) -> None:
    made = Image(sha256="ab" * 32, mime="image/png", width=64, height=48, size=9)
    (row, *_) = rows(evidence, order[2:3])
    assert row.record is not None
    drawn = replace(
        row, record=replace(row.record, outcome=Output(image=made)), sample=replace(row.sample, files=("a.png",))
    )
    (cells,) = csv.DictReader(io.StringIO(csv_text("7", [drawn]).removeprefix("\ufeff"), newline=""))
    assert (cells["image_file"], cells["image_width"], cells["image_height"]) == (f"media/ab/{'ab' * 32}", "64", "48")
    assert (cells["files"], cells["audio_file"]) == ("a.png", "")


def test_numbers_stay_numbers_and_text_is_quoted(evidence: Evidence, order: list[str]) -> None:
    head, first, *_ = csv.reader(
        io.StringIO(csv_text("7", rows(evidence, order)).removeprefix("\ufeff"), newline=""),
        quoting=csv.QUOTE_NONNUMERIC,
    )
    cells = dict(zip(head, first, strict=True))
    assert (cells["run"], cells["epoch"], cells["attempts"]) == ("7", 0.0, 1.0)
    assert isinstance(cells["cost_usd"], float)


@pytest.mark.parametrize(
    "cell",
    ["=cmd|' /C calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " \u200b\ufeff=1", "\u00a0-1", "＝1", "\tx"],
)
def test_what_could_be_a_formula_is_text(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", " ", "a=1", "1-1", "'=1", "é", "−1"])
def test_other_text_stays_as_it_is(cell: str) -> None:
    assert safe(cell) == cell


def test_lines_leave_nothing_out(evidence: Evidence, order: list[str]) -> None:
    found = read_jsonl(jsonl_text("run-1", rows(evidence, order)))
    assert [line["call"]["key"] for line in found] == order  # type: ignore[index,call-overload]
    records = [from_json(Record, line["record"]) for line in found if "record" in line]
    assert records == list(evidence.records[Role.ANSWER])
    assert sorted(j["key"] + j["scorer"] for line in found for j in line["judgements"]) == sorted(  # type: ignore
        j.key + j.scorer for j in evidence.judgements
    )
    heard = [json.dumps(reading) for line in found for reading in line["readings"]]  # type: ignore[union-attr]
    asked = {record.call.key for record in evidence.records[Role.ANSWER]}
    expected = [r for r in evidence.records[Role.INSTRUMENT] if r.call.measures in asked]
    assert sorted(heard) == sorted(json.dumps(json.loads(json.dumps(to_json(r), sort_keys=True))) for r in expected)


def test_a_torn_tail_is_left_out_wherever_it_was_torn(evidence: Evidence, order: list[str]) -> None:
    text = jsonl_text("run-1", rows(evidence, order[:3]))
    ends = [i + 1 for i, character in enumerate(text) if character == "\n"]
    for cut in range(len(text) + 1):
        assert len(read_jsonl(text[:cut])) == sum(end <= cut for end in ends)
    assert len(read_jsonl(text[:-9] + "x" + text[-8:])) == 2, "a last line that is damaged is torn, too"


def test_damage_before_the_tail_is_refused(evidence: Evidence, order: list[str]) -> None:
    text = jsonl_text("run-1", rows(evidence, order[:3]))
    at = text.index("\n") + 40
    with pytest.raises(UsageError, match="line 2"):
        read_jsonl(text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :])


def test_a_run_that_goes_on_meanwhile_is_exported_as_it_was_at_one_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Ledger.records

    def then_one_more_lands(ledger: Ledger, role: Role | None = None) -> Iterator[Record]:
        yield from read(ledger, role)
        if role is Role.ANSWER:
            asyncio.run(writer.commit(nouns.record(call("late"))))

    monkeypatch.setattr(Ledger, "records", then_one_more_lands)
    with new_ledger(tmp_path, call("early"), call("late", sample="s1")) as writer:
        asyncio.run(writer.commit(nouns.record(call("early"))))
        found = read_jsonl(pipeline.export(tmp_path, "jsonl").decode())
    assert [line["state"] for line in found] == ["done", "pending"]
