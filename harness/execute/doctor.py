"""The doctor: what is installed on this machine, and how well it measures."""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.clients.calibration import calibrate
from harness.clients.pulse import Pulse
from harness.clients.sender import sender
from harness.core.manifest import Calibration
from harness.execute.manifest import environment
from harness.local.catalog import ENGINES
from harness.local.fetch import missing

WATCHED_S = 1.0
"""How long the clock and the idle event loop are watched."""
FLUSHES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What was found."""

    versions: Mapping[str, str]
    """Of what can change a number, and the machine."""
    engines: Mapping[str, bool]
    """Embedded engine → whether it is installed."""
    clock_step_ns: float
    """Of the monotonic clock."""
    clock_drift_ms: float
    """How far wall clock and monotonic clock parted while they were watched: above 1,000 a latency is not trusted."""
    lag_ms: float
    """Latest tick of an event loop that had nothing to do."""
    flush_ms: float
    """Median time until a record is safe on the disk."""
    calibrations: tuple[Calibration, ...]
    """One for each number of calls in flight."""


async def examine(folder: Path, *, env: Mapping[str, str], in_flight: Sequence[int]) -> Checkup:
    """Examine this machine; flushes go to `folder`, where runs will lie. BakeoffError where it can time nothing."""
    lag_ms, drift_ms = await _watched()
    with tempfile.TemporaryDirectory(dir=folder, prefix=".doctor-") as temporary:
        flush_ms = _flush_ms(Path(temporary) / "flushed")
        async with sender(1, env=env, logs=Path(temporary)) as send:
            calibrations = [
                await calibrate(send, in_flight=number, env=env, log=Path(temporary) / "calibration.log")
                for number in in_flight
            ]
    absent = {engine.name for engine in missing(sorted(ENGINES))}
    return Checkup(
        versions=environment(),
        engines={name: name not in absent for name in ENGINES},
        clock_step_ns=time.get_clock_info("monotonic").resolution * 1e9,
        clock_drift_ms=drift_ms,
        lag_ms=lag_ms,
        flush_ms=flush_ms,
        calibrations=tuple(calibrations),
    )


async def _watched() -> tuple[float, float]:
    """Return the largest lag of the idle loop and how far the clocks parted, in ms."""
    pulse, away, end = Pulse(time.monotonic), time.time() - time.monotonic(), time.monotonic() + WATCHED_S
    lags = []
    while time.monotonic() < end:
        await asyncio.sleep(0.005)
        lags.append(pulse.lag_s() * 1000)
    pulse.stop()
    return max(lags), abs(time.time() - time.monotonic() - away) * 1000


def _flush_ms(path: Path) -> float:
    taken = []
    with path.open("wb") as file:
        for _ in range(FLUSHES):
            began = time.monotonic()
            file.write(b"record\n" * 100)
            file.flush()
            os.fsync(file.fileno())
            taken.append((time.monotonic() - began) * 1000)
    return statistics.median(taken)
