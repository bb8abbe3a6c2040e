"""docs/errors.md lists exactly the codes that the configuration can raise, each once."""

import re
from pathlib import Path

import harness

ROOT = Path(harness.__file__).parents[1]
LISTED = re.findall(r"^\| (E\d{3}) \|", (ROOT / "docs" / "errors.md").read_text(), flags=re.MULTILINE)

OTHERS = {"E100", "E104", "E105", "E106", "E107", "E222", "E224", "E225", "E312"}
"""Raised outside config/: by the command line, by exports, by the plan and by providers."""


def raised(folder: Path) -> set[str]:
    return {code for path in folder.rglob("*.py") for code in re.findall(r'"(E\d{3})"', path.read_text())}


def test_each_code_is_listed_once_in_order() -> None:
    assert sorted(set(LISTED)) == LISTED


def test_every_code_of_the_package_is_listed() -> None:
    assert raised(ROOT / "harness") <= set(LISTED)


def test_every_listed_code_of_the_configuration_is_raised() -> None:
    listed = {code for code in LISTED if code < "E4"}
    assert listed <= raised(ROOT / "harness" / "config") | OTHERS
