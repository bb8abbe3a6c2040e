"""Waterfalls: when each stage of a cascade's answer began, how long it took and what it cost."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from harness.core.calls import Marks, Output, Record, Role
from harness.core.candidates import Candidate, Stage
from harness.report.evidence import Evidence
from harness.report.html import report_page
from harness.report.numbers import Number
from harness.report.slots import slot_evidence
from harness.report.waterfall import waterfall
from tests.report.bakeoffs import decision
from tests.report.benches import Bench, among, freeze, record, text_slot
from tests.report.pages import parse

NAMES = ("gpt-mini", "smollm2")


def cascaded(*stages: tuple[str, Marks], aloud: str = "") -> tuple[Evidence, Record, Bench]:
    """Return two samples whose first answer, of `smollm2`, was made by `stages`; `aloud` speaks by sentence."""
    bench = Bench()
    text_slot(bench, n=2)
    whole = next(r for r in bench.answers if r.call.candidate == "smollm2")
    names = dict.fromkeys(name for name, _ in stages)
    parts = tuple(
        Stage(
            name=name,
            candidate=Candidate(name=f"model-{name}", model=f"local/{name}", modalities=frozenset({"text"})),
            input="",
            by_sentence=name == aloud,
        )
        for name in names
    )
    bench.candidates = [replace(c, stages=parts) if c.name == "smollm2" else c for c in bench.candidates]
    calls = [
        replace(whole.call, key=f"{i}", role=Role.STAGE, candidate=f"model-{name}", stage=name, part_of=whole.call.key)
        for i, (name, _) in enumerate(stages)
    ]
    records = tuple(
        record(call, Output(text=name), marks=marks, cost=Decimal("0.25") if i == 0 else None)
        for i, (call, (name, marks)) in enumerate(zip(calls, stages, strict=True))
    )
    evidence = freeze(bench)
    return replace(evidence, records=among(evidence.records, role=Role.STAGE, are=records)), whole, bench


def bars(*stages: tuple[str, Marks], aloud: str = "") -> list[tuple[str, str | None, str | None, int, int]]:
    evidence, whole, bench = cascaded(*stages, aloud=aloud)
    found = waterfall(slot_evidence(evidence, decision(bench, "text", NAMES)), whole)
    return [(it.name, _raw(it.start), _raw(it.took), it.left, it.width) for it in found]


def _raw(number: Number | None) -> str | None:
    return None if number is None else number.raw


def test_each_stage_begins_where_the_one_before_it_ended() -> None:
    assert bars(("stt", Marks(total_ms=100.0)), ("llm", Marks(total_ms=300.0)), ("tts", Marks(total_ms=600.0))) == [
        ("stt", "0.0", "100.0", 0, 100), ("llm", "100.0", "300.0", 100, 300), ("tts", "400.0", "600.0", 400, 600),
    ]  # fmt: skip


def test_what_was_not_timed_and_what_came_after_it_have_no_bar() -> None:
    assert bars(("stt", Marks(total_ms=100.0)), ("llm", Marks(total_ms=300.0, valid=False)), ("tts", Marks())) == [
        ("stt", "0.0", "100.0", 0, 1000), ("llm", "100.0", None, 0, 0), ("tts", None, None, 0, 0),
    ]  # fmt: skip


def test_a_voice_speaks_each_sentence_when_it_is_whole() -> None:
    writer = Marks(total_ms=400.0, sentences_ms=(100.0, 350.0))
    found = bars(("llm", writer), ("tts", Marks(total_ms=300.0)), ("tts", Marks(total_ms=600.0)), aloud="tts")
    assert found == [
        ("llm", "0.0", "400.0", 0, 400), ("tts", "100.0", "300.0", 100, 300), ("tts", "400.0", "600.0", 400, 600),
    ]  # fmt: skip


def test_the_page_shows_the_stages_with_their_numbers() -> None:
    evidence, whole, bench = cascaded(("stt", Marks(total_ms=100.0)), ("llm", Marks(total_ms=300.0)))
    page = parse(report_page(evidence, [decision(bench, "text", NAMES)], Path("/runs/one/report.html")).html)
    (table,) = page.with_class("stages")
    assert "sttafter 0 ms, for 100 ms, at $0.250llmafter 100 ms, for 300 ms, at –" in table.text.replace("\n", "")
    id = f"text/samples/smollm2/text_core:facts:{whole.call.sample}:0:stage.1.start_ms"
    assert page.figures[id].attributes["value"] == "100.0"
