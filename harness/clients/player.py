"""What is heard of a live session's answers: a player plays what comes as it comes, and is silenced by the user."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.clients.microphone import seconds
from harness.clients.told import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """An answer as it was heard; times are monotonic seconds."""

    start: float
    end: float
    cut: bool
    """Whether it was silenced before its end."""
    text: str
    pieces: Sequence[tuple[float, bytes]]
    """When each piece begins; of the last one only what comes before `end` was heard."""


def played(told: Told, *, until: float) -> list[Played]:
    """Return the answers that were heard until then.

    Providers send an answer faster than it is played. When the user begins to speak, or an answer is cancelled,
    whatever of it has not been played is thrown away, as OpenAI's guide to its realtime API asks of a player.
    """
    answers: list[Played] = []
    free = 0.0
    for response in told.responses:
        if not response.pieces:
            continue
        placed: list[tuple[float, bytes]] = []
        for piece in response.pieces:
            placed.append((max(piece.at, free), piece.samples))
            free = placed[-1][0] + seconds(piece.samples)
        start, came = placed[0][0], response.pieces[0].at
        silenced = min((at for at in (*told.barged, response.cancelled) if at is not None and at >= came), default=free)
        cut = silenced < free
        free = min(free, silenced)
        if start < min(free, until):
            end = min(free, until)
            text = response.text
            answers.append(Played(start=start, end=end, cut=cut and end == silenced, text=text, pieces=placed))
    return answers
