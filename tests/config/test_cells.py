"""Numbers as people write them: taken, not known, refused."""

import pytest

from harness.config.cells import number


@pytest.mark.parametrize(
    ("written", "decimal_comma", "expected"),
    [
        pytest.param("12", False, 12.0, id="whole"),
        pytest.param(" -1.5e-3 ", False, -0.0015, id="exponent"),
        pytest.param("−2", False, -2.0, id="true minus"),
        pytest.param(".5", False, 0.5, id="no digit before the point"),
        pytest.param("93 %", False, 0.93, id="percent"),
        pytest.param("１２．５％", False, 0.125, id="full width"),
        pytest.param("1,5", False, 1.5, id="decimal comma"),
        pytest.param("0,125", False, 0.125, id="a leading zero is no group"),
        pytest.param("12,345.5", False, 12345.5, id="groups by commas"),
        pytest.param("1,234,567", False, 1234567.0, id="two groups are thousands"),
        pytest.param("12.345,5", True, 12345.5, id="groups by points"),
        pytest.param("12\u00a0345", False, 12345.0, id="groups by spaces"),
        pytest.param("12'345", False, 12345.0, id="groups by apostrophes"),
        pytest.param("1.250", False, 1.25, id="a point is decimal where the comma is none"),
    ],
)
def test_a_number(written: str, decimal_comma: bool, expected: float) -> None:
    assert number(written, decimal_comma=decimal_comma) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("written", ["", "  ", "-", "—", "?", "？", "N/A", "TBD", "unknown", "未知", "待定"])
def test_nothing_is_known(written: str) -> None:
    assert number(written, decimal_comma=False) is None


@pytest.mark.parametrize(
    ("written", "decimal_comma", "message"),
    [
        pytest.param("lots", False, "is no number", id="a word"),
        pytest.param("3-5", False, "is no number", id="an interval in one cell"),
        pytest.param("1 2", False, "is no number", id="two numbers"),
        pytest.param("$12", False, "is no number", id="a currency"),
        pytest.param("nan", False, "is no number", id="nan"),
        pytest.param("1,200", False, r"may be 1200 or 1\.200", id="one group by a comma"),
        pytest.param("1.200", True, r"may be 1200 or 1\.200", id="one group by a point"),
        pytest.param("1e400", False, "is too large", id="infinity"),
    ],
)
def test_no_number_or_two(written: str, decimal_comma: bool, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        number(written, decimal_comma=decimal_comma)
