"""Two busy neighbours: processes that spin while a measurement lasts, and never for long."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST_S = 180
SPIN = f"import time\nend = time.monotonic() + {LONGEST_S}\nwhile time.monotonic() < end: pass"


@contextmanager
def busy(count: int = 2) -> Iterator[None]:
    """Keep `count` processes spinning."""
    spinning = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(count)]
    try:
        yield
    finally:
        for child in spinning:
            child.kill()
            child.wait()
