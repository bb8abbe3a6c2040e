"""The wheel holds everything: what is in it works from an empty folder, without the checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A wheel as an installer lays it down, and an empty folder to work in."""

    site: Path
    desk: Path

    def python(self, *arguments: str) -> str:
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(self.site), "HOME": str(self.desk), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.desk, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def bakeoff(self, *arguments: str) -> str:
        return self.python("-m", "harness.cli", *arguments)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("bakeoff-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    (folder / "desk").mkdir()
    return Installed(site=folder / "site", desk=folder / "desk")


def files(folder: Path) -> set[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if "__pycache__" not in path.parts and path.parts[0] != "_shipped"}


def test_nothing_of_the_package_or_its_suites_is_left_behind(installed: Installed) -> None:
    package = installed.site / "harness"
    assert files(package) == files(ROOT / "harness")
    assert files(package / "_shipped" / "tasks") == files(ROOT / "tasks")
    (told,) = installed.site.glob("*.dist-info/entry_points.txt")
    assert "bakeoff = harness.cli.app:main" in told.read_text(encoding="utf-8")


def test_a_newcomer_in_an_empty_folder_gets_a_bake_off_a_list_and_a_report(installed: Installed) -> None:
    assert Path(installed.python("-c", "import harness; print(harness.__file__)").strip()).is_relative_to(
        installed.site
    )
    installed.bakeoff("init", "--yes")
    assert "12 samples, 2 candidates, 24 answer calls" in installed.bakeoff("check")
    assert "text_core" in installed.bakeoff("list")
    shutil.copytree(ROOT / "docs" / "examples" / "clear", installed.desk / "reports" / "clear")
    (installed.desk / "reports" / "clear" / "report.html").unlink()
    installed.bakeoff("report", "latest")
    page = (installed.desk / "reports" / "clear" / "report.html").read_text(encoding="utf-8")
    assert "</html>" in page
    assert page.count("<script") >= 5, "with its style, scripts and pictures"
