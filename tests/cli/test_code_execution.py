"""Programs of models: run only where that is allowed and a sandbox stands, once, and judged again without being run."""

import json
import shutil
from collections import Counter
from dataclasses import replace

import httpx
import pytest

from harness.clients.retry import Answer
from harness.clients.target import Target
from harness.core.calls import Output
from harness.core.requests import ChatRequest, ExecutionRequest, Request
from tests.cli.conftest import Desk
from tests.cli.test_again import qualities
from tests.execute.bakeoffs import answered

BAKEOFF = """\
name: programs
suites:
  - {name: code, modality: text, data: code.jsonl, scorer: passes_tests, prompt: "{{ metadata.entry_point }}"}
candidates: [one]
run: {warm_up: 0}
"""
SAMPLES = [
    {
        "id": name,
        "input": f"def {name}(x):\n    ...\n\n",
        "metadata": {"entry_point": name, "check": f"def check(f):\n    assert f(2) == {right}"},
    }
    for name, right in {"double": 4, "square": 4, "treble": 6}.items()
]
ANSWERS = {"double": "    return x * 2", "square": "def square(x): return x**2", "treble": "    return x * 4"}


@pytest.fixture
def coder(desk: Desk) -> Desk:
    """A desk whose one candidate writes programs, two of three that are right, and whose sandbox is the real one."""

    def script(request: Request, target: Target) -> Answer:
        if isinstance(request, ChatRequest):
            return answered(ANSWERS[str(request.messages[-1]["content"])])
        assert isinstance(request, ExecutionRequest)
        job = {"program": request.program, "entry_point": request.entry_point, "check": request.check}
        said = httpx.post(f"{target.base_url}/execute", json=job, timeout=60, trust_env=False).json()
        verdict = Output(text=said["reason"], values={"passed": float(said["passed"])})
        return replace(answered(), outcome=verdict)

    desk.client.script = script
    desk.write("bakeoff.yaml", BAKEOFF)
    desk.write("code.jsonl", "".join(json.dumps(sample) + "\n" for sample in SAMPLES))
    return desk


def test_without_leave_nothing_is_sent(coder: Desk) -> None:
    done = coder.bakeoff("run", code=2)
    assert "code/code: programs that models write would be run on this machine" in done.err
    assert "--allow-code-execution" in done.err
    assert (coder.client.sent, coder.runs) == ([], [])


def test_without_a_sandbox_nothing_is_sent(coder: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    done = coder.bakeoff("run", "--allow-code-execution", code=2)
    assert "error[E405]" in done.err
    assert "apt-get install bubblewrap" in done.err
    assert (coder.client.sent, coder.runs) == ([], [])


def test_a_sample_without_a_check_is_refused_before_anything_is_sent(coder: Desk) -> None:
    coder.write("code.jsonl", json.dumps({"id": "a", "input": "b", "metadata": {"entry_point": "c"}}) + "\n")
    done = coder.bakeoff("run", "--allow-code-execution", code=2)
    assert "a program is checked with metadata.entry_point and metadata.check" in done.err


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="no bubblewrap (Debian: apt-get install bubblewrap)")
def test_each_program_is_run_once_and_its_verdict_is_kept(coder: Desk) -> None:
    coder.bakeoff("run", "--allow-code-execution", code=None)
    (run,) = coder.runs
    sent = Counter(name for name, _ in coder.client.sent)
    assert sent == {"one": 3, "sandbox": 3}
    coder.bakeoff("run", "--resume", str(run), code=None)
    coder.bakeoff("score", str(run))
    assert Counter(name for name, _ in coder.client.sent) == sent, "the run knows that it may, and lacks nothing"
    coder.bakeoff("decide", str(run), code=None)
    assert qualities(coder) == {"one": pytest.approx(2 / 3)}
