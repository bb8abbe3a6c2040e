"""The ledger: what goes in comes out, and nothing that is done is done again."""

import asyncio
import os
from collections.abc import Coroutine
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from harness.core.calls import Fault, Marks, Output, Record, Role, Unrecorded, Usage
from harness.core.canonical import from_json, to_json
from harness.core.stopping import Stop
from harness.errors import BakeoffError, StoreError, UsageError
from harness.store import rows
from harness.store.ledger import DATABASE, Ledger, ScoreRow
from tests.store.nouns import SHAPES, attempt, call, chat, failure, instrument, manifest, new_ledger, record, samples


def do(*steps: Coroutine[Any, Any, None]) -> None:
    async def all_of_them() -> None:
        for step in steps:
            await step

    asyncio.run(all_of_them())


@pytest.mark.parametrize("stored", SHAPES.values(), ids=SHAPES)
def test_a_record_comes_back_equal(tmp_path: Path, stored: Record) -> None:
    with new_ledger(tmp_path, stored.call) as ledger:
        do(ledger.intend(stored.call.key, 1, None), ledger.commit(stored))
        (found,) = ledger.records()
    assert found == stored
    assert from_json(Record, to_json(found)) == stored


def test_manifest_samples_and_calls_come_back_equal_in_order(tmp_path: Path) -> None:
    calls = [call("k2", sample="s2"), call("k1", sample="s1", candidate="b"), call("k3", epoch=3)]
    new_ledger(tmp_path, *calls).close()
    with Ledger.open(tmp_path, write=False) as ledger:
        assert ledger.manifest() == manifest()
        assert ledger.samples() == samples()
        assert ledger.pending(Role.ANSWER) == calls
        assert list(ledger.records()) == []


def test_records_are_filtered_by_role_and_keep_plan_order(tmp_path: Path) -> None:
    answer, reading = call("a", sample="v0"), instrument("i", "a")
    with new_ledger(tmp_path, answer, call("b")) as ledger:
        assert ledger.add_calls([reading]) == 1
        assert ledger.add_calls([reading, answer]) == 0
        do(*(ledger.commit(record(c)) for c in (reading, call("b"), answer)))
        assert [r.call for r in ledger.records()] == [answer, call("b"), reading]
        assert [r.call for r in ledger.records(Role.INSTRUMENT)] == [reading]


def test_a_lone_surrogate_is_spelt_out_and_its_neighbours_are_stored(tmp_path: Path) -> None:
    with new_ledger(tmp_path, call("a"), call("b")) as ledger:
        do(ledger.commit(record(call("a"), outcome=Output(text="x\ud83dy"))), ledger.commit(record(call("b"))))
        first, second = ledger.records()
    assert isinstance(first.outcome, Output)
    assert first.outcome.text == "x\\ud83dy"
    assert second == record(call("b"))


@pytest.mark.parametrize(
    ("steps", "pending", "pending_or_failed"),
    [
        pytest.param((), True, True, id="planned"),
        pytest.param(("intend",), True, True, id="in flight"),
        pytest.param(("intend", "release"), True, True, id="cancelled"),
        pytest.param(("release",), True, True, id="released before it was sent"),
        pytest.param(("intend", "done"), False, False, id="done"),
        pytest.param(("intend", "done", "release"), False, False, id="cancelled after it was done"),
        pytest.param(("intend", "candidate"), False, False, id="the candidate's own failure"),
        pytest.param(("intend", "infra"), False, True, id="infra"),
        pytest.param(("intend", "harness"), False, True, id="bug"),
        pytest.param(("intend", "timeout"), False, False, id="our own deadline: measured"),
        pytest.param(("intend", "infra", "intend", "done"), False, False, id="retried"),
        pytest.param(("intend", "infra", "intend", "release"), True, True, id="retry cancelled"),
    ],
)
def test_what_is_pending(tmp_path: Path, steps: tuple[str, ...], pending: bool, pending_or_failed: bool) -> None:
    with new_ledger(tmp_path) as ledger:
        for step in steps:
            match step:
                case "intend":
                    do(ledger.intend("k0", 1, Decimal(1)))
                case "release":
                    do(ledger.release("k0"))
                case "done":
                    do(ledger.commit(record()))
                case "timeout":
                    do(ledger.commit(failure(kind="timeout")))
                case fault:
                    do(ledger.commit(failure(fault=Fault(fault))))
        assert bool(ledger.pending(Role.ANSWER)) is pending
        assert bool(ledger.pending(Role.ANSWER, retry_failed=True)) is pending_or_failed
        assert ledger.pending(Role.INSTRUMENT, retry_failed=True) == []


@pytest.mark.parametrize("final", [record(), failure(fault=Fault.CANDIDATE)], ids=["output", "own failure"])
def test_a_call_that_is_done_is_never_sent_or_answered_again(tmp_path: Path, final: Record) -> None:
    with new_ledger(tmp_path) as ledger:
        do(ledger.commit(final))
        with pytest.raises(BakeoffError, match="k0 is done"):
            do(ledger.intend("k0", 1, None))
        with pytest.raises(BakeoffError, match="k0 is done"):
            do(ledger.commit(record(outcome=Output(text="other"))))
        assert list(ledger.records()) == [final]


def test_a_retried_failure_keeps_its_attempts_and_its_cost_in_the_sum(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        do(ledger.intend("k0", 1, Decimal("0.5")), ledger.commit(failure(cost_usd=Decimal("0.25"))))
        do(ledger.intend("k0", 1, Decimal("0.5")), ledger.intend("k0", 2, Decimal("0.75")))
        assert ledger.spent() == Decimal("1.00")
        final = record(attempts=(attempt(1, outcome="reset"), attempt(2)), cost_usd=Decimal("0.125"))
        do(ledger.commit(final))
        assert list(ledger.records()) == [final]
        assert ledger.spent() == Decimal("0.375")
        told = ledger.query("SELECT visit, number, outcome FROM attempt ORDER BY visit, number").fetchall()
        assert told == [(1, 1, "server_error"), (2, 1, "reset"), (2, 2, "ok")]


@pytest.mark.parametrize(
    ("cost_source", "spent"),
    [pytest.param("provider", "2", id="billed"), pytest.param("machine", "0", id="a machine's time is no bill")],
)
def test_spent_dollars(tmp_path: Path, cost_source: str, spent: str) -> None:
    with new_ledger(tmp_path) as ledger:
        do(ledger.commit(record(cost_usd=Decimal(2), cost_source=cost_source)))
        assert ledger.spent() == Decimal(spent)


def test_spent_dollars_by_candidate_and_since_a_moment(tmp_path: Path) -> None:
    calls = [call("a", candidate="one"), call("b", candidate="one"), call("c", candidate="two"), call("d"), call("e")]
    with new_ledger(tmp_path, *calls) as ledger:
        early, late = "2026-07-09T23:59:59.900000+00:00", "2026-07-10T00:00:00.100000+00:00"
        for its, when, dollars in zip(calls, (early, late, late), (1, 2, 4), strict=False):
            do(ledger.commit(record(its, finished=when, cost_usd=Decimal(dollars))))
        do(ledger.intend("d", 1, Decimal(8)), ledger.intend("e", 1, Decimal(16)), ledger.release("e"))
        assert ledger.spent_by_candidate() == {"one": 3, "two": 4, "haiku": 24}
        assert ledger.spent_by_candidate(since="2026-07-10T00:00:00+00:00") == {"one": 2, "two": 4, "haiku": 24}
        assert (ledger.spent(), ledger.spent(since="2026-07-11T00:00:00+00:00")) == (31, 24)


@pytest.mark.parametrize(
    ("steps", "requests"),
    [
        pytest.param([], {}, id="nothing was sent"),
        pytest.param(["i1", "done"], {"haiku": 1}, id="answered"),
        pytest.param(["i1", "i2", "tried"], {"haiku": 2}, id="answered at the second attempt"),
        pytest.param(["i1", "i2", "refused"], {"haiku": 1}, id="turned away, then answered"),
        pytest.param(["i1", "i2"], {"haiku": 2}, id="under way"),
        pytest.param(["i1", "i2", "release"], {"haiku": 2}, id="interrupted"),
        pytest.param(["i1", "i9", "release"], {"haiku": 3}, id="turned away many times, then interrupted"),
        pytest.param(["i1", "release", "i1"], {"haiku": 3 + 1}, id="interrupted and taken up"),
        pytest.param(["i1", "release", "i1", "done"], {"haiku": 3 + 1}, id="interrupted, then answered"),
        pytest.param(["i1", "failed", "i1", "done"], {"haiku": 2}, id="failed and asked again"),
    ],
)
def test_requests_that_may_have_been_billed(tmp_path: Path, steps: list[str], requests: dict[str, int]) -> None:
    refused = replace(attempt(1, outcome="rate_limit"), http_status=429)
    with new_ledger(tmp_path) as ledger:
        for step in steps:
            match step:
                case "i1" | "i2" | "i9":
                    do(ledger.intend("k0", int(step[1]), None))
                case "release":
                    do(ledger.release("k0"))
                case "failed":
                    do(ledger.commit(failure()))
                case _:
                    first = {"done": (), "tried": (attempt(1, outcome="reset"),), "refused": (refused,)}[step]
                    do(ledger.commit(record(attempts=(*first, attempt(len(first) + 1)))))
        assert ledger.requests(most=3) == requests


def test_a_released_call_may_have_been_billed(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        do(ledger.intend("k0", 1, Decimal("0.5")), ledger.release("k0"))
        assert ledger.spent() == Decimal("0.5")
        do(ledger.intend("k0", 1, Decimal("0.5")), ledger.commit(record(cost_usd=Decimal("0.1"))))
        assert ledger.spent() == Decimal("0.6")


def test_what_may_be_billed_beside_the_records_is_what_was_broken_off_or_asked_again(tmp_path: Path) -> None:
    with new_ledger(tmp_path, call("a"), call("b"), call("c"), call("d")) as ledger:
        assert ledger.unrecorded() == Unrecorded()
        do(ledger.intend("a", 1, Decimal("0.5")), ledger.release("a", Decimal("0.25")))
        do(ledger.intend("b", 1, Decimal(1)), ledger.commit(failure(call("b"), cost_usd=Decimal("0.125"))))
        do(ledger.intend("b", 1, Decimal(1)), ledger.commit(record(call("b"), cost_usd=Decimal(2))))
        do(ledger.intend("c", 1, Decimal(4)))
        do(ledger.intend("d", 1, Decimal(8)), ledger.release("d", Decimal(0)))
        with Ledger.open(tmp_path, write=False) as reader:
            assert reader.unrecorded() == Unrecorded(calls=2, usd=Decimal("0.375")), "c may yet be told"
    with Ledger.open(tmp_path, write=False) as reader:
        assert reader.unrecorded() == Unrecorded(calls=3, usd=Decimal("4.375"))
        assert reader.unrecorded().usd + 2 == reader.spent()


def test_intents_of_a_dead_process_are_uncertain(tmp_path: Path) -> None:
    with new_ledger(tmp_path, call("a"), call("b")) as ledger:
        do(ledger.intend("a", 1, Decimal("0.5")))
        assert ledger.uncertain() == []  # this process is alive
        with Ledger.open(tmp_path, write=False) as reader:
            assert reader.uncertain() == []
    with Ledger.open(tmp_path, write=False) as reader:
        assert reader.uncertain() == [call("a")]
        assert reader.held() == Decimal("0.5")
    with Ledger.open(tmp_path, write=True) as ledger:
        assert ledger.uncertain() == [call("a")]
        assert ledger.pending(Role.ANSWER) == [call("a"), call("b")]
        do(ledger.intend("a", 1, Decimal("0.5")), ledger.commit(record(call("a"), cost_usd=Decimal("0.1"))))
        assert ledger.spent() == Decimal("0.6")


def test_counts_add_up(tmp_path: Path) -> None:
    calls = [call(f"k{i}", candidate="haiku" if i < 5 else "other") for i in range(7)]
    with new_ledger(tmp_path, *calls) as ledger:
        do(
            ledger.commit(record(calls[0])),
            ledger.commit(failure(calls[1])),
            ledger.commit(failure(calls[2], fault=Fault.CANDIDATE)),
            ledger.commit(failure(calls[3], fault=Fault.HARNESS)),
            ledger.intend("k4", 1, None),
        )
        haiku, other = ledger.counts()
    assert (haiku.candidate, haiku.planned, haiku.pending) == ("haiku", 5, 1)
    assert (haiku.outputs, haiku.failed_infra, haiku.failed_candidate, haiku.failed_harness) == (1, 1, 1, 1)
    assert (other.candidate, other.planned, other.pending) == ("other", 2, 2)


def test_what_was_called_off_is_neither_sent_nor_counted_and_what_came_of_it_stays(tmp_path: Path) -> None:
    stop = Stop(slot="text", candidate="haiku", block=1, samples=3, planned=4, gate="ttfo_p50_ms ≤ 100", bound=150.0)
    done, lost, own, waits = (call(f"k{i}", sample=f"s{i}") for i in range(4))
    other = call("other", candidate="other")
    with new_ledger(tmp_path, done, lost, own, waits, other) as ledger:
        do(*map(ledger.commit, (record(done), failure(lost), failure(own, fault=Fault.CANDIDATE))))
        ledger.call_off([stop], {"text": [("arith", "sums")]})
    with Ledger.open(tmp_path, write=False) as ledger:
        assert [c.key for c in ledger.pending(Role.ANSWER, retry_failed=True)] == ["other"]
        assert [(c.candidate, c.planned, c.failed_infra, c.pending) for c in ledger.counts()] == [
            ("haiku", 2, 0, 0), ("other", 1, 0, 1),
        ]  # fmt: skip
        assert [r.call.key for r in ledger.records(Role.ANSWER)] == ["k0", "k1", "k2"]
        assert ledger.manifest().stops == (stop,)
        assert list(ledger.places().values()) == [True, True, True, False]


def test_scores_are_replaced_whole_and_come_back_equal(tmp_path: Path) -> None:
    first = ScoreRow(key="a", scorer="wer", signature="wer@1()", value=None, reason="no reading", detail={})
    second = [
        ScoreRow(key="a", scorer="wer", signature="wer@2()", value=0.75, reason="one word", detail={"words": 4.0}),
        ScoreRow(key="a", scorer="label", signature="label@1(n=1)", value=1.0, reason=""),
        ScoreRow(key="b", scorer="wer", signature="wer@2()", value=0.0, reason=""),
    ]
    with new_ledger(tmp_path, call("a"), call("b")) as ledger:
        ledger.replace_scores([first])
        assert list(ledger.scores()) == [first]
        ledger.replace_scores(iter(second))
        assert list(ledger.scores()) == second
        with pytest.raises(BakeoffError, match="not in the plan"):
            ledger.replace_scores([replace(first, key="zzz")])
        assert list(ledger.scores()) == second


def test_a_reader_sees_what_is_committed_while_another_process_would_write(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger, Ledger.open(tmp_path, write=False) as reader:
        do(ledger.commit(record()))
        assert list(reader.records()) == [record()]
        with pytest.raises(StoreError, match="opened to read"):
            do(reader.commit(record()))


def test_within_a_snapshot_nothing_that_is_committed_meanwhile_is_seen(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger, Ledger.open(tmp_path, write=False) as reader:
        with reader.snapshot():
            assert reader.pending(Role.ANSWER) == [call()]
            do(ledger.commit(record()))
            assert list(reader.records()) == []
        assert list(reader.records()) == [record()]
        assert reader.pending(Role.ANSWER) == []


def test_the_models_that_answered_are_those_of_answers(tmp_path: Path) -> None:
    answer, reading = call("a", sample="v0"), instrument("i", "a")
    with new_ledger(tmp_path, answer) as ledger:
        ledger.add_calls([reading])
        do(*(ledger.commit(record(c, outcome=Output(model=f"of {c.role}"))) for c in (answer, reading)))
        assert ledger.echoes() == {("haiku", "of answer"): 1}


def test_a_folder_that_cannot_be_written_shows_what_its_wal_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_ledger(tmp_path) as ledger:
        do(ledger.commit(record()))
        monkeypatch.setattr(os, "access", lambda *_: False)
        assert (tmp_path / f"{DATABASE}-wal").stat().st_size > 0
        with Ledger.open(tmp_path, write=False) as reader:
            assert list(reader.records()) == [record()]


def test_a_run_is_created_once_and_whole(tmp_path: Path) -> None:
    with pytest.raises(BakeoffError, match="which is not stored"):
        new_ledger(tmp_path / "r", call(sample="nowhere"))
    with pytest.raises(UsageError, match="holds no run"):
        Ledger.open(tmp_path / "r", write=True)
    new_ledger(tmp_path / "r").close()
    with pytest.raises(UsageError, match="already holds a run"):
        new_ledger(tmp_path / "r")


def test_every_mark_and_meter_has_its_column(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        columns = {row[1] for row in ledger.query("PRAGMA table_info(call)")}
    assert {rows.RENAMED.get(f.name, f.name) for noun in (Marks, Usage) for f in fields(noun)} <= columns


def test_small_answers_take_little_room(tmp_path: Path) -> None:
    calls = [call(f"{i:064x}", request=chat(f"What is {i} plus {i}?")) for i in range(500)]
    with new_ledger(tmp_path, *calls) as ledger:

        async def write() -> None:
            await asyncio.gather(*(ledger.intend(c.key, 1, Decimal("0.001")) for c in calls))
            await asyncio.gather(*(ledger.commit(record(c)) for c in calls))

        asyncio.run(write())
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) / len(calls) < 1500
