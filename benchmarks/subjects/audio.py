"""Requests for sound through LiteLLM and the tap's process, and when their first audio came on the wire."""

import argparse
import asyncio
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from harness.clients import litellm_door
from harness.clients.deadlines import Deadlines
from harness.clients.send import send
from harness.clients.tap_process import ProcessTap
from harness.clients.target import Target
from harness.core.requests import Request
from tests.clients.trip import CLIP, KEY, speech, spoken

REQUESTS: Mapping[str, Request] = {"speech": speech("hello there"), "chat": spoken()}

WARM = 32


async def listen(url: str, kind: str, number: int, every_s: float) -> dict[str, float | None]:
    """Send `number` requests, one `every_s`; return model, which has a name of its own in each, → its mark.

    None where the mark is invalid. A few requests before them open the connections.
    """
    deadlines = Deadlines(timeout_s=60, idle_timeout_s=60)
    found: dict[str, float | None] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with ProcessTap(env=os.environ, log=Path(folder) / "tap.log") as tap:

            async def one(name: str, after_s: float) -> None:
                await asyncio.sleep(after_s)
                target = Target(candidate=name, model=f"openai/{name}", base_url=url, api_key=KEY)
                reply = await send(REQUESTS[kind], target, deadlines, lambda _: CLIP, tap=tap)
                assert reply.marks.ttfa_ms is not None, reply.outcome
                found[name] = reply.marks.ttfa_ms if reply.marks.valid else None

            litellm_door.load()
            await asyncio.gather(*(one(f"warm/{i}", i * every_s) for i in range(WARM)))
            await asyncio.gather(*(one(f"{kind}/{i}", i * every_s) for i in range(number)))
    return {name: mark for name, mark in found.items() if not name.startswith("warm/")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("kind", choices=REQUESTS)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--every-s", type=float, default=0.04)
    options = parser.parse_args()
    print(json.dumps(asyncio.run(listen(options.url, options.kind, options.number, options.every_s))))


if __name__ == "__main__":
    main()
