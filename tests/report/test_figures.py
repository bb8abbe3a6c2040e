"""Every number of the page comes from the records, and reads as what was recorded."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from harness.core.calls import Output, Role, Unrecorded
from harness.core.rules import Elicitation, Profile, Weighing
from harness.decide.profiles import side_by_side
from harness.report.html import report_page
from harness.report.words import WORDS
from tests.report.bakeoffs import FakeRun, two_slots
from tests.report.benches import among
from tests.report.pages import Page, parse
from tests.report.recompute import close, figures, reads_as


@pytest.fixture(scope="module")
def fake() -> FakeRun:
    return two_slots()


@pytest.fixture(scope="module")
def page(fake: FakeRun, tmp_path_factory: pytest.TempPathFactory) -> Page:
    return parse(report_page(fake.evidence, fake.decisions, tmp_path_factory.mktemp("run") / "report.html").html)


def test_every_number_equals_its_recomputation(fake: FakeRun, page: Page) -> None:
    expected = figures(fake.evidence, fake.decisions)
    shown = {key: element.attributes["value"] for key, element in page.figures.items()}
    assert len(shown) > 800
    wrong = {key: raw for key, raw in shown.items() if key not in expected or not close(expected[key], float(raw))}
    assert not wrong


def test_what_several_people_make_of_it_equals_its_recomputation(fake: FakeRun) -> None:
    one = fake.decisions[0]
    size = len(one.rule.criteria)
    pairs = Weighing(method=Elicitation.AHP, consistency_ratio=0.043, by="Ana", on="2026-11-20")
    equal, first = (1 / size,) * size, (0.7, *(0.3 / (size - 1),) * (size - 1))
    profiles = (Profile(name="ops", weights=equal, weighing=pairs), Profile(name="care", weights=first, weighing=pairs))
    names = [criterion.name for criterion in one.rule.criteria]
    points = {profile.name: dict(zip(names, profile.weights, strict=True)) for profile in profiles}
    competing = [line.candidate for line in one.ranking if line.rank is not None]
    rule, views = replace(one.rule, profiles=profiles, weighing=pairs), side_by_side(one.matrix, points, competing)
    several = replace(one, rule=rule, views=views)
    page = parse(report_page(fake.evidence, [several], Path("/runs/one/report.html")).html)
    shown = {key: float(e.attributes["value"]) for key, e in page.figures.items() if "/profiles/" in key}
    assert len(shown) == 2 * (1 + size) + len(competing) * (2 * 2 + 1)
    expected = figures(fake.evidence, [several])
    assert {key: raw for key, raw in shown.items() if not close(expected[key], raw)} == {}
    ratio = f"{one.slot}/weights/all/consistency_ratio"
    assert close(expected[ratio], float(page.figures[ratio].attributes["value"]))


def test_every_number_reads_as_its_raw_value(page: Page) -> None:
    wrong = {}
    for key, element in page.figures.items():
        raw, text = float(element.attributes["value"]), element.text
        if text.startswith(("<", ">")):
            bound = reads_as(text[1:])[0]
            right = raw < bound if text[0] == "<" else raw > bound
        else:
            said, slack = reads_as(text)
            raw = raw / 1000 if text.endswith(" s") and "seconds" not in key else raw
            right = abs(said - raw) <= slack
        if not right:
            wrong[key] = (element.attributes["value"], text)
    assert not wrong


def test_ids_are_unique(page: Page) -> None:
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))


def test_ids_are_unique_on_an_incomplete_page(fake: FakeRun) -> None:
    answers = fake.evidence.records[Role.ANSWER]
    waiting = tuple(record.call for record in answers[:3])
    rest = replace(
        fake.evidence, records=among(fake.evidence.records, role=Role.ANSWER, are=answers[3:]), pending=waiting
    )
    page = parse(report_page(rest, fake.decisions, Path("/runs/one/report.html")).html)
    test_ids_are_unique(page)
    expected = figures(rest, fake.decisions)
    assert {key: expected[key] for key in page.figures if key.startswith("run/incomplete")} == {
        "run/incomplete/all/pending": 3,
        "run/incomplete/all/planned": 64,
    }


def test_answers_that_were_cut_are_counted(fake: FakeRun) -> None:
    answers = list(fake.evidence.records[Role.ANSWER])
    mine = [i for i, r in enumerate(answers) if r.call.candidate == "gpt-mini" and isinstance(r.outcome, Output)][:4]
    for i in mine:
        answers[i] = replace(answers[i], outcome=Output(text="Let me think", finish_reason="length"))
    cut = replace(fake.evidence, records=among(fake.evidence.records, role=Role.ANSWER, are=answers))
    page = parse(report_page(cut, fake.decisions, Path("/runs/one/report.html")).html)
    shown = {key: page.figures[key].attributes["value"] for key in page.figures if key.endswith("/cut")}
    assert shown["text/calls/gpt-mini/cut"] == "4"
    assert shown["text/calls/smollm2/cut"] == "0", "cut before it began is a failure of its own"
    expected = figures(cut, fake.decisions)
    assert {key: str(expected[key]) for key in shown} == shown


def test_bounds_are_marked_and_what_may_be_billed_beside_the_records_is_told(fake: FakeRun, page: Page) -> None:
    assert "beside" not in page.with_class("summary")[0].text
    answers = list(fake.evidence.records[Role.ANSWER])
    i = next(i for i, r in enumerate(answers) if r.call.candidate == "gpt-mini" and r.cost_usd is not None)
    answers[i] = replace(answers[i], cost_source="estimated")
    lost = replace(
        fake.evidence,
        records=among(fake.evidence.records, role=Role.ANSWER, are=answers),
        unrecorded=Unrecorded(calls=3, usd=Decimal("0.0123")),
    )
    marked = parse(report_page(lost, fake.decisions, Path("/runs/one/report.html")).html)
    expected, summary = figures(lost, fake.decisions), marked.with_class("summary")[0].text
    assert re.search(r"Billed by providers≈ at least \$\S+ \(1 of \d+ calls estimated\)", summary)
    assert "besideat most $0.0123, for 3 calls that were broken off or asked again" in summary
    shown = {
        key: e.attributes["value"] for key, e in marked.figures.items() if "usd.estimated" in key or "unrec" in key
    }
    assert len(shown) == 4, "billed, spent by its candidate, and two numbers of what is beside the records"
    assert {key: expected[key] for key in shown} == {key: Decimal(value) for key, value in shown.items()}


def test_no_number_stands_outside_its_element(page: Page) -> None:
    bare = [text.strip() for text in page.bare if re.search(r"\d", text)]
    assert not bare


def test_digits_of_our_own_words_come_from_words(page: Page) -> None:
    ours = {digits for text in WORDS["en"].values() for digits in re.findall(r"\d(?:[\d.,]*\d)?", text)}
    assert {element.text for element in page.with_class("term")} <= ours


def test_verdict_sentences_are_those_of_the_decision(fake: FakeRun, page: Page) -> None:
    shown = {e.attributes["id"]: e.text for e in page.with_class("verbatim") if "id" in e.attributes}
    for decision in fake.decisions:
        assert shown.pop(f"{decision.slot}/verdict/all/sentence") == decision.verdict.sentence
        for i, caveat in enumerate(decision.verdict.caveats):
            assert shown.pop(f"{decision.slot}/verdict/all/caveat.{i}") == caveat
    assert not shown


def test_contributions_add_up_to_the_score(fake: FakeRun, page: Page) -> None:
    for decision in fake.decisions:
        for name in decision.matrix.candidates:
            start = f"{decision.slot}/matrix/{name}/"
            parts = [
                float(e.attributes["value"])
                for key, e in page.figures.items()
                if key.startswith(start) and key.endswith(".contribution")
            ]
            assert len(parts) == len(decision.rule.criteria)
            assert sum(parts) == pytest.approx(float(page.figures[start + "score"].attributes["value"]), abs=1e-12)
