"""`bakeoff run --pilot K`: a few samples first, what the whole will take, and the rest on request."""

import json

from harness.core.calls import Role
from harness.store.ledger import Ledger
from tests import recompute
from tests.cli.conftest import Desk
from tests.report.pages import unlinked


def asked(desk: Desk) -> int:
    return len(desk.client.sent)


def test_a_pilot_foretells_the_run_and_the_rest_is_asked_on_request(desk: Desk) -> None:
    done = desk.bakeoff("run", "--pilot", "2")
    assert asked(desk) == 2 * 2, "two samples of each candidate"
    assert "from a pilot of 2 samples of each task" in done.out
    assert "calls: 8 when every answer arrives" in done.out
    assert "--resume" in done.err.splitlines()[-1]
    (run,) = desk.runs
    assert not (run / "decision.json").exists(), "nothing is decided on a pilot"
    with Ledger.open(run, write=False) as ledger:
        before = ledger.manifest()
        assert [said.pilot for said in before.foreseen] == [0, 2]
        assert {count.pending for count in ledger.counts()} == {2}
    assert set(before.unsent.values()) == {"pilot"}
    desk.bakeoff("report", "latest", code=None)
    unfinished = (run / "report.html").read_text(encoding="utf-8")
    assert "INCOMPLETE" in unfinished
    assert "only a pilot was asked" in unfinished

    desk.bakeoff("run", "--resume", "latest", code=1)
    assert asked(desk) == 2 * 4, "nobody is asked twice"
    with Ledger.open(run, write=False) as ledger:
        after = ledger.manifest()
        finished = [record.finished for record in ledger.records(Role.ANSWER)]
    assert after.foreseen == before.foreseen
    assert len(after.sessions) == 2
    assert all(session.ended is not None for session in after.sessions)
    first, second = after.sessions
    assert first.began < min(finished) < str(first.ended) < second.began < max(finished) < str(second.ended)
    assert desk.bakeoff("verify", "latest").code == 0
    shown = (run / "report.html").read_text(encoding="utf-8")
    numbers = dict(recompute.foreseen_numbers(recompute.Run(run)))
    assert {"run/forecast/all/calls", "run/forecast/all/minutes", "run/forecast/all/machine_usd"} <= numbers.keys()
    for name in numbers.keys() - {"run/forecast/all/usd"}:
        if "usd" not in name or "machine" in name:
            assert f'id="{name}"' in shown, name
    assert "Foreseen from a pilot of 2 samples" in unlinked((run / "memo.md").read_text(encoding="utf-8"))


def test_a_resume_that_sends_nothing_leaves_no_trace(desk: Desk) -> None:
    desk.bakeoff("run", code=1)
    (run,) = desk.runs
    sealed = json.loads((run / "decision.json").read_text(encoding="utf-8"))["evidence_sha256"]
    desk.bakeoff("run", "--resume", "latest", code=1)
    assert json.loads((run / "decision.json").read_text(encoding="utf-8"))["evidence_sha256"] == sealed


def test_a_pilot_says_what_it_found_as_json(desk: Desk) -> None:
    said = json.loads(desk.bakeoff("run", "--pilot", "3", "--json").out)
    assert said["forecast"]["amounts"]["pilot"] == 3
    assert said["exit_code"] == 0
    assert said["forecast"]["amounts"]["machine_usd"]["low"] > 0
