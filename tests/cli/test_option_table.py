"""`bakeoff decide` of a table of options: JSON, exit codes, one screen for what is wrong."""

import json
import re
from operator import mul
from typing import Any

import pytest

from harness.report.columns import width
from tests.cli.conftest import Desk

SHEET = "option,reach,effort\nchat,9000,3\nvoice,4000,8\n"
RULE = "criteria:\n  reach: {worst: 0, ideal: 10000, weight: 1}\n  effort: {worst: 10, ideal: 0, weight: 1}\n"


@pytest.fixture
def table(desk: Desk) -> Desk:
    desk.write("t.csv", SHEET)
    desk.write("t.yaml", RULE)
    return desk


def test_json_has_the_whole_decision(table: Desk) -> None:
    told = json.loads(table.bakeoff("decide", "t.csv", "--json").out)
    (decision,) = told["decisions"]
    assert (told["table"], told["unread"], decision["slot"]) == ("t.csv", [], "t")
    assert [line["candidate"] for line in decision["ranking"]] == ["chat", "voice"]
    assert decision["verdict"]["kind"] == "clear"


def test_in_chinese_it_calls_things_as_the_page_does(table: Desk) -> None:
    out = table.bakeoff("--lang", "zh", "decide", "t.csv").out
    assert all(
        f"| {name} " in out for name in ("最优概率", "加权几何平均", "加权求和（极差归一）", "加权乘积", "TOPSIS")
    )
    assert "单元格：表中所写 → 换算分" in out
    table.write("t.csv", SHEET.replace("9000", "-1"))
    table.write("t.yaml", RULE + "rice: {reach: reach, impact: reach, effort: effort}\n")
    assert "是 -1；RICE 要乘以它" in table.bakeoff("--lang", "zh", "decide", "t.csv", code=2).err


def test_other_weights_and_another_rule(table: Desk) -> None:
    def shares(*more: str) -> list[float]:
        told = json.loads(table.bakeoff("decide", "t.csv", "--json", *more).out)
        return [round(weight, 9) for weight in told["decisions"][0]["matrix"]["weights"]]

    assert shares("--weights", "reach=3") == [0.75, 0.25]
    table.write("other.yaml", RULE.replace("weight: 1}", "weight: 4}", 1))
    assert shares("--rule", "other.yaml") == [0.8, 0.2]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_tables_fold_at_the_width_of_the_terminal(table: Desk, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    table.write(
        "t.csv",
        "option,reach,effort low,effort,effort high,a third criterion,gain\n"
        + "".join(f"the option called {name},{n}000,1,2,3,{n},{n}\n" for n, name in enumerate("abc", start=4)),
    )
    both = [f"{who}: {{order: [reach, effort, a third criterion]}}" for who in ("one person", "the other person")]
    profiles = f"profiles: {{{', '.join(both)}}}\n"
    table.write(
        "t.yaml", RULE + "  a third criterion: {worst: 0, ideal: 10, weight: 1}\n" + profiles
        + "rice: {reach: reach, impact: gain, effort: effort}\n",
    )  # fmt: skip
    whole = table.bakeoff("--lang", language, "decide", "t.csv").out
    assert max(width(line) for line in whole.splitlines() if line.startswith("|")) > 80
    monkeypatch.setattr("harness.cli.screen.table_columns", lambda: 80)
    folded = table.bakeoff("--lang", language, "decide", "t.csv").out
    assert max(width(line) for line in folded.splitlines() if line.startswith("|")) <= 80
    assert cells(whole) == cells(folded), "nothing is lost"


def cells(out: str) -> set[str]:
    return {cell.strip() for line in out.splitlines() if re.match(r"\| ", line) for cell in line.split("|")}


def test_where_nobody_clearly_wins_the_likeliest_best_is_named(table: Desk) -> None:
    table.write("t.csv", "option,reach low,reach,reach high,effort\na,2000,6000,6400,1\nb,5900,5950,6000,1\n")
    table.write("t.yaml", RULE)
    told = json.loads(table.bakeoff("decide", "t.csv", "--json").out)
    (decision,) = told["decisions"]
    chance = {line["candidate"]: line["p_best"] for line in decision["ranking"]}
    assert (decision["verdict"]["kind"], decision["verdict"]["leader"]) == ("toss-up", "a")
    assert chance["b"] > chance["a"]
    share = {name: f"{p:.0%}" for name, p in chance.items()}
    said = f"b is the likeliest best: it comes first in {share['b']} of the draws, a in {share['a']}."
    assert said in table.bakeoff("decide", "t.csv").out
    table.write("t.csv", "option,reach low,reach,reach high,effort\na,5000,6000,7000,1\nb,5000,5950,7000,1\n")
    assert re.search(
        r"a is the likeliest best: it comes first in \d\d% of the draws\.", table.bakeoff("decide", "t.csv").out
    )


def test_criteria_that_the_weights_leave_out_are_named_with_their_points(table: Desk) -> None:
    assert (
        "t: not named in --weights, so their points are as before: effort 1.\n"
        in table.bakeoff("decide", "t.csv", "--weights", "reach=3").out
    )
    assert "--weights" not in table.bakeoff("decide", "t.csv", "--weights", "reach=3,t:effort=1").out


def test_rice_stands_beside_the_ranking_and_decides_nothing(table: Desk) -> None:
    table.write(
        "t.csv",
        "option,reach,gain,effort low,effort,effort high\nchat,9000,1,2,3,5\nvoice,4000,9,6,8,9\nfax,1,,1,1,1\n",
    )
    table.write("t.yaml", RULE + "cost: effort\nrice: {reach: reach, impact: gain, effort: effort}\n")
    told = json.loads(table.bakeoff("decide", "t.csv", "--json").out)
    assert [(it["option"], it.get("rice")) for it in told["rice"]] == [
        ("voice", 4500.0),
        ("chat", 3000.0),
        ("fax", None),
    ]
    assert told["decisions"][0]["verdict"]["leader"] == "chat"
    out = table.bakeoff("decide", "t.csv").out
    assert "does not decide, puts voice first, and not chat." in out
    assert re.search(r"\| voice +\| 4,500 \[[\d,]+, [\d,]+\] +\| 3 ", out)
    assert re.search(r"\| fax +\| not known ", out)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        pytest.param("gates: [{metric: effort, max: 9}]\nmust_pass: [voice]\n", 0, id="all pass"),
        pytest.param("gates: [{metric: effort, max: 5}]\n", 0, id="one fails"),
        pytest.param("gates: [{metric: effort, max: 5}]\nmust_pass: [voice]\n", 1, id="one fails that must pass"),
        pytest.param("gates: [{metric: effort, max: 1}]\n", 1, id="all fail"),
    ],
)
def test_the_exit_code_is_that_of_a_run(table: Desk, rule: str, code: int) -> None:
    table.write("t.yaml", RULE + rule)
    done = table.bakeoff("decide", "t.csv", code=code)
    assert ("No candidate can be recommended" in done.out) == ("max: 1}" in rule)


def test_what_is_wrong_is_one_screen(table: Desk) -> None:
    table.write("t.csv", SHEET.replace("9000", "lots"))
    table.write("t.yaml", RULE.replace("ideal: 0", "ideal: 10"))
    assert (
        table.bakeoff("decide", "t.csv", code=2).err
        == """\
error[E216]: worst and ideal of the criterion 'effort' are equal, so no value lies between them
  --> t.yaml:3:30
     3 |   effort: {worst: 10, ideal: 10, weight: 1}
       |                              ^^
  fix: worst: the metric that is worth 0; ideal: that worth 1
error[E306]: cell B2: 'lots' is no number
  --> t.csv:2:2
  fix: write 1234.5, with nothing between the thousands; leave a cell empty where nothing is known
2 problems (exit 2)
"""
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("tt.csv",), "there is no table tt.csv", id="no such table"),
        pytest.param(("t.csv", "--weights", "rech=3"), "there is no criterion 'rech'", id="weights"),
        pytest.param(("t.csv", "--allow-incomplete"), "are for runs, and this is a table", id="an option of runs"),
        pytest.param(("latest", "--rule", "t.yaml"), "--rule is for a table", id="an option of tables"),
    ],
)
def test_a_command_line_that_cannot_be(table: Desk, arguments: tuple[str, ...], said: str) -> None:
    assert said in table.bakeoff("decide", *arguments, code=2).err


def test_a_run_shows_its_profiles_side_by_side(desk: Desk) -> None:
    desk.write(
        "bakeoff.yaml",
        (desk.folder / "bakeoff.yaml").read_text()
        + "decision:\n  text:\n    weights: {order: [quality, cost, latency], by: Ana}\n"
        "    profiles: {users: {points: {quality: 1, latency: 1, cost: 0}}, payer: {swing: "
        "{cost: 100, quality: 50, latency: 0}}}\n",
    )
    done = desk.bakeoff("run", code=None)
    assert "The weights come from order of importance, by Ana." in done.out
    assert "| candidate | users " in done.out
    assert "  payer: quality 33.3%, latency 0%, cost 66.7% (swing)" in done.out
    path = desk.runs[-1] / "decision.json"
    (decision,) = json.loads(path.read_text())["decisions"]
    assert decision["rule"]["weighing"] == {"method": "order", "by": "Ana"}
    page = (desk.runs[-1] / "report.html").read_text(encoding="utf-8")
    assert "Each with weights of their own" in page
    assert "order of importance" in page
    told = {id: float(raw) for raw, id in re.findall(r'<data value="([^"]*)" id="text/profiles/([^"]*)">', page)}
    assert told == pytest.approx(by_hand(decision["matrix"], {"users": (0.5, 0.5, 0), "payer": (1 / 3, 0, 2 / 3)}))
    memo = (desk.runs[-1] / "memo.md").read_text(encoding="utf-8")
    assert re.search(r"\| Candidate\[\^\d+\] \| users \| payer \| Costs one of them at most \|", memo)
    desk.bakeoff("verify", "latest")
    path.write_text(re.sub(r'("regret": \[\s*)[^,]+', r"\g<1>0.5", path.read_text()))
    assert "regret" in desk.bakeoff("verify", "latest", code=74).out
    desk.bakeoff("decide", "latest", "--weights", "cost=9", "--keep", "--json", code=None)
    (changed,) = json.loads(path.read_text())["decisions"]
    assert "weighing" not in changed["rule"], "those are points"
    assert changed["rule_sha256"] != decision["rule_sha256"]


def by_hand(matrix: dict[str, Any], profiles: dict[str, tuple[float, ...]]) -> dict[str, float]:
    """Return every number of the profiles' part of the page, from the values of the matrix alone."""
    values = dict(zip(matrix["candidates"], matrix["values"], strict=True))
    criteria = [criterion["name"] for criterion in matrix["criteria"]]
    found: dict[str, float] = {
        f"all/{p}.{c}": w for p, ws in profiles.items() for c, w in zip(criteria, ws, strict=True)
    }
    scores = {p: {name: sum(map(mul, ws, row)) for name, row in values.items()} for p, ws in profiles.items()}
    for name in values:
        for profile, of in scores.items():
            found[f"{name}/{profile}.score"] = of[name]
            found[f"{name}/{profile}.rank"] = 1 + sum(other > of[name] + 1e-9 for other in of.values())
        found[f"{name}/regret"] = max(max(of.values()) - of[name] for of in scores.values())
    return found
