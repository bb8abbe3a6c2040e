"""The price book finds what LiteLLM's map says, and never turns a gap into a price."""

import json
import subprocess
import sys
from decimal import Decimal
from importlib import metadata

import pytest

from harness.pricing import book
from harness.pricing.changes import changes

VERSION = metadata.version("litellm")


@pytest.mark.parametrize(
    ("model", "key"),
    [
        pytest.param("gpt-4o", "gpt-4o", id="as-it-stands"),
        pytest.param("openai/gpt-4o", "gpt-4o", id="provider-left-out-in-the-map"),
        pytest.param("cohere/rerank-v3.5", "rerank-v3.5", id="rerank"),
        pytest.param("anthropic/claude-haiku-4-5", "claude-haiku-4-5", id="anthropic"),
        pytest.param("vertex_ai/gemini-2.5-pro", "gemini-2.5-pro", id="owner-is-a-family-of-the-provider"),
        pytest.param("openai/gpt-3.5-turbo-instruct", "gpt-3.5-turbo-instruct", id="text-completion-openai"),
        pytest.param("gemini/gemini-2.5-flash", "gemini/gemini-2.5-flash", id="map-key-has-the-provider"),
        pytest.param("standard/1024-x-1024/dall-e-3", None, id="route-is-no-provider"),
        pytest.param(
            "bedrock/converse/us.anthropic.claude-haiku-4-5-20251001-v1:0",
            "us.anthropic.claude-haiku-4-5-20251001-v1:0",
            id="provider-and-route",
        ),
        pytest.param("hosted_vllm/gpt-4o", None, id="another-host-is-another-price"),
        pytest.param("openrouter/nobody/gpt-4o", None, id="reseller"),
        pytest.param("azure/my-deployment", None, id="deployment-name"),
        pytest.param("local/smollm2-135m", None, id="embedded"),
        pytest.param("sample_spec", None, id="the-maps-own-documentation"),
        pytest.param("openai/", None, id="nothing-after-the-provider"),
        pytest.param("", None, id="empty"),
    ],
)
def test_entry(model: str, key: str | None) -> None:
    assert book.entry_key(model) == key


def test_price_is_exact_and_says_where_it_comes_from() -> None:
    prices = book.lookup("openai/gpt-4o")
    assert prices is not None
    assert prices.usd["input_cost_per_token"] == Decimal("0.0000025")
    assert prices.source == f"litellm {VERSION} (gpt-4o)"
    plain = book.lookup("gpt-4o")
    assert plain is not None
    assert (plain.usd, plain.source) == (prices.usd, f"litellm {VERSION}")


@pytest.mark.parametrize(
    "model",
    [
        pytest.param("nobody/unheard-of", id="unknown"),
        pytest.param("deepseek-v3-2-251201", id="every-price-zero-means-unknown"),
        pytest.param("gemini/gemini-exp-1206", id="experimental-zero"),
    ],
)
def test_no_price(model: str) -> None:
    assert book.lookup(model) is None


def test_tiered_table_becomes_flat_names() -> None:
    prices = book.lookup("dashscope/qwen3-max")
    assert prices is not None
    assert prices.usd["input_cost_per_token"] == Decimal("0.0000012")
    assert prices.usd["output_cost_per_token_above_32000_tokens"] == Decimal("0.000012")
    assert prices.usd["input_cost_per_token_above_128000_tokens"] == Decimal("0.000003")


def test_capabilities() -> None:
    assert book.mode("openai/tts-1") == "audio_speech"
    assert book.mode("nobody/unheard-of") is None
    assert book.supports_vision("openai/gpt-4o")
    assert not book.supports_vision("openai/gpt-3.5-turbo")
    assert not book.supports_vision("nobody/unheard-of")


def test_what_the_map_denies_is_more_than_what_it_does_not_say() -> None:
    assert not book.denies("openai/gpt-4o", "function_calling")
    assert not book.denies("nobody/unheard-of", "function_calling")
    assert not book.denies("tts-1", "function_calling")
    assert any(book.denies(model, "function_calling") for model in book.known_models())
    assert "gpt-4o" in book.known_models()


def test_who_takes_no_pictures_is_who_lists_what_it_takes_without_them() -> None:
    assert book.takes_no_pictures("gemini/veo-3.1-generate-001")
    assert not book.takes_no_pictures("runwayml/gen4.5")
    assert not book.takes_no_pictures("nobody/unheard-of")


def test_an_entry_found_alone_is_the_one_of_the_whole_map() -> None:
    text = next(file for file in metadata.files("litellm") or () if file.name == book.MAP_FILE).read_text("utf-8")
    entries = book.read(text)
    assert len(entries) > 3000
    some = list(entries)[::20]
    assert {key: book.find(text, key) for key in some} == {key: entries[key] for key in some}


def test_every_price_of_the_map_can_be_read() -> None:
    found = [prices for model in book.known_models()[::4] if (prices := book.lookup(model)) is not None]
    assert len(found) > 750
    assert all(price >= 0 for prices in found for price in prices.usd.values())


PRICE = "0.00000000000000000123456789"
MAP = """{
  "note": {"mode": "chat"},
  "a": {"litellm_provider": "first"},
  "b": {"litellm_provider": "x", "said": "not \\"a\\": {", "a": {"mode": "nested"}, "alias": "a"},
  "a" :\n{"litellm_provider": "last", "input_cost_per_token": PRICE},
  "é": {"litellm_provider": "x"}
}""".replace("PRICE", PRICE)


def test_read_keeps_digits_and_skips_what_is_no_model() -> None:
    entries = book.read(MAP)
    assert entries["a"] == {"litellm_provider": "last", "input_cost_per_token": Decimal(PRICE)}
    assert list(entries) == ["a", "b", "é"]


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("a", id="the-last-of-its-name-not-a-nested-one-nor-a-text"),
        pytest.param("b", id="once"),
        pytest.param("note", id="no-model"),
        pytest.param("nested", id="only-a-value"),
        pytest.param("é", id="written-as-itself"),
        pytest.param("", id="empty"),
    ],
)
def test_find_is_read_of_one_key(key: str) -> None:
    assert book.find(MAP, key) == book.read(MAP).get(key)


@pytest.mark.alone
def test_a_lookup_imports_no_litellm_and_is_quick() -> None:
    code = (
        "import json, sys, time; from harness.pricing import book\n"
        "start = time.process_time(); book.lookup('openai/gpt-4o'); took = time.process_time() - start\n"
        "print(json.dumps([took, [m for m in ('litellm', 'numpy', 'pandas') if m in sys.modules]]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    took, loaded = json.loads(done.stdout)
    assert loaded == []
    assert took < 0.5


def test_a_copy_has_every_price_and_nothing_else_and_says_of_which_day() -> None:
    whole = book.installed()
    text = book.copy(whole, date="2026-11-27")
    copied = book.book_of(text, name="prices.json")
    assert (copied.source, copied.date) == (f"litellm {VERSION}", "2026-11-27")
    assert len(text) < len(whole.text) / 2
    for model in (*book.known_models()[::150], "openai/gpt-4o", "dashscope/qwen3-max", "deepseek/deepseek-v4-pro"):
        was, now = book.lookup(model), copied.prices(model)
        assert (was is None) == (now is None)
        if was is not None and now is not None:
            assert (now.usd, now.off_peak, now.source) == (was.usd, was.off_peak, was.source)
            assert (was.date, now.date) == (None, "2026-11-27")
    assert book.copy(copied, date="2030-01-01") == text.replace(whole.sha256, copied.sha256), "a copy keeps its day"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[]", id="a-list"),
        pytest.param('{"a": {"input_cost_per_token": 1}}', id="nobodys"),
        pytest.param("suites: []", id="no-json"),
    ],
)
def test_what_is_no_map_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no price map|Expecting value"):
        book.book_of(text, name="x")


def test_changes_between_two_maps() -> None:
    was, now = (book.book_of(MAP.replace(PRICE, price), name="x") for price in ("0.5", "0.25"))
    (change,) = changes(was, now)
    assert (change.model, change.unit, change.was, change.now, change.ratio) == (
        "a", "input_cost_per_token", Decimal("0.5"), Decimal("0.25"), 0.5,
    )  # fmt: skip
    assert changes(was, now, ["b"]) == ()
    (gone,) = changes(was, book.book_of('{"b": {"litellm_provider": "x"}}', name="y"))
    assert (gone.now, gone.ratio) == (None, None)
