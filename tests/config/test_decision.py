"""Decision rules: the defaults of every modality, and what bakeoff.yaml changes."""
# ruff: noqa: E501 - tables have one case a line

import math

import pytest

from harness.config import defaults
from harness.core.candidates import MODALITIES
from harness.core.canonical import digest, from_json, to_json
from harness.core.rules import Combine, Criterion, DecisionRule, Gate, Scale, Thresholds
from harness.core.suites import Task
from harness.scorers import ExactMatch
from harness.scorers.speech import Dnsmos, WordAccuracy
from tests.config.conftest import Project, marked_text, one, place

HEAD = "suites:\n  - {name: faq, modality: text, data: faq.jsonl, scorer: exact_match}\ncandidates: [smollm2]\n"
SPEECH = (
    "suites:\n  - {name: say, modality: tts, data: faq.jsonl, scorer: [word_accuracy, dnsmos]}\ncandidates: [hibari]\n"
)


def text_task() -> Task:
    return Task(name="t", modality="text", samples=[], scorers=[ExactMatch()], primary="exact_match")


def rule(project: Project, section: str) -> DecisionRule:
    return project.load(f"{HEAD}decision:\n  text: {section}\n").rules["text"]


def test_a_rule_that_is_read_back_has_its_digest(project: Project) -> None:
    """Otherwise a memo would say that it was changed after the first call."""
    written = rule(
        project,
        "{gates: [{metric: ttfo_p50_ms, max: 2000}], criteria: {a: {metric: quality, worst: 0, ideal: 1, weight: 3},"
        " b: {metric: ttfo_p50_ms, weight: 1, scale: piecewise, points: [[1, 1], [5, 0]]}}}",
    )
    shipped = [DecisionRule(slot=slot, gates=defaults.GATES, criteria=its) for slot, its in defaults.CRITERIA.items()]
    for each in (written, *shipped):
        assert digest(from_json(DecisionRule, to_json(each))) == digest(each), each.slot


def test_values_combine_to_their_sum_unless_a_geometric_mean_is_asked_for(project: Project) -> None:
    plain, summed, mean = (rule(project, text) for text in ("{}", "{combine: additive}", "{combine: geometric}"))
    assert digest(plain) == digest(summed), "a default that is written out changes no rule"
    assert (plain.combine, mean.combine) == (None, Combine.GEOMETRIC)
    assert from_json(DecisionRule, to_json(mean)) == mean


@pytest.mark.parametrize("modality", MODALITIES)
def test_every_modality_has_a_sound_default(modality: str) -> None:
    task = Task(name="t", modality=modality, samples=[], scorers=[WordAccuracy(), Dnsmos()], primary="dnsmos")
    found = defaults.rule(modality, [task])
    assert found.gates == (Gate(metric="coverage", min=0.95),)
    assert found.criteria == defaults.CRITERIA[modality]
    assert sum(criterion.weight for criterion in found.criteria) == 100
    assert len({criterion.name for criterion in found.criteria}) == len(found.criteria) >= 3
    for criterion in found.criteria:
        assert criterion.metric in defaults.metrics([task])
        assert criterion.worst != criterion.ideal
        assert criterion.scale is not Scale.LOG or min(criterion.worst, criterion.ideal) > 0
        higher_is_better = criterion.metric in (*defaults.shares([task]), "dnsmos_ovrl")
        assert (criterion.ideal > criterion.worst) == higher_is_better


def test_the_defaults_of_text_are_those_of_the_design() -> None:
    quality, latency, cost = defaults.rule("text", [text_task()]).criteria
    assert (quality.metric, quality.worst, quality.ideal, quality.weight) == ("quality", 0.4, 0.95, 50)
    assert (latency.metric, latency.worst, latency.ideal, latency.weight) == ("ttfo_p50_ms", 3000, 200, 20)
    assert (cost.metric, cost.worst, cost.ideal, cost.weight) == ("usd_per_1k_requests", 20, 0.25, 30)


def test_a_default_criterion_that_no_scorer_feeds_is_left_out_with_a_notice(project: Project) -> None:
    bakeoff = project.load(SPEECH.replace("[word_accuracy, dnsmos]", "word_accuracy"))
    assert [criterion.name for criterion in bakeoff.rules["tts"].criteria] == ["words", "latency", "cost"]
    assert bakeoff.notices == ("tts: no scorer feeds the default criterion 'naturalness', so it is left out",)


def test_a_section_replaces_what_it_sets_and_nothing_else(project: Project) -> None:
    default = project.load(HEAD).rules["text"]
    gates = rule(project, "{gates: [{metric: ttfo_p95_ms, max: 2000}]}")
    assert gates.gates == (Gate(metric="ttfo_p95_ms", max=2000),)
    assert gates.criteria == default.criteria
    criteria = rule(project, "{criteria: {q: {metric: exact_match, worst: 0, ideal: 1, weight: 3}}}")
    assert criteria.criteria == (Criterion(name="q", metric="exact_match", worst=0, ideal=1, weight=3),)
    assert criteria.gates == default.gates
    assert rule(project, "{gates: []}").gates == ()
    assert rule(project, "{thresholds: {lean_p_best: 0.7}}").thresholds == Thresholds(lean_p_best=0.7)
    assert rule(project, "{must_pass: [smollm2]}").must_pass == ("smollm2",)


def test_a_criterion_may_be_called_as_its_metric(project: Project) -> None:
    found = rule(project, "{criteria: {ttfo_p95_ms: {worst: 9, ideal: 1, weight: 1}}}").criteria[0]
    assert (found.name, found.metric) == ("ttfo_p95_ms", "ttfo_p95_ms")


def test_slots_are_decided_apart(project: Project) -> None:
    suites = HEAD.replace("scorer:", "slot: helpdesk, scorer:")
    bakeoff = project.load(f"{suites}decision:\n  helpdesk: {{gates: []}}\n")
    assert list(bakeoff.rules) == ["helpdesk"]
    assert bakeoff.rules["helpdesk"].slot == "helpdesk"
    assert bakeoff.rules["helpdesk"].criteria == defaults.CRITERIA["text"]


def test_piecewise(project: Project) -> None:
    found = rule(
        project,
        "{criteria: {q: {metric: ttfo_p50_ms, scale: piecewise, points: [[100, 1], [500, 0.8], [3000, 0]], weight: 1}}}",
    ).criteria[0]
    assert (found.worst, found.ideal) == (3000, 100)
    assert found.points == ((100, 1), (500, 0.8), (3000, 0))
    assert not math.isnan(found.worst)


@pytest.mark.parametrize(
    ("section", "code", "marked", "message", "hint"),
    [
        pytest.param("{gates: [{metric: qualty, min: 1}]}", "E215", "qualty", "the metric 'qualty' is not known", "did you mean 'quality'?", id="gate-metric"),
        pytest.param("{gates: [{metric: quality}]}", "E216", "{", "exactly one of min and max", None, id="gate-without-bound"),
        pytest.param("{gates: [{metric: ttfo_p50_ms, min: 1, max: 2}]}", "E216", "{", "exactly one of min and max", None, id="gate-with-both"),
        pytest.param("{gates: [{metric: coverage, min: 95}]}", "E216", "95", "'coverage' lies in [0, 1], so min: 95 is never reached", "min: 0.95?", id="gate-in-percent"),
        pytest.param("{criteria: {q: {metric: ttfo_p50ms, worst: 2, ideal: 1, weight: 1}}}", "E215", "ttfo_p50ms", "'ttfo_p50ms' is not known", "did you mean 'ttfo_p50_ms'?", id="criterion-metric"),
        pytest.param("{criteria: {q: {metric: number_match, worst: 0, ideal: 1, weight: 1}}}", "E215", "number_match", "'number_match' is not known", None, id="scorer-of-no-task"),
        pytest.param("{criteria: {q: {metric: dnsmos_ovrl, worst: 0, ideal: 1, weight: 1}}}", "E215", "dnsmos_ovrl", "no task of this slot has the scorer 'dnsmos'", None, id="detail-of-no-task"),
        pytest.param("{criteria: {q: {metric: quality, worst: 1, ideal: 1, weight: 1}}}", "E216", "1", "worst and ideal of the criterion 'q' are equal", None, id="equal-anchors"),
        pytest.param("{criteria: {q: {metric: quality, worst: 0.9, ideal: 0.4, weight: 1}}}", "E216", "0.9", "'quality' is the better the higher it is, and worst lies above ideal", "worst: 0.4, ideal: 0.9, the other way round", id="the worst answers win"),
        pytest.param("{criteria: {q: {metric: total_p50_ms, worst: 9, ideal: 900, weight: 1}}}", "E216", "9", "'total_p50_ms' is the better the lower it is, and worst lies below ideal", "worst: 900, ideal: 9, the other way round", id="the slowest wins"),
        pytest.param("{criteria: {q: {metric: total_p50_ms, worst: 9, ideal: 0, weight: 1, scale: log}}}", "E216", "0", "'ideal' of the criterion 'q' is 0: a log scale needs anchors above 0", None, id="log-of-zero"),
        pytest.param("{criteria: {q: {metric: total_p50_ms, worst: -9, ideal: 1, weight: 1, scale: log}}}", "E216", "-9", "'worst' of the criterion 'q' is -9", None, id="log-of-negative"),
        pytest.param("{criteria: {q: {metric: quality, worst: 0, ideal: 95, weight: 1}}}", "E216", "95", "'quality' lies in [0, 1]", "ideal: 0.95?", id="anchor-in-percent"),
        pytest.param("{criteria: {q: {metric: quality, weight: 1}}}", "E206", "{", "the criterion 'q' needs worst and ideal", None, id="no-anchors"),
        pytest.param("{criteria: {q: {metric: quality, worst: 0, ideal: 1, weight: 0}}}", "E217", "criteria", "all weights of the slot 'text' are zero", None, id="weights-zero"),
        pytest.param("{criteria: {q: {metric: quality, worst: 0, ideal: 1, weight: -1}}}", "E204", "-1", "'weight': -1 is too small", "0 or more", id="weight-negative"),
        pytest.param("{criteria: {q: {metric: quality, worst: 0, ideal: 1}}}", "E206", "{", "the key 'weight' is missing", None, id="weight-missing"),
        pytest.param("{criteria: {qality: {worst: 0, ideal: 1, weight: 1}}}", "E215", "qality", "the metric 'qality' is not known", "did you mean 'quality'?", id="name-that-is-no-metric"),
        pytest.param("{criteria: {}}", "E204", "{", "at least 1 item", None, id="no-criteria"),
        pytest.param("{criteria: {q: {metric: quality, worst: 0, ideal: 1, weight: 1, points: [[0, 0], [1, 1]]}}}", "E216", "[", "only the piecewise scale takes", "scale: piecewise", id="points-on-a-line"),
        pytest.param("{criteria: {q: {metric: quality, weight: 1, scale: piecewise}}}", "E216", "{", "needs at least two points", None, id="no-points"),
        pytest.param("{criteria: {q: {metric: quality, weight: 1, scale: piecewise, points: [[1, 0], [0, 1]]}}}", "E216", "[", "whose metric rises", None, id="points-out-of-order"),
        pytest.param("{criteria: {q: {metric: quality, weight: 1, scale: piecewise, points: [[0, 1], [1, 1]]}}}", "E216", "[", "values lie in [0, 1] and differ", None, id="points-without-slope"),
        pytest.param("{criteria: {q: {metric: quality, weight: 1, scale: piecewise, points: [[0, 1, 2]]}}}", "E204", "[", "at most 2 items", None, id="points-of-three"),
        pytest.param("{criteria: {q: {metric: quality, worst: 0, ideal: 1, weight: 1, scale: piecewise, points: [[0, 0], [1, 1]]}}}", "E216", "[", "points in place of worst and ideal", None, id="points-and-anchors"),
        pytest.param("{must_pass: [haiku]}", "E208", "haiku", "must_pass: 'haiku' does not compete", None, id="must-pass-of-another"),
        pytest.param("{thresholds: {kapa: 3}}", "E202", "kapa", "unknown key 'kapa'", "did you mean 'kappa'?", id="threshold"),
    ],
)  # fmt: skip
def test_refuses(project: Project, section: str, code: str, marked: str, message: str, hint: str | None) -> None:
    problem = one(project.problems(f"{HEAD}decision:\n  text: {section}\n"))
    assert (problem.code, problem.line, marked_text(problem)) == (code, 5, marked)
    assert message in problem.message
    assert hint in (None, problem.hint)


def test_an_unknown_slot_is_refused(project: Project) -> None:
    problem = one(project.problems(f"{HEAD}decision:\n  txt: {{gates: []}}\n"))
    assert (problem.code, place(problem), problem.hint) == ("E214", "bakeoff.yaml:5:3", "did you mean 'text'?")


@pytest.mark.parametrize(
    ("suites", "codes"),
    [
        pytest.param(HEAD.replace("exact_match", "exact_mach"), ["E210", "E214", "E216"], id="its-scorer-is-wrong"),
        pytest.param(HEAD.replace("faq.jsonl", "fqa.jsonl"), ["E301", "E214", "E216"], id="its-data-is"),
        pytest.param("suites: [nothing]\ncandidates: [smollm2]\n", ["E209", "E216"], id="nothing-is-known-of-it"),
        pytest.param(HEAD.replace("modality: text", "modality: sound"), ["E204", "E216"], id="nor-of-its-modality"),
        pytest.param(
            HEAD.replace("modality: text", "modality: txt"), ["E204", "E214", "E216"], id="its-modality-is-misspelt"
        ),
        pytest.param(HEAD.replace("scorer:", "slot: 3, scorer:"), ["E204", "E216"], id="nor-of-its-slot"),
        pytest.param(
            HEAD.replace("scorer:", "slto: other, scorer:"), ["E202", "E215", "E216"], id="its-slot-is-misspelt"
        ),
    ],
)
def test_the_slots_and_metrics_of_a_broken_suite_are_blamed_as_far_as_they_are_known(
    project: Project, suites: str, codes: list[str]
) -> None:
    section = "decision:\n  other: {criteria: {q: {metric: rules, worst: 1, ideal: 1, weight: 1}}}\n"
    problems = project.problems(f"{suites}{section}")
    assert [problem.code for problem in problems] == codes


def test_speech_metrics_come_with_their_scorers(project: Project) -> None:
    rest = "decision:\n  tts: {gates: [{metric: wer, max: 0.2}, {metric: dnsmos_sig, min: 3}, {metric: ttfa_p95_ms, max: 9}]}\n"
    assert len(project.load(SPEECH + rest).rules["tts"].gates) == 3
