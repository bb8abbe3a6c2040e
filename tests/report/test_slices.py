"""Slices: what samples have in common by language and tags, the worst first, the small ones rough."""

from dataclasses import replace
from typing import Any

import pytest

from harness.core.suites import Sample
from harness.report.cases import cases
from harness.report.evidence import AskedSample
from harness.report.numbers import Number
from harness.report.slices import tagged
from harness.report.slots import slot_evidence
from tests.report.bakeoffs import decision
from tests.report.benches import Bench, freeze, text_slot


def sliced(*metadata: dict[str, Any]) -> set[str]:
    """Return what as many samples are sliced by."""
    bench = Bench()
    text_slot(bench, n=len(metadata))
    bench.samples = [
        AskedSample(suite=a.suite, task=a.task, sample=Sample(id=a.sample.id, input="?", metadata=of))
        for a, of in zip(bench.samples, metadata, strict=True)
    ]
    of = slot_evidence(freeze(bench), decision(bench, "text", ("gpt-mini", "smollm2")))
    found = tagged(of)
    assert all(i in found.inside[place] for i, members in enumerate(found.members) for place in members.tolist())
    return {slice_.label for slice_ in found.slices}


@pytest.mark.parametrize(
    ("metadata", "labels"),
    [
        pytest.param([{"topic": "a"}, {"topic": "a"}, {"topic": "b"}, {}], set(), id="nearly one each"),
        pytest.param([{"topic": "a"}, {"topic": "b"}] * 2, {"topic: a", "topic: b"}, id="a tag"),
        pytest.param([{"lang": "en"}, {"lang": "zh"}] * 2, {"en", "zh"}, id="languages need no name"),
        pytest.param([{"lang": "en"}] * 4, set(), id="what all have in common"),
        pytest.param([{"tags": "a, b"}, {"tags": ["b"]}, {"tags": "甲，乙"}, {}], {
            "tags: a", "tags: b", "tags: 甲", "tags: 乙"}, id="several tags"),
        pytest.param([{"hard": True}, {"hard": False}] * 2, {"hard: true", "hard: false"}, id="truth"),
        pytest.param([{"cluster": "a"}, {"cluster": "b"}] * 2, set(), id="what is no tag"),
        pytest.param([{"answer_key": "a"}, {"answer_key": "b"}] * 2, set(), id="an answer"),
        pytest.param([{"note": "x" * 41}, {"note": "y" * 41}] * 2, set(), id="content"),
        pytest.param([{"n": i // 2} for i in range(42)], set(), id="too many"),
    ],
)  # fmt: skip
def test_slices_are_what_some_have_in_common(metadata: list[dict[str, Any]], labels: set[str]) -> None:
    assert sliced(*metadata) == labels


def test_the_worst_slice_comes_first_and_a_small_one_is_rough() -> None:
    bench = Bench()
    text_slot(bench, n=40)
    level = {a.sample.id: "hard" if i % 2 else "rare" if i < 10 else "easy" for i, a in enumerate(bench.samples)}
    bench.samples = [
        replace(a, sample=replace(a.sample, metadata={"level": level[a.sample.id]})) for a in bench.samples
    ]
    ids = {r.call.key: r.call.sample for r in bench.answers}
    bench.judgements = [replace(j, value=float(level[ids[j.key]] == "easy")) for j in bench.judgements]
    of = slot_evidence(freeze(bench), decision(bench, "text", ("gpt-mini", "smollm2")))
    shown = cases(of, "slot-1").slices
    assert shown is not None
    assert [row.of.label for row in shown.rows] == ["level: hard", "level: easy", "level: rare"]
    hard, _, rare = (row.cells[0] for row in shown.rows)
    assert isinstance(hard.quality.value, Number)
    assert (hard.quality.value.raw, hard.quality.low is not None, hard.rough) == ("0.0", True, False)
    assert (rare.quality.low, rare.quality.n and rare.quality.n.raw, rare.rough) == (None, "5", True)
