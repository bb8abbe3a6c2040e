"""NumberMatch: which number it reads, and how."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.scores import Score, Unscored
from harness.scorers import NumberMatch
from harness.scorers.number import numbers
from tests.scorers.judging import Case, judged, why

LAST = NumberMatch()


@pytest.mark.parametrize(
    "case",
    [
        Case(why="the number alone", scorer=LAST, target=42, text="42"),
        Case(why="the last one", scorer=LAST, target=5, text="2 + 3 = 5."),
        Case(why="thousands", scorer=LAST, target=1234567, text="about 1,234,567 people"),
        Case(why="the target states it", scorer=LAST, target="1,000", text="1000"),
        Case(why="one of several accepted", scorer=LAST, target=[1, "two"], text="2"),
        Case(why="within the tolerance", scorer=NumberMatch(tolerance=0.01), target=3.14, text="3.15"),
        Case(why="decimals are exact, floats are not", scorer=NumberMatch(tolerance=0.1), target=0.3, text="0.2"),
        Case(why="words", scorer=LAST, target=205, text="Two hundred and five."),
        Case(why="Chinese numerals", scorer=LAST, target=12, text="一共十二个。"),
        Case(why="the first", scorer=NumberMatch(which="first"), target=2, text="2, because 1 + 1"),
        Case(why="only one, said twice", scorer=NumberMatch(which="only"), target=7, text="7. Yes, 7."),
    ],
    ids=why,
)
def test_scores_one(case: Case) -> None:
    assert isinstance(case.result, Score)
    assert case.result.value == 1.0


@pytest.mark.parametrize(
    "case",
    [
        Case(why="empty", scorer=LAST, target=0, text=""),
        Case(why="no number", scorer=LAST, target=0, text="none"),
        Case(why="the right one is not the last", scorer=LAST, target=5, text="5, not 6"),
        Case(why="another sign", scorer=LAST, target=5, text="-5"),
        Case(why="beyond the tolerance", scorer=NumberMatch(tolerance=0.5), target=1, text="1.51"),
        Case(why="only one, but two were said", scorer=NumberMatch(which="only"), target=7, text="6 or 7"),
        Case(why="digits go before words", scorer=LAST, target=1, text="12 is the right one"),
        Case(why="percent is not a share", scorer=LAST, target=0.45, text="45%"),
    ],
    ids=why,
)
def test_scores_zero(case: Case) -> None:
    assert isinstance(case.result, Score)
    assert case.result.value == 0.0
    assert case.result.reason


@pytest.mark.parametrize(
    "case",
    [
        Case(why="no target", scorer=LAST, target=None, text="1"),
        Case(why="a target without a number", scorer=LAST, target="many", text="1"),
        Case(why="one of the accepted has none", scorer=LAST, target=[1, "many"], text="1"),
    ],
    ids=why,
)
def test_unscored(case: Case) -> None:
    assert isinstance(case.result, Unscored)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("-3 and −4", [-3, -4], id="hyphen and minus sign"),
        pytest.param("10-5", [10, 5], id="a subtraction"),
        pytest.param("(2)-1", [2, 1], id="a subtraction after a bracket"),
        pytest.param("pages 3–5", [3, 5], id="a range"),
        pytest.param("$1,200.50", ["1200.50"], id="dollars"),
        pytest.param("-$5", [-5], id="a debt"),
        pytest.param("1, 2,3", [1, 2, 3], id="a list is no thousands"),
        pytest.param("12,34", [12, 34], id="groups of two are no thousands"),
        pytest.param("It is 7.", [7], id="a full stop is no point"),
        pytest.param(".5", ["0.5"], id="no leading zero"),
        pytest.param("v1.2.3", ["1.2", 3], id="a version is no number, but is read"),
        pytest.param("3 million", [3_000_000], id="a scale word"),
        pytest.param("3 millionaires", [3], id="a longer word is no scale"),
        pytest.param("1.2万", [12_000], id="a Chinese scale"),
        pytest.param("5 hundred", [500], id="hundred"),
        pytest.param("１２３", [123], id="full-width"),
        pytest.param("1/2", [1, 2], id="a fraction is two"),
        pytest.param("twenty-one", [21], id="hyphenated"),
        pytest.param("three four", [3, 4], id="one after the other"),
        pytest.param("three and four", [3, 4], id="and joins nothing below a hundred"),
        pytest.param("two hundred and five", [205], id="and after a hundred"),
        pytest.param("two hundred thousand", [200_000], id="hundred thousand"),
        pytest.param("one million two hundred thousand and six", [1_200_006], id="millions"),
        pytest.param("a hundred", [100], id="a hundred"),
        pytest.param("zero", [0], id="zero"),
        pytest.param("two, three", [2, 3], id="a comma parts"),
        pytest.param("twenty fifteen", [20, 15], id="what does not fit starts anew"),
        pytest.param("seventeen apples for ninety cents", [17, 90], id="in a sentence"),
        pytest.param("often bone", [], id="part of a word is none"),
        pytest.param("十", [10], id="ten"),
        pytest.param("二十三", [23], id="tens"),
        pytest.param("一百零五", [105], id="a zero inside"),
        pytest.param("两千三百", [2300], id="another two"),
        pytest.param("三万五千", [35_000], id="ten thousands"),
        pytest.param("二〇二四", [2024], id="digit by digit"),
        pytest.param("一亿二千万", [120_000_000], id="hundred millions"),
    ],
)
def test_numbers(text: str, expected: list[int | str]) -> None:
    assert list(numbers(text)) == [Decimal(item) for item in expected]


@settings(deadline=None)
@given(st.integers(-(10**15), 10**15))
def test_an_integer_reads_as_itself_with_and_without_thousands_commas(number: int) -> None:
    assert [*numbers(f"x {number} y")] == [*numbers(f"x {number:,} y")] == [Decimal(number)]


@settings(deadline=None)
@given(st.decimals(min_value=0, max_value=10**9, places=3))
def test_a_decimal_is_exact(number: Decimal) -> None:
    assert judged(LAST, str(number), f"= {number}").value == 1.0


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: NumberMatch(tolerance=-1), id="negative"),
        pytest.param(lambda: NumberMatch(tolerance=float("nan")), id="nan"),
        pytest.param(lambda: NumberMatch(tolerance=float("inf")), id="infinite"),
        pytest.param(lambda: NumberMatch(which="any"), id="an unknown choice"),  # type: ignore[arg-type]
    ],
)
def test_impossible_parameters_are_refused(make: object) -> None:
    with pytest.raises(ValueError, match="number_match"):
        make()  # type: ignore[operator]


def test_signature_tells_the_parameters() -> None:
    assert NumberMatch(tolerance=0.5).signature == 'number_match@1(tolerance=0.5,which="last")'
