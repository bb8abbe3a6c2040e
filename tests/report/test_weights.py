"""Weights that are tried in the page: it decides as Python does, and what was decided stays."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from playwright.sync_api import Page

from harness.core.decision import Decision, Echo, VerdictKind
from harness.core.latitude import Latitude
from harness.core.rules import Combine, Criterion, DecisionRule, Elicitation, Gate, Profile, Scale, Thresholds, Weighing
from harness.decide.decide import metrics_of
from harness.decide.latitude import latitude, pack
from harness.decide.values import Floats
from harness.report.html import report_page
from tests.config.conftest import Project, project
from tests.config.test_decision import HEAD
from tests.decide.cases import decided
from tests.report.benches import Bench, freeze
from tests.report.browser import Open, Opened, until

__all__ = ["project"]

DRAWS = 500
WEIGHTINGS = 100
"""Of each of two slots, and of one where nothing was answered."""
HOSTILE = '<img src=x onerror="document.title=1"> \u202e🙂 模型: "#\\\''

TEXT = DecisionRule(
    slot="text",
    gates=(Gate(metric="coverage", min=0.95),),
    criteria=(
        Criterion(name="quality", metric="quality", worst=0.4, ideal=0.95, weight=50),
        Criterion(name="latency", metric="ttfo_p50_ms", worst=3000, ideal=200, weight=20, scale=Scale.LOG),
        Criterion(name="cost", metric="usd_per_1k_requests", worst=20, ideal=0.25, weight=30, scale=Scale.LOG),
    ),
    profiles=(Profile(name="payer", weights=(0.1, 0.1, 0.8), weighing=Weighing(method=Elicitation.POINTS)),),
)
CURVE = ((0.0, 0.0), (2.0, 0.9), (4.0, 0.5))
HARD = DecisionRule(
    slot=f"b {HOSTILE}",
    gates=(Gate(metric="coverage", min=0.95),),
    criteria=(
        Criterion(name="quality", metric="quality", worst=0.0, ideal=1.0, weight=3),
        Criterion(name=f"a {HOSTILE}", metric="style", worst=0.0, ideal=0.0, weight=1, scale=Scale.PIECEWISE,
                  points=CURVE),
        Criterion(name="speed", metric="rtf_p50", worst=1.0, ideal=0.1, weight=0, scale=Scale.LOG),
        Criterion(name="cost", metric="usd_per_1k_requests", worst=10.0, ideal=0.0, weight=2),
    ),
    thresholds=Thresholds(clear_p_best=0.8, lean_p_best=0.45, kappa=30),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A slot that can be decided at any weights."""

    rule: DecisionRule
    measured: Mapping[str, Mapping[str, float | None]]
    draws: Floats
    clusters: Sequence[int] = (30, 30)
    echoes: Sequence[Echo] = ()
    bounded: Sequence[str] = ()

    def at(self, points: Sequence[float]) -> Decision:
        criteria = tuple(replace(c, weight=p) for c, p in zip(self.rule.criteria, points, strict=True))
        return decided(
            self.measured, replace(self.rule, criteria=criteria), noise=self.draws, clusters=self.clusters,
            echoes=self.echoes, bounded=self.bounded,
        )  # fmt: skip

    @property
    def decided(self) -> Decision:
        return self.at([criterion.weight for criterion in self.rule.criteria])

    def latitude(self, most_bytes: int = 10**6) -> Latitude:
        return latitude(
            self.decided, draws=self.draws, metrics=metrics_of(self.rule), clusters=self.clusters, echoes=self.echoes,
            most_bytes=most_bytes,
        )  # fmt: skip


def case(rule: DecisionRule, rows: Mapping[str, Sequence[float | None]], same: Sequence[str], **more: Any) -> Case:
    """Return a case with draws about its rows, whose last measurement is the coverage; `same` are drawn alike."""
    metrics = metrics_of(rule)
    measured = {name: dict(zip((*metrics, "coverage"), row, strict=True)) for name, row in rows.items()}
    point = np.array([[np.nan if x is None else x for x in row[:-1]] for row in rows.values()], dtype=float)
    wobble = np.random.default_rng(5).normal(1, 0.05, (DRAWS, *point.shape))
    wobble[:, [list(rows).index(name) for name in same]] = wobble[:, [list(rows).index(same[0])]]
    return Case(rule=rule, measured=measured, draws=np.abs(point * wobble), **more)


CASES = (
    case(
        TEXT,
        {
            "alpha": (0.86, 900.0, 1.42, 1.0),
            "bravo": (0.85, 905.0, 1.40, 1.0),  # a near-tie
            "twin of bravo": (0.85, 905.0, 1.40, 1.0),
            "cheap": (0.70, 300.0, 0.22, 1.0),
            "untimed": (0.93, None, 6.0, 1.0),
            "excluded": (0.99, 150.0, 0.1, 0.5),
        },
        ("bravo", "twin of bravo"),
        bounded=["twin of bravo", "untimed", "excluded"],
    ),
    case(
        HARD,
        {
            f"z {HOSTILE}": (0.7, 2.2, 0.3, 4.0, 1.0),
            "worst": (0.0, 1.9, 0.05, 0.1, 1.0),  # clips, and is unfit where it leads
            "other": (0.5, 3.9, 0.6, 2.0, 1.0),
            "unpriced": (0.9, 1.0, 0.3, None, 1.0),
        },
        ("other",),
        echoes=[Echo(candidate="unpriced", asked="m", model="n", answers=9, of=9)],
        bounded=["other"],
    ),
    case(
        replace(TEXT, slot="y", combine=Combine.GEOMETRIC),
        {
            "alpha": (0.86, 900.0, 1.42, 1.0),
            "bravo": (0.80, 700.0, 0.9, 1.0),
            "weak": (0.45, 100.0, 0.2, 1.0),  # ideal but for one
            "unpriced": (0.93, 1500.0, None, 1.0),
        },
        ("bravo",),
        bounded=["bravo"],
    ),
    case(
        replace(TEXT, slot="z", gates=()),  # fast and cheap, and nobody has answered anything
        {"alpha": (None, 900.0, 1.42, 0.0), "bravo": (None, 1200.0, 1.40, 0.0)},
        ("alpha",),
    ),
    case(
        replace(TEXT, slot="few"),
        {"alpha": (0.86, 900.0, 1.42, 1.0), "bravo": (0.60, 905.0, 1.40, 1.0)},
        ("bravo",),
        clusters=(2, 3),
    ),
)


def weightings(case: Case) -> Iterator[tuple[float, ...]]:
    """Yield points with two decimals: even and lopsided ones, some of them 0, shares of exactly 1 / kappa."""
    size, rng = len(case.rule.criteria), np.random.default_rng(11)
    yield (100.0, *[0.0] * (size - 1))
    yield tuple(2.0 if j else 102.0 - 2 * size for j in range(size))
    while True:
        points = np.round(100 * rng.dirichlet(np.full(size, rng.choice([0.3, 1.0, 5.0]))), 2)
        points[rng.random(size) < 0.1] = 0
        if points.any():
            yield tuple(points.tolist())


AT_EACH = """async (asked) => {
  const slots = JSON.parse(document.getElementById("weights").textContent);
  const values = await Promise.all(slots.map(unpack));
  return asked.map(([i, points]) => decideAt(slots[i], points, values[i]));
}"""


@pytest.fixture(scope="module")
def page(opened: Open) -> Opened:
    html = report_page(
        freeze(Bench()), [it.decided for it in CASES], Path("/runs/one/report.html"), [it.latitude() for it in CASES]
    ).html
    return opened(html)


def test_the_page_decides_as_python_does(page: Opened) -> None:
    asked = [(i, points) for i, it in enumerate(CASES) for points in islice(weightings(it), WEIGHTINGS)]
    kinds, apart, cheaper = set(), [], 0
    for (i, points), found in zip(asked, page.page.evaluate(AT_EACH, asked), strict=True):
        decision, names = CASES[i].at(points), list(CASES[i].measured)
        verdict, ranking = decision.verdict, {line.candidate: line for line in decision.ranking}
        lines = [ranking[name] for name in names]
        assert [names[c] for c in found["order"]] == [line.candidate for line in decision.ranking], points
        assert found["weights"] == pytest.approx(decision.matrix.weights, rel=1e-12)
        assert found["scores"] == pytest.approx(decision.matrix.scores, rel=1e-9)
        assert np.array(found["parts"]) == pytest.approx(np.array(decision.matrix.contributions), rel=1e-9)
        assert found["ranks"] == [line.rank for line in lines], points
        assert names[found["leader"]] == verdict.leader
        assert [names[c] for c in found["near"]] == list(verdict.near_ties), points
        assert found["low"] == pytest.approx([line.low for line in lines], abs=1e-5)
        assert found["high"] == pytest.approx([line.high for line in lines], abs=1e-5)
        assert found["kind"] == verdict.kind, (points, verdict)
        cheaper += "doubt.bounded" in {said.key for said in verdict.said}
        apart += [abs(p - (line.p_best or 0)) for p, line in zip(found["chances"], lines, strict=True) if p is not None]
        assert [p is None for p in found["chances"]] == [line.p_best is None for line in lines]
        kinds.add(verdict.kind)
    assert kinds == {VerdictKind.CLEAR, VerdictKind.LEAN, VerdictKind.TOSS_UP, VerdictKind.NONE}
    assert cheaper > 3, "what only the bound of a rival's cost keeps from being clear"
    assert max(apart) <= 1 / DRAWS + 1e-12, "a draw in which two are as good as equal may fall to the other"
    assert np.mean(apart) < 1e-4
    assert (page.said, page.asked) == ([], [])


def test_fewer_draws_are_packed_where_all_would_not_fit() -> None:
    values = np.random.default_rng(0).random((DRAWS, 4, 3))
    whole, packed = pack(values, 10**6)
    assert whole == DRAWS
    some, less = pack(values, len(packed) // 3)
    assert DRAWS // 4 < some < DRAWS // 3
    assert len(less) <= len(packed) // 3
    assert pack(values, 0)[0] == 0


def panel(page: Page) -> Any:
    found = page.locator("#slot-1-try")
    if found.get_attribute("open") is None:
        found.locator("summary").first.click()
    return found


def leads(page: Page) -> str:
    return page.locator("#slot-1 .ranking:visible tbody th").first.inner_text()


def test_a_slider_a_key_and_a_preset_change_the_tables_and_the_verdict_stays(page: Opened) -> None:
    tab = page.page
    before, verdict = tab.locator("#slot-1 .ranking").inner_html(), tab.locator(".verdict").first.inner_html()
    leader = CASES[0].decided.verdict.leader
    assert leads(tab).startswith(str(leader))
    quality = panel(tab).locator("input[type=range]").first
    quality.focus()
    tab.keyboard.press("Home")
    live = panel(tab).locator(".live")
    live.get_by_text("cheap would lead").wait_for()
    cost = CASES[0].at((0, 20, 30))
    assert leads(tab) == "cheap"
    assert f"{cost.ranking[0].score:.3f}" in tab.locator("#slot-1 .ranking:visible tbody tr").first.inner_text()
    assert f"{cost.matrix.scores[3]:.3f}" in tab.locator("#slot-1 .matrix:visible tbody tr").first.inner_text()
    assert "60%" in tab.locator("#slot-1 .matrix:visible thead").inner_text()
    assert "not as decided" in tab.locator("#slot-1 .ranking:visible caption").inner_text()
    tab.keyboard.press("End")
    field = panel(tab).locator("input[type=number]").first
    assert field.input_value() == "100"
    field.fill("-3")
    tab.keyboard.press("Tab")
    assert field.input_value() == "100", "what is no weight changes nothing"
    panel(tab).get_by_role("button", name="payer").click()
    assert panel(tab).locator("output").all_inner_texts() == ["10%", "10%", "80%"]
    for place in panel(tab).locator("input[type=number]").all():
        place.fill("0")
    assert live.inner_text() == "At least one weight must be above 0."
    assert tab.locator(".verdict").first.inner_html() == verdict
    panel(tab).get_by_role("button", name="As decided").click()
    assert tab.locator("#slot-1 .ranking:visible").inner_html() == before
    assert tab.locator("#slot-1 .tried:visible").count() == 0
    assert page.said == []


def test_the_address_brings_the_weights_back(page: Opened) -> None:
    tab = page.page
    panel(tab).locator("input[type=number]").nth(2).fill("73.5")
    tab.keyboard.press("Tab")
    until(tab, "location.hash.includes('slot-1.weights=50_20_73.5')")
    shown = tab.locator("#slot-1 .ranking:visible").inner_text()
    tab.reload()
    tab.locator("#slot-1 .tried:visible").first.wait_for()
    assert tab.locator("#slot-1 .ranking:visible").inner_text() == shown
    panel(tab).get_by_role("button", name="As decided").click()
    assert "weights" not in tab.evaluate("location.hash")
    tab.goto(tab.url.partition("#")[0] + "#slot-1.weights=1_x_-3&slot-2.weights=1")
    assert tab.locator(".tried:visible").count() == 0
    assert page.said == []


def test_what_is_copied_is_read_as_the_same_weights(page: Opened, project: Project) -> None:
    tab = page.page
    tab.goto(tab.url.partition("#")[0] + "#slot-1.weights=12.25_0_40&slot-2.weights=1_2_3_4")
    text, other = (tab.locator(f"#slot-{i}-try-yaml").text_content() for i in (1, 2))
    found = project.load(f"{HEAD}{text}\n").rules["text"]
    assert [criterion.weight for criterion in found.criteria] == pytest.approx([12.25 / 52.25, 0, 40 / 52.25])
    assert yaml.safe_load(str(other)) == {
        "decision": {
            HARD.slot: {"weights": {"points": dict(zip([c.name for c in HARD.criteria], (1, 2, 3, 4), strict=True))}}
        }
    }
    command = tab.locator("#slot-1-try-command").text_content()
    assert command == (
        "bakeoff decide support-bot-20261120-081500 --weights text:quality=12.25,text:latency=0,text:cost=40 --keep"
    )
    assert tab.locator("#slot-2 .as-command").get_attribute("hidden") is not None, "a name that no shell line can hold"
    assert tab.title() != "1"
    assert "<img src=x" in tab.locator("#slot-2-try table").inner_text()
    assert tab.locator("#slot-2 img").count() == 0
    assert page.said == []
