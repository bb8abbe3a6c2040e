"""What a call is likely to take, worked out again by hand."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest

from harness.core.candidates import Candidate, Machine, Prices, Stage
from harness.core.forecast import NOTHING, Range
from harness.core.media import Audio
from harness.core.requests import (
    ChatRequest,
    Document,
    EmbeddingRequest,
    ImageRequest,
    MosRequest,
    Request,
    RerankRequest,
    SessionRequest,
    SpeechRequest,
    TranscriptionRequest,
    VideoRequest,
)
from harness.execute.likely import Likely, answer_tokens, of_calls, of_request
from harness.execute.plan import plan
from harness.execute.speeds import SPEEDS
from harness.local.catalog import ENGINES
from harness.pricing.worst import worst_case
from tests.execute.bakeoffs import bakeoff, embedded, remote, text_suite

CLIP = Audio(sha256="0" * 64, mime="audio/wav", seconds=10.0, sample_rate=16_000, size=1)
CHAT = ChatRequest(messages=({"role": "user", "content": "x" * 240},), max_tokens=64)


def priced(**usd: str) -> Candidate:
    return replace(remote("a"), prices=Prices(usd={name: Decimal(price) for name, price in usd.items()}, source="test"))


def test_a_chat_is_its_bytes_and_what_lies_between_the_right_answer_and_the_limit() -> None:
    model = priced(input_cost_per_token="0.001", output_cost_per_token="0.002")
    found = of_request(CHAT, model, right="x" * 16)
    assert found.input_tokens == Range(low=240 / 6 + 8, expected=240 / 4 + 8, high=240 / 3 + 8)
    assert answer_tokens("x" * 16, 64) == Range(low=2, expected=16, high=64)
    assert found.output_tokens == Range(low=2, expected=16, high=64)
    assert found.usd is not None
    assert found.usd.low == pytest.approx(48 * 0.001 + 2 * 0.002)
    assert found.usd.expected == pytest.approx(68 * 0.001 + 16 * 0.002)
    assert found.usd.high == pytest.approx(88 * 0.001 + 64 * 0.002)
    assert found.seconds == Range(low=0.2 + 2 * 0.003, expected=1 + 16 * 0.02, high=6 + 64 * 0.1)


def test_the_examples_that_a_base_model_is_sent_with_each_question_count() -> None:
    gemma, examples = embedded("gemma3-270m"), ENGINES["gemma3-270m"].template_tokens or 0
    assert examples > 200
    found = of_request(CHAT, gemma)
    assert found.input_tokens == Range(low=240 / 6 + examples, expected=240 / 4 + examples, high=240 / 3 + examples)
    shots = ({"role": "user", "content": "x" * 24}, {"role": "assistant", "content": "y" * 24}, *CHAT.messages)
    told = of_request(replace(CHAT, messages=shots), gemma).input_tokens
    assert told is not None
    assert told.expected == 288 / 4 + examples + 2 * 8, "as do those that the suite itself sends"


def test_the_right_answer_counts_in_bytes_and_never_passes_the_limit() -> None:
    assert answer_tokens("四个字呢", 100).expected == pytest.approx(math.sqrt(3 * 100))
    assert answer_tokens("word " * 100, 8) == Range(low=4, expected=8, high=8)
    assert answer_tokens(None, 1) == Range(low=1, expected=1, high=1)


@pytest.mark.parametrize(
    ("request_", "usd", "expected"),
    [
        pytest.param(SpeechRequest(text="x" * 100), {"input_cost_per_character": "0.01"}, 1.0, id="by-the-character"),
        pytest.param(
            SpeechRequest(text="x" * 100),
            {"input_cost_per_token": "0.01", "output_cost_per_audio_token": "0.1"},
            100 * 0.01 + 7 * 20 * 0.1,
            id="by-the-audio-token",
        ),
        pytest.param(TranscriptionRequest(audio=CLIP), {"input_cost_per_second": "0.1"}, 1.0, id="by-the-second"),
        pytest.param(
            TranscriptionRequest(audio=CLIP),
            {"input_cost_per_audio_token": "0.01", "output_cost_per_token": "0.1"},
            200 * 0.01 + 40 * 0.1,
            id="by-the-token-that-is-heard",
        ),
        pytest.param(EmbeddingRequest(texts=("x" * 40,)), {"input_cost_per_token": "0.1"}, 1.0, id="embedding"),
        pytest.param(
            RerankRequest(query="q", documents=(Document(id="d", text="x"),)),
            {"input_cost_per_query": "0.5"},
            0.5,
            id="by-the-search-unit",
        ),
        pytest.param(ImageRequest(prompt="a cat"), {"output_cost_per_image": "0.04"}, 0.04, id="by-the-picture"),
        pytest.param(
            VideoRequest(prompt="a cat", seconds=4, size="1280x720"), {"output_cost_per_second": "0.1"}, 0.4, id="clip"
        ),
    ],
)
def test_each_kind_is_billed_as_it_would_be(request_: Request, usd: dict[str, str], expected: float) -> None:
    model = priced(**usd)
    found = of_request(request_, model).usd
    assert found is not None
    assert found.expected == pytest.approx(expected)
    most = worst_case(request_, model)
    assert most is not None
    assert 0 < found.low <= found.expected <= found.high <= float(most) * (1 + 1e-9)


def test_a_live_session_is_played_at_its_own_pace() -> None:
    found = of_request(SessionRequest(audio=CLIP, max_tokens=50), remote("a", usd=None))
    assert found.seconds == Range(low=1 + 10, expected=3 + 10, high=15 + 15)
    assert found.usd is None


def test_what_has_no_price_is_not_known_and_what_runs_here_is_not_billed() -> None:
    assert of_request(CHAT, remote("a", usd=None)).usd is None
    own = of_request(CHAT, embedded("smollm2-135m"), right="x" * 16)
    took = 0.03 + (60 + 30) * 0.008 + 16 * 0.024
    assert own.usd == NOTHING
    assert own.seconds.expected == pytest.approx(took)
    assert own.seconds.low == pytest.approx((0.03 + (40 + 30) * 0.008 + 2 * 0.024) / 8)
    assert own.seconds.high == pytest.approx((0.03 + (80 + 30) * 0.008 + 64 * 0.024) * 4)
    assert own.machine_usd is not None
    assert own.machine_usd.expected == pytest.approx(took * 3.6 / 3600)
    assert of_request(MosRequest(audio=CLIP), replace(embedded("dnsmos"), machine=None)).machine_usd is None


def test_a_machine_that_is_reached_over_the_network_costs_its_time() -> None:
    vllm = replace(remote("a", usd=None), machine=Machine(usd_per_hour=Decimal(36), utilisation=Decimal("0.5")))
    found = of_request(CHAT, vllm, right="x" * 16)
    assert found.machine_usd is not None
    assert found.machine_usd.expected == pytest.approx((1 + 16 * 0.02) * 0.02)


def test_a_cascade_is_the_sum_of_its_stages() -> None:
    draft, final = remote("draft", usd="0.01"), remote("final", usd="0.02")
    stages = (
        Stage(name="draft", candidate=draft, input="{{ input }}"),
        Stage(name="final", candidate=final, input="{{ stages.draft.text }}"),
    )
    both = Candidate(name="both", model="cascade/both", modalities=frozenset({"text"}), stages=stages)
    planned = bakeoff(both, suites=[text_suite(1, max_tokens=64)])
    calls = plan(planned).calls
    found = of_calls(calls, both, {})
    said = 8  # tokens: the root of 1 and 64, eleven times three bytes
    first = (math.ceil(4 / 4) + 8) * 0.01 + said * 0.01
    second = (math.ceil(3 * round(4 * said / 3) / 4) + 8) * 0.02 + said * 0.02
    assert found.usd is not None
    assert found.usd.expected == pytest.approx(first + second)


def test_of_many_calls_some_are_looked_at() -> None:
    planned = bakeoff(remote("a", usd="0.01"), suites=[text_suite(100)])
    calls = plan(planned).calls
    few, all_ = (
        of_calls(calls, planned.candidates[0], {}),
        [of_request(c.request, planned.candidates[0]) for c in calls],
    )
    assert few.usd is not None
    mean = sum(one.usd.expected for one in all_ if one.usd is not None) / 100
    assert few.usd.expected == pytest.approx(mean, rel=0.1)
    assert few.times(3) == Likely(
        input_tokens=few.input_tokens and few.input_tokens.times(3),
        output_tokens=few.output_tokens and few.output_tokens.times(3),
        usd=few.usd.times(3),
        machine_usd=NOTHING,
        seconds=few.seconds.times(3),
    )


def test_every_embedded_engine_has_a_declared_speed() -> None:
    assert set(SPEEDS) == set(ENGINES)
