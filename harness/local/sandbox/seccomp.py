"""The system calls that a program in the sandbox is denied, as the kernel's filter program."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

DENIED: Mapping[str, tuple[int, int]] = {
    # into other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    # out of the namespaces
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "unshare": (272, 97),
    "setns": (308, 268),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # what has no namespace: VSOCK reaches the host of a virtual machine
    "socket": (41, 198),
    # memory that no limit of the process counts
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    # much of the kernel for little use
    "bpf": (321, 280),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
}
"""Name → its numbers on x86-64 and on AArch64 (Linux, asm/unistd.h)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """How system calls are numbered."""

    audit: int
    """AUDIT_ARCH_* of linux/audit.h."""
    column: int
    """Of `DENIED`."""


MACHINES: Mapping[str, Machine] = {
    "x86_64": Machine(audit=0xC000003E, column=0),
    "aarch64": Machine(audit=0xC00000B7, column=1),
}
"""By what `uname -m` says."""

_LOAD, _EQUALS, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
"""BPF: load a word; jump where it is equal, where it is not less; return (linux/bpf_common.h)."""
_NUMBER, _ARCHITECTURE = 0, 4
"""Where they stand in struct seccomp_data."""
_KILL, _EPERM, _ALLOW = 0x80000000, 0x00050001, 0x7FFF0000
"""SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ERRNO with EPERM, SECCOMP_RET_ALLOW."""
_X32 = 0x40000000
"""From here on, numbers are a second spelling of x86-64's calls."""


def filter_program(machine: str) -> bytes:
    """Return the program for `machine`, as `bwrap --seccomp` reads it; KeyError where its numbers are not known."""
    numbering = MACHINES[machine]
    steps = [
        *(_step(_LOAD, _ARCHITECTURE), _step(_EQUALS, numbering.audit, then=1), _step(_RETURN, _KILL)),
        *(_step(_LOAD, _NUMBER), _step(_AT_LEAST, _X32, otherwise=1), _step(_RETURN, _KILL)),
    ]
    for numbers in DENIED.values():
        steps += [_step(_EQUALS, numbers[numbering.column], otherwise=1), _step(_RETURN, _EPERM)]
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def _step(code: int, operand: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    """One struct sock_filter; `then` and `otherwise` are how many steps are left out."""
    return struct.pack("HBBI", code, then, otherwise, operand)
