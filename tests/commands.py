"""`bakeoff` in processes of its own that need not import LiteLLM first: they are forked from one that has.

To start one takes six seconds of CPU, to fork one a hundredth. The real thing is started where a package is installed
and where embedded engines run.
"""

import gc
import os
import select
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests import nursery


class Command:
    """`bakeoff ARGUMENTS` as subprocess.Popen has it; what it prints lies in files."""

    def __init__(self, *arguments: str, cwd: Path, env: Mapping[str, str]) -> None:
        self._out, self._err = (tempfile.TemporaryFile("w+", encoding="utf-8") for _ in range(2))  # noqa: SIM115
        self._keeper, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            what = {"arguments": arguments, "cwd": str(cwd), "env": dict(env)}
            nursery.order(__name__, what, [theirs.fileno(), self._out.fileno(), self._err.fileno()])
        self.pid, self.returncode = int(self._keeper.recv(100)), None

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float) -> int:
        if (code := self._ended(timeout)) is None:
            raise subprocess.TimeoutExpired("bakeoff", timeout)
        return code

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Wait until it ends; return what it has printed."""
        self.wait(timeout)
        for file in (self._out, self._err):
            file.seek(0)
        return self._out.read(), self._err.read()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def close(self) -> None:
        """Kill it if it still runs."""
        self.send_signal(signal.SIGKILL)
        self.wait(30)
        for file in (self._keeper, self._out, self._err):
            file.close()

    def _ended(self, timeout_s: float) -> int | None:
        if self.returncode is None and select.select([self._keeper], [], [], timeout_s)[0]:
            self.returncode = int(self._keeper.recv(100))
        return self.returncode


def bakeoff(*arguments: str, cwd: Path, env: Mapping[str, str], timeout: float) -> subprocess.CompletedProcess[str]:
    """Run `bakeoff ARGUMENTS` to its end."""
    command = Command(*arguments, cwd=cwd, env=env)
    try:
        out, err = command.communicate(timeout)
        return subprocess.CompletedProcess(["bakeoff", *arguments], command.wait(0), out, err)
    finally:
        command.close()


def _kept(keeper: int) -> None:
    """Return in a process whose id and end are told to `keeper` by the one that was here before."""
    if pid := os.fork():
        os.write(keeper, str(pid).encode())
        _, status = os.waitpid(pid, 0)
        os.write(keeper, str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    os.close(keeper)


def _obey(arguments: list[str], env: dict[str, str], cwd: str, *, out: int, err: int) -> None:
    """Be the command in this process, as if it had been started anew."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    nursery.stand(out, err, env=env)
    os.chdir(cwd)
    main(arguments)


if __name__ == "__main__":
    gc.disable()
    from harness.cli.app import main
    from harness.clients.litellm_door import _ENVIRONMENT

    os.environ.update(_ENVIRONMENT)
    import litellm  # noqa: F401 - this is what takes long; a command opens the door anew, and makes its settings

    gc.freeze()
    if (new := nursery.born()) is not None:
        what, (keeper, out, err) = new
        _kept(keeper)
        _obey(**what, out=out, err=err)
