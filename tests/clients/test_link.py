"""Which links are followed: those to public places over TLS, and those to the server that is asked anyway."""

import pytest

from harness.clients.link import Unfetched, demanded

OWN = "http://127.0.0.1:8000/v1"


@pytest.mark.parametrize(
    ("link", "own"),
    [
        pytest.param("https://dashscope-result.oss-cn-beijing.aliyuncs.com/a.png?token=b", None, id="a store"),
        pytest.param("https://8.8.8.8/a.png", None, id="a public address"),
        pytest.param("http://127.0.0.1:8000/files/a.png", OWN, id="the server that is asked"),
        pytest.param("https://example.org/a.png", OWN, id="a store of a server of one's own"),
    ],
)
def test_followed(link: str, own: str | None) -> None:
    assert demanded(link, own) == link


@pytest.mark.parametrize(
    "link",
    [
        "http://example.org/a.png", "ftp://example.org/a.png", "file:///etc/passwd", "/a.png", "", "https://",
        "https://user:password@example.org/a.png", "https://localhost/a.png", "https://127.0.0.1:8000/a.png",
        "http://127.0.0.1:8001/a.png", "https://169.254.169.254/latest/meta-data", "https://[::1]/a.png",
        "https://[fd00::1]/a.png", "https://192.168.0.1/a.png", "https://intranet/a.png", "https://printer.local/a.png",
        "https://metadata.google.internal./a",
    ],
)  # fmt: skip
def test_not_followed(link: str) -> None:
    with pytest.raises(Unfetched):
        demanded(link, OWN)
