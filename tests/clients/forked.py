"""Taps that are forked from a process which has imported all that they need: hundreds of tests want one of their own.

To start one takes a quarter of a second of CPU, to fork one a hundredth. How one starts is tested with the real thing.
"""

import asyncio
import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self, cast

from harness.clients import forwarder
from harness.clients.child import Child
from harness.clients.tap_process import TRUST, ProcessTap
from harness.core.children import child_environment


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
            order = json.dumps(dict(env)).encode()
            socket.send_fds(_nursery(), [order], [channel, log, held.fileno()])
            self.pid = int(_nursery().recv(100))

    async def wait(self) -> None:
        """Wait until nobody holds the other end: the process has ended."""
        await asyncio.get_running_loop().sock_recv(self._life, 1)
        self._life.close()

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


@cache
def _nursery() -> socket.socket:
    """Start the process that forks, which lasts as long as this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, "-m", __name__, str(theirs.fileno())]
        process = subprocess.Popen(
            command, cwd=Path(__file__).parents[2], pass_fds=[theirs.fileno()], start_new_session=True
        )

    def end() -> None:
        ours.close()
        process.wait(10)

    atexit.register(end)
    return ours


def _fork(orders: socket.socket) -> None:
    """Serve orders until there is nobody to give them."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here waits for a child
    while True:
        order, fds, _, _ = socket.recv_fds(orders, 2**16, 3)
        if not order:
            return
        pid = os.fork()
        if not pid:
            orders.close()
            _become_a_tap(json.loads(order), *fds)
        orders.send(str(pid).encode())
        for fd in fds:
            os.close(fd)


def _become_a_tap(env: Mapping[str, str], channel: int, log: int, life: int) -> None:  # noqa: ARG001 - held open
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for standard, fd in ((0, os.open(os.devnull, os.O_RDONLY)), (1, log), (2, log)):
            os.dup2(fd, standard)
        os.environ.clear()
        os.environ.update(env)
        sys.argv[1:] = ["--channel", str(channel)]
        forwarder.main()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


if __name__ == "__main__":
    _fork(socket.socket(fileno=int(sys.argv[1])))
