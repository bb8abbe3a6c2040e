import asyncio
from base64 import b64encode
from collections.abc import Iterator

import httpx
import pytest

from harness.clients import outgoing
from harness.clients.frames import Origin
from harness.clients.outgoing import origin_of, wire_form

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    outgoing._proxy.cache_clear()
    yield
    outgoing._proxy.cache_clear()


def request(url: str = "http://provider.test/v1", **options: object) -> httpx.Request:
    made = httpx.Request("POST", url, **{"content": b"{}", **options})  # type: ignore[arg-type]
    made.read()
    return made


def test_a_request_as_it_goes_over_the_wire() -> None:
    url = "https://provider.test:8443/v1/a%20b?key=x&y="
    assert wire_form(request(url, headers={"authorization": "Bearer k", "connection": "close", "X-Twice": "1"})) == (
        b"POST /v1/a%20b?key=x&y= HTTP/1.1\r\nHost: provider.test:8443\r\nauthorization: Bearer k\r\nX-Twice: 1\r\n"
        b"content-length: 2\r\n\r\n{}"
    )


def test_a_body_of_unknown_length_gets_one() -> None:
    async def parts():  # type: ignore[no-untyped-def]
        yield b"ab"
        yield b"cd"

    made = httpx.Request("POST", "http://provider.test/", content=parts())
    asyncio.run(made.aread())
    form = wire_form(made)
    assert form.endswith(b"content-length: 4\r\n\r\nabcd")
    assert b"chunked" not in form


@pytest.mark.parametrize("evil", ["a\r\nx-evil: 1", "a\nb", "a\rb", "a\0b"])
@pytest.mark.parametrize("where", ["name", "value"])
def test_a_header_that_hides_another_is_refused(evil: str, where: str) -> None:
    header = {evil: "x"} if where == "name" else {"x": evil}
    with pytest.raises(ValueError, match="line break") as refused:
        wire_form(request(headers=header))
    assert "evil" not in str(refused.value), "a header may be a key"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        pytest.param("http://a.test/", Origin(host="a.test", port=80, tls=None), id="http"),
        pytest.param("https://a.test/", Origin(host="a.test", port=443, tls="a.test"), id="https"),
        pytest.param("https://a.test:1/", Origin(host="a.test", port=1, tls="a.test"), id="a port"),
        pytest.param("https://[::1]:1/", Origin(host="::1", port=1, tls="::1"), id="IPv6"),
    ],
)
def test_the_way_without_a_proxy(url: str, origin: Origin) -> None:
    assert origin_of(request(url), verify=True) == origin


def test_the_certificates_name_can_be_told() -> None:
    asked = request("https://10.0.0.1/", extensions={"sni_hostname": "a.test"})
    assert origin_of(asked, verify=False) == Origin(host="10.0.0.1", port=443, tls="a.test", verify=False)


LOGIN = "Proxy-Authorization: Basic " + b64encode(b"me:p@ss").decode()


def test_a_plain_request_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://me:p%40ss@proxy.test:3128")
    asked = request("http://provider.test:8080/v1?x=1")
    assert origin_of(asked, verify=True) == Origin(
        host="provider.test", port=8080, tls=None, proxy_host="proxy.test", proxy_port=3128
    )
    first, *rest = wire_form(asked).split(b"\r\n")
    assert first == b"POST http://provider.test:8080/v1?x=1 HTTP/1.1"
    assert LOGIN.encode() in rest
    assert b"Host: provider.test:8080" in rest


@pytest.mark.parametrize(
    ("proxy", "url", "tunnel"),
    [
        pytest.param(
            "http://me:p%40ss@proxy.test", "https://provider.test/",
            f"CONNECT provider.test:443 HTTP/1.1\r\nHost: provider.test:443\r\n{LOGIN}\r\n\r\n", id="with a login",
        ),
        pytest.param(
            "proxy.test:80", "https://provider.test:8443/",
            "CONNECT provider.test:8443 HTTP/1.1\r\nHost: provider.test:8443\r\n\r\n", id="without scheme or login",
        ),
        pytest.param(
            "http://proxy.test", "https://[fd00::1]/",
            "CONNECT [fd00::1]:443 HTTP/1.1\r\nHost: [fd00::1]:443\r\n\r\n", id="to an IPv6 address",
        ),
    ],
)  # fmt: skip
def test_a_tunnel_through_a_proxy(monkeypatch: pytest.MonkeyPatch, proxy: str, url: str, tunnel: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    asked = request(url)
    origin = origin_of(asked, verify=True)
    assert (origin.proxy_host, origin.proxy_port, origin.tunnel) == ("proxy.test", 80, tunnel)
    assert b"Proxy-Authorization" not in wire_form(asked), "the provider must not see the proxy's login"


@pytest.mark.parametrize(
    ("variables", "url", "through"),
    [
        pytest.param({"HTTP_PROXY": "http://p.test"}, "http://a.test/", True, id="HTTP_PROXY for http"),
        pytest.param({"HTTP_PROXY": "http://p.test"}, "https://a.test/", False, id="HTTP_PROXY is not for https"),
        pytest.param({"HTTPS_PROXY": "http://p.test"}, "http://a.test/", False, id="HTTPS_PROXY is not for http"),
        pytest.param({"ALL_PROXY": "http://p.test"}, "https://a.test/", True, id="ALL_PROXY"),
        pytest.param({"ALL_PROXY": "http://p.test", "NO_PROXY": "a.test"}, "https://a.test/", False, id="NO_PROXY"),
        pytest.param({"ALL_PROXY": "http://p.test", "NO_PROXY": ".test"}, "https://a.test/", False, id="a domain"),
        pytest.param({"ALL_PROXY": "http://p.test", "NO_PROXY": "b.test"}, "https://a.test/", True, id="another host"),
        pytest.param({"ALL_PROXY": "http://p.test", "NO_PROXY": "*"}, "https://a.test/", False, id="NO_PROXY is all"),
        pytest.param({"ALL_PROXY": "http://p.test"}, "http://127.0.0.1:1/", False, id="127.0.0.1"),
        pytest.param({"ALL_PROXY": "http://p.test"}, "http://[::1]:1/", False, id="::1"),
        pytest.param({"ALL_PROXY": "http://p.test"}, "http://localhost:1/", False, id="localhost"),
    ],
)
def test_which_requests_go_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str, through: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert (origin_of(request(url), verify=True).proxy_host == "p.test") is through


@pytest.mark.parametrize("address", ["socks5://p.test:1080", "socks4://p.test", "https://me:secret@p.test", "http://"])
def test_a_proxy_that_we_cannot_speak_to_is_named_by_its_kind(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("ALL_PROXY", address)
    with pytest.raises(httpx.ProxyError, match=address.partition(":")[0]) as refused:
        origin_of(request(), verify=True)
    assert "secret" not in str(refused.value)
