"""Taps that are forked from a process which has imported all that they need: hundreds of tests want one of their own.

To start one takes a quarter of a second of CPU, to fork one a hundredth. How one starts is tested with the real thing.
"""

import asyncio
import os
import signal
import socket
import sys
import traceback
from collections.abc import Mapping
from typing import Any, Self, cast

from harness.clients import forwarder
from harness.clients.child import Child
from harness.clients.tap_process import TRUST, ProcessTap
from harness.core.children import child_environment
from tests import nursery


class ForkedTap(ProcessTap):
    """A tap whose process was forked."""

    async def __aenter__(self) -> Self:
        env = child_environment(self._env, also=TRUST)
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs, self._log.open("ab") as log:
            process = Forked(env, channel=theirs.fileno(), log=log.fileno())
        await asyncio.get_running_loop().create_unix_connection(lambda: self._channel, sock=ours)
        self._child = Child(cast(Any, process), self._channel, self._log)
        return self


class Forked:
    """What `Child` asks of a process."""

    def __init__(self, env: Mapping[str, str], *, channel: int, log: int) -> None:
        self._life, held = socket.socketpair()
        self._life.setblocking(False)
        with held:
            self.pid = nursery.order(__name__, dict(env), [channel, log, held.fileno()])

    async def wait(self) -> None:
        """Wait until nobody holds the other end: the process has ended."""
        await asyncio.get_running_loop().sock_recv(self._life, 1)
        self._life.close()

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


def _become_a_tap(env: dict[str, str], channel: int, log: int, life: int) -> None:  # noqa: ARG001 - held open
    try:
        nursery.stand(log, log, env=env)
        sys.argv[1:] = ["--channel", str(channel)]
        forwarder.main()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


if __name__ == "__main__" and (new := nursery.born()) is not None:
    _become_a_tap(new[0], *new[1])
