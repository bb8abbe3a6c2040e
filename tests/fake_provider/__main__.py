"""`python -m tests.fake_provider`: the server in a process of its own, until it is ended. Prints its address.

Its truth is at `/truth` (beside `/v1`) while it runs, and a JSON line a request in the file that `--log` names.
"""

import argparse
import asyncio
import json
from pathlib import Path

from tests.fake_provider.certificate import Certificate
from tests.fake_provider.faults import status
from tests.fake_provider.server import FakeProvider, Pace


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_provider", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--answers", type=Path, help="JSON map of message to answer, for the model `key`")
    parser.add_argument("--first-s", type=float, default=0.0, help="seconds before the first token")
    parser.add_argument("--gap-s", type=float, default=0.0, help="seconds between chunks")
    parser.add_argument("--chunks", type=int, default=4, help="content chunks of an answer")
    parser.add_argument("--always", type=int, metavar="STATUS", help="every response has this error status")
    parser.add_argument("--tls", type=Path, metavar="FOLDER", help="serve TLS; certificate.pem is written there")
    parser.add_argument("--log", type=Path, help="append the truth here, a JSON line a request")
    options = parser.parse_args()
    provider = FakeProvider(
        answers=json.loads(options.answers.read_text(encoding="utf-8")) if options.answers else {},
        always=status(options.always) if options.always else None,
        pace=Pace(first_s=options.first_s, gap_s=options.gap_s, chunks=options.chunks),
        port=options.port,
        certificate=Certificate.make(options.tls) if options.tls else None,
        log=options.log,
    )
    async with provider:
        print(provider.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
