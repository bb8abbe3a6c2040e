"""Runs Bakeoff and its peers as their users do, from the command line, on the same questions and the same server."""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import folder, process
from benchmarks.peers.install import NODE_PROGRAM, PROMPTFOO_PROGRAM, PYTHON
from benchmarks.process import Cost
from benchmarks.provider import serving
from benchmarks.streams import AT_ONCE

IN_FLIGHT = 64
TASK = Path(__file__).parent / "inspect_task.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One tool's run over all samples."""

    cost: Cost
    disk_bytes: int
    """What it keeps of the answers; no log, no report."""


def bakeoff(at: Path, url: str) -> Finished:  # noqa: ARG001  # providers.yaml names it
    """`bakeoff run`, the report and the memo included."""
    command = [sys.executable, "-m", "harness.cli", "run", "--json"]
    cost = process.run(command, env=folder.KEY, cwd=at, codes=(0, 1))
    return Finished(cost=cost, disk_bytes=_size([*at.glob("reports/*/run.db*"), *at.glob("reports/*/media")]))


def inspect_ai(at: Path, url: str) -> Finished:
    shutil.copy(TASK, at)  # it takes no absolute path
    command = [str(PYTHON), "-m", "inspect_ai", "eval", TASK.name, "-T", "questions=questions.jsonl",
               "--model", "openai-api/fake/fake", "--max-connections", str(IN_FLIGHT), "--max-samples", str(IN_FLIGHT),
               "--log-dir", "logs", "--display", "none"]  # fmt: skip
    env = {"FAKE_API_KEY": folder.KEY["OPENAI_API_KEY"], "FAKE_BASE_URL": url, "PYTHONPATH": ""}
    return Finished(cost=process.run(command, env=env, cwd=at), disk_bytes=_size([at / "logs"]))


def promptfoo(at: Path, url: str) -> Finished:
    rows = [json.loads(line) for line in (at / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    document = {
        "prompts": ["{{question}}"],
        "providers": [
            {
                "id": "openai:chat:fake",
                "config": {"apiBaseUrl": url, "apiKey": folder.KEY["OPENAI_API_KEY"], "max_tokens": 64},
            }
        ],
        "tests": [
            {"vars": {"question": row["input"]}, "assert": [{"type": "equals", "value": row["target"]}]} for row in rows
        ],
    }
    (at / "promptfooconfig.json").write_text(json.dumps(document), encoding="utf-8")
    command = [str(NODE_PROGRAM), str(PROMPTFOO_PROGRAM), "eval", "-c", "promptfooconfig.json", "-j", str(IN_FLIGHT),
               "--no-cache", "--no-table", "--no-progress-bar", "--no-share"]  # fmt: skip
    env = {
        "PROMPTFOO_DISABLE_TELEMETRY": "1",
        "PROMPTFOO_DISABLE_UPDATE": "1",
        "PROMPTFOO_CONFIG_DIR": str(at / "home"),
    }
    cost = process.run(command, env=env, cwd=at)
    return Finished(cost=cost, disk_bytes=_size(at.glob("home/promptfoo.db*")))


TOOLS: Mapping[str, Callable[[Path, str], Finished]] = {
    "Bakeoff": bakeoff,
    "inspect_ai": inspect_ai,
    "promptfoo": promptfoo,
}


def run(tool: str, at: Path, samples: int) -> Finished:
    """Ask `samples` questions with `tool` in the new folder `at`; every one must have reached the server."""
    with serving(AT_ONCE) as provider:
        folder.write(at, api_base=provider.url, samples=samples, answer=provider.answer, max_in_flight=IN_FLIGHT)
        finished = TOOLS[tool](at, provider.url)
    assert len(provider.served) >= samples, f"{tool} asked {len(provider.served)} of {samples} questions"
    return finished


def _size(paths: Iterable[Path]) -> int:
    files = (file for path in paths for file in ([path] if path.is_file() else path.rglob("*")))
    return sum(file.stat().st_size for file in files if file.is_file())
