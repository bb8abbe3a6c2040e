"""Did-you-mean: the known name nearest to what was written."""

import difflib
from collections.abc import Iterable


def nearest(written: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the known name that `written` most likely meant, ignoring case; None if none is near."""
    by_folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(written.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[found[0]] if found else None


def did_you_mean(written: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return `did you mean 'x'?`; else the known names if they are few; else None."""
    names = list(dict.fromkeys(known))
    best = nearest(written, names, cutoff=cutoff)
    if best is not None:
        return f"did you mean '{best}'?"
    return f"known: {', '.join(names)}" if 0 < len(names) <= 40 else None


def hints(*given: str | None) -> str:
    """Return several hints as one; a question ends by itself."""
    said = [hint for hint in given if hint]
    return " ".join(hint if hint is said[-1] or hint.endswith("?") else f"{hint};" for hint in said)
