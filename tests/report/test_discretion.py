"""Discretion: a page without anybody's words, with every score."""

from dataclasses import replace
from pathlib import Path

from harness.core.calls import Failure, Fault, Output, Ranked, Role
from harness.core.suites import Sample
from harness.report.discretion import without_content
from harness.report.evidence import by_role
from harness.report.html import report_page
from harness.store.records import Records
from tests.report.bakeoffs import two_slots
from tests.report.pages import packed, parse

WORDS = "Their own words"


def test_a_page_without_content_shows_scores_and_hashes_and_nobodys_words() -> None:
    run = two_slots()
    evidence = run.evidence
    said = Output(text=WORDS, reasoning=WORDS, tool_calls=({"name": WORDS},))
    records = {
        role: tuple(
            replace(r, outcome=replace(said, audio=r.outcome.audio) if isinstance(r.outcome, Output) else r.outcome)
            for r in all_
        )
        for role, all_ in evidence.records.items()
    }
    ranking = Output(ranking=(Ranked(document=WORDS, relevance=0.5),))
    records[Role.ANSWER] = (*records[Role.ANSWER][:-1], replace(records[Role.ANSWER][-1], outcome=ranking))
    broken = replace(
        records[Role.ANSWER][0], outcome=Failure(fault=Fault.INFRA, kind="cut", message=WORDS, partial=WORDS)
    )
    records[Role.ANSWER] = (broken, *records[Role.ANSWER][1:])
    samples = tuple(
        replace(a, sample=Sample(id=a.sample.id, input=WORDS, target=WORDS, files=(WORDS,), metadata={"note": WORDS}))
        for a in evidence.samples
    )
    judgements = tuple(replace(judgement, reason=WORDS) for judgement in evidence.judgements)
    table = Records.of(record for found in records.values() for record in found)
    evidence = replace(evidence, records=by_role(table), samples=samples, judgements=judgements)
    path = Path("/runs/one/report.html")
    open_page, closed_page = (report_page(e, run.decisions, path).html for e in (evidence, without_content(evidence)))
    assert WORDS in open_page
    assert WORDS not in closed_page
    assert WORDS in str(packed(open_page))
    assert WORDS not in str(packed(closed_page))
    assert WORDS not in repr(without_content(evidence)).replace(repr(evidence.manifest), "")
    page, before = parse(closed_page), parse(open_page)
    assert not page.tagged("audio")
    gone = {name for name in before.figures if name not in page.figures}
    assert all(name.endswith((":audio_seconds", ":cut_characters")) for name in gone), gone
    hashes = {text for text in page.foreign if text.startswith("sha256 ")}
    assert len(hashes) > 2
