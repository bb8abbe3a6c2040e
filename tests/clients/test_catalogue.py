"""Each shipped candidate through real LiteLLM up to the wire: one request, to its provider, with its key."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from harness.clients.deadlines import Deadlines
from harness.clients.send import send
from harness.clients.tap import Exchange, Handle, Wire, listening
from harness.clients.target import resolve as reach
from harness.config.candidates import resolve
from harness.config.paths import PROVIDERS_FILE, shipped
from harness.config.providers import read_providers
from harness.core.calls import Failure
from harness.core.candidates import Candidate
from harness.core.requests import Request, TranscriptionRequest
from harness.core.runs import Bakeoff
from harness.core.suites import Sample, Suite, Task
from harness.execute.plan import plan
from harness.scorers import Contains
from tests.clients.trip import AUDIO, CLIP

HOSTS: Mapping[str, str | tuple[str, ...]] = {
    "anthropic": "api.anthropic.com",
    "azure": "westeurope.tts.speech.microsoft.com",
    "cohere": ("api.cohere.com", "api.cohere.ai"),
    "dashscope": "dashscope.aliyuncs.com",
    "deepgram": "api.deepgram.com",
    "deepseek": "api.deepseek.com",
    "elevenlabs": "api.elevenlabs.io",
    "fal_ai": "queue.fal.run",
    "gemini": "generativelanguage.googleapis.com",
    "groq": "api.groq.com",
    "minimax": "api.minimax.io",
    "mistral": "api.mistral.ai",
    "moonshot": "api.moonshot.ai",
    "openai": "api.openai.com",
    "runwayml": "api.dev.runwayml.com",
    "voyage": "api.voyageai.com",
    "volcengine": "ark.cn-beijing.volces.com",
    "xai": "api.x.ai",
    "zai": "api.z.ai",
}
CALLED = {"text", "tts", "transcription", "video_generation", "image_generation", "rerank"}
"""All but live sessions, which no transport carries; embedders are asked to rank."""


class Environment(dict[str, str]):
    """Has every key: its own name. The one address is that of a region."""

    def get(self, name: str, _: object = None) -> str:  # type: ignore[override]
        return "https://westeurope.api.cognitive.microsoft.com" if name.endswith("_ENDPOINT") else f"key-of-{name}"


def called() -> list[Candidate]:
    problems: list[object] = []
    providers = read_providers(shipped() / PROVIDERS_FILE, problems)  # type: ignore[arg-type]
    found = [resolve(entry, Environment(), problems) for entry in providers.entries]  # type: ignore[arg-type]
    candidates = [it.candidate for it in found if it is not None]
    assert not problems
    return [c for c in candidates if not c.is_local and c.modalities & CALLED]


@dataclass(kw_only=True)
class Customs:
    """A tap that lets nothing out: it keeps what LiteLLM would have sent, and refuses the key."""

    seen: list[httpx.Request] = field(default_factory=list)

    @asynccontextmanager
    async def listen(self, wire: Wire) -> AsyncIterator[None]:
        with listening(self, wire):
            yield

    async def carry(self, request: httpx.Request, wire: Wire, handle: Handle, *, verify: bool) -> httpx.Response:  # noqa: ARG002
        await request.aread()
        self.seen.append(request)
        exchange = Exchange(host=request.url.host, sent=wire.clock())
        wire.exchanges.append(exchange)
        response = httpx.Response(401, json={"error": {"message": "no such key"}}, request=request)
        exchange.answered(wire.clock(), response)
        return response


def request_to(candidate: Candidate) -> Request:
    """What a run would ask first."""
    if "transcription" in candidate.modalities:
        return TranscriptionRequest(audio=AUDIO, language="en", params=candidate.params)
    (modality,) = candidate.modalities & CALLED
    task = Task(
        name="one", modality=modality, scorers=[Contains()],
        samples=[Sample(id="a", input="hello", target="b", metadata={"documents": {"b": "hello there"}})],
        primary="contains", language="en",
        params={"seconds": 4, "size": "1280x720"} if modality == "video_generation" else {},
    )  # fmt: skip
    suite = Suite(name="one", version=1, tasks=[task])
    (call,) = plan(Bakeoff(name="one", suites=(suite,), candidates=(candidate,), instruments={}, rules={})).calls
    return call.request


@pytest.mark.parametrize("candidate", called(), ids=lambda candidate: candidate.name)
def test_one_request_leaves_with_the_key_for_the_provider(
    candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "another")  # what LiteLLM falls back on
    customs = Customs()
    target = reach(candidate, engine_url=None, env=Environment())
    reply = asyncio.run(
        send(request_to(candidate), target, Deadlines(timeout_s=30, idle_timeout_s=30), lambda _: CLIP, tap=customs)
    )
    assert len(customs.seen) == 1, reply
    (sent,) = customs.seen
    assert sent.url.scheme == "https"
    hosts = HOSTS[candidate.provider]
    assert sent.url.host in ((hosts,) if isinstance(hosts, str) else hosts)
    assert any(f"key-of-{candidate.api_key_env}" in value for value in sent.headers.values())
    if candidate.provider != "azure":  # whose voices are named in place of a model
        assert candidate.model.partition("/")[2].encode() in bytes(sent.content) + sent.url.raw_path
    assert isinstance(reply.outcome, Failure)
    assert reply.outcome.kind == "credentials"
