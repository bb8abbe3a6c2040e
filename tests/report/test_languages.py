"""The page in English and Chinese: one file says all of it in either, in place, around the same figures."""

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Page

from harness.report.words import LANGUAGES, WORDS
from tests.report.browser import Open, Opened, drawn, until

Pages = Mapping[tuple[str, str], str]

LATIN = re.compile(r"[A-Za-z]{2,}")
NAMES = {
    "Bakeoff", "UTC", "token", "JavaScript", "Holm", "TOPSIS", "VIKOR", "PROMETHEE", "II", "AHP", "DNSMOS", "allow",
    "incomplete", "bakeoff", "yaml", "CR", "Wilson", "Clopper", "Pearson", "bootstrap",
}  # fmt: skip
"""What has no Chinese name, in the words of the page."""
OWN_TEXT = """() => {
  const found = [], foreign = ".verbatim, code, time, data, script, style, [lang=en], .js-plotly-plot .xtick";
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) if (!texts.currentNode.parentElement.closest(foreign)) found.push(texts.currentNode.data);
  for (const labelled of document.querySelectorAll("[aria-label], [title], [alt]")) {
    for (const name of ["aria-label", "title", "alt"]) found.push(labelled.getAttribute(name) ?? "");
  }
  return found;
}"""
MARK = "() => { for (const node of document.querySelectorAll('data, .verbatim, details')) node.kept = true; }"
NEW = "() => [...document.querySelectorAll('data, .verbatim, details')].filter((node) => !node.kept).length"


def body(page: Page) -> str:
    """Return the page as its scripts have left it, without what plotly has drawn."""
    return page.evaluate(
        """() => {
          const copy = document.documentElement.cloneNode(true);
          for (const drawn of copy.querySelectorAll(".chart, style")) drawn.remove();
          return copy.outerHTML;
        }"""
    ).replace("\n\n", "\n")


def switch(opened: Opened, to: str) -> None:
    opened.page.click(f"[data-language={to}]")


@pytest.mark.parametrize("run", ["hostile", "real"])
def test_switched_page_is_the_page_that_was_made_so(run: str, opened: Open, pages: Pages) -> None:
    made = {language: drawn(opened(pages[run, language])) for language in LANGUAGES}
    fresh = {language: body(seen.page) for language, seen in made.items()}
    assert fresh["en"] != fresh["zh"]
    for language, seen in made.items():
        seen.page.evaluate(MARK)
        for to in (*reversed(LANGUAGES), *LANGUAGES):
            switch(seen, to)
            assert body(seen.page) == fresh[to], f"made in {language}, switched to {to}"
        assert seen.page.evaluate(NEW) == 0, "nothing was made anew"
        assert (seen.said, seen.asked) == ([], [])


def test_no_english_is_left(opened: Open, pages: Pages) -> None:
    seen = drawn(opened(pages["real", "en"], language="zh"))
    left = {word for text in seen.page.evaluate(OWN_TEXT) for word in LATIN.findall(text)}
    names = set(LATIN.findall(" ".join(seen.page.locator(".tag, h1").all_inner_texts())))
    assert left - names - NAMES == set()
    assert seen.page.title().startswith("Bakeoff：")
    assert seen.page.get_attribute("html", "lang") == "zh-Hans"
    axes = seen.page.locator(".ytitle").all_text_contents()
    assert {WORDS["zh"]["axis.quality"], WORDS["zh"]["axis.share"]} <= set(axes)
    switch(seen, "en")
    until(seen.page, "document.querySelector('.ytitle').textContent === 'Quality'")


TICKS = "() => [...document.querySelectorAll('.xtick, .ytick')].map((tick) => tick.textContent)"


def test_the_pictures_show_the_same_in_either_language(opened: Open, pages: Pages) -> None:
    seen = drawn(opened(pages["real", "en"]))
    ticks = seen.page.evaluate(TICKS)
    switch(seen, "zh")
    until(seen.page, "document.querySelector('.ytitle').textContent !== 'Quality'")
    assert seen.page.evaluate(TICKS) == ticks
    assert len(ticks) > 6


def test_the_address_keeps_the_language(opened: Open, pages: Pages) -> None:
    seen = opened(pages["hostile", "en"])
    page = seen.page
    assert page.locator(".languages [aria-pressed=true]").inner_text() == "English"
    page.locator("[data-language=zh]").focus()
    page.keyboard.press("Enter")
    assert page.locator(".languages [aria-pressed=true]").inner_text() == "中文"
    assert page.evaluate("location.hash") == "#lang=zh"
    page.click("nav a[href='#slot-1-cost']")
    until(page, "location.hash === '#slot-1-cost&lang=zh'")
    page.evaluate("state.set('text.cost', 0.25)")
    address = page.url
    page.goto("about:blank")  # a reload would go where one was
    page.goto(address)
    assert page.get_attribute("html", "lang") == "zh-Hans"
    assert page.evaluate("state.get('text.cost')") == "0.25"
    until(page, "Math.abs(document.getElementById('slot-1-cost').getBoundingClientRect().top) < 100")
    page.goto(page.url.partition("#")[0] + "#lang=toString&%zz=%&=")
    assert seen.said == []


def test_scripts_say_what_follows_the_page(opened: Open, pages: Pages) -> None:
    """As the page's own scripts do: foreign text, numbers, nodes and sentences within sentences."""
    page = opened(pages["hostile", "en"]).page
    page.evaluate(
        """() => {
          const place = document.querySelector("footer p");
          const of = { winner: "<b>甲</b>", criterion: { key: "metric.quality" }, weight: 1234.5, now: new Text("?") };
          place.replaceChildren(say("change.above", of));
          label(place, "title", "samples.heard", { by: "x\u00b7y" });
        }"""
    )
    place = page.locator("footer p")
    assert place.inner_text() == "<b>甲</b> leads once the weight of Quality rises above 1,234.5 (now ?)."
    page.click("[data-language=zh]")
    assert place.inner_text() == "质量的权重超过 1,234.5（目前 ?）时，<b>甲</b> 将领先。"
    assert place.get_attribute("title") == "x·y 听到的内容"
    assert place.locator("data").get_attribute("value") == "1234.5"
