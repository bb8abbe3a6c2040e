"""What runs inside the sandbox: a referee, which is trusted, and the program that it checks, which is not.

The interpreter of the sandbox is given this file's text and sees nothing else of this package. The program has a
process of its own. It is asked to call its function, and what comes back is read as a literal, so that it can neither
see what is expected, nor touch whoever decides, nor return an object that is equal to everything. Whatever crosses from
one process to another is a literal in one line. Few modules are imported, since each start of an interpreter waits.
"""

from __future__ import annotations

import os
import resource
import sys

TYPE_CHECKING = False  # typing itself takes as long to load as all else
if TYPE_CHECKING:
    from typing import IO, Any

MEMORY_BYTES = 512 * 2**20
FILE_BYTES = 4 * 2**20
MOST_FILES = 32
MOST_REPLY = 2**20
"""Characters of one value that is returned."""
MOST_REASON = 200
REPLIES = 3
"""Descriptor on which the program's process answers: what it prints goes nowhere."""


class Failed(Exception):
    """The program has failed its check; says why."""


def referee() -> None:
    """Read a job from stdin, check its program, and write what came of it to stdout: two lines.

    The first says that the sandbox stands. It is written before anything untrusted begins: without it, nothing that
    follows says anything about the program.
    """
    import signal
    from ast import literal_eval

    os.closerange(3, 4096)  # what whoever started us left open leads out of here
    job: dict[str, Any] = literal_eval(sys.stdin.readline())
    signal.alarm(job["wall_s"])  # nobody may be left to end us
    _say({"ready": True})
    try:
        _check(job)
    except Failed as why:
        reason = str(why)
    except AssertionError as error:
        reason = f"an assertion failed: {error}" if str(error) else "an assertion failed"
    except BaseException as error:  # what a check does with a wrong value, SystemExit among it
        reason = f"the check ended with {type(error).__name__}: {error}"
    else:
        _say({"passed": True, "reason": "passed"})
        return
    _say({"passed": False, "reason": reason[:MOST_REASON]})


def subject() -> None:
    """Run the program that comes on stdin, then call its function as often as it is asked to."""
    read = eval  # what is asked comes from the referee
    plain = {"__builtins__": {"set": set}}
    job, calls = read(sys.stdin.readline(), dict(plain)), os.fdopen(os.dup(0), encoding="utf-8")
    replies = os.fdopen(REPLIES, "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    _confine(job["cpu_s"])
    names: dict[str, Any] = {"__name__": "answer"}
    try:
        exec(compile(job["program"], "<answer>", "exec"), names)
        function = names[job["entry_point"]]
    except BaseException as error:
        _reply(replies, "raised", _of(error))
        return
    _reply(replies, "loaded", None)
    for line in calls:
        given, named = read(line, dict(plain))
        try:
            _reply(replies, "returned", function(*given, **named))
        except BaseException as error:
            _reply(replies, "raised", _of(error))


def literal(value: object) -> str:
    """Return Python's literal for plain data, in one line; `...`, which equals nothing, for anything else.

    What is a kind of a plain type crosses as that type: a Counter as a dict, a named tuple as a tuple.
    """
    match value:
        case None | bool():
            return repr(value)
        case int():
            return hex(value)  # decimal has a limit
        case float():
            return "..." if value != value else repr(float(value)).replace("inf", "1e999")
        case str():
            return ascii(str.__str__(value))  # of an enumeration, its value
        case bytes() | bytearray():
            return repr(bytes(value))
        case complex():
            return repr(complex(value))
        case list():
            return f"[{', '.join(map(literal, value))}]"
        case tuple():
            return f"({''.join(f'{literal(item)}, ' for item in value)})"
        case dict():
            return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
        case set() | frozenset():
            return "{" + ", ".join(map(literal, value)) + "}" if value else "set()"
    return literal(set(value)) if isinstance(value, type({}.keys())) else "..."


def _check(job: dict[str, Any]) -> None:
    """Return where the check is content; any exception says that it is not."""
    from ast import literal_eval

    asking, answering = os.pipe(), os.pipe()
    nowhere = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0), (os.POSIX_SPAWN_DUP2, 1, 2)
    pipes = (os.POSIX_SPAWN_DUP2, asking[0], 0), (os.POSIX_SPAWN_DUP2, answering[1], REPLIES)
    command = [*sys.orig_argv[:-1], "subject"]
    process = os.posix_spawn(command[0], command, {}, file_actions=[*nowhere, *pipes])
    os.close(asking[0])
    os.close(answering[1])
    calls, replies = os.fdopen(asking[1], "w", encoding="utf-8"), os.fdopen(answering[0], encoding="utf-8")

    def ask(text: str, wanted: str) -> Any:
        try:
            calls.write(text + "\n")
            calls.flush()
            line = replies.readline(MOST_REPLY)
        except (BrokenPipeError, UnicodeDecodeError):
            line = ""
        if not line:
            raise Failed(_end(process, job["cpu_s"]))
        if not line.endswith("\n"):
            raise Failed(f"it returned more than {MOST_REPLY:,} characters")
        try:
            kind, value = literal_eval(line)
        except Exception:
            kind = value = None
        if kind == "raised":
            raise Failed(f"it raised {value}")
        if kind != wanted:
            raise Failed("it wrote among its replies")
        return value

    def candidate(*given: object, **named: object) -> Any:
        return ask(literal((given, named)), "returned")

    ask(literal({name: job[name] for name in ("program", "entry_point", "cpu_s")}), "loaded")
    names: dict[str, Any] = {"__name__": "check"}
    exec(compile(job["check"], "<check>", "exec"), names)
    names[job["entry_point"]] = candidate  # some checks call it by its own name
    names["check"](candidate)


def _end(process: int, cpu_s: int) -> str:
    try:
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    except ChildProcessError:  # the check went on after it had been told
        return "it has ended"
    if code in (-24, -9):  # SIGXCPU, and the signal after it
        return f"it took more than {cpu_s} s of processor time"
    return f"it ended by itself (status {code})"


def _confine(cpu_s: int) -> None:
    """Take from this process, for ever, what it does not need."""
    for what, most in (
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_NPROC, 1),  # itself: no second process, no thread
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, MOST_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most + 1 if what == resource.RLIMIT_CPU else most))


def _of(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:MOST_REASON]


def _reply(to: IO[str], kind: str, value: object) -> None:
    to.write(literal((kind, value)) + "\n")
    to.flush()


def _say(what: dict[str, object]) -> None:
    sys.stdout.write(literal(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    {"referee": referee, "subject": subject}[sys.argv[-1]]()
