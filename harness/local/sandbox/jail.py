"""Bubblewrap around an interpreter: no network, no files, no processes, little memory and time.

Nothing here trusts one wall alone. Root's rights are laid down first, since as root a limit of processes holds nobody;
the environment is empty before bubblewrap begins, since its own process can be looked into; there is no /proc.
"""

import ast
import contextlib
import math
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from harness.core.wording import worded
from harness.local.engines import Job, Verdict
from harness.local.sandbox import inside
from harness.local.sandbox.seccomp import MACHINES, filter_program

CPU_S = 5
WALL_S = 30.0
TEMPORARY_BYTES = 16 * 2**20
NOBODY = "65534"
_TREES = ("/bin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache")
"""Beside /usr: what programs and their libraries are found by."""
_WITHIN_REACH = "/mnt"
"""A folder that everybody gets to, and that is empty or of no use here."""


class SandboxFault(Exception):
    """The sandbox did not stand: nothing is known of the program. One sentence."""


def judge(job: Job, *, cpu_s: int = CPU_S, wall_s: float = WALL_S) -> Verdict:
    """Run `job` in a sandbox of its own. SandboxFault where it cannot be made: then nothing was run."""
    told = inside.literal({**asdict(job), "cpu_s": cpu_s, "wall_s": math.ceil(wall_s) + 5}).encode()
    with _bubblewrap() as process:
        try:
            said, complaint = process.communicate(told, timeout=wall_s)
            reason = "it ended whoever checked it"
        except subprocess.TimeoutExpired:
            _end(process)
            said, complaint = process.communicate()
            reason = f"it took more than {wall_s:g} s"
    lines: list[dict[str, object]] = [ast.literal_eval(line) for line in said.decode().splitlines()]
    if not lines:
        last = complaint.decode(errors="replace").strip().rpartition("\n")[2]
        raise SandboxFault(last or f"bubblewrap ended with status {process.returncode}")
    end = {"passed": False, "reason": reason} | dict(*lines[1:2])
    return Verdict(passed=end["passed"] is True, reason=str(end["reason"]))


def lacking() -> str | None:
    """Say what this machine has not got that a sandbox is made of; None where all is there."""
    if platform.system() != "Linux":
        return worded("it needs Linux")
    if platform.machine() not in MACHINES:
        return worded("its filter knows {machines}, and this is {this}", machines=[*MACHINES], this=platform.machine())
    if shutil.which("bwrap") is None:
        return worded("bubblewrap is not installed")
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return worded("setpriv (util-linux) is not installed, and root's rights must be laid down")
    return None


@contextlib.contextmanager
def _bubblewrap() -> Iterator["subprocess.Popen[bytes]"]:
    """Start the referee in a sandbox; it waits for its job."""
    if why := lacking():
        raise SandboxFault(why)
    with os.fdopen(os.memfd_create("filter"), "w+b") as calls:
        calls.write(filter_program(platform.machine()))
        calls.seek(0)
        process = subprocess.Popen(
            [*_lowered(), str(shutil.which("bwrap")), *_walls(calls.fileno()), *_interpreter()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={},
            cwd="/",
            pass_fds=(calls.fileno(),),
            start_new_session=True,
        )
        with process:
            try:
                yield process
            finally:
                _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End bubblewrap, both where there are two, and with it all that is in the sandbox."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _lowered() -> list[str]:
    """What has all that follows run as nobody, where we are root.

    An interpreter that lies where only root gets to, below /root for example, is first put where nobody does: in a view
    of the files that ends with the sandbox.
    """
    if os.geteuid() != 0:
        return []
    lowered = [str(shutil.which("setpriv")), "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]
    if _is_in_usr():
        return lowered
    view = ("--dev-bind", "/", "/", "--ro-bind", sys.base_prefix, _WITHIN_REACH)
    rights = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    return [str(shutil.which("bwrap")), *view, *rights, *lowered]


def _walls(calls: int) -> list[str]:
    """The sandbox: what is not bound into it is not there."""
    home = _WITHIN_REACH if os.geteuid() == 0 else sys.base_prefix
    return [
        *("--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"),
        *("--cap-drop", "ALL", "--seccomp", str(calls)),
        *("--ro-bind", "/usr", "/usr"),
        *(word for tree in map(Path, _TREES) if tree.exists() for word in _bound(tree)),
        *([] if _is_in_usr() else ["--ro-bind", home, sys.base_prefix]),
        *("--dev-bind", "/dev/null", "/dev/null"),
        *("--size", str(TEMPORARY_BYTES), "--tmpfs", "/tmp", "--chdir", "/tmp"),
        *("--remount-ro", "/"),
    ]


def _bound(tree: Path) -> list[str]:
    return ["--symlink", os.readlink(tree), str(tree)] if tree.is_symlink() else ["--ro-bind", str(tree), str(tree)]


def _is_in_usr() -> bool:
    return Path(sys.base_prefix).resolve().is_relative_to("/usr")


def _interpreter() -> list[str]:
    """The interpreter that runs us, without its packages, and what it runs."""
    python = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    text = Path(inside.__file__).read_text(encoding="utf-8")
    return [str(python), "-I", "-S", "-c", text, "referee"]
