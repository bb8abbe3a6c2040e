"""Runs on the embedded engines survive kill -9: nothing that was stored is sent again, and no engine outlives us."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import pipeline
from harness.core.calls import Role
from harness.store.ledger import Ledger
from tests.execute.bakeoffs import Watcher

PROVIDERS = """\
model_list:
  - {model_name: hibari, litellm_params: {model: local/hibari}, bakeoff: {usd_per_hour: 0.10}}
  - {model_name: kokoro, litellm_params: {model: local/kokoro}, bakeoff: {usd_per_hour: 0.10}}
  - {model_name: ear, litellm_params: {model: local/whisper-tiny-en}}
"""
BAKEOFF = """\
name: voices
suites: [{name: greetings, modality: tts, data: greetings.csv, scorer: {word_accuracy: {language: en}}}]
candidates: [hibari, kokoro]
instruments: {transcriber: ear}
"""
SAID = ("Good morning, dear listeners.", "How are you today?", "The train is late again.", "See you tomorrow evening.")
"""Short: the slower voice takes a second or two for each, and so does who writes it down."""
SPEECH = "POST /v1/audio/speech"
PLANNED = 2 * len(SAID)
"""Candidates × samples."""
PATIENCE_S = 400


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "harness.cli", *arguments]


def answers(run: Path) -> dict[str, str]:
    """Key → when its record was finished, of the answers that are stored."""
    with sqlite3.connect(f"file:{run / 'run.db'}?mode=ro", uri=True) as db:
        rows = db.execute(
            "SELECT key, finished FROM plan JOIN call ON plan.id = call.plan WHERE role = 'answer' AND state = 'done'"
        )
        return dict(rows.fetchall())


def spoken(run: Path) -> int:
    """How many clips the engines were asked for, over every process; their own log says so."""
    return sum(log.read_text().count(SPEECH) for log in (run / "logs").glob("engine-*.log"))


def engines_of(parent: int) -> set[int]:
    """Process ids of the engines that a run has started."""
    children = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and b"harness.local.serve" in (stat.parent / "cmdline").read_bytes():
                children.add(int(stat.parent.name))
        except OSError:
            continue  # it ended while we looked
    return children


def ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def wait_for(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


@pytest.mark.engines
@pytest.mark.timeout(900)
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are counted through /proc")
def test_kill_9_in_the_middle_of_a_run_on_engines(tmp_path: Path) -> None:
    (tmp_path / "providers.yaml").write_text(PROVIDERS, encoding="utf-8")
    (tmp_path / "bakeoff.yaml").write_text(BAKEOFF, encoding="utf-8")
    rows = "".join(f'"{text}","{text}"\n' for text in SAID)
    (tmp_path / "greetings.csv").write_text(f"input,target\n{rows}", encoding="utf-8")
    process = subprocess.Popen(command("run"), cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: list((tmp_path / "reports").glob("*/run.db")), "the run's folder")
        (run,) = (tmp_path / "reports").iterdir()
        wait_for(lambda: spoken(run) >= 3, "the third request")
        engines = engines_of(process.pid)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
    assert len(engines) == 2
    wait_for(lambda: all(ended(pid) for pid in engines), "the engines to end with their parent")
    before = answers(run)
    assert len(before) < PLANNED, "the kill must come in the middle"

    resumed = subprocess.run(
        command("run", "--resume", str(run), "--json"), cwd=tmp_path, env=os.environ, text=True, capture_output=True,
        timeout=PATIENCE_S,
    )  # fmt: skip
    assert resumed.returncode == 1, f"so few samples recommend nobody: {resumed.stderr}"
    after = answers(run)
    assert len(after) == PLANNED, "every planned call is done"
    assert before.items() <= after.items(), "a stored answer was asked for again"
    in_flight = 1  # embedded engines share one exclusive lane
    assert spoken(run) <= PLANNED + in_flight
    assert {d["slot"] for d in json.loads(resumed.stdout)["decisions"]} == {"tts"}

    sent = spoken(run)
    again = subprocess.run(command("run", "--resume", str(run)), cwd=tmp_path, capture_output=True, timeout=60)
    assert again.returncode == 1, again.stderr
    assert spoken(run) == sent, "a finished run sends nothing"


TALK = """\
model_list:
  - {model_name: ear, litellm_params: {model: local/whisper-tiny-en}, bakeoff: {usd_per_hour: 0.10}}
  - {model_name: mind, litellm_params: {model: local/smollm2-135m, temperature: 0}, bakeoff: {usd_per_hour: 0.10}}
  - {model_name: voice, litellm_params: {model: local/hibari}, bakeoff: {usd_per_hour: 0.10}}
cascades:
  - {model_name: talk, stt: ear, llm: mind, tts: voice}
"""
SPOKEN = """\
name: talk
suites: [spoken_qa, {suite: text_core, tasks: [facts, arithmetic, sentiment]}]
candidates: [talk, mind]
instruments: {transcriber: ear}
"""


@pytest.mark.engines
@pytest.mark.timeout(600)
def test_a_question_is_heard_thought_about_and_answered_by_three_engines(tmp_path: Path) -> None:
    """Stages add up to the whole, in time and in money; what speaking loses is told beside."""
    (tmp_path / "providers.yaml").write_text(TALK, encoding="utf-8")
    (tmp_path / "bakeoff.yaml").write_text(SPOKEN, encoding="utf-8")
    bakeoff = pipeline.load(tmp_path, limit=1)
    run = pipeline.start(bakeoff, pipeline.plan(bakeoff), selection=pipeline.Selection(limit=1), runs=tmp_path)
    assert pipeline.run(bakeoff, run, folder=tmp_path, progress=Watcher()).exit_code == 0
    pipeline.score(bakeoff, run)
    spoken = next(decision for decision in pipeline.decide(run) if decision.rule.slot == "speech")
    with Ledger.open(run, write=False) as ledger:
        wholes = [record for record in ledger.records(Role.ANSWER) if record.call.candidate == "talk"]
        stages = list(ledger.records(Role.STAGE))
    assert len(wholes) == 3
    for whole in wholes:
        parts = [record for record in stages if record.call.part_of == whole.call.key]
        assert [record.call.stage for record in parts] == ["stt", "llm", "tts"]
        assert whole.marks.total_ms == pytest.approx(sum(record.marks.total_ms or 0 for record in parts), rel=1e-6)
        assert whole.cost_usd == sum(record.cost_usd or 0 for record in parts) > 0
    (france,) = (r for r in stages if (r.call.sample, r.call.stage) == ("capital-france", "stt"))
    assert "capital of France" in str(france.outcome.text)  # type: ignore[union-attr]
    measured = {estimate.metric: estimate for estimate in spoken.estimates["talk"]}
    assert measured["speech_gap"].n == 3
    assert measured["ttfa_p50_ms"].value is not None
