"""Rounding: the one place where a raw number becomes a text that people read."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from urllib.parse import quote

Raw = int | float | Decimal
"""A number of the run as it was measured or computed."""

PERCENT_METRICS = frozenset({"coverage", "wer", "cer", "p_best", "weight", "word_error_rate"})
SIGNIFICANT_PREFIXES = ("rtf", "chars_per_s", "output_tokens", "input_tokens", "tokens_per")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of the run as the page shows it: rendered as `<data value=raw id=id>text</data>`."""

    id: str
    """`slot/section/candidate/metric`, unique in a page; see `number_id`."""
    raw: str
    """Unrounded: the shortest decimal that reads back as the same value, or `inf`."""
    text: str


def number_id(slot: str, section: str, candidate: str, *metric: str) -> str:
    """Return `slot/section/candidate/metric`; what is no letter, digit or one of `_.-~` is percent-encoded.

    An empty candidate reads `all`; several metric parts are joined by `:`.
    """
    parts = [_quoted(part) for part in (slot, section, candidate or "all")]
    return "/".join([*parts, ":".join(_quoted(part) for part in metric)])


@lru_cache(maxsize=4096)
def _quoted(part: str) -> str:
    # half characters cannot be encoded; their escape tells them apart as well
    return quote(part, safe="", errors="backslashreplace")


def raw(value: Raw) -> str:
    """Return `value` unrounded, in the spelling of `<data value>`."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return repr(value) if isinstance(value, int) else repr(float(value))


def number(value: Raw, text: str, *, id: str) -> Number:
    """Bind `text`, one of the spellings below, to the `value` that it rounds."""
    return Number(id=id, raw=raw(value), text=text)


def of_metric(metric: str, value: Raw) -> str:
    """Return `value` as `metric` is read: `1.24 s`, `$0.0126`, `97.5%`, `0.86`."""
    x = float(value)
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    if metric.endswith("_ms"):
        return milliseconds(x)
    if metric.startswith("usd"):
        return usd(value)
    if metric in PERCENT_METRICS:
        return percent(x)
    if metric.startswith(SIGNIFICANT_PREFIXES):
        return significant(x)
    return fixed(x, 2) if abs(x) < 100 else significant(x)


def stated(metric: str, value: Raw) -> str:
    """Return a limit that somebody set, without zeros that nobody wrote: `2 s`, not `2.00 s`."""
    return _trimmed(of_metric(metric, value))


def beyond(metric: str, value: float, *, up: bool) -> float:
    """Return `value`, or the nearest above (else below) it, such that `of_metric` says all of it."""
    if not math.isfinite(value):
        return value
    said = re.search(r"([\d,]+)(\.\d+)?(.*)", of_metric(metric, value))
    assert said, "a finite number has digits"
    one = {" ms": Decimal(1), " s": Decimal(1000), " min": Decimal(60_000), "%": Decimal("0.01")}.get(
        said[3], Decimal(1)
    )
    digits = Decimal(said[1].replace(",", "") + (said[2] or ""))
    shown, step = (-1 if value < 0 else 1) * one * digits, one * Decimal(1).scaleb(int(digits.as_tuple().exponent))
    if up and float(shown) < value:
        shown += step
    elif not up and float(shown) > value:
        shown -= step
    return float(shown)


def given(value: float) -> str:
    """Return a number that somebody wrote into a table, as they would write it: `7`, `0.0042`, `12,702`."""
    return _minus(f"{value:g}") if abs(value) >= 1e15 else _trimmed(significant(value, 6))


def count(value: int) -> str:
    """Return `12,702`."""
    return f"{value:,}"


def fixed(value: float, decimals: int) -> str:
    """Return `value` with so many decimals and a true minus; never a negative zero."""
    return _minus(f"{round(value, decimals) + 0.0:,.{decimals}f}")


def plain(value: float) -> str:
    """Return a number without a unit: `15`, `3.23`."""
    return _minus(count(int(value))) if value == int(value) else fixed(value, 2)


def signed(value: float, decimals: int = 3) -> str:
    """Return `+0.064` or `−0.064`; a difference that rounds to nothing has no sign."""
    text = fixed(value, decimals)
    return f"+{text}" if value > 0 and float(f"{value:.{decimals}f}") != 0 else text


def significant(value: float, digits: int = 3) -> str:
    """Return `value` with at least so many significant digits; whole units are never rounded away."""
    if value == 0:
        return "0"
    rounded = float(f"{value:.{digits - 1}e}")
    magnitude = math.floor(math.log10(abs(rounded)))
    return _minus(f"{value:,.{max(0, digits - 1 - magnitude)}f}")


def percent(share: float) -> str:
    """Return `97.5%`; a share short of all, or above nothing, never reads as 100% or 0%."""
    text = f"{100 * share:.1f}".removesuffix(".0")
    if text == "100" and share < 1:
        return ">99.9%"
    if text in ("0", "-0") and share != 0:
        return "<0.1%" if share > 0 else ">−0.1%"
    return f"{_minus(text)}%"


def usd(value: Raw) -> str:
    """Return `$1.42`, `$0.0000126`, `$12,702`."""
    x = float(value)
    return ("−$" if x < 0 else "$") + significant(abs(x))


def milliseconds(value: float) -> str:
    """Return `412 ms`, `1.24 s`, `3.1 min` with three significant digits."""
    size = abs(value)
    if size < 999.5:
        return f"{significant(value)} ms"
    return f"{significant(value / 1000)} s" if size < 600_000 else f"{significant(value / 60_000)} min"


def seconds(value: float) -> str:
    """Return `2.4 s`."""
    return f"{fixed(value, 1)} s"


def p_value(value: float) -> str:
    """Return `0.043`; what is smaller than a thousandth is said to be so."""
    return "<0.001" if value < 0.001 else fixed(value, 3)


def _trimmed(text: str) -> str:
    return re.sub(r"\.(\d*?)0+(?!\d)", lambda m: f".{m[1]}" if m[1] else "", text)


def _minus(text: str) -> str:
    return text.replace("-", "−")
