"""Turned slices: a slice in which another than the choice is better is said, as far as luck does not explain it."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.cases import cases
from harness.report.html import report_page
from harness.report.phrases import Phrase
from harness.report.slots import slot_evidence
from tests.report.bakeoffs import decision
from tests.report.benches import Bench, freeze, text_slot

NAMES = ("gpt-mini", "smollm2")


def placed(bench: Bench) -> dict[str, tuple[bool, int]]:
    """Return of each answer whether it is gpt-mini's, and the place of its sample."""
    place = {asked.sample.id: i for i, asked in enumerate(bench.samples)}
    return {r.call.key: (r.call.candidate == "gpt-mini", place[r.call.sample]) for r in bench.answers}


def turned(chinese: int, wins: int, topics: int = 0) -> tuple[Bench, tuple[Phrase, ...]]:
    """Return what is said where gpt-mini is right in all of 60 English samples, and in Chinese all but `wins`.

    There smollm2 is right in these alone. Every sample has one of so many `topics`, which are looked at too.
    """
    bench = Bench()
    text_slot(bench, n=60 + chinese)
    bench.samples = [
        replace(
            asked,
            sample=replace(
                asked.sample,
                metadata={"lang": "en" if i < 60 else "zh", **({"topic": str(i % topics)} if topics else {})},
            ),
        )
        for i, asked in enumerate(bench.samples)
    ]
    of = placed(bench)
    bench.judgements = [
        replace(j, value=float((60 <= i < 60 + wins) != first)) for j in bench.judgements for first, i in [of[j.key]]
    ]
    decided = decision(bench, "text", NAMES)
    assert decided.verdict.winner == "gpt-mini"
    return bench, cases(slot_evidence(freeze(bench), decided), "slot-1").turned


def test_a_slice_that_speaks_against_the_choice_is_named_and_linked() -> None:
    bench, (said,) = turned(chinese=20, wins=18)
    assert said.key == "slice.turned"
    assert (said.args["challenger"], said.args["chosen"]) == ("smollm2", "gpt-mini")
    html = report_page(freeze(bench), [decision(bench, "text", NAMES)], Path("/runs/one/report.html")).html
    card = html[html.index('class="verdict ') : html.index('class="slot-section"')]
    assert 'data-say="slice.turned"' in card
    assert 'href="#slot-1-slices"' in card


@pytest.mark.parametrize(
    ("chinese", "wins", "topics"),
    [
        pytest.param(20, 11, 0, id="which luck explains"),
        pytest.param(9, 9, 0, id="which is too small"),
        pytest.param(10, 10, 0, id="sure"),
        pytest.param(20, 16, 0, id="sure enough for one look"),
        pytest.param(20, 16, 6, id="not sure enough for many looks"),
    ],
)
def test_only_what_holds_among_all_that_was_looked_at_is_named(chinese: int, wins: int, topics: int) -> None:
    _, said = turned(chinese, wins, topics)
    assert bool(said) is (wins == 10 or (wins == 16 and not topics))


def test_a_choice_that_is_worse_over_all_is_not_the_other_way_round_in_a_slice() -> None:
    bench, _ = turned(chinese=20, wins=18)
    of = placed(bench)
    bench.judgements = [
        replace(j, value=float((i % 4 > 0) != of[j.key][0])) for j in bench.judgements for i in [of[j.key][1]]
    ]
    worse = decision(bench, "text", NAMES)
    chosen = replace(worse, verdict=replace(worse.verdict, winner="gpt-mini"))
    (said,) = cases(slot_evidence(freeze(bench), chosen), "slot-1").turned
    assert said.key == "slice.too"
    assert (said.args["challenger"], said.args["chosen"]) == ("smollm2", "gpt-mini")
