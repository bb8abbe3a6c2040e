"""Requests are read strictly: what is not served is refused with the parameter's name."""

import json
from collections.abc import Mapping

import httpx
import pytest

from harness.local.asked import (
    MOST_CHARACTERS,
    MOST_TEXTS,
    Ranking,
    Refused,
    Speech,
    Transcription,
    embedding,
    ranking,
    speech,
    transcription,
)

VOICES = ("heart", "soul")


def asked_speech(fields: Mapping[str, object]) -> Speech:
    return speech(json.dumps({"model": "hibari", "input": "Hi.", **fields}).encode(), model="hibari", voices=VOICES)


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        pytest.param({}, Speech(text="Hi.", voice="heart", speed=1.0, format="wav"), id="defaults"),
        pytest.param({"voice": "default"}, Speech(text="Hi.", voice="heart", speed=1.0, format="wav"), id="default"),
        pytest.param({"voice": None}, Speech(text="Hi.", voice="heart", speed=1.0, format="wav"), id="null voice"),
        pytest.param(
            {"voice": "soul", "speed": 2, "response_format": "pcm"},
            Speech(text="Hi.", voice="soul", speed=2.0, format="pcm"),
            id="all given",
        ),
        pytest.param(
            {"input": "x" * MOST_CHARACTERS},
            Speech(text="x" * MOST_CHARACTERS, voice="heart", speed=1.0, format="wav"),
            id="longest",
        ),
    ],
)
def test_speech(fields: dict[str, object], wanted: Speech) -> None:
    assert asked_speech(fields) == wanted


@pytest.mark.parametrize(
    ("fields", "param", "status"),
    [
        pytest.param({"input": ""}, "input", 400, id="empty text"),
        pytest.param({"input": " \n"}, "input", 400, id="blank text"),
        pytest.param({"input": 7}, "input", 400, id="no text"),
        pytest.param({"input": "x" * (MOST_CHARACTERS + 1)}, "input", 400, id="too long"),
        pytest.param({"voice": "alloy"}, "voice", 400, id="unknown voice"),
        pytest.param({"voice": ["heart"]}, "voice", 400, id="no voice name"),
        pytest.param({"speed": 0.4}, "speed", 400, id="too slow"),
        pytest.param({"speed": 2.1}, "speed", 400, id="too fast"),
        pytest.param({"speed": "1"}, "speed", 400, id="speed is text"),
        pytest.param({"speed": True}, "speed", 400, id="speed is a bool"),
        pytest.param({"response_format": "mp3"}, "response_format", 400, id="mp3"),
        pytest.param({"response_format": ["wav"]}, "response_format", 400, id="format is a list"),
        pytest.param({"instructions": "whisper"}, "instructions", 400, id="unknown parameter"),
        pytest.param({"model": "kokoro"}, "model", 404, id="another model"),
    ],
)
def test_speech_refused(fields: dict[str, object], param: str, status: int) -> None:
    with pytest.raises(Refused) as refusal:
        asked_speech(fields)
    assert (refusal.value.param, refusal.value.status) == (param, status)
    assert refusal.value.body["error"]["type"] == "invalid_request_error"  # type: ignore[index,call-overload]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"], ids=["empty", "cut", "a list", "no UTF-8"])
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(Refused, match="body"):
        speech(body, model="hibari", voices=VOICES)


def asked_transcription(fields: Mapping[str, str], *, file: bytes | None = b"clip") -> Transcription:
    files = {} if file is None else {"file": ("a.wav", file, "audio/wav")}
    # a file that is no field makes httpx write a form in any case
    request = httpx.Request("POST", "http://x", data=fields, files=files or {"nothing": b""})
    return transcription(
        request.headers["content-type"], request.read(), model="whisper-base", languages=("en", "zh")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        pytest.param({}, Transcription(clip=b"clip", language=None, format="json"), id="defaults"),
        pytest.param({"language": ""}, Transcription(clip=b"clip", language=None, format="json"), id="no language"),
        pytest.param(
            {"language": "zh", "response_format": "verbose_json", "temperature": "0", "model": "whisper-base"},
            Transcription(clip=b"clip", language="zh", format="verbose_json"),
            id="all given",
        ),
    ],
)
def test_transcription(fields: dict[str, str], wanted: Transcription) -> None:
    assert asked_transcription(fields) == wanted


@pytest.mark.parametrize(
    ("fields", "param", "status"),
    [
        pytest.param({"language": "xx"}, "language", 400, id="unknown language"),
        pytest.param({"response_format": "srt"}, "response_format", 400, id="subtitles"),
        pytest.param({"temperature": "0.2"}, "temperature", 400, id="temperature"),
        pytest.param({"prompt": "names"}, "prompt", 400, id="unknown parameter"),
        pytest.param({"model": "tiny"}, "model", 404, id="another model"),
    ],
)
def test_transcription_refused(fields: dict[str, str], param: str, status: int) -> None:
    with pytest.raises(Refused) as refusal:
        asked_transcription(fields)
    assert (refusal.value.param, refusal.value.status) == (param, status)


def test_a_form_without_a_clip_is_refused() -> None:
    with pytest.raises(Refused, match="no `file`"):
        asked_transcription({}, file=None)


def test_what_is_no_form_is_refused() -> None:
    with pytest.raises(Refused, match="multipart"):
        transcription("application/json", b"{}", model="whisper-base", languages=("en",))


def test_texts_to_embed() -> None:
    assert embedding(b'{"input": "one"}', model="e5") == ("one",)
    assert embedding(b'{"input": ["one", "two"], "model": "e5", "encoding_format": "float"}', model="e5") == (
        "one",
        "two",
    )


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        pytest.param({"input": []}, "input", id="no texts"),
        pytest.param({"input": ["a", ""]}, "input", id="an empty one"),
        pytest.param({"input": ["a", 3]}, "input", id="a number"),
        pytest.param({"input": None}, "input", id="null"),
        pytest.param({"input": [[1, 2]]}, "input", id="tokens"),
        pytest.param({"input": ["a"] * (MOST_TEXTS + 1)}, "input", id="too many"),
        pytest.param({"input": "a", "encoding_format": "base64"}, "encoding_format", id="base64"),
        pytest.param({"input": "a", "dimensions": 64}, "dimensions", id="dimensions"),
        pytest.param({"input": "a", "model": "other"}, "model", id="another model"),
    ],
)
def test_texts_that_cannot_be_embedded(fields: dict[str, object], param: str) -> None:
    with pytest.raises(Refused) as caught:
        embedding(json.dumps(fields).encode(), model="e5")
    assert caught.value.param == param


def test_documents_to_rank() -> None:
    body = {"model": "bm25", "query": "q", "documents": ["a", "b"], "top_n": 1, "return_documents": False}
    assert ranking(json.dumps(body).encode(), model="bm25") == Ranking(query="q", documents=("a", "b"), top_n=1)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        pytest.param({"query": " "}, "query", id="an empty query"),
        pytest.param({"query": ["q"]}, "query", id="a query that is no text"),
        pytest.param({"documents": "a"}, "documents", id="one text"),
        pytest.param({"documents": [{"text": "a"}]}, "documents", id="objects"),
        pytest.param({"top_n": 0}, "top_n", id="none of them"),
        pytest.param({"top_n": True}, "top_n", id="a truth"),
        pytest.param({"return_documents": True}, "return_documents", id="documents back"),
        pytest.param({"rank_fields": ["a"]}, "rank_fields", id="fields"),
    ],
)
def test_documents_that_cannot_be_ranked(fields: dict[str, object], param: str) -> None:
    body = {"query": "q", "documents": ["a"], **fields}
    with pytest.raises(Refused) as caught:
        ranking(json.dumps(body).encode(), model="bm25")
    assert caught.value.param == param


def test_a_body_that_is_nested_too_deeply_is_no_json() -> None:
    with pytest.raises(Refused, match="the body is no JSON"):
        ranking(b"[" * 100_000, model="bm25")
