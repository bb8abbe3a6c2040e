"""The samples of a slot as data: an index of all, and the answers to the telling ones in chunks; packed, and opened."""

import base64
import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from harness.core.canonical import Json
from harness.report.answers import Answer, ScoreLine, as_text
from harness.report.cases import CasesView, SampleView, anchor_of, sample_views
from harness.report.clips import Clip
from harness.report.media import Media
from harness.report.numbers import Number, count, number, number_id
from harness.report.numbers import raw as spelled
from harness.report.phrases import Phrase, Piece
from harness.report.shown import Shown
from harness.report.telling import DIFFERENT_FROM, Case
from harness.report.transcripts import Stretch
from harness.report.visible import one_line, visible

TEXTS = 5_000
"""Answers of a page that are written into it, the telling ones first."""
BYTES = 2_000_000
"""Of their chunks together, as they stand in the page."""
CHUNK = 1_000
"""Answers that are opened at once."""
LEVEL = 4
"""Of compression: a higher one takes three times as long for a sixth less."""
SUMMARY_CHARACTERS = 110
DIFFERENT, BAD, LOST = 1, 2, 4
"""Bits of an index's flags."""
PACKED = re.compile(r'<script type="text/plain" id="(slot-\d+)-(index|chunk-\d+)">([^<]*)</script>')


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """One slot's samples as text that stands in a page."""

    index: str
    chunks: tuple[str, ...]
    texts: Number
    """Answers that the page holds, those that stand in it as they are among them."""
    answers: Number
    written: int
    """Samples whose answers it holds, from the first on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The samples of a chunk."""

    start: int
    samples: tuple[SampleView | None, ...]
    """None: it stands in the page as it is."""


def chosen(view: CasesView, anchor: str, *, texts: int) -> Iterator[Chosen]:
    """Yield the telling samples in chunks, until `texts` answers are reached."""
    start, held, cases, total = 0, 0, dict[str, Case](), 0
    for i, case in enumerate(view.told):
        if total + case.answered > texts:
            break
        cases[anchor_of(anchor, i)] = case
        held, total = held + case.answered, total + case.answered
        if held >= CHUNK:
            yield _chosen(view, start, cases)
            start, held, cases = i + 1, 0, {}
    if cases:
        yield _chosen(view, start, cases)


def _chosen(view: CasesView, start: int, cases: Mapping[str, Case]) -> Chosen:
    there = {sample.anchor for sample in view.samples}
    views = {it.anchor: it for it in sample_views(view.of, {at: it for at, it in cases.items() if at not in there})}
    return Chosen(start=start, samples=tuple(map(views.get, cases)))


def bundle(view: CasesView, chunks: Sequence[Chosen], media: Media, *, most: int) -> Bundle:
    """Return the slot's samples, packed: `chunks` one after the other until `most` bytes are reached."""
    packed, starts, written = list[str](), list[int](), 0
    for chunk in chunks:
        text = pack([None if sample is None else _sample(view, sample, media) for sample in chunk.samples])
        most -= len(text)
        if most < 0:
            break
        packed.append(text)
        starts.append(chunk.start)
        written = chunk.start + len(chunk.samples)
    standing = {int(sample.anchor.rpartition("-")[2]) for sample in view.samples}
    answered = [case.answered for case in view.told]
    texts = sum(n for i, n in enumerate(answered) if i < written or i in standing)

    def counted(which: str, n: int) -> Number:
        return number(n, count(n), id=number_id(view.of.slot, "samples", "", which))

    return Bundle(
        index=pack(_index(view, starts, written)),
        chunks=tuple(packed),
        texts=counted("texts", texts),
        answers=counted("answers", sum(answered)),
        written=written,
    )


def pack(document: Json) -> str:
    """Return `document` as JSON in gzip in base64; the same document gives the same text."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(",", ":"))
    # half of a surrogate pair has no UTF-8: what can hold one is made visible before
    return base64.b64encode(gzip.compress(text.encode(errors="backslashreplace"), LEVEL, mtime=0)).decode()


def unpack(text: str) -> Json:
    """Return what `pack` was given."""
    document: Json = json.loads(gzip.decompress(base64.b64decode(text)))
    return document


def figures(page: str) -> Iterator[tuple[str, str]]:
    """Yield id and raw value of each number in the packed samples of a page; of what is damaged, that it is."""
    for anchor, kind, text in PACKED.findall(page):
        try:
            document = unpack(text)
            yield from _scores(document) if kind == "index" else _numbers(document, "")
        except (ValueError, OSError, EOFError, zlib.error, LookupError, TypeError):
            yield f"{anchor}-{kind}", "damaged"


def _index(view: CasesView, starts: Sequence[int], written: int) -> Json:
    """Return what filters, searches and lists every sample: columns, which follow the telling order."""
    of, told = view.of, view.told
    tasks = {(task.suite, task.name): i for i, task in enumerate(of.tasks)}
    shown: dict[str, Json] = {
        str(i): text
        for i, case in enumerate(told)
        if (text := one_line(case.asked.sample.id, SUMMARY_CHARACTERS)) != case.asked.sample.id
    }
    return {
        "slot": of.slot,
        "names": [visible(name) for name in of.candidates],
        "candidates": list(map(spellable, of.candidates)),
        "colours": [of.colours[name] for name in of.candidates],
        "tasks": [[spellable(suite), spellable(task)] for suite, task in tasks],
        "tags": [visible(slice_.label) for slice_ in view.tags.slices],
        "ids": [spellable(case.asked.sample.id) for case in told],
        "shown": shown,
        "inputs": [one_line(as_text(case.asked.sample.input)[: 4 * SUMMARY_CHARACTERS], SUMMARY_CHARACTERS)
                   for case in told],
        "task": [tasks[case.asked.suite, case.asked.task] for case in told],
        "tag": [_listed(view.tags.inside.get(case.at, ())) for case in told],
        "epoch": [case.epoch for case in told] if of.epochs > 1 else None,
        "flags": list(map(_flags, told)),
        "scores": [[case.values[c] for case in told] for c in range(len(of.candidates))],
        "unscored": [_unscored(told, c) for c in range(len(of.candidates))],
        "chunks": list(starts),
        "written": written,
    }  # fmt: skip


def _listed(numbers: Sequence[int]) -> list[Json]:
    return [*numbers]


def spellable(text: str) -> str:
    """Return text that JSON in UTF-8 can hold."""
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def _flags(case: Case) -> int:
    return DIFFERENT * (case.spread >= DIFFERENT_FROM) + BAD * (case.bad > 0) + LOST * (case.lost > 0)


def _unscored(told: Sequence[Case], c: int) -> list[Json]:
    """Return the samples to which a candidate's answer has no score."""
    return [i for i, case in enumerate(told) if case.values[c] is None and case.answers[c] >= 0]


def _scores(index: Json) -> Iterator[tuple[str, str]]:
    assert isinstance(index, dict)
    columns: Mapping[str, list] = index  # type: ignore[assignment,type-arg]  # as `_index` has made it
    places = [(*columns["tasks"][task], id) for task, id in zip(columns["task"], columns["ids"], strict=True)]
    epochs = columns["epoch"] or [0] * len(places)
    for name, values in zip(columns["candidates"], columns["scores"], strict=True):
        named = partial(number_id, str(columns["slot"]), "samples", name)
        for place, epoch, value in zip(places, epochs, values, strict=True):
            if value is not None:
                yield named(*place, str(epoch), "chip"), spelled(float(value))


def _numbers(document: Json, at: str) -> Iterator[tuple[str, str]]:
    """Yield the numbers of a chunk: each is `[metric, raw, text]` in an object that says where its id begins."""
    if isinstance(document, dict):
        at = str(document.get("at", at))
        if (found := document.get("number")) is not None:
            assert isinstance(found, list)
            yield at + str(found[0]), str(found[1])
        for part in document.values():
            yield from _numbers(part, at)
    elif isinstance(document, list):
        for part in document:
            yield from _numbers(part, at)


# -- one sample ----------------------------------------------------------------------------------------------------


def _sample(view: CasesView, sample: SampleView, media: Media) -> Json:
    """Return everything of a sample that its row does not say; what is empty is left out."""
    case = view.told[int(sample.anchor.rpartition("-")[2])]
    at = number_id(view.of.slot, "samples", "", *case.where, "")
    recording = None if sample.recording is None else _clip(media.clips.get(sample.recording.sha256))
    return _lean({
        "at": at,
        "language": None if sample.language is None else visible(sample.language),
        "input": visible(sample.input),
        "target": None if sample.target is None else visible(sample.target),
        "epoch": _piece(sample.epoch, at),
        "images": [_shown(media.pictures.get(image.sha256)) for image in sample.images],
        "recording": None if recording is None else {**recording, "length": _piece(sample.recording_seconds, at)},
        "answers": [
            None if one is None else _answer(one, number_id(view.of.slot, "samples", tag.name, *case.where, ""), media)
            for tag, one in zip(sample.tags, sample.answers, strict=True)
        ],
    })  # fmt: skip


def _answer(answer: Answer, at: str, media: Media) -> Json:
    audio = None if answer.audio is None else _clip(media.clips.get(answer.audio.sha256))
    video = None if answer.video is None else _shown(media.films.get(answer.video.sha256))
    piece = partial(_piece, at=at)
    return _lean({
        "at": at,
        "bad": answer.bad,
        "failure": piece(answer.failure),
        "message": _text(answer.message),
        "text": _text(answer.text),
        "cut": piece(answer.cut),
        "words": _words(answer.words),
        "stages": [
            _lean({"name": visible(stage.name), "start": piece(stage.start), "took": piece(stage.took),
                   "cost": piece(stage.cost), "bar": [stage.left, stage.width] if stage.width else None})
            for stage in answer.stages
        ],
        "tools": _text(answer.tool_calls),
        "reasoning": _text(answer.reasoning),
        "audio": None if audio is None else {**audio, "length": piece(answer.audio_seconds)},
        "image": None if answer.image is None else _shown(media.pictures.get(answer.image.sha256)),
        "video": None if video is None else {**video, "form": piece(answer.video_form)},
        "heard": [
            _lean({"by": visible(heard.by), "text": _text(heard.text), "words": _words(heard.words),
                   "values": [[visible(key), piece(value)] for key, value in heard.values]})
            for heard in answer.heard
        ],
        "scores": [_score(line, at) for line in answer.scores],
        "facts": [piece(fact) for fact in answer.facts],
    })  # fmt: skip


def _score(line: ScoreLine, at: str) -> Json:
    return _lean({
        "scorer": visible(line.scorer),
        "primary": line.primary,
        "value": _piece(line.value, at),
        "reason": _text(line.reason),
        "details": [[visible(key), _piece(value, at)] for key, value in line.details],
    })  # fmt: skip


def _piece(piece: Piece | None, at: str) -> Json:
    """Return foreign text as itself, a number as its metric, raw value and text, and a phrase as its key and pieces."""
    match piece:
        case None:
            return None
        case Number():
            return {"number": [piece.id.removeprefix(at), piece.raw, piece.text]}
        case Phrase():
            return {"key": piece.key, "args": {name: _piece(part, at) for name, part in piece.args.items()}}
    return visible(piece)


def _text(text: str | None) -> str | None:
    return None if text is None else visible(text)


def _words(words: Sequence[Stretch]) -> list[Json]:
    return [[it.kind, visible(it.text)] for it in words]


def _clip(clip: Clip | None) -> dict[str, Json]:
    return {} if clip is None else {"href": clip.href, "embedded": clip.embedded, "outline": clip.outline}


def _shown(shown: Shown | None) -> dict[str, Json]:
    if shown is None:
        return {}
    return {"href": shown.href, "embedded": shown.embedded, "width": shown.width, "height": shown.height}


def _lean(document: Mapping[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in document.items() if value not in (None, "", False, [], {})}
