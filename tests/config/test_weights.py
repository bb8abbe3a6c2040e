"""Weights in `decision:`: four ways to find them, for all and for each profile; what cannot be weights is refused."""
# ruff: noqa: E501 - tables have one case a line

import pytest

from harness.core.canonical import digest, from_json, to_json
from harness.core.rules import DecisionRule
from tests.config.conftest import Project, marked_text, one
from tests.config.test_decision import HEAD, rule

AHP = "ahp: {quality: {latency: 4, cost: 2}, cost: {latency: 2}}"


@pytest.mark.parametrize(
    ("given", "method", "weights"),
    [
        pytest.param("points: {latency: 1, quality: 3, cost: 0}", "points", (0.75, 0.25, 0), id="points"),
        pytest.param("swing: {quality: 100, cost: 60, latency: 40}", "swing", (0.5, 0.2, 0.3), id="swing"),
        pytest.param("order: [cost, quality, latency]", "order", (5 / 18, 1 / 9, 11 / 18), id="order"),
        pytest.param(AHP, "ahp", (4 / 7, 1 / 7, 2 / 7), id="pairs-that-agree"),
    ],
)
def test_weights_hold_for_the_default_criteria_too(
    project: Project, given: str, method: str, weights: tuple[float, ...]
) -> None:
    found = rule(project, f"{{weights: {{{given}, by: A. Chen, on: 2026-11-20}}, profiles: {{payer: {{{given}}}}}}}")
    assert [criterion.name for criterion in found.criteria] == ["quality", "latency", "cost"]
    assert [criterion.weight for criterion in found.criteria] == pytest.approx(weights)
    assert found.weighing is not None
    assert (found.weighing.method, found.weighing.by, found.weighing.on) == (method, "A. Chen", "2026-11-20")
    ratio = found.weighing.consistency_ratio
    assert ratio is None if method != "ahp" else ratio == pytest.approx(0, abs=1e-9)
    assert found.profiles is not None
    (payer,) = found.profiles
    assert (payer.name, payer.weights) == ("payer", pytest.approx(weights))


def test_weights_stand_in_place_of_the_criteria_s_own(project: Project) -> None:
    found = rule(
        project,
        "{criteria: {quality: {worst: 0, ideal: 1}, ttfo_p50_ms: {worst: 9, ideal: 1}}, weights: {order: [ttfo_p50_ms, quality]}}",
    )
    assert [criterion.weight for criterion in found.criteria] == [0.25, 0.75]


def test_the_frozen_hash_covers_weights_and_profiles_and_older_rules_keep_theirs(project: Project) -> None:
    plain = rule(project, "{gates: []}")
    assert {"weighing", "profiles"}.isdisjoint(to_json(plain))  # type: ignore[arg-type]  # a mapping
    found = rule(project, f"{{weights: {{{AHP}}}, profiles: {{payer: {{order: [cost, quality, latency]}}}}}}")
    assert digest(from_json(DecisionRule, to_json(found))) == digest(found)
    other = rule(project, f"{{weights: {{{AHP}}}, profiles: {{payer: {{order: [cost, latency, quality]}}}}}}")
    assert digest(other) != digest(found)


@pytest.mark.parametrize(
    ("given", "code", "marked", "message", "hint"),
    [
        pytest.param("{by: me}", "E226", "{place}", "exactly one of points, swing, order and ahp", None, id="none"),
        pytest.param("{points: {quality: 1, latency: 1, cost: 1}, order: [quality, latency, cost]}", "E226", "{place}", "exactly one of", None, id="two"),
        pytest.param("{points: {qality: 1, quality: 1, latency: 1, cost: 1}}", "E226", "qality", "no criterion 'qality'", "did you mean 'quality'?", id="unknown"),
        pytest.param("{points: {quality: 1, latency: 1}}", "E226", "points", "'points' says nothing of cost", "`cost: 0` says that it does not count", id="forgotten"),
        pytest.param("{points: {quality: 0, latency: 0, cost: 0}}", "E217", "points", "all weights are zero", None, id="zero"),
        pytest.param("{points: {quality: -1, latency: 0, cost: 0}}", "E204", "-1", "-1 is too small", "0 or more", id="negative"),
        pytest.param("{swing: {quality: 90, latency: 0, cost: 0}}", "E226", "swing", "has 100 points", None, id="no-100"),
        pytest.param("{order: [quality, cost]}", "E226", "order", "'order' says nothing of latency", None, id="order-forgotten"),
        pytest.param("{order: [quality, cost, latency, cost]}", "E226", "cost", "'cost' stands twice", None, id="order-twice"),
        pytest.param("{ahp: {quality: {latency: 4, cost: 2}}}", "E226", "ahp", "does not say how 'latency' compares with 'cost'", "`latency: {cost: 3}`: three times as important", id="pair-missing"),
        pytest.param("{ahp: {quality: {latency: 4, cost: 2}, cost: {latency: 2, quality: 1}}}", "E226", "quality", "held against each other twice", "keep one: the other way round follows", id="pair-twice"),
        pytest.param("{ahp: {quality: {latency: 4, cost: 2, quality: 1}, cost: {latency: 2}}}", "E226", "quality", "held against itself", None, id="itself"),
        pytest.param("{ahp: {quality: {latency: 5}, latency: {cost: 5}, cost: {quality: 5}}}", "E226", "ahp", "the judgements contradict each other: consistency ratio", None, id="a-circle"),
        pytest.param("{ahp: {quality: {latency: 0, cost: 2}, cost: {latency: 2}}}", "E204", "0", "0 is too small", "a number above 0", id="no-ratio"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["weights", "payer"])
def test_refuses(
    project: Project, given: str, code: str, marked: str, message: str, hint: str | None, place: str
) -> None:
    section = f"{{weights: {given}}}" if place == "weights" else f"{{profiles: {{payer: {given}}}}}"
    problem = one(project.problems(f"{HEAD}decision:\n  text: {section}\n"))
    assert (problem.code, problem.line, marked_text(problem)) == (code, 5, marked.format(place=place))
    assert message in problem.message
    assert hint in (None, problem.hint)


def test_a_weight_that_stands_twice_is_refused(project: Project) -> None:
    section = "{criteria: {quality: {worst: 0, ideal: 1, weight: 7}}, weights: {order: [quality]}}"
    problem = one(project.problems(f"{HEAD}decision:\n  text: {section}\n"))
    assert (problem.code, marked_text(problem), problem.hint) == ("E204", "7", "keep one of them")


def test_a_contradiction_names_the_criteria(project: Project) -> None:
    section = "{weights: {ahp: {quality: {latency: 5}, latency: {cost: 5}, cost: {quality: 5}}}}"
    problem = one(project.problems(f"{HEAD}decision:\n  text: {section}\n"))
    assert "is judged 5 times as important as" in problem.message
    assert any(f"{name} is judged" in problem.message for name in ("quality", "latency", "cost"))


def test_weights_of_wrong_criteria_are_not_blamed_twice(project: Project) -> None:
    section = "{criteria: {q: {metric: quality, worst: 0, ideel: 1}}, weights: {order: [q]}}"
    assert one(project.problems(f"{HEAD}decision:\n  text: {section}\n")).code == "E202"
