"""The memo can be signed: whole, worded by its verdict, every figure the report's own, hostile text disarmed."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from harness.core.calls import Role, Unrecorded
from harness.core.canonical import digest
from harness.core.decision import GateStatus, Nobody, VerdictKind
from harness.core.traffic import Traffic
from harness.report.evidence import candidates_of
from harness.report.html import report_page
from harness.report.margin import stated_traffic
from harness.report.markdown import markdown
from harness.report.memo import memo as memo_of
from harness.report.numbers import usd
from harness.report.volumes import VOLUMES, stated
from harness.report.words import WORDS
from tests.report.bakeoffs import FakeRun, two_slots
from tests.report.benches import Bench, among, freeze
from tests.report.pages import LINK, NUMBER, Page, memo_text, parse, strays, unlinked
from tests.report.test_page import HOSTILE, hostile_run, nothing

SECTIONS = (
    "Decision drivers", "Results", "What would change our mind", "Costs", "Bad cases", "Confirmation",
)  # fmt: skip


@pytest.fixture(scope="module")
def fake() -> FakeRun:
    return two_slots()


@pytest.fixture(scope="module")
def page(fake: FakeRun) -> Page:
    return parse(report_page(fake.evidence, fake.decisions, Path("/runs/one/report.html")).html)


@pytest.fixture(scope="module")
def memo(fake: FakeRun) -> str:
    return memo_text(fake.evidence, fake.decisions)


def front_matter(memo: str) -> dict[str, object]:
    head, matter, _ = memo.split("---\n", 2)
    assert head == ""
    loaded = yaml.safe_load(matter)
    assert isinstance(loaded, dict)
    return loaded


def record(memo: str) -> dict[str, object]:
    """What the memo rests on, at its end."""
    loaded = yaml.safe_load(memo.rpartition("```yaml\n")[2].partition("\n```")[0])
    assert isinstance(loaded, dict)
    return loaded


def cited(of: FakeRun) -> dict[str, str]:
    """Candidate → the beginning of the hash of its prices."""
    named = candidates_of(of.evidence.manifest)
    return {name: digest(it.prices)[:12] for name, it in named.items() if it.prices is not None}


def test_front_matter_names_what_was_decided_on(fake: FakeRun, memo: str) -> None:
    matter = front_matter(memo)
    assert matter["status"] == "proposed"
    assert matter["date"] == "2026-11-20"
    assert matter["run"] == fake.evidence.manifest.run_id
    assert record(memo)["rules"] == {d.slot: d.rule_sha256 for d in fake.decisions}
    assert matter["recommended"] == {d.slot: d.verdict.winner for d in fake.decisions}
    assert record(memo)["prices"]["gpt-mini"] == f"litellm 1.106.2, 2026-11-01 (price hash {cited(fake)['gpt-mini']})"  # type: ignore[index]
    assert record(memo)["tool"] == "bakeoff 0.1.0"


def test_what_is_signed_is_read_in_minutes(memo: str) -> None:
    """Before the evidence stand, of each slot, whom to choose, why, what would change it, and what it costs."""
    first = memo.partition("## Evidence: ")[0].split("---\n", 2)[2]
    assert len(first.split()) < 900, "five minutes at 180 words a minute, footnote marks and all"
    for conclusion in first.partition("## Decision")[2].partition("## Risks")[0].split("### ")[1:]:
        assert conclusion.count("\n**") == 1
        assert re.findall(r"^- (Why|What would change it|Cost per 1,000 requests|Fallback): ", conclusion, re.MULTILINE)
        assert conclusion.count("\n- ") <= 8
    assert re.findall("^## (.*)$", first, re.MULTILINE) == ["Decision", "Risks that no run measures", "Re-run when"]


def test_every_section_stands_for_every_slot(memo: str) -> None:
    text, tts = memo.partition("## Evidence: how")[0].split("## Evidence: ")[1:]
    for story in (text, tts):
        assert re.findall("^### (.*)$", story, re.MULTILINE) == list(SECTIONS)
    assert re.findall("^## (.*)$", memo, re.MULTILINE) == [
        "Decision", "Risks that no run measures", "Re-run when", "Evidence: text", "Evidence: tts",
        "Evidence: how it was measured", "To check, and to understand",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said", "unsaid"),
    [
        (VerdictKind.CLEAR, "**Choose gpt-mini.**", "If one must be named"),
        (VerdictKind.LEAN, "not beyond doubt", "If one must be named"),
        (VerdictKind.TOSS_UP, "If one must be named: gpt-mini", "Choose gpt-mini"),
    ],
    ids=str,
)
def test_wording_follows_the_verdict(fake: FakeRun, kind: VerdictKind, said: str, unsaid: str) -> None:
    one = fake.decisions[0]
    memo = memo_text(fake.evidence, [replace(one, verdict=replace(one.verdict, kind=kind))])
    assert said in memo
    assert unsaid not in memo


@pytest.mark.parametrize(
    ("kind", "said"),
    [(VerdictKind.NONE, "Choose none of them"), (VerdictKind.INCOMPLETE, "Do not decide yet")],
    ids=str,
)
def test_a_memo_without_a_winner_recommends_nobody(kind: VerdictKind, said: str) -> None:
    memo = memo_text(freeze(Bench()), [nothing("text", kind)])
    assert said in memo
    assert "we decided for no candidate" in memo
    assert front_matter(memo)["recommended"] == {"text": None}


def test_near_ties_are_named(fake: FakeRun) -> None:
    one = fake.decisions[0]
    tied = replace(one.verdict, kind=VerdictKind.TOSS_UP, winner="smollm2", near_ties=("smollm2",))
    memo = memo_text(fake.evidence, [replace(one, verdict=tied)])
    assert "**Take any of gpt-mini and smollm2: what was measured does not tell them apart. If one" in memo
    assert "Fallback: gpt-mini, next in the ranking.\n" in memo


def test_a_toss_up_without_a_near_tie_calls_nobody_cheaper(fake: FakeRun) -> None:
    """Weights may decide who is first although no score is near: then the first is named, and as nothing else."""
    one = fake.decisions[0]
    alone = replace(one.verdict, kind=VerdictKind.TOSS_UP, near_ties=())
    memo = memo_text(fake.evidence, [replace(one, verdict=alone)])
    assert "If one must be named: gpt-mini, which ranks first." in memo
    assert "Take any of" not in memo


def test_who_leaves_the_worst_anchor_is_rolled_back_though_the_interval_went_further(fake: FakeRun) -> None:
    one = fake.decisions[0]
    assert "- Quality: at least 0.76" in memo_text(fake.evidence, [one])
    criteria = tuple(replace(c, worst=0.8) if c.metric == "quality" else c for c in one.matrix.criteria)
    memo = memo_text(fake.evidence, [replace(one, matrix=replace(one.matrix, criteria=criteria))])
    assert "- Quality: at least 0.8" in memo


def test_nobody_is_chosen_who_had_no_rival_or_is_not_good_enough(fake: FakeRun) -> None:
    one, table = fake.decisions[0], fake.decisions[0].matrix
    first = table.candidates.index("gpt-mini")
    rows = {key: (getattr(table, key)[first],) for key in ("candidates", "raw", "values", "contributions", "scores")}
    alone = memo_text(fake.evidence, [replace(one, ranking=one.ranking[:1], matrix=replace(table, **rows))])
    assert "**Nothing was compared: gpt-mini had no rival. It passes its gates.**" in alone
    none = replace(one.verdict, kind=VerdictKind.NONE, winner=None)
    for nobody, told in (
        (Nobody.UNFIT, "**Choose none of them: gpt-mini ranks first, and is not good enough.**"),
        (Nobody.NONE, "**Choose none of them: no candidate passes the gates, or nothing was measured.**"),
        (Nobody.SCARCE, "**Do not choose yet: add samples first.**"),
    ):
        memo = memo_text(fake.evidence, [replace(one, verdict=replace(none, nobody=nobody))])
        assert told in memo


def test_a_fallback_whose_gates_are_unproven_says_so(fake: FakeRun) -> None:
    first, second, *rest = fake.decisions[0].ranking
    gates = (replace(first.gates[0], candidate=second.candidate, status=GateStatus.UNPROVEN),)
    memo = memo_text(fake.evidence, [replace(fake.decisions[0], ranking=(first, replace(second, gates=gates), *rest))])
    assert f"Fallback: {second.candidate}, next in the ranking, once its gates are proven." in memo


def test_nobody_accepts_caveats_that_are_not_there(fake: FakeRun) -> None:
    one = fake.decisions[0]
    for caveats, accepted in (
        ((), "accepting the risks above."),
        (("A word.",), "accepting the caveats and risks above."),
    ):
        memo = memo_text(fake.evidence, [replace(one, verdict=replace(one.verdict, caveats=caveats, caveats_said=()))])
        assert accepted in memo
        assert ("- Risk: A word." in memo) == bool(caveats)


def test_a_leader_with_an_unproven_gate_is_not_recommended(fake: FakeRun) -> None:
    one = fake.decisions[0]
    line = one.ranking[0]
    unproven = replace(line.gates[1], status=GateStatus.UNPROVEN)
    ranking = (replace(line, gates=(unproven,)), *one.ranking[1:])
    withheld = replace(one.verdict, winner=None, nobody=Nobody.WITHHELD)
    memo = memo_text(fake.evidence, [replace(one, ranking=ranking, verdict=withheld)])
    assert "Nobody is recommended yet, although gpt-mini ranks first" in memo
    assert "Waiver needed" in memo
    assert "we decided for no candidate" in memo


def test_a_waiver_is_asked_for(fake: FakeRun) -> None:
    one = fake.decisions[0]
    line = one.ranking[0]
    unproven = replace(line.gates[1], status=GateStatus.UNPROVEN)
    memo = memo_text(fake.evidence, [replace(one, ranking=(replace(line, gates=(unproven,)), *one.ranking[1:]))])
    assert "Waiver needed: these gates are not proven for gpt-mini: First answer token, median." in memo


@pytest.mark.parametrize("language", WORDS)
def test_every_number_links_to_its_figure_in_the_report(fake: FakeRun, page: Page, language: str) -> None:
    written = markdown(memo_of(fake.evidence, fake.decisions, language=language))
    body = re.sub("```.*?```", "", written.split("---\n", 2)[2], flags=re.DOTALL)
    ids = {element.attributes["id"] for element in page.elements if "id" in element.attributes}
    texts = {id: element.text for id, element in page.figures.items()}
    linked = LINK.findall(body)
    assert len(linked) > 200
    for text, target in linked:
        place, _, id = target.partition("#")
        assert (place, id in ids) == ("report.html", True), target
        if "/verdict/all/" in id or "-sample-" in id:
            continue  # a sentence of decision.json, whose numbers are its own, or a sample's name
        stem = id.removesuffix(".difference")
        beside = [shown for other, shown in texts.items() if other == id or other.startswith(f"{stem}.")]
        if id.endswith("/usd_per_1k_requests"):
            figures = [float(page.figures[id + end].attributes["value"]) for end in ("", ".low", ".high")]
            beside += [usd(figure * volume / 1000) for figure in figures for volume in VOLUMES]
        said = NUMBER.findall(unlinked(text))
        assert said, f"{text} links to {id} and has no number"
        assert set(said) <= {number for shown in beside for number in NUMBER.findall(shown)}, (text, beside)


@pytest.mark.parametrize("language", WORDS)
def test_no_number_stands_outside_a_link(fake: FakeRun, language: str) -> None:
    """But those of our own words, of names and hashes of the record, and the volumes that were asked for."""
    written = markdown(memo_of(fake.evidence, fake.decisions, language=language))
    reasons = {judgement.reason for judgement in fake.evidence.judgements}
    known = [*WORDS[language].values(), repr(fake.evidence.manifest), *reasons, *(f"{volume:,}" for volume in VOLUMES)]
    known += cited(fake).values()
    assert strays(written, [*known, *(decision.rule_sha256 for decision in fake.decisions)]) == set()


def test_a_chinese_memo_says_the_same_in_chinese(fake: FakeRun, memo: str) -> None:
    chinese = memo_text(fake.evidence, fake.decisions, "zh")
    ours = [
        line for line in re.sub("```.*?```", "", chinese, flags=re.DOTALL).split("---\n", 2)[2].splitlines() if line
    ]
    foreign = [line for line in ours if not re.search("[\u4e00-\u9fff]", line) and not line.startswith(("| ", "[^"))]
    assert [line for line in foreign if not line.startswith("**text_core/") and "expected" not in line] == []
    assert NUMBER.findall(chinese.split("---\n", 2)[1])[:3] == NUMBER.findall(memo.split("---\n", 2)[1])[:3]
    assert not re.search("[\u4e00-\u9fff][,;:?!]", chinese), "Chinese text has Chinese punctuation"


@pytest.mark.parametrize(
    ("frozen", "said"),
    [
        pytest.param(None, "were not frozen before the first call", id="never"),
        pytest.param("0" * 64, f"rule {'0' * 64} was frozen.", id="changed"),
    ],
)
def test_weights_that_changed_after_they_were_frozen_are_told(fake: FakeRun, frozen: str | None, said: str) -> None:
    manifest = replace(fake.evidence.manifest, rules={} if frozen is None else {"text": frozen})
    memo = memo_text(replace(fake.evidence, manifest=manifest), fake.decisions[:1])
    assert said in memo
    assert ("- The weights or gates are not those that were frozen" in memo) == (frozen is not None)


def test_a_month_is_priced_at_the_volumes_that_are_asked_for(fake: FakeRun) -> None:
    memo = markdown(memo_of(fake.evidence, fake.decisions, volumes=(7, 5_000)))
    assert stated(memo) == (7, 5_000)
    cost = next(e for e in fake.decisions[0].estimates["gpt-mini"] if e.metric == "usd_per_1k_requests")
    assert f" \\{usd(5 * (cost.value or 0))} \\[\\{usd(5 * (cost.low or 0))}, " in memo
    assert re.search(r"\| Candidate\[\^\d+\] \| 7 a month \| 5,000 a month \|", memo)
    assert stated("no front matter") == VOLUMES


def test_what_an_answer_says_is_taken_for_nothing_that_a_memo_was_asked_for() -> None:
    said = 'requests_a_month: [5]\ntraffic: {"requests": 5}'
    for memo in (f"---\nstatus: proposed\n---\n\n```\n{said}\n```\n", said):
        assert (stated(memo), stated_traffic(memo)) == (VOLUMES, None)
    assert stated_traffic(f"---\n{said}\n---\n") == Traffic(requests=5)


def test_what_was_charged_by_an_estimate_or_cannot_be_true_is_told(fake: FakeRun) -> None:
    first, *others = fake.evidence.records[Role.ANSWER]
    doubtful = replace(first, cost_source="estimated", usage=replace(first.usage, source="suspect"))
    answers = among(fake.evidence.records, role=Role.ANSWER, are=(doubtful, *others))
    beside = Unrecorded(calls=3, usd=Decimal("0.0123"))
    memo = memo_text(replace(fake.evidence, records=answers, unrecorded=beside), fake.decisions)
    assert re.search(r"\| ≈ \$\S+ \(1 of \d+ calls estimated\) \|", memo)
    assert "May have been billed beside: at most $0.0123, for 3 calls that were broken off or asked again." in memo
    assert "1 estimated at the bound" in memo
    assert "1 with a usage that cannot be true." in memo


@pytest.mark.parametrize("payload", [" ¦ ".join(HOSTILE)], ids=["every payload"])
def test_hostile_text_is_disarmed(payload: str) -> None:
    run = hostile_run(payload)
    memo = markdown(memo_of(run.evidence, run.decisions))
    assert f"remote {payload}" in record(memo)["models"]  # type: ignore[operator]
    body = memo.split("---\n", 2)[2]
    outside = re.sub(r"^(`{3,})(?:text|yaml)\n.*?^\1$", "", body, flags=re.DOTALL | re.MULTILINE)
    assert not re.search(r"<[a-z/!]", outside)
    assert "://" not in outside
    links = re.findall(r"(?<!\\)\]\((.*?)\)", outside)
    assert all(re.fullmatch(r"report\.html#[\w/%~.:-]+", link) for link in links)
    assert "javascript:" not in outside
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\u200b]", memo)
    for table in re.findall(r"(?:^\|.*\n)+", outside, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1


def test_same_records_give_the_same_memo(memo: str) -> None:
    again = two_slots()
    assert memo_text(again.evidence, again.decisions) == memo
