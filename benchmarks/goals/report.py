"""Goal 7: CPU of `bakeoff report` for a large run, size of the page, and how soon a browser lists its samples."""

import json
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import process, wide
from benchmarks.bench import Bench
from benchmarks.figures import Goal, Row

BAKEOFF = (sys.executable, "-m", "harness.cli")
MB = 1_000_000


def measure(bench: Bench) -> Sequence[Row]:
    run = bench.new_folder() / "wide"
    # in a process of its own: the peak memory of one begins with that of whoever starts it
    process.run([sys.executable, "-m", "benchmarks.wide", str(run), str(bench.many)])
    done = bench.interleaved({
        "decide": lambda: process.run([*BAKEOFF, "decide", str(run)], codes=(0, 1)),
        "report": lambda: process.run([*BAKEOFF, "report", str(run)]),
    })  # fmt: skip
    opened = bench.interleaved({"opened": lambda: _interactive_s(run / "report.html")})["opened"]
    what = f"{bench.many:,} samples × {wide.CANDIDATES} candidates"
    page, beside = run / "report.html", run / "outputs.jsonl"
    return [
        Row(key="report", what=f"CPU of `bakeoff report`, {what}, all intervals among it", unit="s",
            values=[cost.cpu_s for cost in done["report"]], goal=Goal(most=6.0)),
        Row(key="report-memory", what="its peak memory", unit="MB",
            values=[cost.peak_bytes / MB for cost in done["report"]]),
        Row(key="report-decide", what="beside it: CPU of `bakeoff decide`, 10,000 resamples and all 45 pairs", unit="s",
            values=[cost.cpu_s for cost in done["decide"]]),
        Row(key="report-bytes", what="size of the page: all scores, the texts of 5,000 answers", unit="MB",
            values=[page.stat().st_size / MB], goal=Goal(most=5.0)),
        Row(key="report-beside", what="beside it: outputs.jsonl, the other texts", unit="MB",
            values=[beside.stat().st_size / MB]),
        Row(key="report-opened", what="from the start of loading until Chromium has filtered the samples", unit="s",
            values=opened, goal=Goal(most=3.0)),
    ]  # fmt: skip


def _interactive_s(page: Path) -> float:
    said = process.run([sys.executable, "-m", "benchmarks.goals.report", str(page)])
    return float(json.loads(said.stdout)["seconds"])


def _open(page: str) -> float:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--disable-dev-shm-usage"])
        tab = browser.new_page()
        begun = time.monotonic()
        tab.goto(Path(page).absolute().as_uri(), wait_until="commit")
        tab.wait_for_selector("[data-samples]:not([aria-busy]):visible")
        tab.click("[data-show=failures]")
        seconds = time.monotonic() - begun
        browser.close()
    return seconds


if __name__ == "__main__":
    print(json.dumps({"seconds": _open(sys.argv[1])}))
