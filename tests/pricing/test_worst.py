"""A bound is never below the cost, and where there is none the answer is None."""

from dataclasses import replace
from decimal import Decimal

import pytest

from harness.core.calls import Usage
from harness.core.candidates import Candidate, Machine, Prices
from harness.core.canonical import Json, to_json
from harness.core.media import Audio
from harness.core.requests import (
    ChatRequest,
    Document,
    EmbeddingRequest,
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
from harness.pricing import book
from harness.pricing.cost import cost, worst_case

CLIP = Audio(sha256="0" * 64, mime="audio/wav", seconds=60.0, sample_rate=16000, size=1)
RECORDING: Json = {"type": "input_audio", "input_audio": to_json(CLIP)}
HOUR = TranscriptionRequest(audio=CLIP)
SAY = SpeechRequest(text="x" * 100)
PAINT = ImageRequest(prompt="a cat")


PASSAGES = tuple(Document(id=f"p{n}", text="The quick brown fox jumps. " * 9) for n in range(60))
RANK = RerankRequest(query="Who jumps?", documents=PASSAGES)
EMBED = EmbeddingRequest(texts=tuple(passage.text for passage in PASSAGES))


def ask(text: str, max_tokens: int = 100, **params: Json) -> ChatRequest:
    return ChatRequest(messages=({"role": "user", "content": text},), max_tokens=max_tokens, params=params)


def ask_with(*parts: Json) -> ChatRequest:
    return ChatRequest(messages=({"role": "user", "content": [*parts, {"type": "text", "text": "?"}]},), max_tokens=9)


def ask_about(width: int, height: int, count: int = 1) -> ChatRequest:
    size: Json = {"sha256": "0" * 64, "mime": "image/png", "width": width, "height": height, "size": 1}
    return ask_with(*[{"type": "image_url", "image_url": size}] * count)


def known(model: str) -> Candidate:
    does = {"text", "speech"} if "audio" in model else {"text"}
    return Candidate(name="c", model=model, modalities=frozenset(does), prices=book.lookup(model))


def priced(**usd: str) -> Candidate:
    prices = Prices(usd={name: Decimal(price) for name, price in usd.items()}, source="test")
    return Candidate(name="c", model="x/y", modalities=frozenset({"text"}), prices=prices)


@pytest.mark.parametrize(
    ("request_", "model", "usage"),
    [
        pytest.param(
            ask("The quick brown fox jumps over the lazy dog. " * 20),
            "gpt-4o",
            Usage(input_tokens=220, output_tokens=100),
            id="english",
        ),
        pytest.param(
            ask("中文字符。" * 100), "dashscope/qwen3-max", Usage(input_tokens=500, output_tokens=100), id="zh"
        ),
        pytest.param(
            ask("word " * 1000), "claude-haiku-4-5", Usage(cache_write_tokens=1020, output_tokens=100), id="cache-write"
        ),
        pytest.param(
            ask("word " * 1000),
            "claude-haiku-4-5",
            Usage(cache_write_1h_tokens=1020, output_tokens=100),
            id="cache-write-for-an-hour",
        ),
        pytest.param(
            ask("hi", n=3), "o3", Usage(input_tokens=10, output_tokens=100, reasoning_tokens=200), id="three-choices"
        ),
        pytest.param(
            ask("word " * 200_000, 9),
            "gemini/gemini-2.5-pro",
            Usage(input_tokens=210_000, output_tokens=9),
            id="long-context",
        ),
        # what each provider's documentation says of a picture of that size
        pytest.param(
            ask_about(2048, 768), "gpt-4o", Usage(input_tokens=85 + 8 * 170, output_tokens=9), id="tiles-of-512"
        ),
        pytest.param(
            ask_about(2048, 768),
            "gpt-4o-mini",
            Usage(input_tokens=2833 + 8 * 5667, output_tokens=9),
            id="tiles-that-are-multiplied",
        ),
        pytest.param(
            ask_about(1024, 1536),
            "gpt-4.1-nano",
            Usage(input_tokens=round(1536 * 2.46), output_tokens=9),
            id="patches-of-32-multiplied",
        ),
        pytest.param(
            ask_about(1092, 1092, 3),
            "claude-haiku-4-5",
            Usage(input_tokens=3 * 1092 * 1092 // 750, output_tokens=9),
            id="pixels-by-750",
        ),
        pytest.param(
            ask_about(6000, 4000),
            "gemini/gemini-2.5-flash",
            Usage(input_tokens=24 * 16 * 258, output_tokens=9),
            id="tiles-of-256-at-the-least",
        ),
        pytest.param(
            ask_about(4480, 3584),
            "dashscope/qwen3-vl-plus",
            Usage(input_tokens=4480 * 3584 // 28**2, output_tokens=9),
            id="patches-of-28",
        ),
        pytest.param(
            ask_about(1024, 1024),
            "mistral/pixtral-large-latest",
            Usage(input_tokens=64 * 65, output_tokens=9),
            id="patches-of-16",
        ),
        pytest.param(EMBED, "text-embedding-3-small", Usage(input_tokens=60 * 55, output_tokens=0), id="embedding"),
        pytest.param(RANK, "rerank-v3.5", Usage(search_units=1, output_tokens=0), id="rerank-by-the-query"),
        pytest.param(
            RANK,
            "voyage/rerank-2",
            Usage(input_tokens=60 * 59, output_tokens=0),
            id="rerank-by-tokens",
        ),
        pytest.param(
            ask_with(RECORDING),
            "gpt-audio",
            Usage(input_audio_tokens=600, input_tokens=5, output_tokens=4, output_audio_tokens=5),
            id="a-recording-and-a-spoken-answer",
        ),
        pytest.param(
            SessionRequest(audio=CLIP, max_tokens=100, instructions="Be brief."),
            "gpt-realtime-2.1",
            Usage(input_tokens=4, input_audio_tokens=600, output_tokens=10, output_audio_tokens=90),
            id="live-session",
        ),
        pytest.param(
            SessionRequest(audio=CLIP, max_tokens=100, script=Script(listen_s=6.0, interruption=CLIP)),
            "gpt-realtime-2.1",
            Usage(input_audio_tokens=4 * (2 * 600 + 300), output_audio_tokens=4 * 100),
            id="conversation-of-four-answers",
        ),
        pytest.param(SAY, "tts-1", Usage(input_characters=100), id="speech-by-characters"),
        pytest.param(
            SAY,
            "gpt-4o-mini-tts",
            Usage(input_characters=100, output_audio_seconds=9.0),
            id="speech-by-tokens-without-usage",
        ),
        pytest.param(
            SAY,
            "gemini/gemini-3.8-flash-tts",
            Usage(input_tokens=40, output_audio_tokens=9 * 32),
            id="speech-by-tokens",
        ),
        pytest.param(HOUR, "whisper-1", Usage(input_audio_seconds=60.0), id="transcription-by-the-second"),
        pytest.param(
            HOUR,
            "gpt-4o-transcribe",
            Usage(input_tokens=0, input_audio_tokens=600, output_tokens=300),
            id="transcription-by-tokens",
        ),
    ],
)
def test_bound_holds(request_: Request, model: str, usage: Usage) -> None:
    bound, (paid, _) = worst_case(request_, known(model)), cost(usage, known(model))
    assert bound is not None
    assert paid is not None
    assert 0 < paid <= bound


def test_chat_bound_by_hand() -> None:
    candidate = priced(input_cost_per_token="1", output_cost_per_token="100", output_cost_per_reasoning_token="200")
    wire = len('[[{"content":"abc","role":"user"}],{}]')
    assert worst_case(ask("abc", 10), candidate) == -(-wire // 3) + 10 * 200


def test_speech_output_may_be_spoken() -> None:
    candidate = priced(input_cost_per_token="0", output_cost_per_token="1", output_cost_per_audio_token="8")
    assert worst_case(ask("abc", 10), candidate) == 10
    assert worst_case(ask("abc", 10), replace(candidate, modalities=frozenset({"speech"}))) == 80


def test_an_answer_that_is_asked_for_aloud_has_the_price_of_sound() -> None:
    candidate = priced(input_cost_per_token="0", output_cost_per_token="1", output_cost_per_audio_token="8")
    assert worst_case(ask("abc", 10, modalities=["text", "audio"]), candidate) == 80


@pytest.mark.parametrize(
    ("request_", "usage", "usd"),
    [
        pytest.param(
            ask("abc"),
            Usage(input_tokens=1, output_tokens=1),
            {"input_cost_per_token": "0", "output_cost_per_token": "0"},
            id="chat",
        ),
        pytest.param(EMBED, Usage(input_tokens=9, output_tokens=0), {"input_cost_per_token": "0"}, id="embedding"),
        pytest.param(SAY, Usage(input_characters=100), {"input_cost_per_character": "0"}, id="voice-by-characters"),
        pytest.param(
            SAY,
            Usage(input_characters=100, output_audio_seconds=9.0),
            {"output_cost_per_second": "0"},
            id="voice-by-the-second",
        ),
        pytest.param(HOUR, Usage(input_audio_seconds=60.0), {"input_cost_per_second": "0"}, id="ear"),
        pytest.param(PAINT, Usage(output_images=1), {"output_cost_per_image": "0"}, id="painter"),
        pytest.param(
            VideoRequest(prompt="a cat", seconds=4),
            Usage(output_video_seconds=4.0, output_video_pixels=921_600),
            {"output_cost_per_second": "0"},
            id="maker of clips",
        ),
    ],
)
def test_fee_per_request_is_in_the_bound(request_: Request, usage: Usage, usd: dict[str, str]) -> None:
    candidate = priced(input_cost_per_request="5", **usd)
    assert worst_case(request_, candidate) == cost(usage, candidate)[0] == 5


def test_speech_by_the_second_alone() -> None:
    assert worst_case(SAY, priced(output_cost_per_second="2")) == 100


@pytest.mark.parametrize(
    ("request_", "candidate"),
    [
        pytest.param(ask("hi"), replace(known("gpt-4o"), prices=None), id="no-price"),
        pytest.param(SAY, replace(known("tts-1"), prices=None), id="no-speech-price"),
        pytest.param(HOUR, replace(known("whisper-1"), prices=None), id="no-transcription-price"),
        pytest.param(ask("hi"), priced(input_cost_per_token="1"), id="no-output-price"),
        pytest.param(ask("hi"), known("cohere/rerank-v3.5"), id="fee-that-has-no-meter"),
        pytest.param(SAY, known("gpt-4o"), id="chat-model-asked-to-speak"),
        pytest.param(ask("hi", modalities=["text", "audio"]), known("gpt-4o"), id="sound-that-has-no-price"),
        pytest.param(HOUR, known("tts-1"), id="voice-asked-to-listen"),
        pytest.param(SessionRequest(audio=CLIP, max_tokens=9), known("gpt-4o"), id="session-of-a-model-without-one"),
        pytest.param(MosRequest(audio=CLIP), known("gpt-4o"), id="nobody-sells-mos"),
        pytest.param(
            ask_with({"type": "image_url", "image_url": {"url": "0"}}), known("gpt-4o"), id="image-of-no-size"
        ),
        pytest.param(ask_with(RECORDING), known("gpt-4o"), id="sound for a model that hears none"),
        pytest.param(
            ask_with({"type": "input_audio", "input_audio": {"data": "0"}}), known("gpt-audio"), id="no-length"
        ),
    ],
)
def test_no_bound(request_: Request, candidate: Candidate) -> None:
    assert worst_case(request_, candidate) is None


def test_a_machine_costs_no_dollars_a_call() -> None:
    own = replace(known("gpt-4o"), machine=Machine(usd_per_hour=Decimal(1)))
    assert worst_case(ask("hi"), own) == 0


def test_a_fee_for_each_picture_is_in_the_bound() -> None:
    free = priced(input_cost_per_token="0", output_cost_per_token="0", input_cost_per_image="5")
    assert worst_case(ask_about(8, 8, 3), free) == 15


def test_a_picture_has_the_price_of_its_own_tokens_where_that_is_higher() -> None:
    candidate = priced(input_cost_per_token="1", output_cost_per_token="0", input_cost_per_image_token="3")
    bound = worst_case(ask_about(30, 15), candidate)
    assert bound is not None
    assert bound > 3 * 6_502
    assert worst_case(ask("hi"), candidate) == -(-len('[[{"content":"hi","role":"user"}],{}]') // 3)
