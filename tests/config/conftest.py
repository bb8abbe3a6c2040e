"""A project in a temporary folder, beside a small shipped one."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from harness.config.load import load
from harness.core.runs import Bakeoff
from harness.errors import Problem, UsageError
from tests.fake_provider.audio import header, speak

FAQ = """\
  - {name: faq, modality: text, data: faq.jsonl, scorer: exact_match}
"""
HEAR = """\
  - {name: hear, modality: transcription, data: hear.jsonl, scorer: transcript_accuracy}
"""
PROVIDERS = """\
model_list:
  - model_name: haiku
    litellm_params: {model: anthropic/claude-haiku-4-5, api_key: os.environ/ANTHROPIC_API_KEY}
  - model_name: mini
    litellm_params: {model: openai/gpt-4o-mini}
  - model_name: smollm2
    litellm_params: {model: local/smollm2-135m, temperature: 0}
    bakeoff: {usd_per_hour: 0.10}
  - model_name: hibari
    litellm_params: {model: local/hibari}
"""
SHIPPED = """\
model_list:
  - model_name: whisper-base
    litellm_params: {model: local/whisper-base}
  - model_name: dnsmos
    litellm_params: {model: local/dnsmos}
  - model_name: gemma3
    litellm_params: {model: local/gemma3-270m}
"""
SUITE = """\
from harness import Suite, Task
from harness.scorers import ExactMatch

SUITE = Suite(name="arith", version=1, tasks=[
    Task(name="sums", modality="text", samples="sums.jsonl", scorers=[ExactMatch()], primary="exact_match"),
])
"""
ROWS = '{"id": "a", "input": "1 + 1", "target": "2"}\n{"id": "b", "input": "2 + 2", "target": "4"}\n'
CANARY = "-".join(("sk", "proj", "Zk3v9Qw1Er5Ty7Ui0Op"))
"""Of the shape of a key, and of no account."""
KEYS = {"ANTHROPIC_API_KEY": "canary-one", "OPENAI_API_KEY": "canary-two"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A working folder and what is shipped, both temporary."""

    folder: Path
    shipped: Path

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def suite(self, text: str = SUITE, *, name: str = "arith", rows: str = ROWS) -> Path:
        self.write(f"tasks/{name}/sums.jsonl", rows)
        return self.write(f"tasks/{name}/suite.py", text)

    def load(
        self,
        text: str | None = None,
        *,
        env: Mapping[str, str] = KEYS,
        suites: Sequence[str] = (),
        candidates: Sequence[str] = (),
        limit: int | None = None,
        examine: Callable[[Bakeoff, Bakeoff], Sequence[Problem]] = lambda *_: (),
    ) -> Bakeoff:
        if text is not None:
            self.write("bakeoff.yaml", text)
        return load(
            self.folder, env=env, suites=suites, candidates=candidates, limit=limit, shipped=self.shipped,
            examine=examine,
        )  # fmt: skip

    def problems(
        self, text: str | None = None, *, candidates: Sequence[str] = (), suites: Sequence[str] = (),
        examine: Callable[[Bakeoff, Bakeoff], Sequence[Problem]] = lambda *_: (),
    ) -> list[Problem]:  # fmt: skip
        with pytest.raises(UsageError) as caught:
            self.load(text, candidates=candidates, suites=suites, examine=examine)
        assert caught.value.exit_code == 2
        return list(caught.value.problems)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "providers.yaml").write_text(SHIPPED)
    project = Project(folder=tmp_path / "work", shipped=shipped)
    project.write("providers.yaml", PROVIDERS)
    project.write("faq.jsonl", ROWS)
    project.write("hear.jsonl", '{"id": "a", "input": "?", "target": "hi", "files": ["hi.wav"]}\n')
    project.write("hi.wav", header(len(speak("hi"))) + speak("hi"))
    project.write("bakeoff.yaml", f"suites:\n{FAQ}")
    return project


@pytest.fixture(autouse=True)
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines of fixed modalities: these tests are about names, not about the real catalogue."""
    does = {
        "smollm2-135m": "text",
        "gemma3-270m": "text",
        "hibari": "tts",
        "whisper-base": "transcription",
        "dnsmos": "mos",
    }
    module = ModuleType("harness.local.catalog")
    engines = {
        name: SimpleNamespace(modality=modality, weights_sha256=f"sha-{name}", languages=(), optional=False, pythons=())
        for name, modality in does.items()
    }
    vars(module)["ENGINES"] = engines
    monkeypatch.setitem(sys.modules, "harness.local.catalog", module)


def one(problems: Sequence[Problem]) -> Problem:
    """Return the only problem."""
    assert len(problems) == 1, [problem.message for problem in problems]
    return problems[0]


def place(problem: Problem) -> str:
    """Return `file:line:column` with the file's name alone."""
    parts = (Path(problem.file).name if problem.file else None, problem.line, problem.column)
    return ":".join(str(part) for part in parts if part is not None)


def marked_text(problem: Problem) -> str:
    """Return the characters that the problem marks in its excerpt."""
    assert problem.excerpt is not None
    assert problem.column is not None
    return problem.excerpt[problem.column - 1 : problem.column - 1 + problem.length]
