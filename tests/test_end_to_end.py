"""The whole trip through the command line, from an empty folder, against an OpenAI-compatible server."""

import base64
import hashlib
import json
import os
import re
import signal
import subprocess
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from harness.execute import warmup
from tests import commands
from tests.commands import Command
from tests.fake_provider import FakeProvider, Pace, echo_key, running, status
from tests.pictures import picture

QUESTIONS = Path(__file__).parent.parent / "harness" / "cli" / "starter" / "data" / "faq.csv"
ANSWERS = {line.split(",")[1]: line.split(",")[2] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()[1:]}
TIMEOUT_S = 300


def bakeoff(*arguments: str, cwd: Path, check: int | None = 0, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in `cwd`; the environment has no key but those given."""
    clean = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")} | environment
    done = commands.bakeoff(*arguments, cwd=cwd, env=clean, timeout=TIMEOUT_S)
    if check is not None:
        assert done.returncode == check, done.stdout + done.stderr
    return done


def asked(provider: FakeProvider) -> Counter[str]:
    """Count the requests by model and question, without those that warm up."""
    found = Counter(f"{r.body['model']}: {r.body['messages'][-1]['content']}" for r in provider.requests)
    return Counter({question: n for question, n in found.items() if warmup.TEXT not in question})


def add_candidate(folder: Path, url: str, name: str) -> None:
    entry = f"  - model_name: {name}\n    litellm_params: {{model: openai/{name}, api_base: '{url}'}}\n"
    with (folder / "providers.yaml").open("a", encoding="utf-8") as file:
        file.write(entry + "    bakeoff: {usd_per_hour: 0.10}\n")


def test_from_an_empty_folder_to_a_report_and_a_free_resume(tmp_path: Path) -> None:
    with running(answers=ANSWERS) as provider:
        bakeoff("init", "--api-base", provider.url, "--model", "key", cwd=tmp_path, OPENAI_API_KEY="sk-test-0123456789")
        add_candidate(tmp_path, provider.url, "echo")
        key = {"OPENAI_API_KEY": "sk-test-0123456789"}
        assert "Everything is in order" in bakeoff("check", cwd=tmp_path, **key).stdout
        assert "24" not in bakeoff("plan", cwd=tmp_path, **key).stderr
        assert not provider.requests, "nothing may be sent before `run`"

        done = bakeoff("run", cwd=tmp_path, **key)
        assert "key" in done.stdout
        assert set(asked(provider).values()) == {1}
        assert len(asked(provider)) == 2 * len(ANSWERS)
        (run,) = (tmp_path / "reports").iterdir()
        assert {"run.db", "report.html", "memo.md", "decision.json"} <= {path.name for path in run.iterdir()}
        (decision,) = json.loads((run / "decision.json").read_text(encoding="utf-8"))["decisions"]
        assert decision["verdict"]["winner"] == "key"
        quality = {
            name: next(e["value"] for e in estimates if e["metric"] == "quality")
            for name, estimates in decision["estimates"].items()
        }
        assert quality == {"key": 1.0, "echo": pytest.approx(0.0, abs=0.2)}

        before = len(provider.requests)
        bakeoff("run", "--resume", "latest", cwd=tmp_path, **key)
        assert len(provider.requests) == before
        for verb in (("score", "latest"), ("decide", "latest"), ("report", "latest"), ("memo", "latest")):
            bakeoff(*verb, cwd=tmp_path, **key)
        assert len(provider.requests) == before


def test_kill_9_then_resume_asks_only_what_has_no_answer(tmp_path: Path) -> None:
    with running(answers=ANSWERS, pace=Pace(first_s=0.25)) as provider:
        bakeoff("init", "--api-base", provider.url, "--model", "key", cwd=tmp_path)
        add_candidate(tmp_path, provider.url, "echo")
        settings = tmp_path / "bakeoff.yaml"
        settings.write_text(
            settings.read_text(encoding="utf-8") + "run: {max_in_flight: 2, warm_up: 0}\n", encoding="utf-8"
        )
        with closing(Command("run", cwd=tmp_path, env=os.environ | {"OPENAI_API_KEY": "sk-test-0123456789"})):
            deadline = time.monotonic() + TIMEOUT_S
            while len(provider.requests) < 8 and time.monotonic() < deadline:
                time.sleep(0.01)
        sent_before = len(provider.requests)
        assert 8 <= sent_before < 2 * len(ANSWERS), "the kill must come in the middle"

        done = bakeoff("run", "--resume", "latest", "--json", cwd=tmp_path, OPENAI_API_KEY="sk-test-0123456789")
        assert json.loads(done.stdout)["exit_code"] == 0
        in_flight = 2
        assert len(asked(provider)) == 2 * len(ANSWERS), "every planned call is done"
        assert len(provider.requests) <= 2 * len(ANSWERS) + in_flight


RANKED = """
SUITE = Suite(name="found", version=1, tasks=[
    Task(name="passages", modality="rerank", slot="rag.retrieval", samples="questions.jsonl",
         documents="passages.jsonl", scorers=[Ndcg(k=3), ReciprocalRank()], primary="ndcg"),
])
"""


def test_an_embedder_and_a_reranker_compete_for_one_slot(tmp_path: Path) -> None:
    """From passages in a file to a verdict: one request an answer, vectors among the media, the order on the page."""
    suite = tmp_path / "tasks" / "found"
    suite.mkdir(parents=True)
    head = "from harness import Suite, Task\nfrom harness.scorers import Ndcg, ReciprocalRank\n"
    (suite / "suite.py").write_text(head + RANKED, encoding="utf-8")
    words = ("harbour ferry", "night tram", "book loan", "dog tax")
    rows = [{"id": f"p{n}", "input": f"the {text} page"} for n, text in enumerate(words)]
    asks = [{"id": f"q{n}", "input": f"{text} please", "target": f"p{n}"} for n, text in enumerate(words)]
    for name, lines in (("passages", rows), ("questions", asks)):
        (suite / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (tmp_path / "bakeoff.yaml").write_text(
        "name: rag\nsuites: [found]\ncandidates: [vectors, order]\nrun: {warm_up: 1}\n", encoding="utf-8"
    )
    with running() as provider:
        entries = [
            {
                "model_name": name,
                "litellm_params": {"model": f"openai/{name}", "api_base": provider.url, **extra},
                "model_info": {"mode": mode},
                "bakeoff": {"usd_per_hour": 0.1},
            }
            for name, mode, extra in (("vectors", "embedding", {"query_prefix": "query: "}), ("order", "rerank", {}))
        ]
        (tmp_path / "providers.yaml").write_text(json.dumps({"model_list": entries}), encoding="utf-8")
        bakeoff("run", cwd=tmp_path, check=1)  # four samples are too few to choose by
        paths = Counter(served.path for served in provider.requests)
        batches = [len(r.body["input"]) for r in provider.requests if r.path == "/v1/embeddings"]
    assert paths == {"/v1/embeddings": 5, "/v1/rerank": 5}
    assert sorted(batches) == [1, 5, 5, 5, 5]
    (run,) = (tmp_path / "reports").iterdir()
    (decision,) = json.loads((run / "decision.json").read_text(encoding="utf-8"))["decisions"]
    assert decision["slot"] == "rag.retrieval"
    found = {
        name: {e["metric"]: e.get("value") for e in estimates} for name, estimates in decision["estimates"].items()
    }
    assert (found["order"]["quality"], found["order"]["reciprocal_rank"], found["order"]["coverage"]) == (1.0, 1.0, 1.0)
    assert 0.0 < found["vectors"]["quality"] < 1.0
    assert found["vectors"]["total_p50_ms"] > 0
    media = [path for path in (run / "media").rglob("*") if path.is_file()]
    assert sorted(path.stat().st_size for path in media) == [32, *[5 * 32] * 4], "eight floats a text"
    assert "p2 &gt; p0 &gt; p1 &gt; p3" in (run / "report.html").read_text(encoding="utf-8")
    bakeoff("store", "check", "latest", cwd=tmp_path)


def child(of: int, module: str) -> int:
    """Process id of the child that runs `module`."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == of and module.encode() in stat.with_name("cmdline").read_bytes().split(b"\0"):
                return int(stat.parent.name)
        except OSError:  # it has ended meanwhile
            continue
    raise AssertionError(f"{of} has no child that runs {module}")


def test_a_dead_tap_ends_the_run_and_resume_goes_on(tmp_path: Path) -> None:
    with running(answers=ANSWERS, pace=Pace(first_s=0.25)) as provider:
        bakeoff("init", "--api-base", provider.url, "--model", "key", cwd=tmp_path)
        settings = tmp_path / "bakeoff.yaml"
        settings.write_text(
            settings.read_text(encoding="utf-8") + "run: {max_in_flight: 2, warm_up: 0}\n", encoding="utf-8"
        )
        key = "sk-canary-5f1d0c7a9b"
        with closing(Command("run", cwd=tmp_path, env=os.environ | {"OPENAI_API_KEY": key})) as process:
            deadline = time.monotonic() + TIMEOUT_S
            while len(provider.requests) < 4 and time.monotonic() < deadline:
                time.sleep(0.01)
            tap = child(process.pid, "harness.clients.forwarder")
            seen = Path(f"/proc/{tap}/environ").read_bytes()
            os.kill(tap, signal.SIGKILL)
            _, said = process.communicate(TIMEOUT_S)
        assert key.encode() not in seen, "the tap is shown no key but those in requests"
        assert process.returncode == 70
        assert "the process that forwards and times the requests has ended" in said
        assert "bug" not in said
        (run,) = (tmp_path / "reports").iterdir()
        assert f"Go on with: bakeoff run --resume {run.relative_to(tmp_path)}" in said
        sent_before = len(provider.requests)
        assert 4 <= sent_before < len(ANSWERS), "the kill must come in the middle"

        done = bakeoff("run", "--resume", str(run), "--json", cwd=tmp_path, OPENAI_API_KEY=key)
        assert json.loads(done.stdout)["exit_code"] == 0
        assert len(asked(provider)) == len(ANSWERS), "every planned call is done"
        in_flight = 2
        assert len(provider.requests) <= len(ANSWERS) + in_flight


def test_a_refused_key_exits_3_and_stands_in_no_byte_that_we_write(tmp_path: Path) -> None:
    canary = "sk-canary-5f1d0c7a9b"
    with running(always=echo_key()) as provider:
        bakeoff("init", "--api-base", provider.url, "--model", "key", cwd=tmp_path)
        done = bakeoff("run", cwd=tmp_path, check=3, OPENAI_API_KEY=canary)
    assert canary not in done.stdout + done.stderr
    for path in (tmp_path / "reports").rglob("*"):
        assert path.is_dir() or canary.encode() not in path.read_bytes(), path


def test_a_provider_that_only_fails_exits_4_and_ranks_nobody(tmp_path: Path) -> None:
    with running(always=status(400)) as provider:
        bakeoff("init", "--api-base", provider.url, "--model", "key", cwd=tmp_path)
        done = bakeoff("run", "--limit", "2", cwd=tmp_path, check=None, OPENAI_API_KEY="sk-test-0123456789")
    assert done.returncode == 4, done.stdout + done.stderr
    assert "none of its 2 answers can be used" in done.stderr
    assert "scripted" in done.stderr, "the provider's own words say why"


def test_pictures_are_asked_about_kept_and_shown(tmp_path: Path) -> None:
    """A file and a data URL, over two workers: the report shows what the provider saw, and who is blind is named."""
    red, blue = picture(), picture(5, 7, kind="JPEG", colour="blue")
    url = "data:image/jpeg;base64," + base64.b64encode(blue).decode()
    digests = [hashlib.sha256(data).hexdigest() for data in (red, blue)]
    (tmp_path / "red.bin").write_bytes(red)
    lines = [
        {"id": "one", "input": "Which?", "target": digests[0], "files": ["red.bin"]},
        {"id": "two", "input": "And these?", "target": digests[1], "files": ["red.bin", url]},
    ]
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (tmp_path / "bakeoff.yaml").write_text(
        "suites:\n"
        "  - {name: eyes, modality: vision, data: d.jsonl, scorer: {contains: {}}}\n"
        "  - {name: words, modality: text, data: w.csv, scorer: {contains: {}}}\n"
        "run: {workers: 2, warm_up: 0}\n",
        encoding="utf-8",
    )
    (tmp_path / "w.csv").write_text("input,target\nhello,hello\n", encoding="utf-8")
    with running() as provider:
        entries = (
            f"  - {{model_name: {name}, litellm_params: {{model: openai/{name}, api_base: '{provider.url}'}},"
            f" model_info: {{mode: chat, supports_vision: {sees}}}, bakeoff: {{usd_per_hour: 0.10}}}}\n"
            for name, sees in (("see", "true"), ("echo", "false"))
        )
        (tmp_path / "providers.yaml").write_text("model_list:\n" + "".join(entries), encoding="utf-8")
        plan = bakeoff("plan", cwd=tmp_path)
        assert "'echo' is left out: it takes text alone" in plan.stdout + plan.stderr
        bakeoff("run", cwd=tmp_path, check=1)
        seen = sorted(tuple(served.images) for served in provider.requests if served.images)
        assert seen == sorted([(digests[0],), tuple(digests)])
        sent = len(provider.requests)
    (run,) = (tmp_path / "reports").iterdir()
    (decided,) = [d for d in json.loads((run / "decision.json").read_text())["decisions"] if d["slot"] == "vision"]
    assert [ranked["candidate"] for ranked in decided["ranking"]] == ["see"]
    page = (run / "report.html").read_text(encoding="utf-8")
    shown = re.findall(r'<img class="picture" src="data:image/(\w+);base64,([^"]+)"', page)
    assert sorted(hashlib.sha256(base64.b64decode(data)).hexdigest() for _, data in shown) == sorted(
        [digests[0], *digests]
    )
    assert {kind for kind, _ in shown} == {"png", "jpeg"}
    assert base64.b64encode(blue) not in b"".join(path.read_bytes() for path in run.glob("run.db*"))
    assert "0 media files" in bakeoff("store", "gc", str(run), cwd=tmp_path).stdout
    bakeoff("store", "check", str(run), cwd=tmp_path)
    bakeoff("report", str(run), "--redact-content", cwd=tmp_path)
    assert "<img" not in (run / "report-redacted.html").read_text(encoding="utf-8")

    bakeoff("run", "--resume", str(run), cwd=tmp_path, check=1)
    assert len(provider.requests) == sent
    (tmp_path / "red.bin").write_bytes(picture(colour="green"))
    assert "suite 'eyes'" in bakeoff("run", "--resume", str(run), cwd=tmp_path, check=2).stderr
