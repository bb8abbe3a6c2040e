"""The page in a real browser: hostile text in every field runs nothing, asks for nothing and breaks nothing."""

import json
import re
from collections.abc import Mapping

import pytest

from harness.core.estimates import Estimate
from harness.report.charts import scatter_figure
from harness.report.html import report_page
from harness.report.pictures import Point, Scatter
from harness.report.standing import Tag
from harness.report.words import LANGUAGES
from tests.report.browser import Open, drawn
from tests.report.test_page import HOSTILE, hostile_run

RUNS = (
    "<script>{}</script>", "</script><script>{}</script>", '"><img src=x onerror="{}">', "' autofocus onfocus='{}' x='",
    "<svg onload={}>", "</title><script>{}</script>", "<iframe srcdoc='<script>parent.{}</script>'></iframe>",
    "<details open ontoggle={}>", "--><script>{}</script>", "<a href='javascript:{}'>x</a>",
)  # fmt: skip
ASKS = (
    '<img src="{}">', '"><link rel=stylesheet href="{}">', '<meta http-equiv=refresh content="0;url={}">',
    "<base href='{}'>",
    "<iframe src='{}'></iframe>", "<form action='{}'><button autofocus>", "<style>@import '{}';</style>",
    "<audio src='{}' autoplay>", "![x]({})",
)  # fmt: skip
OWNED, URL = "document.title=`owned`", "http://127.0.0.1:9/"
PAYLOAD = " ".join([*(text.format(OWNED) for text in RUNS), *(text.format(URL) for text in ASKS), *HOSTILE])


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_text_does_nothing(language: str, opened: Open, tmp_path_factory: pytest.TempPathFactory) -> None:
    run = hostile_run(PAYLOAD)
    path = tmp_path_factory.mktemp("hostile") / "report.html"
    path.write_text(report_page(run.evidence, run.decisions, path, language=language).html, encoding="utf-8")
    seen = drawn(opened(path))
    for button in reversed(seen.page.locator(".languages button").all()):  # into the other language, and back
        button.click()
    for details in seen.page.locator("details").all():
        details.evaluate("(details) => { details.open = true }")
    assert seen.page.title() != "owned"
    assert (seen.asked, seen.said) == ([], [])


def test_an_open_page_would_be_owned(opened: Open) -> None:
    """That the test above could fail."""
    script, image = RUNS[0].format(f"{OWNED}; console.error(1)"), ASKS[0].format(URL)
    seen = opened(f"<title>mine</title>{script}{image}")
    assert seen.page.title() == "owned"
    assert seen.asked == [URL]
    assert "error: 1" in seen.said


def test_no_other_script_runs(opened: Open, pages: Mapping[tuple[str, str], str]) -> None:
    """Neither one that is written into the file, nor one that is put into the page later."""
    page = pages["real", "en"]
    assert "</body>" in page
    seen = drawn(opened(page.replace("</body>", f"<script>{OWNED}</script></body>")))
    seen.page.evaluate(
        """(text) => {
          const late = document.createElement("script");
          late.textContent = text;
          document.body.append(late);
        }""",
        OWNED,
    )
    assert seen.page.title() != "owned"
    assert len(seen.said) == 2
    assert all("Content Security Policy" in said for said in seen.said)


def crowded(html: str, candidates: int) -> str:
    """Return a page whose first scatter has so many candidates, near each other and with long names."""

    def estimate(value: float) -> Estimate:
        return Estimate(metric="quality", value=value, low=value * 0.9, high=value * 1.1, n=20, coverage=1.0)

    points = [
        Point(
            tag=Tag(name=f"large-preview-{i} & co, 2026", colour=i),
            cost=estimate(1 + 0.1 * (i % 4)),
            quality=estimate(0.9 - 0.03 * (i // 2)),
            dominated=False,
        )
        for i in range(candidates)
    ]
    drawn = scatter_figure(Scatter(points=tuple(points), left_out=()), quality="", cost="", frontier="")
    figures = re.compile('(<script type="application/json" id="figures">)(.*?)(</script>)', re.DOTALL)
    found = figures.search(html)
    assert found is not None
    first, *others = json.loads(found[2])
    text = json.dumps([{**first, **(drawn or {})}, *others])
    return figures.sub(lambda m: m[1] + text.replace("<", "\\u003c") + m[3], html)


BOXES = """() => [...document.querySelectorAll('#slot-1-scatter .annotation-text-g')].map((of) => {
  const [at, plot] = [of, of.closest('.main-svg')].map((it) => it.getBoundingClientRect());
  return [of.textContent, at.left - plot.left, at.top - plot.top, plot.right - at.right, plot.bottom - at.bottom,
          at.left, at.top, at.right, at.bottom];
})"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("candidates", [2, 5, 10])
def test_names_in_the_scatter_are_whole_and_on_no_other(
    candidates: int, width: int, opened: Open, pages: Mapping[tuple[str, str], str]
) -> None:
    seen = drawn(opened(crowded(pages["real", "en"], candidates), width=width))
    boxes = seen.page.evaluate(BOXES)
    assert [name for name, *_ in boxes] == [f"large-preview-{i} & co, 2026" for i in range(candidates)]
    for name, *room in boxes:
        assert min(room[:4]) >= 0, f"{name} is cut off"
    held = [tuple(of[5:]) for of in boxes]
    for i, (left, top, right, bottom) in enumerate(held):
        for other in held[:i]:
            beside = right <= other[0] + 1 or left >= other[2] - 1 or bottom <= other[1] + 3 or top >= other[3] - 3
            assert beside, f"{boxes[i][0]} stands on another name"
    assert seen.said == []
