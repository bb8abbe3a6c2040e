"""`python -m tests.fake_provider --port N [--answers FILE]`: the server in a process of its own, until it is killed."""

import argparse
import asyncio
import json
from pathlib import Path

from tests.fake_provider.server import FakeProvider, Pace


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_provider", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--answers", type=Path, help="JSON map of message to answer, for the model `key`")
    parser.add_argument("--first-s", type=float, default=0.0, help="seconds before the first token")
    parser.add_argument("--gap-s", type=float, default=0.0, help="seconds between chunks")
    options = parser.parse_args()
    answers = json.loads(options.answers.read_text(encoding="utf-8")) if options.answers else {}
    pace = Pace(first_s=options.first_s, gap_s=options.gap_s)
    async with FakeProvider(answers=answers, pace=pace, port=options.port) as provider:
        print(provider.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
