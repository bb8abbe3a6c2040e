"""What the matrix runs through: each kind of tap in turn."""

import socket
from collections.abc import Iterator

import pytest

from tests.clients.trip import TAPS, chat, speech, transcription, trip

OF_THE_TAPS = ("test_connections", "test_sizes")


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    """LiteLLM imports parts of itself during its first calls: no deadline is scaled down before that has happened."""
    for request in (chat(), speech(), transcription()):
        trip(request)


@pytest.fixture
def deaf() -> Iterator[str]:
    """The address of a port at which nobody listens, and nobody else will."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/v1"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What the taps do themselves is tried through each of them, what is made of their bytes through that of a run."""
    if "tap" in metafunc.fixturenames:
        metafunc.parametrize("tap", TAPS if metafunc.module.__name__.endswith(OF_THE_TAPS) else ["process"])
