"""Scoring of records: each scorer of a task judges each output; no model is asked again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from harness.core.calls import Output, Record
from harness.core.runs import Bakeoff
from harness.core.scores import Reading, Score, Scorer, Unscored
from harness.core.suites import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one scorer said of one answer."""

    key: str
    """Key of the answer's call."""
    scorer: Scorer
    result: Score | Unscored
    lacks_reading: bool = False
    """An instrument that the scorer needs has said nothing yet; `run --resume` asks it."""


def judge(bakeoff: Bakeoff, answers: Iterable[Record], instruments: Iterable[Record]) -> Iterator[Judgement]:
    """Yield every judgement of the answers that are outputs.

    A failure is not judged here: metrics count the candidate's own as 0 and the others as lost coverage.
    """
    samples = {
        (suite.name, task.name, sample.id): (sample, task.scorers)
        for suite in bakeoff.suites
        for task in suite.tasks
        for sample in task.loaded
    }
    readings = _readings(instruments)
    for record in answers:
        call, output = record.call, record.outcome
        asked = samples.get((call.suite, call.task, call.sample))
        if isinstance(output, Output) and asked is not None:
            sample, scorers = asked
            for scorer in scorers:
                yield _judge(call.key, scorer, sample, output, readings.get(call.key, {}))


def _readings(instruments: Iterable[Record]) -> dict[str, dict[str, Reading]]:
    """Return the readings by key of the measured answer, then by instrument name."""
    readings: dict[str, dict[str, Reading]] = {}
    for record in instruments:
        call, output = record.call, record.outcome
        if isinstance(output, Output) and call.measures is not None and call.instrument is not None:
            reading = Reading(instrument=call.instrument, candidate=call.candidate, output=output)
            readings.setdefault(call.measures, {})[call.instrument] = reading
    return readings


def _judge(key: str, scorer: Scorer, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Judgement:
    missing = [instrument.name for instrument in scorer.needs if instrument.name not in readings]
    if missing:
        unscored = Unscored(reason=f"no reading of {', '.join(missing)}")
        return Judgement(key=key, scorer=scorer, result=unscored, lacks_reading=True)
    try:
        return Judgement(key=key, scorer=scorer, result=scorer.score(sample, output, readings))
    except Exception as error:
        # a scorer's bug must not read as the candidate's mistake, and must not lose the other scores
        crash = Unscored(reason=f"{scorer.name} crashed: {type(error).__name__}: {error}")
        return Judgement(key=key, scorer=scorer, result=crash)
