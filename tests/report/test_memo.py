"""The memo can be signed: whole, worded by its verdict, every figure the report's own, hostile text disarmed."""

import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
import yaml

from harness.core.calls import Role, Unrecorded
from harness.core.decision import GateStatus, VerdictKind
from harness.report.memo import memo_text
from harness.report.numbers import Number
from harness.report.view import view
from harness.report.words import WORDS
from tests.report.bakeoffs import FakeRun, two_slots
from tests.report.benches import Bench, freeze
from tests.report.test_page import HOSTILE, hostile_run, nothing

SECTIONS = (
    "Bottom line", "Context and problem", "Decision drivers", "Considered options", "Results", "Sensitivity", "Costs",
    "Bad cases", "Consequences and confirmation",
)  # fmt: skip


@pytest.fixture(scope="module")
def fake() -> FakeRun:
    return two_slots()


@pytest.fixture(scope="module")
def memo(fake: FakeRun) -> str:
    return memo_text(fake.evidence, fake.decisions)


def front_matter(memo: str) -> dict[str, object]:
    head, matter, _ = memo.split("---\n", 2)
    assert head == ""
    loaded = yaml.safe_load(matter)
    assert isinstance(loaded, dict)
    return loaded


def test_front_matter_names_what_was_decided_on(fake: FakeRun, memo: str) -> None:
    matter = front_matter(memo)
    assert matter["status"] == "proposed"
    assert matter["date"] == "2026-11-20"
    assert matter["run"] == fake.evidence.manifest.run_id
    assert matter["rules"] == {d.slot: d.rule_sha256 for d in fake.decisions}
    assert matter["recommended"] == {d.slot: d.verdict.winner for d in fake.decisions}
    assert matter["prices"]["gpt-mini"] == "litellm 1.106.2, 2026-11-01"  # type: ignore[index]
    assert matter["tool"] == "bakeoff 0.1.0"


def test_every_section_stands_for_every_slot(memo: str) -> None:
    text, tts = memo.split("## Slot: ")[1:]
    for story in (text, tts):
        assert re.findall("^### (.*)$", story, re.MULTILINE) == list(SECTIONS)
    assert re.findall("^## (.*)$", memo, re.MULTILINE)[2:] == ["Method", "Risks", "Re-run when", "Appendix"]


@pytest.mark.parametrize(
    ("kind", "said", "unsaid"),
    [
        (VerdictKind.CLEAR, "**Choose gpt-mini.**", "no clear winner"),
        (VerdictKind.LEAN, "not beyond doubt", "no clear winner"),
        (VerdictKind.TOSS_UP, "There is no clear winner. If one must be named: gpt-mini", "Choose gpt-mini"),
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
    assert "They are: gpt-mini, smollm2." in memo
    assert "Fallback: gpt-mini" in memo


def test_a_leader_with_an_unproven_gate_is_not_recommended(fake: FakeRun) -> None:
    one = fake.decisions[0]
    line = one.ranking[0]
    unproven = replace(line.gates[1], status=GateStatus.UNPROVEN)
    ranking = (replace(line, gates=(unproven,)), *one.ranking[1:])
    memo = memo_text(fake.evidence, [replace(one, ranking=ranking, verdict=replace(one.verdict, winner=None))])
    assert "Nobody is recommended yet, although gpt-mini ranks first" in memo
    assert "Waiver needed" in memo
    assert "we decided for no candidate" in memo


def test_a_waiver_is_asked_for(fake: FakeRun) -> None:
    one = fake.decisions[0]
    line = one.ranking[0]
    unproven = replace(line.gates[1], status=GateStatus.UNPROVEN)
    memo = memo_text(fake.evidence, [replace(one, ranking=(replace(line, gates=(unproven,)), *one.ranking[1:]))])
    assert "Waiver needed: these gates are not proven for gpt-mini: First answer token, median." in memo


def test_every_figure_is_one_of_the_view(fake: FakeRun, memo: str) -> None:
    described = json.dumps(
        [number.text for number in numbers_of(view(fake.evidence, fake.decisions))], ensure_ascii=False
    )
    known = set(re.findall(r"\d[\d.,]*\d|\d", described + " ".join(WORDS["en"].values())))
    known |= set(re.findall(r"\d[\d.,]*\d|\d", repr(fake.evidence.manifest) + repr(fake.decisions)))
    body = re.sub("```.*?```", "", memo.split("---\n", 2)[2], flags=re.DOTALL)
    body = re.sub(r"^\S+: .*expected .*$|\*\*.*\*\*|[0-9a-f]{64}|&#\d+;", "", body, flags=re.MULTILINE)
    assert not set(re.findall(r"\d[\d.,]*\d|\d", body)) - known


def numbers_of(value: object) -> list[Number]:
    """Return every Number inside a view."""
    if isinstance(value, Number):
        return [value]
    if isinstance(value, dict):
        return [n for item in value.values() for n in numbers_of(item)]
    if isinstance(value, list | tuple):
        return [n for item in value for n in numbers_of(item)]
    names = getattr(type(value), "__dataclass_fields__", {})
    return [n for name in names for n in numbers_of(getattr(value, name))]


def test_what_was_charged_by_an_estimate_or_cannot_be_true_is_told(fake: FakeRun) -> None:
    first, *others = fake.evidence.records[Role.ANSWER]
    doubtful = replace(first, cost_source="estimated", usage=replace(first.usage, source="suspect"))
    answers = {**fake.evidence.records, Role.ANSWER: (doubtful, *others)}
    beside = Unrecorded(calls=3, usd=Decimal("0.0123"))
    memo = memo_text(replace(fake.evidence, records=answers, unrecorded=beside), fake.decisions)
    assert re.search(r"This run: ≈ \\\$\S+ \(1 of \d+ calls estimated\)", memo)
    assert "May have been billed beside: at most \\$0.0123, for 3 calls that were broken off or asked again." in memo
    assert "1 estimated at the bound" in memo
    assert "1 with a usage that cannot be true." in memo


@pytest.mark.parametrize("payload", [" ¦ ".join(HOSTILE)], ids=["every payload"])
def test_hostile_text_is_disarmed(payload: str) -> None:
    run = hostile_run(payload)
    memo = memo_text(run.evidence, run.decisions)
    matter = front_matter(memo)
    assert f"remote {payload}" in matter["models"]  # type: ignore[operator]
    body = memo.split("---\n", 2)[2]
    outside = re.sub(r"^(`{3,})text\n.*?^\1$", "", body, flags=re.DOTALL | re.MULTILINE)
    assert not re.search(r"<[a-z/!]", outside)
    assert "://" not in outside
    assert not re.search(r"(?<!\\)\]\(", outside)
    assert "javascript:" not in outside
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\u200b]", memo)
    rows = [line for line in outside.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {4, 5, 6, 7}


def test_same_records_give_the_same_memo(memo: str) -> None:
    again = two_slots()
    assert memo_text(again.evidence, again.decisions) == memo
