"""The page for everybody: no rule of axe is broken, the keyboard reaches all, and phone and paper hold it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from harness.report.html import HERE, report_page
from harness.report.words import LANGUAGES
from tests.report.bakeoffs import decision
from tests.report.benches import freeze
from tests.report.browser import Open, drawn, listed, until
from tests.report.wide import wide

Pages = Mapping[tuple[str, str], str]

PHONE_PX = 390
PAPER_PX = 688
"""What A4 leaves between margins of 14 mm, at 96 pixels an inch."""
TOGGLE_ALL = "(open) => { for (const details of document.querySelectorAll('details')) details.open = open; }"
CHARTS_FIT = """() => [...document.querySelectorAll(".chart .main-svg")].every((drawing) => {
  const [own, room] = [drawing, drawing.closest(".chart")].map((element) => element.getBoundingClientRect());
  return own.width <= room.width + 0.5 && own.height <= room.height + 0.5;
})"""
WIDER = """(most) => {
  const inside = ".scroll *, .skip, .skip *, .about *, svg, svg *, .hidden, .hidden *";
  const wide = [];
  for (const element of document.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    if (!box.width || element.matches(inside)) continue;
    if (box.right > most + 0.5 || box.left < -0.5) wide.push(`${element.outerHTML.slice(0, 90)} ${box.right}`);
  }
  return wide;
}"""
SCROLLED = """() => [...document.querySelectorAll(".scroll:not(.sample *)")]
  .filter((room) => room.checkVisibility() && room.scrollWidth > room.clientWidth)
  .map((room) => room.innerText.slice(0, 90))"""
BROKEN = """() => [...document.querySelectorAll("[data-say='measured.interval']")]
  .filter((interval) => interval.checkVisibility())
  .filter((interval) => interval.lastElementChild.getBoundingClientRect().top
    > interval.firstElementChild.getBoundingClientRect().top + 4)
  .map((interval) => interval.innerText)"""
FOCUSED = """() => {
  const focused = document.activeElement, style = getComputedStyle(focused);
  focused.reached = true;
  const shows = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return focused === document.body ? null : [focused.outerHTML.slice(0, 90), shows];
}"""
UNREACHED = """() => [...document.querySelectorAll("a[href], button, input, select, summary, audio, [tabindex]")]
  .filter((control) => control.checkVisibility() && control.tabIndex >= 0 && !control.reached)
  .map((control) => control.outerHTML.slice(0, 90))"""


def violations(page: Page) -> list[Any]:
    """Return what axe finds wrong, each with the first places."""
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] }).then((results) => results.violations)")
    return [(rule["id"], rule["help"], [node["html"] for node in rule["nodes"][:3]]) for rule in found]


@pytest.fixture(scope="module", params=["hostile", "real"])
def page(request: pytest.FixtureRequest, opened: Open, pages: Pages) -> Page:
    """One tab a run; each test begins with `seen_as`."""
    return drawn(opened(pages[request.param, "en"])).page


def seen_as(page: Page, language: str, *, width: int = 1280, scheme: str = "light", media: str = "screen") -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, media=media)  # type: ignore[arg-type]
    page.evaluate("(to) => document.querySelector(`[data-language=${to}]`).click()", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(page: Page, language: str, request: pytest.FixtureRequest) -> None:
    """Each run in each language, each language in light and dark, and so each run; contrast takes axe seconds.

    That of the other pairs is held by the colours themselves, below.
    """
    real = "real" in request.node.callspec.id
    seen_as(page, language, scheme="dark" if real == (language == "en") else "light")
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_can_be_read_on_every_ground(theme: str) -> None:
    """WCAG 2.2: 4.5 for text, 3 for marks and bars; names beside curves are text on the page."""
    blocks = re.findall(r":root \{(.*?)\}", (HERE / "static" / "report.css").read_text(encoding="utf-8"), re.DOTALL)
    light, dark, *_ = (dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in blocks)
    colours = light if theme == "light" else light | dark
    grounds, candidates = ("page", "raised", "bad", "added"), [f"c{i}" for i in range(8)]
    pairs = {(ink, on): 4.5 for ink in ("ink", "muted", "link", "pass", "fail", "unproven") for on in grounds}
    pairs |= {(ink, on): 4.5 if on == "page" else 3.0 for ink in candidates for on in grounds}
    unread = {pair for pair, least in pairs.items() if contrast(*(colours[name] for name in pair)) < least}
    assert unread == set()


def contrast(one: str, other: str) -> float:
    """Return WCAG's ratio of two colours."""
    dark, light = sorted(luminance(colour.removeprefix("#")) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [
        int(part, 16) / 255 for part in (re.findall("..", colour) if len(colour) == 6 else [x + x for x in colour])
    ]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_desk_holds_every_table_and_no_line_ends_within_an_interval(language: str, opened: Open) -> None:
    bench = wide(60)  # of ten candidates; their answers to one sample stand side by side in no window
    names = [candidate.name for candidate in bench.candidates]
    html = report_page(freeze(bench), [decision(bench, "text", names)], Path("/runs/one/report.html")).html
    page = listed(opened(html, language=language)).page
    assert page.evaluate(SCROLLED) == []
    assert page.evaluate(BROKEN) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_holds_it(page: Page, language: str) -> None:
    seen_as(page, language, width=PHONE_PX)
    page.evaluate(TOGGLE_ALL, True)
    try:
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE_PX
        assert page.evaluate(WIDER, PHONE_PX) == []
        until(page, CHARTS_FIT)
    finally:
        page.evaluate(TOGGLE_ALL, False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_holds_it(page: Page, language: str) -> None:
    seen_as(page, language, width=PAPER_PX, media="print")
    assert page.evaluate(WIDER.replace(".scroll *, ", ""), PAPER_PX) == []
    assert page.locator("#slot-1-weights ~ .scroll table").first.is_visible()
    assert page.locator("button:not(.link):visible, input:visible, select:visible, audio:visible").count() == 0
    until(page, CHARTS_FIT)


def test_the_keyboard_reaches_every_control(opened: Open, pages: Pages) -> None:
    page = drawn(opened(pages["hostile", "en"])).page
    stops = []
    while (stop := (page.keyboard.press("Tab"), page.evaluate(FOCUSED))[1]) is not None and len(stops) < 2000:
        stops.append(stop)
    assert len(stops) > 50
    assert [place for place, shows in stops if not shows] == []
    assert page.evaluate(UNREACHED) == []


def test_nothing_moves_for_those_who_ask_for_it(opened: Open, pages: Pages) -> None:
    smooth = "getComputedStyle(document.documentElement).scrollBehavior"
    moving = "document.getAnimations().length"
    still, usual = (opened(pages["hostile", "en"], still=still).page for still in (True, False))
    assert (still.evaluate(smooth), usual.evaluate(smooth)) == ("auto", "smooth")
    assert still.evaluate(moving) == 0
