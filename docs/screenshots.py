"""Takes the pictures of docs/images again, from the reports that lie in the repository: `make screenshots`."""

import io
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
DRAWN_MS = 30_000
"""At most this long may the charts and samples of a page take."""
DEMO, CLEAR = "reports/example/report.html", "docs/examples/clear/report.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A report in a window, with a place of it at the top."""

    name: str
    report: str
    width: int = 1280
    height: int = 900
    scale: float = 1.0
    scheme: str = "light"
    language: str = "en"
    at: str = "html"
    opened: tuple[str, ...] = ()
    """What is clicked first."""


PICTURES = (
    Picture(name="report", report=DEMO),
    Picture(name="report-dark", report=CLEAR, scheme="dark"),
    Picture(name="report-zh", report=CLEAR, language="zh"),
    Picture(name="report-phone", report=CLEAR, width=390, height=780, scale=2.0),
    Picture(name="matrix", report=CLEAR, height=1000, at="#slot-1-ranking", opened=("#slot-1-try > summary",)),
    Picture(name="samples", report=CLEAR, height=800, at="#slot-1-samples"),
)


def main(names: list[str]) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--disable-dev-shm-usage"])
        for picture in PICTURES:
            if not names or picture.name in names:
                path = IMAGES / f"{picture.name}.png"
                path.write_bytes(_small(_taken(browser, picture)))
                print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")
        browser.close()


def _taken(browser: Browser, picture: Picture) -> bytes:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height}, device_scale_factor=picture.scale,
        color_scheme="dark" if picture.scheme == "dark" else "light", reduced_motion="reduce", offline=True,
    )  # fmt: skip
    page = context.new_page()
    page.goto(f"{(ROOT / picture.report).as_uri()}#lang={picture.language}")
    expect(page.locator(".chart:not(.js-plotly-plot)")).to_have_count(0, timeout=DRAWN_MS)
    expect(page.locator("[aria-busy]")).to_have_count(0, timeout=DRAWN_MS)
    for selector in picture.opened:
        page.locator(selector).first.click()
    page.locator(picture.at).first.evaluate("element => element.scrollIntoView({block: 'start', behavior: 'instant'})")
    taken = page.screenshot(animations="disabled", caret="hide")
    context.close()
    return taken


def _small(png: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
