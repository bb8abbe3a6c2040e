"""Numbers as people write them into a spreadsheet."""

import re
import unicodedata

from harness.core.wording import worded

UNKNOWN = ("", "-", "–", "—", "?", "n/a", "na", "unknown", "tbd", "未知", "不详", "待定", "无")
"""What people write into a cell that they know nothing of."""

PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
COMMA_GROUPS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
POINT_GROUPS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?")
LARGEST = 1e100
"""Beyond, squares and spans have no finite number."""
ONE_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")
"""Either over a thousand, or a number with three decimals."""


def number(written: str, *, decimal_comma: bool) -> float | None:
    """Return the number in a cell, a percentage as its share; None where it says that nothing is known.

    `decimal_comma`: the file comes from where `1,5` is one and a half, so `1.250` may be over a thousand. ValueError,
    which says why, where it is no number or may be two.
    """
    text = unicodedata.normalize("NFKC", written).strip().casefold()
    if text in UNKNOWN:
        return None
    bare = text.removesuffix("%").strip()
    bare = re.sub(r"(?<=\d)[ '’](?=\d{3}(?!\d))", "", bare).replace("−", "-")
    group = ONE_GROUP.fullmatch(bare)
    if group and (group[1] == "," or decimal_comma):
        whole, _, rest = bare.partition(group[1])
        raise ValueError(worded("may be {one} or {other}", one=f"{whole}{rest}", other=f"{whole}.{rest}"))
    if PLAIN.fullmatch(bare):
        plain = bare
    elif DECIMAL_COMMA.fullmatch(bare):
        plain = bare.replace(",", ".")
    elif COMMA_GROUPS.fullmatch(bare):
        plain = bare.replace(",", "")
    elif POINT_GROUPS.fullmatch(bare):
        plain = bare.replace(".", "").replace(",", ".")
    else:
        raise ValueError(worded("is no number"))
    found = float(plain)
    if abs(found) > LARGEST:
        raise ValueError(worded("is too large"))
    return found / 100 if text.endswith("%") else found
