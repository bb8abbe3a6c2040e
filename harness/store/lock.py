"""One writer a run folder: a lock that dies with its process."""

import fcntl
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.core.wording import worded
from harness.errors import StoreError, StoreLockedError

NAME = "run.lock"


class Lock:
    """Holds the right to write a run folder until `release`, or until the process ends in any way."""

    def __init__(self, folder: Path) -> None:
        path = folder / NAME
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(
                worded("{folder} cannot be written: {strerror}", folder=folder, strerror=error.strerror)
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise StoreLockedError(
                worded("{folder} is being written by process {pid}", folder=folder, pid=holder(folder) or "?"),
                hint=worded(
                    "wait until it has ended; what has come so far: bakeoff export {folder}",
                    folder=shlex.quote(str(folder)),
                ),
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        os.ftruncate(self._file, 0)
        os.close(self._file)


@contextmanager
def sending(runs: Path, *, alone: bool) -> Iterator[None]:
    """Within the context, a run of the folder `runs` sends: beside others, or `alone`.

    StoreLockedError where that clashes. It is the folder itself that is locked, so nothing is left behind.
    """
    folder = os.open(runs, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(folder, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreLockedError(
                worded(
                    "another run in {runs} is sending, and a budget per day, which one of the two has, could not hold",
                    runs=runs,
                ),
                hint=worded("wait until it has ended, or give --runs another folder"),
            ) from None
        yield
    finally:
        os.close(folder)


def holder(folder: Path) -> int | None:
    """Return the process that writes `folder` now; None where nobody does.

    A process that was killed leaves its number behind, which another one may bear by now: only the lock itself tells.
    """
    try:
        file = os.open(folder / NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        pid = int(os.pread(file, 32, 0))
        os.kill(pid, 0)  # whoever is gone needs no lock to be asked, which for that moment would keep a writer out
    except PermissionError:
        return pid if _is_held(file) else None
    except (OSError, ValueError):
        return None
    else:
        return pid if _is_held(file) else None
    finally:
        os.close(file)


def _is_held(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
