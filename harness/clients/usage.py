"""What a provider says of an answer's usage → disjoint meters, with numbers that cannot be true left out."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

from harness.core.calls import Usage
from harness.core.canonical import Json
from harness.core.media import Video
from harness.core.videos import MOST_SECONDS

_ABSURD = 10_000_000
"""Tokens: more than any context window."""
_NEAR, _NEAR_S = 0.05, 0.25
"""A clip that differs by less has as many frames as one of the length that was ordered."""
_NO_METERS = frozenset({"output_video_pixels"})
"""Fields that say what a meter's unit costs, and are not added up."""


def chat_usage(reported: Any, *, silent: bool = False) -> Usage:
    """Return the meters of LiteLLM's usage object; all None with source `none` where the provider said nothing.

    Source is `suspect` where a number is negative, absurd or larger than the total that it is a part of, or where an
    answer that is not `silent` took no tokens: those are left out, and the bound is charged instead.
    """
    prompt, completion = _number(reported, "prompt_tokens"), _number(reported, "completion_tokens")
    if not prompt and not completion:  # zeros are what LiteLLM makes up when nothing was said
        return Usage()
    in_part = _parts(reported, "prompt_tokens_details")
    out_part = _parts(reported, "completion_tokens_details")
    cached, audio_in = in_part("cached_tokens"), in_part("audio_tokens")
    written = in_part("cache_creation_tokens") or _number(reported, "cache_creation_input_tokens")
    hour = _for_an_hour(reported) or None  # a part of what was written
    written = hour if written is None else written
    reasoning, audio_out = out_part("reasoning_tokens") or None, out_part("audio_tokens")  # LiteLLM fills in a zero
    if reasoning and _number(reported, "total_tokens") == (prompt or 0) + (completion or 0) + reasoning:
        completion = (completion or 0) + reasoning  # providers that count reasoning beside the completion
    meters = {
        "input_tokens": _rest(prompt, cached, written, audio_in),
        "cached_tokens": cached,
        "cache_write_tokens": _rest(written, hour),
        "cache_write_1h_tokens": hour,
        "output_tokens": _rest(completion, reasoning, audio_out),
        "reasoning_tokens": reasoning,
        "input_audio_tokens": audio_in,
        "output_audio_tokens": audio_out,
    }
    sane = _sane(meters)
    untold = not completion and not silent
    if untold:
        sane.pop("output_tokens", None)
    suspect = untold or any(value is not None and name not in sane for name, value in meters.items())
    return Usage(**sane, source="suspect" if suspect else "provider")


def _for_an_hour(reported: Any) -> int | None:
    """Return what was written into a cache for an hour: LiteLLM's place for it, or that of Anthropic's own usage."""
    name = "ephemeral_1h_input_tokens"
    told = _part(_part(reported, "prompt_tokens_details"), "cache_creation_token_details")
    return _number(_part(reported, "cache_creation") if told is None else told, name)


def image_usage(reported: Any, *, images: int) -> Usage:
    """Return the meters of LiteLLM's usage of pictures; where the provider counts no tokens, the pictures alone."""
    given, made = _number(reported, "input_tokens"), _number(reported, "output_tokens")
    if not given and not made:  # zeros are what LiteLLM makes up when nothing was said
        return Usage(output_images=images, source="measured")
    shown = _parts(reported, "input_tokens_details")("image_tokens")
    drawn = _parts(reported, "output_tokens_details")("image_tokens")
    drawn = made if drawn is None else drawn
    meters = {
        "input_tokens": _rest(given, shown),
        "input_image_tokens": shown,
        "output_tokens": _rest(made, drawn),
        "output_image_tokens": drawn,
    }
    sane = _sane(meters)
    suspect = any(value is not None and name not in sane for name, value in meters.items())
    return Usage(**sane, output_images=images, source="suspect" if suspect else "provider")


def session_usage(reported: Sequence[Any]) -> Usage:
    """Return the meters of a live session's answers, from what OpenAI's `response.done` says of each.

    Source is `none` where one is untold, or sound is not counted apart from words: sound costs several times as much.
    """
    sound = (_parts(told, f"{side}_token_details")("audio_tokens") for told in reported for side in ("input", "output"))
    if None in sound:
        return Usage()
    return reduce(total, map(_answer_usage, reported), Usage())


def _answer_usage(reported: Any) -> Usage:
    heard, spoken = _parts(reported, "input_token_details"), _parts(reported, "output_token_details")
    cached = _parts(_part(reported, "input_token_details"), "cached_tokens_details")
    meters = {
        "input_tokens": _rest(heard("text_tokens"), cached("text_tokens")),
        "cached_tokens": heard("cached_tokens"),
        "output_tokens": spoken("text_tokens"),
        "input_audio_tokens": _rest(heard("audio_tokens"), cached("audio_tokens")),
        "output_audio_tokens": spoken("audio_tokens"),
    }
    sane = _sane(meters)
    suspect = any(value is not None and name not in sane for name, value in meters.items())
    return Usage(**sane, source="suspect" if suspect else "provider")


def video_usage(granted: Json, *, ordered_s: float, video: Video, images: int) -> Usage:
    """Return the meters of a clip that was made of so many pictures.

    Its seconds are those that the provider says it `granted`, else those that were ordered where the clip is about as
    long, as providers bill whole seconds, else its own.
    """
    try:
        told = float(str(granted))
    except ValueError:
        told = 0.0
    sane = 0 < told <= MOST_SECONDS
    as_ordered = math.isclose(video.seconds, ordered_s, rel_tol=_NEAR, abs_tol=_NEAR_S)
    return Usage(
        input_images=images,
        output_video_seconds=told if sane else float(ordered_s) if as_ordered else video.seconds,
        output_video_pixels=video.width * video.height,
        source="provider" if sane else "measured",
    )


def _sane(meters: Mapping[str, int | None]) -> dict[str, int]:
    """Return the meters that can be true."""
    return {name: value for name, value in meters.items() if value is not None and 0 <= value <= _ABSURD}


def total(first: Usage, second: Usage) -> Usage:
    """Return the meters of two attempts together; a meter that only one has keeps its value."""

    def add(name: str) -> Any:
        values = [v for v in (getattr(first, name), getattr(second, name)) if v is not None]
        together = max if name in _NO_METERS else sum
        return together(values) if values else None

    names = [name for name in Usage.__slots__ if name != "source"]
    sources = {first.source, second.source} - {"none"}
    source = "suspect" if "suspect" in sources else next(iter(sorted(sources, reverse=True)), "none")
    return Usage(**{name: add(name) for name in names}, source=source)


def _number(holder: Any, name: str) -> int | None:
    value = _part(holder, name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _part(holder: Any, name: str) -> Any:
    return holder.get(name) if isinstance(holder, Mapping) else getattr(holder, name, None)


def _parts(reported: Any, name: str) -> Callable[[str], int | None]:
    details = _part(reported, name)
    return lambda part: _number(details, part)


def _rest(whole: int | None, *parts: int | None) -> int | None:
    return None if whole is None else whole - sum(part or 0 for part in parts)
