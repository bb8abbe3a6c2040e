"""What the matrix runs through: each kind of tap in turn."""

import pytest

from tests.clients.trip import TAPS, chat, speech, transcription, trip

OF_THE_TAPS = ("test_connections", "test_sizes")


@pytest.fixture(scope="session", autouse=True)
def warm() -> None:
    """LiteLLM imports parts of itself during its first calls: no deadline is scaled down before that has happened."""
    for request in (chat(), speech(), transcription()):
        trip(request)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What the taps do themselves is tried through each of them, what is made of their bytes through that of a run."""
    if "tap" in metafunc.fixturenames:
        metafunc.parametrize("tap", TAPS if metafunc.module.__name__.endswith(OF_THE_TAPS) else ["process"])
