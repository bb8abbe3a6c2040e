"""Raw aiohttp: the least that a streaming client in Python can cost."""

import argparse
import asyncio
import json
import time

import aiohttp

from benchmarks.folder import questions
from benchmarks.subjects.crowd import Crowd, options

HEADERS = {"authorization": "Bearer unused"}


async def ask(session: aiohttp.ClientSession, url: str, question: str) -> tuple[str, float]:
    """Return the request's id and the milliseconds to its first content."""
    body = {
        "model": "fake",
        "messages": [{"role": "user", "content": question}],
        "max_tokens": 64,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    sent, first, answer = time.monotonic(), 0.0, ""
    async with session.post(f"{url}/chat/completions", json=body, headers=HEADERS) as response:
        async for line in response.content:
            if line.startswith(b"data: {"):
                for choice in json.loads(line[6:])["choices"]:
                    if content := choice["delta"].get("content"):
                        first = first or time.monotonic()
                        answer += content
        assert answer, f"no answer, status {response.status}"
        return response.headers["x-request-id"], (first - sent) * 1000


async def story(given: argparse.Namespace) -> None:
    crowd = Crowd(in_flight=given.in_flight)
    connector = aiohttp.TCPConnector(limit=given.in_flight)
    async with aiohttp.ClientSession(connector=connector) as session:
        await crowd.ask_all(questions(given.samples), lambda question: ask(session, given.url, question))
    crowd.report()


if __name__ == "__main__":
    asyncio.run(story(options(__doc__)))
