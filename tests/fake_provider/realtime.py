"""A realtime session: a WebSocket that hears or reads what it is given, and says what it knows of it."""

import array
import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType

from tests.fake_provider.truth import Exchange

TOKENS_PER_SECOND = 20
RATE = 24_000
LOUD = 500
"""A sample beyond this is speech."""
SILENCE_S = 0.5
"""After so much silence a turn has ended, where the session does not say how much."""


@dataclass(kw_only=True)
class Session:
    """Serves one session until the client leaves; each event is one write: `session`, `content`, `audio`, `done`.

    When a turn has ended is noted as `heard`, without a write's bytes: the moment that a client's latency counts from.
    """

    exchange: Exchange
    first_s: float
    """Before the first word of an answer."""
    gap_s: float
    """Before each piece of its sound."""
    chunks: int
    hear: Callable[[bytes], str]
    reply: Callable[[str], str]
    say: Callable[[str], bytes]
    yields: bool = True
    """Whether it stops speaking when the user begins to."""
    settings: dict[str, Any] = field(default_factory=dict)
    buffer: bytes = b""
    """What has been heard of this turn."""
    silence: bytes = b""
    """What has been heard since its last word."""

    async def serve(self) -> None:
        socket = await self.exchange.upgrade()
        self.settings = {"id": "sess-fake", "model": self.exchange.served.model}
        await self.tell("session.created", "session", session=self.settings)
        text = ""
        answering: asyncio.Future[None] = asyncio.ensure_future(asyncio.sleep(0))
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    return
                event = json.loads(message.data)
                match event["type"]:
                    case "session.update":
                        self.settings |= event["session"]
                        self.exchange.served.body["session"] = event["session"]
                        await self.tell("session.updated", "session", session=self.settings)
                    case "conversation.item.create":
                        text = "".join(part.get("text", "") for part in event["item"]["content"])
                    case "input_audio_buffer.append" if self.detector is None:
                        self.buffer += base64.b64decode(event["audio"], validate=True)
                    case "input_audio_buffer.append":
                        answering = await self.listen(base64.b64decode(event["audio"], validate=True), answering)
                    case "input_audio_buffer.commit":
                        self.exchange.note("heard")
                    case "response.create":
                        await self.respond(text)
        finally:
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)

    @property
    def detector(self) -> dict[str, Any] | None:
        """What the session says of who finds the end of a turn; None: the client does."""
        found: dict[str, Any] | None = self.settings.get("audio", {}).get("input", {}).get("turn_detection")
        return found

    async def listen(self, frame: bytes, answering: asyncio.Future[None]) -> asyncio.Future[None]:
        """Hear a frame; return what is being answered after it."""
        assert self.detector is not None
        loud = any(abs(sample) > LOUD for sample in array.array("h", frame))
        if loud:
            if not self.buffer and self.yields:
                await self.tell("input_audio_buffer.speech_started", "barged")
                answering.cancel()
            self.buffer += self.silence + frame
            self.silence = b""
        elif self.buffer:
            self.silence += frame
            if len(self.silence) >= 2 * RATE * self.detector.get("silence_duration_ms", SILENCE_S * 1000) / 1000:
                await self.tell("input_audio_buffer.speech_stopped", "session")
                self.exchange.note("heard")
                self.silence = b""
                return asyncio.ensure_future(self.respond(""))
        return answering

    async def respond(self, text: str) -> None:
        """Answer what has been heard, or else `text`; an answer that is cancelled says so."""
        seconds, heard, self.buffer = len(self.buffer) / (2 * RATE), self.buffer, b""
        said = self.reply(text or self.hear(heard))
        pcm = self.say(said)
        await self.tell("response.created", "session", response={"id": "resp-fake"})
        status = "completed"
        try:
            await asyncio.sleep(self.first_s)
            await self.tell("response.output_audio_transcript.delta", "content", delta=said)
            step = -(-len(pcm) // (2 * self.chunks)) * 2
            for i in range(0, len(pcm), step):
                await asyncio.sleep(self.gap_s)
                delta = base64.b64encode(pcm[i : i + step]).decode()
                await self.tell("response.output_audio.delta", "audio", delta=delta)
        except asyncio.CancelledError:
            status = "cancelled"
        tokens = [round(TOKENS_PER_SECOND * s) for s in (seconds, len(pcm) / (2 * RATE))]
        words = len(text.split())
        usage = {
            "input_tokens": words + tokens[0],
            "output_tokens": len(said.split()) + tokens[1],
            "input_token_details": {"text_tokens": words, "audio_tokens": tokens[0]},
            "output_token_details": {"text_tokens": len(said.split()), "audio_tokens": tokens[1]},
        }
        await self.tell("response.done", "done", response={"id": "resp-fake", "status": status, "usage": usage})

    async def tell(self, kind: str, note: str, **fields: Any) -> None:
        await self.exchange.write(json.dumps({"type": kind, **fields}).encode(), note)
