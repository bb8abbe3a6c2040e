"""Processes that are forked from one which has imported what takes long: to start each of them anew costs seconds."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

LONGEST = 2**17
"""Bytes of an order."""


def order(module: str, what: object, fds: Sequence[int]) -> int:
    """Have the nursery of `module` fork a process, which is given `what` and `fds`; return its process id."""
    orders = _nursery(module)
    socket.send_fds(orders, [json.dumps(what).encode()], fds)
    return int(orders.recv(100))


@cache
def _nursery(module: str) -> socket.socket:
    """Start the process that forks, which lasts as long as this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, "-m", module, str(theirs.fileno())]
        process = subprocess.Popen(
            command, cwd=Path(__file__).parents[1], pass_fds=[theirs.fileno()], start_new_session=True
        )

    def end() -> None:
        ours.close()
        process.wait(10)

    atexit.register(end)
    return ours


def born() -> tuple[Any, list[int]] | None:
    """Be a nursery: return in each process that is forked with what was ordered, and with None when all is over."""
    orders = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here waits for a child
    while True:
        what, fds, _, _ = socket.recv_fds(orders, LONGEST, 3)
        if not what:
            return None
        pid = os.fork()
        if not pid:
            orders.close()
            os.setsid()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return json.loads(what), list(fds)
        orders.send(str(pid).encode())
        for fd in fds:
            os.close(fd)


def stand(out: int, err: int, *, env: dict[str, str]) -> None:
    """Take these as standard output and error, no input, and this environment, all of it."""
    for standard, fd in ((0, os.open(os.devnull, os.O_RDONLY)), (1, out), (2, err)):
        os.dup2(fd, standard)
    os.environ.clear()
    os.environ.update(env)
