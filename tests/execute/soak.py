"""A thousand samples through the real stack, in a process of its own: prints how memory and open files have grown."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from harness.clients.sender import sender
from harness.core.calls import Record
from harness.execute.runner import run
from harness.store.media import Media
from tests.execute.bakeoffs import Engines, Watcher, bakeoff, remote, start, text_suite

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


async def soak(url: str, folder: Path) -> Gauge:
    gauge = Gauge()
    asked = bakeoff(
        remote("echo", model="openai/fake/echo", base_url=url, api_key_env="SOAK_API_KEY"),
        suites=[text_suite(SAMPLES)],
        max_in_flight=IN_FLIGHT,
        warm_up=0,
    )
    with start(asked, folder) as ledger:
        async with sender(1, env=os.environ, logs=folder) as send:
            result = await run(
                asked, ledger, Media(folder / "media"), env={"SOAK_API_KEY": KEY}, engines=Engines(),
                progress=gauge, sender=send,
            )  # fmt: skip
        assert result.exit_code == 0, result
        assert result.outputs == SAMPLES
        records = list(ledger.records())
    assert all(record.attempts[0].wire_requests == 1 for record in records)
    trusted = sum(record.marks.valid for record in records)
    assert trusted > SAMPLES * 0.5, "the tap's stamps do not wait for the decoding"
    return gauge


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, provider() as url:
        gauge = asyncio.run(soak(url, Path(folder)))
    grown = {
        "kb_a_sample": (gauge.rss_kb[SAMPLES] - gauge.rss_kb[WARM]) / (SAMPLES - WARM),
        "files": gauge.files[SAMPLES] - gauge.files[WARM],
    }
    print(json.dumps(grown))


if __name__ == "__main__":
    main()
