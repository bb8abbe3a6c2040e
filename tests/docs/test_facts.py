"""What the pages state of the code, and twice, is so."""

import re
from pathlib import Path

from harness.config import load
from harness.core.candidates import MODALITIES
from harness.core.rules import DecisionRule
from tests.docs.pages import DOCS, ROOT, read

README, CHINESE = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))


def test_the_rule_that_is_shown_as_the_default_is_the_default(tmp_path: Path) -> None:
    shown = next(block.text for block in read(DOCS / "decide-and-weigh.md").blocks if block.title == "bakeoff.yaml")
    without = shown.partition("decision:")[0]
    assert without != shown
    assert _rule(tmp_path, shown) == _rule(tmp_path, without)


def _rule(folder: Path, text: str) -> DecisionRule:
    (folder / "bakeoff.yaml").write_text(text, encoding="utf-8")
    return load.load(folder, env={}, shipped=ROOT).rules["text"]


def test_every_suite_stands_with_its_modalities() -> None:
    table = dict(re.findall(r"^\| (`.*`) \|.*\| (`.*`) \|$", (DOCS / "modalities.md").read_text("utf-8"), re.MULTILINE))
    listed = {
        (m, s) for key, suites in table.items() for m in re.findall(r"\w+", key) for s in re.findall(r"\w+", suites)
    }
    for file in sorted((ROOT / "tasks").glob("*/suite.py")):
        found = set(re.findall(r'modality="(\w+)"', file.read_text(encoding="utf-8")))
        assert found <= {modality for modality, suite in listed if suite == file.parent.name}, file
    assert {modality for modality, _ in listed} == set(MODALITIES)


def test_exit_codes_and_measured_figures_are_the_same_everywhere() -> None:
    codes = README[README.index("| exit code |") : README.index("\n\n## Read on")]
    assert codes in (DOCS / "errors.md").read_text(encoding="utf-8")
    first_cells = re.compile(r"^\| ([\d ·]+) \|", re.MULTILINE)
    assert first_cells.findall(CHINESE) == first_cells.findall(codes)
    measured = re.compile(r"^\| .*\d \[.*$", re.MULTILINE)
    assert measured.findall(README) == measured.findall(CHINESE) != []
