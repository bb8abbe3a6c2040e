"""What processes cost: runs a command and returns its time, CPU and memory; reads those of running ones."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class SubjectFailed(Exception):
    """A measured process ended badly; the message is what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One process from start to end, with all that it started and waited for."""

    begun: float
    """Of time.monotonic."""
    wall_s: float
    cpu_s: float
    peak_bytes: int
    """Largest resident set, of the largest of them."""
    code: int
    stdout: str


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    codes: Sequence[int] = (0,),
) -> Cost:
    """Run `command` to its end; SubjectFailed where its exit code is none of `codes`."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.monotonic()
        child = subprocess.Popen(
            command, env={**os.environ, **(env or {})}, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            child.kill()
            raise
        wall_s = time.monotonic() - begun
        child.returncode = code = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        stdout, stderr = out.read().decode(errors="replace"), err.read().decode(errors="replace")
    if code not in codes:
        raise SubjectFailed(f"{' '.join(command)} ended with {code}:\n{stdout[-2000:]}\n{stderr[-4000:]}")
    return Cost(
        begun=begun, wall_s=wall_s, cpu_s=usage.ru_utime + usage.ru_stime, peak_bytes=usage.ru_maxrss * 1024, code=code,
        stdout=stdout,
    )  # fmt: skip


def subject(name: str, *arguments: object, env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run a module of `benchmarks.subjects` in a process of its own and return what it printed last."""
    cost = run([sys.executable, "-m", f"benchmarks.subjects.{name}", *map(str, arguments)], env=env)
    said: dict[str, Any] = json.loads(cost.stdout.splitlines()[-1])
    return said


def resident_bytes() -> int:
    """Resident memory of this process and of all its descendants."""
    return sum(_resident(pid) for pid in _family(os.getpid()))


def children_cpu_s() -> float:
    """CPU that the descendants of this process have used: those that run, and those that it has waited for."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    running = sum(_cpu_s(pid) for pid in _family(os.getpid()) if pid != os.getpid())
    return ended.ru_utime + ended.ru_stime + running


def _family(pid: int) -> Iterator[int]:
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = thread.read_text().split()
        except OSError:  # it has just ended
            continue
        for child in children:
            yield from _family(int(child))


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except OSError:
        return 0


def _cpu_s(pid: int) -> float:
    try:
        # the second field, the name, may hold spaces and brackets
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS_PER_S  # its own time and that of children that it has waited for
