"""One answer as a cell of the side-by-side table: what came, what it was worth, how long it took."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from harness.core.calls import SECRET_IN_ANSWER, Call, Failure, Output, Record
from harness.core.canonical import Json, to_json
from harness.core.media import Audio, Image, Video
from harness.core.scores import BAD_BELOW, TRANSCRIBER
from harness.core.suites import Sample
from harness.report.confusion import SCORER as LABELS
from harness.report.evidence import AskedTask, Judgement
from harness.report.numbers import Number, Raw, count, fixed, milliseconds, number, number_id, plain, seconds, usd
from harness.report.phrases import Phrase
from harness.report.slots import SlotEvidence
from harness.report.transcripts import Stretch, stretches
from harness.report.waterfall import StageBar, waterfall

SHOWN_CHARACTERS = 3000
"""Of one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreLine:
    scorer: str
    primary: bool
    value: Number | None
    reason: str
    details: tuple[tuple[str, Number], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What an instrument returned: a transcript, or numbers that no score shows already."""

    by: str
    text: str | None
    words: tuple[Stretch, ...]
    """The text against what was to be heard, where that was compared word by word and is not the same."""
    values: tuple[tuple[str, Number], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One cell of a side-by-side table."""

    text: str | None
    cut: Number | None
    """Characters that are not shown."""
    reasoning: str | None
    tool_calls: str | None
    audio: Audio | None
    audio_seconds: Number | None
    image: Image | None
    video: Video | None
    video_form: Phrase | None
    """How long and how large the clip is."""
    failure: Phrase | None
    message: str | None
    bad: bool
    scores: tuple[ScoreLine, ...]
    heard: tuple[Heard, ...]
    words: tuple[Stretch, ...]
    """Of a transcript: the text against what was said."""
    stages: tuple[StageBar, ...]
    """Of a cascade."""
    facts: tuple[Phrase, ...]
    """Latency, cost, attempts, finish reason."""


def answer(
    of: SlotEvidence,
    task: AskedTask,
    sample: Sample,
    record: Record,
    found: Mapping[str, Judgement],
    value: float | None,
) -> Answer:
    """Return the cell of one record of `task`, an answer to `sample`; `found`: scorer → what it said of it."""
    outcome = record.outcome
    text, cut = _cut(outcome.partial if isinstance(outcome, Failure) else outcome.said)
    failed, output = (outcome, Output()) if isinstance(outcome, Failure) else (None, outcome)
    audio = output.audio
    length = None if audio is None else _shown(of, record, "audio_seconds", audio.seconds, seconds(audio.seconds))
    found = found if failed is None else {}
    judgements = sorted(found.values(), key=lambda j: (j.scorer != task.primary, j.scorer))
    return Answer(
        text=text,
        cut=None if cut is None else _shown(of, record, "cut_characters", cut, count(cut)),
        reasoning=_cut(output.reasoning)[0],
        tool_calls=as_text(to_json(output.tool_calls)) if output.tool_calls else None,
        audio=audio,
        audio_seconds=length,
        image=output.image,
        video=output.video,
        video_form=None if output.video is None else _form(of, record, output.video),
        failure=None if failed is None else Phrase(key=f"failed.{failed.fault.value}", args={"kind": failed.kind}),
        message=None if failed is None else failed.message,
        bad=value is not None and value < BAD_BELOW,
        scores=tuple(_score(of, record, judgement, judgement.scorer == task.primary) for judgement in judgements),
        heard=tuple(_heard(of, sample, record, found)),
        words=stretches(sample, output.text, found.get("transcript_accuracy")),
        stages=waterfall(of, record),
        facts=tuple(_facts(of, record)),
    )


def as_text(value: Json) -> str:
    """Return text as it is, and anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)


def _shown(of: SlotEvidence, record: Record, metric: str, value: Raw, text: str) -> Number:
    call = record.call
    where = (call.suite, call.task, call.sample, str(call.epoch), metric)
    return number(value, text, id=number_id(of.slot, "samples", call.candidate, *where))


def _form(of: SlotEvidence, record: Record, video: Video) -> Phrase:
    length = _shown(of, record, "video_seconds", video.seconds, seconds(video.seconds))
    width, height = (
        _shown(of, record, f"video_{side}", pixels, str(pixels))
        for side, pixels in (("width", video.width), ("height", video.height))
    )
    return Phrase(key="film.form", args={"seconds": length, "width": width, "height": height})


def _score(of: SlotEvidence, record: Record, judgement: Judgement, primary: bool) -> ScoreLine:
    scorer, value = judgement.scorer, judgement.value
    # places of labels in a list are no numbers: the reason names what was read, and the table of confusions counts it
    details = [] if scorer == LABELS else sorted(judgement.detail.items())
    return ScoreLine(
        scorer=scorer,
        primary=primary,
        value=None if value is None else _shown(of, record, f"score.{scorer}", value, fixed(value, 2)),
        reason=judgement.reason,
        details=tuple((key, _shown(of, record, f"detail.{scorer}.{key}", x, plain(x))) for key, x in details if x),
    )


def _heard(of: SlotEvidence, sample: Sample, record: Record, found: Mapping[str, Judgement]) -> Iterator[Heard]:
    for reading in of.readings.get(record.call.key, ()):
        if isinstance(reading.outcome, Output):
            yield _read(of, sample, record, reading.call, reading.outcome, found)


def _read(
    of: SlotEvidence, sample: Sample, record: Record, measuring: Call, output: Output, found: Mapping[str, Judgement]
) -> Heard:
    judged = [judgement.detail for judgement in found.values()]
    new = sorted((key, x) for key, x in output.values.items() if all(detail.get(key) != x for detail in judged))
    prefix = measuring.instrument
    return Heard(
        by=measuring.candidate,
        text=output.text,
        words=stretches(sample, output.text, found.get("word_accuracy") if prefix == TRANSCRIBER.name else None),
        values=tuple((key, _shown(of, record, f"{prefix}.{key}", x, fixed(x, 2))) for key, x in new),
    )


def _facts(of: SlotEvidence, record: Record) -> Iterable[Phrase]:
    def said(key: str, metric: str, value: Raw, text: str) -> Phrase:
        return Phrase(key=key, args={"value": _shown(of, record, metric, value, text)})

    if record.marks.valid:
        times = {mark: getattr(record.marks, mark) for mark in ("ttfa_ms", "ttfo_ms", "ttft_ms")}
        first = next((mark for mark, time in times.items() if time is not None), None)
        if first is not None:
            yield said(f"answer.{first}", first, times[first], milliseconds(times[first]))
        if record.marks.total_ms is not None:
            yield said("answer.total_ms", "total_ms", record.marks.total_ms, milliseconds(record.marks.total_ms))
    else:
        yield Phrase(key="answer.untimed")
    if record.cost_usd is not None:
        yield said("answer.cost", "cost_usd", record.cost_usd, usd(record.cost_usd))
    if len(record.attempts) > 1:
        yield said("answer.attempts", "attempts", len(record.attempts), count(len(record.attempts)))
    if any(attempt.detail == SECRET_IN_ANSWER for attempt in record.attempts):
        yield Phrase(key="answer.secret")
    if isinstance(record.outcome, Output) and record.outcome.finish_reason not in (None, "stop"):
        yield Phrase(key="answer.finish", args={"value": str(record.outcome.finish_reason)})


def _cut(text: str | None) -> tuple[str | None, int | None]:
    """Return the text as far as it is shown, and how many characters are not."""
    if text is None or len(text) <= SHOWN_CHARACTERS:
        return text, None
    return text[:SHOWN_CHARACTERS], len(text) - SHOWN_CHARACTERS
