"""The events of a live session, put together: what was spoken, when, where in its body, and how each answer ended."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some of an answer's sound."""

    at: float
    """When it came, in monotonic seconds."""
    end: int
    """Offset of its event's last byte."""
    samples: bytes


@dataclass(slots=True, kw_only=True)
class Response:
    """One answer of a session."""

    text: str = ""
    pieces: list[Piece] = field(default_factory=list)
    done: Mapping[str, Any] | None = None
    """As its last event tells it."""
    cancelled: float | None = None
    """When the provider said that it goes on no longer."""

    @property
    def sound(self) -> bytes:
        return b"".join(piece.samples for piece in self.pieces)


@dataclass(slots=True, kw_only=True)
class Told:
    """What a session has brought so far, in the events of OpenAI (2025-08), which LiteLLM makes of others'."""

    began: bool = False
    stirred: bool = False
    """Whether anything but the session's settings has come."""
    responses: list[Response] = field(default_factory=list)
    heard: list[tuple[float, int]] = field(default_factory=list)
    """When each piece of an answer came, in words or sound, and the offset of its event's last byte."""
    barged: list[float] = field(default_factory=list)
    """When the provider said that the user has begun to speak: a player then falls silent."""
    error: Mapping[str, Any] | None = None
    broken: str = ""
    """Why an event cannot be read."""

    @property
    def text(self) -> str:
        """All answers, one a line."""
        return "\n".join(text for response in self.responses if (text := response.text.strip()))

    def take(self, text: str, *, end: int, at: float) -> None:
        """Take an event that came `at` and whose last byte has the offset `end`."""
        try:
            event = json.loads(text)
            self._take(event, str(event["type"]), end, at)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            self.broken = f"{type(error).__name__}: {error}"

    def _take(self, event: Mapping[str, Any], kind: str, end: int, at: float) -> None:
        self.stirred = self.stirred or not kind.startswith("session.")
        match kind:
            case "session.created" | "session.updated":
                self.began = True
            case "response.created":
                self.responses.append(Response())
            case "response.output_audio.delta" | "response.audio.delta":
                samples = base64.b64decode(event["delta"], validate=True)
                self._last.pieces.append(Piece(at=at, end=end, samples=samples))
                self.heard.append((at, end))
            case (
                "response.output_audio_transcript.delta"
                | "response.audio_transcript.delta"
                | "response.output_text.delta"
                | "response.text.delta"
            ):
                self._last.text += event["delta"]
                self.heard.append((at, end))
            case "response.done":
                self._last.done = event["response"] | {}
                self._last.cancelled = at if event["response"].get("status") == "cancelled" else None
            case "input_audio_buffer.speech_started":
                self.barged.append(at)
            case "error":
                self.error = event["error"] | {}

    @property
    def _last(self) -> Response:
        if not self.responses:
            self.responses.append(Response())
        return self.responses[-1]
