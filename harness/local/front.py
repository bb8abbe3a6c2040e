"""The OpenAI HTTP API of an embedded engine that is no language model, on loopback."""

import base64
import json
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from harness.local import asked, reading
from harness.local.asked import MEDIA_TYPES, MOST_AUDIO_BYTES, Refused
from harness.local.audio import HEARD_AT, Samples, heard
from harness.local.engines import Embedder, Executor, Listener, Ranker, Rater, Reader, Served, Speaker
from harness.local.wav import stream_header

_MOST_JSON_BYTES = 2**20
_FORM_BYTES = 2**16
"""What a form may have beside its clip."""
_MOST_DISCARDED = 2**28
_WORD = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAKAAAAAwAQAAAAC+0kzDAAAAgElEQVR42mP8z4AJmBhGvKC8A6rgp/8OdLP9YQMDQwu64IIDDP9r"
    "0QX7HjD8s2hAFvzPxCDIwMDggqbyv0IBw5+mA8iCjP8wbGdhYGBgOHiBn0h32n8g0keMDxgYWOoc0FR+eMDAsAfd9kIHBqYTx9FU"
    "JiQwMDYjqWQcTbTkCgIATb4dfIzA6NcAAAAASUVORK5CYII="
)
"""A picture of the word "Hello"."""


class Front(ThreadingHTTPServer):
    """Serves one engine, one call at a time: two at once would measure each other.

    The engine has served one small request of ours before the port opens, so that no user's call pays for what is
    made on first use.
    """

    daemon_threads = True

    def __init__(self, model: str, engine: Served, *, port: int) -> None:
        self.model = model
        self.engine = engine
        self.turn = threading.Lock()
        _warm(engine)
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that go away between two requests."""
        del request, client_address
        if not isinstance(sys.exception(), ConnectionError):
            traceback.print_exc(file=sys.stderr)


def _warm(engine: Served) -> None:
    silence = np.zeros(HEARD_AT, dtype=np.float32)
    if isinstance(engine, Speaker):
        for _ in engine.speak("Hello there.", voice=engine.voices[0], speed=1.0):
            pass
    elif isinstance(engine, Listener):
        engine.transcribe(silence, language="en")
    elif isinstance(engine, Embedder):
        engine.embed(["Hello there."])
    elif isinstance(engine, Ranker):
        engine.rank("Hello there.", ["Hello there."])
    elif isinstance(engine, Reader):
        engine.read(_WORD)
    elif isinstance(engine, Rater):
        engine.rate(silence)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # a response's head and first piece leave together
    server: Front

    def do_GET(self) -> None:
        self._serve({"/health": self._health, "/v1/models": self._models})

    def do_POST(self) -> None:
        engine = self.server.engine
        if isinstance(engine, Speaker):
            self._serve({"/v1/audio/speech": lambda: self._speak(engine)})
        elif isinstance(engine, Listener):
            self._serve({"/v1/audio/transcriptions": lambda: self._transcribe(engine)})
        elif isinstance(engine, Embedder):
            self._serve({"/v1/embeddings": lambda: self._embed(engine)})
        elif isinstance(engine, Ranker):
            self._serve({"/v1/rerank": lambda: self._rank(engine)})
        elif isinstance(engine, Reader):
            self._serve({"/v1/chat/completions": lambda: self._read(engine)})
        elif isinstance(engine, Executor):
            self._serve({"/v1/execute": lambda: self._execute(engine)})
        else:
            self._serve({"/v1/audio/mos": lambda: self._rate(engine)})

    def _serve(self, routes: Mapping[str, Callable[[], None]]) -> None:
        self._begun = False
        if self.command == "POST":  # a log that counts what came, whatever becomes of it
            sys.stderr.write(f"{self.command} {self.path}\n")
        try:
            route = routes.get(self.path.partition("?")[0])
            if route is None:
                raise Refused(f"there is no {self.command} {self.path}", status=404)
            route()
        except Refused as refusal:
            self.close_connection = True  # its body may be unread
            self._json(refusal.body, refusal.status)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client went away
        except Exception as error:  # an engine that fails must neither end the process nor leave what looks whole
            traceback.print_exc(file=sys.stderr)
            self.close_connection = True
            if not self._begun:
                self._json({"error": {"message": f"{type(error).__name__}: {error}", "type": "server_error"}}, 500)

    def _health(self) -> None:
        self._json({"status": "ok"})

    def _models(self) -> None:
        self._json({"object": "list", "data": [{"id": self.server.model, "object": "model", "owned_by": "local"}]})

    def _speak(self, engine: Speaker) -> None:
        wanted = asked.speech(self._body(_MOST_JSON_BYTES), model=self.server.model, voices=engine.voices)
        rate = engine.sample_rate
        speaking = engine.speak(wanted.text, voice=wanted.voice, speed=wanted.speed)
        # closed before the next turn: a client that goes away must not leave an engine at work
        with self.server.turn, closing(speaking) as pieces:
            # the head waits for the first sound: an engine that fails before it can still say so
            first = next(pieces, b"")
            self._head(200, MEDIA_TYPES[wanted.format], {"Transfer-Encoding": "chunked", "X-Sample-Rate": str(rate)})
            self._chunk((stream_header(rate) if wanted.format == "wav" else b"") + first)
            for piece in pieces:
                self._chunk(piece)
        self.wfile.write(b"0\r\n\r\n")

    def _transcribe(self, engine: Listener) -> None:
        wanted = asked.transcription(
            self.headers.get("Content-Type", ""),
            self._body(MOST_AUDIO_BYTES + _FORM_BYTES),
            model=self.server.model,
            languages=engine.languages,
        )
        samples = self._samples(wanted.clip)
        with self.server.turn:
            heard_as = engine.transcribe(samples, language=wanted.language)
        if wanted.format == "text":
            self._whole(200, "text/plain; charset=utf-8", heard_as.text.encode() + b"\n")
            return
        duration_s = round(len(samples) / HEARD_AT, 3)
        self._json({"text": heard_as.text, "language": heard_as.language, "duration": duration_s})

    def _rate(self, engine: Rater) -> None:
        samples = self._samples(self._body(MOST_AUDIO_BYTES))
        with self.server.turn:
            ratings = engine.rate(samples)
        self._json(ratings)

    def _execute(self, engine: Executor) -> None:
        job = asked.execution(self._body(_MOST_JSON_BYTES), model=self.server.model)
        with self.server.turn:
            verdict = engine.execute(job)
        self._json({"passed": verdict.passed, "reason": verdict.reason})

    def _embed(self, engine: Embedder) -> None:
        texts = asked.embedding(self._body(_MOST_JSON_BYTES), model=self.server.model)
        with self.server.turn:
            vectors, tokens = engine.embed(texts).tolist(), engine.count(texts)
        data = [{"object": "embedding", "index": at, "embedding": vector} for at, vector in enumerate(vectors)]
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        self._json({"object": "list", "model": self.server.model, "data": data, "usage": usage})

    def _rank(self, engine: Ranker) -> None:
        wanted = asked.ranking(self._body(_MOST_JSON_BYTES), model=self.server.model)
        with self.server.turn:
            relevance = engine.rank(wanted.query, wanted.documents)
        order = sorted(range(len(relevance)), key=lambda at: -relevance[at])[: wanted.top_n]
        results = [{"index": at, "relevance_score": relevance[at]} for at in order]
        self._json({"model": self.server.model, "results": results})

    def _read(self, engine: Reader) -> None:
        model = self.server.model
        wanted = reading.chat(self._body(reading.MOST_BYTES), model=model)
        try:
            with self.server.turn:
                text = "\n".join(map(engine.read, wanted.pictures))
        except ValueError as error:
            raise Refused(str(error), param="messages") from error
        if not wanted.stream:
            self._json(reading.document(text, model=model))
            return
        self._head(200, "text/event-stream", {"Transfer-Encoding": "chunked"})
        for event in reading.events(text, model=model):
            self._chunk(event)
        self.wfile.write(b"0\r\n\r\n")

    def _samples(self, clip: bytes) -> Samples:
        try:
            return heard(clip)
        except ValueError as error:
            raise Refused(str(error), param="file") from error

    def _body(self, most: int) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            raise Refused("the request must have a Content-Length")
        if int(length) > most:
            left = min(int(length), _MOST_DISCARDED)
            while left > 0 and (block := self.rfile.read(min(left, 2**16))):
                left -= len(block)  # unread, it would reset the connection before the client sees the reason
            raise Refused(f"the body has {int(length):,} bytes, more than {most:,}")
        return self.rfile.read(int(length))

    def _json(self, value: Mapping[str, object], status: int = 200) -> None:
        self._whole(status, "application/json", json.dumps(value, ensure_ascii=False).encode())

    def _whole(self, status: int, media_type: str, body: bytes) -> None:
        self._head(status, media_type, {"Content-Length": str(len(body))})
        self.wfile.write(body)

    def _head(self, status: int, media_type: str, headers: Mapping[str, str]) -> None:
        self._begun = True
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _chunk(self, piece: bytes) -> None:
        if piece:  # an empty chunk would end the response
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: stderr is for what goes wrong, and for one line a request (`_serve`)."""
