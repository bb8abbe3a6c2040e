"""Media of a run: files named by their own sha256, whole on disk before any row names them."""

import hashlib
import os
import tempfile
from pathlib import Path

from harness.core.wording import worded
from harness.errors import StoreError
from harness.store.ballast import ADVICE

FOLDER = "media"
"""Its name in a run folder."""


class Media:
    """A content-addressed folder: `ab/ab12...`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return where the file with this digest lies, or would."""
        return self.folder / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Store `data` so that it survives a power cut, and return its sha256; what is there already is kept."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.path(sha256)
        try:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                _write(path, data)
                # the entry of a new file, and of the folder that may be new too
                for folder in (path.parent, self.folder, self.folder.parent):
                    _sync(folder)
        except OSError as error:
            raise StoreError(
                worded("media cannot be written to {folder}: {strerror}", folder=self.folder, strerror=error.strerror),
                hint=ADVICE,
            ) from error
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the file's bytes; StoreError where it is gone or is not what its name says."""
        try:
            data = self.path(sha256).read_bytes()
        except OSError as error:
            raise StoreError(
                worded("media {name} cannot be read: {strerror}", name=sha256, strerror=error.strerror)
            ) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StoreError(worded("media {name} is damaged: its content has another digest", name=sha256))
        return data


def _write(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
