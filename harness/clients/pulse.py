"""The pulse of an event loop: a timer that knows by how much the loop is late."""

import asyncio
from collections.abc import Callable


class Pulse:
    """Beats until it is stopped; between two beats it tells how late a stamp of this moment may be."""

    def __init__(self, clock: Callable[[], float], *, every_s: float = 0.01) -> None:
        self._clock, self._every_s = clock, every_s
        self._late_s = 0.0
        self._loop = asyncio.get_running_loop()
        self._schedule()

    def lag_s(self) -> float:
        """Seconds for which the loop may not have looked at its sockets just before now."""
        return max(0.0, self._late_s, self._clock() - self._due)

    def stop(self) -> None:
        self._timer.cancel()

    def _schedule(self) -> None:
        self._due = self._clock() + self._every_s
        self._timer = self._loop.call_later(self._every_s, self._tick)

    def _tick(self) -> None:
        self._late_s = self._clock() - self._due
        self._schedule()
