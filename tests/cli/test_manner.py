"""How a command speaks: its language, and how much of its work it tells."""

import json
import re

import pytest
from rich.cells import cell_len

from harness.core.calls import Fault
from tests.cli.conftest import Desk
from tests.execute.bakeoffs import answered, failed

TRAFFIC = """\
users: 100
requests_per_user: 50
seat: {gross_margin: 0.5, price: 3}
self_hosting: {usd_per_gpu_hour: 1, requests_per_s: 2, peak_requests_per_s: 1}
"""
ENGLISH = re.compile("[A-Za-z]+ [a-z]+ [a-z]+ [a-z]+")


def test_every_verb_speaks_chinese_wherever_it_is_told_to(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = desk.bakeoff("--lang", "zh", "check"), desk.bakeoff("check", "--lang=zh")
    assert before == after
    assert "一切就绪。" in after.out
    monkeypatch.setenv("BAKEOFF_LANG", "zh")
    assert desk.bakeoff("check") == after
    desk.write("traffic.yaml", TRAFFIC)
    verbs = (
        "plan", "run", "decide latest", "compare latest", "cost latest --traffic traffic.yaml --batch-share 0.5",
        "prices update", "prices show", "prices diff", "store check latest", "store gc latest",
    )  # fmt: skip
    shown = [desk.bakeoff(*verb.split(), code=None) for verb in verbs]
    said = "\n".join(line for done in (after, *shown) for line in done.out.splitlines())
    assert [line for line in said.splitlines() if ENGLISH.search(line)] == []
    plan = [line for line in shown[0].out.splitlines() if line.startswith("|")]
    assert len({cell_len(line) for line in plan}) == 1, "columns stand in line"
    (run,) = desk.runs
    assert '<html lang="zh' in (run / "report.html").read_text(encoding="utf-8")
    assert json.loads(desk.bakeoff("check", "--json").out).keys() >= {"name", "suites", "calls"}


def test_errors_have_a_frame_in_chinese(desk: Desk) -> None:
    desk.write("bakeoff.yaml", "suites: [{name: 名单, modality: text, data: fqa.csv, scorer: exact_match}]\n")
    err = desk.bakeoff("check", "--lang", "zh", code=2).err
    head, place, line, marks, fix, last = err.splitlines()
    assert head.startswith("错误[E301]：没有找到数据集")
    assert place == "  --> bakeoff.yaml:1:43"
    assert cell_len(marks) == cell_len(line[: line.index("fqa.csv") + len("fqa.csv")]), "Han characters are two wide"
    assert fix == "  解决办法：是不是“faq.csv”？"
    assert last == "共 1 个问题；没有发出任何请求（退出码 2）"


def test_a_language_that_is_not_spoken_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--lang is en or zh, not 'fr'" in desk.bakeoff("--lang", "fr", "check", code=2).err
    assert "--lang is en or zh, not ''" in desk.bakeoff("check", "--lang", code=2).err
    monkeypatch.setenv("BAKEOFF_LANG", "zh_CN.UTF-8")
    assert "BAKEOFF_LANG is en or zh" in desk.bakeoff("check", code=2).err


def test_quiet_prints_results_and_errors_and_nothing_else(desk: Desk) -> None:
    loud, done = desk.bakeoff("check"), desk.bakeoff("check", "--quiet")
    assert "Next: " in loud.out
    assert "Next: " not in done.out
    assert done.out.splitlines() == loud.out.splitlines()[: len(done.out.splitlines())]
    run = desk.bakeoff("--quiet", "run", code=None)
    assert run.err == ""
    assert "| # | candidate" in run.out
    desk.write("bakeoff.yaml", "name: [")
    assert "error[E201]" in desk.bakeoff("check", "--quiet", code=2).err


def test_a_quiet_run_that_is_not_finished_still_says_how_it_goes_on(desk: Desk) -> None:
    desk.client.script = lambda *_: failed("protocol", fault=Fault.INFRA)
    err = desk.bakeoff("run", "--quiet", code=4).err
    assert "Go on with: bakeoff run --resume" in err
    assert "calls of" not in err


def test_verbose_tells_each_failed_attempt(desk: Desk) -> None:
    desk.client.script = lambda _, target: answered("Paris") if target.candidate == "one" else failed("reset")
    told = "two, faq/faq/France: attempt 1 failed (reset): "
    assert told in desk.bakeoff("run", "--verbose", code=None).err
    assert told not in desk.bakeoff("run", code=None).err
