"""Small nouns for tests of the store: one suite, its samples, calls and records of every shape."""

from decimal import Decimal
from pathlib import Path

from harness.core.calls import Attempt, Call, Failure, Fault, Marks, Output, Ranked, Record, Role, Usage
from harness.core.canonical import Json
from harness.core.manifest import Manifest
from harness.core.media import Audio, Image, Vectors, Video
from harness.core.requests import (
    ChatRequest,
    Document,
    EmbeddingRequest,
    ExecutionRequest,
    ImageRequest,
    MosRequest,
    Request,
    RerankRequest,
    Script,
    SessionRequest,
    SpeechRequest,
    TranscriptionRequest,
    VideoRequest,
)
from harness.core.suites import Sample
from harness.core.turns import Turn, values_of
from harness.store.ledger import Ledger, StoredSample

PICTURE = Image(sha256="ab" * 32, mime="image/png", width=64, height=48, size=200)
FILM = Video(sha256="ab" * 32, mime="video/mp4", seconds=4.0, width=1280, height=720, size=9000)
CLIP = Audio(sha256="ab" * 32, mime="audio/wav", seconds=2.0, sample_rate=24000, size=96044)
STARTED = "2026-11-23T04:00:00+00:00"

SUITES: list[Json] = [
    {
        "name": "arith",
        "version": 1,
        "licence": None,
        "tasks": [
            {"name": "sums", "modality": "text", "slot": "text", "primary": "number_match",
             "scorers": ["number_match"], "n": 4, "language": "en"},
            {"name": "voice", "modality": "tts", "slot": "tts", "primary": "word_accuracy",
             "scorers": ["word_accuracy"], "n": 2},
        ],
    }
]  # fmt: skip


def manifest() -> Manifest:
    return Manifest(
        run_id="run-1",
        name="test",
        started=STARTED,
        config={"seed": 0, "suites": SUITES},
        suites={"arith": "00"},
        scorers={"arith/sums/number_match": "number_match@1()"},
        rules={"text": "11"},
        environment={"python": "3.11"},
    )


def samples() -> list[StoredSample]:
    text = [
        Sample(id="s0", input="1+1?", target="2"),
        Sample(id="s1", input={"a": [1, 2]}, target=3, metadata={"lang": "zh", "cluster": "c1"}),
        Sample(id="s2", input="二加二？", target="4", files=("a.png",)),
        Sample(id="s3", input="3+3?", target="6", metadata={"cluster": 7}),
    ]
    voice = [Sample(id="v0", input="Hello."), Sample(id="v1", input="Bye.", metadata={"lang": "en-GB"})]
    return [StoredSample(suite="arith", task="sums", sample=s) for s in text] + [
        StoredSample(suite="arith", task="voice", sample=s) for s in voice
    ]


def chat(text: str = "1+1?") -> ChatRequest:
    return ChatRequest(messages=({"role": "user", "content": text},), max_tokens=16, params={"temperature": 0})


def call(
    key: str = "k0", *, sample: str = "s0", request: Request | None = None, candidate: str = "haiku", epoch: int = 0
) -> Call:
    task = "voice" if sample.startswith("v") else "sums"
    return Call(
        key=key,
        role=Role.ANSWER,
        candidate=candidate,
        request=request or chat(),
        suite="arith",
        task=task,
        sample=sample,
        epoch=epoch,
    )


def instrument(key: str, measures: str, request: Request | None = None) -> Call:
    return Call(
        key=key,
        role=Role.INSTRUMENT,
        candidate="whisper-base",
        request=request or TranscriptionRequest(audio=CLIP, language="en"),
        suite="arith",
        task="voice",
        sample="v0",
        instrument="transcriber",
        measures=measures,
    )


def attempt(number: int = 1, *, outcome: str = "ok", may_be_billed: bool = False) -> Attempt:
    return Attempt(
        number=number,
        started=STARTED,
        duration_ms=12.345678901234567,
        outcome=outcome,
        http_status=200,
        request_id="req_1",
        may_be_billed=may_be_billed,
    )


def record(of: Call | None = None, **changes: object) -> Record:
    values: dict[str, object] = {
        "call": of or call(),
        "outcome": Output(text="2", finish_reason="stop", model="haiku-1"),
        "attempts": (attempt(),),
        "marks": Marks(ttft_ms=100.1, ttfo_ms=150.2, total_ms=200.3, queue_ms=1.5),
        "usage": Usage(input_tokens=10, output_tokens=2, source="provider"),
        "cost_usd": Decimal("0.0000123"),
        "cost_source": "provider",
        "finished": STARTED,
    }
    return Record(**{**values, **changes})  # type: ignore[arg-type]


def failure(
    of: Call | None = None, *, fault: Fault = Fault.INFRA, kind: str = "server_error", **changes: object
) -> Record:
    outcome = Failure(fault=fault, kind=kind, message="HTTP 500", partial="half an ans")
    return record(of, outcome=outcome, attempts=(attempt(outcome=kind),), usage=Usage(), marks=Marks(), **changes)


SHAPES: dict[str, Record] = {
    "text": record(),
    "reasoning, Chinese, tools": record(
        call(request=ChatRequest(messages=({"role": "system", "content": "系统"},), max_tokens=9)),
        outcome=Output(
            text="答案 “2” \x00 🙂",
            reasoning="hm\nhm",
            tool_calls=({"id": "a", "arguments": {"x": [1, None, True]}},),
        ),
    ),
    "empty output": record(outcome=Output()),
    "speech": record(
        call(sample="v0", request=SpeechRequest(text="Hello.", voice="anna", params={"speed": 1.5})),
        outcome=Output(audio=CLIP),
        marks=Marks(ttfa_ms=80.0, total_ms=float("inf"), valid=False),
        usage=Usage(input_characters=6, output_audio_seconds=2.0, busy_seconds=0.5, source="measured"),
        cost_usd=Decimal("1E-9"),
        cost_source="machine",
    ),
    "live session": record(
        call(sample="v0", request=SessionRequest(audio=CLIP, max_tokens=160, voice="anna", params={"speed": 1.5})),
        outcome=Output(text="hi", audio=CLIP, finish_reason="stop"),
        usage=Usage(input_audio_tokens=9, output_audio_tokens=40, input_audio_seconds=2.0, source="provider"),
    ),
    "conversation": record(
        call(
            sample="v0",
            request=SessionRequest(
                audio=CLIP, max_tokens=9, script=Script(listen_s=6.0, interruption=CLIP, interrupt_after_s=1.5)
            ),
        ),
        outcome=Output(
            audio=CLIP,
            values=values_of(
                [
                    Turn(speaker="user", start_ms=0.0, end_ms=2000.0),
                    Turn(speaker="agent", start_ms=2500.5, end_ms=4000.0, words=1, cut=True),
                ]
            ),
        ),
    ),
    "transcription without language": record(call(sample="v0", request=TranscriptionRequest(audio=CLIP))),
    "mos": record(call(sample="v0", request=MosRequest(audio=CLIP)), outcome=Output(values={"ovrl": 3.25, "sig": 4.0})),
    "execution": record(
        call(request=ExecutionRequest(program="def f(): ...", entry_point="f", check="def check(f): ...")),
        outcome=Output(text="passed", values={"passed": 1.0}),
    ),
    "a picture, made of another": record(
        call(request=ImageRequest(prompt="greener", images=(PICTURE,), params={"size": "64x48"})),
        outcome=Output(image=PICTURE),
        usage=Usage(input_tokens=3, input_image_tokens=85, output_image_tokens=272, output_images=1, source="provider"),
    ),
    "a clip, made of a picture": record(
        call(request=VideoRequest(prompt="sail", seconds=4, size="1280x720", images=(PICTURE,), params={"seed": 1})),
        outcome=Output(video=FILM),
        usage=Usage(input_images=1, output_video_seconds=4.0, output_video_pixels=921_600, source="provider"),
    ),
    "a ranking, with the vectors that it is made of": record(
        call(request=EmbeddingRequest(texts=("q", "一", "d"), ranks=("文档 1", "d2"), params={"dimensions": 4})),
        outcome=Output(
            vectors=Vectors(sha256="cd" * 32, count=3, dimensions=4),
            ranking=(Ranked(document="文档 1", relevance=0.75), Ranked(document="d2", relevance=-1.5)),
        ),
        usage=Usage(input_tokens=7, search_units=1, source="provider"),
    ),
    "a ranking that says nothing of vectors": record(
        call(request=RerankRequest(query="q", documents=(Document(id="d", text="x"), Document(id="c", text="y")))),
        outcome=Output(ranking=(Ranked(document="c", relevance=0.0),)),
    ),
    "infra failure after three attempts": record(
        outcome=Failure(fault=Fault.INFRA, kind="timeout", message="not finished within 60 s"),
        attempts=tuple(attempt(n, outcome="timeout", may_be_billed=True) for n in (1, 2, 3)),
        cost_usd=None,
        cost_source="unpriced",
    ),
    "candidate failure": failure(fault=Fault.CANDIDATE, kind="context_too_long", cost_usd=Decimal(0)),
    "never sent": failure(fault=Fault.HARNESS, kind="bug", cost_usd=None),
}


def new_ledger(folder: Path, *calls: Call) -> Ledger:
    return Ledger.create(folder, manifest(), samples(), calls or (call(),))
