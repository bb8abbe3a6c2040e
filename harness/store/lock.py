"""One writer a run folder: a lock that dies with its process."""

import fcntl
import os
from pathlib import Path

from harness.errors import StoreError, StoreLockedError

NAME = "run.lock"


class Lock:
    """Holds the right to write a run folder until `release`, or until the process ends in any way."""

    def __init__(self, folder: Path) -> None:
        path = folder / NAME
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"{folder} cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise StoreLockedError(
                f"{folder} is being written by process {holder(folder) or 'unknown'}",
                hint="wait until it has ended; `bakeoff report` works meanwhile",
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        os.ftruncate(self._file, 0)
        os.close(self._file)


def holder(folder: Path) -> int | None:
    """Return the process that writes `folder` now; None where nobody does."""
    try:
        pid = int((folder / NAME).read_text())
        os.kill(pid, 0)
    except PermissionError:
        return pid
    except (OSError, ValueError):
        return None
    return pid
