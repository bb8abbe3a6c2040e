"""Clips that are made: one job is ordered, asked after until it has ended, and what it made is fetched.

Only the order may be billed. Once it is taken, whatever breaks is tried again as the question or the fetch that it was,
until the attempt's deadline: a second order would be a second clip on the bill.
"""

import asyncio
import base64
import hashlib
import io
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import httpx

from harness.clients import litellm_door
from harness.clients.deadlines import DeadlineExceeded
from harness.clients.faults import failed, is_kept_back, kind_by_words, retry_after_s
from harness.clients.link import PASSING, Unfetched, get
from harness.clients.reply import Content, Heard
from harness.clients.tap import Encoded, Exchange, TooLarge, Wire
from harness.clients.target import Target
from harness.clients.usage import video_usage
from harness.core import videos
from harness.core.calls import Failure, Output
from harness.core.canonical import Json
from harness.core.media import Video
from harness.core.requests import VideoRequest
from harness.errors import BakeoffError

SHORTEST_WAIT_S, LONGEST_WAIT_S = 1.0, 10.0
WAIT_SHARE = 0.1
"""Of the time since the order: a clip is seen at most a tenth later than it is there."""
SHORTEST_HINT_S = 0.01
_POLL_AFTER = "openai-poll-after-ms"

_MADE = frozenset({"completed", "complete", "succeeded", "success", "done"})
_FAILED = frozenset({"failed", "failure", "error", "cancelled", "canceled", "rejected"})
_EXPIRED = "expired"
_GONE = frozenset({403, 404, 410})
_GOOGLE = "https://generativelanguage.googleapis.com"
_FILTERED = "raiMediaFiltered"
"""In what Google says of a job whose clip it keeps back."""

T = TypeVar("T")


async def ask(
    request: VideoRequest,
    target: Target,
    *,
    timeout_s: float,
    wire: Wire,
    read_media: Callable[[str], bytes],
    sleep: Callable[[float], Awaitable[None]],
    now: Callable[[], datetime],
) -> Heard:
    """Have a clip made and fetch it; errors of LiteLLM pass through. DeadlineExceeded after `timeout_s` over all."""
    job = _Job(target=target, wire=wire, timeout_s=timeout_s, sleep=sleep, now=now)
    away = wire.wall() - wire.clock()
    try:
        async with asyncio.timeout(timeout_s) as scope:
            return await job.made(request, read_media)
    except _Over as over:
        return Heard(outcome=over.outcome)
    except TimeoutError as error:
        if not scope.expired():
            raise
        raise DeadlineExceeded(f"{wire.deadlines.late}: {target.scrub(job.state)}") from error
    finally:
        if wire.last is not None:  # between two questions nothing is on the wire that would see the clock jump
            wire.last.clock_drift_s = max(wire.last.clock_drift_s, abs(wire.wall() - wire.clock() - away))


def wait_s(elapsed_s: float, hint_s: float | None) -> float:
    """Return how long to wait before a job is asked after again; the provider's own word comes first."""
    if hint_s is not None:
        return max(SHORTEST_HINT_S, hint_s)
    return min(LONGEST_WAIT_S, max(SHORTEST_WAIT_S, WAIT_SHARE * elapsed_s))


@dataclass(slots=True, kw_only=True)
class _Job:
    """A job from its order to its clip."""

    target: Target
    wire: Wire
    timeout_s: float
    sleep: Callable[[float], Awaitable[None]]
    now: Callable[[], datetime]
    state: str = "the job was not taken yet"
    """What is known of it, for who waits in vain."""

    async def made(self, request: VideoRequest, read_media: Callable[[str], bytes]) -> Heard:
        litellm, params = litellm_door.load(), self.target.resolved(request.params)
        account = {
            "api_base": self.target.base_url,
            "api_key": self.target.api_key,
            "timeout": self.timeout_s + 5,  # later than our own deadline, which is the one that counts
        }
        job = await litellm.avideo_generation(
            model=self.target.model,
            prompt=request.prompt,
            seconds=str(request.seconds),
            **({} if request.size is None else {"size": request.size}),
            **self._reference(request, read_media),
            **account,
            **params,
        )
        self.wire.ordered = True
        if not job.id:
            return Heard(outcome=failed("protocol", "the order was answered without a job", self.target))
        granted, about = self._said().get("seconds"), {**params, **account, "video_id": job.id}
        about.pop("extra_body", None)
        if (unmade := await self._ended(job, lambda: litellm.avideo_status(**about))) is not None:
            return Heard(outcome=unmade)
        self.state = "the job is done and its clip was not fetched"
        link = self._google_link()

        async def fetch() -> bytes:
            if link is not None:
                return await self._linked(link, **self._google_key(link))
            return await self._fetched(lambda: litellm.avideo_content(**about))

        while (data := await self._asked(fetch, fetches=True)) is None:
            await self._pause()
        return await self._taken(data, request, granted)

    async def _ended(self, job: Any, question: Callable[[], Awaitable[Any]]) -> Output | Failure | None:
        """Wait until the job has ended; return what it came to where it made no clip."""
        status, error = "", None
        while True:
            if job is not None:
                status, error = str(job.status).lower(), job.error
                self.state = f"the job is {status}"
            if self._said().get("done") is True:  # Google's word, which LiteLLM cannot read where there is no clip
                status = "done"
            if (unmade := self._unmade(status, error)) is not None or status in _MADE:
                return unmade
            await self._pause()
            job = await self._asked(question)

    async def _taken(self, data: bytes, request: VideoRequest, granted: Json) -> Heard:
        content = Content(last=len(self.wire.last.body) - 1 if self.wire.last and self.wire.last.body else None)
        try:
            found = videos.header(data)
        except ValueError as error:
            failure = failed("protocol", f"the clip cannot be taken: {error}", self.target)
            return Heard(outcome=failure, content=content)
        sha256 = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        video = Video(
            sha256=sha256,
            mime=found.mime,
            seconds=found.seconds,
            width=found.width,
            height=found.height,
            size=len(data),
        )
        usage = video_usage(granted, ordered_s=request.seconds, video=video, images=len(request.images))
        return Heard(outcome=Output(video=video), usage=usage, content=content, blobs={sha256: data})

    async def _asked(self, question: Callable[[], Awaitable[T]], *, fetches: bool = False) -> T | None:
        """Return the answer to a question after the job, or the clip that it `fetches`; None where another try may do.

        An answer that cannot be read was somebody else's; a clip that cannot be had from a whole answer is none.
        """
        before = len(self.wire.exchanges)
        try:
            return await question()
        except BakeoffError:
            raise
        except Exception:
            exchange = self.wire.last
            if exchange is None or len(self.wire.exchanges) == before:
                raise  # nothing was sent: it is no answer of the provider's
            if exchange.status in _GONE:
                gone = f"HTTP {exchange.status}: the job or its clip is gone"
                raise _Over(failed("expired", gone, self.target)) from None
            if not _passes(exchange, fetches=fetches):
                raise
            said = type(exchange.error).__name__ if exchange.error else f"HTTP {exchange.status}"
            self.state = f"{self.state.partition(';')[0]}; the last question after it ended with {said}"
            return None

    async def _fetched(self, question: Callable[[], Awaitable[bytes]]) -> bytes:
        """Return the clip that a provider sends, or that is where it points."""
        data = b""
        try:
            data = await question()
        except Exception:
            if self._moved_to is None:
                raise
        return data if self._moved_to is None else await self._linked(self._moved_to)

    async def _linked(self, link: str, **headers: str) -> bytes:
        try:
            return await get(link, self.target, self.wire, **headers)
        except Unfetched as why:
            failure = failed("not_fetched", f"the clip was made, and its link brought nothing: {why}", self.target)
            raise _Over(failure) from None

    @property
    def _moved_to(self) -> str | None:
        return None if self.wire.last is None else self.wire.last.moved_to

    def _unmade(self, status: str, error: Mapping[str, object] | None) -> Output | Failure | None:
        """Return what a job came to that made no clip; None where there is one."""
        said = self._said()
        words = " ".join(str(word) for word in _leaves(error or said.get("error")) if word)
        if _FILTERED in json.dumps(said.get("response", {})) or (words and is_kept_back(words)):
            return Output(text="", finish_reason="content_filter")
        if status == _EXPIRED:
            return failed("expired", "the job expired before it had made a clip", self.target)
        if status in _FAILED or words:
            kind = "context_too_long" if kind_by_words(words) == "context_too_long" else "job_failed"
            return failed(kind, f"the job failed: {words[:300] or 'no reason was given'}", self.target)
        return None

    def _google_link(self) -> str | None:
        """Return where Google's clip is. LiteLLM would ask for it in a way that stops the event loop."""
        if not self.target.model.startswith("gemini/"):
            return None
        try:
            return str(self._said()["response"]["generateVideoResponse"]["generatedSamples"][0]["video"]["uri"])
        except (LookupError, TypeError):
            raise _Over(failed("protocol", "the job is done and names no clip", self.target)) from None

    def _google_key(self, link: str) -> dict[str, str]:
        """Return the header that Google's own links want, and no other."""
        own = {httpx.URL(address).host for address in (_GOOGLE, self.target.base_url or _GOOGLE)}
        return {"x-goog-api-key": self.target.api_key} if self.target.api_key and httpx.URL(link).host in own else {}

    def _reference(self, request: VideoRequest, read_media: Callable[[str], bytes]) -> dict[str, Any]:
        if not request.images:
            return {}
        image, data = request.images[0], read_media(request.images[0].sha256)
        if self.target.model.startswith("runwayml/"):  # whose API takes JSON alone
            return {"input_reference": f"data:{image.mime};base64,{base64.b64encode(data).decode()}"}
        return {"input_reference": io.BytesIO(data)}

    def _said(self) -> dict[str, Any]:
        """Return what the last response said; empty where that was an error, or no JSON."""
        exchange = self.wire.last
        if exchange is None or exchange.status is None or not 200 <= exchange.status < 300:
            return {}
        try:
            document = json.loads(exchange.body)
        except (ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}

    async def _pause(self) -> None:
        order, last = self.wire.order, self.wire.last
        hint_s = _hint_s(last, self.now()) if last is not None else None
        await self.sleep(wait_s(self.wire.clock() - order.sent if order else 0.0, hint_s))


class _Over(Exception):
    """A job has come to an end that no question will change."""

    def __init__(self, outcome: Failure) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


def _passes(exchange: Exchange, *, fetches: bool) -> bool:
    """Whether what went wrong with a question says nothing of its next try."""
    if exchange.error is not None:
        return not isinstance(exchange.error, TooLarge | Encoded | BakeoffError)
    if exchange.status is None or 200 <= exchange.status < 300:
        return not fetches
    return exchange.status in PASSING or exchange.status >= 500


def _hint_s(exchange: Exchange, now: datetime) -> float | None:
    """Return after how many seconds the provider wants to be asked again, where it says so."""
    try:
        return float(exchange.headers[_POLL_AFTER]) / 1000
    except (KeyError, ValueError):
        return retry_after_s(exchange.headers, now)


def _leaves(value: object) -> Iterator[object]:
    """Yield the words of an error, whatever its shape."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
