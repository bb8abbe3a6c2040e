"""A thousand samples through the real stack: neither memory nor open files grow with the number of calls."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.clients.sender import sender
from harness.core.calls import Record
from harness.execute.runner import run
from harness.store.media import Media
from tests.execute.bakeoffs import Engines, Watcher, bakeoff, remote, start, text_suite

pytestmark = pytest.mark.alone

SAMPLES, IN_FLIGHT, KEY = 1000, 32, "sk-soak-0123456789"
WARM = 300
"""Records after which imports and pools have settled."""


@contextmanager
def provider() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.fake_provider"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@dataclass
class Gauge(Watcher):
    """Reads this process's memory and open files as records come."""

    rss_kb: dict[int, int] = field(default_factory=dict)
    files: dict[int, int] = field(default_factory=dict)
    count: int = 0

    def finished(self, record: Record) -> None:
        super().finished(record)
        self.count += 1
        if self.count in (WARM, SAMPLES):
            status = Path("/proc/self/status").read_text()
            self.rss_kb[self.count] = int(status.partition("VmRSS:")[2].split()[0])
            self.files[self.count] = len(os.listdir("/proc/self/fd"))


@pytest.mark.timeout(900)
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_a_thousand_samples(tmp_path: Path) -> None:
    gauge = Gauge()

    async def story(url: str) -> None:
        asked = bakeoff(
            remote("echo", model="openai/fake/echo", base_url=url, api_key_env="SOAK_API_KEY"),
            suites=[text_suite(SAMPLES)],
            max_in_flight=IN_FLIGHT,
            warm_up=0,
        )
        with start(asked, tmp_path) as ledger:
            async with sender(1, env=os.environ, logs=tmp_path) as send:
                result = await run(
                    asked, ledger, Media(tmp_path / "media"), env={"SOAK_API_KEY": KEY}, engines=Engines(),
                    progress=gauge, sender=send,
                )  # fmt: skip
            assert result.exit_code == 0, result
            assert result.outputs == SAMPLES
            records = list(ledger.records())
        assert all(record.attempts[0].wire_requests == 1 for record in records)
        trusted = sum(record.marks.valid for record in records)
        assert trusted > SAMPLES * 0.5, "the tap's stamps do not wait for the decoding"

    with provider() as url:
        asyncio.run(story(url))
    grown_kb = (gauge.rss_kb[SAMPLES] - gauge.rss_kb[WARM]) / (SAMPLES - WARM)
    assert grown_kb < 15, "LiteLLM and the records of this test keep some; what was sent and received is let go"
    assert gauge.files[SAMPLES] <= gauge.files[WARM] + 5
