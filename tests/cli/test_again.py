"""What a run allows afterwards: judging it anew is free and needs no key; asking something else is refused."""

import json
import re
from collections.abc import Mapping

import pytest

from harness.store.ledger import Ledger
from tests.cli.conftest import BAKEOFF, CAPITALS, Desk


def qualities(desk: Desk) -> Mapping[str, float]:
    (decision,) = json.loads((desk.runs[0] / "decision.json").read_text(encoding="utf-8"))["decisions"]
    return {
        name: value
        for name, estimates in decision["estimates"].items()
        for value in [e["value"] for e in estimates if e["metric"] == "quality"]
    }


def test_another_scorer_becomes_the_primary_of_a_stored_run(desk: Desk) -> None:
    desk.bakeoff("run", code=None)
    before = frozen(desk)
    desk.write("bakeoff.yaml", BAKEOFF.replace("exact_match", "contains"))
    desk.bakeoff("score", "latest")
    desk.bakeoff("decide", "latest", code=None)
    assert qualities(desk) == {"one": 1.0, "two": 1.0}
    assert frozen(desk) == before
    with Ledger.open(desk.runs[0], write=False) as ledger:
        assert list(ledger.manifest().scorers) == ["faq/faq/contains"]
    assert len(desk.client.sent) == 2 * len(CAPITALS)


def frozen(desk: Desk) -> object:
    with Ledger.open(desk.runs[0], write=False) as ledger:
        stored = ledger.manifest()
    return stored.rules, stored.config["rules"], stored.started, stored.selection, stored.suites  # type: ignore[index,call-overload]


def test_a_corrected_answer_key_is_used_and_stored(desk: Desk) -> None:
    desk.data({**CAPITALS, "Japan": "Kyoto"})
    desk.bakeoff("run", code=None)
    assert qualities(desk)["one"] == 0.75
    desk.data(CAPITALS)
    desk.bakeoff("score", "latest")
    desk.bakeoff("decide", "latest", code=None)
    assert qualities(desk)["one"] == 1.0
    with Ledger.open(desk.runs[0], write=False) as ledger:
        assert {stored.sample.id: stored.sample.target for stored in ledger.samples()} == CAPITALS


def test_what_sends_nothing_needs_no_key(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.bakeoff("run", code=None)
    monkeypatch.delenv("DESK_KEY")
    desk.bakeoff("score", "latest")
    planned = desk.bakeoff("plan")
    assert re.search(r"\| one +\| text +\| +4 \|", planned.out)
    assert "'one', 'two' count as if their keys were there, but DESK_KEY is not set" in planned.err
    for verb in (["run"], ["check"], ["run", "--resume", "latest"]):
        assert "DESK_KEY is not set" in desk.bakeoff(*verb, code=3).err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("name: capitals", "epochs: 2", "epochs: 1 then, 2 now", id="epochs"),
        pytest.param("scorer: exact", "prompt: 'Say {{ input }}', scorer: exact", "suite 'faq'", id="prompt"),
    ],
)
def test_a_resumed_run_must_ask_the_same(ran: Desk, old: str, new: str, said: str) -> None:
    ran.write("bakeoff.yaml", BAKEOFF.replace(old, new))
    assert said in ran.bakeoff("run", "--resume", "latest", code=2).err


def test_another_price_is_no_other_question(desk: Desk) -> None:
    desk.bakeoff("run", code=None)
    desk.entries.clear()
    desk.candidate("one", more="    bakeoff: {usd_per_hour: 9}\n")
    desk.candidate("two")
    desk.bakeoff("run", "--resume", "latest", code=None)
    assert len(desk.client.sent) == 2 * len(CAPITALS)


@pytest.mark.parametrize("weights", ["quality=0,latency=0,cost=0", "text:quality=0,latency=0,cost=0"])
def test_weights_that_are_all_zero_are_refused(ran: Desk, weights: str) -> None:
    assert (
        "all weights of the slot 'text' are zero" in ran.bakeoff("decide", "latest", "--weights", weights, code=2).err
    )


def test_a_mistyped_run_is_suggested_whatever_its_case(desk: Desk) -> None:
    run = desk.folder / "reports" / "capitals"
    run.mkdir(parents=True)
    (run / "run.db").touch()
    assert "did you mean 'capitals'?" in desk.bakeoff("report", "CAPITAL", code=2).err
