"""A fixed number of workers that ask one question after the other, as in every comparison; with what that cost."""

import argparse
import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from benchmarks import process

READINGS = 40
"""How often memory is read during a run."""


@dataclass(slots=True, kw_only=True)
class Memory:
    """Resident memory against samples done."""

    every: int
    """Samples between two readings."""
    done: int = 0
    points: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def of(cls, samples: int) -> "Memory":
        return cls(every=max(1, samples // READINGS))

    def another(self) -> None:
        """Count one more sample."""
        self.done += 1
        if self.done % self.every == 0:
            self.points.append((self.done, process.resident_bytes()))


@dataclass(slots=True, kw_only=True)
class Crowd:
    """The workers of a bare client."""

    in_flight: int
    ttft_ms: dict[str, float] = field(default_factory=dict)
    """Request id → what the client would report."""
    cpu_s: float = 0.0
    memory: Memory = field(default_factory=lambda: Memory(every=1))

    async def ask_all(self, asked: Sequence[str], ask: Callable[[str], Awaitable[tuple[str, float]]]) -> None:
        """Ask every question, `in_flight` at a time; imports and what else came before are not counted."""
        waiting, self.memory, begun = deque(asked), Memory.of(len(asked)), time.process_time()

        async def work() -> None:
            while waiting:
                name, ttft_ms = await ask(waiting.popleft())
                self.ttft_ms[name] = ttft_ms
                self.memory.another()

        await asyncio.gather(*(work() for _ in range(self.in_flight)))
        self.cpu_s = time.process_time() - begun

    def report(self) -> None:
        """Print what was measured, as the last line."""
        print(json.dumps({"cpu_s": self.cpu_s, "ttft_ms": self.ttft_ms, "memory": self.memory.points}))


def options(description: str | None) -> argparse.Namespace:
    """Read the command line that every bare client has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("url")
    parser.add_argument("--samples", type=int, required=True)
    parser.add_argument("--in-flight", type=int, required=True)
    return parser.parse_args()
