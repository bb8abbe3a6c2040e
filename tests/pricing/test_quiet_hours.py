"""Prices of quiet hours hold for what is sent in them, and for nothing else."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from harness.core.calls import Attempt, Usage
from harness.core.candidates import Candidate, OffPeak, Prices, Window
from harness.pricing import book
from harness.pricing.cost import cost, sent_at
from harness.pricing.rates import is_quiet

WEEK = (
    Window(hours=("00:00-01:00", "10:00-00:00"), weekdays=(1, 2, 3, 4, 5)),
    Window(hours=("00:00-00:00",), weekdays=(6, 7)),
)
NIGHT = (Window(hours=("16:30-00:30",)),)


@pytest.mark.parametrize(
    ("windows", "at", "quiet"),
    [
        pytest.param(WEEK, "2026-11-27T00:59:59+00:00", True, id="friday-before-one"),
        pytest.param(WEEK, "2026-11-27T01:00:00+00:00", False, id="an-end-is-not-in-it"),
        pytest.param(WEEK, "2026-11-27T10:00:00+00:00", True, id="a-beginning-is"),
        pytest.param(WEEK, "2026-11-27T23:59:00+00:00", True, id="until-midnight"),
        pytest.param(WEEK, "2026-11-28T05:00:00+00:00", True, id="all-of-saturday"),
        pytest.param(NIGHT, "2026-11-27T00:29:00+00:00", True, id="past-midnight"),
        pytest.param(NIGHT, "2026-11-27T00:30:00+00:00", False, id="and-no-later"),
        pytest.param(NIGHT, "2026-11-27T08:29:00+08:00", True, id="another-offset-is-turned-into-utc"),
    ],
)
def test_hours(windows: tuple[Window, ...], at: str, quiet: bool) -> None:
    usd = {"input_cost_per_token": Decimal(1)}
    assert is_quiet(OffPeak(usd=usd, windows=windows), datetime.fromisoformat(at)) is quiet


def test_a_weekday_is_that_of_the_providers_calendar() -> None:
    shanghai = replace(WEEK[1], zone="Asia/Shanghai")
    friday_night = datetime.fromisoformat("2026-11-27T17:00:00+00:00")  # there it is Saturday
    assert is_quiet(OffPeak(usd={}, windows=(shanghai,)), friday_night)
    assert not is_quiet(OffPeak(usd={}, windows=(WEEK[1],)), friday_night)


def test_a_bill_has_the_price_of_its_hour_and_the_plain_one_where_nobody_knows_it() -> None:
    dear = {name: Decimal(usd) for name, usd in (
        ("input_cost_per_token", "4"), ("input_cost_per_token_above_5_tokens", "8"), ("output_cost_per_token", "10"),
    )}  # fmt: skip
    cheap = OffPeak(usd={"input_cost_per_token": Decimal(1)}, windows=NIGHT)
    candidate = Candidate(
        name="a", model="deepseek/a", modalities=frozenset({"text"}),
        prices=Prices(usd=dear, source="test", off_peak=cheap),
    )  # fmt: skip
    usage = Usage(input_tokens=10, output_tokens=3, source="provider")
    assert cost(usage, candidate) == (Decimal(10 * 8 + 3 * 10), "provider")
    assert cost(usage, candidate, at="2026-11-27T12:00:00+00:00")[0] == Decimal(10 * 8 + 3 * 10)
    assert cost(usage, candidate, at="2026-11-27T17:00:00+00:00")[0] == Decimal(10 * 1 + 3 * 10), "flat, at any length"
    first, last = (
        Attempt(number=n, started=f"2026-11-27T1{n}:00:00+00:00", duration_ms=1.0, outcome="ok") for n in (1, 2)
    )
    assert sent_at((first, last)) == last.started
    assert sent_at(()) is None


def test_the_map_of_litellm_says_when_a_model_is_cheaper() -> None:
    prices = book.lookup("deepseek/deepseek-v4-pro")
    assert prices is not None
    assert prices.off_peak is not None
    assert prices.off_peak.usd["output_cost_per_token"] < prices.usd["output_cost_per_token"]
    assert prices.off_peak.windows[-1] == Window(hours=("00:00-00:00",), weekdays=(6, 7))
    plain = book.lookup("gpt-4o")
    assert plain is not None
    assert plain.off_peak is None
