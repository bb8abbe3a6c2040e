"""Bakeoff as a library: the same run as on the command line, also where an event loop runs already."""

import asyncio
from pathlib import Path

import pytest

import harness
from harness.core.estimates import Estimate
from harness.errors import UsageError
from tests.cli.conftest import CAPITALS, Desk


def test_a_run_is_made_asked_and_shown(desk: Desk) -> None:
    said: list[str] = []
    run = harness.run(say=said.append)
    assert run.folder in [Path("reports") / path.name for path in desk.runs]
    assert {path.name for path in run.folder.iterdir()} >= {"run.db", "report.html", "memo.md", "decision.json"}
    assert run.exit_code == 1, "four samples are too few to choose by"
    assert run.estimate("one").value == 1.0
    assert harness.load().decide(weights={"quality": 1})[0].rule.criteria != run.decisions
    frame = harness.load(run.folder).to_pandas()
    assert len(frame) == 2 * len(CAPITALS)
    assert set(frame["score exact_match"]) == {1.0}
    shown = run._repr_html_()
    assert "<caption>text:" in shown
    assert run.decisions[0].verdict.sentence.split()[0] in shown


@pytest.mark.usefixtures("desk")
def test_a_loop_that_runs_already_is_no_obstacle() -> None:
    async def notebook() -> tuple[harness.Run, harness.Run]:
        return harness.run(limit=1), await harness.arun(limit=2)

    one, two = asyncio.run(notebook())
    assert [len(run.to_pandas()) for run in (one, two)] == [2, 4]


def test_a_cancelled_run_drains_and_can_be_resumed(desk: Desk) -> None:
    begun = asyncio.Event()

    async def impatient() -> None:
        task = asyncio.ensure_future(harness.arun(say=lambda _: None))
        while not desk.client.sent:
            await asyncio.sleep(0.001)
        begun.set()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(impatient())
    assert begun.is_set()
    before = len(desk.client.sent)
    desk.bakeoff("run", "--resume", "latest", code=None)
    assert len(desk.client.sent) == 2 * len(CAPITALS) >= before


def test_a_run_that_is_cancelled_before_it_begins_asks_next_to_nothing(desk: Desk) -> None:
    async def hasty() -> None:
        task = asyncio.ensure_future(harness.arun())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(hasty())
    assert len(desk.client.sent) < 2 * len(CAPITALS)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("asked", "why"),
    [
        pytest.param(("three", "quality", None), "no candidate 'three' in text: one, two", id="candidate"),
        pytest.param(("one", "charm", None), "one has no metric 'charm'", id="metric"),
        pytest.param(("one", "quality", "tts"), "no slot 'tts': text", id="slot"),
    ],
)
def test_what_was_not_measured_is_said(asked: tuple[str, str, str | None], why: str) -> None:
    candidate, metric, slot = asked
    with pytest.raises(UsageError, match=why):
        harness.run(limit=1).estimate(candidate, metric, slot=slot)


def test_what_cannot_begin_says_every_problem(desk: Desk) -> None:
    desk.write("bakeoff.yaml", "name: x\nsuites: [nope]\nwieghts: 1\n")
    with pytest.raises(UsageError) as refused:
        harness.run()
    assert len(refused.value.problems) == 2
    assert not desk.runs


@pytest.mark.usefixtures("desk")
def test_an_estimate_is_the_decisions_own() -> None:
    run = harness.run()
    found = run.estimate("two", "coverage", slot="text")
    assert isinstance(found, Estimate)
    assert found in run.decisions[0].estimates["two"]
