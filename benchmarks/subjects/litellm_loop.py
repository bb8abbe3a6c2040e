"""The bare LiteLLM loop: a script that asks the same questions in the same way and keeps nothing."""

import argparse
import asyncio
import os
import time
from types import ModuleType

import httpx

from benchmarks.folder import KEY, MODEL, questions
from benchmarks.subjects.crowd import Crowd, options

TIMEOUT = httpx.Timeout(125, connect=10)


def load() -> ModuleType:
    """Import LiteLLM with the settings that Bakeoff uses, and without its tap."""
    os.environ |= {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_MODE": "PRODUCTION",
        "REPEATED_STREAMING_CHUNK_LIMIT": "1000000000",
    }
    import litellm

    litellm.suppress_debug_info = True
    litellm.disable_token_counter = True
    litellm.disable_streaming_logging = True
    module: ModuleType = litellm
    return module


async def ask(litellm: ModuleType, url: str, question: str) -> tuple[str, float]:
    """Return the request's id and the milliseconds to the first content that LiteLLM handed over."""
    sent, first, answer, name = time.monotonic(), 0.0, "", ""
    stream = await litellm.acompletion(
        model=MODEL,
        messages=[{"role": "user", "content": question}],
        max_tokens=64,
        stream=True,
        stream_options={"include_usage": True},
        api_base=url,
        api_key=KEY["OPENAI_API_KEY"],
        max_retries=0,
        timeout=TIMEOUT,
    )
    async for chunk in stream:
        name = chunk.id
        for choice in chunk.choices:
            if choice.delta.content:
                first = first or time.monotonic()
                answer += choice.delta.content
    assert answer, "LiteLLM handed over no answer"
    return name.removeprefix("chatcmpl-"), (first - sent) * 1000


async def story(given: argparse.Namespace) -> None:
    litellm = load()
    crowd = Crowd(in_flight=given.in_flight)
    await crowd.ask_all(questions(given.samples), lambda question: ask(litellm, given.url, question))
    crowd.report()


if __name__ == "__main__":
    asyncio.run(story(options(__doc__)))
