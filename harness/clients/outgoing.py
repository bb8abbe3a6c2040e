"""An httpx request as bytes on the wire, and the way it takes: directly, or through the environment's proxy."""

import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from urllib.parse import SplitResult, unquote, urlsplit

import httpx

from harness.clients.frames import Origin

_OURS = frozenset({b"connection", b"content-length", b"transfer-encoding"})
"""Headers that the connection decides."""
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def origin_of(request: httpx.Request, *, verify: bool) -> Origin:
    """Return where `request` goes; `verify` is False where the user wants no certificate checked.

    httpx.ProxyError where the environment names a proxy that we cannot speak to.
    """
    url = request.url
    tls = url.scheme == "https"
    port = url.port or (443 if tls else 80)
    server = str(request.extensions.get("sni_hostname") or url.host) if tls else None
    proxy = _proxy(url.scheme, url.host)
    if proxy is None:
        return Origin(host=url.host, port=port, tls=server, verify=verify)
    if proxy.scheme != "http" or proxy.hostname is None:
        raise httpx.ProxyError(
            f"the environment's proxy is {proxy.scheme}://..., and only one at http://HOST:PORT can be used"
        )
    address = f"[{url.host}]:{port}" if ":" in url.host else f"{url.host}:{port}"
    lines = [f"CONNECT {address} HTTP/1.1", f"Host: {address}", *_authorization(proxy), "", ""]
    return Origin(
        host=url.host,
        port=port,
        tls=server,
        verify=verify,
        proxy_host=proxy.hostname,
        proxy_port=proxy.port or 80,
        tunnel="\r\n".join(lines) if tls else None,
    )


def wire_form(request: httpx.Request) -> bytes:
    """Return `request`, whose content has been read, as HTTP/1.1; ValueError where a header could hide another one."""
    url, target = request.url, request.url.raw_path
    lines = [name + b": " + value for name, value in request.headers.raw if name.lower() not in _OURS]
    proxy = _proxy(url.scheme, url.host)
    if proxy is not None and url.scheme == "http":
        target = b"http://" + url.netloc + target
        lines += [line.encode("latin-1") for line in _authorization(proxy)]
    lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), target), *lines]
    if any(b"\r" in line or b"\n" in line or b"\0" in line for line in lines):
        raise ValueError("a header of the request holds a line break")
    return b"\r\n".join([*lines, b"content-length: %d" % len(request.content), b"", request.content])


@cache
def _proxy(scheme: str, host: str) -> SplitResult | None:
    """The proxy that the environment names for this host; embedded engines are never behind one."""
    if host in _LOOPBACK:
        return None
    proxies: Mapping[str, str] = urllib.request.getproxies()
    address = proxies.get(scheme) or proxies.get("all")
    if not address or urllib.request.proxy_bypass(host):
        return None
    return urlsplit(address if "://" in address else f"http://{address}")


def _authorization(proxy: SplitResult) -> list[str]:
    if proxy.username is None:
        return []
    login = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return [f"Proxy-Authorization: Basic {b64encode(login.encode()).decode()}"]
