"""The page is one escaped file that opens offline, whatever was measured."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from harness.core.calls import Failure, Fault, Output, Role
from harness.core.canonical import digest
from harness.core.decision import Decision, DecisionMatrix, GateStatus, Nobody, Verdict, VerdictKind
from harness.core.suites import Sample
from harness.report.discretion import without_content
from harness.report.evidence import AskedSample, Evidence, Judgement
from harness.report.html import HERE, SCRIPTS, report_page
from harness.report.visible import visible
from tests import videos as films
from tests.pictures import noun, picture
from tests.report.bakeoffs import FakeRun, decision, two_slots
from tests.report.benches import RULES, Bench, among, freeze, text_slot, tts_slot
from tests.report.pages import Page, parse, without_library

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    '"><img src=x onerror=alert(3)>',
    "' onmouseover='alert(4)",
    "<!-- <style>*{display:none}</style>",
    "]]></data></td></table>",
    "javascript:alert(5)",
    "https://evil.example/a.js",
    "![x](https://evil.example/x.png) [y](javascript:alert(6))",
    "{{ 7*7 }}{% include 'x' %}",
    "&lt;b&gt;&#60;b&#62;",
    "safe\u202egnp.exe\u2066",
    "bell\x07 escape\x1b[31m nul\x00 zero\u200bwidth",
    "=cmd|' /C calc'!A1",
    "line one\r\nline two\rline three",
    "a/b%2Fc?d#e",
    "模型 名稱 🙂 مرحبا",
)


def render(evidence: Evidence, decisions: Sequence[Decision], path: Path = Path("/runs/one/report.html")) -> str:
    return report_page(evidence, decisions, path).html


@pytest.fixture(scope="module")
def fake() -> FakeRun:
    return two_slots()


@pytest.fixture(scope="module")
def html(fake: FakeRun) -> str:
    return render(fake.evidence, fake.decisions)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return parse(html)


# -- one file ------------------------------------------------------------------------------------------------------


def test_same_records_give_the_same_bytes(html: str, tmp_path: Path) -> None:
    again = two_slots()
    written = report_page(again.evidence, again.decisions, tmp_path / "report.html").write()
    assert written == tmp_path / "report.html"
    assert written.read_bytes() == html.encode()
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_is_small(html: str) -> None:
    assert len(html) - sum(map(len, re.findall('data:audio[^"]*', html))) < 1_500_000


def test_refers_to_nothing_outside(html: str, page: Page) -> None:
    assert not re.findall(r"(?:https?:)?//\w[^\s\"<]*", re.sub('base64,[^"]*', "", without_library(html)))
    for element in page.elements:
        for name, value in element.attributes.items():
            if name in ("href", "src"):
                assert value.startswith(("#", "data:audio/mpeg;base64,"))
            assert not name.startswith("on")
            assert name not in ("style", "srcset", "action", "formaction")


def hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_policy_allows_what_is_there_and_no_more(page: Page) -> None:
    (meta,) = (e for e in page.tagged("meta") if e.attributes.get("http-equiv") == "Content-Security-Policy")
    policy = {part.split()[0]: part.split()[1:] for part in meta.attributes["content"].split("; ")}
    library = next(e.text for e in page.tagged("script") if e.attributes.get("id") == "plotly")
    own = [e.text for e in page.tagged("script") if not e.attributes]
    assert len(own) == len(SCRIPTS)
    assert policy["script-src"] == [hashed(gzip.decompress(base64.b64decode(library)).decode()), *map(hashed, own)]
    assert hashed(page.tagged("style")[0].text) in policy["style-src"]
    assert policy["default-src"] == policy["connect-src"] == policy["base-uri"] == policy["form-action"] == ["'none'"]
    assert not any("unsafe" in source for sources in policy.values() for source in sources)
    types = {e.attributes["id"]: e.attributes["type"] for e in page.tagged("script") if e.attributes}
    samples = [f"slot-{slot}-{part}" for slot in (1, 2) for part in ("index", "chunk-0")]
    data = dict.fromkeys(("figures", "words", "weights"), "application/json") | {"plotly": "text/plain"}
    assert types == data | dict.fromkeys(samples, "text/plain")


def test_vendored_files_are_those_that_were_checked() -> None:
    lines = (HERE / "static" / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split() for line in lines)}
    assert set(sums) == {"plotly-LICENSE.txt", "plotly-basic.min.js"}
    for name, expected in sums.items():
        assert hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest() == expected
    assert "MIT" in (HERE / "static" / "plotly-LICENSE.txt").read_text()


# -- structure -----------------------------------------------------------------------------------------------------


def test_tables_have_captions_and_scopes(page: Page) -> None:
    assert len(page.tagged("table")) == len(page.tagged("caption")) > 40
    assert all(e.attributes.get("scope") in ("row", "col") for e in page.tagged("th"))
    assert all(e.attributes.get("preload") == "none" for e in page.tagged("audio"))
    assert len(page.tagged("audio")) == 24


def test_element_ids_are_unique_and_links_arrive(page: Page) -> None:
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    links = [e.attributes["href"] for e in page.elements if e.tag in ("a", "use")]
    assert {link.removeprefix("#") for link in links} <= set(ids)
    labels = [e.attributes["aria-labelledby"] for e in page.elements if "aria-labelledby" in e.attributes]
    assert set(labels) <= set(ids)


def test_verdicts_come_before_all_else(html: str) -> None:
    order = [html.index(f'id="{name}"') for name in ("verdicts", "slot-1", "slot-1-gates", "slot-1-matrix", "slot-2")]
    assert order == sorted(order)


def test_telling_samples_come_first(page: Page) -> None:
    samples = [e for e in page.with_class("sample") if e.attributes["id"].startswith("slot-1-")]
    interest = [next(c for c in e.classes if c.startswith("interest-")) for e in samples]
    assert interest == sorted(interest)
    assert {"interest-0", "interest-1", "interest-2", "interest-3"} == set(interest)
    assert [("open" in e.attributes) for e in samples] == [True] + [False] * (len(samples) - 1)


def test_excluded_candidates_stay_visible(page: Page) -> None:
    excluded = [e for e in page.tagged("tr") if "excluded" in e.classes]
    assert len(excluded) == 2
    assert all("kokoro" in e.text for e in excluded)


# -- hostile text --------------------------------------------------------------------------------------------------


TOPICS = ("<b onclick=alert(7)>", "</option><script>")
"""Tags by which samples can be sliced."""


def hostile_run(payload: str) -> FakeRun:
    """Return a bake-off in which every field that others write is `payload`."""
    bench, names = Bench(), (f"local {payload}", f"remote {payload}")
    text_slot(bench, names=names, n=4)
    tts_slot(bench, names=("a" + payload, "b" + payload, "c" + payload), n=2)
    text = decision(bench, "text", names)
    tts = decision(bench, "tts", ("a" + payload, "b" + payload, "c" + payload))
    said = replace(text.verdict, sentence=f"sentence {payload}", caveats=(f"caveat {payload}",))
    gate = replace(text.ranking[0].gates[0], reason=f"gate {payload}")
    failing = replace(gate, status=tts.ranking[-1].gates[-1].status)
    ranking = (replace(text.ranking[0], gates=(failing,)), *text.ranking[1:])
    text = replace(text, verdict=said, ranking=ranking)

    def sampled(asked: AskedSample) -> AskedSample:
        metadata: dict[str, Any] = {"lang": f"lang {payload}{asked.sample.id}", "cluster": payload}
        metadata["topic"] = TOPICS[int(asked.sample.id[1:]) % 2]
        sample = Sample(
            id=f"{asked.sample.id} {payload}", input=f"input {payload}", target=f"target {payload}", metadata=metadata
        )
        return replace(asked, sample=sample)

    bench.samples = [sampled(asked) for asked in bench.samples]
    for records in (bench.answers, bench.readings):
        for i, record in enumerate(records):
            outcome = record.outcome
            if isinstance(outcome, Output):
                outcome = replace(
                    outcome,
                    text=f"output {payload}",
                    reasoning=f"thought {payload}",
                    tool_calls=({"name": f"tool {payload}"},),
                    finish_reason=f"finish {payload}",
                    model=payload,
                )
            if records is bench.answers and i == 0:
                outcome = Failure(
                    fault=Fault.INFRA, kind=f"kind {payload}", message=f"error {payload}", partial=f"part {payload}"
                )
            call = replace(record.call, sample=f"{record.call.sample} {payload}")
            records[i] = replace(record, call=call, outcome=outcome, cost_source=f"source {payload}")
    bench.judgements = [
        replace(j, reason=f"reason {payload}", detail={**j.detail, f"detail {payload}": 3.0}) for j in bench.judgements
    ]
    evidence = freeze(bench, name=f"run {payload}")
    manifest = evidence.manifest
    config: Any = {**manifest.config, "notices": [f"notice {payload}"]}  # type: ignore[dict-item]
    config["suites"] = [{**s, "licence": f"licence {payload}"} for s in config["suites"]]
    manifest = replace(
        manifest,
        config=config,
        environment={**manifest.environment, "machine": f"machine {payload}"},
        scorers={**manifest.scorers, "s": f"scorer {payload}"},
    )
    return FakeRun(evidence=replace(evidence, manifest=manifest), decisions=(text, tts))


FIELDS = (
    "local", "remote", "sentence", "caveat", "gate", "input", "target", "output", "thought", "finish", "error", "part",
    "reason", "detail", "notice", "licence", "machine", "run",
)  # fmt: skip


@pytest.mark.parametrize("payload", [" ¦ ".join(HOSTILE[:9]), " ¦ ".join(HOSTILE[9:])], ids=["markup", "characters"])
def test_hostile_text_stays_text(payload: str, page: Page) -> None:
    run = hostile_run(payload)
    html = render(run.evidence, run.decisions)
    attacked = parse(html)
    assert {e.tag for e in attacked.elements} <= {e.tag for e in page.elements} | {"details", "br"}
    assert len(attacked.tagged("script")) == len(page.tagged("script"))
    harmless = {name for e in page.elements for name in e.attributes}
    for element in attacked.elements:
        assert set(element.attributes) <= harmless
        assert element.attributes.get("href", "#").startswith("#")
        assert element.attributes.get("src", "data:audio/mpeg").startswith("data:audio/mpeg")
    shown = visible(payload)
    seen = "\n".join(attacked.foreign)
    for field in FIELDS:
        assert f"{field} {shown}" in seen, field
    assert all(f"topic: {topic}" in seen for topic in TOPICS)
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\u200b]", html)
    assert not [text for text in attacked.bare if re.search(r"\d", text)]
    json.loads(next(e.text for e in attacked.tagged("script") if e.attributes.get("id") == "figures"))


def test_half_characters_are_named_not_fatal(tmp_path: Path) -> None:
    bench = Bench()
    text_slot(bench, n=2)
    bench.answers[1] = replace(bench.answers[1], outcome=Output(text="half \ud800 done"))
    chosen = decision(bench, "text", ("gpt-mini", "smollm2"))
    written = report_page(freeze(bench), [chosen], tmp_path / "report.html").write()
    assert "half ⟨U+D800⟩ done" in "".join(parse(written.read_text()).foreign)


# -- runs that measured little -------------------------------------------------------------------------------------


def nothing(slot: str, kind: VerdictKind) -> Decision:
    """Return the decision of a slot in which nothing was measured."""
    rule = RULES[slot]
    weights = tuple(c.weight / sum(c.weight for c in rule.criteria) for c in rule.criteria)
    return Decision(
        slot=slot,
        rule=rule,
        rule_sha256=digest(rule),
        matrix=DecisionMatrix(
            candidates=(), criteria=rule.criteria, raw=(), values=(), weights=weights, contributions=(), scores=()
        ),
        ranking=(),
        verdict=Verdict(
            kind=kind,
            winner=None,
            nobody=Nobody.INCOMPLETE if kind is VerdictKind.INCOMPLETE else Nobody.NONE,
            leader=None,
            p_best=None,
            near_ties=(),
            smallest_flip=None,
            flip_to=None,
            leave_one_out={},
            sentence="Nothing was measured.",
        ),
        crossovers=(),
        differences=(),
        estimates={},
        samples_planned=0,
        samples_compared=0,
        samples_answered=0,
        seed=0,
        draws=0,
    )


@pytest.mark.parametrize("kind", [VerdictKind.NONE, VerdictKind.INCOMPLETE], ids=str)
def test_a_run_that_measured_nothing_says_so(kind: VerdictKind) -> None:
    page = parse(render(freeze(Bench()), [nothing("text", kind)]))
    assert "Nothing was measured." in page.foreign
    assert {e.attributes.get("id") for e in page.tagged("script")} == {"words", None}, "nothing to draw"
    assert "The run" not in page.tagged("title")[0].text


def test_a_run_without_decisions_says_so() -> None:
    page = parse(render(freeze(Bench()), []))
    assert "Nothing was decided" in page.tagged("main")[0].text


def test_no_audio_and_no_latency() -> None:
    bench = Bench()
    text_slot(bench, n=6)
    bench.answers = [
        replace(r, marks=replace(r.marks, ttfo_ms=None, ttft_ms=None, total_ms=None)) for r in bench.answers
    ]
    page = parse(render(freeze(bench), [nothing("text", VerdictKind.NONE)]))
    assert page.tagged("audio") == []
    assert len(page.with_class("sample")) == 6


def test_pending_calls_stamp_the_run_incomplete(fake: FakeRun) -> None:
    waiting = tuple(record.call for record in fake.evidence.records[Role.ANSWER][:3])
    rest = among(fake.evidence.records, role=Role.ANSWER, are=fake.evidence.records[Role.ANSWER][3:])
    page = parse(render(replace(fake.evidence, records=rest, pending=waiting), fake.decisions[:1]))
    assert "3 of 64 planned answers have no final word" in page.with_class("banner")[0].text
    assert page.figures["run/incomplete/all/pending"].attributes["value"] == "3"


def test_a_weight_that_reads_as_all_or_nothing_is_put_in_words(fake: FakeRun) -> None:
    one = fake.decisions[0]
    edges = tuple(replace(one.crossovers[0], weight=weight) for weight in (0.9998, 0.0002))
    text = parse(render(fake.evidence, [replace(one, crossovers=edges)])).with_class("verdict")[0].text
    assert "would lead only if cost were practically all that counts (now 20%)" in text
    assert "would lead only if cost counted practically nothing (now 20%)" in text


def test_what_is_not_known_is_no_number(fake: FakeRun) -> None:
    one = fake.decisions[0]
    first, *others = one.ranking
    unknown = replace(first, low=None, high=None, p_best=None)
    html = render(fake.evidence, [replace(one, ranking=(unknown, *others))])
    page = parse(html)
    (row,) = (e for e in page.tagged("tr") if "interval –: a task with one judged sample shows no spread" in e.text)
    assert row.text.count("–") == 2
    assert "whisker" not in html[html.index("<svg", html.index('class="ranking')) :].partition("</svg>")[0]
    assert "Chance to be bestnot known" in page.with_class("facts")[0].text


def test_a_changed_rule_is_said(fake: FakeRun) -> None:
    changed = replace(fake.decisions[0], rule_sha256="0" * 64)
    said = "not those that were frozen"
    assert said in parse(render(fake.evidence, [changed])).with_class("verdict")[0].text
    assert said not in parse(render(fake.evidence, fake.decisions[:1])).with_class("verdict")[0].text


def test_unmeasured_is_said_and_is_no_number(fake: FakeRun) -> None:
    one = fake.decisions[0]
    unmeasured = {
        name: tuple(replace(e, value=None, low=None, high=None, n=0) if e.metric.startswith("usd") else e for e in es)
        for name, es in one.estimates.items()
    }
    matrix = replace(
        one.matrix,
        raw=tuple((*row[:2], replace(row[2], value=None, low=None, high=None, n=0)) for row in one.matrix.raw),
        values=tuple((*row[:2], None) for row in one.matrix.values),
    )
    page = parse(render(fake.evidence, [replace(one, estimates=unmeasured, matrix=matrix)]))
    assert "text/matrix/gpt-mini/cost.raw" not in page.figures
    assert "text/matrix/gpt-mini/cost.value" not in page.figures
    assert "text/cost/gpt-mini/usd_per_1k_requests" not in page.figures
    assert "counts as 0" in page.with_class("matrix")[0].text


def test_an_unproven_gate_of_the_winner_asks_for_a_waiver(fake: FakeRun) -> None:
    one = fake.decisions[0]
    line = one.ranking[0]
    unproven = replace(line.gates[1], status=GateStatus.UNPROVEN, reason="the bound is 2100 ms")
    ranking = (replace(line, gates=(line.gates[0], unproven)), *one.ranking[1:])
    page = parse(render(fake.evidence, [replace(one, ranking=ranking)]))
    assert "First answer token, median" in page.with_class("waiver")[0].text


def test_long_answers_are_cut_and_say_by_how_much() -> None:
    bench = Bench()
    text_slot(bench, n=2)
    bench.answers[0] = replace(bench.answers[0], outcome=Output(text="x" * 5000))
    page = parse(render(freeze(bench), [nothing("text", VerdictKind.NONE)]))
    cut = [e for key, e in page.figures.items() if key.endswith("cut_characters")]
    assert [e.attributes["value"] for e in cut] == ["2000"]
    assert max(len(text) for text in page.foreign) == 3000


def test_a_picture_that_was_made_is_shown() -> None:
    bench, data = Bench(), picture(colour="green")
    text_slot(bench, n=2)
    bench.clips[noun(data).sha256] = data
    bench.answers[0] = replace(bench.answers[0], outcome=Output(image=noun(data)))
    page = parse(render(freeze(bench), [nothing("text", VerdictKind.NONE)]))
    (shown,) = page.tagged("img")
    assert shown.attributes["src"] == "data:image/png;base64," + base64.b64encode(data).decode()
    assert shown.attributes["alt"] == "What was made"
    hidden = parse(render(without_content(freeze(bench)), [nothing("text", VerdictKind.NONE)]))
    assert hidden.tagged("img") == []


def test_a_clip_that_was_made_is_played_with_its_length_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    bench, data = Bench(), films.mp4(4.0, 720, 1280)
    text_slot(bench, n=2)
    film = films.noun(data, width=720, height=1280)
    bench.clips[film.sha256] = data
    bench.answers[0] = replace(bench.answers[0], outcome=Output(video=film))
    page = parse(render(freeze(bench), [nothing("text", VerdictKind.NONE)]))
    (played,) = page.tagged("video")
    assert played.attributes["src"] == "data:video/mp4;base64," + base64.b64encode(data).decode()
    assert played.attributes["aria-label"].startswith("Play what ")
    assert any("4.0 s, 720 × 1280 pixels" in element.text for element in page.tagged("span"))
    hidden = parse(render(without_content(freeze(bench)), [nothing("text", VerdictKind.NONE)]))
    assert hidden.tagged("video") == []
    monkeypatch.setattr("harness.report.shown.EMBEDDED_BYTES", 100)
    (played,) = parse(render(freeze(bench), [nothing("text", VerdictKind.NONE)])).tagged("video")
    assert played.attributes["src"].endswith(film.sha256)
    bench.clips[film.sha256] = b"not a clip any more"
    assert parse(render(freeze(bench), [nothing("text", VerdictKind.NONE)])).tagged("video") == []


def test_the_telling_samples_stand_in_the_page_and_the_worst_beside_them() -> None:
    bench = Bench()
    text_slot(bench, n=230)
    page = parse(render(freeze(bench), [decision(bench, "text", ("gpt-mini", "smollm2"))]))
    standing = [e.attributes["id"] for e in page.with_class("sample")]
    assert standing[:25] == [f"slot-1-sample-{i}" for i in range(25)]
    worst = [e.attributes["href"] for e in page.tagged("a") if "-sample-" in e.attributes["href"]]
    assert len(worst) == 10
    assert {link.removeprefix("#") for link in worst} >= set(standing[25:])
    assert page.figures["text/samples/all/filter.all"].attributes["value"] == "230"
    assert "All 460 answers are in this page" in page.with_class("slot-section")[0].text


def test_unscored_answers_lower_the_count_and_are_no_zero(fake: FakeRun) -> None:
    key = next(j.key for j in fake.evidence.judgements if j.scorer == "contains" and j.value == 1.0)

    def unscored(judgement: Judgement) -> Judgement:
        return replace(judgement, value=None) if judgement.key == key else judgement

    judgements = tuple(unscored(j) for j in fake.evidence.judgements)
    page = parse(render(replace(fake.evidence, judgements=judgements), fake.decisions[:1]))
    name = next(r.call.candidate for r in fake.evidence.records[Role.ANSWER] if r.call.key == key)
    assert page.figures[f"text/calls/{name}/unscored"].attributes["value"] == "1"


def test_epochs_are_told_apart(fake: FakeRun) -> None:
    answers = fake.evidence.records[Role.ANSWER]
    again = [replace(r, call=replace(r.call, epoch=1, key=r.call.key[::-1]), cost_usd=Decimal("0.5")) for r in answers]
    twice = replace(fake.evidence, records=among(fake.evidence.records, role=Role.ANSWER, are=(*answers, *again)))
    page = parse(render(twice, fake.decisions[:1]))
    epochs = [e.text for key, e in page.figures.items() if key.endswith(":epoch")]
    assert sorted(set(epochs)) == ["1", "2"]
    assert len(epochs) == len(page.with_class("sample")) == 25
