"""What is counted of all records and scores is what they say, whether a store holds them or not."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.core.calls import Fault, Output, Role
from harness.store import records as table
from harness.store.ledger import Ledger, ScoreRow
from harness.store.records import Records
from tests.store.nouns import SHAPES, attempt, call, failure, instrument, new_ledger, record

FORMS = [
    *(replace(shape, call=replace(shape.call, key=f"k{i}", epoch=i)) for i, shape in enumerate(SHAPES.values())),
    record(instrument("i0", "k3"), cost_usd=None),
    record(replace(call("s0"), role=Role.STAGE, candidate="a", stage="think", part_of="k0"),
           attempts=(attempt(1, outcome="rate_limit"), attempt(2))),
    failure(call("k99", sample="v1", candidate='"quoted", [x] \\ \n 通义'), fault=Fault.CANDIDATE, kind="refused"),
]  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with new_ledger(tmp_path, *(form.call for form in FORMS if form.call.role is Role.ANSWER)) as ledger:
        ledger.add_calls(form.call for form in FORMS if form.call.role is Role.INSTRUMENT)

        async def fill() -> None:
            for form in FORMS:
                if form.call.role is Role.STAGE:
                    await ledger.add_stage(form.call)
                await ledger.commit(form)

        asyncio.run(fill())
        yield ledger


def test_columns_and_records_are_those_of_the_nouns(ledger: Ledger) -> None:
    stored, nouns = ledger.table(), Records.of(ledger.records())
    assert list(stored) == list(nouns) == list(ledger.records())
    assert sorted(it.call.key for it in stored) == sorted(form.call.key for form in FORMS)
    assert stored.call_keys() == nouns.call_keys() == [it.call.key for it in nouns]
    for name in table.LABELS:
        assert stored.column(name) == nouns.column(name), name
        assert stored.counts(name) == nouns.counts(name), name
    for name in sorted({*table.NUMBERS} - {"number", "home", "measures", "part_of"}):
        np.testing.assert_array_equal(stored.floats(name), nouns.floats(name), err_msg=name)
    assert (stored.finished(), stored.plain()) == (nouns.finished(), nouns.plain())
    places = [[records.homes[home] for home in records.ints("home").tolist()] for records in (stored, nouns)]
    assert places[0] == places[1] == [(it.call.suite, it.call.task, it.call.sample) for it in nouns]


@pytest.mark.parametrize("link", ["measures", "part_of"])
def test_a_link_names_the_number_of_another_call(ledger: Ledger, link: str) -> None:
    for records in (ledger.table(), Records.of(ledger.records())):
        numbers = dict(zip(records.ints("number").tolist(), records.call_keys(), strict=True))
        linked = [None if np.isnan(of) else numbers[int(of)] for of in records.floats(link)]
        assert linked == [getattr(it.call, link) for it in records]
        assert len({*linked}) == 2


def test_an_answer_is_plain_text_where_nothing_else_came(ledger: Ledger) -> None:
    records = ledger.table()
    bare = [Output(text=text) for text in records.plain()]
    said = [replace(it.outcome, finish_reason=None, model=None) if isinstance(it.outcome, Output) else it.outcome
            for it in records]  # fmt: skip
    alike = [one == other for one, other in zip(bare, said, strict=True)]
    assert alike == [plain is not None or it == Output() for plain, it in zip(records.plain(), said, strict=True)]
    assert 2 <= sum(alike) < len(alike)


def test_what_is_looked_at_is_found_in_any_order(ledger: Ledger) -> None:
    records = ledger.table()
    backwards = np.arange(len(records))[::-1]
    assert list(records.pick(backwards)) == [*records][::-1]
    assert records[2] == [*records][2]
    assert records[-1] == [*records][-1]
    assert records.outcomes([3, 0, 3]) == [[*records][at].outcome for at in (3, 0, 3)]
    assert list(records[1:3]) == [*records][1:3]


def test_of_no_records_and_no_scores_nothing_is_counted(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        records, scores = ledger.table(), ledger.scores()
    assert (len(records), [*records.counts("role")], records.floats("total_ms").size) == (0, [], 0)
    assert (scores.calls.size, scores.scorers) == (0, set())


def test_scores_are_counted_and_looked_at_alike(ledger: Ledger) -> None:
    given = [
        ScoreRow(key="k0", scorer="wer", signature="wer@1()", value=0.5, reason="one", detail={"words": 2.0}),
        ScoreRow(key="k0", scorer="label", signature="label@1()", value=None, reason="no label"),
        ScoreRow(key="k2", scorer="wer", signature="wer@1()", value=1.0, reason=""),
    ]
    ledger.replace_scores(given)
    records, scores = ledger.table(), ledger.scores()
    numbers = dict(zip(records.call_keys(), records.ints("number").tolist(), strict=True))
    asked = [numbers[key] for key in ("k2", "k1", "k0")]
    for judged in (scores, type(scores).of(given, numbers)):
        assert [list(said) for said in judged.of_answers(asked)] == [["wer"], [], ["wer", "label"]]
        assert judged.of_answers(asked)[2]["wer"] == given[0]
        np.testing.assert_array_equal(judged.values("wer", np.array(asked)), [1.0, np.nan, 0.5])
        np.testing.assert_array_equal(judged.values("label", np.array(asked)), [np.nan] * 3)
        assert judged.scorers == {"wer", "label"}
        assert sorted(judged, key=lambda it: (it.key, it.scorer)) == sorted(given, key=lambda it: (it.key, it.scorer))
