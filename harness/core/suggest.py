"""Did-you-mean: the known name nearest to what was written."""

import difflib
from collections.abc import Iterable

from harness.core.wording import Wording, worded


def nearest(written: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the known name that `written` most likely meant, ignoring case: that in which two neighbours have changed
    places, else the one most like it; None if none is near."""
    by_folded, folded = {name.casefold(): name for name in known}, written.casefold()
    found = [name for name in by_folded if name == folded] or [name for name in by_folded if _swapped(folded, name)]
    found = found or difflib.get_close_matches(folded, by_folded, n=1, cutoff=cutoff)
    return by_folded[found[0]] if found else None


def meant(written: str, known: Iterable[str]) -> str | None:
    """Return the known name of which `written` is a slip of the finger, so that one may go on as if it stood there."""
    return nearest(written, known, cutoff=0.8)


def did_you_mean(written: str, known: Iterable[str], *, cutoff: float = 0.6) -> Wording | None:
    """Return `did you mean 'x'?`; else the known names if they are few; else None."""
    names = list(dict.fromkeys(known))
    best = nearest(written, names, cutoff=cutoff)
    if best is not None:
        return worded("did you mean '{name}'?", name=best)
    return worded("known: {names}", names=names) if 0 < len(names) <= 40 else None


def hints(*given: str | None) -> str:
    """Return several hints as one; a question ends by itself."""
    said = [hint for hint in given if hint]
    if not said:
        return ""
    whole = said[0]
    for hint in said[1:]:
        whole = worded("{first} {then}" if whole.endswith("?") else "{first}; {then}", first=whole, then=hint)
    return whole


def _swapped(one: str, other: str) -> bool:
    """Whether two neighbours have changed places, and all else is the same."""
    differ = [at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    if len(one) != len(other) or len(differ) != 2:
        return False
    first, second = differ
    return second == first + 1 and (one[first], one[second]) == (other[second], other[first])
