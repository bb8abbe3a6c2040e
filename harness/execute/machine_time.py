"""What a self-hosted call costs of its machine's time, where others are served beside it."""


class SharedTime:
    """Divides a machine's time among the calls that it serves at once: each instant is split evenly.

    `now` is in seconds, from one monotonic clock.
    """

    def __init__(self) -> None:
        self._serving = 0
        self._at = 0.0
        self._share = 0.0
        """Seconds that a call would have been charged that was there from the beginning."""

    def enter(self, now: float) -> float:
        """Begin a call; returns what `leave` takes."""
        self._advance(now)
        self._serving += 1
        return self._share

    def leave(self, entered: float, now: float) -> float:
        """End a call; returns its share of the machine's time in seconds."""
        self._advance(now)
        self._serving -= 1
        return self._share - entered

    def _advance(self, now: float) -> None:
        if self._serving:
            self._share += (now - self._at) / self._serving
        self._at = now
