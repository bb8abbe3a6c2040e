"""Blended prices, as the worked example of the methodology has them."""

from decimal import Decimal

import pytest

from harness.pricing.blended import blended
from tests.oracles import oracle

RESULTS = oracle("cost_worked_example")["results"]
USD = {
    name: Decimal(RESULTS["request_cost"]["prices_per_1M"][of]) / 1_000_000
    for name, of in (
        ("input_cost_per_token", "input"), ("cache_read_input_token_cost", "cache_read"),
        ("output_cost_per_token", "output"),
    )
}  # fmt: skip


def test_blended_prices_equal_the_oracle_and_what_is_not_known_is_left_out() -> None:
    expected = {"3:1": RESULTS["blended"]["r3to1"], "7:2:1": RESULTS["blended"]["aa_7_2_1"]}
    assert {mix.split()[0]: float(usd) for mix, usd in blended(USD).items()} == pytest.approx(expected, abs=1e-8)
    uncached = {name: usd for name, usd in USD.items() if name != "cache_read_input_token_cost"}
    assert [mix.split()[0] for mix in blended(uncached)] == ["3:1"]
    assert blended({}) == {}
