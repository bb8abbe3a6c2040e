"""The price book: what LiteLLM's bundled map, or a dated copy of one, says about a model; LiteLLM is not imported.

The map is one JSON file inside the installed package, so a price is as old as the pinned LiteLLM and needs no
network. It has 3 MB and a bake-off asks for a handful of models, so only the entries that are asked for are parsed.
A copy (`bakeoff prices update`) has the shape of the map, its prices alone, and an entry `bakeoff` that dates it.
Three rules keep a gap in the map from looking like a cheap model:

* an entry whose every price is zero is no price: the map writes zero for "unknown" as often as for "free". Who means
  free says so in providers.yaml;
* the part after the provider is looked up only where the entry belongs to that provider: `hosted_vllm/gpt-4o` does not
  cost what OpenAI's `gpt-4o` costs;
* a tiered table (dashscope/qwen*) becomes the flat names of the map, `input_cost_per_token_above_32000_tokens`.
"""

import hashlib
import importlib.util
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from harness.core.candidates import OffPeak, Prices, Window
from harness.core.wording import worded
from harness.errors import BakeoffError

MAP_FILE = "model_prices_and_context_window_backup.json"

Entry = Mapping[str, Any]
"""One model of the map: prices, limits and capabilities by LiteLLM's field names; numbers are int or Decimal."""

STAMP = "bakeoff"
"""Entry of a copy that says where its prices come from, and of which day they are."""
KEPT = ("litellm_provider", "mode", "tiered_pricing", "off_peak_pricing")
"""What a copy keeps of an entry beside its prices."""

_JSON = json.JSONDecoder(parse_float=Decimal)
_VALUE = re.compile(r"\s*:\s*(?=\{)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A price map, and where it comes from."""

    text: str
    source: str
    """`litellm 1.106.2`, or the name of a file."""
    date: str | None = None
    """ISO date of the day on which a copy was taken."""

    def prices(self, model: str) -> Prices | None:
        """Return what `lookup` does, from this map."""
        return _prices(model, lambda key: find(self.text, key) or {}, lambda: self.source, self.date)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def installed() -> Book:
    """Return the map of the installed LiteLLM."""
    return Book(text=_map(), source=f"litellm {version()}")


def book_of(text: str, *, name: str) -> Book:
    """Return the book in a file called `name`: a copy with its own source and date, or any map in LiteLLM's shape.

    ValueError where it is neither.
    """
    document = _JSON.decode(text)
    if not isinstance(document, dict) or not any(_is_model(key, entry) for key, entry in document.items()):
        raise ValueError("it is no price map: no entry names a litellm_provider")
    stamp = document.get(STAMP)
    if not isinstance(stamp, dict):
        return Book(text=text, source=name)
    return Book(text=text, source=str(stamp.get("source", name)), date=stamp.get("date"))


def copy(of: Book, *, date: str) -> str:
    """Return a dated copy of a map: every model that has a price, with nothing but its prices; sorted, a line each."""
    stamp = {"source": of.source, "date": of.date or date, "sha256": of.sha256}
    lines = [f"{json.dumps(STAMP)}: {json.dumps(stamp)}"]
    for key, entry in sorted(read(of.text).items()):
        if any(_usd(entry).values()):
            kept = {name: value for name, value in sorted(entry.items()) if name in KEPT or "cost" in name}
            lines.append(f"{json.dumps(key)}: {_spelled(kept)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _spelled(value: Any) -> str:
    """Return JSON with the digits of decimals as they were read."""
    match value:
        case Decimal():
            return format(value, "f")
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)}: {_spelled(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_spelled, value)) + "]"
    return json.dumps(value)


def lookup(model: str) -> Prices | None:
    """Return the prices of LiteLLM's model string `model`, exact to the last digit; None where the map has none.

    `Prices.source` names the LiteLLM version and, where it is not `model` itself, the entry: `litellm 1.106.2`,
    `litellm 1.106.2 (rerank-v3.5)`.
    """
    return _prices(model, _entry, lambda: f"litellm {version()}", None)


def entry_key(model: str) -> str | None:
    """Return the map's key for `model`: itself, what follows the provider, or `openai/` before it; None if unknown."""
    return _key(model, _entry)


def _key(model: str, entry_of: Callable[[str], Entry]) -> str | None:
    if entry_of(model):
        return model
    provider, _, rest = model.partition("/")
    if not rest:
        return f"openai/{model}" if entry_of(f"openai/{model}") else None
    while rest:
        if (entry := entry_of(rest)) and _belongs(entry, provider):
            return rest
        rest = rest.partition("/")[2]
    return None


def _prices(
    model: str, entry_of: Callable[[str], Entry], source_of: Callable[[], str], date: str | None
) -> Prices | None:
    key = _key(model, entry_of)
    entry = {} if key is None else entry_of(key)
    usd = _usd(entry)
    if not any(usd.values()):
        return None
    source = source_of()
    named = source if key == model else f"{source} ({key})"
    return Prices(usd=usd, source=named, date=date, off_peak=_off_peak(entry.get("off_peak_pricing")))


def _off_peak(written: Any) -> OffPeak | None:
    if not isinstance(written, Mapping):
        return None
    zone, daily = str(written.get("weekday_timezone", "UTC")), written.get("hours_utc")
    rules = [*([{"hours_utc": daily}] if daily else []), *(written.get("windows") or ())]
    windows = tuple(
        Window(
            hours=(hours,) if isinstance(hours, str) else tuple(hours),
            weekdays=tuple(rule.get("weekdays", ())),
            zone=zone,
        )
        for rule in rules
        if (hours := rule.get("hours_utc"))
    )
    return OffPeak(usd=_usd(written), windows=windows) if windows else None


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
        raise BakeoffError(
            worded("LiteLLM's price map is missing"), hint=worded("install Bakeoff's locked LiteLLM again")
        )
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
