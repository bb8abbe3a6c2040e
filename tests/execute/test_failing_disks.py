"""Runs whose disk fails: sending stops, what was served lands, the exit code is 74, and resume does the rest."""

import asyncio
import errno
import hashlib
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from harness.clients.retry import Answer
from harness.core.calls import Output, Record
from harness.core.candidates import Prices
from harness.core.media import Audio
from harness.core.requests import Request
from harness.core.runs import Bakeoff
from harness.errors import StoreError
from harness.execute.runner import RunResult, run
from harness.store import ballast
from harness.store.ledger import DATABASE, Ledger
from harness.store.media import Media
from tests.execute.bakeoffs import (
    Client,
    Engines,
    Watcher,
    answered,
    bakeoff,
    remote,
    spoken,
    start,
    text_suite,
    voices,
)

pytestmark = pytest.mark.alone

IN_FLIGHT = 8
LONG = Output(text="x" * 60_000, finish_reason="stop")
MANY = bakeoff(remote("a"), suites=[text_suite(200)], max_in_flight=IN_FLIGHT)


def run_on(ledger: Ledger, folder: Path, client: Client, planned: Bakeoff = MANY) -> RunResult:
    return asyncio.run(
        run(
            planned, ledger, Media(folder / "media"), env={"ACME_API_KEY": "x"}, engines=Engines(), progress=Watcher(),
            client=client,
        )
    )  # fmt: skip


def long_answers(heard: Callable[[str, Request], None] = lambda *_: None) -> Client:
    return Client(script=lambda *_: replace(answered(), outcome=LONG), delay_s=0.005, heard=heard)


def records(folder: Path) -> list[Record]:
    with Ledger.open(folder, write=False) as ledger:
        return list(ledger.records())


def unmount(folder: Path) -> None:
    subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    try:
        yield folder
    finally:
        unmount(folder)


def can_mount() -> bool:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    probe = subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True)
    return probe.returncode == 0


mounted = pytest.mark.skipif("not can_mount()", reason="mounting a small disk takes root")


def fill(folder: Path, leave: int) -> Path:
    """Take up the disk but for `leave` bytes, also while somebody else writes to it."""
    other = folder / "another program's"
    with other.open("wb") as file:
        while True:
            disk = os.statvfs(folder)
            try:
                os.posix_fallocate(file.fileno(), 0, disk.f_bavail * disk.f_frsize - leave)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
            else:
                return other


@mounted
def test_every_served_answer_lands_on_a_disk_that_another_program_fills(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 32) as disk:
        folder = disk / "run"
        sent = []

        def heard(candidate: str, _: Request) -> None:
            sent.append(candidate)
            if len(sent) == 2 * IN_FLIGHT:
                fill(disk, 0)

        with start(MANY, folder) as ledger:
            result = run_on(ledger, folder, long_answers(heard))
        assert result.exit_code == 74
        assert any("full" in notice and "then resume" in notice for notice in result.notices)
        assert 2 * IN_FLIGHT <= len(sent) < 200
        assert len(records(folder)) == len(sent)
        assert all(r.outcome == LONG for r in records(folder))
        with Ledger.open(folder, write=False) as ledger:
            assert ledger.uncertain() == []

        with Ledger.open(folder, write=True) as ledger, pytest.raises(StoreError, match="cannot be set aside"):
            run_on(ledger, folder, long_answers(heard))  # nothing is sent while the disk is still full
        before = len(sent)
        (disk / "another program's").unlink()
        with Ledger.open(folder, write=True) as ledger:
            seen: list[int] = []
            client = long_answers(lambda *_: seen.append((folder / ballast.NAME).stat().st_size))
            client.script = lambda *_: answered()
            assert run_on(ledger, folder, client).exit_code == 0
        assert len(seen) == 200 - before
        assert min(seen) >= ballast.room((ballast.brings(r.call.request) for r in records(folder)), IN_FLIGHT)
        assert len(records(folder)) == 200


@mounted
def test_the_low_water_mark_stops_a_run_before_the_ballast_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ballast, "LOOK_EVERY_S", 0.0)
    with small_disk(tmp_path / "disk", 16) as disk, start(MANY, disk / "run") as ledger:
        kept = []
        client = long_answers(lambda *_: kept.append((disk / "run" / ballast.NAME).exists()))
        result = run_on(ledger, disk / "run", client)
        assert result.exit_code == 74
        assert any("nearly full" in notice for notice in result.notices), result.notices
        assert all(kept)
        assert len(list(ledger.records())) == len(client.sent) < 200


class Speaker:
    """A client whose every clip is another one."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.made: list[str] = []

    def __call__(self, *_: object) -> Answer:
        data = f"RIFF {len(self.made)}".encode() + bytes(self.size)
        sha256 = hashlib.sha256(data).hexdigest()
        self.made.append(sha256)
        audio = Audio(sha256=sha256, mime="audio/wav", seconds=1.0, sample_rate=16000, size=len(data))
        return replace(spoken(), outcome=Output(audio=audio), blobs={sha256: data})


def speeches(n: int) -> Bakeoff:
    price = Prices(usd={"input_cost_per_character": Decimal("0.001")}, source="test")
    planned = voices(remote("a", modalities=frozenset({"tts"}), prices=price), n=n)
    return replace(planned, instruments={}, settings=replace(planned.settings, max_in_flight=IN_FLIGHT))


@mounted
def test_clips_land_on_a_full_disk_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ballast, "CLIP_BYTES", 600_000)
    planned, speaker = speeches(60), Speaker(500_000)
    with small_disk(tmp_path / "disk", 32) as disk:
        client = Client(script=speaker, delay_s=0.02)
        client.heard = lambda *_: fill(disk, 1_000_000) if len(client.sent) == IN_FLIGHT else None
        with start(planned, disk / "run") as ledger:
            result = run_on(ledger, disk / "run", client, planned)
        assert result.exit_code == 74
        assert IN_FLIGHT <= len(speaker.made) < 60
        stored = [r.outcome.audio for r in records(disk / "run") if isinstance(r.outcome, Output)]
        assert {audio.sha256 for audio in stored if audio} == set(speaker.made)
        media = Media(disk / "run" / "media")
        assert all(len(media.get(sha256)) > 500_000 for sha256 in speaker.made)


def test_a_clip_that_cannot_be_written_ends_sending_and_its_neighbours_land(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned, speaker, real = speeches(40), Speaker(10), Media.put

    def put(media: Media, data: bytes) -> str:
        if data.startswith(b"RIFF 2\0"):
            raise StoreError("media cannot be written: Input/output error")
        return real(media, data)

    monkeypatch.setattr(Media, "put", put)
    client = Client(script=speaker, delay_s=0.02)
    with start(planned, tmp_path) as ledger:
        result = run_on(ledger, tmp_path, client, planned)
        assert result.exit_code == 74
        assert IN_FLIGHT <= len(client.sent) <= 2 * IN_FLIGHT
        assert len(list(ledger.records())) == len(client.sent) - 1
        billed = sum(r.cost_usd or 0 for r in ledger.records())
        assert ledger.spent() > billed  # the lost one may have been billed


@contextmanager
def no_file_may_grow(size: int) -> Iterator[None]:
    """Within the context every write beyond `size` fails as on a broken disk: the kernel says EFBIG, SQLite EIO."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def stops(planned: Bakeoff, folder: Path, client: Client, match: str) -> None:
    with start(planned, folder) as ledger:
        with pytest.raises(StoreError, match=match) as caught:
            run_on(ledger, folder, client, planned)
        assert caught.value.exit_code == 74
        known = len(list(ledger.records())) if (folder / DATABASE).exists() else 0
    assert known < len(client.sent) <= known + 2 * IN_FLIGHT


def test_an_input_output_error_ends_the_run_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ballast, "CHECKPOINT_BYTES", 0)
    with no_file_may_grow(3_000_000):
        stops(MANY, tmp_path, long_answers(), "disk I/O error")


def test_a_disk_that_becomes_read_only_ends_the_run_at_once(tmp_path: Path) -> None:
    ledgers: list[Any] = []

    def heard(*_: object) -> None:
        if len(client.sent) == 2 * IN_FLIGHT:
            writer = ledgers[0]._writer
            writer.submit(lambda connection: connection.execute("PRAGMA query_only = 1"))

    client = long_answers(heard)
    real = Ledger.keep_room

    def keep_room(ledger: Ledger, size: int) -> None:
        ledgers.append(ledger)
        real(ledger, size)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Ledger, "keep_room", keep_room)
        stops(MANY, tmp_path, client, "readonly")


@pytest.mark.parametrize("what", ["the folder", "the database", "its WAL"])
def test_a_store_that_is_deleted_ends_the_run_at_once(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "run"

    def heard(*_: object) -> None:
        if len(client.sent) == 2 * IN_FLIGHT:
            if what == "the folder":
                shutil.rmtree(folder)
            else:
                (folder / (DATABASE if what == "the database" else f"{DATABASE}-wal")).unlink()

    client = long_answers(heard)
    with start(MANY, folder) as ledger:
        with pytest.raises(StoreError, match="was deleted or replaced") as caught:
            run_on(ledger, folder, client)
        assert caught.value.exit_code == 74
    assert len(client.sent) <= 3 * IN_FLIGHT


@mounted
def test_a_read_only_disk_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 8) as disk:
        start(MANY, disk / "run").close()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(StoreError, match="Read-only file system") as caught:
            Ledger.open(disk / "run", write=True)
        assert caught.value.exit_code == 74
        with Ledger.open(disk / "run", write=False) as reader:
            assert reader.counts()[0].pending == 200
