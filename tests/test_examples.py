"""The memos of docs/examples hold no number that is not made from the record that lies beside them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import pipeline
from harness.core.calls import Failure
from harness.core.decision import Decision
from harness.pipeline.costing import product
from harness.pipeline.deriving import evidence_of
from harness.report.evidence import Evidence
from harness.report.margin import stated_traffic
from harness.report.markdown import markdown
from harness.report.memo import file_name, memo
from harness.report.numbers import percent
from harness.report.volumes import stated
from harness.report.words import WORDS
from tests.report.pages import LINK, NUMBER, parse, strays, unlinked

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"
Derived = tuple[Path, Evidence, tuple[Decision, ...]]


@pytest.fixture(scope="module", params=["clear", "toss-up"])
def derived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Derived]:
    """The example's evidence and decisions, from a copy of its records."""
    run = tmp_path_factory.mktemp("examples") / request.param
    run.mkdir()
    shutil.copy(EXAMPLES / request.param / "run.db", run)
    decisions = pipeline.decide(run)
    with evidence_of(run) as evidence:
        yield run, evidence, decisions


def test_its_verdict_is_what_its_folder_is_called(derived: Derived) -> None:
    run, _, (decision,) = derived
    assert decision.verdict.kind == run.name


@pytest.mark.parametrize("language", WORDS)
def test_every_number_is_of_the_record(derived: Derived, language: str) -> None:
    run, evidence, decisions = derived
    written = (EXAMPLES / run.name / file_name("md", language)).read_text(encoding="utf-8")
    priced = product(run, stated_traffic(written))
    again = markdown(memo(evidence, decisions, language=language, volumes=stated(written), product=priced))
    linked, known = (
        {(to, *NUMBER.findall(unlinked(it))) for it, to in LINK.findall(text)} for text in (written, again)
    )
    assert len(linked) > 60
    assert linked - known == set()
    reasons = [judgement.reason for judgement in evidence.judgements]
    reasons += [r.outcome.message for of in evidence.records.values() for r in of if isinstance(r.outcome, Failure)]
    hashes = [decision.rule_sha256 for decision in decisions]
    given = [f"{volume:,}" for volume in stated(written)]
    given += [] if priced is None else [percent(priced.traffic.volume_cv)]
    assert strays(written, [*WORDS[language].values(), repr(evidence.manifest), *reasons, *hashes, *given]) == set()


def test_every_link_leads_into_the_report_beside_it(derived: Derived) -> None:
    folder = EXAMPLES / derived[0].name
    page = parse((folder / "report.html").read_text(encoding="utf-8"))
    ids = {f"report.html#{element.attributes['id']}" for element in page.elements if "id" in element.attributes}
    for language in WORDS:
        links = LINK.findall((folder / file_name("md", language)).read_text(encoding="utf-8"))
        assert {target for _, target in links} <= ids
