"""Rows 26, 28 and 29: responses that are too large, that unpack to too much, that lead elsewhere."""

import asyncio
import importlib
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.clients import litellm_door
from harness.core.calls import Fault
from tests.fake_provider import FakeProvider, status
from tests.fake_provider import Fault as Script
from tests.fake_provider.contents import gzip_bomb, oversized
from tests.faults.trial import MODES, Trial, ending

pytestmark = pytest.mark.alone

every_mode = pytest.mark.parametrize("mode", MODES)
MIB = 2**20


@pytest.fixture
def peak_growth() -> Callable[[], int]:
    """By how many bytes the memory of this process has grown at most since the test began."""

    def peak() -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))

    importlib.import_module("openai.resources")  # the first call of a process would, into the memory of its test
    litellm_door.load()
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    before = peak()
    return lambda: peak() - before


@pytest.mark.parametrize(
    ("mode", "size", "most"),
    [
        pytest.param("stream", 50 * MIB, 64 * MIB, id="50 MB of text"),
        pytest.param("plain", 50 * MIB, 64 * MIB, id="50 MB of JSON"),
        pytest.param("transcription", 50 * MIB, 64 * MIB, id="50 MB of transcript"),
        pytest.param("speech", 200 * MIB, 128 * MIB, id="200 MB of audio"),
    ],
)
def test_a_response_beyond_its_cap_is_broken_off(
    tap: str, tmp_path: Path, mode: str, size: int, most: int, peak_growth: Callable[[], int]
) -> None:
    end = ending(tmp_path, tap, mode, [oversized(size)], timeout_s=10)
    assert end.attempts == ["too_large"], "another attempt would be as large"
    assert end.failure.fault is Fault.INFRA
    (served,) = [served for served in end.trial.provider.requests if served.model.endswith(end.name)]
    assert served.writes[-1].end < size, "the connection was closed before all of it was sent"
    assert peak_growth() <= most, "never more than twice the largest cap, that of a clip"


@every_mode
def test_what_is_compressed_against_our_wish_is_never_unpacked(
    tap: str, tmp_path: Path, mode: str, peak_growth: Callable[[], int]
) -> None:
    end = ending(tmp_path, tap, mode, [BOMB])
    assert end.attempts == ["protocol", "ok"]
    assert end.first.detail is not None
    assert peak_growth() <= 16 * MIB


BOMB: Script = gzip_bomb(100 * MIB)


@pytest.mark.parametrize(
    ("mode", "code"), [*(("stream", code) for code in (301, 302, 303, 307, 308)), *((mode, 307) for mode in MODES)]
)
def test_a_redirect_is_never_followed(tap: str, tmp_path: Path, mode: str, code: int) -> None:
    """Whoever it leads to would be shown the key."""
    elsewhere = FakeProvider()

    async def story() -> None:
        async with elsewhere:
            path = {"speech": "audio/speech", "transcription": "audio/transcriptions"}.get(mode, "chat/completions")
            name = MODES[mode]
            script = {f"fake/{name}": [status(code, location=f"{elsewhere.url}/{path}")] * 2}
            trial = Trial(folder=tmp_path, provider=FakeProvider(scripts=script), tap=tap)
            assert (await trial.run(name)).exit_code == 4
            (record,) = trial.records(name)
            assert [attempt.outcome for attempt in record.attempts] == ["protocol", "protocol"]
            assert trial.sent(name) == 2

    asyncio.run(story())
    assert (elsewhere.requests, elsewhere.connections) == ([], 0)
