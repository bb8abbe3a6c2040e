"""Where and with what was measured: machine, versions, date."""

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

PACKAGES = ("litellm", "openai", "httpx", "aiohttp", "uvloop", "httptools")


def described(*, more: Sequence[str] = ()) -> dict[str, str]:
    """Return name → value of all that a figure may depend on; `more` are versions that the caller knows."""
    versions = [
        f"Python {platform.python_version()}",
        *(f"{name} {metadata.version(name)}" for name in PACKAGES),
        *more,
    ]
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "Bakeoff": _commit(),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        "versions": ", ".join(versions),
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }


def _commit() -> str:
    """Name the commit of the working tree, with a mark where files differ from it."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{metadata.version('bakeoff')}, commit {described.stdout.strip() or 'unknown'}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
