"""Tables: intervals of tasks by the rules of quality (methodology.md 2.1 and 2.2), sums that say what they lack."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from harness.core.calls import Call, Output, Record, Role
from harness.core.requests import SpeechRequest
from harness.metrics.stats import Interval
from harness.report.document import plain
from harness.report.measures import interval_of_mean, numbered, spending
from harness.report.speaker import Speaker
from harness.report.view import view
from harness.store.records import Records
from tests.report.bakeoffs import FakeRun, two_slots
from tests.report.benches import record


@pytest.fixture(scope="module")
def run() -> FakeRun:
    return two_slots()


def interval(values: Sequence[float], clusters: Iterable[str]) -> Interval:
    return interval_of_mean(np.array(values), numbered(clusters))


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(17, 20, 0.639581, 0.947631), (20, 20, 0.838875, 1.0), (137, 164, 0.771063, 0.884317), (0, 300, 0.0, 0.012643)],
)
def test_independent_answers_have_wilsons_interval(right: int, n: int, low: float, high: float) -> None:
    found = interval([1.0] * right + [0.0] * (n - right), [str(i) for i in range(n)])
    assert found.low == pytest.approx(low, abs=1e-6)
    assert found.high == pytest.approx(high, abs=1e-6)


def test_clusters_widen_it() -> None:
    values = [1.0, 1.0, 1.0, 0.0] * 5
    alone = interval(values, [str(i) for i in range(20)])
    grouped = interval(sorted(values), [str(i // 4) for i in range(20)])
    assert alone.low is not None
    assert grouped.low is not None
    assert grouped.low < alone.low


def test_partial_scores_have_students_interval() -> None:
    values, half = [0.2, 0.4, 0.6, 0.8], 3.182446305 * math.sqrt(0.2 / 3 / 4)
    found = interval(values, list("abcd"))
    assert found.low == pytest.approx(max(0.0, 0.5 - half), abs=1e-8)
    assert found.high == pytest.approx(min(1.0, 0.5 + half), abs=1e-8)


def test_equal_scores_are_as_sure_as_their_clusters() -> None:
    found = interval([0.5] * 20, [str(i // 2) for i in range(20)])
    assert found.low is not None
    assert found.high is not None
    assert 0.2 < found.low < 0.5 < found.high < 0.8


def test_one_cluster_is_no_certainty() -> None:
    found = interval([0.2, 0.8], ["a", "a"])
    assert found.low is not None
    assert found.low < 0.2


def costing(*costs: str | None, bounds: int = 0) -> list[Record]:
    call = Call(
        key="k", role=Role.ANSWER, candidate="a", request=SpeechRequest(text=""), suite="s", task="t", sample="1"
    )
    records = [record(call, Output(text="x"), cost=None if cost is None else Decimal(cost)) for cost in costs]
    return [replace(r, cost_source="estimated") if i < bounds else r for i, r in enumerate(records)]


@pytest.mark.parametrize(
    ("records", "text", "marked"),
    [
        pytest.param(costing("0.5", "0.25"), "$0.750", None, id="all known"),
        pytest.param(costing("0.5", None), "at least $0.500", None, id="one unknown"),
        pytest.param(costing(None, None), "not measured", None, id="none known"),
        pytest.param(costing(), "not measured", None, id="no calls"),
        pytest.param(costing("0.5", "0.25", bounds=1), "$0.750", "(1 of 2 calls estimated)", id="one is a bound"),
    ],
)
def test_spending_passes_no_part_for_the_whole_and_no_bound_for_a_bill(
    records: list[Record], text: str, marked: str | None
) -> None:
    spent = spending(Records.of(records), id="slot/cost/a/spent_usd")
    assert plain(Speaker("en").show(spent.value)) == text
    assert (None if spent.estimated is None else plain(Speaker("en").show(spent.estimated))) == marked


def test_signatures_are_those_that_judged(run: FakeRun) -> None:
    """Re-scoring changes the scorers, and the manifest keeps those of the first call."""
    evidence = run.evidence
    again = tuple(replace(j, signature="contains@2(fold=true)") for j in evidence.judgements if j.scorer == "contains")
    shown = view(replace(evidence, judgements=again), run.decisions)
    text, speech = shown.slots
    assert {row.signature for row in text.tasks} == {"contains@2(fold=true)"}
    assert {row.signature for row in speech.tasks} == {"word_accuracy@1()"}, "nobody judged it again: as planned"
    assert shown.run.scorers == (
        "text_core/arithmetic/contains: contains@2(fold=true)",
        "text_core/facts/contains: contains@2(fold=true)",
        "tts_core/read/dnsmos: dnsmos@1()",
        "tts_core/read/word_accuracy: word_accuracy@1()",
    )
