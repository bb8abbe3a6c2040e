"""The HTTP API over a real socket: streams, shapes of errors, limits, what a failing engine leaves."""

import io
import json
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection, IncompleteRead

import httpx
import numpy as np
import pytest
import soundfile

from harness.local.asked import MOST_AUDIO_BYTES
from harness.local.audio import Samples
from harness.local.engines import Served, Transcript
from harness.local.front import Front
from tests.local.test_reading import RED, body, shown
from tests.pictures import picture


class Voice:
    """Speaks three pieces; some texts fail, some wait for a permission."""

    sample_rate = 8000
    voices = ("only",)

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.go_on = threading.Event()

    def speak(self, text: str, *, voice: str, speed: float) -> Generator[bytes, None, None]:
        del voice, speed
        self.texts.append(text)
        if text == "fail":
            raise RuntimeError("no voice today")
        if text == "nothing":
            return
        try:
            yield b"\1\0"
            if text == "break":
                raise RuntimeError("lost the voice")
            if text == "wait":
                assert self.go_on.wait(10)
            while text == "endless":
                yield bytes(2**20)
            yield b""
            yield b"\2\0\3\0"
        finally:
            self.texts.append(f"end of {text}")


class Ear:
    languages = ("en", "zh")

    def transcribe(self, samples: Samples, *, language: str | None) -> Transcript:
        return Transcript(text=f"{len(samples)} samples", language=language or "en")


class Rater:
    def rate(self, samples: Samples) -> Mapping[str, float]:
        return {"sig": 1.5, "bak": 2.5, "ovrl": float(len(samples) > 0)}


class Vectors:
    def __init__(self) -> None:
        self.batches: list[Sequence[str]] = []

    def count(self, texts: Sequence[str]) -> int:
        return sum(len(text.split()) for text in texts)

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.batches.append(texts)
        return np.array([[len(text), 0.5] for text in texts], dtype=np.float32)


class Lengths:
    def rank(self, query: str, documents: Sequence[str]) -> Sequence[float]:
        return [float(len(document) - len(query)) for document in documents]


class Eyes:
    def __init__(self) -> None:
        self.seen: list[bytes] = []

    def read(self, data: bytes) -> str:
        self.seen.append(data)
        if data == BROKEN:
            raise ValueError("the picture cannot be decoded")
        return f"{len(self.seen)} seen"


BROKEN = picture(9, 9)


@contextmanager
def serving(engine: Served) -> Iterator[httpx.Client]:
    front = Front("toy", engine, port=0)
    thread = threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{front.server_port}", timeout=10, trust_env=False) as client:
            yield client
    finally:
        front.shutdown()
        front.server_close()
        thread.join()


@pytest.fixture
def voice() -> Voice:
    return Voice()


@pytest.fixture
def speaker(voice: Voice) -> Iterator[httpx.Client]:
    with serving(voice) as client:
        yield client


def say(client: httpx.Client, text: str, **fields: str) -> httpx.Response:
    return client.post("/v1/audio/speech", json={"model": "toy", "input": text, **fields})


def test_it_is_warm_before_it_listens(voice: Voice, speaker: httpx.Client) -> None:
    assert speaker.get("/health").json() == {"status": "ok"}
    assert voice.texts == ["Hello there.", "end of Hello there."]


def test_models(speaker: httpx.Client) -> None:
    assert [model["id"] for model in speaker.get("/v1/models").json()["data"]] == ["toy"]


def test_wav_is_streamed_with_an_open_header(speaker: httpx.Client) -> None:
    response = say(speaker, "Hi.")
    assert response.headers["content-type"] == "audio/wav"
    assert response.headers["transfer-encoding"] == "chunked"
    samples, rate = soundfile.read(io.BytesIO(response.content), dtype="int16")
    assert rate == 8000
    np.testing.assert_array_equal(samples, [1, 2, 3])


def test_pcm_has_no_header(speaker: httpx.Client) -> None:
    response = say(speaker, "Hi.", response_format="pcm")
    assert response.content == b"\1\0\2\0\3\0"
    assert response.headers["x-sample-rate"] == "8000"


def test_the_first_piece_arrives_while_the_next_is_made(voice: Voice, speaker: httpx.Client) -> None:
    with speaker.stream("POST", "/v1/audio/speech", json={"input": "wait", "response_format": "pcm"}) as response:
        pieces = response.iter_raw()
        assert next(pieces) == b"\1\0"
        voice.go_on.set()
        assert b"".join(pieces) == b"\2\0\3\0"


def test_a_connection_serves_many_calls(speaker: httpx.Client) -> None:
    opened = {id(say(speaker, "Hi.").extensions["network_stream"]) for _ in range(3)}
    assert len(opened) == 1


def test_health_does_not_wait_for_a_call(voice: Voice, speaker: httpx.Client) -> None:
    with speaker.stream("POST", "/v1/audio/speech", json={"input": "wait"}) as response:
        next(response.iter_raw())
        assert speaker.get("/health").status_code == 200
        voice.go_on.set()


def test_calls_take_turns(voice: Voice, speaker: httpx.Client) -> None:
    with speaker.stream("POST", "/v1/audio/speech", json={"input": "wait"}) as response:
        next(response.iter_raw())
        second = threading.Thread(target=say, args=(speaker, "second"))
        second.start()
        time.sleep(0.1)
        assert "second" not in voice.texts
        voice.go_on.set()
    second.join()
    assert voice.texts[-4:] == ["wait", "end of wait", "second", "end of second"]


def test_a_client_that_goes_away_ends_the_synthesis(voice: Voice, speaker: httpx.Client) -> None:
    with speaker.stream("POST", "/v1/audio/speech", json={"input": "endless"}) as response:
        next(response.iter_raw())
    assert say(speaker, "next").status_code == 200
    assert voice.texts[-3:] == ["end of endless", "next", "end of next"]


def test_no_speech_is_an_empty_clip(speaker: httpx.Client) -> None:
    response = say(speaker, "nothing")
    assert response.status_code == 200
    assert len(response.content) == 44


def test_a_failure_before_the_first_sound_is_a_500(speaker: httpx.Client, capfd: pytest.CaptureFixture[str]) -> None:
    response = say(speaker, "fail")
    assert response.status_code == 500
    assert response.json()["error"] == {"message": "RuntimeError: no voice today", "type": "server_error"}
    assert "Traceback" in capfd.readouterr().err
    assert say(speaker, "Hi.").status_code == 200


def test_a_failure_in_a_clip_does_not_look_like_its_end(
    speaker: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    with closing(HTTPConnection("127.0.0.1", speaker.base_url.port or 0, timeout=10)) as connection:
        connection.request("POST", "/v1/audio/speech", json.dumps({"input": "break"}))
        response = connection.getresponse()
        with pytest.raises(IncompleteRead):
            response.read()
    assert "lost the voice" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/v1/audio/transcriptions", 404, id="another endpoint"),
        pytest.param("/health", 404, id="health is no POST"),
    ],
)
def test_unknown_paths(speaker: httpx.Client, path: str, status: int) -> None:
    response = speaker.post(path, json={})
    assert response.status_code == status
    assert response.json()["error"]["type"] == "invalid_request_error"


def test_a_refusal_has_openais_shape(speaker: httpx.Client) -> None:
    response = say(speaker, "Hi.", response_format="mp3")
    assert response.status_code == 400
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["param"] == "response_format"


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        pytest.param({"Content-Length": "-1"}, "must have a Content-Length", id="negative"),
        pytest.param({"Transfer-Encoding": "chunked"}, "must have a Content-Length", id="unknown length"),
    ],
)
def test_bodies_have_a_length(speaker: httpx.Client, headers: Mapping[str, str], message: str) -> None:
    with closing(HTTPConnection("127.0.0.1", speaker.base_url.port or 0, timeout=10)) as connection:
        connection.putrequest("POST", "/v1/audio/speech")
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        assert response.status == 400
        assert message in json.loads(response.read())["error"]["message"]


def wav(seconds: float = 0.5) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(int(8000 * seconds)), 8000, format="WAV")
    return file.getvalue()


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        pytest.param({}, {"text": "8000 samples", "language": "en", "duration": 0.5}, id="detected"),
        pytest.param({"language": "zh"}, {"text": "8000 samples", "language": "zh", "duration": 0.5}, id="given"),
    ],
)
def test_transcription(fields: dict[str, str], body: dict[str, object]) -> None:
    with serving(Ear()) as client:
        response = client.post("/v1/audio/transcriptions", files={"file": ("a.wav", wav(), "audio/wav")}, data=fields)
    assert response.json() == body


def test_transcription_as_text() -> None:
    with serving(Ear()) as client:
        response = client.post(
            "/v1/audio/transcriptions", files={"file": ("a.wav", wav())}, data={"response_format": "text"}
        )
    assert response.text == "8000 samples\n"


def test_mos() -> None:
    with serving(Rater()) as client:
        assert client.post("/v1/audio/mos", content=wav()).json() == {"sig": 1.5, "bak": 2.5, "ovrl": 1.0}


@pytest.mark.parametrize("clip", [pytest.param(b"RIFF", id="cut header"), pytest.param(wav(0), id="no samples")])
def test_clips_that_cannot_be_heard_are_refused(clip: bytes) -> None:
    with serving(Rater()) as client:
        response = client.post("/v1/audio/mos", content=clip)
    assert response.status_code == 400
    assert response.json()["error"]["param"] == "file"


def test_a_clip_that_is_too_long_is_refused_with_the_reason() -> None:
    with serving(Rater()) as client:
        response = client.post("/v1/audio/mos", content=bytes(MOST_AUDIO_BYTES + 1))
    assert response.status_code == 400
    assert "26,214,401 bytes, more than 26,214,400" in response.json()["error"]["message"]


def test_embeddings_come_one_for_each_text() -> None:
    engine = Vectors()
    with serving(engine) as client:
        assert engine.batches == [["Hello there."]]  # warm
        response = client.post("/v1/embeddings", json={"model": "toy", "input": ["a b", "abc"]})
        single = client.post("/v1/embeddings", json={"input": "a", "encoding_format": "float"})
    assert response.json() == {
        "object": "list",
        "model": "toy",
        "data": [
            {"object": "embedding", "index": 0, "embedding": [3.0, 0.5]},
            {"object": "embedding", "index": 1, "embedding": [3.0, 0.5]},
        ],
        "usage": {"prompt_tokens": 3, "total_tokens": 3},
    }
    assert single.json()["data"] == [{"object": "embedding", "index": 0, "embedding": [1.0, 0.5]}]


def test_a_ranking_is_best_first_and_as_long_as_was_asked() -> None:
    asked = {"model": "toy", "query": "q", "documents": ["a", "abc", "ab"]}
    with serving(Lengths()) as client:
        whole = client.post("/v1/rerank", json=asked).json()["results"]
        first = client.post("/v1/rerank", json={**asked, "top_n": 1}).json()["results"]
    assert [(result["index"], result["relevance_score"]) for result in whole] == [(1, 2.0), (2, 1.0), (0, 0.0)]
    assert first == whole[:1]


@pytest.mark.parametrize("path", ["/v1/embeddings", "/v1/rerank"])
def test_an_engine_serves_nothing_but_its_own(speaker: httpx.Client, path: str) -> None:
    assert speaker.post(path, json={}).status_code == 404


def test_pictures_are_read_streamed_or_whole() -> None:
    eyes = Eyes()
    with serving(eyes) as client:
        assert len(eyes.seen) == 1, "it is warm before it listens"
        whole = client.post("/v1/chat/completions", content=body(shown(RED), shown(RED)))
        assert whole.json()["choices"][0]["message"]["content"] == "2 seen\n3 seen"
        with client.stream("POST", "/v1/chat/completions", content=body(shown(RED), stream=True)) as response:
            assert response.headers["content-type"] == "text/event-stream"
            lines = [line.removeprefix("data: ") for line in response.iter_lines() if line]
    assert lines.pop() == "[DONE]"
    deltas = [json.loads(line)["choices"][0]["delta"] for line in lines]
    assert "".join(delta.get("content", "") for delta in deltas) == "4 seen"
    assert eyes.seen[1:] == [RED] * 3


def test_a_picture_that_cannot_be_read_is_the_clients_fault() -> None:
    with serving(Eyes()) as client:
        response = client.post("/v1/chat/completions", content=body(shown(BROKEN)))
        assert (response.status_code, response.json()["error"]["message"]) == (400, "the picture cannot be decoded")
        assert client.post("/v1/chat/completions", content=body(shown(RED))).status_code == 200
