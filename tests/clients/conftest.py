import pytest

from tests.clients.trip import chat, speech, transcription, trip


@pytest.fixture(scope="session")
def warm() -> None:
    """LiteLLM imports parts of itself during its first calls: no time is measured before that has happened."""
    for request in (chat(), speech(), transcription()):
        trip(request)
