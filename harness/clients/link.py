"""What a provider has made and put behind a link: fetched from a public place, or from its own, within limits."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable

import httpx

from harness.clients.deadlines import DeadlineExceeded
from harness.clients.tap import Encoded, Exchange, Tapped, TooLarge, Wire
from harness.clients.target import Target
from harness.errors import BakeoffError

PASSING = frozenset({408, 409, 425, 429})
"""Statuses, beside 5xx, after which the same question may be answered."""
WAITS_S = (0.5, 2.0)
"""Before each further try at what has been paid for."""
_HOPS = 3
_INSIDE = (".local", ".localhost", ".internal", ".lan", ".home.arpa")
"""How the names of a network of one's own end."""
_FINAL = (BakeoffError, DeadlineExceeded, TooLarge, Encoded)
"""Errors after which the same link is not tried again."""


class Unfetched(Exception):
    """What lies behind a link cannot be had; the message says why, and the host: the rest of a link may be a token."""


async def fetched(
    link: str, target: Target, wire: Wire, *, timeout_s: float, sleep: Callable[[float], Awaitable[None]]
) -> bytes:
    """Return what lies behind a link and has been paid for, tried again where it may still come.

    Unfetched where it does not; DeadlineExceeded where `timeout_s` passes, counted from the order.
    """
    wire.ordered = True
    left_s = timeout_s - (wire.clock() - wire.order.sent if wire.order else 0.0)
    try:
        async with asyncio.timeout(max(0.0, left_s)) as scope:
            return await _tried(link, target, wire, sleep)
    except TimeoutError as error:
        if isinstance(error, DeadlineExceeded) or not scope.expired():
            raise
        raise DeadlineExceeded(wire.deadlines.late) from error


async def get(link: str, target: Target, wire: Wire, **headers: str) -> bytes:
    """Return what lies behind a link; only the link's own host is shown `headers`.

    Unfetched where it, or a redirect of it, is not `demanded`; httpx's errors where nothing comes.
    """
    timeout_s = wire.deadlines.timeout_s + 5  # later than our own deadline, which is the one that counts
    async with httpx.AsyncClient(transport=Tapped(), timeout=timeout_s, trust_env=False) as client:
        response = await client.get(demanded(link, target.base_url), headers=headers)
        for _ in range(_HOPS):
            if wire.last is not None and wire.last.moved_to is not None:
                response = await client.get(demanded(wire.last.moved_to, target.base_url))
        response.raise_for_status()
        return response.content


def demanded(link: str, own: str | None) -> str:
    """Return `link`; Unfetched unless it is public and encrypted, or of the very server that the candidate is asked at.

    Whoever answers may name any address: what this machine can reach and the provider cannot is none of its business.
    """
    try:
        url, asked = httpx.URL(link), httpx.URL(own or "")
    except httpx.InvalidURL:
        raise Unfetched("the link is none") from None
    if own and (url.scheme, url.host, url.port) == (asked.scheme, asked.host, asked.port):
        return link
    if url.scheme != "https" or url.userinfo:
        raise Unfetched(f"the link to {url.host or 'nowhere'} is not encrypted, or holds a password")
    if not _is_public(url.host):
        raise Unfetched(f"the link leads to {url.host or 'nowhere'}, into a network of somebody's own")
    return link


async def _tried(link: str, target: Target, wire: Wire, sleep: Callable[[float], Awaitable[None]]) -> bytes:
    waits_s = iter(WAITS_S)
    while True:
        try:
            return await get(link, target, wire)
        except (Unfetched, *_FINAL):
            raise
        except Exception as error:
            exchange = wire.last
            if exchange is None or exchange.may_be_billed or isinstance(exchange.error, _FINAL):
                raise  # nothing was sent after the order, or the tap has ended it
            wait_s = next(waits_s, None) if _passes(exchange) else None
            if wait_s is None:
                raise Unfetched(f"{exchange.host} {_told(exchange)}") from error
        await sleep(wait_s)


def _passes(exchange: Exchange) -> bool:
    status = exchange.status
    return exchange.error is not None or (status is not None and (status in PASSING or status >= 500))


def _told(exchange: Exchange) -> str:
    return f"ended with {type(exchange.error).__name__}" if exchange.error else f"answered HTTP {exchange.status}"


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        name = host.rstrip(".").lower()
        return "." in name and not name.endswith(_INSIDE)
