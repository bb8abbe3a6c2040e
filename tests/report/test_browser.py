"""The page in a real browser: hostile text in every field runs nothing, asks for nothing and breaks nothing."""

from collections.abc import Mapping

import pytest

from harness.report.html import report_page
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
