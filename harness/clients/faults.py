"""Whose fault a failed attempt is: tables from the wire's status and exception to a kind, from a kind to a fault."""

import json
import math
import re
import traceback
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from harness.clients.deadlines import DeadlineExceeded
from harness.clients.events import read
from harness.clients.tap import Encoded, Exchange, TooLarge, Wire
from harness.clients.target import Target
from harness.core.calls import Failure, Fault, Output

PROVIDER_UNUSABLE = frozenset({"credentials", "quota"})
"""Kinds after which no request to this provider can succeed."""
CANDIDATE_UNUSABLE = frozenset({"model_not_found"})
"""Kinds after which no request to this candidate can succeed."""
UNCONNECTED = "connection"
"""The kind of an attempt that found nobody to be asked: nothing was sent."""
RETRIED = frozenset(
    {"rate_limit", "conflict", "server_error", "server_timeout", UNCONNECTED, "reset", "cut", "stream_error"}
)
"""Kinds that another attempt may mend, as often as the policy allows."""
RETRIED_ONCE = frozenset({"protocol", "empty_response", "job_failed"})
"""Kinds that another attempt seldom mends. None is the candidate's own: that would be the better of two answers."""

_SETTLED = {"empty_response": "empty"}
"""What a kind comes to once nobody asks again: who never says anything at all has given an empty answer."""

_CANDIDATES = frozenset({"truncated", "empty", "context_too_long"})
"""Kinds that are the candidate's own failure: they score 0. All others lower coverage."""

_BY_STATUS = {
    401: "credentials", 402: "quota", 403: "credentials", 404: "model_not_found", 408: "server_timeout",
    409: "conflict", 413: "request_too_large", 429: "rate_limit", 504: "server_timeout",
}  # fmt: skip

_BY_WORDS: Mapping[str, tuple[str, ...]] = {
    "quota": ("insufficient_quota", "billing_hard_limit_reached", "credit balance is too low", "arrearage"),
    "model_not_found": ("model_not_found", "model_not_exist"),
    "context_too_long": (
        "context_length_exceeded", "exceed_context_size", "maximum context length", "context window",
        "available context size", "prompt is too long", "input is too long",
    ),
    "content_filter": (
        "content_filter", "content_policy_violation", "responsibleaipolicy", "data_inspection_failed",
        "moderation_blocked",
    ),
}  # fmt: skip
"""What providers write into the body of an error whose status does not tell."""
_KEPT_BACK = ("moderat", "safety", "content policy", "sensitive content")
"""What they say, too, of a job that their filter has ended."""

_CONNECTING = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "ProtocolError"})
"""What httpx calls a refused connection, a name that does not resolve, a bad certificate: nobody was asked anything."""

_NOT_BY_WORDS = frozenset({401, 404, 408, 409, 504})
_BODY_SHOWN = 2048
_DATE = re.compile(r"[A-Z][a-z]+, ")


def failed(kind: str, message: str, target: Target, *, partial: str | None = None) -> Failure:
    """Return the failure of this kind, with the key taken out of its message."""
    fault = Fault.CANDIDATE if kind in _CANDIDATES else Fault.INFRA
    return Failure(fault=fault, kind=kind, message=target.scrub(message), partial=partial or None)


def settled(outcome: Output | Failure) -> Output | Failure:
    """Return what a call comes to whose last attempt ended with `outcome`."""
    if isinstance(outcome, Failure) and outcome.kind in _SETTLED:
        return replace(outcome, kind=_SETTLED[outcome.kind], fault=Fault.CANDIDATE)
    return outcome


def judged(error: Exception, wire: Wire, target: Target) -> Output | Failure:
    """Return what an attempt that raised `error` came to; the wire's own status and exception are believed first."""
    exchange = wire.last
    late = next((e for e in (error, exchange and exchange.error) if isinstance(e, DeadlineExceeded)), None)
    if late is not None:
        return failed("timeout", str(late), target, partial=_partial(exchange))
    if exchange is None:
        return _unsent(error, target)
    if isinstance(exchange.error, TooLarge):
        return failed("too_large", str(exchange.error), target)
    if isinstance(exchange.error, Encoded):
        return failed("protocol", str(exchange.error), target)
    if exchange.status is None:
        return _transport(exchange, target)
    if not 200 <= exchange.status < 300:
        return _status(exchange.status, bytes(exchange.body), target)
    if exchange.error is not None:
        message = f"the connection broke in the middle of the response ({_name(exchange.error)})"
        return failed("cut", message, target, partial=_partial(exchange))
    broken = read(bytes(exchange.body)).broken
    if broken or hasattr(error, "llm_provider"):  # LiteLLM's own: it could not make sense of a whole response
        return _unreadable(broken or _reason(error), exchange, target)
    return _bug(error, target)


def detail(outcome: Output | Failure, error: Exception | None, wire: Wire, target: Target) -> str | None:
    """What a person needs to understand a failure: a bug's traceback, the head of a body that cannot be read, what a
    broken answer had said."""
    if not isinstance(outcome, Failure):
        return None
    if outcome.fault is Fault.HARNESS and error is not None:
        return target.scrub("".join(traceback.format_exception(error)))
    if outcome.kind == "protocol" and wire.last is not None:
        return target.scrub(bytes(wire.last.body[:_BODY_SHOWN]).decode(errors="backslashreplace"))
    if outcome.partial:
        return target.scrub(f"{outcome.message}. Until then: {outcome.partial[:_BODY_SHOWN]}")
    return None


def may_be_billed(outcome: Output | Failure, wire: Wire) -> bool:
    """Whether a failed attempt can have cost money: it was sent, and no error status says that it was refused."""
    exchange = wire.order
    if isinstance(outcome, Output) or exchange is None or outcome.kind == UNCONNECTED:
        return False
    return exchange.status is None or 200 <= exchange.status < 300


def kind_by_words(text: str) -> str | None:
    """Return the kind of failure that a provider's words tell of; None where they tell of none."""
    low = text.lower()
    return next((kind for kind, words in _BY_WORDS.items() if any(word in low for word in words)), None)


def is_kept_back(text: str) -> bool:
    """Whether the words with which a job ended are those of the provider's filter."""
    return kind_by_words(text) == "content_filter" or any(word in text.lower() for word in _KEPT_BACK)


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the provider asks to wait (`retry-after-ms`, `retry-after` in seconds or as an HTTP date)."""
    try:
        if "retry-after-ms" in headers:
            seconds = float(headers["retry-after-ms"]) / 1000
        elif _DATE.match(text := headers.get("retry-after", "")):
            seconds = (parsedate_to_datetime(text) - now).total_seconds()
        else:
            seconds = float(text)
    except (ValueError, TypeError):  # nonsense, or a date without a time zone
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _status(status: int, body: bytes, target: Target) -> Output | Failure:
    text = body.decode(errors="backslashreplace")
    kind = _BY_STATUS.get(status) or ("server_error" if status >= 500 else "bad_request")
    if status not in _NOT_BY_WORDS:
        kind = kind_by_words(text) or kind
    if kind == "content_filter":
        return Output(text="", finish_reason="content_filter")
    if 300 <= status < 400:
        message = f"HTTP {status}: a redirect, which is not followed: another host would be shown the key"
        return failed("protocol", message, target)
    return failed(kind, f"HTTP {status}: {_said(text)}", target)


def _said(text: str) -> str:
    """The message inside an error body, or the beginning of a body that has none."""
    try:
        error = json.loads(text)
        error = error.get("error", error)
        text = str(error.get("message", error)) if isinstance(error, dict) else str(error)
    except (ValueError, AttributeError):
        pass
    return " ".join(text.split())[:300] or "no message"


def _transport(exchange: Exchange, target: Target) -> Failure:
    name = _name(exchange.error)
    if not exchange.head_out and name in _CONNECTING:
        return failed(UNCONNECTED, f"cannot connect to {exchange.host}: {_reason(exchange.error)}", target)
    return failed("reset", f"{exchange.host} dropped the connection without a response ({name})", target)


def _unreadable(why: str, exchange: Exchange, target: Target) -> Failure:
    partial = _partial(exchange)
    if exchange.media_type == "text/event-stream" and (sent := read(bytes(exchange.body)).error):
        return failed("stream_error", f"the stream ended with an error: {sent}", target, partial=partial)
    message = f"the response ({exchange.media_type or 'no content type'}) cannot be read: {why}"
    return failed("protocol", message, target, partial=partial)


def _unsent(error: Exception, target: Target) -> Output | Failure:
    status = getattr(error, "status_code", None)
    if not hasattr(error, "llm_provider") or not isinstance(status, int):
        return _bug(error, target)
    if status >= 500:  # no provider said so: LiteLLM gave up before it asked one
        return Failure(fault=Fault.HARNESS, kind="not_sent", message=target.scrub(f"nothing was sent: {_why(error)}"))
    return _status(status, str(error).encode(), target)


def _bug(error: Exception, target: Target) -> Failure:
    message = target.scrub(f"{type(error).__name__}: {error}")
    return Failure(fault=Fault.HARNESS, kind="bug", message=message)


def _partial(exchange: Exchange | None) -> str | None:
    if exchange is None or exchange.media_type != "text/event-stream":
        return None
    return read(bytes(exchange.body)).text or None


def _name(error: BaseException | None) -> str:
    return type(error).__name__


def _why(error: BaseException) -> str:
    """What happened, and what it began with: client libraries say "Connection error." of everything."""
    first = error
    while (before := first.__cause__ or first.__context__) is not None:
        first = before
    return _reason(error) if first is error else f"{_reason(error)} ({_reason(first)})"


def _reason(error: BaseException | None) -> str:
    text = re.sub(r" ssl:(<[^>]*>|\S+)", "", str(error))  # aiohttp shows its SSL context, address and all
    return " ".join(text.split())[:300] or _name(error)
