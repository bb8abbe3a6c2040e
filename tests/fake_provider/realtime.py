"""A realtime session: a WebSocket that speaks whatever text it was given last."""

import asyncio
import base64
import json
from typing import Any

from aiohttp import WSMsgType

from tests.fake_provider import audio
from tests.fake_provider.truth import Exchange


async def answer(exchange: Exchange, *, gap_s: float, chunks: int) -> None:
    """Serve one session until the client leaves; each of our events is one write, `session`, `audio` or `done`."""
    socket = await exchange.upgrade()

    async def say(kind: str, note: str, **fields: Any) -> None:
        await exchange.write(json.dumps({"type": kind, **fields}).encode(), note)

    session: dict[str, Any] = {"id": "sess-fake", "model": exchange.served.model}
    await say("session.created", "session", session=session)
    text = ""
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            return
        event = json.loads(message.data)
        match event["type"]:
            case "session.update":
                session |= event["session"]
                await say("session.updated", "session", session=session)
            case "conversation.item.create":
                text = "".join(part.get("text", "") for part in event["item"]["content"])
            case "response.create":
                await say("response.created", "session", response={"id": "resp-fake"})
                pcm = audio.speak(text)
                step = -(-len(pcm) // (2 * chunks)) * 2
                for i in range(0, len(pcm), step):
                    await asyncio.sleep(gap_s)
                    await say(
                        "response.output_audio.delta", "audio", delta=base64.b64encode(pcm[i : i + step]).decode()
                    )
                usage = {"input_tokens": len(text.split()), "output_tokens": chunks}
                await say("response.done", "done", response={"id": "resp-fake", "status": "completed", "usage": usage})
