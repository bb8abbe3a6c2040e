"""A run as a table for spreadsheets and as lines for programs: one row a planned answer, in plan order. Pure."""

import csv
import io
import json
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from harness.core.calls import Call, Failure, Fault, Output, Record, Role
from harness.core.canonical import Json, canonical, to_json
from harness.core.suites import Sample
from harness.core.wording import worded
from harness.errors import UsageError
from harness.report.evidence import Evidence, Judgement, tasks_of
from harness.store.media import Media

FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for the beginning of a formula."""
UNSEEN = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""What has no width, so that a formula may hide behind it."""
TIMES = ("ttft_ms", "ttfo_ms", "ttfa_ms", "total_ms")
METERS = ("input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens", "input_characters")

Cell = str | int | float | Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One planned answer and all that is known of it."""

    call: Call
    slot: str
    primary: str
    sample: Sample
    record: Record | None
    """None: no final word yet."""
    judgements: tuple[Judgement, ...]
    readings: tuple[Record, ...]
    """What instruments made of it."""

    @property
    def state(self) -> str:
        """`pending`, `failed` (for no fault of the candidate's: not measured) or `done`."""
        if self.record is None:
            return "pending"
        ours = isinstance(self.record.outcome, Failure) and self.record.outcome.fault is not Fault.CANDIDATE
        return "failed" if ours else "done"

    @property
    def quality(self) -> float | None:
        """The primary score: 0 for the candidate's own failure, None where nothing was measured or judged."""
        if self.record is not None and isinstance(self.record.outcome, Failure) and self.state == "done":
            return 0.0
        return next((judgement.value for judgement in self.judgements if judgement.scorer == self.primary), None)


def rows(evidence: Evidence, order: Iterable[str]) -> list[Row]:
    """Return a row for each key of `order`, the keys of the planned answers."""
    answers = evidence.of_role(Role.ANSWER)
    records = {record.call.key: record for record in answers}
    said = dict(zip(records, evidence.judged.of_answers(answers.ints("number").tolist()), strict=True))
    calls = {key: record.call for key, record in records.items()} | {call.key: call for call in evidence.pending}
    tasks = {(task.suite, task.name): task for task in tasks_of(evidence.manifest)}
    samples = {(asked.suite, asked.task, asked.sample.id): asked.sample for asked in evidence.samples}
    read: dict[str | None, list[Record]] = {}
    for reading in evidence.records.get(Role.INSTRUMENT, ()):
        read.setdefault(reading.call.measures, []).append(reading)
    found = []
    for call in (calls[key] for key in order):
        task = tasks[call.suite, call.task]
        found.append(
            Row(
                call=call,
                slot=task.slot,
                primary=task.primary,
                sample=samples[call.suite, call.task, call.sample],
                record=records.get(call.key),
                judgements=tuple(said.get(call.key, {}).values()),
                readings=tuple(read.get(call.key, ())),
            )
        )
    return found


# -- for spreadsheets ----------------------------------------------------------------------------------------------


def csv_text(run: str, found: Sequence[Row]) -> str:
    """Return a CSV that Excel opens: with a byte order mark, text quoted and never a formula, numbers as numbers.

    A medium is told by its file in the run's folder, a reading by what the instrument heard, saw or counted. Times that
    cannot be trusted are left out. What a cell cannot hold (reasoning, attempts) is in JSONL.
    """
    target = io.StringIO()
    writer = csv.writer(target, quoting=csv.QUOTE_NONNUMERIC)
    heads, lines = cells_of(run, found)
    if heads:
        writer.writerow(map(safe, heads))
    for line in lines:
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in line])
    return "\ufeff" + target.getvalue()


def cells_of(run: str, found: Sequence[Row]) -> tuple[list[str], Iterator[list[Cell]]]:
    """Return the names of the columns, and the cells of each row."""
    scorers = sorted({judgement.scorer for row in found for judgement in row.judgements})
    instruments = sorted({str(reading.call.instrument) for row in found for reading in row.readings})
    heads = list(_cells(run, found[0], scorers, instruments)) if found else []
    return heads, (list(_cells(run, row, scorers, instruments).values()) for row in found)


def safe(text: str) -> str:
    """Return `text` as a cell that no spreadsheet computes: what could begin a formula has an apostrophe before it."""
    seen = unicodedata.normalize("NFKC", text.lstrip(UNSEEN + " \t\r\n\v\f\u00a0\u3000")[:1])
    return "'" + text if seen in FORMULA or text[:1] in ("\t", "\r", "\n") else text


def _cells(run: str, row: Row, scorers: Sequence[str], instruments: Sequence[str]) -> dict[str, Cell]:
    call, record = row.call, row.record
    outcome = None if record is None else record.outcome
    marks = record.marks if record is not None and record.marks.valid else None
    calls = [] if outcome is None or isinstance(outcome, Failure) else list(outcome.tool_calls)
    judged = {judgement.scorer: judgement for judgement in row.judgements}
    cells: dict[str, Cell] = {
        "run": run, "slot": row.slot, "suite": call.suite, "task": call.task, "sample": call.sample,
        "epoch": call.epoch, "candidate": call.candidate, "state": row.state,
        **_of(outcome, "fault", "kind", "message"),
        "input": _text(row.sample.input), "files": ", ".join(row.sample.files), "target": _text(row.sample.target),
        "answer": getattr(outcome, "said", None), "tool_calls": _text(to_json(calls)) if calls else None,
        **_medium(outcome, "audio", "seconds"), **_medium(outcome, "image", "width", "height"),
        **_medium(outcome, "video", "seconds"), **_of(outcome, "finish_reason"),
        "primary": row.primary, "quality": row.quality,
    }  # fmt: skip
    read = {reading.call.instrument: reading.outcome for reading in row.readings}
    for instrument in instruments:
        cells[f"reading {instrument}"] = _reading(read.get(instrument))
    for scorer in scorers:
        cells[f"score {scorer}"] = getattr(judged.get(scorer), "value", None)
        cells[f"reason {scorer}"] = getattr(judged.get(scorer), "reason", None)
    return {
        **cells, **_of(marks, *TIMES), **_of(getattr(record, "usage", None), *METERS),
        **_of(record, "cost_usd", "cost_source"), "attempts": None if record is None else len(record.attempts),
        **_of(record, "finished"), "key": call.key,
    }  # fmt: skip


def _of(noun: object, *names: str) -> dict[str, Cell]:
    """Return fields of a noun; nothing for what it has not, or where there is no noun."""
    return {name: getattr(noun, name, None) for name in names}


def _medium(outcome: object, kind: str, *names: str) -> dict[str, Cell]:
    """Return where a medium of an output lies, and what is known of it."""
    medium = getattr(outcome, kind, None)
    file = None if medium is None else Media(Path("media")).path(medium.sha256).as_posix()
    return {f"{kind}_file": file, **{f"{kind}_{name}": getattr(medium, name, None) for name in names}}


def _reading(outcome: Output | Failure | None) -> str | None:
    if not isinstance(outcome, Output):
        return None
    return outcome.text if outcome.text is not None else _text({**outcome.values})


def _text(value: Json) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


# -- for programs --------------------------------------------------------------------------------------------------


def jsonl_text(run: str, found: Sequence[Row]) -> str:
    """Return one JSON object a line, with nothing left out; its last field `crc32` is that of the object before it."""
    return "".join(_line({"run": run, "state": row.state, **_document(row)}) for row in found)


def read_jsonl(text: str) -> list[dict[str, Json]]:
    """Return the objects of `jsonl_text`; a line at the end that is torn is left out. UsageError where one is damaged.

    A line is torn where its end of line or its checksum is missing; a wrong checksum before the last line is damage.
    """
    whole, lines = [], text.split("\n")
    for number, line in enumerate(lines[:-1], start=1):
        body, _, checksum = line.rpartition(',"crc32":"')
        if f"{zlib.crc32((body + '}').encode()):08x}" + '"}' == checksum:
            whole.append(json.loads(body + "}"))
        elif number < len(lines) - 1 or lines[-1]:
            raise UsageError(worded("line {number} of the export is damaged: its checksum is another", number=number))
    return whole


def _document(row: Row) -> Mapping[str, Json]:
    document = to_json(row)
    assert isinstance(document, dict)
    return document


def _line(document: Mapping[str, Json]) -> str:
    body = canonical(document).decode()
    return f'{body[:-1]},"crc32":"{zlib.crc32(body.encode()):08x}"}}\n'
