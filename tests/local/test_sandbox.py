"""The sandbox: nothing that a program tries reaches anything, no lie is believed, and without one nothing is run."""

import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest

from harness.errors import UsageError
from harness.local.engines import Job, Verdict
from harness.local.sandbox import jail, probes
from harness.local.sandbox.inside import literal
from harness.local.sandbox.jail import SandboxFault, judge
from harness.local.sandbox.probes import PROBES, Probe, baits, demand_sandbox, job
from harness.local.sandbox.seccomp import DENIED, MACHINES, filter_program

pytestmark = pytest.mark.alone

stands = pytest.mark.skipif(shutil.which("bwrap") is None, reason="no bubblewrap (Debian: apt-get install bubblewrap)")
HONEST = [name for name, probe in PROBES.items() if probe.passes]


@pytest.fixture(scope="module")
def given() -> Iterator[Mapping[str, object]]:
    with baits() as found:
        yield found


def verdict(program: str, check: str = "assert candidate(2) == 4", **limits: float) -> Verdict:
    """Judge `program`, whose function is `f`."""
    found = Job(program=program, entry_point="f", check=f"def check(candidate):\n    {check}\n")
    return judge(found, **limits)  # type: ignore[arg-type]


# -- what is tried -------------------------------------------------------------------------------------------------


@stands
@pytest.mark.parametrize("name", PROBES)
def test_an_attempt_is_blocked(name: str, given: Mapping[str, object]) -> None:
    assert judge(job(PROBES[name], given)).passed is PROBES[name].passes


def test_each_attempt_reaches_something_where_there_is_no_sandbox(given: Mapping[str, object]) -> None:
    """Else that it is blocked would say nothing."""
    for name in HONEST:
        program = f"{PROBES[name].program}\nimport json\nprint(json.dumps(len(attempt({dict(given)!r}))))"
        done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
        assert json.loads(done.stdout) > 0, name


@stands
@pytest.mark.parametrize(
    "program",
    [
        pytest.param("import os\nprint('PASS')\nos._exit(0)", id="leaves as it is loaded"),
        pytest.param("import os\ndef f(x):\n    os._exit(0)", id="leaves as it is called"),
        pytest.param("import sys\nsys.exit(0)", id="exits"),
        pytest.param(
            "class Any:\n    def __eq__(self, other): return True\n"
            "    def __repr__(self): return '0x4'\ndef f(x): return Any()",
            id="returns what equals everything",
        ),
        pytest.param(
            "import os\nfor n in range(64):\n    try: os.write(n, b'(\"returned\", 0x4)\\n' * 3)\n"
            "    except OSError: pass\ndef f(x): return 5",
            id="writes replies itself, out of turn",
        ),
        pytest.param("import os\ndef f(x):\n    os.kill(os.getppid(), 9)\n    return 4", id="kills the referee"),
        pytest.param("import os, signal\ndef f(x):\n    os.kill(-1, 9)", id="kills all"),
        pytest.param(
            "import gc, sys\ndef f(x):\n    frame = sys._getframe()\n    while frame.f_back: frame = frame.f_back\n"
            "    return [o for o in gc.get_objects() if isinstance(o, str) and 'candidate(2)' in o] or frame.f_locals",
            id="looks for the check",
        ),
        pytest.param("def f(x): return [[]] * 10**6", id="returns too much"),
        pytest.param("def f(x):\n    a = []\n    a.append(a)\n    return a", id="returns a circle"),
        pytest.param("def f(x): return '\\ud800'", id="returns half a character"),
        pytest.param("f = 4", id="is no function"),
        pytest.param("def g(x): return 4", id="is another function"),
        pytest.param("def f(x) return 4", id="is no Python"),
        pytest.param("\ud800", id="is no text"),
    ],
)
def test_a_lie_is_not_believed(program: str) -> None:
    assert verdict(program).passed is False


@stands
def test_the_filter_denies_every_call_on_its_list() -> None:
    column = MACHINES[platform.machine()].column
    program = (
        "import ctypes\ndef f(numbers):\n    libc = ctypes.CDLL(None, use_errno=True)\n    allowed = []\n"
        "    for number in numbers:\n        ctypes.set_errno(0)\n"
        "        if libc.syscall(number, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() != 1: allowed.append(number)\n"
        "    return allowed"
    )
    numbers = [numbers[column] for numbers in DENIED.values()]
    assert verdict(program, f"assert candidate({numbers}) == []") == Verdict(passed=True, reason="passed")


@pytest.mark.parametrize("machine", MACHINES)
def test_a_filter_is_whole_steps_that_end_in_allowing(machine: str) -> None:
    program = filter_program(machine)
    assert len(program) == 8 * (6 + 2 * len(DENIED) + 1)
    assert program.endswith((0x7FFF0000).to_bytes(4, sys.byteorder))


# -- verdicts ------------------------------------------------------------------------------------------------------


@stands
@pytest.mark.parametrize(
    ("program", "reason"),
    [
        pytest.param("def f(x): return x + x", "passed", id="right"),
        pytest.param("def f(x): return x + 1", "an assertion failed", id="wrong"),
        pytest.param("def f(x): return x / 0", "it raised ZeroDivisionError: division by zero", id="raises"),
        pytest.param("def f(x): return None - 1", "it raised TypeError", id="raises another"),
        pytest.param("def f(): return 4", "it raised TypeError: f() takes 0 positional arguments", id="arguments"),
        pytest.param("def f(x): return input()", "it raised EOFError", id="reads"),
        pytest.param("def f(x) return 4", "it raised SyntaxError", id="no Python"),
        pytest.param("import os\nos._exit(3)", "it ended by itself (status 3)", id="leaves"),
        pytest.param("def f(x):\n    while True: pass", "it took more than 1 s of processor time", id="spins"),
        pytest.param("import time\ndef f(x): time.sleep(60)", "it took more than 2 s", id="sleeps"),
        pytest.param("def f(x): return bytearray(2**30)", "it raised MemoryError", id="memory"),
    ],
)
def test_a_verdict_says_why(program: str, reason: str) -> None:
    found = verdict(program, cpu_s=1, wall_s=2)
    assert found.passed is (reason == "passed")
    assert found.reason.startswith(reason)


@stands
def test_what_a_program_prints_and_how_much_changes_nothing() -> None:
    assert verdict(
        "import sys\ndef f(x):\n    print('x' * 10**7)\n    sys.stderr.write('y' * 10**6)\n    return 4"
    ).passed


@stands
def test_a_function_is_asked_with_names_and_remembers() -> None:
    program = "seen = []\ndef f(x, *, more=0):\n    seen.append(x + more)\n    return seen"
    assert verdict(program, "candidate(1, more=2); assert candidate(5) == [3, 5]").passed


@pytest.mark.parametrize(
    "value",
    [
        None, True, ..., 0, -(10**5000), 1.5, float("inf"), -float("inf"), 2j, "é\n'\"\ud800", b"\x00a", [], [1, [2]],
        (), (1,), ((1, "b"), 2), set(), {1, 2}, {"a": {1: (2,)}},
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_plain_data_crosses_as_it_is(value: object) -> None:
    import ast

    text = literal(value)
    assert text.isascii()
    assert "\n" not in text
    assert ast.literal_eval(text) == value


# -- where there is none -------------------------------------------------------------------------------------------


def test_without_bubblewrap_nothing_is_run_and_the_advice_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UsageError, match="bubblewrap is not installed") as caught:
        demand_sandbox()
    (problem,) = caught.value.problems
    assert problem.code == "E405"
    assert "apt-get install bubblewrap" in str(problem.hint)
    with pytest.raises(SandboxFault, match="bubblewrap is not installed"):
        verdict("def f(x): return 4")


@stands
@pytest.mark.parametrize(
    ("probe", "message"),
    [
        pytest.param(Probe(program="def attempt(given): return ['out']"), "not blocked: .*out", id="reaches"),
        pytest.param(Probe(program="def attempt(given): return []", passes=False), "not blocked: passed", id="lies"),
    ],
)
def test_a_sandbox_with_a_hole_is_refused(probe: Probe, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "PROBES", {"a hole": probe})
    with pytest.raises(UsageError, match=rf"a probe \(a hole\) was {message}"):
        demand_sandbox()


@stands
def test_a_bubblewrap_that_does_not_start_says_nothing_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jail, "_walls", lambda *_: ["--no-such-wall"])
    with pytest.raises(SandboxFault, match="no-such-wall"):
        verdict("def f(x): return 4")
    with pytest.raises(UsageError, match=r"bubblewrap does not work here: .*no-such-wall"):
        demand_sandbox()
