"""The output of a model as inspect_ai writes it, and EvalScope after it."""

from typing import Any

from harness.core.calls import Output, Usage
from harness.core.canonical import Json
from harness.importers.values import content, items, mapping, name, text, usage

ENDS = {"max_tokens": "length", "model_length": "length", "unknown": None, "": None}
"""Why a model stopped → how Bakeoff says it; every other reason stays as it is."""


def output(told: Any) -> Output | None:
    """Return what came; None where nothing did. A refusal is an output too."""
    choices = items(mapping(told).get("choices"))
    if not choices:
        return None
    choice = mapping(choices[0])
    message = mapping(choice.get("message"))
    said = message.get("content")
    thoughts = [text(part.get("reasoning")) for part in items(said) if mapping(part).get("type") == "reasoning"]
    reason = name(choice.get("stop_reason"))
    return Output(
        text=content(said),
        reasoning="\n".join(thoughts) or None,
        tool_calls=tuple(_call(call) for call in items(message.get("tool_calls")) if isinstance(call, dict)),
        finish_reason=ENDS.get(reason, reason),
        model=name(mapping(told).get("model")) or None,
    )


def used(told: Any) -> Usage:
    """Return the meters of one call or of several."""
    of = mapping(told)
    return usage(
        prompt=of.get("input_tokens"),
        completion=of.get("output_tokens"),
        total=of.get("total_tokens"),
        cached=of.get("input_tokens_cache_read"),
        written=of.get("input_tokens_cache_write"),
        reasoning=of.get("reasoning_tokens"),
    )


def _call(told: dict[str, Any]) -> dict[str, Json]:
    function = told.get("function")
    if isinstance(function, dict):  # EvalScope's
        called, arguments = function.get("name"), function.get("arguments")
    else:
        called, arguments = function, told.get("arguments")
    return {"id": name(told.get("id")) or None, "name": name(called), "arguments": text(arguments)}
