"""Live sessions, one after the other: prints the time to the first audio that Bakeoff reports of each."""

import argparse
import asyncio
import json

from benchmarks.folder import KEY
from harness.clients.clip import with_header
from harness.clients.deadlines import Deadlines
from harness.clients.send import send
from harness.clients.target import Target
from harness.core.media import Audio
from harness.core.requests import SessionRequest
from harness.core.sound import RAW_RATE

RECORDING = with_header(bytes(2 * RAW_RATE // 5), "pcm16")
"""Two tenths of a second."""


async def story(url: str, samples: int) -> None:
    audio = Audio(sha256="0" * 64, mime="audio/wav", seconds=0.2, sample_rate=RAW_RATE, size=len(RECORDING))
    request = SessionRequest(audio=audio, max_tokens=500)
    target = Target(candidate="voice", model="openai/fake/voice", base_url=url, api_key=KEY["OPENAI_API_KEY"])
    found = []
    for _ in range(samples):
        reply = await send(request, target, Deadlines(timeout_s=30, idle_timeout_s=30), lambda _: RECORDING)
        assert reply.marks.ttfa_ms is not None, reply
        found.append([reply.marks.ttfa_ms, reply.marks.valid])
    print(json.dumps({"ttfa_ms": [ms for ms, _ in found], "distrusted": sum(not valid for _, valid in found)}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--samples", type=int, default=100)
    given = parser.parse_args()
    asyncio.run(story(given.url, given.samples))
