"""What a self-hosted call costs of its machine's time, where others are served beside it."""

import math


class SharedTime:
    """Divides a machine's time among the calls that it serves at once: each instant is split evenly, and paid once.

    `at` is in seconds, from one monotonic clock; what is told late counts from the moment up to which all was divided.
    """

    def __init__(self) -> None:
        self._serving = 0
        self._at = -math.inf
        self._share = 0.0
        """Seconds that a call would have been charged that was there from the beginning."""

    def enter(self, at: float) -> float:
        """Begin a call; returns what `leave` takes."""
        self._advance(at)
        self._serving += 1
        return self._share

    def leave(self, entered: float, at: float) -> float:
        """End a call; returns its share of the machine's time in seconds."""
        self._advance(at)
        self._serving -= 1
        return self._share - entered

    def _advance(self, at: float) -> None:
        if at > self._at:
            self._share += (at - self._at) / self._serving if self._serving else 0.0
            self._at = at


class Stay:
    """The time of one call on a machine, over its attempts; a `clients.tap.Watch`.

    On the wire, and no longer: what a call waits in this process, before it goes out or until its answer is read, the
    machine is free for others.
    """

    def __init__(self, machine: SharedTime) -> None:
        self._machine = machine
        self._served_s = self._charged_s = 0.0
        self._under_way: tuple[float, float] | None = None
        """While a request is out: since when, and what `SharedTime.enter` gave."""

    def sent(self, at: float) -> None:
        self.closed(at)
        self._under_way = at, self._machine.enter(at)

    def closed(self, at: float) -> None:
        """End what `sent` began; nothing where it has ended already, or never went out."""
        if self._under_way is not None:
            begun, entered = self._under_way
            self._under_way = None
            self._served_s += at - begun
            self._charged_s += self._machine.leave(entered, at)

    def share(self, busy_s: float) -> float:
        """Return the part of `busy_s`, its time on the wire, that the call has to pay."""
        if math.isclose(self._charged_s, self._served_s):
            return busy_s  # the only call there, to the last bit; or nobody knows when it was
        return busy_s * self._charged_s / self._served_s
