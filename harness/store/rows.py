"""Nouns ↔ rows: what a record is made of, column by column, and back without loss."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, TypeVar, cast

from harness.core.calls import Attempt, Call, Failure, Fault, Marks, Output, Ranked, Record, Role, Told, Usage
from harness.core.canonical import canonical, from_json, to_json
from harness.core.media import Audio, Image, Vectors, Video
from harness.core.requests import Request
from harness.core.suites import Sample

T = TypeVar("T")

Row = Sequence[Any]
"""One row as SQLite takes and gives it."""


def made_of(noun: type[T]) -> Callable[[Sequence[Any]], T]:
    """Return what makes a `noun` of the values of all its fields, in their order.

    A frozen noun sets each field of its own by name, which takes three times as long: a report reads a million nouns.
    None of those that are made here checks its fields.
    """
    names = [f.name for f in fields(noun)]  # type: ignore[arg-type]  # every noun is a dataclass
    puts, new = [noun.__dict__[name].__set__ for name in names], cast(Callable[[type[T]], T], object.__new__)

    def make(values: Sequence[Any]) -> T:
        made = new(noun)
        for put, value in zip(puts, values, strict=True):
            put(made, value)
        return made

    return make


_sample = made_of(Sample)
_call, _record, _output_of = made_of(Call), made_of(Record), made_of(Output)
_attempt, _marks, _usage = made_of(Attempt), made_of(Marks), made_of(Usage)

PLAIN = frozenset(f.name for f in fields(Sample) if f.name != "id")
"""What a sample says; one without media is made of it as it stands."""
MARKS = tuple(f.name for f in fields(Marks) if f.name != "sentences_ms")
USAGE = tuple(f.name for f in fields(Usage))
RENAMED = {"valid": "marks_valid", "source": "usage_source", "values": "numbers"}
"""Fields whose plain name would say too little in the table, or is a keyword."""

NO_NUMBERS: Mapping[str, float] = {}
FAILURE_COLUMNS = ("fault", "kind", "message", "partial")
OUTPUT_COLUMNS = (
    "text", "reasoning", "audio", "image", "video", "vectors", "ranking", "tool_calls", "numbers", "finish_reason",
    "model",
)  # fmt: skip
OUTCOME_COLUMNS = (*FAILURE_COLUMNS, *OUTPUT_COLUMNS)
BESIDE_TEXT = tuple(it for it in OUTCOME_COLUMNS if it not in ("text", "finish_reason", "model"))
"""What an answer that is nothing but text has none of; how it ended and who gave it are no more than told."""
_HEAD = 3
_TOLD = _HEAD + len(OUTCOME_COLUMNS)
_TIMED = _TOLD + len(MARKS)
"""Where a row's outcome begins and ends, and where its marks end."""
_VALID, _SENTENCES = MARKS.index("valid"), [f.name for f in fields(Marks)].index("sentences_ms")
RESULT_COLUMNS = (
    "finished", "cost_usd", "cost_source", *OUTCOME_COLUMNS,
    *(RENAMED.get(name, name) for name in (*MARKS, *USAGE)), "sentences_ms",
)  # fmt: skip
"""Columns of `call` that hold a record's result, in the order of `result_row`."""

BILLED_NOWHERE = "('machine', 'stages', 'stages_estimated', 'imported')"
"""Sources of a cost that is on nobody's bill, on that of the call's own stages, or on one from before Bakeoff."""
_ROLES = {role.value: role for role in Role}
ATTEMPT_FIELDS = tuple(f.name for f in fields(Attempt))
_BILLED = ATTEMPT_FIELDS.index("may_be_billed")
CALL_FIELDS = tuple(f.name for f in fields(Call))
CALL_COLUMNS = (
    "plan.key", "plan.role", "plan.candidate", "plan.request", "sample.suite", "sample.task", "sample.name",
    "plan.epoch", "plan.instrument", "measured.key", "plan.stage", "whole.key",
)  # fmt: skip
"""Columns of `CALL_TABLES` in the order of `CALL_FIELDS`, and of `call_of`."""
RECORD_COLUMNS = (*CALL_COLUMNS, *(f"call.{name}" for name in RESULT_COLUMNS))
LINKS = "LEFT JOIN plan AS measured ON measured.id = plan.measures LEFT JOIN plan AS whole ON whole.id = plan.part_of"
CALL_TABLES = f"plan JOIN sample ON sample.id = plan.sample {LINKS} LEFT JOIN call ON call.plan = plan.id"


TOLD_COLUMNS = (
    "plan.key", "plan.candidate", "sample.suite", "sample.task", "sample.name", "plan.instrument", "measured.key",
)  # fmt: skip
"""Columns of `CALL_TABLES` in the order of `told_of`, which takes `OUTPUT_COLUMNS` after them."""


def request_text(request: Request) -> str:
    return canonical(request).decode()


@dataclass(slots=True)
class Known:
    """What many rows have in common, made once: the requests of all candidates, meters of short answers."""

    requests: dict[str, Request] = field(default_factory=dict)
    usages: dict[Row, Usage] = field(default_factory=dict)


def call_of(row: Row, known: Known | None = None) -> Call:
    """Build a call from `CALL_COLUMNS`."""
    key, role, candidate, text, *rest = row
    request = None if known is None else known.requests.get(text)
    if request is None:
        request = from_json(Request, json.loads(text))  # type: ignore[arg-type]  # a union is a kind too
        if known is not None:
            known.requests[text] = request
    return _call((key, _ROLES[role], candidate, request, *rest))


def call_row(call: Call) -> tuple[Any, ...]:
    """Return `CALL_COLUMNS` of a call."""
    values = {name: getattr(call, name) for name in CALL_FIELDS}
    return tuple((values | {"role": call.role.value, "request": request_text(call.request)}).values())


def sample_of(name: str, document: str) -> Sample:
    """Build a sample from its id and the JSON of all the rest."""
    said = json.loads(document)
    if not said.get("media") and said.keys() <= PLAIN:
        files = tuple(said.get("files", ()))
        return _sample((name, said["input"], said.get("target"), files, (), said.get("metadata", {})))
    return from_json(Sample, {"id": name, **said})


def told_of(row: Row) -> Told:
    """Build what was told from `TOLD_COLUMNS` and `OUTPUT_COLUMNS`."""
    key, candidate, suite, task, sample, instrument, measures, *output = row
    return Told(
        key=key,
        candidate=candidate,
        suite=suite,
        task=task,
        sample=sample,
        instrument=instrument,
        measures=measures,
        output=_output(output),
    )


def result_row(record: Record) -> tuple[Any, ...]:
    """Return `RESULT_COLUMNS` of a record."""
    outcome = record.outcome
    if isinstance(outcome, Failure):
        told: tuple[Any, ...] = (outcome.fault.value, outcome.kind, _text(outcome.message), _text(outcome.partial))
        told += (None,) * len(OUTPUT_COLUMNS)
    else:
        told = (None,) * len(FAILURE_COLUMNS) + (
            _text(outcome.text),
            _text(outcome.reasoning),
            None if outcome.audio is None else _document(outcome.audio),
            None if outcome.image is None else _document(outcome.image),
            None if outcome.video is None else _document(outcome.video),
            None if outcome.vectors is None else _document(outcome.vectors),
            _document(outcome.ranking) if outcome.ranking else None,
            _document(outcome.tool_calls) if outcome.tool_calls else None,
            _document(outcome.values) if outcome.values else None,
            outcome.finish_reason,
            _text(outcome.model),
        )
    marks, usage = record.marks, record.usage
    return (
        record.finished,
        money(record.cost_usd),
        record.cost_source,
        *told,
        *[getattr(marks, name) for name in MARKS],
        *[getattr(usage, name) for name in USAGE],
        _document(marks.sentences_ms) if marks.sentences_ms else None,
    )


def record_of(call: Call, row: Row, attempts: tuple[Attempt, ...], known: Known | None = None) -> Record:
    """Build a record from `RESULT_COLUMNS`."""
    finished, cost, source = row[:_HEAD]
    marks, sentences = list(row[_TOLD:_TIMED]), row[-1]
    marks[_VALID] = bool(marks[_VALID])
    marks.insert(_SENTENCES, () if sentences is None else from_json(tuple[float, ...], json.loads(sentences)))
    meters = row[_TIMED:-1]
    usage = None if known is None else known.usages.get(meters)
    if usage is None:
        usage = _usage(meters)
        if known is not None:
            known.usages[meters] = usage
    return _record((
        call, outcome_of(row[_HEAD:_TOLD]), attempts, _marks(marks), usage, None if cost is None else Decimal(cost),
        source, finished,
    ))  # fmt: skip


def outcome_of(row: Row) -> Output | Failure:
    """Build what came of a call from `OUTCOME_COLUMNS`."""
    fault, kind, message, partial, *output = row
    if fault is None:
        return _output(output)
    return Failure(fault=Fault(fault), kind=kind, message=message, partial=partial)


def _output(row: Row) -> Output:
    text, reasoning, audio, image, video, vectors, ranking, tool_calls, numbers, finish_reason, model = row
    return _output_of((
        text,
        reasoning,
        None if audio is None else from_json(Audio, json.loads(audio)),
        None if image is None else from_json(Image, json.loads(image)),
        None if video is None else from_json(Video, json.loads(video)),
        None if vectors is None else from_json(Vectors, json.loads(vectors)),
        () if ranking is None else from_json(tuple[Ranked, ...], json.loads(ranking)),
        () if tool_calls is None else tuple(json.loads(tool_calls)),
        {} if numbers is None else _numbers(json.loads(numbers)),
        finish_reason,
        model,
    ))  # fmt: skip


def attempt_row(attempt: Attempt) -> tuple[Any, ...]:
    """Return `ATTEMPT_FIELDS` of an attempt."""
    return tuple(_text(v) if isinstance(v := getattr(attempt, name), str) else v for name in ATTEMPT_FIELDS)


def attempt_of(row: Row) -> Attempt:
    """Build an attempt from `ATTEMPT_FIELDS`."""
    values = list(row)
    values[_BILLED] = bool(values[_BILLED])
    return _attempt(values)


def numbers_text(numbers: Mapping[str, float]) -> str | None:
    return _document(numbers) if numbers else None


def numbers_of(text: str | None) -> Mapping[str, float]:
    return NO_NUMBERS if text is None else _numbers(json.loads(text))


def money(amount: Decimal | None) -> str | None:
    """Dollars as text: SQLite has no decimals, and a binary fraction would not come back equal."""
    return None if amount is None else str(amount)


def _numbers(document: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in document.items()}


def _document(value: Any) -> str:
    return _text(json.dumps(to_json(value), separators=(",", ":"), ensure_ascii=False)) or ""


def _text(text: str | None) -> str | None:
    """Return text that UTF-8 can hold: a lone surrogate, which a provider's JSON may carry, is spelt out."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode()
