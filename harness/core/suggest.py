"""Did-you-mean: the known name nearest to what was written."""

import difflib
from collections.abc import Iterable

from harness.core.wording import Wording, worded


def nearest(written: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the known name that `written` most likely meant, ignoring case; None if none is near."""
    by_folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(written.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[found[0]] if found else None


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
