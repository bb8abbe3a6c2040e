"""What the runs of a folder have spent together, and who may send there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from harness.errors import StoreError, StoreLockedError
from harness.store.folders import find, spent_since
from harness.store.ledger import DATABASE, Ledger
from harness.store.lock import Lock, holder, sending
from tests.store.nouns import call, new_ledger, record
from tests.store.test_ledger import do

MIDNIGHT = datetime(2026, 7, 10, tzinfo=UTC)
YESTERDAY, TODAY = (MIDNIGHT + timedelta(hours=hours) for hours in (-1, 1))


@contextmanager
def written(folder: Path, when: datetime) -> Iterator[Ledger]:
    """A run of three calls whose files were last written at `when`."""
    with new_ledger(folder, call("a"), call("b"), call("c")) as ledger:
        yield ledger
    os.utime(folder / DATABASE, (when.timestamp(), when.timestamp()))


def test_what_was_spent_since_midnight_is_that_of_all_runs_and_never_too_little(tmp_path: Path) -> None:
    with written(tmp_path / "old", YESTERDAY) as ledger:
        do(ledger.commit(record(call("a"), finished=YESTERDAY.isoformat(), cost_usd=Decimal(1))))
        do(ledger.intend("b", 1, Decimal(2)))  # in flight when it was killed, yesterday
    with written(tmp_path / "resumed", TODAY) as ledger:
        do(ledger.commit(record(call("a"), finished=YESTERDAY.isoformat(), cost_usd=Decimal(4))))
        do(ledger.commit(record(call("b"), finished=TODAY.isoformat(), cost_usd=Decimal(8))))
        do(ledger.intend("c", 1, Decimal(16)))  # no date: it may have been today
    with written(tmp_path / "new", TODAY) as ledger:
        do(ledger.commit(record(call("a"), finished=TODAY.isoformat(), cost_usd=Decimal(32))))
    (tmp_path / "no run").mkdir()
    assert spent_since(tmp_path, MIDNIGHT) == 8 + 16 + 32
    assert spent_since(tmp_path / "no run", MIDNIGHT) == 0


def test_what_a_run_that_goes_on_has_committed_counts_before_its_file_is_written(tmp_path: Path) -> None:
    with new_ledger(tmp_path / "run", call("a")) as ledger:
        do(ledger.commit(record(call("a"), finished=TODAY.isoformat(), cost_usd=Decimal(2))))
        os.utime(tmp_path / "run" / DATABASE, (YESTERDAY.timestamp(), YESTERDAY.timestamp()))
        assert spent_since(tmp_path, MIDNIGHT) == 2


def test_a_run_of_today_that_cannot_be_read_lets_no_budget_per_day_begin(tmp_path: Path) -> None:
    broken = tmp_path / "broken" / DATABASE
    broken.parent.mkdir()
    broken.write_bytes(b"no database" * 100)
    os.utime(broken, (YESTERDAY.timestamp(), YESTERDAY.timestamp()))
    assert spent_since(tmp_path, MIDNIGHT) == 0
    os.utime(broken, (TODAY.timestamp(), TODAY.timestamp()))
    with pytest.raises(StoreError, match="budget per day could not hold"):
        spent_since(tmp_path, MIDNIGHT)


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [(False, False, True), (False, True, False), (True, False, False), (True, True, False)],
)
def test_whoever_has_a_budget_per_day_sends_alone(tmp_path: Path, first: bool, second: bool, together: bool) -> None:
    with sending(tmp_path, alone=first):
        if together:
            with sending(tmp_path, alone=second):
                pass
        else:
            with pytest.raises(StoreLockedError, match="another run"), sending(tmp_path, alone=second):
                raise AssertionError("both send")
    with sending(tmp_path, alone=second):
        assert list(tmp_path.iterdir()) == []


def test_the_latest_is_the_newest_that_nobody_writes_unless_all_are_written(tmp_path: Path) -> None:
    with written(tmp_path / "old", YESTERDAY) as ledger:
        assert find("latest", tmp_path) == tmp_path / "old", "there is no other"
        do(ledger.commit(record(call("a"))))
    with written(tmp_path / "new", TODAY) as ledger:
        assert find("latest", tmp_path) == tmp_path / "old"
        assert find("latest", tmp_path, written=True) == tmp_path / "new"
        do(ledger.commit(record(call("a"))))
    assert find("latest", tmp_path) == tmp_path / "new"
    with written(tmp_path / "made", TODAY + timedelta(hours=1)):
        pass
    assert find("latest", tmp_path) == tmp_path / "new", "the process of the newest has not begun to send"


def test_a_number_that_a_killed_writer_left_is_nobodys_although_another_process_bears_it_now(tmp_path: Path) -> None:
    with written(tmp_path / "run", TODAY):
        assert holder(tmp_path / "run") == os.getpid()
    (tmp_path / "run" / "run.lock").write_text(str(os.getpid()))
    assert holder(tmp_path / "run") is None
    Lock(tmp_path / "run").release()
