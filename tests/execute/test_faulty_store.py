"""A run whose n-th store operation fails, for n = 1, 2, 3, ... until a run completes: the contract holds at each n."""

import asyncio
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from harness.clients.retry import Answer
from harness.clients.target import Target
from harness.core.calls import Call, Output, Role
from harness.core.media import Audio
from harness.core.requests import Request, SpeechRequest
from harness.errors import StoreError
from harness.execute.runner import run
from harness.store import ballast
from harness.store.ledger import DATABASE, Ledger
from harness.store.media import Media
from tests.execute.bakeoffs import (
    Client,
    Engines,
    Watcher,
    answered,
    bakeoff,
    embedded,
    remote,
    spoken,
    start,
    text_suite,
    voice_suite,
)

IN_FLIGHT = 2
PLANNED = bakeoff(
    remote("writer"),
    remote("speaker", modalities=frozenset({"tts"})),
    suites=[text_suite(2), voice_suite(1)],
    instruments={"transcriber": embedded("whisper", "transcription"), "mos": embedded("dnsmos", "mos")},
    max_in_flight=IN_FLIGHT,
)
ANSWERS, READINGS = 3, 2
MOST_UNSEEN = 2 * IN_FLIGHT
"""Those in flight, and as many that have just arrived and are being written."""


@dataclass(kw_only=True)
class Disk:
    """Fails at its n-th operation: a statement of the writer, or a system call that makes a file durable."""

    fails_at: int
    after: bool
    """The operation happens all the same, and is told to have failed."""
    lasting: bool
    """None that follows happens."""
    count: int = 0
    failed: bool = False

    def do(self, operation: Callable[[], Any], error: Exception) -> Any:
        self.count += 1
        fails = self.count == self.fails_at or (self.lasting and self.failed)
        if not fails:
            return operation()
        if self.after and not self.failed:
            operation()
        self.failed = True
        raise error

    def connect(self, *arguments: Any, real: Callable[..., sqlite3.Connection], **options: Any) -> sqlite3.Connection:
        disk = self

        class Connection(sqlite3.Connection):
            def execute(self, *a: Any) -> sqlite3.Cursor:
                if a[0] == "ROLLBACK":
                    return super().execute(*a)
                do = super().execute
                return disk.do(lambda: do(*a), sqlite3.OperationalError("disk I/O error"))

            def executemany(self, *a: Any) -> sqlite3.Cursor:
                do = super().executemany
                return disk.do(lambda: do(*a), sqlite3.OperationalError("disk I/O error"))

        return real(*arguments, **options) if options.get("uri") else real(*arguments, factory=Connection, **options)


@dataclass(frozen=True, kw_only=True)
class Went:
    """What came of one process."""

    sent: list[tuple[str, str]]
    """Candidate and request of everything that reached a provider."""
    told: set[str]
    """Keys that were counted and shown."""
    code: int


def answer(request: Request, _: Target) -> Answer:
    """Speak clips that differ, so that every request of an instrument is another one."""
    if not isinstance(request, SpeechRequest):
        return answered()
    data = request.text.encode()
    sha256 = hashlib.sha256(data).hexdigest()
    audio = Audio(sha256=sha256, mime="audio/wav", seconds=1.0, sample_rate=16000, size=len(data))
    return replace(spoken(), outcome=Output(audio=audio), blobs={sha256: data})


def go(folder: Path) -> Went:
    client, watcher, code = Client(script=answer), Watcher(), 74
    try:
        with Ledger.open(folder, write=True) if (folder / DATABASE).exists() else start(PLANNED, folder) as ledger:
            result = asyncio.run(
                run(
                    PLANNED, ledger, Media(folder / "media"), env={"ACME_API_KEY": "x"}, engines=Engines(),
                    progress=watcher, client=client,
                )
            )  # fmt: skip
            code = result.exit_code
    except StoreError:
        pass
    sent = [(name, repr(request)) for name, request in client.sent]
    return Went(sent=sent, told={record.call.key for record in watcher.records}, code=code)


def go_on(folder: Path, disk: Disk) -> Went:
    real_connect, real_fsync, real_replace = sqlite3.connect, os.fsync, os.replace
    broken = OSError(5, "Input/output error")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sqlite3, "connect", lambda *a, **o: disk.connect(*a, real=real_connect, **o))
        patched.setattr(os, "fsync", lambda *a: disk.do(lambda: real_fsync(*a), broken))
        patched.setattr(os, "replace", lambda *a: disk.do(lambda: real_replace(*a), broken))
        return go(folder)


def name(call: Call) -> tuple[str, str]:
    # instrument calls name the engine's candidate
    return call.candidate, repr(call.request)


def examine(folder: Path, went: Went) -> set[tuple[str, str]]:
    """Check what a failed process left, and return what it has committed."""
    with Ledger.open(folder, write=False) as ledger:
        found = list(ledger.records())
        assert went.told <= {record.call.key for record in found}, "counted before it was committed"
        assert all(isinstance(record.outcome, Output) for record in found), "a failing disk became a failure"
        for record in found:
            if isinstance(record.outcome, Output) and record.outcome.audio is not None:
                Media(folder / "media").get(record.outcome.audio.sha256)
        pending = [*ledger.pending(Role.ANSWER), *ledger.pending(Role.INSTRUMENT)]
        counts = ledger.counts()
        assert sum(count.planned for count in counts) == len(found) + len(pending)
        committed = {name(record.call) for record in found}
        unseen = set(went.sent) - committed
        uncertain = {name(call) for call in ledger.uncertain()}
        released = {
            name(call) for call, (state,) in zip(
                pending,
                (ledger.query(f"SELECT max(state) FROM call JOIN plan ON id = plan WHERE key = '{c.key}'").fetchone()
                 for c in pending),
                strict=True,
            ) if state == "pending"
        }  # fmt: skip
        assert unseen <= uncertain | released, "sent without an intent"
        assert len(unseen) <= MOST_UNSEEN
        assert len(uncertain) <= MOST_UNSEEN
    return committed


@pytest.fixture
def fast_disk(tmp_path: Path) -> Iterator[Path]:
    """Memory where there is some to write to: what is flushed a thousand times need not reach a platter."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else tmp_path))
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("after", "lasting"),
    [
        pytest.param(False, True, id="fails for good"),
        pytest.param(False, False, id="fails once"),
        pytest.param(True, True, id="happens and is told to have failed"),
    ],
)
def test_the_contract_holds_wherever_the_store_fails(
    fast_disk: Path, monkeypatch: pytest.MonkeyPatch, after: bool, lasting: bool
) -> None:
    monkeypatch.setattr(ballast, "room", lambda *_, **__: 4096)
    failures = 0
    for n in range(1, 1000):
        folder, disk = fast_disk / str(n), Disk(fails_at=n, after=after, lasting=lasting)
        went = go_on(folder, disk)
        if not disk.failed:
            assert (went.code, len(went.sent)) == (0, ANSWERS + READINGS)
            break
        failures += 1
        assert went.code in (0, 74), n  # 0: the very last operations may fail unseen
        if not (folder / DATABASE).exists():
            assert went.sent == []
            committed = set()
        else:
            committed = examine(folder, went)
        again = go(folder)
        assert again.code == 0, n
        assert not committed & set(again.sent), "a committed call was sent again"
        assert len(went.sent) + len(again.sent) <= ANSWERS + READINGS + MOST_UNSEEN
        with closing(Ledger.open(folder, write=False)) as ledger:
            assert [count.pending for count in ledger.counts()] == [0, 0, 0, 0]
            assert len({record.call.key for record in ledger.records()}) == ANSWERS + READINGS
    assert failures > 40
