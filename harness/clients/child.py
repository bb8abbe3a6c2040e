"""A child process at the other end of a channel; it ends with the context, and by itself when this process dies."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from harness.clients.channel import Channel


class Child:
    """`python -m MODULE --channel FD ...`; what it has to say goes to `log`, which is kept only if there is any."""

    def __init__(self, process: asyncio.subprocess.Process, channel: Channel, log: Path) -> None:
        self._process, self._channel, self._log = process, channel, log

    @classmethod
    async def start(cls, module: str, *options: str, channel: Channel, env: Mapping[str, str], log: Path) -> "Child":
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with contextlib.ExitStack() as unless_started, theirs, log.open("ab") as file:
            unless_started.callback(ours.close)
            process = await asyncio.create_subprocess_exec(
                # -P: a file in the working folder must not pose as a library
                *(sys.executable, "-P", "-m", module, "--channel", str(theirs.fileno()), *options),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                pass_fds=(theirs.fileno(),),
                env=env,
                start_new_session=True,  # Ctrl-C is for us: we let calls in flight end
            )
            unless_started.pop_all()
        await asyncio.get_running_loop().create_unix_connection(lambda: channel, sock=ours)
        return cls(process, channel, log)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def end(self) -> None:
        """Close the channel, which ends the child."""
        self._channel.close()
        try:
            await asyncio.wait_for(self._process.wait(), timeout=5)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        if self._log.exists() and not self._log.stat().st_size:
            self._log.unlink()
