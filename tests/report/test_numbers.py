"""Numbers read as people read them, and never claim more than was measured."""

import math
from decimal import Decimal

import pytest

from harness.report.numbers import beyond, given, number, number_id, of_metric, p_value, plain, raw, signed, stated


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        pytest.param("quality", 0.8617, "0.86", id="score"),
        pytest.param("quality", -0.001, "0.00", id="no negative zero"),
        pytest.param("dnsmos_ovrl", 3.456, "3.46", id="mos"),
        pytest.param("ttfo_p50_ms", 412.4, "412 ms", id="milliseconds"),
        pytest.param("ttfo_p50_ms", 7.128, "7.13 ms", id="few milliseconds"),
        pytest.param("ttfo_p50_ms", 999.7, "1.00 s", id="nearly a second"),
        pytest.param("ttfo_p50_ms", 1240.0, "1.24 s", id="seconds"),
        pytest.param("total_p99_ms", 750_000.0, "12.5 min", id="minutes"),
        pytest.param("total_p99_ms", math.inf, "∞", id="timeouts reach it"),
        pytest.param("usd_per_1k_requests", 0.0126, "$0.0126", id="cents"),
        pytest.param("usd_per_1k_requests", 12702.4, "$12,702", id="thousands are not rounded away"),
        pytest.param("usd_per_request", Decimal("0.0000126"), "$0.0000126", id="tiny"),
        pytest.param("usd_per_request", 0.0, "$0", id="free"),
        pytest.param("usd_per_request", 9.996, "$10.0", id="rounds over a power of ten"),
        pytest.param("usd_per_request", 9.6, "$9.60", id="just below a power of ten"),
        pytest.param("coverage", 1.0, "100%", id="all"),
        pytest.param("coverage", 0.99996, ">99.9%", id="nearly all is not all"),
        pytest.param("coverage", 0.0001, "<0.1%", id="little is not nothing"),
        pytest.param("coverage", 0.0, "0%", id="nothing"),
        pytest.param("wer", 0.0482, "4.8%", id="word error rate"),
        pytest.param("rtf_p50", 0.1183, "0.118", id="real-time factor"),
        pytest.param("chars_per_s_p50", 1234.5, "1,234", id="characters a second"),
        pytest.param("edits", 1234.5, "1,234", id="unknown and large"),
    ],
)
def test_of_metric(metric: str, value: float, text: str) -> None:
    assert of_metric(metric, value) == text


@pytest.mark.parametrize(
    ("metric", "value", "below", "above"),
    [
        pytest.param("quality", 0.3086, 0.3, 0.31, id="score"),
        pytest.param("quality", 0.4, 0.4, 0.4, id="what is said whole stays"),
        pytest.param("quality", -0.3086, -0.31, -0.3, id="negative"),
        pytest.param("quality", -0.001, -0.01, 0.0, id="nearly nothing"),
        pytest.param("ttfo_p50_ms", 412.4, 412.0, 413.0, id="milliseconds"),
        pytest.param("ttfo_p50_ms", 1236.0, 1230.0, 1240.0, id="seconds"),
        pytest.param("ttfo_p50_ms", 999.2, 999.0, 1000.0, id="nearly a second"),
        pytest.param("total_p99_ms", 751_000.0, 750_000.0, 756_000.0, id="minutes"),
        pytest.param("usd_per_1k_requests", 0.012634, 0.0126, 0.0127, id="cents"),
        pytest.param("usd_per_1k_requests", 12702.4, 12702.0, 12703.0, id="thousands"),
        pytest.param("coverage", 0.99996, 0.999, 1.0, id="nearly all"),
        pytest.param("coverage", 0.0001, 0.0, 0.001, id="little"),
        pytest.param("ttfo_p50_ms", math.inf, math.inf, math.inf, id="timeouts reach it"),
    ],
)
def test_beyond(metric: str, value: float, below: float, above: float) -> None:
    assert (beyond(metric, value, up=False), beyond(metric, value, up=True)) == (below, above)


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        pytest.param("ttfo_p50_ms", 2000.0, "2 s", id="no zeros that nobody wrote"),
        pytest.param("ttfo_p50_ms", 1500.0, "1.5 s", id="half"),
        pytest.param("usd_per_1k_requests", 0.005, "$0.005", id="small"),
        pytest.param("usd_per_1k_requests", 20.0, "$20", id="whole"),
        pytest.param("usd_per_1k_requests", 12000.0, "$12,000", id="zeros before the point stay"),
        pytest.param("quality", 1.0, "1", id="one"),
    ],
)
def test_stated(metric: str, value: float, text: str) -> None:
    assert stated(metric, value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0638, "+0.064"), (-0.0638, "−0.064"), (0.0001, "0.000"), (-0.0001, "0.000"), (0.0, "0.000")]
)
def test_signed(value: float, text: str) -> None:
    assert signed(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.0, "<0.001"), (0.0004, "<0.001"), (0.0426, "0.043"), (1.0, "1.000")])
def test_p_value(value: float, text: str) -> None:
    assert p_value(value) == text


@pytest.mark.parametrize(("value", "text"), [(15.0, "15"), (3.234, "3.23"), (12000.0, "12,000"), (-1.0, "−1")])
def test_plain(value: float, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.1, "0.1"), (3, "3"), (Decimal("0.00000010"), "0.00000010"), (math.inf, "inf")]
)
def test_raw_is_unrounded(value: float, text: str) -> None:
    assert raw(value) == text
    assert number(value, "x", id="i").raw == text


def test_ids_keep_foreign_names_apart() -> None:
    assert number_id("text", "cost", "openai/gpt-4o", "spent_usd") == "text/cost/openai%2Fgpt-4o/spent_usd"
    assert number_id("text", "method", "", "seed") == "text/method/all/seed"
    assert number_id("s", "samples", "c", "a:b", "c") != number_id("s", "samples", "c", "a", "b:c")
    assert '"' not in number_id('a"', "<b>", "c d", "é")


@pytest.mark.parametrize(
    ("value", "text"),
    [(7.0, "7"), (0.0042, "0.0042"), (12702.0, "12,702"), (-1.5, "−1.5"), (1234567.0, "1,234,567"), (-1e30, "−1e+30")],
)
def test_what_somebody_wrote_into_a_table_reads_as_they_wrote_it(value: float, text: str) -> None:
    assert given(value) == text
