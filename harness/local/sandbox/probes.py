"""Attempts to break out of the sandbox: each must fail before anybody's program is run."""

import contextlib
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.core.wording import worded
from harness.errors import Problem, UsageError
from harness.local.engines import Job
from harness.local.sandbox.jail import SandboxFault, judge, lacking

INSTALL = worded("apt-get install bubblewrap (0.8 or newer), and let it use user namespaces")
SECRET = "the-secret-of-the-probes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A program whose `attempt` returns what it has reached; nothing is what it should return."""

    program: str
    passes: bool = True
    """False: the program lies about its check, and must not be believed."""


_HEAD = "import os, sys\n"
_CHECK = "def check(candidate):\n    reached = candidate({given!r})\n    assert reached == [], reached\n"

PROBES: Mapping[str, Probe] = {
    "network": Probe(
        program=_HEAD
        + """
import socket
def attempt(given):
    reached = []
    for family, address in ((socket.AF_INET, ("127.0.0.1", given["port"])), (socket.AF_INET, ("1.1.1.1", 53)),
                            (socket.AF_UNIX, given["socket"]), (40, (2, 1))):
        try:
            with socket.socket(family) as door:
                door.settimeout(1)
                door.connect(address)
            reached.append(str(address))
        except OSError:
            pass
    return reached
"""
    ),
    "secret file": Probe(
        program=_HEAD
        + """
def attempt(given):
    reached = []
    for name in (given["file"], "/etc/passwd", "/etc/hostname"):
        try:
            reached += [name, open(name).read(40)]
        except OSError:
            pass
    home = given["home"]
    if os.path.isdir(home):  # the interpreter may lie in it
        reached += [name for name in os.listdir(home) if not sys.prefix.startswith(os.path.join(home, name))]
    for descriptor in range(5, 1024):
        try:
            os.fstat(descriptor)
            reached.append(descriptor)
        except OSError:
            pass
    return reached
"""
    ),
    "environment": Probe(
        program=_HEAD
        + """
def attempt(given):
    reached = sorted(set(os.environ) - {"PWD", "LC_CTYPE"})
    for process in ["self", *range(1, 1000)]:
        for name in ("environ", "mem", "cmdline"):
            try:
                reached.append(open(f"/proc/{process}/{name}", "rb").read(40))
            except OSError:
                pass
    return reached
"""
    ),
    "write outside": Probe(
        program=_HEAD
        + """
def attempt(given):
    reached = []
    for folder in (given["folder"], given["home"], "/", "/usr", "/usr/lib", "/dev", sys.prefix, os.path.dirname(os.__file__)):
        try:
            with open(os.path.join(folder, "written"), "w") as file:
                file.write("here")
            reached.append(folder)
        except OSError:
            pass
    return reached
"""  # noqa: E501
    ),
    "memory": Probe(
        program=_HEAD
        + """
import mmap
def attempt(given):
    reached = []
    for take in (lambda: bytearray(2**30), lambda: mmap.mmap(-1, 2**30), lambda: os.memfd_create("more")):
        try:
            take()
            reached.append("a gigabyte")
        except (MemoryError, OSError):
            pass
    try:
        with open("/tmp/large", "wb") as file:
            for _ in range(64):
                file.write(bytes(2**20))
        reached.append("a large file")
    except OSError:
        pass
    return reached
"""
    ),
    "fork bomb": Probe(
        program=_HEAD
        + """
import threading
def attempt(given):
    reached = []
    for _ in range(100):
        try:
            if os.fork() == 0:
                os._exit(0)
            reached.append("a process")
        except OSError:
            pass
    try:
        threading.Thread(target=int).start()
        reached.append("a thread")
    except RuntimeError:
        pass
    return reached[:3]
"""
    ),
    "fake pass": Probe(
        passes=False,
        program=_HEAD
        + """
class Everything(list):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __len__(self): return 0
def attempt(given):
    for descriptor in (1, 2, 4, 5, 6, 7, 8, 9):
        try:
            os.write(descriptor, b'{"passed": true, "reason": "passed"}\\n')
        except OSError:
            pass
    print("PASS passed ok", flush=True)
    if given.get("leave"):
        os._exit(0)
    return Everything(["no"])
""",
    ),
}
"""What is tried → how. What must be denied a program for other reasons than these is denied by the same walls."""


def job(probe: Probe, given: Mapping[str, object]) -> Job:
    """Return the attempt, with what it needs to know of this machine."""
    return Job(program=probe.program, entry_point="attempt", check=_CHECK.format(given=dict(given)))


@contextlib.contextmanager
def baits() -> Iterator[Mapping[str, object]]:
    """Have something to be reached for the time of the context: a port, a socket, a file, a folder, a home."""
    with tempfile.TemporaryDirectory(prefix="bakeoff-probe-") as folder, contextlib.ExitStack() as owned:
        os.chmod(folder, 0o777)
        secret, path = Path(folder) / "secret", Path(folder) / "socket"
        secret.write_text(SECRET, encoding="utf-8")
        door = owned.enter_context(socket.create_server(("127.0.0.1", 0)))
        local = owned.enter_context(socket.socket(socket.AF_UNIX))
        local.bind(str(path))
        local.listen()
        path.chmod(0o777)
        port = door.getsockname()[1]
        yield {
            "port": port, "socket": str(path), "file": str(secret), "folder": folder, "home": str(Path.home()),
        }  # fmt: skip


def demand_sandbox() -> None:
    """UsageError E405 where a sandbox cannot be made on this machine, or does not hold; takes about a second."""
    why = lacking()
    try:
        if why is None:
            with baits() as given:
                for name, probe in PROBES.items():
                    verdict = judge(job(probe, given))
                    if verdict.passed is not probe.passes:
                        why = worded("a probe ({name}) was not blocked: {why}", name=name, why=verdict.reason)
    except SandboxFault as fault:
        why = worded("bubblewrap does not work here: {fault}", fault=fault)
    if why is not None:
        message = worded("generated code cannot be run on this machine, which has no sandbox: {why}", why=why)
        raise UsageError([Problem(code="E405", message=message, hint=INSTALL)])
