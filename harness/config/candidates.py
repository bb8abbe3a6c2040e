"""An entry of providers.yaml as a candidate: what it does, what it costs, which variables it needs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any

from harness.config.litellm_names import litellm_names
from harness.config.market import CNY, Market
from harness.config.providers import Entry
from harness.config.secrets import FROM_ENVIRONMENT, holds_key, is_key, shown
from harness.core.candidates import Candidate, Machine, Prices, provider_of
from harness.core.canonical import Json
from harness.core.suggest import did_you_mean, meant, nearest
from harness.core.wording import worded
from harness.errors import Place, Problem

if TYPE_CHECKING:
    from harness.local.embedded import Engine

MODES: Mapping[str, tuple[str, ...]] = {
    "chat": ("text",),
    "completion": ("text",),
    "responses": ("text",),
    "realtime": ("speech",),
    "audio_speech": ("tts",),
    "audio_transcription": ("transcription",),
    "embedding": ("embedding", "rerank"),
    "rerank": ("rerank",),
    "image_generation": ("image_generation",),
    "image_edit": ("image_generation",),
    "video_generation": ("video_generation",),
}
"""LiteLLM's mode → modalities. Who embeds can rank: by the cosine of its vectors."""

OTHER_MODES = ("moderation", "batch", "ocr", "search", "evaluation", "guardrail", "vector_store", "extraction")
"""LiteLLM's modes for what no suite asks: such an entry is no candidate, and no error."""

ROUTER_KEYS = frozenset({
    "rpm", "tpm", "itpm", "otpm", "max_parallel_requests", "weight", "order", "tags", "tag_regex", "priority",
    "timeout", "stream_timeout", "timeout_by_service_tier", "stream_timeout_by_service_tier", "request_timeout",
    "max_retries", "num_retries", "retry_after", "cooldown_time", "allowed_fails", "allowed_fails_policy", "fallbacks",
    "context_window_fallbacks", "content_policy_fallbacks", "default_fallbacks", "max_budget", "budget_duration",
    "max_file_size_mb", "use_in_pass_through", "use_litellm_proxy", "litellm_credential_name", "litellm_trace_id",
    "merge_reasoning_content_in_choices", "mock_response", "mock_timeout", "mock_delay", "drop_params",
    "additional_drop_params", "stream", "caching", "cache", "ttl", "model_info", "metadata", "callbacks",
    "success_callback", "failure_callback", "configurable_clientside_auth_params", "default_api_key_tpm_limit",
    "default_api_key_rpm_limit", "provider_affinity_header", "keepalive_seconds", "allow_client_keepalive_override",
})  # fmt: skip
"""Of litellm_params: how LiteLLM's router sends, which Bakeoff does itself. None is a request parameter."""

OWN = frozenset({"query_prefix", "document_prefix", "turn_detection"})
"""Of litellm_params: what Bakeoff itself makes use of."""

LIMITS = frozenset({"rpm", "tpm", "max_parallel_requests"})
"""The router keys that Bakeoff keeps, as its own limits."""

PRICES = frozenset({
    *(f"{side}_cost_per_{unit}" for side in ("input", "output") for unit in (
        "token", "character", "second", "image", "image_token", "audio_token", "audio_per_second", "video_per_second",
        "video_token", "pixel", "query", "request",
    )),
    "output_cost_per_reasoning_token", "cache_read_input_token_cost", "cache_creation_input_token_cost",
    "cache_read_input_audio_token_cost", "cache_creation_input_audio_token_cost", "cache_read_input_image_token_cost",
    "search_context_cost_per_query", "ocr_cost_per_page", "annotation_cost_per_page", "citation_cost_per_token",
    "cost_per_second", "input_cost_per_token_cache_hit",
})  # fmt: skip
"""Names of prices in LiteLLM's map, without the suffix of a tier."""

TIER = re.compile(r"(?:_above_\w+|_flex|_priority|_batches|_balanced|_ultrafast|_\d+[pkK]?|_[\d.]+K)+$")

CUSTOMARY_KEYS: Mapping[str, tuple[str, ...]] = {
    provider: (f"{provider.upper()}_API_KEY",)
    for provider in (
        "openai", "anthropic", "azure", "azure_ai", "mistral", "groq", "deepseek", "xai", "openrouter", "replicate",
        "dashscope", "moonshot", "deepinfra", "cerebras", "nvidia_nim", "voyage", "jina_ai", "elevenlabs", "deepgram",
        "ai21", "novita", "nebius", "zai", "minimax", "sambanova",
    )
} | {
    "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "cohere": ("COHERE_API_KEY", "CO_API_KEY"),
    "together_ai": ("TOGETHERAI_API_KEY", "TOGETHER_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHER_AI_TOKEN"),
    "fireworks_ai": ("FIREWORKS_AI_API_KEY", "FIREWORKS_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"),
    "perplexity": ("PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"),
    "huggingface": ("HF_TOKEN", "HUGGINGFACE_API_KEY"),
    "volcengine": ("VOLCENGINE_API_KEY", "ARK_API_KEY"),
    "runwayml": ("RUNWAYML_API_SECRET", "RUNWAYML_API_KEY"),
    "fal_ai": ("FAL_AI_API_KEY",),
}  # fmt: skip
"""Provider → the variables that LiteLLM takes its key from where an entry names none; the first that is set is used."""

OPENAI_NAMES = re.compile(r"(?:gpt-|chatgpt-|o\d|tts-1|whisper-1|text-embedding-|dall-e-|omni-)")
"""Model ids without a provider that are OpenAI's."""

ABILITIES: Mapping[str, str] = {"tools": "function_calling", "response_format": "response_schema"}
"""Request parameter → what LiteLLM calls the ability to take it."""

EMBEDDED_LACK = frozenset({"tools"})
"""The embedded language models keep to a schema, but their templates show them no tools."""

LINKED = "fal_ai/"
"""Whose models see what lies at a public address alone: a sample's pictures lie at none."""

OWN_NAMES = frozenset({
    "azure", "docker_model_runner", "hosted_vllm", "litellm_proxy", "llamafile", "lm_studio", "ollama", "ollama_chat",
    "oobabooga", "sagemaker", "sagemaker_chat", "triton", "vllm", "xinference",
})  # fmt: skip
"""Providers whose models are called as whoever runs them likes: a name that nobody knows is no mistake there."""

ADDRESSED = frozenset({"azure", "azure_ai"})
"""Providers whose own service is reached by an api_base: their customary key belongs to that address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A candidate, and what stands in its way or is worth saying."""

    candidate: Candidate
    missing: Mapping[str, Place]
    """Environment variables that it needs and that are not set → where each is named, or the model that implies it."""
    ignored: tuple[str, ...]
    """Keys of litellm_params that were the router's."""
    absent: str | None = None
    """What an embedded engine lacks that not every machine has, and what installs it."""
    no_rate: bool = False
    """Its prices are in a currency of which nobody has said what a dollar costs, so they are not known."""
    unknown: tuple[str, ...] = ()
    """Keys of litellm_params that neither LiteLLM nor Bakeoff knows; they are sent as they are."""
    wrong: bool = False
    """Whether something of its entry is, so that only what it does is known of it."""


def resolve(
    entry: Entry, env: Mapping[str, str], problems: list[Problem], *, market: Market | None = None
) -> Resolved | None:
    """Return the candidate of `entry`, as it was meant, after adding what is wrong with it; None where what it does is
    not known. `market`: where prices are from."""
    found = len(problems)
    params, own = entry.model.litellm_params, entry.model.bakeoff
    extra = {key: value for key, value in (params.model_extra or {}).items() if value is not None}
    extra |= {"voice": params.voice} if params.voice is not None else {}
    model, base_url = model_of(entry), params.api_base or params.base_url
    kept = {key: value for key, value in extra.items() if key not in ROUTER_KEYS and TIER.sub("", key) not in PRICES}
    wanted: dict[str, Place] = {}
    if base_url is not None and base_url.startswith(FROM_ENVIRONMENT):
        variable, field = base_url.removeprefix(FROM_ENVIRONMENT), "api_base" if params.api_base else "base_url"
        base_url = env.get(variable) or base_url
        wanted[variable] = entry.place("litellm_params", field)
        if is_key(base_url):
            message = worded("a key is written out in the address that {variable} holds", variable=variable)
            hint = worded("keep user and password out of the address; a key is named by api_key: os.environ/NAME")
            problems.append(entry.problem("E103", message, "litellm_params", field, hint=hint))
    modalities, engine = _abilities(entry, model, base_url, problems)
    key_variable, more = _variables(entry, model, base_url, kept, env, problems)
    unknown = list(_unknown(entry, extra, problems))
    limits = {key: _number(entry, key, extra[key], problems) for key in sorted(LIMITS & extra.keys())}
    prices = _prices(entry, model, extra, problems, market or Market())
    if modalities is None:
        return None
    in_flight = limits.get("max_parallel_requests")
    candidate = Candidate(
        name=entry.name,
        model=model,
        modalities=modalities,
        lacks=_lacks(entry, model, modalities),
        params=kept,
        languages=frozenset(engine.languages if engine else ()),
        base_url=base_url,
        api_key_env=key_variable,
        prices=prices,
        machine=Machine(usd_per_hour=own.usd_per_hour, utilisation=own.utilisation)
        if own and own.usd_per_hour is not None
        else None,
        weights_sha256=engine.weights_sha256 if engine else None,
        group=own.group if own else None,
        requests_per_minute=(own and own.rpm) or entry.model.rpm or limits.get("rpm"),
        tokens_per_minute=(own and own.tpm) or entry.model.tpm or limits.get("tpm"),
        max_in_flight=(own and own.max_in_flight) or (int(in_flight) if in_flight else None),
    )
    ignored = sorted((ROUTER_KEYS - LIMITS) & extra.keys())
    return Resolved(
        candidate=candidate,
        missing={variable: place for variable, place in {**wanted, **more}.items() if not env.get(variable)},
        ignored=tuple(ignored),
        absent=_absence(engine) if engine else None,
        no_rate=own is not None and own.currency == CNY and prices is None,
        unknown=() if candidate.is_local else tuple(unknown),
        wrong=len(problems) > found or entry.lacks(),
    )


def model_of(entry: Entry) -> str:
    """Return LiteLLM's model string, its provider before the slash where one is named."""
    params = entry.model.litellm_params
    provider = params.custom_llm_provider
    return f"{provider}/{params.model}" if provider and not params.model.startswith(f"{provider}/") else params.model


def provider_meant(entry: Entry) -> str | None:
    """Return whose model it is, also where that is misspelt; None where nobody knows."""
    if entry.lacks("litellm_params", "model") or entry.lacks("litellm_params", "custom_llm_provider"):
        return None
    model = model_of(entry)
    return provider_of(_of_nearest_provider(model) or model)


def _absence(engine: "Engine") -> str | None:
    """Say what an engine lacks that a bake-off can do without."""
    if not engine.optional and not engine.pythons:
        return None
    from harness.local.fetch import absence

    return absence(engine)


def _abilities(
    entry: Entry, model: str, base_url: str | None, problems: list[Problem]
) -> tuple[frozenset[str] | None, "Engine | None"]:
    """Return what the candidate does, None where nobody knows, and its engine if it is embedded."""
    from harness.pricing import book

    place = ("litellm_params", "model")
    if any(entry.lacks("litellm_params", key) for key in ("model", "custom_llm_provider")):
        return None, None
    if model.startswith("local/"):
        from harness.local.catalog import ENGINES

        engine = ENGINES.get(model.removeprefix("local/"))
        if engine is None:
            hint = did_you_mean(model, [f"local/{name}" for name in ENGINES])
            hint = hint or worded("`bakeoff list` shows the embedded engines")
            problems.append(
                entry.problem("E102", worded("{model} is no embedded engine", model=shown(model)), *place, hint=hint)
            )
            best = meant(model.removeprefix("local/"), ENGINES)
            if best is None:
                return None, None
            engine = ENGINES[best]
        return frozenset({engine.modality, *MODES.get(engine.modality, ())}), engine
    info = entry.model.model_info
    listed = (info.base_model if info else None) or model
    is_addressed = base_url is not None or _address_is_lost(entry)
    unlisted = "chat" if is_addressed or model.partition("/")[0] in OWN_NAMES else None
    mode = (info.mode if info else None) or book.mode(listed) or unlisted
    if mode is None and (entry.lacks("model_info", "mode") or entry.lacks("model_info", "base_model")):
        return None, None
    if mode is None:
        message = worded("the model {model} is not known", model=shown(model))
        best = _nearest_model(model) or _of_nearest_provider(model)
        hint = worded("if it exists, say what it does: model_info: {{mode: chat}}")
        hint = worded("did you mean '{name}'?", name=best) if best else hint
        problems.append(entry.problem("E102", message, *place, hint=hint))
        mode = book.mode(best) if best else None
    else:
        if mode not in MODES and mode not in OTHER_MODES:
            modes = (*MODES, *OTHER_MODES)
            message = worded("the mode {mode} is not known", mode=shown(mode))
            problems.append(entry.problem("E204", message, "model_info", "mode", hint=did_you_mean(mode, modes)))
            mode = meant(mode, modes)
        if book.mode(listed) is None and (problem := _provider_problem(entry, model, base_url)):
            problems.append(problem)
    if mode is None:
        return None, None
    does = set(MODES.get(mode, ()))
    sees = info.supports_vision if info else None
    if "text" in does and (book.supports_vision(listed) if sees is None else sees):
        does.add("vision")
    said = (info.supports_audio_input, info.supports_audio_output) if info else (None, None)
    if "text" in does and (book.supports_speech(listed) if None in said else all(said)):
        does.add("speech")
    return frozenset(does), None


def _address_is_lost(entry: Entry) -> bool:
    return any(entry.lacks("litellm_params", key) for key in ("api_base", "base_url"))


def _provider_problem(entry: Entry, model: str, base_url: str | None) -> Problem | None:
    """Return what is wrong with a model whose provider LiteLLM could not tell: every call would fail."""
    provider, slash, _ = model.partition("/")
    known = litellm_names("provider")
    if _address_is_lost(entry) or ((provider in known) if slash else _bare_provider(model)):
        return None
    if base_url is not None and any(endpoint in base_url for endpoint in litellm_names("endpoint")):
        return None
    best = _of_nearest_provider(model)
    hint = worded("where the server speaks OpenAI's API: openai/{model}", model=model)
    hint = worded("did you mean '{name}'?", name=best) if best else hint
    what = worded("the model {model} names no provider", model=shown(model))
    if slash:
        what = worded("LiteLLM knows no provider {provider}", provider=shown(provider))
    return entry.problem("E102", what, "litellm_params", "model", hint=hint)


def _of_nearest_provider(model: str) -> str | None:
    """Return the model with its provider's name as it may have been meant; None: no name is near, or it is known."""
    provider, slash, name = model.partition("/")
    known = [*litellm_names("provider"), "local"]
    near = nearest(provider, known, cutoff=0.75) if slash and provider not in known else None
    return None if near is None else f"{near}/{name}"


def _lacks(entry: Entry, model: str, modalities: frozenset[str]) -> frozenset[str]:
    """Return the parameters that the entry, or else the price book, says it cannot take; silence is no such word."""
    from harness.pricing import book

    info = entry.model.model_info
    listed = (info.base_model if info else None) or model
    if "video_generation" in modalities:
        said_so = info.supports_vision if info else None
        blind = book.takes_no_pictures(listed) if said_so is None else said_so is False
        return frozenset({"input_reference"}) if blind or model.startswith(LINKED) else frozenset()
    if "text" not in modalities:
        return frozenset()
    if model.startswith("local/"):
        return EMBEDDED_LACK
    said = {name: info and getattr(info, f"supports_{ability}") for name, ability in ABILITIES.items()}
    return frozenset(
        name
        for name, ability in ABILITIES.items()
        if (book.denies(listed, ability) if said[name] is None else said[name] is False)
    )


def _nearest_model(model: str) -> str | None:
    from harness.pricing import book

    provider, _, rest = model.rpartition("/")
    known = book.known_models()
    bare = nearest(rest, [name for name in known if "/" not in name], cutoff=0.85) if rest and provider else None
    own = f"{provider}/{bare}" if bare else None  # rather than the same model at somebody else's
    return own if own and book.mode(own) else nearest(model, known, cutoff=0.85)


def _variables(
    entry: Entry, model: str, base_url: str | None, params: Mapping[str, Json], env: Mapping[str, str],
    problems: list[Problem],
) -> tuple[str | None, dict[str, Place]]:  # fmt: skip
    """Return the variable of the key, and every variable that must be set with its place: the key's first."""
    wanted = {name: entry.place("litellm_params", *path) for path, name in references(params)}
    written = entry.model.litellm_params.api_key
    if written:
        variable = written.removeprefix(FROM_ENVIRONMENT)
        if not re.fullmatch(r"[A-Za-z_]\w*", variable):
            problems.append(entry.problem("E103", worded("expected os.environ/NAME"), "litellm_params", "api_key"))
        return variable, {variable: entry.place("litellm_params", "api_key"), **wanted}
    provider = model.partition("/")[0] if "/" in model else _bare_provider(model)
    if entry.lacks("litellm_params"):
        return None, wanted
    if any(holds_key(key) for key in params) or (base_url is not None and provider not in ADDRESSED):
        return None, wanted
    customary = CUSTOMARY_KEYS.get(provider, ())
    if not customary:
        return None, wanted
    variable = next((name for name in customary if env.get(name)), customary[0])
    return variable, {variable: entry.place("litellm_params", "model"), **wanted}


def _unknown(entry: Entry, extra: Mapping[str, Json], problems: list[Problem]) -> Iterator[str]:
    """Yield the parameters that nobody knows, and add those that look like a misspelt one."""
    known = (litellm_names("parameter"), ROUTER_KEYS, OWN)
    for key in extra:
        if any(key in names for names in known) or "cost" in key:  # prices have a check of their own
            continue
        close = nearest(key, (*chain.from_iterable(known), "api_base", "api_key"), cutoff=0.85)
        if close is None or abs(len(close) - len(key)) > 2:  # a longer name is another one, and no slip of the finger
            yield key
            continue
        hint = worded("did you mean '{close}'? What LiteLLM does not know goes into extra_body", close=close)
        problem = entry.problem(
            "E202", worded("unknown key '{key}'", key=key), "litellm_params", key, key=True, hint=hint
        )
        problems.append(replace(problem, excerpt=None) if holds_key(close) else problem)


def references(value: Any, *path: str | int) -> list[tuple[tuple[str | int, ...], str]]:
    """Return every `os.environ/NAME` inside `value`: where it stands, and the name."""
    if isinstance(value, Mapping):
        return [found for key, item in value.items() for found in references(item, *path, str(key))]
    if isinstance(value, list):
        return [found for index, item in enumerate(value) for found in references(item, *path, index)]
    if isinstance(value, str) and value.startswith(FROM_ENVIRONMENT):
        return [(path, value.removeprefix(FROM_ENVIRONMENT))]
    return []


def _bare_provider(model: str) -> str:
    if OPENAI_NAMES.match(model):
        return "openai"
    return "anthropic" if model.startswith("claude-") else ""


def _number(entry: Entry, key: str, value: Json, problems: list[Problem]) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    message = worded("'{key}': expected a number above 0, came {value}", key=key, value=shown(value))
    problems.append(entry.problem("E204", message, "litellm_params", key, hint=worded("such as {example}", example=60)))
    return None


def _prices(
    entry: Entry, model: str, extra: Mapping[str, Json], problems: list[Problem], market: Market
) -> Prices | None:
    """Return the book's prices with those of the entry over them; in another currency, those of the entry alone."""
    info = entry.model.model_info
    own: dict[str, Decimal] = {}
    for section, given in (("litellm_params", extra), ("model_info", (info.model_extra if info else None) or {})):
        for key, value in given.items():
            name = TIER.sub("", key)
            if name not in PRICES:
                close = nearest(name, PRICES, cutoff=0.9) if "cost" in name else None
                if close is not None:
                    message, hint = (
                        worded("unknown key '{key}'", key=key),
                        worded("did you mean '{name}'?", name=key.replace(name, close)),
                    )
                    problems.append(entry.problem("E202", message, section, key, key=True, hint=hint))
                continue
            if value is None or isinstance(value, dict | list):
                continue
            price = Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None
            if price is None or price < 0:
                message = worded("'{key}': expected dollars as a number, came {value}", key=key, value=shown(value))
                hint = worded("such as {example}", example="0.000001")
                problems.append(entry.problem("E204", message, section, key, hint=hint))
            else:
                own[key] = price
    listed = (info.base_model if info else None) or model
    file, currency = entry.source.file.rpartition("/")[2], entry.model.bakeoff and entry.model.bakeoff.currency
    if currency == CNY:
        rate = market.exchange
        if rate is None or not own:
            return None  # what a dollar costs is not guessed, and the book is in dollars
        usd = {name: (price / rate.cny_per_usd).quantize(Decimal("1e-15")) for name, price in own.items()}
        return Prices(usd=usd, source=f"{file}, ¥{rate.cny_per_usd:f} a dollar", date=rate.date, own=tuple(own))
    known = None if model.startswith("local/") else market.prices(listed)
    if not own:
        return known
    if known is None:
        return Prices(usd=own, source=file, own=tuple(own))
    return replace(known, usd={**known.usd, **own}, source=f"{known.source} + {file}", own=tuple(own))
