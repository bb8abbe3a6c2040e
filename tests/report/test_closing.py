"""The closing table: what was not measured is no number, and how little a number rests on is said."""

import re
from dataclasses import replace

from harness.core.decision import Decision
from harness.core.rules import Gate
from harness.report.closing import closing_lines
from harness.report.words import WORDS
from tests.decide.cases import decided, rule

USD = "usd_per_1k_requests"
THIN = WORDS["en"]["closing.thin"].format(few=40)


def cells(decision: Decision, name: str) -> list[str]:
    (line,) = (line for line in closing_lines(decision) if f"| {name}" in line)
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_candidate_of_whom_nothing_is_known_has_no_score() -> None:
    decision = decided({"alpha": {"quality": 0.9, USD: 1.0}, "bravo": {"quality": None, USD: None}}, noise=0.02)
    found = cells(decision, "bravo")
    assert (found[2], *found[4:6]) == ("not measured",) * 3
    assert cells(decision, "alpha")[2].startswith("0.")


def test_who_is_left_alone_has_no_chance_to_be_best() -> None:
    measured = {"alpha": {"quality": 0.9, USD: 1.0}, "bravo": {"quality": 0.4, USD: 1.0}}
    assert cells(decided(measured), "alpha")[3] == "100%"
    alone = decided(measured, rule(gates=[Gate(metric="quality", min=0.5)]))
    assert [line.rank for line in alone.ranking] == [1, None]
    assert (cells(alone, "alpha")[3], cells(alone, "bravo")[3]) == ("–", "–")


def test_what_rests_on_a_few_measurements_says_on_how_many() -> None:
    decision = decided({"alpha": {"quality": 0.9, USD: 1.0}, "bravo": {"quality": 0.4, USD: 1.0}})
    assert THIN not in closing_lines(decision)
    assert cells(decision, "alpha")[4] == "0.90"
    few = with_n(decision, 2)
    assert cells(few, "alpha")[4:6] == ["0.90 (n=2)", "$1.00"]
    assert THIN in closing_lines(few)
    assert cells(with_n(decision, 40), "alpha")[4] == "0.90"
    unbounded = with_n(decision, 100, low=None)
    assert cells(unbounded, "alpha")[4] == "0.90 (n=100)"


def test_the_weights_stand_beneath_the_table() -> None:
    decision = decided({"alpha": {"quality": 0.9, USD: 1.0}, "bravo": {"quality": 0.4, USD: 1.0}})
    shares = dict(zip((c.name for c in decision.matrix.criteria), decision.matrix.weights, strict=True))
    assert "weights: " + ", ".join(f"{name} {weight:.0%}" for name, weight in shares.items()) in closing_lines(decision)


def test_it_speaks_chinese_too() -> None:
    decision = with_n(decided({"alpha": {"quality": 0.9, USD: 1.0}, "bravo": {"quality": None, USD: None}}), 2)
    lines = closing_lines(decision, "zh")
    assert lines[2].startswith("| # | 候选")
    assert "未测得" in next(line for line in lines if "| bravo" in line)
    assert WORDS["zh"]["closing.thin"].format(few=40) in lines
    said = [line for line in lines if not line.startswith("|")]
    english = [line for line in said if re.search("[a-z]+ [a-z]+ [a-z]+", line)]
    assert english == [], "no sentence is left in English"
    assert len(lines) == len(closing_lines(decision))


def with_n(decision: Decision, n: int, **changes: float | None) -> Decision:
    """Return the decision with the first criterion of the first candidate measured so often."""
    (first, *rest), *others = decision.matrix.raw
    raw = ((replace(first, n=n, **changes), *rest), *others)  # type: ignore[arg-type]
    return replace(decision, matrix=replace(decision.matrix, raw=raw))
