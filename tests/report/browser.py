"""A real browser without a network, which remembers what each page said, asked for and broke."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
HEIGHT = 900


@dataclass
class Opened:
    """A page in a tab of its own, and what came of it."""

    page: Page
    said: list[str] = field(default_factory=list)
    """What stands in its console, what its scripts have thrown, and its dialogs."""
    asked: list[str] = field(default_factory=list)
    """Addresses of what it asked for beside itself; what lies in the page counts as no request."""

    def listen(self, own: str) -> None:
        """Remember what comes of the page at the address `own`."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: self._request(request.url, own))

    def _console(self, message: ConsoleMessage) -> None:
        self.said.append(f"{message.type}: {message.text}")

    def _request(self, url: str, own: str) -> None:
        if url.partition("#")[0] != own and not url.startswith(("data:", "blob:")):
            self.asked.append(url)


Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a module."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--disable-dev-shm-usage"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def opened(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Open HTML, or a file, as `file://`; tabs stay until the module's tests end."""
    contexts = []

    def opens(
        html: str | Path,
        *,
        width: int = 1280,
        dark: bool = False,
        language: str | None = None,
        still: bool = False,
        offline: bool = True,
    ) -> Opened:
        path = html
        if isinstance(html, str):
            path = tmp_path_factory.mktemp("page") / "report.html"
            path.write_text(html, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHT},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if still else "no-preference",
            offline=offline,
        )
        contexts.append(context)
        assert isinstance(path, Path)
        own = path.as_uri()
        made = Opened(page=context.new_page())
        made.listen(own)
        made.page.goto(own if language is None else f"{own}#lang={language}")
        return made

    yield opens
    for context in contexts:
        context.close()


def until(page: Page, expression: str, *, tries: int = 600) -> None:
    """Wait until a JavaScript expression is true.

    Playwright's own `wait_for_function` asks a second time from within the page, whose policy forbids that.
    """
    for _ in range(tries):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never became true: {expression}")


def drawn(opened: Opened) -> Opened:
    """Wait until the page has drawn its charts and opened its samples."""
    listed(opened)
    until(opened.page, "document.querySelectorAll('.chart:not(.js-plotly-plot)').length === 0")
    return opened


def listed(opened: Opened) -> Opened:
    """Wait until the page's samples can be filtered."""
    until(opened.page, "document.querySelector('[aria-busy]') === null")
    return opened
