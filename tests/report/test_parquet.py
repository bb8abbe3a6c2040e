"""A Parquet file holds typed columns: numbers as numbers, text as it came, and null for what is not known."""

import io
import sys
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pyarrow
import pytest
from pyarrow import parquet as reader

from harness.core.calls import Failure, Fault, Marks, Output, Role
from harness.errors import UsageError
from harness.report.exports import Row, rows
from harness.report.parquet import parquet
from tests.report.benches import Bench, freeze, text_slot

SAID = "=1+1 \u202e水的化学式是 H₂O 🦆\x00"
PAID = Decimal("12345.000000000000000000000001")
"""With more digits than decimal reckons with by itself."""


def some_rows() -> list[Row]:
    """Return answers of one text slot: one that is hostile, one failed of itself, one was lost, one is pending."""
    bench = Bench()
    text_slot(bench, n=4)
    bench.answers[0] = replace(bench.answers[0], outcome=Output(text=SAID), cost_usd=PAID)
    for i, fault in enumerate((Fault.CANDIDATE, Fault.INFRA), start=1):
        failure = Failure(fault=fault, kind="kind", message="why")
        bench.answers[i] = replace(bench.answers[i], outcome=failure, cost_usd=None, marks=Marks(total_ms=5.0))
    pending = bench.answers.pop(3).call
    gone = {bench.answers[1].call.key, bench.answers[2].call.key, pending.key}
    bench.judgements = [judgement for judgement in bench.judgements if judgement.key not in gone]
    evidence = replace(freeze(bench), pending=(pending,))
    keys = [record.call.key for record in evidence.records[Role.ANSWER]]
    return rows(evidence, [*keys[:3], pending.key, *keys[3:]])


def test_it_reads_back_with_its_types_its_text_and_null_for_what_is_not_known() -> None:
    found = some_rows()
    read = reader.read_table(io.BytesIO(parquet("run", found)))
    types = {field.name: field.type for field in read.schema}
    assert types["epoch"] == types["output_tokens"] == types["image_width"] == pyarrow.int64()
    assert types["quality"] == types["ttfo_ms"] == types["score contains"] == pyarrow.float64()
    assert types["audio_seconds"] == pyarrow.float64(), "also a column in which nothing is known has its type"
    assert types["cost_usd"] == pyarrow.decimal128(38, 24)
    assert types["finished"] == pyarrow.timestamp("us", tz="UTC")
    assert types["answer"] == types["fault"] == types["audio_file"] == pyarrow.string()

    first, failed, lost, pending, *others = read.to_pylist()
    assert (first["answer"], first["cost_usd"]) == (SAID, PAID), "money is exact, and no cell a formula"
    assert found[0].record is not None
    assert first["finished"] == datetime.fromisoformat(found[0].record.finished)
    assert (failed["state"], failed["quality"], failed["cost_usd"], failed["ttfo_ms"]) == ("done", 0.0, None, None)
    assert (lost["state"], lost["quality"], lost["score contains"]) == ("failed", None, None)
    unknown = ("quality", "cost_usd", "total_ms", "output_tokens", "attempts", "finished", "answer")
    assert [pending[name] for name in unknown] == [None] * len(unknown)
    assert [row["quality"] for row in others] == [row.quality for row in found[4:]]
    assert all(row["audio_seconds"] is None for row in others)


def test_a_run_without_answers_is_a_file_too() -> None:
    assert reader.read_table(io.BytesIO(parquet("run", []))).num_rows == 0


def test_without_the_package_the_fix_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match="needs the package pyarrow") as caught:
        parquet("run", [])
    (problem,) = caught.value.problems
    assert problem.code == "E107"
    assert "pip install 'pyarrow" in str(problem.hint)
