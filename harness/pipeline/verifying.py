"""Verify: every number of decision.json, memo and report derived again from the records, and compared."""

import json
import shlex
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.canonical import Json
from harness.core.verification import Verification
from harness.core.wording import worded
from harness.errors import StoreError, UsageError
from harness.pipeline.costing import product
from harness.pipeline.deriving import Derived, decided, evidence_of, judgements
from harness.pipeline.planning import reload

if TYPE_CHECKING:
    from harness.core.latitude import Latitude
    from harness.report.evidence import Evidence
    from harness.store.ledger import Ledger


def verify(run_folder: Path, folder: Path) -> tuple[Verification, ...]:
    """Derive a run's costs, scores, decision, memo and report again; nothing is sent, and nothing is written.

    Costs follow from the recorded usage and prices, scores from the recorded outputs and the suites of the bake-off in
    `folder`, the decision from both with the weights that it was made with, the pages from the records and the
    decision. UsageError where the run was not decided, StoreError where that cannot be read.
    """
    path = run_folder / "decision.json"
    if not path.exists():
        raise UsageError(
            worded("run {name} has no decision to verify", name=run_folder.name),
            hint=shlex.join(["bakeoff", "decide", str(run_folder)]),
        )
    return tuple(_parts(_document(path), run_folder, folder))


def _document(path: Path) -> Json:
    """Return what stands in a JSON file of a run; None where there is none."""
    try:
        written: Json = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    except ValueError as error:
        raise StoreError(
            worded("{path} cannot be read: {error}", path=path, error=error),
            hint=shlex.join(["bakeoff", "decide", str(path.parent)]),
        ) from error
    return written


def _parts(written: Json, run_folder: Path, folder: Path) -> Iterator[Verification]:
    from harness.report import differences
    from harness.store.check import check
    from harness.store.decision_file import DRAWS, asked_for
    from harness.store.ledger import Ledger

    health = check(run_folder)
    yield Verification(what=worded("media files"), compared=health.media, differences=health.problems)
    with Ledger.open(run_folder, write=False) as ledger, ledger.snapshot():
        yield _costs(ledger)
        yield _scores(ledger, run_folder, folder)
    weights, allow_incomplete = asked_for(run_folder)
    found = decided(run_folder, weights=weights, allow_incomplete=allow_incomplete)
    yield differences.of_documents("decision.json", written, found.document)
    drawn = _document(run_folder / DRAWS)
    yield (
        Verification(
            what=worded("values of {name}", name=DRAWS),
            compared=0,
            left_out=worded("{name} was never written", name=DRAWS),
        )
        if drawn is None
        else differences.of_documents(DRAWS, drawn, found.draws)
    )
    with evidence_of(run_folder) as evidence:
        yield from _of_pages(run_folder, evidence, found, found.latitudes if drawn else ())


def _of_pages(
    run_folder: Path, evidence: "Evidence", found: Derived, latitudes: "Sequence[Latitude]"
) -> Iterator[Verification]:
    """Derive memos and the page again, in the language of each."""
    from harness.report import differences
    from harness.report.document import CELLS
    from harness.report.docx import docx, read_back
    from harness.report.html import Page, report_page, spoken
    from harness.report.margin import stated_traffic, stated_traffic_in_word
    from harness.report.markdown import markdown
    from harness.report.memo import FOR_PEOPLE, file_name, memo
    from harness.report.outputs import outputs_name
    from harness.report.volumes import stated, stated_in_word
    from harness.report.words import WORDS

    decisions, sealed = found.decisions, str(found.document["evidence_sha256"])

    def derived(language: str, path: Path) -> str:
        written = path.read_text(encoding="utf-8")  # volumes and traffic are given, not measured: the memo names them
        again = memo(
            evidence, decisions, language=language, volumes=stated(written), evidence_sha256=sealed,
            product=product(run_folder, stated_traffic(written)),
        )  # fmt: skip
        return markdown(again)

    def read(path: Path) -> str:
        return "\n".join(read_back(path.read_bytes()))

    def derived_in_word(language: str, path: Path) -> str:
        lines, words = read(path).splitlines(), WORDS[language]
        again = memo(
            evidence, decisions, language=language, evidence_sha256=sealed,
            volumes=stated_in_word(lines, words["matter.requests_a_month"]),
            product=product(run_folder, stated_traffic_in_word(lines, words["matter.traffic"])),
        )  # fmt: skip
        return "\n".join(read_back(docx(again)))

    for language in WORDS:
        path = run_folder / file_name("docx", language)
        if path.exists():
            labels = [WORDS[language][f"matter.{key.removesuffix(': ')}"] + CELLS for key in FOR_PEOPLE]
            try:
                yield differences.of_texts(path, partial(derived_in_word, language), filled_in=labels, read=read)
            except UsageError as error:  # nothing here can read Word files
                yield Verification(
                    what=worded("lines of {name}", name=path.name),
                    compared=0,
                    left_out=worded("{name}, because {error}", name=path.name, error=error),
                )
    for language in WORDS:
        path = run_folder / file_name("md", language)
        if language == "en" or path.exists():
            yield differences.of_texts(path, partial(derived, language), filled_in=FOR_PEOPLE)

    pages: list[Page] = []

    def page(path: Path) -> str:
        language = spoken(path.read_text(encoding="utf-8"))
        pages.append(report_page(evidence, decisions, path, latitudes, language=language))
        return pages[0].html

    yield differences.of_pages(run_folder / "report.html", page)
    if pages and (beside := "".join(pages[0].outputs())):
        yield differences.of_texts(run_folder / outputs_name(run_folder / "report.html"), lambda _: beside)


def _costs(ledger: "Ledger") -> Verification:
    from harness.pricing.audit import audit
    from harness.report.evidence import called

    return audit(list(ledger.records()), called(ledger.manifest()))


def _scores(ledger: "Ledger", run_folder: Path, folder: Path) -> Verification:
    from harness.config.paths import BAKEOFF_FILE
    from harness.execute.rescoring import audit

    try:
        bakeoff, _ = reload(run_folder, folder, to_send=False)
    except UsageError as error:
        beside = run_folder != folder and (run_folder / BAKEOFF_FILE).exists()
        its_own = worded("; with -C {run} it is the one beside the run", run=run_folder) if beside else ""
        return Verification(
            what=worded("scores"),
            compared=0,
            left_out=worded("scores, because {error}{its_own}", error=error, its_own=its_own),
        )
    return audit({(row.key, row.scorer): row for row in ledger.scores()}, judgements(bakeoff, ledger))
