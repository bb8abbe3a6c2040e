"""Row 34: a scorer that crashes and an instrument that fails cost no answer, and are no mistake of the candidate."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness import pipeline
from harness.core.calls import Output, Role
from harness.core.runs import Bakeoff
from harness.core.scores import Reading, Score, Scorer
from harness.core.suites import Sample
from harness.store.ledger import Ledger
from tests.fake_provider import FakeProvider, status
from tests.faults.trial import Trial


@dataclass(frozen=True, kw_only=True)
class Right(Scorer):
    """Finds everything right, or falls over."""

    crashes: bool

    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score:  # noqa: ARG002
        if self.crashes:
            raise ZeroDivisionError("a scorer's own bug")
        return Score(value=1.0)


def judged_by(planned: Bakeoff, scorer: Scorer) -> Bakeoff:
    (suite,) = planned.suites
    tasks = tuple(replace(task, scorers=(scorer,)) for task in suite.tasks)
    return replace(planned, suites=(replace(suite, tasks=tasks),))


def values(folder: Path) -> list[tuple[float | None, str]]:
    with Ledger.open(folder, write=False) as ledger:
        return [(score.value, score.reason) for score in ledger.scores()]


def decided(folder: Path, name: str) -> dict[str, float | None]:
    """What the decision knows of the candidate `name`."""
    (decision,) = pipeline.decide(folder)
    return {estimate.metric: estimate.value for estimate in decision.estimates[name]}


def test_a_scorer_that_crashes_costs_no_answer(tap: str, tmp_path: Path) -> None:
    trial = Trial(folder=tmp_path, provider=FakeProvider(), tap=tap, samples=2)
    assert trial.go("echo").exit_code == 0
    planned = trial.planned("echo")
    pipeline.score(judged_by(planned, Right(crashes=True)), tmp_path)
    assert values(tmp_path) == [(None, "right crashed: ZeroDivisionError: a scorer's own bug")] * 2
    assert all(isinstance(record.outcome, Output) for record in trial.records("echo")), "what was paid is kept"
    unjudged = decided(tmp_path, "echo")
    assert (unjudged["quality"], unjudged["coverage"]) == (None, 0.0), "unknown, and no zero"
    pipeline.score(judged_by(planned, Right(crashes=False)), tmp_path)
    judged = decided(tmp_path, "echo")
    assert (judged["quality"], judged["coverage"]) == (1.0, 1.0)
    assert [value for value, _ in values(tmp_path)] == [1.0, 1.0]
    assert trial.sent("echo") == 2, "nothing was asked again"


def test_an_instrument_that_fails_costs_no_answer_and_is_asked_again_by_a_resume(tap: str, tmp_path: Path) -> None:
    provider = FakeProvider(scripts={"fake/listener": [status(500)] * 3})
    trial = Trial(folder=tmp_path, provider=provider, tap=tap)
    assert trial.go("listener").exit_code == 4
    planned = trial.planned("listener")
    tally = pipeline.score(planned, tmp_path)
    assert (tally.scored, tally.missing_readings) == (0, 1)
    assert values(tmp_path) == [(None, "no reading of transcriber")], "not judged, which is no mistake"
    with Ledger.open(tmp_path, write=False) as ledger:
        assert all(isinstance(record.outcome, Output) for record in ledger.records(Role.ANSWER))
    assert trial.go("listener").exit_code == 0
    assert (trial.sent("voice"), trial.sent("listener")) == (1, 4), "only the reading was bought again"
    assert pipeline.score(planned, tmp_path).scored == 1
    assert values(tmp_path)[0][0] == pytest.approx(1.0)
