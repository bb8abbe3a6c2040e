"""How firm the lead is, as the page, the memo and the terminal say it."""

from dataclasses import replace
from pathlib import Path

from harness.core.firmness import Firmness
from harness.report.closing import closing_lines
from harness.report.firmness import firmness as laid_out
from harness.report.html import report_page
from harness.report.slots import slot_evidence
from harness.report.words import WORDS
from tests.report.bakeoffs import firmness, two_slots
from tests.report.pages import memo_text, parse

FAKE = two_slots()
ONE = FAKE.decisions[0]
FIRM = replace(ONE, firmness=firmness(("gpt-mini", "smollm2", "third"), [c.name for c in ONE.matrix.criteria]))
ALONE = replace(ONE, firmness=Firmness())
SAID = (
    "Leaving out one criterion at a time, gpt-mini keeps the lead in 2 of 3 cases.",
    "Leaving out one suite at a time, gpt-mini keeps the lead in 1 of 2 cases.",
    "Without the suite faq, smollm2 leads.",
    "Without the candidate third, smollm2 leads.",
    "2 of 3 other methods put gpt-mini first too.",
    "VIKOR: smollm2 would be first.",
    "Nothing speaks for third beside gpt-mini: it is ahead in nothing that counts, and behind in something; "
    "the samples show it.",
    "Nothing measured speaks for third beside smollm2: it is ahead in nothing that counts, and behind in something; "
    "the samples do not show it yet.",
    "120 more samples, over all suites in proportion, would tell gpt-mini from third on quality, if they differ as "
    "much as it seems.",
)
MORE = "1,340 more samples of text_core would tell gpt-mini from smollm2 on quality, for about {}, if they differ"


def test_page_and_memo_say_what_holds_the_lead_and_what_would_end_it() -> None:
    page = parse(report_page(FAKE.evidence, [FIRM], Path("/runs/one/report.html")).html)
    text, memo = page.tagged("main")[0].text, memo_text(FAKE.evidence, [FIRM])
    for sentence in SAID:
        assert sentence in text
        assert sentence in memo
    assert MORE.format("$4.10") in text
    assert MORE.format("$4.10") in memo
    assert "#slot-1-firmness" in {element.attributes.get("href") for element in page.tagged("a")}


def test_who_has_no_rival_has_no_such_section() -> None:
    assert laid_out(slot_evidence(FAKE.evidence, ALONE)) is None
    assert "Leaving out one suite" not in memo_text(FAKE.evidence, [ALONE])


def test_the_terminal_shows_letters_and_what_more_samples_would_tell() -> None:
    lines = closing_lines(FIRM)
    assert WORDS["en"]["closing.shared"] in lines
    assert any(line.startswith("  - 1,340 more samples of text_core would tell gpt-mini") for line in lines)
    (first,) = (line for line in lines if "| gpt-mini " in line)
    assert first.split("|")[3].strip() == "ab"
    assert not any("on quality" in line for line in closing_lines(ALONE))
