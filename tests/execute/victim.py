"""A run in a process of its own, for tests that kill or interrupt it: `python -m tests.execute.victim FOLDER DELAY_S`.

Each request is a line in FOLDER/sent.log, written when it is "on the wire". The process ends with the run's exit code.
`stubborn` as a third argument makes calls that will not be cancelled.
"""

import asyncio
import os
import sys
from pathlib import Path

from harness.core.requests import ChatRequest, Request
from harness.execute.runner import run
from harness.store.ledger import DATABASE, Ledger
from harness.store.media import Media
from tests.execute.bakeoffs import Client, Engines, Watcher, bakeoff, embedded, remote, start, text_suite

SAMPLES = 60
IN_FLIGHT = 4
PLANNED = bakeoff(remote("a"), embedded("b"), suites=[text_suite(SAMPLES)], max_in_flight=IN_FLIGHT)


def main(folder: Path, delay_s: float, *, stubborn: bool) -> int:
    ledger = Ledger.open(folder, write=True) if (folder / DATABASE).exists() else start(PLANNED, folder)
    log = os.open(folder / "sent.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def heard(candidate: str, request: Request) -> None:
        assert isinstance(request, ChatRequest)
        os.write(log, f"{candidate} {request.messages[-1]['content']}\n".encode())

    client = Client(delay_s=delay_s, stubborn=stubborn, heard=heard)
    with ledger:
        result = asyncio.run(
            run(
                PLANNED, ledger, Media(folder / "media"), env={"ACME_API_KEY": "x"}, engines=Engines(),
                progress=Watcher(), client=client,
            )
        )  # fmt: skip
    return result.exit_code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), float(sys.argv[2]), stubborn="stubborn" in sys.argv[3:]))
