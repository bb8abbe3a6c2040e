"""What the tests of the page share: a browser, and two runs as pages in each language."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.pipeline.deriving import evidence_of
from harness.report.html import report_page
from harness.report.words import LANGUAGES
from harness.store.decision_file import decisions
from tests.report.browser import browser, opened
from tests.report.test_page import HOSTILE, hostile_run

__all__ = ["browser", "opened"]

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], str]:
    """The pages of a hostile run and of a real one, by (run, language)."""
    hostile, path = hostile_run(" ¦ ".join(HOSTILE[::3])), tmp_path_factory.mktemp("runs") / "report.html"
    run = tmp_path_factory.mktemp("examples") / "clear"
    shutil.copytree(EXAMPLES / "clear", run)
    with evidence_of(run) as evidence:
        runs = {"hostile": (hostile.evidence, hostile.decisions), "real": (evidence, decisions(run))}
        return {
            (name, language): report_page(of, decided, path, language=language).html
            for name, (of, decided) in runs.items()
            for language in LANGUAGES
        }
