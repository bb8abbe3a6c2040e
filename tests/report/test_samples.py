"""The samples in a browser: chips, search, pages, differences, one sample by its address; hostile text runs nothing."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from harness.core.calls import Output
from harness.report.html import report_page
from harness.report.numbers import fixed
from tests.report.bakeoffs import decision
from tests.report.benches import freeze
from tests.report.browser import Open, listed
from tests.report.pages import packed, packed_numbers
from tests.report.test_page import HOSTILE
from tests.report.wide import wide

NAMES = tuple(f"candidate-{c}" for c in range(10))
ROWS = "[data-samples] > details:not([hidden])"
PAYLOAD = " ¦ ".join(
    [*HOSTILE, "<img src=x onerror=document.title='owned'>", "<script>document.title='owned'</script>"]
)


@pytest.fixture(scope="module")
def html() -> str:
    """130 samples, of which 100 have their texts in the page; the answers to one are hostile, and to one Chinese."""
    bench = wide(130)
    said = {"sample-00001": PAYLOAD, "sample-00002": "一只猫坐在垫子上", "sample-00003": "same words"}
    bench.answers = [
        replace(r, outcome=replace(r.outcome, text=said.get(r.call.sample, r.outcome.text)))
        if isinstance(r.outcome, Output) else r
        for r in bench.answers
    ]  # fmt: skip
    i = next(i for i, r in enumerate(bench.answers) if r.call.sample == "sample-00002")
    bench.answers[i] = replace(bench.answers[i], outcome=Output(text="一只狗坐在垫子上吧"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.report.html.TEXTS", 1000)
        patch.setattr("harness.report.bundle.CHUNK", 300)
        return report_page(freeze(bench), [decision(bench, "text", NAMES)], Path("/runs/one/report.html")).html


@pytest.fixture(scope="module")
def index(html: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = packed(html)["slot-1-index"]
    return found


def ids(page: Page) -> list[int]:
    """Return the samples that are listed, by their places."""
    return [int(id.rpartition("-")[2]) for id in page.eval_on_selector_all(ROWS, "all => all.map((one) => one.id)")]


def ranged(page: Page) -> str:
    return page.locator(".pager .range").first.inner_text()


def test_chips_tasks_tags_and_candidates_filter(opened: Open, html: str, index: Mapping[str, Any]) -> None:
    seen = listed(opened(html))
    page, flags = seen.page, index["flags"]
    assert ids(page) == list(range(50))
    assert ranged(page) == "1 to 50 of 130"
    for which, bit in (("different", 1), ("failures", 2), ("errors", 4)):
        page.click(f"[data-show={which}]")
        wanted = [i for i, flag in enumerate(flags) if flag & bit]
        assert ids(page) == wanted[:50]
        chip = page.locator(f"[data-show={which}]")
        assert chip.locator("data").get_attribute("value") == str(len(wanted))
        assert chip.get_attribute("aria-pressed") == "true"
    page.click("[data-show=all]")
    page.select_option("[name=task]", "2")
    page.select_option("[name=tag]", "3")
    page.select_option("[name=who]", "9")
    bad = {i for i, value in enumerate(index["scores"][9]) if value is not None and value < 0.5}
    assert ids(page) == [i for i in range(130) if index["task"][i] == 2 and 3 in index["tag"][i] and i in bad]
    assert page.evaluate("location.hash") == "#slot-1.task=2&slot-1.tag=3&slot-1.who=9"
    again = listed(opened(html))
    again.page.evaluate("location.hash = 'slot-1.task=2&slot-1.tag=3&slot-1.who=9'")
    expect(again.page.locator("[name=who]")).to_have_value("9")
    assert ids(again.page) == ids(page)
    assert (seen.said, seen.asked) == ([], [])


def test_pages_turn_by_button_and_key(opened: Open, html: str) -> None:
    page = listed(opened(html)).page
    following = page.locator(".pager button[data-step='1']").first
    following.click()
    assert (ids(page), ranged(page)) == (list(range(50, 100)), "51 to 100 of 130")
    following.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert (ids(page), ranged(page)) == (list(range(100, 130)), "101 to 130 of 130")
    assert following.get_attribute("aria-disabled") == "true"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("location.hash") == "#slot-1.page=2"


def test_search_reads_ids_inputs_and_answers(opened: Open, html: str, index: Mapping[str, Any]) -> None:
    page = listed(opened(html)).page
    for text, wanted in (("SAMPLE-00077", "sample-00077"), ("一只狗", "sample-00002")):
        page.fill("[name=find]", text)
        expect(page.locator(ROWS)).to_have_count(1)
        assert ids(page) == [index["ids"].index(wanted)]
    page.fill("[name=find]", "nobody said this")
    expect(page.locator(ROWS)).to_have_count(0)
    assert ranged(page) == "No sample matches."


def test_counts_of_bad_answers_are_buttons(opened: Open, html: str) -> None:
    page = listed(opened(html)).page
    cell = page.locator("[data-bad] tr[data-tag='1'] td[data-who='4']")
    n = int(cell.locator("data").first.get_attribute("value") or 0)
    cell.locator("button").click()
    expect(page.locator("[name=who]")).to_have_value("4")
    assert page.input_value("[name=tag]") == "1"
    assert len(ids(page)) == min(50, n)
    assert ranged(page).endswith(f"of {n}")


def test_a_sample_is_opened_by_its_address(opened: Open, html: str, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(html, encoding="utf-8")
    page = listed(opened(file)).page
    page.locator("#slot-1-sample-33 > summary").click()
    page.wait_for_selector("#slot-1-sample-33 .side-by-side")
    address = page.url
    assert address.endswith("#sample=slot-1-sample-33")
    page.goto("about:blank")
    page.goto(address.replace("-33", "-120") + "&slot-1.show=errors")
    page.wait_for_selector("#slot-1-sample-120[open] .absent")
    assert "The answers to this sample stand in outputs.jsonl." in page.locator("#slot-1-sample-120").inner_text()
    page.evaluate("location.hash = 'slot-1-sample-61'")
    page.wait_for_selector("#slot-1-sample-61[open] .side-by-side")
    assert 61 in ids(page)


def test_what_the_script_builds_is_what_python_writes(opened: Open, html: str) -> None:
    """The first samples stand in the page: built from data, one of them would look the same."""
    page = listed(opened(html)).page
    page.locator("#slot-1-sample-30 > summary").click()
    page.wait_for_selector("#slot-1-sample-30 .side-by-side")
    described = """(id) => [...document.getElementById(id).querySelectorAll("*")]
        .filter((node) => !node.closest(".verbatim") && node.tagName !== "DATA")
        .map((node) => `${node.tagName} ${node.className.baseVal ?? node.className} ${node.dataset.say ?? ""}`)"""
    built, written = (set(page.evaluate(described, f"slot-1-sample-{i}")) for i in (30, 0))
    assert built == written
    shown = {it.id: it for it in packed_numbers(html)}
    found = page.eval_on_selector_all(
        "#slot-1-sample-30 data", "all => all.map((it) => [it.id, it.value, it.textContent])"
    )
    assert len(found) >= 50
    for id, raw, text in found:
        assert (raw, text) == (shown[id].raw, shown[id].text or fixed(float(raw), 2))
    rounded = page.evaluate("document.querySelectorAll('#slot-1-sample-49 .chip').length")
    assert rounded == 10


@pytest.mark.parametrize(
    ("sample", "to", "skipped", "added"),
    [
        pytest.param("sample-00002", "1", {"狗", "吧"}, {"猫"}, id="Han text by character"),
        pytest.param("sample-00003", "0", set(), set(), id="equal texts"),
    ],
)
def test_answers_are_compared_with_each_other(
    opened: Open, html: str, index: Mapping[str, Any], sample: str, to: str, skipped: set[str], added: set[str]
) -> None:
    page, i = listed(opened(html)).page, index["ids"].index(sample)
    odd = index["candidates"].index("candidate-0")
    page.select_option("[name=compare]", str(odd) if to == "1" else to)
    page.evaluate(f"location.hash += '&sample=slot-1-sample-{i}'")
    page.wait_for_selector(f"#slot-1-sample-{i}[open] .said")
    said = page.locator(f"#slot-1-sample-{i} tr.answers")
    assert set(said.locator("del").all_inner_texts()) == skipped
    assert set(said.locator("ins").all_inner_texts()) == added
    page.select_option("[name=compare]", "")
    assert said.locator("ins, del").count() == 0


def test_hostile_text_in_chunks_runs_nothing(opened: Open, html: str, index: Mapping[str, Any]) -> None:
    seen, i = listed(opened(html)), index["ids"].index("sample-00001")
    page = seen.page
    page.select_option("[name=compare]", "target")
    page.evaluate(f"location.hash += '&sample=slot-1-sample-{i}'")
    page.wait_for_selector(f"#slot-1-sample-{i}[open] .said")
    page.fill("[name=find]", "<script>")
    page.wait_for_timeout(200)
    text = page.locator(f"#slot-1-sample-{i} .said").first.inner_text()
    assert "<img src=x onerror" in text.replace("\n", " ")
    assert "⟨U+202E⟩" in text
    assert page.title() != "owned"
    assert page.locator("[data-samples] :is(script, iframe, img, style)").count() == 0
    assert (seen.said, seen.asked) == ([], [])


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of 20,000 samples and ten candidates."""
    bench, folder = wide(20_000), tmp_path_factory.mktemp("large")
    path = report_page(freeze(bench), [decision(bench, "text", NAMES)], folder / "report.html").write()
    found = packed(path.read_text(encoding="utf-8"))["slot-1-index"]["scores"]
    assert sum(value is not None for scores in found for value in scores) == len(bench.judgements)
    return path


def test_twenty_thousand_samples_are_small(large: Path) -> None:
    assert large.stat().st_size <= 5_000_000
    index = packed(large.read_text(encoding="utf-8"))["slot-1-index"]
    assert len(index["ids"]) == 20_000
    assert 450 <= index["written"] <= 510
    lines = large.with_name("outputs.jsonl").read_text(encoding="ascii").splitlines()
    assert len(lines) == 20_000 - index["written"]


@pytest.mark.alone
def test_twenty_thousand_samples_are_at_hand(opened: Open, large: Path) -> None:
    most_s, tries = 3 * 3.0, 3  # three times the goal: others may use the machine
    for _ in range(tries):
        begun = time.monotonic()
        seen = listed(opened(large))
        seen.page.click("[data-show=failures]")
        if (took_s := time.monotonic() - begun) <= most_s:
            break
    assert took_s <= most_s
    flags = packed(large.read_text(encoding="utf-8"))["slot-1-index"]["flags"]
    assert ids(seen.page) == [i for i, flag in enumerate(flags) if flag & 2][:50]
    assert seen.said == []
