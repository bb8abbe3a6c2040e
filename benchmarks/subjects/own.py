"""Bakeoff without a network: plan, schedule, ledger and score of a run whose client answers at once."""

import argparse
import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks import process
from benchmarks.folder import KEY
from benchmarks.subjects.watch import Watch
from harness import pipeline
from harness.clients.deadlines import Deadlines
from harness.clients.retry import Answer, RetryPolicy
from harness.clients.target import Target
from harness.core.calls import Attempt, Marks, Output, Usage
from harness.core.requests import Request
from harness.execute.runner import run
from harness.local.host import Host
from harness.store.ledger import Ledger
from harness.store.media import Media

ATTEMPT = Attempt(
    number=1, started="2026-11-26T00:00:00+00:00", duration_ms=5.0, outcome="ok", http_status=200, request_id="1"
)
ANSWER = Answer(
    outcome=Output(text="42", finish_reason="stop", model="fake"),
    attempts=(ATTEMPT,),
    marks=Marks(headers_ms=1.0, first_byte_ms=1.1, ttft_ms=1.2, ttfo_ms=1.2, total_ms=5.0, closed_ms=5.1),
    usage=Usage(input_tokens=18, output_tokens=1, busy_seconds=0.005, source="provider"),
)


async def answer_at_once(
    request: Request,  # noqa: ARG001
    target: Target,  # noqa: ARG001
    policy: RetryPolicy,  # noqa: ARG001
    deadlines: Deadlines,  # noqa: ARG001
    read_media: Callable[[str], bytes],  # noqa: ARG001
    *,
    before_attempt: Callable[[int], Awaitable[float]],
    after_attempt: Callable[[Attempt], None],
    sleep: Callable[[float], Awaitable[None]],  # noqa: ARG001
    rng: random.Random,  # noqa: ARG001
    watch: object,  # noqa: ARG001
) -> Answer:
    """Stand in for the network and LiteLLM; see `execute.courier.CallClient`."""
    await before_attempt(1)
    after_attempt(ATTEMPT)
    return ANSWER


def bake(folder: Path, runs: Path) -> tuple[Path, dict[str, float]]:
    """Run the bake-off of `folder`; return its run and the CPU seconds of each stage, of every thread."""
    spent: dict[str, float] = {}
    begun = time.process_time()

    def end_of(stage: str) -> None:
        nonlocal begun
        now = time.process_time()
        spent[stage], begun = now - begun, now

    bakeoff = pipeline.load(folder)
    end_of("load")
    planned = pipeline.plan(bakeoff)
    end_of("plan")
    path = pipeline.start(bakeoff, planned, selection=pipeline.Selection(), runs=runs)
    end_of("start")

    async def story(ledger: Ledger) -> None:
        async with Host() as engines:
            await run(
                bakeoff, ledger, Media(path / "media"), env=KEY, engines=engines, progress=Watch(),
                client=answer_at_once,
            )  # fmt: skip

    with Ledger.open(path, write=True) as ledger:
        asyncio.run(story(ledger))
    end_of("run")
    tally = pipeline.score(bakeoff, path)
    end_of("score")
    assert tally.scored == len(planned.calls), "every answer is judged"
    return path, spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the bake-off")
    parser.add_argument("warm_up", type=Path, help="a small one, run first so that no import is counted")
    parser.add_argument("runs", type=Path)
    options = parser.parse_args()
    bake(options.warm_up, options.runs / "warm-up")
    resident = process.resident_bytes()
    path, spent = bake(options.folder, options.runs / "measured")
    print(json.dumps({"run": str(path), "cpu_s": spent, "resident": process.resident_bytes() - resident}))


if __name__ == "__main__":
    main()
