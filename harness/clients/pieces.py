"""The sentences of an answer, and when each was known to be whole while it was still being written."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from harness.scorers.sentences import sentences

SENTENCES = "sentences"
"""What `ChatRequest.timed` may name."""


def pieces(text: str) -> list[str]:
    """Return what can be spoken of `text` at a time: its sentences, English or Chinese."""
    return [stripped for sentence in sentences(text) if (stripped := sentence.strip())]


def whole_at(text: str, growth: Sequence[tuple[int, int]], last: int) -> Iterator[int]:
    """Yield the offset of the byte with which each of the `pieces` was known to be whole.

    `growth` are the offsets of events with the characters of `text` after each. A sentence is over when what follows it
    has begun, for `3.` may go on as `3.5`; the last one at `last`.
    """
    found, at = pieces(text), 0
    for before, after in pairwise(found):
        at = text.index(after, text.index(before, at) + len(before))
        event = bisect_right(growth, at, key=lambda pair: pair[1])
        yield growth[event][0] if event < len(growth) else last
    if found:
        yield last
