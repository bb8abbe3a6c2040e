"""Scoring of records: each scorer of a task judges each output; no model is asked again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    samples: Mapping[tuple[str, str, str], Sample]
    scorers: Mapping[tuple[str, str], tuple[Scorer, ...]]
    readings: Mapping[str, Mapping[str, Reading]] = field(default_factory=dict)


def judge(bakeoff: Bakeoff, answers: Iterable[Record], instruments: Iterable[Record]) -> Iterator[Judgement]:
    """Yield every judgement of the answers that are outputs.

    A failure is not judged here: metrics count the candidate's own as 0 and the others as lost coverage.
    """
    work = _Work(
        samples={
            (suite.name, task.name, sample.id): sample
            for suite in bakeoff.suites
            for task in suite.tasks
            for sample in task.loaded
        },
        scorers={(suite.name, task.name): tuple(task.scorers) for suite in bakeoff.suites for task in suite.tasks},
        readings=_readings(instruments),
    )
    for record in answers:
        call, output = record.call, record.outcome
        sample = work.samples.get((call.suite, call.task, call.sample))
        if isinstance(output, Output) and sample is not None:
            readings = work.readings.get(call.key, {})
            for scorer in work.scorers[call.suite, call.task]:
                yield Judgement(key=call.key, scorer=scorer, result=_score(scorer, sample, output, readings))


def _readings(instruments: Iterable[Record]) -> dict[str, dict[str, Reading]]:
    """Return the readings by key of the measured answer, then by instrument name."""
    readings: dict[str, dict[str, Reading]] = {}
    for record in instruments:
        call, output = record.call, record.outcome
        if isinstance(output, Output) and call.measures is not None and call.instrument is not None:
            reading = Reading(instrument=call.instrument, candidate=call.candidate, output=output)
            readings.setdefault(call.measures, {})[call.instrument] = reading
    return readings


def _score(scorer: Scorer, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score | Unscored:
    missing = [instrument.name for instrument in scorer.needs if instrument.name not in readings]
    if missing:
        return Unscored(reason=f"no reading of {', '.join(missing)}")
    try:
        return scorer.score(sample, output, readings)
    except Exception as error:
        # a scorer's bug must not read as the candidate's mistake, and must not lose the other scores
        return Unscored(reason=f"{scorer.name} crashed: {type(error).__name__}: {error}")
