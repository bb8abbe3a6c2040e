"""The command line in a process of its own that is killed and interrupted, against a provider that keeps the truth."""

import json
import os
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from harness.core.calls import Role
from harness.core.requests import ChatRequest
from harness.store.ledger import Ledger
from tests.commands import Command
from tests.fake_provider import FakeProvider, Pace, running

SAMPLES, IN_FLIGHT = 40, 8
REAL_KILLS = max(2, int(os.environ.get("BAKEOFF_KILLS", "10")) // 5)
BAKEOFF = f"""\
name: capitals
suites:
  - {{name: faq, modality: text, data: faq.csv, scorer: exact_match}}
run: {{max_in_flight: {IN_FLIGHT}, warm_up: 0}}
"""


def write(folder: Path, provider: FakeProvider) -> None:
    (folder / "bakeoff.yaml").write_text(BAKEOFF)
    rows = (f"q{i},Say {i},Say {i}\n" for i in range(SAMPLES))
    (folder / "faq.csv").write_text("id,input,target\n" + "".join(rows))
    params = {"model": "openai/fake/echo", "api_base": provider.url, "api_key": "os.environ/FAKE_API_KEY"}
    info = {"input_cost_per_token": 0.001, "output_cost_per_token": 0.001}
    entry = {"model_name": "echo", "litellm_params": params, "model_info": info}
    (folder / "providers.yaml").write_text(json.dumps({"model_list": [entry]}))


@contextmanager
def bakeoff(folder: Path, *arguments: str) -> Iterator[Command]:
    environment = {**os.environ, "FAKE_API_KEY": "sk-of-no-account-0123", "PYTHONPATH": str(Path(__file__).parents[2])}
    with closing(Command("run", *arguments, cwd=folder, env=environment)) as process:
        yield process


def end(process: Command, code: int | None = None) -> str:
    out, err = process.communicate(timeout=PATIENCE_S)
    assert code in (None, process.returncode), (process.returncode, err)
    return out + err


PATIENCE_S = 240
"""A process may take a minute to load on a machine that does other things; one that has ended is not waited for."""


def await_requests(provider: FakeProvider, number: int, process: Command) -> None:
    patience = time.monotonic() + PATIENCE_S
    while len(provider.requests) < number:
        assert process.poll() is None, f"it ended with {process.returncode} after {len(provider.requests)} requests"
        assert time.monotonic() < patience, f"only {len(provider.requests)} requests came"
        time.sleep(0.002)


def asked(provider: FakeProvider, since: int = 0) -> Counter[str]:
    """What the provider was asked, by its own log."""
    return Counter(served.body["messages"][-1]["content"] for served in provider.requests[since:])


def prompts(calls: object) -> set[str]:
    return {call.request.messages[-1]["content"] for call in calls if isinstance(call.request, ChatRequest)}  # type: ignore[attr-defined]


def run_of(folder: Path) -> Path:
    (run,) = (folder / "reports").iterdir()
    return run


def committed(folder: Path) -> set[str]:
    with Ledger.open(run_of(folder), write=False) as ledger:
        return prompts(record.call for record in ledger.records())


@pytest.mark.timeout(900)
def test_kill_9_of_the_real_thing(tmp_path: Path) -> None:
    rng = random.Random(7)
    with running(pace=Pace(first_s=0.05)) as provider:
        write(tmp_path, provider)
        known: set[str] = set()
        doubtful = 0
        for _ in range(REAL_KILLS):
            before = len(provider.requests)
            with bakeoff(tmp_path, *(["--resume", "latest"] if before else [])) as process:
                await_requests(provider, before + rng.randint(2, (SAMPLES - IN_FLIGHT) // REAL_KILLS), process)
                time.sleep(rng.random() * 0.05)
                process.send_signal(signal.SIGKILL)
            assert not known & set(asked(provider, before)), "a committed call was sent again"
            assert known <= committed(tmp_path), "a committed call was lost"
            known = committed(tmp_path)
            with Ledger.open(run_of(tmp_path), write=False) as ledger:
                uncertain = prompts(ledger.uncertain())
            assert set(asked(provider)) <= known | uncertain
            assert len(uncertain) <= IN_FLIGHT
            doubtful += len(uncertain)
        before = len(provider.requests)
        with bakeoff(tmp_path, "--resume", "latest") as process:
            said = end(process)
        if uncertain:
            pattern = rf"{len(uncertain)} calls were in flight .* may have been billed \(at most \$\d+\.\d+\)"
            assert re.search(pattern, " ".join(said.split())), said
        assert not known & set(asked(provider, before))
        assert committed(tmp_path) == {f"Say {i}" for i in range(SAMPLES)}
        assert SAMPLES <= len(provider.requests) <= SAMPLES + doubtful <= SAMPLES + REAL_KILLS * IN_FLIGHT


def test_one_interrupt_drains_and_prints_the_command_that_goes_on(tmp_path: Path) -> None:
    with running(pace=Pace(first_s=2)) as provider:
        write(tmp_path, provider)
        with bakeoff(tmp_path) as process:
            await_requests(provider, IN_FLIGHT, process)
            process.send_signal(signal.SIGINT)
            said = end(process, 130)
        assert committed(tmp_path) == set(asked(provider))
        assert len(provider.requests) == IN_FLIGHT
        assert f"bakeoff run --resume reports/{run_of(tmp_path).name}" in said.replace("\n", "")
        with Ledger.open(run_of(tmp_path), write=False) as ledger:
            assert len(ledger.pending(Role.ANSWER)) == SAMPLES - IN_FLIGHT


@pytest.mark.parametrize("how", ["twice", "a drain timeout"])
def test_calls_that_are_dropped_are_pending(tmp_path: Path, how: str) -> None:
    with running(pace=Pace(first_s=600)) as provider:
        write(tmp_path, provider)
        options = ["--drain-timeout", "0.5"] if how == "a drain timeout" else []
        with bakeoff(tmp_path, *options) as process:
            await_requests(provider, IN_FLIGHT, process)
            process.send_signal(signal.SIGINT)
            if how == "twice":
                time.sleep(0.3)
                assert process.poll() is None
                process.send_signal(signal.SIGINT)
            said = end(process, 130)
        assert "--resume" in said
        lost = rf"{IN_FLIGHT} calls were broken off .* may have been billed at most \$\d+\.\d+"
        assert re.search(lost, " ".join(said.split())), said
        assert committed(tmp_path) == set()
        with Ledger.open(run_of(tmp_path), write=False) as ledger:
            assert len(ledger.pending(Role.ANSWER)) == SAMPLES
            assert ledger.uncertain() == []
            assert ledger.spent() > 0  # they may have been billed


def test_a_second_process_is_told_who_writes(tmp_path: Path) -> None:
    with running(pace=Pace(first_s=600)) as provider:
        write(tmp_path, provider)
        with bakeoff(tmp_path) as process:
            await_requests(provider, IN_FLIGHT, process)
            with bakeoff(tmp_path, "--resume", "latest") as second:
                said = end(second, 75)
        assert f"is being written by process {process.pid}" in said.replace("\n", " ")
        assert len(provider.requests) == IN_FLIGHT
