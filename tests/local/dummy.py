"""Tiny engines in a process of their own: one that speaks its environment, and some that fail."""

import hashlib
import json
import os
from collections.abc import Generator, Mapping
from pathlib import Path

from harness.local import serve
from harness.local.embedded import Engine, Package, Part, Weight

EMPTY = hashlib.sha256(b"").hexdigest()


def engine(name: str, *, module: str = "tests.local.dummy", sha256: str = EMPTY) -> Engine:
    """An engine whose weights are an empty file of pytest."""
    return Engine(
        name=name,
        modality="tts",
        summary="a dummy",
        version="1",
        module=module,
        runtimes=(),
        packages=(Package(name="pytest", version="0", megabytes=0, extra=True),),
        weights=(Weight(file="py.typed", sha256=sha256, parts=(Part(package="pytest", path="pytest/py.typed"),)),),
        licence="none",
    )


ENGINES = {
    "dummy": engine("dummy"),
    "forged": engine("forged", sha256="0" * 64),
    "broken": engine("broken", module="tests.local.no_such_module"),
    "slow": engine("slow", module="tests.local.slow"),
}


class Voice:
    """Says what its process sees, as bytes; `boom` fails after the first piece."""

    sample_rate = 8000
    voices = ("only", "other")

    def speak(self, text: str, *, voice: str, speed: float) -> Generator[bytes, None, None]:
        """Yield the environment as JSON."""
        if text == "fail":
            raise RuntimeError("no voice today")
        yield json.dumps({"environment": dict(os.environ), "voice": voice, "speed": speed}).encode()
        if text == "boom":
            raise RuntimeError("lost the voice")
        yield b""
        yield b"!!"


def load(files: Mapping[str, Path], *, threads: int) -> Voice:
    """Load nothing."""
    assert files["py.typed"].read_bytes() == b""
    assert threads >= 1
    return Voice()


if __name__ == "__main__":
    serve.main(engines=ENGINES)
