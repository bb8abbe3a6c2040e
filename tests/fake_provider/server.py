"""The server: every endpoint that is measured, each response stamped into the truth log."""

import asyncio
import base64
import hashlib
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiohttp import BodyPartReader, web

from tests.fake_provider import audio, realtime
from tests.fake_provider.certificate import Certificate
from tests.fake_provider.faults import Answer, Fault
from tests.fake_provider.truth import Exchange, Served
from tests.pictures import picture
from tests.videos import mp4

IMAGE_TOKENS = 85
"""Of each picture that is shown."""
MADE_IMAGE_TOKENS = 272
"""Of each that is made."""
AUDIO_TOKENS_PER_SECOND = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One chunk of a chat stream."""

    at_s: float
    """After the request was received."""
    kind: str
    """`content` or `reasoning`."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a model is."""

    first_s: float = 0.0
    """Before the first token; for speech between the container's header and the first sample."""
    gap_s: float = 0.0
    """Between chunks."""
    chunks: int = 4
    timeline: tuple[Piece, ...] = ()
    """Chat: exactly these chunks at these times, whatever was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """A clip in the making, as long and large as was ordered."""

    id: str
    seconds: str
    size: str
    done_at: float

    @property
    def is_done(self) -> bool:
        return time.monotonic() >= self.done_at

    def told(self, status: str) -> bytes:
        return json.dumps(
            {"id": self.id, "object": "video", "status": status, "seconds": self.seconds, "size": self.size}
        ).encode()


@dataclass(kw_only=True)
class FakeProvider:
    """See the package's docstring; the address is known once it runs."""

    answers: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[Fault | None] = ()
    """One for each request in the order they come; None and what follows the last is answered normally."""
    always: Fault | None = None
    """What every request gets once `faults` are used up."""
    scripts: Mapping[str, Sequence[Fault | None]] = field(default_factory=dict)
    """By model name: `faults` of its own, in the order of its own requests."""
    pace: Pace = field(default_factory=Pace)
    paces: Mapping[str, Pace] = field(default_factory=dict)
    """By model name, as the server sees it."""
    port: int = 0
    certificate: Certificate | None = None
    """Serve TLS with it; whoever trusts its file can connect."""
    log: Path | None = None
    """A JSON line a request is appended here as its response ends; `GET /truth` tells the same of all so far."""
    requests: list[Served] = field(default_factory=list)
    connections: int = 0
    """TCP connections that were accepted so far."""

    def __post_init__(self) -> None:
        self._spoken: dict[str, str] = {}
        self._jobs: dict[str, _Job] = {}
        self._runner: web.AppRunner | None = None
        self._listening: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The api_base, with /v1."""
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}/v1"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**28)
        app.router.add_post("/v1/chat/completions", self._handler(self._chat))
        app.router.add_post("/v1/audio/speech", self._handler(self._speech))
        app.router.add_post("/v1/audio/transcriptions", self._handler(self._transcription))
        app.router.add_post("/v1/audio/mos", self._handler(self._mos))
        app.router.add_post("/v1/execute", self._handler(self._execute))
        app.router.add_post("/v1/images/generations", self._handler(self._image))
        app.router.add_post("/v1/images/edits", self._handler(self._image))
        app.router.add_post("/v1", self._handler(self._qwen_image))
        app.router.add_post("/v1/videos", self._handler(self._order))
        app.router.add_get("/v1/videos/{job}", self._handler(self._job))
        app.router.add_get("/v1/videos/{job}/content", self._handler(self._clip))
        app.router.add_post("/v1/v1beta/models/{model}", self._handler(self._google_order))
        app.router.add_get("/v1/v1beta/operations/{job}", self._handler(self._google_job))
        app.router.add_get("/v1/files/{job}", self._handler(self._google_file))
        app.router.add_get("/v1/stored/{job}", self._handler(self._clip))
        app.router.add_post("/v1/embeddings", self._handler(self._embeddings))
        app.router.add_post("/v1/rerank", self._handler(self._rerank))
        app.router.add_get("/v1/realtime", self._handler(self._realtime))
        app.router.add_get("/health", _health)
        app.router.add_get("/truth", self._truth)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
        await self._runner.setup()
        tls = self.certificate.server_context() if self.certificate else None
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(self._accept, "127.0.0.1", self.port, ssl=tls, backlog=1024)
        self.port = self._listening.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        assert self._listening is not None
        self._listening.close()
        await self._runner.cleanup()

    def _accept(self) -> asyncio.Protocol:
        assert self._runner is not None
        assert self._runner.server is not None
        self.connections += 1
        return self._runner.server()

    def _handler(self, answer: Answer) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            received = time.monotonic()
            body = await _body(request)
            served = Served(
                path=request.path,
                model=str(body.get("model", "")),
                headers={name.lower(): value for name, value in request.headers.items()},
                body=body,
                received=received,
                images=[hashlib.sha256(data).hexdigest() for data in _images(body.get("messages") or ())],
            )
            self.requests.append(served)
            exchange = Exchange(request, served)
            own = served.model in self.scripts
            script = self.scripts[served.model] if own else self.faults
            at = sum(not own or before.model == served.model for before in self.requests) - 1
            fault = script[at] if at < len(script) else self.always
            try:
                await (fault(exchange, answer) if fault else answer(exchange))
                return await exchange.end()
            except (ConnectionError, asyncio.CancelledError):
                served.closed = time.monotonic()  # the client has gone; when is part of the truth
                raise
            finally:
                if self.log is not None:
                    with self.log.open("a") as file:
                        file.write(json.dumps(served.truth()) + "\n")

        return handle

    async def _chat(self, exchange: Exchange) -> None:
        served = exchange.served
        prompt = self._last_user_message(served.body["messages"])
        if _family(served.model) == "see":
            prompt = " ".join([*served.images, prompt])
        answer, finish = self._answer(served.model, prompt)
        calls = _calls(answer) if "tools" in served.body else []
        limit = served.body.get("max_tokens") or served.body.get("max_completion_tokens")
        words = answer.split(" ")
        if not calls and limit is not None and len(words) > limit:
            answer, finish = " ".join(words[:limit]), "length"
        usage: dict[str, Any] = {
            "prompt_tokens": len(prompt.split()) + 4 + IMAGE_TOKENS * len(served.images),
            "completion_tokens": len(answer.split()),
        }
        said: dict[str, Any] = {"content": answer}
        if "audio" in (served.body.get("modalities") or ()):
            pcm = self.say(answer)
            said = {"content": None, "audio": {"id": "audio-fake", "transcript": answer, "data": pcm}}
            for side, seconds in (("prompt", _seconds(served.body["messages"])), ("completion", len(pcm) / 48_000)):
                usage[f"{side}_tokens_details"] = {"audio_tokens": round(AUDIO_TOKENS_PER_SECOND * seconds)}
                usage[f"{side}_tokens"] += round(AUDIO_TOKENS_PER_SECOND * seconds)
        usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
        if calls:
            said, finish = {"content": None, "tool_calls": calls}, "tool_calls"
        if exchange.streams:
            await self._stream(exchange, said, finish, usage)
            return
        await asyncio.sleep(self._pace(served.model).first_s)
        if "audio" in said:
            said["audio"]["data"] = base64.b64encode(said["audio"]["data"]).decode()
        choice = {"index": 0, "message": {"role": "assistant", **said}, "finish_reason": finish}
        data = {**_head(served.model, "chat.completion"), "choices": [choice], "usage": usage}
        await exchange.reply(200, json.dumps(data).encode())

    async def _stream(self, exchange: Exchange, said: Mapping[str, Any], finish: str, usage: Mapping[str, int]) -> None:
        served = exchange.served
        head = _head(served.model, "chat.completion.chunk")

        async def send(note: str, delta: Mapping[str, Any], reason: str | None = None) -> None:
            choice = {"index": 0, "delta": delta, "finish_reason": reason}
            await exchange.write(f"data: {json.dumps({**head, 'choices': [choice]})}\n\n".encode(), note)

        await exchange.start(content_type="text/event-stream")
        await send("role", {"role": "assistant", "content": ""})
        for piece in self._pieces(served.model, said["content"] or ""):
            await asyncio.sleep(served.received + piece.at_s - time.monotonic())
            await send(piece.kind, {"content" if piece.kind == "content" else "reasoning_content": piece.text})
        for index, call in enumerate(said.get("tool_calls", ())):
            name, arguments = call["function"]["name"], call["function"]["arguments"]
            head_of_call = {**call, "index": index, "function": {"name": name, "arguments": ""}}
            await send("tool", {"tool_calls": [head_of_call]})
            for part in (arguments[:7], arguments[7:]):  # cut anywhere, as providers do
                await send("tool", {"tool_calls": [{"index": index, "function": {"arguments": part}}]})
        if "audio" in said:
            await self._stream_audio(served.model, said["audio"], send)
        await send("finish", {}, finish)
        if (served.body.get("stream_options") or {}).get("include_usage"):
            await exchange.write(f"data: {json.dumps({**head, 'choices': [], 'usage': usage})}\n\n".encode(), "usage")
        await exchange.write(b"data: [DONE]\n\n", "done")

    async def _stream_audio(self, model: str, audio: Mapping[str, Any], send: Callable[..., Awaitable[None]]) -> None:
        """The words first, and a gap later the sound: in as many pieces as the pace has chunks."""
        pace, pcm = self._pace(model), audio["data"]
        await asyncio.sleep(pace.first_s)
        await send("content", {"audio": {"id": audio["id"], "transcript": audio["transcript"]}})
        step = -(-len(pcm) // (2 * pace.chunks)) * 2
        for i in range(0, len(pcm), step):
            await asyncio.sleep(pace.gap_s)
            await send("audio", {"audio": {"data": base64.b64encode(pcm[i : i + step]).decode()}})

    def _pieces(self, model: str, answer: str) -> Sequence[Piece]:
        pace = self._pace(model)
        if pace.timeline or not answer:
            return pace.timeline
        thoughts = ["Let me ", "think. "] if _family(model) == "reason" else []
        step = max(1, -(-len(answer) // pace.chunks))
        parts = [("reasoning", text) for text in thoughts]
        parts += [("content", answer[i : i + step]) for i in range(0, len(answer), step)]
        return [Piece(at_s=pace.first_s + i * pace.gap_s, kind=kind, text=text) for i, (kind, text) in enumerate(parts)]

    def _answer(self, model: str, prompt: str) -> tuple[str, str]:
        family = _family(model)
        if family == "filter":
            return "", "content_filter"
        if family in ("echo", "see", "reason") or not self.answers:
            return prompt, "stop"
        if prompt in self.answers:
            return self.answers[prompt], "stop"
        return next((text for key, text in self.answers.items() if key in prompt), "I do not know."), "stop"

    async def _speech(self, exchange: Exchange) -> None:
        served, pace = exchange.served, self._pace(exchange.served.model)
        pcm = self.say(served.body["input"])
        await exchange.start(content_type="audio/wav")
        await exchange.write(audio.header(), "header")
        step = -(-len(pcm) // (2 * pace.chunks)) * 2
        for i in range(0, len(pcm), step):
            await asyncio.sleep(pace.gap_s if i else pace.first_s)
            await exchange.write(pcm[i : i + step], "audio")

    async def _transcription(self, exchange: Exchange) -> None:
        """Hears what this server has spoken, word for word; any other clip is "hello world"."""
        await asyncio.sleep(self._pace(exchange.served.model).first_s)
        await exchange.reply(200, json.dumps({"text": self._hear(exchange.served.body["file"])}).encode())

    def say(self, text: str) -> bytes:
        """Samples of `text`, which this server understands when it hears them."""
        pcm = audio.speak(text)
        self._spoken[_print(pcm)] = text
        return pcm

    def _hear(self, wav: bytes) -> str:
        return self._understand(audio.samples(wav))

    def _understand(self, pcm: bytes) -> str:
        return self._spoken.get(_print(pcm), "hello world")

    def _last_user_message(self, messages: Sequence[Mapping[str, Any]]) -> str:
        """The words of the last question, those that are heard among them."""
        content = [m["content"] for m in messages if m["role"] == "user"][-1]
        if isinstance(content, str):
            return content
        heard = [self._hear(wav) for wav in _recordings(messages[-1:])]
        words = "".join(part["text"] for part in content if part["type"] == "text")
        return " ".join([*heard, *([words] if words or not heard else [])])

    async def _mos(self, exchange: Exchange) -> None:
        await exchange.reply(200, json.dumps({"sig": 3.5, "bak": 4.0, "ovrl": 3.25}).encode())

    async def _execute(self, exchange: Exchange) -> None:
        """Runs nothing: a program that says so passes."""
        passed = "passes" in exchange.served.body["program"]
        await exchange.reply(200, json.dumps({"passed": passed, "reason": "passed" if passed else "why"}).encode())

    async def _image(self, exchange: Exchange) -> None:
        """Draws a green picture, whatever is asked; tells the sha256 of the pictures that are to be edited."""
        body = exchange.served.body
        given = [value for name, value in body.items() if name.startswith("image") and isinstance(value, bytes)]
        exchange.served.images += [hashlib.sha256(data).hexdigest() for data in given]
        words, shown = len(body["prompt"].split()), IMAGE_TOKENS * len(given)
        usage = {
            "input_tokens": words + shown,
            "output_tokens": MADE_IMAGE_TOKENS,
            "total_tokens": words + shown + MADE_IMAGE_TOKENS,
            "input_tokens_details": {"text_tokens": words, "image_tokens": shown},
        }
        made = base64.b64encode(picture(64, 48, colour="green")).decode()
        await asyncio.sleep(self._pace(exchange.served.model).first_s)
        answer = {"created": 1, "data": [{"b64_json": made}], "usage": usage}
        await exchange.reply(200, json.dumps(answer).encode())

    async def _qwen_image(self, exchange: Exchange) -> None:
        """DashScope's answer: a link."""
        content = [{"image": f"{self.url}/stored/picture"}]
        await exchange.reply(200, json.dumps({"output": {"choices": [{"message": {"content": content}}]}}).encode())

    async def _order(self, exchange: Exchange) -> None:
        """Takes a job whose clip is there when the pace's first word would be; tells the sha256 of what it shows."""
        body = exchange.served.body
        given = [value for name, value in body.items() if name.startswith("input_reference")]
        exchange.served.images += [hashlib.sha256(data).hexdigest() for data in given]
        job = self._take(exchange, body["seconds"], body.get("size", "1280x720"))
        await exchange.reply(200, job.told("queued"), openai_poll_after_ms="10")

    async def _job(self, exchange: Exchange) -> None:
        job = self._jobs[exchange.request.match_info["job"]]
        await exchange.reply(200, job.told("completed" if job.is_done else "in_progress"), openai_poll_after_ms="10")

    async def _clip(self, exchange: Exchange) -> None:
        job = self._jobs[exchange.request.match_info["job"]]
        width, height = map(int, job.size.split("x"))
        await exchange.reply(200, mp4(float(job.seconds), width, height), content_type="video/mp4")

    async def _google_order(self, exchange: Exchange) -> None:
        job = self._take(exchange, exchange.served.body["parameters"]["durationSeconds"], "1280x720")
        await exchange.reply(200, json.dumps({"name": f"operations/{job.id}"}).encode())

    async def _google_job(self, exchange: Exchange) -> None:
        job = self._jobs[exchange.request.match_info["job"]]
        samples = [{"video": {"uri": f"{self.url}/files/{job.id}?alt=media"}}]
        done = {"done": True, "response": {"generateVideoResponse": {"generatedSamples": samples}}}
        told = {"name": f"operations/{job.id}", **(done if job.is_done else {})}
        await exchange.reply(200, json.dumps(told).encode(), retry_after="0.01")

    async def _google_file(self, exchange: Exchange) -> None:
        """Not here, but where no key is asked for."""
        await exchange.reply(302, b"", location=f"/v1/stored/{exchange.request.match_info['job']}")

    def _take(self, exchange: Exchange, seconds: str, size: str) -> _Job:
        done_at = exchange.served.received + self._pace(exchange.served.model).first_s
        job = _Job(id=f"job-{len(self._jobs) + 1}", seconds=str(seconds), size=size, done_at=done_at)
        self._jobs[job.id] = job
        return job

    async def _realtime(self, exchange: Exchange) -> None:
        model = exchange.served.model
        pace = self._pace(model)
        session = realtime.Session(
            exchange=exchange, first_s=pace.first_s, gap_s=pace.gap_s, chunks=pace.chunks, hear=self._understand,
            reply=lambda text: self._answer(model, text)[0], say=self.say, yields=_family(model) != "stubborn",
        )  # fmt: skip
        await session.serve()

    async def _embeddings(self, exchange: Exchange) -> None:
        """The same text gives the same eight numbers."""
        given = exchange.served.body["input"]
        texts = [given] if isinstance(given, str) else given
        data = [{"object": "embedding", "index": i, "embedding": _vector(text)} for i, text in enumerate(texts)]
        tokens = sum(len(text.split()) for text in texts)
        head = {"object": "list", "model": exchange.served.model}
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        await asyncio.sleep(self._pace(exchange.served.model).first_s)
        await exchange.reply(200, json.dumps({**head, "data": data, "usage": usage}).encode())

    async def _rerank(self, exchange: Exchange) -> None:
        """Relevance is the share of the query's words that a document holds."""
        body = exchange.served.body
        words = set(body["query"].split())
        relevance = [len(words & set(text.split())) / max(1, len(words)) for text in body["documents"]]
        order = sorted(range(len(relevance)), key=lambda at: -relevance[at])[: body.get("top_n")]
        results = [{"index": at, "relevance_score": relevance[at]} for at in order]
        tokens = sum(len(body["query"].split()) + len(text.split()) for text in body["documents"])
        await asyncio.sleep(self._pace(exchange.served.model).first_s)
        await exchange.reply(
            200, json.dumps({"id": "rr", "results": results, "usage": {"total_tokens": tokens}}).encode()
        )

    async def _truth(self, _: web.Request) -> web.Response:
        told = {"connections": self.connections, "requests": [served.truth() for served in self.requests]}
        return web.json_response(told)

    def _pace(self, model: str) -> Pace:
        return self.paces.get(model, self.pace)


@contextmanager
def running(**options: Any) -> Iterator[FakeProvider]:
    """Run `FakeProvider(**options)` in a thread with an event loop of its own."""
    provider, loop = FakeProvider(**options), asyncio.new_event_loop()
    ready, stop = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with provider:
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), name="fake-provider", daemon=True)
    thread.start()
    try:
        assert ready.wait(10), "the fake provider did not start"
        yield provider
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


async def _health(_: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type == "multipart/form-data":
        form: dict[str, Any] = {}
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            form[part.name or ""] = bytes(await part.read()) if part.filename else await part.text()
        return form
    if request.method == "GET":
        return dict(request.query)
    if request.content_type == "application/json":
        data: dict[str, Any] = await request.json()
        return data
    return {"file": await request.read()}


def _recordings(messages: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    for message in messages:
        for part in message["content"] if isinstance(message.get("content"), list) else ():
            if part["type"] == "input_audio":
                assert part["input_audio"]["format"] == "wav"
                yield base64.b64decode(part["input_audio"]["data"], validate=True)


def _seconds(messages: Sequence[Mapping[str, Any]]) -> float:
    """Seconds of what is to be heard, of 16-bit samples at the rate in the header."""
    return sum(len(audio.samples(wav)) / 2 / int.from_bytes(wav[24:28], "little") for wav in _recordings(messages))


def _images(messages: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    """The bytes of the pictures in `data:` URLs; whatever else names a picture would have to be fetched."""
    for message in messages:
        for part in message["content"] if isinstance(message.get("content"), list) else ():
            if part["type"] == "image_url":
                kind, encoded = part["image_url"]["url"].split(";base64,")
                assert kind.startswith("data:image/")
                yield base64.b64decode(encoded, validate=True)


def _calls(answer: str) -> list[dict[str, Any]]:
    """The tool calls that an answer `{"calls": [{"name": ..., "arguments": {...}}]}` stands for."""
    if not answer.startswith('{"calls"'):
        return []
    return [
        {
            "id": f"call-{number}",
            "type": "function",
            "function": {"name": call["name"], "arguments": json.dumps(call["arguments"], ensure_ascii=False)},
        }
        for number, call in enumerate(json.loads(answer)["calls"])
    ]


def _print(pcm: bytes) -> str:
    """What tells sounds apart, whatever silence follows."""
    return hashlib.sha256(pcm.rstrip(b"\0")).hexdigest()


def _vector(text: str) -> list[float]:
    return [(byte - 128) / 128 for byte in hashlib.sha256(text.encode()).digest()[:8]]


def _family(model: str) -> str:
    return model.rpartition("/")[2]


def _head(model: str, kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-fake", "object": kind, "created": 1, "model": model}
