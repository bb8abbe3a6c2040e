"""An engine that is never ready."""

import time
from collections.abc import Mapping
from pathlib import Path


def load(files: Mapping[str, Path], *, threads: int) -> None:
    """Take longer than any test waits."""
    del files, threads
    time.sleep(600)
