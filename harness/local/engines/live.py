"""Live sessions with a recogniser, a language model and a voice: OpenAI's realtime API over a WebSocket."""

import base64
import json
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import soxr
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from harness.core.sound import RAW_RATE
from harness.local.audio import HEARD_AT, Samples
from harness.local.detector import Detector
from harness.local.engines import Listener, Speaker
from harness.local.serve import Server
from harness.scorers.sentences import sentences

_MIND = ".gguf"
_MOST_BYTES = 2**22
"""Of one event."""
_TOKENS_PER_WORD = 16
"""The bound of an answer counts sound; a token of words stands for so many of it."""
_REMEMBERED = 6
"""Messages of the conversation that the language model is told."""
_PIECE_BYTES = RAW_RATE // 5 * 2
_TOKENS_PER_SECOND = {"input": 10, "output": 20}
"""As OpenAI counts them."""


class Live:
    """One process that listens, thinks and speaks; one answer is made at a time."""

    def __init__(self, ear: Listener, mind: Server, voice: Speaker, *, port: int) -> None:
        if voice.sample_rate != RAW_RATE:
            raise ValueError(f"a session has {RAW_RATE} Hz, and the voice {voice.sample_rate}")
        self._ear, self._mind, self._voice = ear, mind, voice  # the mind's server lives as long as this object
        self._thoughts = httpx.Client(base_url=f"http://127.0.0.1:{mind.server_port}", timeout=120, trust_env=False)
        self._turn = threading.Lock()
        self._ear.transcribe(np.zeros(HEARD_AT, dtype=np.float32), language="en")
        for _ in voice.speak("Hello there.", voice=voice.voices[0], speed=1.0):
            pass
        self._server = serve(
            self._talk, "127.0.0.1", port, process_request=_health, compression=None, max_size=_MOST_BYTES
        )
        self.server_port: int = self._server.socket.getsockname()[1]

    def serve_forever(self) -> None:
        """Answer until the process ends."""
        self._server.serve_forever()

    def close(self) -> None:
        """Listen no longer."""
        self._server.shutdown()
        self._thoughts.close()

    def answer(self, heard: bytes, told: "_Talk", is_over: Callable[[], bool]) -> None:
        """Understand 16-bit samples at RAW_RATE, and say what is to be said to them until it is over."""
        with self._turn:
            sound: Samples = soxr.resample(np.frombuffer(heard, "<i2").astype(np.float32) / 32768, RAW_RATE, HEARD_AT)
            words = self._ear.transcribe(sound, language="en").text.strip()
            told.send("response.created", response={"id": "response"})
            said, spoken = "", 0
            if words:
                told.messages.append({"role": "user", "content": words})
                for sentence in _whole(self._think(told)):
                    if is_over():
                        break
                    said += f" {sentence}" if said else sentence
                    told.send("response.output_audio_transcript.delta", delta=f"{sentence} ")
                    spoken += told.speak(self._voice, sentence, is_over)
                told.messages.append({"role": "assistant", "content": said})
            told.done(len(heard), spoken, is_over=is_over())

    def _think(self, told: "_Talk") -> Iterator[str]:
        """Yield what the language model says, as it says it."""
        system = [{"role": "system", "content": told.instructions}] if told.instructions else []
        body = {
            "messages": [*system, *told.messages[-_REMEMBERED:]],
            "max_tokens": told.most_tokens,
            "temperature": 0,
            "stream": True,
        }
        with self._thoughts.stream("POST", "/v1/chat/completions", json=body) as response:
            response.raise_for_status()
            for line in response.iter_lines():
                if line.startswith("data: {"):
                    choices = json.loads(line.removeprefix("data: "))["choices"]
                    yield (choices[0]["delta"].get("content") or "") if choices else ""

    def _talk(self, connection: ServerConnection) -> None:
        talk = _Talk(self, connection)
        try:
            talk.send("session.created", session={"id": "session", "model": "live-cascade"})
            for message in connection:
                talk.take(json.loads(message))
        except ConnectionClosed:
            pass
        finally:
            talk.fall_silent()


class _Talk:
    """One session."""

    def __init__(self, live: Live, connection: ServerConnection) -> None:
        self._live, self._connection = live, connection
        self.messages: list[dict[str, str]] = []
        self.instructions = ""
        self.most_tokens = 256
        self._detector: Detector | None = None
        self._heard = b""
        self._over = threading.Event()
        """Of the answer that is being made."""

    def take(self, event: Mapping[str, Any]) -> None:
        match event.get("type"):
            case "session.update":
                self._set(event["session"])
                self.send("session.updated", session=event["session"])
            case "input_audio_buffer.append":
                sound = base64.b64decode(event["audio"])
                if self._detector is None:
                    self._heard += sound
                else:
                    self._listen(self._detector, sound)
            case "input_audio_buffer.commit":
                self.send("input_audio_buffer.committed", item_id="item")
            case "response.create":
                self._answer(self._heard)
                self._heard = b""

    def _set(self, session: Mapping[str, Any]) -> None:
        self.instructions = str(session.get("instructions") or "")
        if isinstance(most := session.get("max_output_tokens"), int):
            self.most_tokens = max(1, most // _TOKENS_PER_WORD)
        found = session.get("audio", {}).get("input", {}).get("turn_detection", {})
        self._detector = None if found is None else Detector(silence_s=found.get("silence_duration_ms", 500) / 1000)

    def _listen(self, detector: Detector, sound: bytes) -> None:
        for turn in detector.hear(sound):
            if turn is None:
                self.send("input_audio_buffer.speech_started")
                self.fall_silent()
            else:
                self.send("input_audio_buffer.speech_stopped")
                self._answer(turn)

    def _answer(self, heard: bytes) -> None:
        self._over = threading.Event()
        threading.Thread(target=self._try, args=(heard, self._over.is_set), daemon=True).start()

    def _try(self, heard: bytes, is_over: Callable[[], bool]) -> None:
        try:
            self._live.answer(heard, self, is_over)
        except ConnectionClosed:
            pass
        except Exception as error:  # the session must neither hang nor end without a word
            traceback.print_exc(file=sys.stderr)
            self.send("error", error={"type": "server_error", "message": f"{type(error).__name__}: {error}"})

    def fall_silent(self) -> None:
        """Go on no longer with the answer that is being made."""
        self._over.set()

    def speak(self, voice: Speaker, sentence: str, is_over: Callable[[], bool]) -> int:
        """Send a sentence until it is over; return how many bytes of samples that was."""
        sent = 0
        for piece in voice.speak(sentence, voice=voice.voices[0], speed=1.0):
            for at in range(0, len(piece), _PIECE_BYTES):
                if is_over():
                    return sent
                part = piece[at : at + _PIECE_BYTES]
                self.send("response.output_audio.delta", delta=base64.b64encode(part).decode())
                sent += len(part)
        return sent

    def done(self, heard: int, spoken: int, *, is_over: bool) -> None:
        """Tell that an answer has ended, with the bytes of samples on both sides as tokens."""
        tokens = {
            side: round(size / (2 * RAW_RATE) * _TOKENS_PER_SECOND[side])
            for side, size in (("input", heard), ("output", spoken))
        }
        usage = {f"{side}_tokens": count for side, count in tokens.items()} | {
            f"{side}_token_details": {"text_tokens": 0, "audio_tokens": count} for side, count in tokens.items()
        }
        status = "cancelled" if is_over else "completed"
        self.send("response.done", response={"id": "response", "status": status, "usage": usage})

    def send(self, kind: str, **fields: Any) -> None:
        self._connection.send(json.dumps({"type": kind, **fields}))


def _whole(pieces: Iterable[str]) -> Iterator[str]:
    """Yield each sentence of `pieces` as soon as the next one has begun, and the last one at the end."""
    text, given = "", 0
    for piece in pieces:
        text += piece
        for sentence in sentences(text)[given:-1]:
            yield sentence.strip()
            given += 1
    yield from (sentence.strip() for sentence in sentences(text)[given:])


def listen(name: str, files: Mapping[str, Path], *, threads: int, port: int) -> Live:
    """Load the three and let each work once."""
    from harness.local.engines import hibari, llama, whisper

    del name
    mind = {file: path for file, path in files.items() if file.endswith(_MIND)}
    return Live(
        whisper.load(files, threads=threads),
        llama.listen("smollm2-135m", mind, threads=threads, port=0),
        hibari.load(files, threads=threads),
        port=port,
    )


def _health(connection: ServerConnection, request: Request) -> Response | None:
    return connection.respond(HTTPStatus.OK, "ok\n") if request.path == "/health" else None
