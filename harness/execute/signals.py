"""Signals: the first ends sending and lets calls finish, the second cancels them, the third is the system's own."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

HEEDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop:
    """Whether a run may still send, and how its calls are told that it may not even finish."""

    def __init__(self, *, drain_s: float, say: Callable[[str], None] = lambda _: None) -> None:
        self.interrupted = False
        self.blind = False
        """What passed the requests on has ended: how those that are under way end, nobody will see."""
        self._asked = asyncio.Event()
        self._drain_s = drain_s
        self._say = say
        self._cancel: Callable[[], None] = lambda: None

    @property
    def asked(self) -> bool:
        """Nothing new may be sent."""
        return self._asked.is_set()

    def ask(self) -> None:
        """Send nothing new; what is in flight may finish."""
        self._asked.set()

    def interrupt(self) -> None:
        """What a signal does: the first drains for a while, the second cancels."""
        if self.interrupted:
            self._cancel()
            return
        self.interrupted = True
        self.ask()
        self._say(
            f"Interrupted: waiting up to {self._drain_s:g} s for the calls in flight; interrupt again to drop them."
        )
        asyncio.get_running_loop().call_later(self._drain_s, lambda: self._cancel())

    async def sleep(self, seconds: float) -> None:
        """Sleep, but not longer than the run may send."""
        try:
            await asyncio.wait_for(self._asked.wait(), seconds)
        except TimeoutError:
            return

    async def unless_asked(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` to its end, or drop it where nothing may be sent any more."""
        working, asked = asyncio.ensure_future(work), asyncio.ensure_future(self._asked.wait())
        try:
            await asyncio.wait({working, asked}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
            if not working.done():
                working.cancel()
            await asyncio.gather(working, asked, return_exceptions=True)
        if not working.cancelled():
            working.result()

    @contextmanager
    def cancelling(self, cancel: Callable[[], None]) -> Iterator[None]:
        """Within the context, `cancel` is what drops the calls in flight."""
        self._cancel = cancel
        try:
            yield
        finally:
            self._cancel = lambda: None


@contextmanager
def heeded(stop: Stop) -> Iterator[None]:
    """Within the context, signals go to `stop`; off the main thread they go where they went before."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in HEEDED}

    def restore() -> None:
        for number, handler in before.items():
            if loop.remove_signal_handler(number):
                signal.signal(number, handler)

    def heard() -> None:
        if stop.interrupted:
            for number in HEEDED:
                loop.remove_signal_handler(number)  # the third does what it does to any program
        stop.interrupt()

    try:
        for number in HEEDED:
            if before[number] is not signal.SIG_IGN:  # nohup means it
                loop.add_signal_handler(number, heard)
    except (ValueError, RuntimeError):
        before = {}
    try:
        yield
    finally:
        restore()
