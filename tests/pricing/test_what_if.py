"""What calls would have cost otherwise, worked out again by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from harness.core.calls import Attempt, Call, Failure, Fault, Marks, Output, Record, Role, Usage
from harness.core.candidates import Candidate, Machine, Prices, Stage
from harness.execute.cascade import part_of
from harness.execute.plan import plan
from harness.pricing.book import Book, book_of
from harness.pricing.what_if import at_prices_of, in_batches, recached, repriced
from tests.execute.bakeoffs import STARTED, bakeoff, remote, text_suite

NEWER = """{"bakeoff": {"source": "litellm 9", "date": "2027-01-01"},
"acme/a": {"litellm_provider": "acme", "input_cost_per_token": 0.5, "output_cost_per_token": 2}}"""
USAGE = Usage(input_tokens=10, cached_tokens=10, output_tokens=4, source="provider")


def priced(name: str, own: tuple[str, ...] = (), **usd: str) -> Candidate:
    prices = Prices(usd={unit: Decimal(price) for unit, price in usd.items()}, source="then", own=own)
    return replace(remote(name), prices=prices)


def record(call: Call, usd: str | None, usage: Usage = USAGE) -> Record:
    attempt = Attempt(number=1, started=STARTED, duration_ms=1.0, outcome="ok")
    return Record(
        call=call, outcome=Output(text="4"), marks=Marks(), usage=usage, attempts=(attempt,),
        cost_usd=None if usd is None else Decimal(usd), cost_source="provider", finished=STARTED,
    )  # fmt: skip


def calls_of(*candidates: Candidate) -> list[Call]:
    return list(plan(bakeoff(*candidates, suites=[text_suite(2)])).calls)


@pytest.fixture
def newer() -> Book:
    return book_of(NEWER, name="newer.json")


THEN = {"input_cost_per_token": "1", "cache_read_input_token_cost": "0.1", "output_cost_per_token": "3"}
"""At these USAGE costs 10 + 1 + 12."""


def test_an_old_run_at_new_prices(newer: Book) -> None:
    a = priced("a", **THEN)
    first, second = calls_of(a)
    records = [record(first, "23"), record(second, "24.5")]  # of the second, 1.5 is a bound for a broken attempt
    assert repriced(records, {"a": a}, newer) == {
        first.key: 10 * Decimal("0.5") + 10 * Decimal("0.5") + 4 * 2,  # no cached price: as fresh
        second.key: 18 + Decimal("1.5"),
    }


def test_what_providers_yaml_stated_stays_and_what_the_book_does_not_know_is_not_known(newer: Book) -> None:
    a = priced("a", own=("output_cost_per_token",), **THEN)
    now = at_prices_of(newer, a).prices
    assert now is not None
    assert now.usd == {"input_cost_per_token": Decimal("0.5"), "output_cost_per_token": Decimal(3)}
    assert (now.source, now.date) == ("litellm 9 + providers.yaml", "2027-01-01")
    other = priced("other", **THEN)
    (call, _) = calls_of(other)
    assert repriced([record(call, "23")], {"other": other}, newer) == {call.key: None}
    assert at_prices_of(newer, priced("other", own=("output_cost_per_token",), **THEN)).prices == Prices(
        usd={"output_cost_per_token": Decimal(3)}, source="then", own=("output_cost_per_token",)
    )


def test_a_run_without_prices_can_be_priced_later_and_a_refusal_stays_free(newer: Book) -> None:
    a = remote("a", usd=None)
    first, second = calls_of(a)
    refused = replace(record(second, "0", Usage()), outcome=Failure(fault=Fault.INFRA, kind="status", message="503"))
    assert repriced([record(first, None), refused], {"a": a}, newer) == {first.key: 18, second.key: 0}


def test_ones_own_machine_costs_what_it_cost(newer: Book) -> None:
    own = replace(remote("a", usd=None), machine=Machine(usd_per_hour=Decimal(36)))
    (call, _) = calls_of(own)
    usage = Usage(busy_seconds=2.0, source="measured")
    assert repriced([record(call, "0.02", usage)], {"a": own}, newer) == {call.key: Decimal("0.02")}


def test_a_cascade_is_the_sum_of_its_stages_and_unknown_where_one_is(newer: Book) -> None:
    a, other = priced("a", **THEN), priced("other", **THEN)
    for last, total in ((a, Decimal(36)), (other, None)):
        stages = (Stage(name="x", candidate=a, input="{{ input }}"), Stage(name="y", candidate=last, input="ok"))
        both = Candidate(name="both", model="cascade/both", modalities=frozenset({"text"}), stages=stages)
        (call, _) = calls_of(both)
        parts = [record(part_of(call, stage, both, []), "23") for stage in stages]
        assert {part.call.role for part in parts} == {Role.STAGE}
        named = {"both": both, "a": a, "other": other}
        assert repriced([record(call, "46"), *parts], named, newer) == {call.key: total}


def test_a_batch_spares_what_the_models_prices_say() -> None:
    a = priced("a", **THEN, input_cost_per_token_batches="0.5", cache_read_input_token_cost_batches="0.1",
               output_cost_per_token_batches="2")  # fmt: skip
    (call, _) = calls_of(a)
    assert in_batches([record(call, "23")], {"a": a}) == {call.key: 5 + 1 + 8 - Decimal(23)}
    plain = priced("a", **THEN)
    assert in_batches([record(call, "23")], {"a": plain}) == {}, "a price that is not there spares nothing"


def test_another_share_of_the_cache() -> None:
    a = priced("a", **THEN)
    (call, _) = calls_of(a)
    assert recached([record(call, "23")], {"a": a}, 0.9) == {call.key: (2 + Decimal("1.8")) - (10 + 1)}
    writes = {"cache_creation_input_token_cost": "1.25", "cache_creation_input_token_cost_above_1hr": "2"}
    written = Usage(input_tokens=10, cache_write_tokens=4, cache_write_1h_tokens=6, output_tokens=4, source="provider")
    b = priced("b", **THEN, **writes)
    (call, _) = calls_of(b)
    assert recached([record(call, "39", written)], {"b": b}, 0.5) == {call.key: (10 + 1) - (10 + 5 + 12)}, (
        "half of twenty is read, and nothing is written again"
    )
