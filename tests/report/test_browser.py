"""The page in a real browser: hostile text in every field runs nothing, asks for nothing and breaks nothing."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from harness.report.html import report_html
from tests.report.test_page import HOSTILE, hostile_run

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
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


class Ear(ThreadingHTTPServer):
    """Remembers what it was asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Nothing)
        self.paths: list[str] = []


class Nothing(BaseHTTPRequestHandler):
    """Has nothing to say."""

    def do_GET(self) -> None:
        assert isinstance(self.server, Ear)
        self.server.paths.append(self.path)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@contextmanager
def listening() -> Iterator[Ear]:
    with Ear() as ear:
        thread = threading.Thread(target=ear.serve_forever)
        thread.start()
        try:
            yield ear
        finally:
            ear.shutdown()
            thread.join()


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine (Debian: apt-get install chromium)")
@pytest.mark.parametrize("attack", [pytest.param(True, id="hostile"), pytest.param(False, id="open page")])
def test_hostile_text_does_nothing_in_a_browser(attack: bool, tmp_path: Path) -> None:
    """A dialog would stop the browser, and with it the test."""
    with listening() as asked:
        url = f"http://127.0.0.1:{asked.server_port}/"
        payload = " ".join(
            [*(text.format("document.title=`owned`") for text in RUNS), *(text.format(url) for text in ASKS), *HOSTILE]
        )
        page = tmp_path / "report.html"
        run = hostile_run(payload)
        html = report_html(run.evidence, run.decisions, page)
        if not attack:  # that the test could fail is shown by a page that is open
            html = (
                f"<title>mine</title>{RUNS[0].format('document.title=`owned`; console.error(1)')}{ASKS[0].format(url)}"
            )
        page.write_text(html, encoding="utf-8")
        seen = subprocess.run(
            [str(BROWSER), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             f"--user-data-dir={tmp_path / 'profile'}", "--disable-background-networking", "--no-first-run",
             "--enable-logging=stderr", "--virtual-time-budget=3000", "--dump-dom", page.as_uri()],
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
    owned = "<title>owned</title>" in seen.stdout
    said = [line for line in seen.stderr.splitlines() if ":CONSOLE" in line]
    if attack:
        assert (owned, asked.paths, said) == (False, [], [])
        assert "js-plotly-plot" in seen.stdout, "the page's own script has run"
    else:
        assert owned
        assert asked.paths
        assert said
