"""The charts draw what was measured: every candidate with its interval, every call with its timeout."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from harness.core.calls import Failure, Fault, Marks, Output, Record, Role
from harness.core.estimates import Estimate
from harness.report.charts import CROWD, LIGHT, curves_figure, scatter_figure
from harness.report.evidence import Evidence, by_role
from harness.report.firmness import firmness
from harness.report.html import report_page
from harness.report.phrases import Phrase
from harness.report.pictures import CURVE_POINTS, Point, Scatter, curves, scatter
from harness.report.slots import slot_evidence
from harness.report.stack import stack
from harness.report.standing import Tag
from harness.report.weighing import differences
from harness.store.records import Records
from tests.report.bakeoffs import FakeRun, decision, two_slots
from tests.report.benches import Bench, freeze, text_slot
from tests.report.pages import parse
from tests.report.recompute import close, figures

WORDS = {"quality": "Quality", "cost": "USD", "frontier": "best"}


@pytest.fixture(scope="module")
def fake() -> FakeRun:
    return two_slots()


def point(name: str, cost: float, quality: float, colour: int = 0) -> Point:
    def estimate(metric: str, x: float) -> Estimate:
        return Estimate(metric=metric, value=x, low=x * 0.9, high=x * 1.2, n=20, coverage=1.0)

    tag = Tag(name=name, colour=colour)
    return Point(tag=tag, cost=estimate("c", cost), quality=estimate("q", quality), dominated=False)


def drawn(*points: Point) -> Any:
    return scatter_figure(Scatter(points=points, left_out=()), **WORDS)


def test_points_carry_their_intervals(fake: FakeRun) -> None:
    of = slot_evidence(fake.evidence, fake.decisions[0])
    figure: Any = scatter_figure(scatter(of), **WORDS)
    for trace in figure["data"][1:]:
        name = trace["name"]
        cost, quality = of.estimate(name, "usd_per_1k_requests"), of.estimate(name, "quality")
        assert cost is not None
        assert quality is not None
        assert trace["x"] == [cost.value]
        assert trace["y"] == [quality.value]
        assert trace["error_y"]["array"] == [quality.high - quality.value]  # type: ignore[operator]
        assert trace["error_x"]["arrayminus"] == [cost.value - cost.low]  # type: ignore[operator]
        assert trace["marker"]["color"] == LIGHT[of.colours[name]]
    json.dumps(figure, allow_nan=False)


def test_dominated_candidates_are_off_the_frontier(fake: FakeRun) -> None:
    of = slot_evidence(fake.evidence, fake.decisions[0])
    worse = {
        name: tuple(replace(e, value=0.1) if e.metric == "quality" and name == "gpt-mini" else e for e in estimates)
        for name, estimates in of.decision.estimates.items()
    }
    points = scatter(replace(of, decision=replace(of.decision, estimates=worse))).points
    assert {p.tag.name: p.dominated for p in points} == {"gpt-mini": True, "smollm2": False}


@pytest.mark.parametrize("value", [None, float("inf"), float("nan")])
def test_what_was_not_measured_is_named_not_drawn(fake: FakeRun, value: float | None) -> None:
    of = slot_evidence(fake.evidence, fake.decisions[0])
    unpriced = {
        name: tuple(replace(e, value=value) if e.metric == "usd_per_1k_requests" else e for e in estimates)
        for name, estimates in of.decision.estimates.items()
    }
    shown = scatter(replace(of, decision=replace(of.decision, estimates=unpriced)))
    assert shown.points == ()
    assert set(shown.left_out) == {"gpt-mini", "smollm2"}
    assert scatter_figure(shown, **WORDS) is None


def test_a_free_candidate_needs_a_linear_axis() -> None:
    assert drawn(point("a", 0.0, 0.5), point("b", 1.0, 0.6))["layout"]["xaxis"]["type"] == "linear"
    assert drawn(point("a", 0.1, 0.5), point("b", 1.0, 0.6))["layout"]["xaxis"]["type"] == "log"


@pytest.mark.parametrize(
    ("low", "high"),
    [(0.0069, 0.0095), (0.001, 40.0), (0.01, 0.0101), (3.0, 700.0)],
    ids=["near", "far", "one", "large"],
)
def test_ticks_are_round_and_have_room(low: float, high: float) -> None:
    axis = drawn(point("a", low, 0.5), point("b", high, 0.6))["layout"]["xaxis"]
    assert axis["range"][0] < axis["range"][1]
    texts = axis.get("ticktext", [])
    assert len(texts) <= 6
    assert all(text.startswith("$") for text in texts)
    assert len(texts) == len(set(texts))


def test_names_are_no_markup_for_plotly() -> None:
    figure = drawn(point('<a href="javascript:x">&amp;</a>', 1.0, 0.5))
    (trace,) = figure["data"]
    assert trace["text"] == [trace["name"]]
    assert "<" not in trace["name"]
    assert trace["name"].startswith("&lt;a href=")
    assert "&amp;amp;" in trace["name"]


def test_a_curve_counts_every_call_and_ends_below_one_with_timeouts() -> None:
    bench = Bench()
    text_slot(bench, n=10)
    name = "smollm2"
    mine = [i for i, r in enumerate(bench.answers) if r.call.candidate == name]
    for place, i in enumerate(mine):
        marks = Marks(ttfo_ms=10.0 * (place + 1), total_ms=100.0, valid=place != 9)
        bench.answers[i] = replace(bench.answers[i], outcome=Output(text="x"), marks=marks)
    timeout = Failure(fault=Fault.INFRA, kind="timeout", message="")
    refused = Failure(fault=Fault.INFRA, kind="rate_limit", message="")
    bench.answers[mine[0]] = replace(bench.answers[mine[0]], outcome=timeout)
    bench.answers[mine[1]] = replace(bench.answers[mine[1]], outcome=refused)
    empty = Failure(fault=Fault.CANDIDATE, kind="empty", message="")
    bench.answers[mine[2]] = replace(bench.answers[mine[2]], outcome=empty)
    of = slot_evidence(freeze(bench), decision(bench, "text", ("gpt-mini", name)))
    first = next(c for c in curves(of)[0].curves if c.tag.name == name)
    assert first.ms == (30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0)
    assert first.share[-1] == pytest.approx(7 / 8)


def test_long_curves_are_thinned_but_keep_their_ends() -> None:
    bench = Bench()
    text_slot(bench, n=1000)
    of = slot_evidence(freeze(bench), decision(bench, "text", ("gpt-mini", "smollm2")))
    times = sorted(r.marks.total_ms or 0.0 for r in of.answers_of("gpt-mini") if isinstance(r.outcome, Output))
    curve = next(c for c in curves(of)[-1].curves if c.tag.name == "gpt-mini")
    assert len(curve.ms) <= CURVE_POINTS + 1
    assert curve.ms[0] == times[0]
    assert curve.ms[-1] == times[-1]


def test_curve_figures_hold_no_infinity(fake: FakeRun) -> None:
    of = slot_evidence(fake.evidence, fake.decisions[0])
    kinds = curves(of)
    assert [kind.metric.key for kind in kinds] == ["axis.ttfo", "axis.total"]
    for kind in kinds:
        figure: Any = curves_figure(kind, share="share")
        json.dumps(figure, allow_nan=False)
        dashes = [trace["line"]["dash"] for trace in figure["data"]]
        assert len(dashes) == len(set(dashes))
        assert all(trace["y"][0] == 0 for trace in figure["data"])
    assert fake.evidence.records[Role.ANSWER]


def test_curves_are_named_where_they_run(fake: FakeRun) -> None:
    kind = curves(slot_evidence(fake.evidence, fake.decisions[0]))[-1]
    labels = curves_figure(kind, share="share")["layout"]["annotations"]
    assert [label["text"] for label in labels] == [curve.tag.name for curve in kind.curves]
    assert len({label["y"] for label in labels}) == len(labels), "no name stands on another"
    for curve, label in zip(kind.curves, labels, strict=True):
        assert math.log10(curve.ms[0]) <= label["x"] <= math.log10(curve.ms[-1])


def test_the_beaten_are_hollow() -> None:
    better, worse = point("a", 1.0, 0.9), replace(point("b", 2.0, 0.5, colour=1), dominated=True)
    symbols = {trace["name"]: trace["marker"]["symbol"] for trace in drawn(better, worse)["data"]}
    assert symbols == {"a": "circle", "b": "square-open"}


def test_in_a_crowd_only_the_unbeaten_are_named() -> None:
    points = [replace(point(str(i), 1.0 + i, 0.5, colour=i), dominated=i > 0) for i in range(CROWD + 1)]
    few, crowd = ([trace["meta"]["named"] for trace in drawn(*some)["data"]] for some in (points[:CROWD], points))
    assert few == [True] * CROWD
    assert crowd == [True] + [False] * CROWD


def test_differences_lie_on_one_scale_with_their_zero(fake: FakeRun) -> None:
    of = slot_evidence(fake.evidence, fake.decisions[1])
    spans = [row.span for row in differences(of)]
    values = [it.difference for it in of.decision.differences]
    assert len(spans) == 2
    assert len({span.zero for span in spans if span}) == 1
    for span, estimate in zip(spans, values, strict=True):
        assert span is not None
        assert span.low is not None
        assert span.high is not None
        assert 0 <= span.low < span.at < span.high <= 1000
        unit = (span.high - span.low) / ((estimate.high or 0) - (estimate.low or 0))
        assert span.at - span.zero == pytest.approx(unit * (estimate.value or 0), abs=1.5)


def test_ranks_fill_their_bar(fake: FakeRun) -> None:
    view = firmness(slot_evidence(fake.evidence, fake.decisions[1]))
    assert view is not None
    for row in view.rows:
        *_, last = row.places
        assert [part.shade for part in row.places] == [0, 1, 2]
        assert last.start + last.width == pytest.approx(1000, abs=2)
        assert row.places[0].width == pytest.approx(1000 * float(row.first.raw if row.first else 0), abs=0.5)


def costing(fake: FakeRun, change: Callable[[Record], Record]) -> Evidence:
    """Return the evidence with every cost known, the answers and readings as `change` returns them."""
    found = [record for records in fake.evidence.records.values() for record in records]
    known = [replace(it, cost_usd=it.cost_usd or Decimal(0)) for it in found]
    return replace(fake.evidence, records=by_role(Records.of([change(it) for it in known])))


def test_parts_of_a_cost_are_all_of_it(fake: FakeRun) -> None:
    for decided in fake.decisions:
        of = slot_evidence(costing(fake, lambda it: it), decided)
        shown = stack(of)
        assert shown is not None
        ends = []
        for row in shown.rows:
            cells = zip(shown.columns, row.cells, strict=True)
            paid = [Decimal(cell.raw) for part, cell in cells if cell and part != Phrase(key="part.instruments")]
            assert sum(paid) == sum(r.cost_usd or 0 for r in of.answers_of(row.tag.name))
            assert row.segments is not None
            ends.append(row.segments[-1].start + row.segments[-1].width)
        assert max(ends) == pytest.approx(1000, abs=2), "the dearest fills its bar"


@pytest.mark.parametrize(
    ("change", "doubt", "drawn"),
    [
        pytest.param({}, None, True, id="all is known"),
        pytest.param({"cost_source": "estimated"}, "stack.estimated", True, id="a bound"),
        pytest.param({"cost_usd": None}, "stack.at_least", False, id="one is not known"),
    ],
)
@pytest.mark.parametrize("role", [Role.ANSWER, Role.INSTRUMENT])
def test_a_cost_that_is_not_known_has_no_bar(
    fake: FakeRun, role: Role, change: Mapping[str, Any], doubt: str | None, drawn: bool
) -> None:
    first = next(r for r in fake.evidence.records[role] if r.call.suite == "tts_core")
    answer = first.call.key if role is Role.ANSWER else first.call.measures
    mine = next(r.call.candidate for r in fake.evidence.records[Role.ANSWER] if r.call.key == answer)
    evidence = costing(fake, lambda it: replace(it, **change) if it.call.key == first.call.key else it)
    shown = stack(slot_evidence(evidence, fake.decisions[1]))
    assert shown is not None
    for row in shown.rows:
        told = (None, True) if row.tag.name != mine else (doubt, drawn)
        assert (row.doubt.key if row.doubt else None, row.segments is not None) == told


def test_who_has_no_price_is_not_free(fake: FakeRun) -> None:
    evidence = costing(fake, lambda it: replace(it, cost_usd=None) if it.call.candidate == "gpt-mini" else it)
    shown = stack(slot_evidence(evidence, fake.decisions[0]))
    assert shown is not None
    (unpriced,) = [row for row in shown.rows if row.tag.name == "gpt-mini"]
    assert (unpriced.doubt, unpriced.segments, set(unpriced.cells)) == (Phrase(key="not_measured"), None, {None})


def test_a_reading_that_failed_has_cost_what_it_was_billed(fake: FakeRun) -> None:
    first = fake.evidence.records[Role.INSTRUMENT][0]
    failed = replace(first, cost_usd=Decimal("0.5"), outcome=Failure(fault=Fault.INFRA, kind="timeout", message="late"))
    evidence = costing(fake, lambda it: failed if it.call.key == first.call.key else it)
    (mine,) = [r.call.candidate for r in evidence.records[Role.ANSWER] if r.call.key == first.call.measures]
    id = f"tts/cost/{mine}/part.instruments"
    page = parse(report_page(evidence, fake.decisions, Path("/runs/one/report.html")).html)
    assert float(page.figures[id].attributes["value"]) > 0.5
    assert close(figures(evidence, fake.decisions)[id], float(page.figures[id].attributes["value"]))
