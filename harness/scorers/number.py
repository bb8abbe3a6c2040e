"""A scorer that reads a number out of the output."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from harness.core.scores import Score, Unscored
from harness.core.suites import Sample
from harness.scorers.text import TextScorer, answers, fold

_DIGITS = re.compile(
    r"(?P<sign>(?<![\w)\]])[-−])?"  # a minus after a word, a digit or a bracket is a hyphen or a subtraction
    r"[$¥€£]?"
    r"(?P<number>(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?|(?<![\w.])\.[0-9]+)"
    r"(?:[ ]?(?P<scale>(?:hundred|thousand|million|billion)\b|[百千万亿]))?",
    re.IGNORECASE,
)
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ENGLISH = {word: n for n, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, start=2)}
_ENGLISH_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_CHINESE = {digit: n for n, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000}
_SCALES = _ENGLISH_SCALES | _CHINESE_UNITS | {"hundred": 100, "万": 10**4, "亿": 10**8}
_ENGLISH_WORD = re.compile(r"[a-z]+|[^a-z\s-]+")
_CHINESE_RUN = re.compile("[零〇一二两三四五六七八九十百千万亿]{1,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberMatch(TextScorer):
    """1 where the number that the output states differs from the target by at most `tolerance` (absolute).

    Which number: the `last` in the output (where an explanation ends; the habit of GSM8K), the `first`, or the
    `only` one (several different ones score 0). How it is read: digits with an optional minus, thousands commas in
    groups of three, a decimal point, a following scale word (`3 million`, `1.2万`); currency signs, `%` and units are
    passed over, so 45% reads as 45; a fraction such as 1/2 reads as two numbers. Only where the output has no digit
    at all are number words read: English up to the billions (`two hundred and five`) and Chinese numerals (`一百二十`,
    `二〇二四`). The target is a number, a text that states one, or a list of accepted ones.
    """

    tolerance: float = 0.0
    which: Literal["last", "first", "only"] = "last"

    def __post_init__(self) -> None:
        if not 0 <= self.tolerance < float("inf"):
            raise ValueError(f"number_match needs a finite tolerance of at least 0, not {self.tolerance}")
        if self.which not in ("last", "first", "only"):
            raise ValueError(f"number_match takes which: last, first or only, not {self.which!r}")

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        wanted = [_pick(answer, "last") for answer in answers(sample.target) or []]
        if not wanted or None in wanted:
            return Unscored(reason="the target states no number")
        got = _pick(text, self.which)
        if got is None:
            return Score(value=0.0, reason="no number" if self.which != "only" else "no number, or several")
        right = any(number is not None and abs(got - number) <= Decimal(str(self.tolerance)) for number in wanted)
        return Score(value=float(right), reason=f"read {got:.12g}", detail={"number": float(got)})


def numbers(text: str) -> Iterator[Decimal]:
    """Yield the numbers that `text` states, in order, by the rules of NumberMatch."""
    return map(_read, _spoken(text))


def _pick(text: str, which: str) -> Decimal | None:
    found = _spoken(text)
    if which == "only":
        different = set(map(_read, found))
        return different.pop() if len(different) == 1 else None
    one = next(found, None) if which == "first" else next(iter(deque(found, maxlen=1)), None)
    return None if one is None else _read(one)


def _spoken(text: str) -> Iterator[re.Match[str] | Decimal]:
    """Yield the numbers in order, those in digits unread: of many, most are passed over."""
    text = fold(text)
    if re.search("[0-9]", text):
        yield from _DIGITS.finditer(text)
    else:
        yield from _english(text.lower())
        yield from map(_chinese, _CHINESE_RUN.findall(text))


def _read(found: re.Match[str] | Decimal) -> Decimal:
    return found if isinstance(found, Decimal) else _from_digits(found)


def _from_digits(match: re.Match[str]) -> Decimal:
    # a longer run of digits is no answer, must not cost more than one, and must stay a finite float
    number = Decimal(match["number"].replace(",", "")[:200])
    if match["scale"]:
        number *= _SCALES[match["scale"].lower()]
    return -number if match["sign"] else number


def _english(text: str) -> Iterator[Decimal]:
    """Yield the numbers written in English words; `text` is lower case."""
    total = current = 0
    is_open = False
    for word in _ENGLISH_WORD.findall(text):
        value = _ENGLISH.get(word)
        if value is not None:
            tens_wait = current % 100 >= 20 and current % 10 == 0 and 0 < value < 10
            if is_open and not tens_wait and (current % 100 or value == 0 or current == total == 0):
                yield Decimal(total + current)
                total = current = 0
            current, is_open = current + value, True
        elif word == "hundred" and current < 100:
            current, is_open = max(current, 1) * 100, True
        elif word in _ENGLISH_SCALES:
            total, current, is_open = total + max(current, 1) * _ENGLISH_SCALES[word], 0, True
        elif is_open and word != "and":
            yield Decimal(total + current)
            total, current, is_open = 0, 0, False
    if is_open:
        yield Decimal(total + current)


def _chinese(run: str) -> Decimal:
    """Return the value of a run of Chinese numerals: by units, or digit by digit where there is no unit."""
    if all(char in _CHINESE for char in run):
        return Decimal("".join(str(_CHINESE[char]) for char in run))
    total = section = digit = 0
    for char in run:
        if char in _CHINESE:
            digit = _CHINESE[char]
        elif char in _CHINESE_UNITS:
            section, digit = section + (digit or 1) * _CHINESE_UNITS[char], 0
        elif char == "万":
            total, section, digit = total + (section + digit or 1) * 10**4, 0, 0
        else:
            total, section, digit = (total + section + digit or 1) * 10**8, 0, 0
    return Decimal(total + section + digit)
