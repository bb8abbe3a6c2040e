"""Scoring of records: each scorer of a task judges each output; no model is asked again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from harness.core.calls import Output, Told
from harness.core.runs import Bakeoff
from harness.core.scores import Reading, Score, Scorer, Unscored
from harness.core.suites import Sample
from harness.execute.measurements import is_measured
from harness.store.operations import ScoreRow

FILTERED = "content_filter"
"""How an answer ends that a provider will not give: nothing is there to be measured, and it is worth nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one scorer said of one answer."""

    key: str
    """Key of the answer's call."""
    scorer: Scorer
    result: Score | Unscored
    lacks_reading: bool = False
    """An instrument that the scorer needs has said nothing yet; `run --resume` asks it."""


def judge(bakeoff: Bakeoff, answers: Iterable[Told], instruments: Iterable[Told]) -> Iterator[Judgement]:
    """Yield every judgement of the answers.

    A failure is not judged here: metrics count the candidate's own as 0 and the others as lost coverage.
    """
    samples = {
        (suite.name, task.name, sample.id): (sample, task.scorers)
        for suite in bakeoff.suites
        for task in suite.tasks
        for sample in task.loaded
    }
    readings = _readings(instruments)
    for answer in answers:
        asked = samples.get((answer.suite, answer.task, answer.sample))
        if asked is not None:
            sample, scorers = asked
            for scorer in scorers:
                yield judged(answer.key, scorer, sample, answer.output, readings.get(answer.key, {}))


def score_row(judgement: Judgement) -> ScoreRow:
    """Return a judgement as it is stored."""
    result = judgement.result
    return ScoreRow(
        key=judgement.key,
        scorer=judgement.scorer.name,
        signature=judgement.scorer.signature,
        value=result.value if isinstance(result, Score) else None,
        reason=result.reason,
        detail=result.detail if isinstance(result, Score) else {},
    )


def _readings(instruments: Iterable[Told]) -> dict[str, dict[str, Reading]]:
    """Return the readings by key of the measured answer, then by instrument name."""
    readings: dict[str, dict[str, Reading]] = {}
    for told in instruments:
        if told.measures is not None and told.instrument is not None:
            reading = Reading(instrument=told.instrument, candidate=told.candidate, output=told.output)
            readings.setdefault(told.measures, {})[told.instrument] = reading
    return readings


def judged(key: str, scorer: Scorer, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Judgement:
    """Judge one output; a scorer that crashes leaves it unscored.

    Only readings that can come are waited for: what a candidate did not make is its scorer's to judge.
    """
    nothing = not output.text and (output.audio or output.image or output.video) is None
    if scorer.needs and nothing and output.finish_reason == FILTERED:
        return Judgement(key=key, scorer=scorer, result=Score(value=0.0, reason="the provider's filter kept it back"))
    measured = [instrument.name for instrument in scorer.needs if is_measured(instrument, output)]
    missing = [name for name in measured if name not in readings]
    if missing:
        unscored = Unscored(reason=f"no reading of {', '.join(missing)}")
        return Judgement(key=key, scorer=scorer, result=unscored, lacks_reading=True)
    try:
        return Judgement(key=key, scorer=scorer, result=scorer.score(sample, output, readings))
    except Exception as error:
        # a scorer's bug must not read as the candidate's mistake, and must not lose the other scores
        crash = Unscored(reason=f"{scorer.name} crashed: {type(error).__name__}: {error}")
        return Judgement(key=key, scorer=scorer, result=crash)
