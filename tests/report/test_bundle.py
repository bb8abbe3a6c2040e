"""The samples as data: the telling ones within bounds, the others beside the page, each number recomputed."""

import base64
import copy
import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.core.calls import Output, Role
from harness.report import bundle, differences
from harness.report.html import report_page
from harness.store.records import Records
from tests.report.bakeoffs import FakeRun, decision
from tests.report.benches import freeze
from tests.report.pages import packed, packed_numbers, parse
from tests.report.recompute import close, figures, reads_as
from tests.report.wide import wide

NAMES = tuple(f"candidate-{c}" for c in range(10))


@pytest.fixture(scope="module")
def run() -> FakeRun:
    bench = wide(60)
    return FakeRun(evidence=freeze(bench), decisions=(decision(bench, "text", NAMES),))


@pytest.fixture(scope="module")
def html(run: FakeRun) -> str:
    return report_page(run.evidence, run.decisions, Path("/runs/one/report.html")).html


@pytest.fixture(scope="module")
def data(html: str) -> Mapping[str, Any]:
    return packed(html)


def test_every_packed_number_is_recomputed_and_reads_as_its_raw_value(run: FakeRun, html: str) -> None:
    expected = figures(run.evidence, run.decisions)
    shown = list(packed_numbers(html))
    assert len(shown) > 1500
    assert not [it for it in shown if it.id not in expected or not close(expected[it.id], float(it.raw))]
    for it in shown:
        if it.text:
            said, slack = reads_as(it.text)
            scale = 1000 if it.text.endswith(" s") else 1
            assert abs(said - float(it.raw) / scale) <= slack, it


def test_verify_reads_every_packed_number(html: str, data: Mapping[str, Any], tmp_path: Path) -> None:
    assert dict(bundle.figures(html)) == {it.id: it.raw for it in packed_numbers(html)}
    page = tmp_path / "report.html"

    def verified(name: str, *path: str | int, to: object) -> str:
        changed = copy.deepcopy(data[name])
        at = changed
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = to
        assert bundle.pack(data[name]) in html
        page.write_text(html.replace(bundle.pack(data[name]), bundle.pack(changed)), encoding="utf-8")
        (told,) = differences.of_pages(page, lambda _: html).differences
        return told

    assert "chip: '0.125' is written" in verified("slot-1-index", "scores", 0, 0, to=0.125)
    i, sample = next((i, s) for i, s in enumerate(data["slot-1-chunk-0"]) if s is not None)
    c = next(c for c, answer in enumerate(sample["answers"]) if answer and answer.get("facts") and answer.get("text"))
    fact = sample["answers"][c]["facts"][0]["args"]["value"]["number"]
    told = verified("slot-1-chunk-0", i, "answers", c, "facts", 0, "args", "value", "number", 1, to="99999.0")
    assert f"{fact[0]}: '99999.0' is written, {fact[1]!r} follows" in told
    assert "is written" in verified("slot-1-chunk-0", i, "answers", c, "text", to="other words")
    page.write_text(html.replace(bundle.pack(data["slot-1-index"]), "AAAA"), encoding="utf-8")
    assert "slot-1-index: 'damaged' is written" in "".join(differences.of_pages(page, lambda _: html).differences)


def test_the_same_samples_give_the_same_text(data: Mapping[str, Any]) -> None:
    text = bundle.pack(data["slot-1-index"])
    assert text == bundle.pack(json.loads(json.dumps(data["slot-1-index"])))
    assert gzip.decompress(base64.b64decode(text))[:2] == b'{"'
    assert base64.b64decode(text)[4:8] == bytes(4), "no time of day"


def test_the_most_telling_answers_come_first_and_the_others_stand_beside_the_page(
    run: FakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.report.html.TEXTS", 400)
    monkeypatch.setattr("harness.report.bundle.CHUNK", 100)
    evil = "\x1b[2J\u202e</script>模型\ud800"
    answers = run.evidence.records[Role.ANSWER]
    hostile = Records.of(
        replace(r, outcome=replace(r.outcome, text=evil)) if isinstance(r.outcome, Output) else r for r in answers
    )
    evidence = replace(run.evidence, records={Role.ANSWER: hostile})
    html = report_page(evidence, run.decisions, tmp_path / "report.html").write().read_text(encoding="utf-8")
    page, data = parse(html), packed(html)
    index = data["slot-1-index"]
    assert index["written"] == 40
    assert index["chunks"] == [0, 10, 20, 30]
    assert [len(data[f"slot-1-chunk-{i}"]) for i in range(4)] == [10] * 4
    assert data["slot-1-chunk-0"] == [None] * 10, "what stands in the page is not in it twice"
    assert [flags & 1 for flags in index["flags"]] == sorted((f & 1 for f in index["flags"]), reverse=True)
    held = len({e.attributes["id"] for e in page.with_class("sample")} | {f"slot-1-sample-{i}" for i in range(40)})
    assert page.figures["text/samples/all/texts"].attributes["value"] == str(10 * held)
    assert page.figures["text/samples/all/answers"].attributes["value"] == "600"
    assert [e.attributes["href"] for e in page.tagged("a") if e.text == "outputs.jsonl"] == ["outputs.jsonl"]
    beside = (tmp_path / "outputs.jsonl").read_bytes()
    assert beside.isascii()
    assert b"\x1b" not in beside
    lines = [json.loads(line) for line in beside.splitlines()]
    assert [(line["place"], line["sample"]) for line in lines] == list(enumerate(index["ids"]))[40:]
    said = [answer["text"] for line in lines for answer in line["answers"] if "fault" not in answer]
    assert set(said) == {evil.encode(errors="backslashreplace").decode()}, "as a store spells it"
    scores = {(line["place"], answer["candidate"]): answer["score"] for line in lines for answer in line["answers"]}
    by_name = dict(zip(index["candidates"], index["scores"], strict=True))
    assert scores == {(i, name): by_name[name][i] for i, name in scores}


def test_a_page_that_is_full_holds_fewer_texts(run: FakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.report.bundle.CHUNK", 100)
    monkeypatch.setattr("harness.report.html.BYTES", 30_000)
    html = report_page(run.evidence, run.decisions, Path("/runs/one/report.html")).html
    chunks = [text for _, kind, text in bundle.PACKED.findall(html) if kind != "index"]
    assert 0 < sum(map(len, chunks)) <= 30_000
    assert 0 < packed(html)["slot-1-index"]["written"] < 60
