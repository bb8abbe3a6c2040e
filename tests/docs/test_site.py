"""The site builds, every link and anchor of it leads somewhere, and it asks no other host for anything."""

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, PAGES, ROOT

FETCHED = re.compile(
    r"<(?:script|img|iframe|source)[^>]*\ssrc=\"?(?:https?:)?//|<link[^>]*\shref=\"?(?:https?:)?//[^>]*>"
)


def test_the_site_is_whole_and_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True)
    assert built.returncode == 0, built.stderr.decode()
    pages = [path for path in tmp_path.rglob("*.html") if path.name != "report.html"]
    assert len(pages) > 40
    asked = {found for path in pages for found in FETCHED.findall(path.read_text(encoding="utf-8"))}
    assert asked == set()


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_leads_somewhere(name: str) -> None:
    assert [link for link in _links(ROOT / name) if not (ROOT / link).exists()] == []


def _links(path: Path) -> Iterator[str]:
    text = re.sub(r"`[^`\n]*`", "", path.read_text(encoding="utf-8"))
    yield from (link for link in re.findall(r"\]\(([^()\s]+)\)", text) if "://" not in link)


def test_the_pictures_are_those_that_the_command_takes() -> None:
    files = {path.stem: path.stat().st_size for path in (DOCS / "images").iterdir()}
    taken = runpy.run_path(str(DOCS / "screenshots.py"))["PICTURES"]
    shown = {name for page in PAGES for name in re.findall(r"images/([\w-]+)\.png", page.read_text(encoding="utf-8"))}
    assert {picture.name for picture in taken} == shown == files.keys()
    assert max(files.values()) < 300_000
