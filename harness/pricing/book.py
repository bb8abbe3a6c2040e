"""The price book: what LiteLLM's bundled map says about a model, read without importing LiteLLM.

The map is one JSON file inside the installed package, so a price is as old as the pinned LiteLLM and needs no
network. It has 3 MB and a bake-off asks for a handful of models, so only the entries that are asked for are parsed.
Three rules keep a gap in the map from looking like a cheap model:

* an entry whose every price is zero is no price: the map writes zero for "unknown" as often as for "free". Who means
  free says so in providers.yaml;
* the part after the provider is looked up only where the entry belongs to that provider: `hosted_vllm/gpt-4o` does not
  cost what OpenAI's `gpt-4o` costs;
* a tiered table (dashscope/qwen*) becomes the flat names of the map, `input_cost_per_token_above_32000_tokens`.
"""

import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from harness.core.candidates import Prices
from harness.errors import BakeoffError

MAP_FILE = "model_prices_and_context_window_backup.json"

Entry = Mapping[str, Any]
"""One model of the map: prices, limits and capabilities by LiteLLM's field names; numbers are int or Decimal."""

_JSON = json.JSONDecoder(parse_float=Decimal)
_VALUE = re.compile(r"\s*:\s*(?=\{)")


def lookup(model: str) -> Prices | None:
    """Return the prices of LiteLLM's model string `model`, exact to the last digit; None where the map has none.

    `Prices.source` names the LiteLLM version and, where it is not `model` itself, the entry: `litellm 1.106.2`,
    `litellm 1.106.2 (rerank-v3.5)`.
    """
    key = entry_key(model)
    usd = {} if key is None else _usd(_entry(key))
    if not any(usd.values()):
        return None
    source = f"litellm {version()}"
    return Prices(usd=usd, source=source if key == model else f"{source} ({key})")


def entry_key(model: str) -> str | None:
    """Return the map's key for `model`: itself, what follows the provider, or `openai/` before it; None if unknown."""
    if _entry(model):
        return model
    provider, _, rest = model.partition("/")
    if not rest:
        return f"openai/{model}" if _entry(f"openai/{model}") else None
    while rest:
        if (entry := _entry(rest)) and _belongs(entry, provider):
            return rest
        rest = rest.partition("/")[2]
    return None


@cache
def known_models() -> tuple[str, ...]:
    """Every key of the map, in its order."""
    return tuple(read(_map()))


def mode(model: str) -> str | None:
    """What the model does, in LiteLLM's word: `chat`, `audio_speech`, `audio_transcription`, ...; None if unknown."""
    key = entry_key(model)
    return None if key is None else _entry(key).get("mode")


def supports_vision(model: str) -> bool:
    """Whether the map says that the model takes images; False if unknown."""
    key = entry_key(model)
    return key is not None and bool(_entry(key).get("supports_vision"))


def supports_speech(model: str) -> bool:
    """Whether the map says that the model hears and speaks, by a flag or by the modalities that it lists."""
    key = entry_key(model)
    entry = {} if key is None else _entry(key)
    sides = (("supports_audio_input", "supported_modalities"), ("supports_audio_output", "supported_output_modalities"))
    return all(entry.get(flag) or "audio" in (entry.get(listed) or ()) for flag, listed in sides)


def takes_no_pictures(model: str) -> bool:
    """Whether the map lists what the model takes, and pictures are not among it."""
    key = entry_key(model)
    listed = None if key is None else _entry(key).get("supported_modalities")
    return listed is not None and "image" not in listed


def denies(model: str, ability: str) -> bool:
    """Whether the map says in so many words that the model has no `ability` (`function_calling`, ...)."""
    key = entry_key(model)
    return key is not None and _entry(key).get(f"supports_{ability}") is False


@cache
def version() -> str:
    """Version of the installed LiteLLM, whose map this is."""
    from importlib import metadata  # costs more than reading the map

    return metadata.version("litellm")


def read(text: str) -> Mapping[str, Entry]:
    """Read a price map; entries without a provider are the map's own documentation and are left out."""
    return {key: entry for key, entry in _JSON.decode(text).items() if _is_model(key, entry)}


def find(text: str, key: str) -> Entry | None:
    """Return what `read(text)` holds for `key`, parsing nothing else of a price map; None if it has none."""
    written, found, at = json.dumps(key, ensure_ascii=text.isascii()), None, -1
    while (at := text.find(written, at + 1)) >= 0:
        if value := _VALUE.match(text, at + len(written)):
            entry, _ = _JSON.raw_decode(text, value.end())
            found = entry if _is_model(key, entry) else found
    return found


def _is_model(key: str, entry: Entry) -> bool:
    return "litellm_provider" in entry and key != "sample_spec"


@cache
def _entry(key: str) -> Entry:
    """The map's entry `key`; empty where it has none."""
    return find(_map(), key) or {}


@cache
def _map() -> str:
    spec = importlib.util.find_spec("litellm")
    path = Path(spec.origin).with_name(MAP_FILE) if spec and spec.origin else None
    if path is None or not path.is_file():
        raise BakeoffError("LiteLLM's price map is missing", hint="install Bakeoff's locked LiteLLM again")
    return path.read_text(encoding="utf-8")


def _belongs(entry: Entry, provider: str) -> bool:
    """Whether an entry is one of `provider`'s; the map spells families: `cohere_chat`, `vertex_ai-language-models`."""
    owner = str(entry["litellm_provider"]).removeprefix("text-completion-")
    return owner == provider or owner.startswith((f"{provider}_", f"{provider}-"))


def _usd(entry: Entry) -> dict[str, Decimal]:
    flat = {name: Decimal(price) for name, price in entry.items() if "cost" in name and _is_number(price)}
    return flat | dict(_tiers(entry.get("tiered_pricing", ())))


def _tiers(table: Any) -> Iterator[tuple[str, Decimal]]:
    for tier in table:
        if "range" in tier:
            start = int(tier["range"][0])
            suffix = f"_above_{start}_tokens" if start else ""
            yield from ((f"{name}{suffix}", Decimal(price)) for name, price in tier.items() if name != "range")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
