"""Early stopping from the command line: fixed before the run, shown wherever the run is, and derived again."""

import json
from collections import Counter
from typing import Any

import pytest

from harness.clients.retry import Answer
from harness.clients.target import Target
from harness.core.requests import ChatRequest, Request
from tests.cli.conftest import BAKEOFF, Desk
from tests.execute.bakeoffs import answered
from tests.test_every_number import check_run

SAMPLES, ASKED = 60, 20
NUMBERS = {f"q{i}": f"a{i}" for i in range(SAMPLES)}


@pytest.fixture
def race(desk: Desk) -> Desk:
    """One candidate that knows everything, one that knows most, and one that knows nothing."""

    def script(request: Request, target: Target) -> Answer:
        assert isinstance(request, ChatRequest)
        question = str(request.messages[-1]["content"])
        wrong = target.candidate == "three" or (target.candidate == "two" and question in ("q3", "q5", "q8"))
        return answered("no idea" if wrong else NUMBERS[question])

    desk.client.script = script
    desk.data(NUMBERS)
    desk.candidate("three")
    desk.write("bakeoff.yaml", BAKEOFF.replace("warm_up: 0", "warm_up: 0, stop: sequential"))
    return desk


def sent(desk: Desk) -> Counter[str]:
    return Counter(name for name, _ in desk.client.sent)


def decision(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((desk.runs[0] / "decision.json").read_text(encoding="utf-8"))["decisions"][0]
    return found


def test_what_was_stopped_and_saved_is_on_the_terminal_in_the_report_the_memo_and_the_decision(race: Desk) -> None:
    assert "after each 20 samples, whoever has lost for certain is asked no more (2 looks)" in race.bakeoff("plan").out
    done = race.bakeoff("run")
    assert sent(race) == {"one": SAMPLES, "two": SAMPLES, "three": ASKED}
    said = "three was stopped early, after 20 of 60 samples of text: it cannot overtake "
    assert said in done.err
    assert said in done.out
    assert "stopped after 20 of 60 samples" in done.out
    assert "three: 20 answers planned, 20 done" in done.out
    assert "40 more not asked for: it was stopped early" in done.out

    found = decision(race)
    (stopped,) = found["stopped"]
    lines = {line["candidate"]: line for line in found["ranking"]}
    price = next(e["value"] for e in found["estimates"]["three"] if e["metric"] == "usd_per_request")
    assert (stopped["stop"]["candidate"], stopped["calls"]) == ("three", 40)
    assert stopped["usd"] == pytest.approx(40 * price)
    assert not {"rank", "low", "high", "p_best"} & lines["three"].keys(), "not ranked, and no interval of a fixed n"
    assert found["verdict"]["winner"] != "three"
    assert (found["samples_compared"], found["samples_answered"]) == (SAMPLES, SAMPLES)
    pairs = {pair["challenger"]: pair for pair in found["differences"]}
    assert "holds at every look" in pairs["three"]["difference"]["note"]
    assert pairs["three"]["difference"]["n"] == ASKED
    assert "p_holm" not in pairs["three"], "its p-value holds at every look, and is corrected for nobody else"
    assert {e["n"] for e in found["estimates"]["three"]} == {ASKED}
    assert all("each of 3 looks" in e["note"] for e in found["estimates"]["three"])
    assert any(said in caveat for caveat in found["verdict"]["caveats"])
    assert any("not ranked and is not recommended" in caveat for caveat in found["verdict"]["caveats"])

    memo = (race.runs[0] / "memo.md").read_text(encoding="utf-8")
    page = (race.runs[0] / "report.html").read_text(encoding="utf-8")
    for text in (memo, page):
        assert "stopped early, after" in text
        assert "40 answers were not asked for" in text
    assert "by a rule that was fixed before the first call" in memo
    for line in page.splitlines():
        assert not ("three" in line and "too little came" in line)

    assert "Derived again and the same" in race.bakeoff("verify", "latest").out
    assert check_run(race.runs[0])["text/ranking"] > 10, "every number is what the records say"
    race.bakeoff("export", "latest", "--format", "csv")
    assert (race.runs[0] / "answers.csv").read_text(encoding="utf-8").count("\n") == 1 + 2 * SAMPLES + ASKED

    race.bakeoff("run")
    compared = race.bakeoff("compare", *(path.name for path in race.runs))
    assert compared.out.count(" asked it no more after 20 of 60 samples, since it had lost") == 2, "in both runs"

    text = (race.folder / "bakeoff.yaml").read_text()
    race.write("bakeoff.yaml", text.replace(", stop: sequential", ""))
    refused = race.bakeoff("run", "--resume", "latest", code=2)
    assert "run.stop, which is fixed before the first call" in refused.err
    race.write("bakeoff.yaml", text.replace("sequential", "halving"))
    refused = race.bakeoff("check", code=2)
    assert "'stop': 'halving' is no choice" in refused.err


def test_a_slot_of_one_block_is_not_looked_at_and_plan_says_so(race: Desk) -> None:
    race.data(dict(list(NUMBERS.items())[:20]))
    assert "run.stop has no effect: 20 samples are one block" in race.bakeoff("plan").out
    race.bakeoff("run")
    assert sent(race) == dict.fromkeys(("one", "two", "three"), 20)
    assert decision(race)["stopped"] == []
