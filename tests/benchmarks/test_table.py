"""The table of the benchmarks, on canned figures."""

import pytest

from benchmarks import results
from benchmarks.figures import Goal, Row, percentile, ratios
from benchmarks.table import number, shortfalls, table

FAST = Row(key="own", what="CPU a sample", unit="ms", values=[0.5, 0.3, 0.4], goal=Goal(most=0.4))
SLOW = Row(
    key="throughput", what="speed", unit="×", values=[0.8], goal=Goal(least=0.85), beside={"raw aiohttp": 1234.56}
)
SHOWN = Row(key="per-s", what="samples", unit="/s", values=[100.0, 102.0])


def test_a_row_shows_its_median_its_spread_and_whether_the_goal_is_met() -> None:
    assert table([FAST, SLOW, SHOWN]).splitlines()[2:] == [
        "| CPU a sample | 0.40 ms | 0.30 ms to 0.50 ms | ≤ 0.40 ms | met |  |",
        "| speed | 0.80 × |  | ≥ 0.85 × | **not met** | raw aiohttp 1,235 × |",
        "| samples | 101 /s | 100 /s to 102 /s |  |  |  |",
    ]


def test_only_what_falls_short_asks_for_a_reason() -> None:
    rows = [FAST, SLOW, SHOWN]
    assert list(shortfalls(rows, {"own": "never shown", "throughput": "Two cores are shared."})) == [
        "* **speed**: Two cores are shared."
    ]
    assert "no reason" in next(shortfalls(rows, {}))


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0123, "0.012"), (0.5, "0.50"), (3.14159, "3.14"), (31.4159, "31.4"), (20_000.0, "20,000"), (-0.05, "-0.050")],
)
def test_a_number_keeps_what_can_be_trusted(value: float, shown: str) -> None:
    assert number(value) == shown


def test_a_ratio_is_taken_within_each_round() -> None:
    assert ratios([2.0, 8.0], [1.0, 2.0]) == [2.0, 4.0]
    with pytest.raises(ValueError, match="longer"):
        ratios([1.0], [1.0, 2.0])


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(n) for n in range(1, 201)]
    assert percentile(values, 0.99) == 198.0
    assert percentile([7.0], 0.99) == 7.0


def test_a_section_that_is_measured_again_leaves_the_others_and_the_reasons(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(results, "PAGE", tmp_path / "RESULTS.md")
    monkeypatch.setattr(results, "REASONS", tmp_path / "reasons.json")
    (tmp_path / "reasons.json").write_text('{"throughput": "Two cores are shared."}', encoding="utf-8")
    results.keep("throughput", "2. Throughput", [SLOW], {"date": "yesterday"})
    results.keep("own", "1. Own CPU", [SHOWN], {"date": "before"})
    results.keep("own", "1. Own CPU", [FAST], {"date": "today"})
    page = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert page.index("## 1. Own CPU") < page.index("## 2. Throughput")
    assert "date: yesterday." in page
    assert "date: today." in page
    assert "samples" not in page.partition("## 1.")[2]
    assert "* **speed**: Two cores are shared." in page
