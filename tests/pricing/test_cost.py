"""A call's cost equals the worked example, LiteLLM's own arithmetic and hand calculation; a gap is never 0."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from harness.core.calls import Call, Output, Role, Usage
from harness.core.candidates import Candidate, Machine, Prices, Stage
from harness.core.requests import ChatRequest
from harness.pricing import book
from harness.pricing.cost import cost, parts
from harness.store.records import Records
from tests.report.benches import record

ORACLE = Path(__file__).parents[1] / "oracles" / "cost_worked_example.json"

CHAT = {"input_cost_per_token": "3", "output_cost_per_token": "15"}
CACHE = CHAT | {"cache_read_input_token_cost": "0.3", "cache_creation_input_token_cost": "3.75"}
SPEECH = {"input_cost_per_token": "0.6", "output_cost_per_token": "10", "output_cost_per_audio_token": "12"}
USD_PER_MILLION = Decimal("1e-6")


def priced(usd: dict[str, str], **params: str) -> Candidate:
    """A candidate with prices in dollars for a million units."""
    prices = {name: Decimal(price) * USD_PER_MILLION for name, price in usd.items()}
    modalities = frozenset({"text"})
    return Candidate(
        name="c", model="x/y", modalities=modalities, params=dict(params), prices=Prices(usd=prices, source="test")
    )


def known(model: str) -> Candidate:
    return Candidate(name="c", model=model, modalities=frozenset({"text"}), prices=book.lookup(model))


def test_worked_example() -> None:
    oracle = json.loads(ORACLE.read_text(), parse_float=Decimal)["results"]["request_cost"]
    per_million, used = oracle["prices_per_1M"], oracle["usage"]
    candidate = priced(
        {
            "input_cost_per_token": per_million["input"],
            "cache_read_input_token_cost": per_million["cache_read"],
            "cache_creation_input_token_cost": per_million["cache_write"],
            "output_cost_per_token": per_million["output"],
        }
    )
    usage = Usage(
        input_tokens=used["input_uncached"],
        cached_tokens=used["cache_read"],
        cache_write_tokens=used["cache_write"],
        output_tokens=used["output_text"],
        reasoning_tokens=used["reasoning"],
        source="provider",
    )
    assert cost(usage, candidate) == (oracle["cost"], "provider") == (Decimal("0.01851"), "provider")


@pytest.mark.parametrize(
    ("usd", "usage", "micro_dollars", "source"),
    [
        pytest.param(CHAT, Usage(input_tokens=10, output_tokens=2), "60", "measured", id="fresh-and-answer"),
        pytest.param(
            CACHE, Usage(input_tokens=10, cached_tokens=100, output_tokens=0), "60", "measured", id="cache-read"
        ),
        pytest.param(
            CACHE, Usage(input_tokens=0, cache_write_tokens=8, output_tokens=0), "30", "measured", id="cache-write"
        ),
        pytest.param(
            CHAT,
            Usage(input_tokens=10, cached_tokens=100, output_tokens=0),
            "330",
            "estimated",
            id="no-cached-price:fresh-is-the-upper-bound",
        ),
        pytest.param(
            CHAT, Usage(input_tokens=10, cached_tokens=0, output_tokens=0), "30", "measured", id="nothing-cached"
        ),
        pytest.param(
            CHAT,
            Usage(input_tokens=0, output_tokens=1, reasoning_tokens=4),
            "75",
            "measured",
            id="reasoning-at-output-price",
        ),
        pytest.param(
            CHAT | {"output_cost_per_reasoning_token": "20"},
            Usage(input_tokens=0, output_tokens=1, reasoning_tokens=4),
            "95",
            "measured",
            id="reasoning-at-its-own-price",
        ),
        pytest.param(
            CHAT | {"input_cost_per_audio_token": "32", "output_cost_per_audio_token": "64"},
            Usage(input_tokens=10, input_audio_tokens=40, output_tokens=20, output_audio_tokens=100),
            "8010",
            "measured",
            id="audio-in-and-out",
        ),
        pytest.param(
            CHAT | {"input_cost_per_request": "5000"},
            Usage(input_tokens=10, output_tokens=2),
            "5060",
            "measured",
            id="fee-per-request",
        ),
        pytest.param(
            {"input_cost_per_character": "15"}, Usage(input_characters=10), "150", "measured", id="characters"
        ),
        pytest.param(
            {"input_cost_per_character": "15"},
            Usage(input_characters=10, output_audio_seconds=2.5),
            "150",
            "measured",
            id="characters:seconds-of-speech-are-not-billed",
        ),
        pytest.param(
            SPEECH | {"output_cost_per_second": "250"},
            Usage(input_characters=100, output_audio_seconds=6.5),
            "1685",
            "estimated",
            id="speech-by-tokens-without-usage:audio-is-counted",
        ),
        pytest.param(
            SPEECH,
            Usage(input_tokens=25, output_audio_tokens=100, output_audio_seconds=4.0),
            "1215",
            "measured",
            id="speech-by-tokens",
        ),
        pytest.param(
            {"output_cost_per_second": "250"},
            Usage(input_characters=100, output_audio_seconds=2.0),
            "500",
            "measured",
            id="speech-by-the-second",
        ),
        pytest.param(
            {"input_cost_per_second": "100", "output_cost_per_second": "100"},
            Usage(input_audio_seconds=1.5),
            "150",
            "measured",
            id="transcription:charged-once",
        ),
        pytest.param(
            {"input_cost_per_second": "0", "output_cost_per_second": "28"},
            Usage(input_audio_seconds=2.0),
            "56",
            "measured",
            id="transcription:named-by-its-output",
        ),
        pytest.param(
            {"input_cost_per_second": "100", "input_cost_per_audio_token": "6", **CHAT},
            Usage(input_tokens=2, input_audio_tokens=10, output_tokens=4, input_audio_seconds=9.0),
            "126",
            "measured",
            id="transcription:tokens-where-they-are-reported",
        ),
        pytest.param(
            {"input_cost_per_token": "0", "output_cost_per_token": "0"}, Usage(), "0", "measured", id="declared-free"
        ),
        pytest.param({"input_cost_per_token": "0.02"}, Usage(input_tokens=50), "1", "measured", id="embedding"),
    ],
)
def test_cost(usd: dict[str, str], usage: Usage, micro_dollars: str, source: str) -> None:
    assert cost(usage, priced(usd)) == (Decimal(micro_dollars) * USD_PER_MILLION, source)


@pytest.mark.parametrize(
    ("usd", "usage"),
    [
        pytest.param(CHAT, Usage(), id="no-usage"),
        pytest.param(CHAT, Usage(input_tokens=10), id="output-not-counted"),
        pytest.param(CHAT, Usage(output_tokens=10), id="input-not-counted"),
        pytest.param({"input_cost_per_token": "3"}, Usage(input_tokens=1, output_tokens=1), id="no-output-price"),
        pytest.param(CHAT, Usage(input_tokens=1, cache_write_tokens=1, output_tokens=1), id="no-cache-write-price"),
        pytest.param(CACHE, Usage(input_tokens=1, cache_write_1h_tokens=1, output_tokens=1), id="no-price-for-an-hour"),
        pytest.param(CHAT, Usage(input_tokens=1, output_audio_tokens=1), id="audio-at-no-price"),
        pytest.param(
            CHAT, Usage(input_tokens=1, input_audio_seconds=2.0, output_tokens=1), id="audio-not-counted-is-no-text"
        ),
        pytest.param(SPEECH, Usage(input_characters=9, output_audio_seconds=2.0), id="speech-without-audio-tokens"),
        pytest.param(
            SPEECH | {"output_cost_per_second": "250"}, Usage(input_characters=9), id="speech-of-unknown-length"
        ),
        pytest.param(
            {"input_cost_per_token": "0", "output_cost_per_token": "0", "input_cost_per_query": "2000"},
            Usage(input_tokens=9, output_tokens=0),
            id="fee-that-has-no-meter",
        ),
        pytest.param(
            CACHE, Usage(cached_tokens=9, output_tokens=1, source="suspect"), id="numbers-that-cannot-be-true"
        ),
        pytest.param({}, Usage(input_tokens=1, output_tokens=1), id="no-prices-in-the-entry"),
        pytest.param({"input_cost_per_second": "100"}, Usage(), id="clip-of-unknown-length"),
    ],
)
def test_a_gap_is_not_measured_and_never_zero(usd: dict[str, str], usage: Usage) -> None:
    assert cost(usage, priced(usd)) == (None, "unpriced")


@pytest.mark.parametrize(
    ("model", "usage", "usd"),
    [
        pytest.param("text-embedding-3-small", Usage(input_tokens=1_000, output_tokens=0), "0.00002", id="embedding"),
        pytest.param("rerank-v3.5", Usage(search_units=3, output_tokens=0), "0.006", id="by-the-query"),
        pytest.param(
            "voyage/rerank-2",
            Usage(input_tokens=1_000, output_tokens=0),
            "0.00005",
            id="by-tokens",
        ),
    ],
)
def test_what_ranks_is_billed_by_what_it_reads(model: str, usage: Usage, usd: str) -> None:
    candidate = Candidate(name="c", model=model, modalities=frozenset({"rerank"}), prices=book.lookup(model))
    assert cost(usage, candidate)[0] == Decimal(usd)


def test_no_prices() -> None:
    assert cost(Usage(input_tokens=1, output_tokens=1), replace(priced({}), prices=None)) == (None, "unpriced")


def test_source_follows_the_usage() -> None:
    usage = Usage(input_tokens=1, output_tokens=1, source="estimated")
    assert cost(usage, priced(CHAT))[1] == "estimated"


@pytest.mark.parametrize(
    ("prompt", "per_token"),
    [
        pytest.param(32_000, "1", id="at-the-threshold"),
        pytest.param(32_001, "2", id="above-the-first"),
        pytest.param(200_001, "4", id="above-both"),
    ],
)
def test_long_context_prices_the_whole_request(prompt: int, per_token: str) -> None:
    usd = {
        "input_cost_per_token": "1",
        "input_cost_per_token_above_32000_tokens": "2",
        "input_cost_per_token_above_200k_tokens": "4",
        "input_cost_per_token_above_200k_tokens_priority": "9",
        "cache_read_input_token_cost": "0",
    }
    usage = Usage(input_tokens=1000, cached_tokens=prompt - 1000)
    assert cost(usage, priced(usd))[0] == 1000 * Decimal(per_token) * USD_PER_MILLION


def test_reasoning_follows_the_answers_long_context_price() -> None:
    usd = CHAT | {"output_cost_per_reasoning_token": "15", "output_cost_per_token_above_1k_tokens": "30"}
    usage = Usage(input_tokens=0, cached_tokens=2000, output_tokens=0, reasoning_tokens=2)
    assert cost(usage, priced(usd | {"cache_read_input_token_cost": "0"}))[0] == Decimal("0.00006")


def test_service_tier_has_its_own_prices() -> None:
    usage = Usage(input_tokens=10, output_tokens=2)
    usd = CHAT | {"input_cost_per_token_flex": "1", "output_cost_per_token_flex": "5"}
    assert cost(usage, priced(usd, service_tier="flex"))[0] == Decimal("0.00002")
    assert cost(usage, priced(usd, service_tier="auto"))[0] == Decimal("0.00006")
    assert cost(usage, priced(CHAT, service_tier="priority")) == (None, "unpriced")


def machine(usd_per_hour: str, utilisation: str = "1") -> Candidate:
    rented = Machine(usd_per_hour=Decimal(usd_per_hour), utilisation=Decimal(utilisation))
    return replace(priced(CHAT), model="local/x", machine=rented)


@pytest.mark.parametrize(
    ("candidate", "usage", "usd"),
    [
        pytest.param(machine("3.6"), Usage(busy_seconds=2.5), "0.0025", id="one-second-is-a-thousandth"),
        pytest.param(machine("3.6", "0.5"), Usage(busy_seconds=2.5), "0.005", id="half-used-costs-twice"),
        pytest.param(machine("0.10"), Usage(busy_seconds=1.0), "0.000027777778", id="to-a-trillionth"),
        pytest.param(
            machine("3.6"), Usage(busy_seconds=0.1, input_tokens=99, output_tokens=9), "0.0001", id="machine-wins"
        ),
    ],
)
def test_machine(candidate: Candidate, usage: Usage, usd: str) -> None:
    assert cost(usage, candidate) == (Decimal(usd), "machine")


def test_machine_without_busy_seconds_is_not_measured() -> None:
    assert cost(Usage(input_tokens=9, output_tokens=9), machine("3.6")) == (None, "unpriced")


LITELLM_SHAPES = {
    "gpt-4o": (
        Usage(input_tokens=200, cached_tokens=800, output_tokens=50),
        {"prompt_tokens": 1000, "completion_tokens": 50, "prompt_tokens_details": {"cached_tokens": 800}},
    ),
    "o3": (
        Usage(input_tokens=100, output_tokens=20, reasoning_tokens=300),
        {"prompt_tokens": 100, "completion_tokens": 320, "completion_tokens_details": {"reasoning_tokens": 300}},
    ),
    "claude-haiku-4-5": (
        Usage(input_tokens=100, cached_tokens=3000, cache_write_tokens=500, output_tokens=40),
        {
            "prompt_tokens": 3600,
            "completion_tokens": 40,
            "prompt_tokens_details": {"cached_tokens": 3000, "cache_creation_tokens": 500},
        },
    ),
    "claude-sonnet-4-5": (
        Usage(input_tokens=100, cache_write_tokens=100, cache_write_1h_tokens=400, output_tokens=40),
        {
            "prompt_tokens": 600,
            "completion_tokens": 40,
            "prompt_tokens_details": {
                "cache_creation_tokens": 500,
                "cache_creation_token_details": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 400},
            },
        },
    ),
    "gemini/gemini-2.5-pro": (
        Usage(input_tokens=210_000, output_tokens=1000),
        {"prompt_tokens": 210_000, "completion_tokens": 1000},
    ),
    "dashscope/qwen3-max": (
        Usage(input_tokens=40_000, output_tokens=1000),
        {"prompt_tokens": 40_000, "completion_tokens": 1000},
    ),
    "gpt-audio": (
        Usage(input_tokens=10, input_audio_tokens=40, output_tokens=20, output_audio_tokens=100),
        {
            "prompt_tokens": 50,
            "completion_tokens": 120,
            "prompt_tokens_details": {"audio_tokens": 40, "text_tokens": 10},
            "completion_tokens_details": {"audio_tokens": 100, "text_tokens": 20},
        },
    ),
}


ASK_LITELLM = """
import json, sys, litellm
for model, usage in json.loads(sys.argv[1]).items():
    total = usage["prompt_tokens"] + usage["completion_tokens"]
    print(sum(litellm.cost_per_token(model=model, usage_object=litellm.Usage(total_tokens=total, **usage))))
print(sum(litellm.cost_per_token(model="tts-1", prompt_characters=1000, call_type="speech")))
print(sum(litellm.cost_per_token(model="gpt-4o-mini-tts", prompt_characters=100, call_type="speech")))
seconds = {"audio_transcription_file_duration": 60, "call_type": "transcription"}
print(sum(litellm.cost_per_token(model="whisper-1", **seconds)))
"""


@pytest.fixture(scope="module")
def litellm() -> dict[str, float]:
    """Model → what LiteLLM's own arithmetic makes of it, asked in a process of its own: its import is for keeps."""
    usages = json.dumps({model: usage for model, (_, usage) in LITELLM_SHAPES.items()})
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK_LITELLM, usages],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"LITELLM_LOCAL_MODEL_COST_MAP": "True"},
    )
    models = (*LITELLM_SHAPES, "tts-1", "gpt-4o-mini-tts", "whisper-1")
    return dict(zip(models, map(float, done.stdout.split()), strict=True))


@pytest.mark.parametrize(
    ("model", "usage"),
    [
        *(pytest.param(model, usage, id=model) for model, (usage, _) in LITELLM_SHAPES.items()),
        pytest.param("tts-1", Usage(input_characters=1000), id="tts-1"),
        pytest.param("whisper-1", Usage(input_audio_seconds=60.0), id="whisper-1"),
    ],
)
def test_cost_is_what_litellm_says(litellm: dict[str, float], model: str, usage: Usage) -> None:
    paid, _ = cost(usage, known(model))
    assert paid is not None
    assert float(paid) == pytest.approx(litellm[model], rel=1e-9)


def test_litellm_forgets_the_audio_of_gpt_4o_mini_tts_and_we_do_not(litellm: dict[str, float]) -> None:
    paid, source = cost(Usage(input_characters=100, output_audio_seconds=6.0), known("gpt-4o-mini-tts"))
    assert (paid, source) == (Decimal("0.00156"), "estimated")
    assert litellm["gpt-4o-mini-tts"] < 0.1 * float(paid or 0)


def test_a_bill_is_told_apart_by_what_was_paid_for() -> None:
    usage = Usage(input_tokens=1800, cached_tokens=6200, output_tokens=350, reasoning_tokens=400, source="provider")
    candidate = priced(CACHE)
    whole, source = cost(usage, candidate)
    request = ChatRequest(messages=({"role": "user", "content": "?"},), max_tokens=9)
    call = Call(key="k", role=Role.ANSWER, candidate="c", request=request, suite="s", task="t", sample="1")
    answer = record(call, Output(text="x"), usage=usage, cost=whole, source=source)
    found = parts(Records.of([answer, answer]), candidate)
    assert found == {
        "input": Decimal("0.0108"), "cached": Decimal("0.00372"), "output": Decimal("0.0105"),
        "reasoning": Decimal("0.012"),
    }  # fmt: skip
    assert sum(found.values()) == 2 * (whole or 0)
    odd = replace(answer, cost_usd=Decimal(1))
    assert parts(Records.of([answer, odd, replace(answer, cost_usd=None)]), candidate) == {
        "input": Decimal("0.0054"), "cached": Decimal("0.00186"), "output": Decimal("0.00525"),
        "reasoning": Decimal("0.006"), "whole": Decimal(1),
    }, "what no bill explains stands by itself"  # fmt: skip
    assert parts(Records.of([answer]), replace(candidate, machine=Machine(usd_per_hour=Decimal("0.1")))) == {
        "machine": whole
    }
    stage = Stage(name="a", candidate=candidate, input="{{ input }}")
    assert parts(Records.of([answer]), replace(candidate, stages=(stage,))) == {"stages": whole}
    assert parts(Records.of([]), candidate) == {}
