"""`bakeoff run`: what it says, what it leaves behind, how it ends."""

import json
from collections.abc import Sequence
from importlib.metadata import Distribution, PackageNotFoundError, PathDistribution
from pathlib import Path
from typing import Any

import pytest

from harness import pipeline
from harness.clients.retry import Answer
from harness.clients.target import Target
from harness.core.calls import Fault
from harness.core.requests import ChatRequest, Request
from harness.errors import UsageError
from harness.local.catalog import ENGINES
from tests.cli.conftest import BAKEOFF, CAPITALS, Desk
from tests.execute.bakeoffs import answered, failed
from tests.report.pages import unlinked


def test_failures_of_the_candidates_own_are_judged_and_decided(desk: Desk) -> None:
    desk.client.script = lambda *_: failed("refused", fault=Fault.CANDIDATE)
    done = desk.bakeoff("run", code=None)
    assert "Report:" in done.out
    assert (desk.runs[0] / "decision.json").is_file()


def test_a_refused_run_leaves_nothing_that_could_be_the_latest(desk: Desk) -> None:
    desk.candidate("three", more="")
    done = desk.bakeoff("run", "--budget", "1", code=2)
    assert "nothing was sent" in done.err
    assert desk.runs == []


def test_an_engine_that_does_not_start_leaves_only_its_log(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(folder: Path) -> None:
        (folder / "logs").mkdir()
        (folder / "logs" / "engine.log").write_text("why")
        raise UsageError("the engine does not start")

    monkeypatch.setattr("harness.pipeline.run", lambda bakeoff, path, **_: start(path))  # noqa: ARG005
    desk.bakeoff("run", code=2)
    assert [path.name for path in desk.runs[0].rglob("*") if path.is_file()] == ["engine.log"]
    assert "there is no run in reports yet" in desk.bakeoff("report", "latest", code=2).err


def test_what_stops_a_run_later_claims_not_that_nothing_was_sent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from harness import pipeline

    real = pipeline.run

    def run(*arguments: object, **options: object) -> object:
        real(*arguments, **options)  # type: ignore[arg-type]
        raise UsageError("an instrument has no price")

    monkeypatch.setattr(pipeline, "run", run)
    done = desk.bakeoff("run", code=2)
    assert "an instrument has no price" in done.err
    assert "nothing was sent" not in done.err
    (path,) = desk.runs
    assert f"Go on with: bakeoff run --resume {path.relative_to(desk.folder)}" in done.err


def test_an_interrupt_while_it_decides_names_the_command_that_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.pipeline.running.score", interrupted)
    done = desk.bakeoff("run", code=130)
    assert "error: interrupted: what is stored is kept\n(exit 130)\nGo on with: bakeoff run --resume" in done.err
    (run,) = desk.runs
    told = json.loads(desk.bakeoff("run", "--resume", str(run), "--json", code=130).out)
    assert told["exit_code"] == 130
    assert [problem["what"] for problem in told["problems"]] == ["interrupted: what is stored is kept"]


def test_the_command_that_goes_on_names_the_folder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.client.script = lambda *_: failed("reset")
    elsewhere = desk.folder.parent / "else where"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    done = desk.bakeoff("run", "-C", "../desk", "--runs", "../desk/reports", code=4)
    (path,) = desk.runs
    assert f"bakeoff run -C ../desk --resume ../desk/reports/{path.name}\n" in done.err


@pytest.mark.parametrize(
    ("kind", "said", "screen"),
    [
        pytest.param(
            "connection", "cannot connect to 127.0.0.1: Connection refused",
            ["error[E105]: nobody answers at http://127.0.0.1:1/v1, where 'one', 'two' are asked: cannot connect to",
             "  --> providers.yaml:3:51\n", "fix: is the server running, and is that its port?"],
            id="nobody-answers",
        ),
        pytest.param(
            "credentials", "HTTP 401: Incorrect API key provided",
            ["error[E104]: http://127.0.0.1:1/v1 refuses the key of 'one', 'two', which DESK_KEY holds: HTTP 401: Inc",
             "  --> providers.yaml:3:85\n", "api_key: os.environ/DESK_KEY}\n       | ",
             "fix: put the right key into DESK_KEY (the environment, else .env)"],
            id="refused-key",
        ),
    ],
)  # fmt: skip
def test_a_provider_that_cannot_be_used_is_one_screen(desk: Desk, kind: str, said: str, screen: list[str]) -> None:
    desk.client.script = lambda *_: failed(kind, message=said)
    done = desk.bakeoff("run", code=3)
    assert [line for line in screen if line not in done.err] == []
    assert "The run is incomplete (exit 3). Go on with: bakeoff run --resume" in done.err.splitlines()[-1]
    assert "of no account" not in done.err


def test_a_second_name_of_a_model_is_mentioned(desk: Desk) -> None:
    desk.candidate("again", model="one")
    said = "'again' is left out: it is one under another name: same model, parameters and address (faq/faq)"
    for verb in ("check", "plan"):
        assert said in desk.bakeoff(verb).err
    assert said in desk.bakeoff("run", code=None).err
    assert {name for name, _ in desk.client.sent} == {"one", "two"}


def test_a_listed_second_name_is_refused(desk: Desk) -> None:
    desk.candidate("again", model="one")
    desk.write("bakeoff.yaml", f"{BAKEOFF}candidates: [one, again]\n")
    assert "error[E207]: 'again' is 'one' under another name" in desk.bakeoff("check", code=2).err


def test_a_run_that_lost_answers_ranks_nobody_unless_that_is_allowed(desk: Desk) -> None:
    def script(request: Request, target: Target) -> Answer:
        assert isinstance(request, ChatRequest)
        asked = str(request.messages[-1]["content"])
        return failed("reset") if target.candidate == "two" and asked == "Japan" else answered(CAPITALS[asked])

    desk.client.script = script
    done = desk.bakeoff("run", code=4)
    lacks = "two: of 4 planned answers 1 lost to infrastructure."
    assert "INCOMPLETE  text: 4 samples" in done.out
    assert f"The run is incomplete, so nobody is ranked. {lacks}" in done.out
    assert "two: 4 answers planned, 3 done, 1 failed-infra, 0 failed-model, 0 pending" in done.out
    (path,) = desk.runs
    stamp = "INCOMPLETE: 1 of 8 planned answers were lost to infrastructure or to Bakeoff."
    decided, page, memo = read(path)
    assert (decided["incomplete"], decided["decisions"][0]["incomplete"]) == (True, ["two"])
    assert [line.get("rank") for line in decided["decisions"][0]["ranking"]] == [None, None]
    assert "INCOMPLETE" in page
    assert f"**{stamp}**" in unlinked(memo)

    desk.bakeoff("decide", "latest", code=4)
    allowed = desk.bakeoff("decide", "latest", "--allow-incomplete", code=None)
    assert f"Ranked although the run is incomplete, because that was allowed. {lacks}" in allowed.out
    for verb in ("report", "memo"):
        desk.bakeoff(verb, "latest")
    decided, page, memo = read(path)
    assert (decided["incomplete"], decided["decisions"][0]["incomplete_allowed"]) == (True, True)
    assert 1 in [line.get("rank") for line in decided["decisions"][0]["ranking"]]
    assert f"**{stamp}** It was ranked all the same, because that was allowed (--allow-incomplete)." in unlinked(memo)
    assert "It was ranked all the same" in page


def read(run: Path) -> tuple[Any, str, str]:
    document = json.loads((run / "decision.json").read_text(encoding="utf-8"))
    return document, *((run / name).read_text(encoding="utf-8") for name in ("report.html", "memo.md"))


def test_warming_up_ones_own_machine_is_not_called_free(desk: Desk) -> None:
    desk.write("bakeoff.yaml", BAKEOFF.replace("warm_up: 0", "warm_up: 2"))
    assert "; on your own machine. They count in nothing but the cost." in desk.bakeoff("plan").out
    desk.candidate("dear", more="    model_info: {input_cost_per_token: 0.01, output_cost_per_token: 0.02}\n")
    (told,) = (line for line in desk.bakeoff("plan").out.splitlines() if line.startswith("Warm-up calls: "))
    assert "2 to dear" in told
    assert "worst-case USD " in told


def test_weights_that_are_missing_are_fetched_by_the_run_before_it_begins(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, said = ENGINES["smollm2-135m"], list[str]()
    installed = set(engine.runtimes)

    def version(name: str) -> Distribution:
        if name not in installed:
            raise PackageNotFoundError(name)
        return PathDistribution(desk.folder)

    def installer(command: Sequence[str]) -> int:
        asked = Path(command[-1]).read_text(encoding="utf-8")
        installed.update(package.name for package in engine.packages if asked.startswith(f"{package.name}=="))
        return 0

    desk.write("METADATA", "".join(f"Version: {package.version}\n" for package in engine.packages))
    desk.write("providers.yaml", "model_list: [{model_name: own, litellm_params: {model: local/smollm2-135m}}]\n")
    monkeypatch.setattr("harness.local.fetch.distribution", version)
    monkeypatch.setattr("harness.local.fetch._run", installer)
    monkeypatch.setattr("harness.local.fetch.verified", lambda *_, **__: None)
    bakeoff = pipeline.load(desk.folder)
    planned, selection, runs = pipeline.plan(bakeoff), pipeline.Selection(), desk.folder / "reports"
    path = pipeline.begin(bakeoff, planned, selection=selection, runs=runs, say=said.append)
    assert said[0].endswith("(93 MB, Apache-2.0)"), said
    assert said[1:] == ["Downloading 93 MB, pinned by hash", "Installed and verified: smollm2-135m"]
    assert desk.runs == [path]


def test_samples_that_belong_together_are_named_and_only_those_that_were_answered_count(desk: Desk) -> None:
    rows = "".join(f"{q},{q},{a},{'pair' if q in ('France', 'Italy') else q}\n" for q, a in CAPITALS.items())
    desk.write("faq.csv", f"id,input,target,cluster\n{rows}")
    told = (
        "Only 3 independent samples were compared, since 2 of the 4 share a `cluster` with another, faq/faq/France and "
        "faq/faq/Italy among them: intervals are rough below 40."
    )
    assert told in desk.bakeoff("run", code=None).out
    answer, lost = desk.client.script, failed("protocol", fault=Fault.INFRA)
    desk.client.script = lambda request, target: (
        lost if request.messages[-1]["content"] in ("Italy", "Spain") else answer(request, target)  # type: ignore[union-attr]
    )
    out = desk.bakeoff("run", "--allow-incomplete", code=None).out
    assert "Only 2 independent samples were compared: intervals are rough below 40." in out
