"""A month's bill: against the worked example of methodology.md 4, and by its parts."""

import numpy as np
import pytest

from harness.core.traffic import Traffic
from harness.metrics.observations import Observations
from harness.metrics.tables import observe
from harness.metrics.traffic import bills, monthly, shares
from tests.metrics.frames import INFRA_FAULT, Frames
from tests.oracles import oracle

RESULTS = oracle("cost_worked_example")["results"]


def test_a_month_varies_as_the_volume_does() -> None:
    told = RESULTS["monthly"]
    inputs = told["inputs"]
    bill = monthly(
        np.full(400_000, RESULTS["traffic_per_1k"]["mean_cost"]),
        RESULTS["traffic_per_1k"]["sd"],
        inputs["users"] * inputs["requests_per_user"],
        cv=inputs["volume_cv"],
        seed=0,
    )
    assert bill.mean == pytest.approx(told["mean"], rel=5e-3)
    assert (bill.low, bill.median, bill.high) == pytest.approx((told["p05"], told["p50"], told["p95"]), rel=5e-3)


def test_a_request_whose_cost_is_uncertain_widens_the_month() -> None:
    known, unknown = (monthly(np.random.default_rng(1).normal(0.01, sd, 20_000), 0.0, 1e5, cv=0.05, seed=0)
                      for sd in (0.0, 0.002))  # fmt: skip
    assert unknown.high - unknown.low > 3 * (known.high - known.low)
    assert unknown.mean == pytest.approx(known.mean, rel=0.01)


def shop(**costs: list[float]) -> Observations:
    """Two tasks of one candidate, each with the costs of its samples."""
    made = Frames()
    for task, dollars in costs.items():
        for at, usd in enumerate(dollars):
            made.add("a", f"{task}{at}", 1.0, task=task, cost_usd=usd)
    return observe(*made.tables(), slot="text")


def test_without_a_mix_every_sample_counts_the_same() -> None:
    bill = bills(shop(cheap=[1.0, 1.0, 1.0], dear=[5.0]), Traffic(requests=100), {}, draws=200, seed=0)["a"]
    assert (bill.request.value, bill.median, bill.p95) == (2.0, 1.0, 5.0)


def test_the_mix_weighs_the_tasks() -> None:
    of = shop(cheap=[1.0, 1.2, 0.8] * 10, dear=[5.0, 5.4, 4.6] * 10)
    mix = {"s/cheap": 0.9, "s/dear": 0.1}
    bill = bills(of, Traffic(requests=1000), shares(mix, of.tasks), draws=4000, seed=0)["a"]
    assert bill.request.value == pytest.approx(0.9 * 1.0 + 0.1 * 5.0)
    assert (bill.median, bill.p95) == (1.0, 5.0)
    # of thirty each: 0.9 · 0.1633 and 0.1 · 0.3266 over √30, both with t of 58 degrees
    assert (bill.request.low, bill.request.high) == pytest.approx((1.3435, 1.4565), abs=0.002)
    assert bill.month is not None
    assert bill.month.mean == pytest.approx(1400), "the mean is known, not drawn"


def test_a_suite_of_the_mix_is_spread_over_its_tasks() -> None:
    of = shop(cheap=[1.0, 1.0], dear=[5.0, 5.0, 5.0])
    share = shares({"s": 7.0}, of.tasks)
    assert share == {"s/cheap": 0.5, "s/dear": 0.5}
    assert bills(of, Traffic(requests=1), share, draws=100, seed=0)["a"].request.value == pytest.approx(3.0)
    with pytest.raises(ValueError, match="nowhere"):
        shares({"nowhere": 1.0}, of.tasks)


def test_what_can_wait_for_a_batch_costs_its_discount_less() -> None:
    of = shop(cheap=[1.0, 2.0], dear=[4.0, 5.0])
    plain, batched = (
        bills(of, Traffic(requests=1e5, batch_share=part), {}, draws=2000, seed=0)["a"] for part in (0.0, 0.3)
    )
    for part in ("value", "low", "high"):
        assert getattr(batched.request, part) == pytest.approx(0.85 * getattr(plain.request, part))
    assert (plain.p95, batched.p95) == (5.0, 5.0), "most of the dear ones cannot wait"
    assert (plain.batch_discount, batched.batch_discount, batched.batch_is_assumed) == (None, 0.5, True)
    told = bills(of, Traffic(requests=1e5, batch_share=0.3), {}, draws=200, seed=0, discounts={"a": 0.2})["a"]
    assert (told.batch_discount, told.batch_is_assumed) == (0.2, False)
    assert batched.month is not None
    assert plain.month is not None
    assert batched.month.median == pytest.approx(0.85 * plain.month.median, rel=1e-3)


def test_a_task_with_one_sample_shows_no_spread() -> None:
    of = shop(cheap=[1.0, 1.1] * 10, dear=[50.0])
    bill = bills(of, Traffic(requests=1), shares({"s/cheap": 1, "s/dear": 1}, of.tasks), draws=100, seed=0)["a"]
    assert bill.request.value == pytest.approx(25.525)
    assert (bill.request.low, bill.request.high) == (None, None)


def test_draws_without_a_price_are_no_months() -> None:
    made = Frames()
    for n in range(12):
        made.add("a", str(n), 1.0, **({} if n < 2 else INFRA_FAULT | {"cost_usd": 0.0}))
    bill = bills(observe(*made.tables(), slot="text"), Traffic(requests=100), {}, draws=500, seed=0)["a"]
    assert bill.month is not None
    assert bill.month.low == bill.month.low, "no NaN"


def test_what_is_not_priced_has_no_bill() -> None:
    made = Frames()
    made.add("a", "1", 1.0, cost_usd=None)
    bill = bills(observe(*made.tables(), slot="text"), Traffic(requests=9), {}, draws=10, seed=0)["a"]
    assert (bill.request.value, bill.month) == (None, None)
