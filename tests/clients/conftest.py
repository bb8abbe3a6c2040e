from collections.abc import Iterator

import pytest

from tests.clients.trip import TAP, TAPS, chat, embedding, rerank, speech, transcription, trip


@pytest.fixture(scope="session")
def warm() -> None:
    """LiteLLM imports parts of itself during its first calls: no time is measured before that has happened."""
    for request in (chat(), speech(), transcription(), embedding(), rerank()):
        trip(request)


@pytest.fixture(autouse=True)
def tap_of_every_trip(request: pytest.FixtureRequest) -> Iterator[None]:
    token = TAP.set(getattr(request, "param", TAP.get()))
    yield
    TAP.reset(token)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whoever makes a trip makes it through each kind of tap: what they tell must be the same."""
    if {"trip", "attempt"} & vars(metafunc.module).keys():
        metafunc.parametrize("tap_of_every_trip", TAPS, indirect=True)
