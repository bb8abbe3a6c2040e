"""What is told of a run that ended early: what came is judged, what did not is counted, and why."""

import json
import signal
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from harness.clients.retry import Answer
from harness.clients.target import Target
from harness.core.requests import Request
from harness.errors import IncompleteError
from harness.execute import scoring
from harness.store.ledger import DATABASE, Ledger
from harness.store.lock import Lock
from tests.cli.conftest import BAKEOFF, Desk
from tests.execute.bakeoffs import failed
from tests.report.pages import unlinked

ONE_BY_ONE = BAKEOFF.replace("warm_up: 0", "warm_up: 0, max_in_flight: 1")


def interrupt(desk: Desk, after: int) -> None:
    """Run the bake-off, and have it end when so many calls have been sent."""
    desk.write("bakeoff.yaml", ONE_BY_ONE)
    answer, pressed = desk.client.script, []

    def script(request: Request, target: Target) -> Answer:
        if len(desk.client.sent) >= after and not pressed:
            pressed.append(True)
            signal.raise_signal(signal.SIGTERM)
        return answer(request, target)

    desk.client.script = script
    desk.bakeoff("run", code=130)
    desk.client.script = answer


def decided(desk: Desk) -> Any:
    (decision,) = json.loads((desk.runs[0] / "decision.json").read_text(encoding="utf-8"))["decisions"]
    return decision


def quality(decision: Any, name: str) -> dict[str, Any]:
    (found,) = (e for e in decision["estimates"][name] if e["metric"] == "quality")
    return dict(found)


@pytest.mark.parametrize("verb", ["decide", "report", "memo"])
def test_what_came_before_an_interrupt_is_judged_first(desk: Desk, verb: str) -> None:
    interrupt(desk, after=5)
    sent = len(desk.client.sent)
    assert not (desk.runs[0] / "decision.json").exists()
    desk.bakeoff(verb, "latest", code=4 if verb == "decide" else 0)
    assert len(desk.client.sent) == sent, "nothing is asked"
    decision = decided(desk)
    rows = {row["candidate"]: row for row in decision["completeness"]}
    assert {row.get("why") for row in rows.values() if row["pending"]} == {"interrupted"}
    for name, row in rows.items():
        assert (quality(decision, name)["value"], quality(decision, name)["n"]) == (1.0, row["done"] or None)
    assert decision["samples_answered"] == min(row["done"] for row in rows.values())
    assert not any("p_best" in line or "rank" in line for line in decision["ranking"])
    if verb == "memo":
        memo = unlinked((desk.runs[0] / "memo.md").read_text(encoding="utf-8"))
        assert f"the same 4 samples; {decision['samples_answered']} of them were answered by all" in memo
        assert "pending (interrupted)." in memo


def test_the_terminal_says_what_lacks_and_why(desk: Desk) -> None:
    interrupt(desk, after=5)
    done = desk.bakeoff("decide", "latest", code=4)
    answered = decided(desk)["samples_answered"]
    said = f"INCOMPLETE  text: 4 samples for every candidate; {answered} answered by all, and judged"
    assert said in done.out
    assert "pending (interrupted)" in done.out
    row = next(line for line in done.out.splitlines() if line.startswith("| - "))
    assert row.split("|")[4].strip() == "–", "who is not ranked has no chance to be best"


def test_a_page_is_never_older_than_what_it_counts(desk: Desk) -> None:
    """A resume that is interrupted leaves a decision on fewer answers; the weights that were chosen stay."""
    interrupt(desk, after=3)
    desk.bakeoff("decide", "latest", "--weights", "quality=90", "--keep", "--allow-incomplete", code=None)
    before = decided(desk)
    interrupted = desk.runs
    desk.bakeoff("run", "--resume", "latest", code=None)
    (desk.runs[0] / "decision.json").write_text(
        json.dumps({"decisions": [before]}), encoding="utf-8"
    )  # as if it had been interrupted
    desk.bakeoff("report", "latest")
    after = decided(desk)
    assert desk.runs == interrupted
    assert (before["samples_answered"], after["samples_answered"]) == (1, 4)
    assert after["rule_sha256"] == before["rule_sha256"]
    assert after["incomplete_allowed"]


def test_a_decision_of_another_version_is_made_anew_with_the_weights_that_were_asked_for(desk: Desk) -> None:
    desk.bakeoff("run", code=None)
    desk.bakeoff("decide", "latest", "--weights", "quality=90", "--keep", code=None)
    decision = decided(desk)
    del decision["samples_planned"]
    (desk.runs[0] / "decision.json").write_text(json.dumps({"decisions": [decision]}), encoding="utf-8")
    desk.bakeoff("report", "latest")
    assert decided(desk)["samples_planned"] == 4
    assert decided(desk)["rule_sha256"] == decision["rule_sha256"]


def test_while_another_process_writes_what_it_decided_stands_and_else_the_answers_can_be_had(desk: Desk) -> None:
    interrupt(desk, after=3)
    lock = Lock(desk.runs[0])
    try:
        refused = desk.bakeoff("report", "latest", code=75)
        assert f"what has come so far: bakeoff export {desk.runs[0].relative_to(desk.folder)}" in refused.err
        assert desk.bakeoff("export", "latest").out.strip().endswith("answers.csv")
    finally:
        lock.release()
    desk.bakeoff("report", "latest")
    lock = Lock(desk.runs[0])
    try:
        desk.bakeoff("report", "latest")
    finally:
        lock.release()


def test_what_an_instrument_must_measure_first_is_refused_with_the_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(desk, after=5)
    real = scoring.judge

    def unread(*given: Any) -> Any:
        return (replace(judgement, lacks_reading=True) for judgement in real(*given))

    monkeypatch.setattr(scoring, "judge", unread)
    (run,) = desk.runs
    for verb in ("decide", "report"):
        refused = desk.bakeoff(verb, "latest", code=IncompleteError.exit_code)
        assert "only a run asks instruments" in refused.err
        assert f"bakeoff run --resume reports/{run.name}, or decide without them" in refused.err
    with Ledger.open(run, write=False) as ledger:
        assert list(ledger.scores()) == []
    desk.bakeoff("decide", "latest", "--allow-incomplete", code=None)
    with Ledger.open(run, write=False) as ledger:
        assert list(ledger.scores()) != []


def test_each_reason_is_that_of_whom_it_stopped(desk: Desk) -> None:
    desk.write("bakeoff.yaml", ONE_BY_ONE)
    answer = desk.client.script
    desk.client.script = lambda request, target: (
        failed("model_not_found") if target.candidate == "two" else answer(request, target)
    )
    desk.bakeoff("run", code=None)
    rows = {row["candidate"]: row for row in decided(desk)["completeness"]}
    assert (rows["one"]["pending"], rows["one"].get("why")) == (0, None)
    assert rows["two"]["pending"] > 0
    assert rows["two"]["why"] == "given_up"


def test_memos_of_an_unfinished_run_are_written_again_when_it_has_ended(desk: Desk) -> None:
    interrupt(desk, after=5)
    (run,) = desk.runs
    desk.bakeoff("memo", "latest", "--lang", "zh", code=None)
    before = (run / "memo.zh.md").read_text()
    desk.bakeoff("run", "--resume", "latest", code=None)
    assert (run / "memo.zh.md").read_text() != before
    desk.bakeoff("verify", "latest")


def test_the_latest_is_not_the_one_that_is_being_written_and_that_is_said(desk: Desk) -> None:
    interrupt(desk, after=1)
    (old,) = desk.runs
    interrupt(desk, after=1)
    new = next(run for run in desk.runs if run != old)
    lock = Lock(new)
    try:
        done = desk.bakeoff("export", "latest")
        assert (
            done.err
            == f"note: reports/{new.name} is still at work, or has sent nothing, so this is of reports/{old.name}.\n"
        )
        assert done.out == f"reports/{old.name}/answers.csv\n"
        assert "this is what has come so far" in desk.bakeoff("export", new.name).err
    finally:
        lock.release()
    assert new.name in desk.bakeoff("export", "latest").out


def test_scores_that_were_put_in_the_place_of_others_are_decided_on(ran: Desk) -> None:
    before = decided(ran)
    name = next(name for name in before["estimates"] if quality(before, name)["value"])
    with closing(sqlite3.connect(ran.runs[0] / DATABASE)) as db, db:
        db.execute("UPDATE score SET value = 0 WHERE plan IN (SELECT id FROM plan WHERE candidate = ?)", (name,))
    ran.bakeoff("report")
    assert quality(decided(ran), name)["value"] == 0.0
