"""The process of one worker: makes the attempts that the run hands to it, each once, through a tap of its own."""

import argparse
import asyncio
import os
import socket
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from harness.clients import litellm_door
from harness.clients.channel import Channel
from harness.clients.deadlines import Deadlines
from harness.clients.frames import AT
from harness.clients.parcel import pack, unpack
from harness.clients.reply import Reply
from harness.clients.send import send
from harness.clients.tap_process import ProcessTap
from harness.clients.target import Target
from harness.core.canonical import from_json
from harness.core.redaction import Redactor, secrets
from harness.core.requests import Request
from harness.errors import BakeoffError
from harness.sinks import guard

ATTEMPT, CANCEL, READY, SENT, CLOSED, REPLY, OVER, BUG = range(1, 9)
"""Kinds of frames. To a worker: ATTEMPT is a parcel of an `Errand` and the media that its request names; CANCEL is
empty. From it: READY once it can send; SENT and CLOSED are what a `Watch` is told, each an `AT`; REPLY is a parcel of a
`Reply` and the media that it brought; OVER says in a parcel of [message, hint] why nothing can be measured any more;
BUG is the traceback of an attempt that failed by our own fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a worker needs to know of one attempt."""

    request: Request
    target: Target
    deadlines: Deadlines
    watched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Relay:
    """Tells the run what a `Watch` is told."""

    channel: Channel
    number: int

    def sent(self, at: float) -> None:
        self.channel.send(SENT, self.number, AT.pack(at))

    def closed(self, at: float) -> None:
        self.channel.send(CLOSED, self.number, AT.pack(at))


class Worker:
    """Serves the channel to the run."""

    def __init__(self, tap: ProcessTap) -> None:
        self.over = asyncio.Event()
        """The run has gone."""
        self.channel = Channel(self._heard, self.over.set)
        self._tap = tap
        self._secrets = set(secrets(os.environ))
        self._under_way: dict[int, asyncio.Task[None]] = {}

    def _heard(self, kind: int, number: int, payload: bytes) -> None:
        if kind == ATTEMPT:
            task = asyncio.get_running_loop().create_task(self._attempt(number, payload))
            self._under_way[number] = task
            task.add_done_callback(lambda _: self._under_way.pop(number))
        elif kind == CANCEL and number in self._under_way:
            self._under_way[number].cancel()

    async def _attempt(self, number: int, payload: bytes) -> None:
        try:
            document, media = unpack(payload)
            errand = from_json(Errand, document)
            self._learn(errand.target)
            reply = await send(
                errand.request, errand.target, errand.deadlines, media.__getitem__, tap=self._tap,
                watch=_Relay(channel=self.channel, number=number) if errand.watched else None,
            )  # fmt: skip
            self.channel.send(REPLY, number, *pack(without_blobs(reply), reply.blobs))
        except BakeoffError as error:
            self.channel.send(OVER, number, *pack([str(error), error.hint], {}))
        except Exception as error:  # the run records it as a bug, and does not wait for ever
            self.channel.send(BUG, number, "".join(traceback.format_exception(error)).encode(errors="backslashreplace"))

    def _learn(self, target: Target) -> None:
        """Keep the secrets of `target` out of what this process writes."""
        found = {value for value in (target.api_key, *target.variables.values()) if value} - self._secrets
        if found:
            self._secrets |= found
            guard(Redactor(self._secrets))


def without_blobs(reply: Reply) -> dict[str, Any]:
    """Return the fields of `reply` that are documents."""
    return {name: getattr(reply, name) for name in Reply.__slots__ if name != "blobs"}


def reply_of(payload: bytes) -> Reply:
    """Return the reply that a worker has packed."""
    document, blobs = unpack(payload)
    return from_json(Reply, {**cast(dict[str, Any], document), "blobs": blobs})


async def serve(fd: int, *, tap_log: Path) -> None:
    """Make attempts until the other end of the channel is closed."""
    async with ProcessTap(env=os.environ, log=tap_log) as tap:
        worker = Worker(tap)
        litellm_door.load()
        await asyncio.get_running_loop().create_unix_connection(lambda: worker.channel, sock=socket.socket(fileno=fd))
        worker.channel.send(READY, 0)
        await worker.over.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m harness.clients.worker", description=__doc__)
    parser.add_argument("--channel", type=int, required=True, metavar="FD", help="our end of the socket pair")
    parser.add_argument("--tap-log", type=Path, required=True)
    options = parser.parse_args()
    guard(Redactor(secrets(os.environ)))
    asyncio.run(serve(options.channel, tap_log=options.tap_log))


if __name__ == "__main__":
    main()
