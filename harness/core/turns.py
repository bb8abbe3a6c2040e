"""Who spoke when in a live session, and how an output's numbers hold that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count, takewhile

USER, AGENT = "user", "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one side said in one go, in milliseconds after the session's beginning, as the user heard it."""

    speaker: str
    """`user` or `agent`."""
    start_ms: float
    end_ms: float
    """Of an agent that was still speaking: where the session ended."""
    words: int = 0
    """How many the agent says that it says."""
    cut: bool = False
    """Whether the agent fell silent before it had said everything."""


def values_of(turns: Sequence[Turn]) -> dict[str, float]:
    """Return `turns` as an output's `values`: `agent_1_start_ms`, ..."""
    values: dict[str, float] = {}
    for speaker in (USER, AGENT):
        own = sorted((turn for turn in turns if turn.speaker == speaker), key=lambda turn: turn.start_ms)
        for number, turn in enumerate(own, start=1):
            name = f"{speaker}_{number}"
            values |= {f"{name}_start_ms": turn.start_ms, f"{name}_end_ms": turn.end_ms}
            values |= {f"{name}_words": float(turn.words), f"{name}_cut": float(turn.cut)} if speaker == AGENT else {}
    return values


def turns_of(values: Mapping[str, float], speaker: str) -> list[Turn]:
    """Return the turns of one side by their beginning; none where `values` are of no conversation."""
    numbers = takewhile(lambda number: f"{speaker}_{number}_start_ms" in values, count(1))
    return [
        Turn(
            speaker=speaker,
            start_ms=values[f"{speaker}_{number}_start_ms"],
            end_ms=values[f"{speaker}_{number}_end_ms"],
            words=int(values.get(f"{speaker}_{number}_words", 0)),
            cut=bool(values.get(f"{speaker}_{number}_cut", 0)),
        )
        for number in numbers
    ]
