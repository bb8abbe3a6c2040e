"""A scorer of tool calls by the AST rules of the Berkeley function calling leaderboard."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.core.calls import Output
from harness.core.canonical import Json
from harness.core.scores import Reading, Score, Scorer, Unscored
from harness.core.suites import Sample
from harness.scorers.structured import extract

TYPES: Mapping[str, type] = {
    "string": str, "integer": int, "number": float, "boolean": bool, "array": list, "object": dict,
}  # fmt: skip
"""JSON Schema's types → what JSON gives."""
MOST_CALLS = 64
"""More than any sample wants: an output with more is wrong without a look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCalls(Scorer):
    """1 where the output calls the tools that the target names, with arguments that it accepts, else 0.

    The target is BFCL's ground truth: a list of `{tool: {argument: [accepted values]}}`, one for each call, in any
    order; `""` among the values makes an argument optional. The empty list wants no call, but words (irrelevance).
    Rules of bfcl-eval's AST checker for Python: the name is equal; what the tool requires is there; nothing is that
    neither tool nor target knows; each value has the type of the tool's description (an integer serves as a number) or
    that of an accepted value, and is among those. Texts compare without case, spaces and `,./-_*^`; an object field by
    field, each with accepted values of its own; lists in order.
    The tools are those that the sample sends: `metadata.params.tools`, in OpenAI's form. Detail: `calls`, `wanted`.
    """

    needs_target = True
    takes_empty_target = True

    def score(
        self,
        sample: Sample,
        output: Output,
        readings: Mapping[str, Reading],  # noqa: ARG002  # the signature of every scorer
    ) -> Score | Unscored:
        tools, wanted = described(sample.params.get("tools")), sample.target
        if problem := _problem(tools, wanted):
            return Unscored(reason=problem)
        assert isinstance(wanted, list)
        detail = {"calls": float(len(output.tool_calls)), "wanted": float(len(wanted))}
        wrong = _wrong(tools, wanted, output)
        return Score(value=float(wrong is None), reason=(wrong or "")[:300], detail=detail)


def described(tools: Json) -> dict[str, Mapping[str, Any]]:
    """Return tool → the schema of its arguments, of those that are well formed."""
    functions = [tool.get("function") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    return {
        str(function["name"]): parameters if isinstance(parameters := function.get("parameters"), dict) else {}
        for function in functions
        if isinstance(function, dict) and "name" in function
    }


def _problem(tools: Mapping[str, Any], wanted: Json) -> str | None:
    if not tools:
        return "the sample sends no tools"
    if not isinstance(wanted, list):
        return "the target is not a list of calls"
    for call in wanted:
        if not isinstance(call, dict) or len(call) != 1 or not isinstance(arguments := next(iter(call.values())), dict):
            return f"expected {{tool: {{argument: [accepted values]}}}}, not {call!r}"
        if next(iter(call)) not in tools:
            return f"the target calls {next(iter(call))!r}, which is none of the sample's tools"
        if not all(isinstance(accepted, list) and accepted for accepted in arguments.values()):
            return f"the target's arguments of {next(iter(call))} are lists of accepted values"
    return None


def _wrong(tools: Mapping[str, Any], wanted: Sequence[Any], output: Output) -> str | None:
    """Return what is wrong with the calls of `output`; None where nothing is."""
    made = output.tool_calls
    if not wanted:
        if made:
            return f"no tool fits, and {made[0].get('name')!r} was called"
        return None if (output.text or "").strip() else "neither a call nor words"
    if len(made) != len(wanted) or len(made) > MOST_CALLS:
        return f"{len(made)} calls, wanted {len(wanted)}"
    left = list(made)
    for call in wanted:
        name, accepted = next(iter(call.items()))
        faults = [_fault(tools[name], name, accepted, candidate) for candidate in left]
        if all(faults):
            return str(faults[0])
        left.pop(faults.index(None))
    return None


def _fault(schema: Mapping[str, Any], name: str, accepted: Mapping[str, Any], made: Mapping[str, Json]) -> str | None:
    """Return why the call `made` is not the wanted one."""
    if made.get("name") != name:
        return f"called {made.get('name')!r}, wanted {name!r}"
    arguments = _arguments(made.get("arguments"))
    if arguments is None:
        return f"{name}: the arguments are no JSON object"
    properties = schema.get("properties", {})
    if missing := [key for key in schema.get("required", ()) if key not in arguments]:
        return f"{name}: {missing[0]!r} is required"
    for key, value in arguments.items():
        if key not in properties or key not in accepted:
            return f"{name}: {key!r} was not asked for"
        if not _is_accepted(value, properties[key], accepted[key]):
            return f"{name}: {key!r} is {value!r}"
    left_out = [key for key in accepted if key not in arguments and "" not in accepted[key]]
    return f"{name}: {left_out[0]!r} is missing" if left_out else None


def _arguments(written: Json) -> Mapping[str, Any] | None:
    """Return the arguments as an object; a text of nothing is none."""
    if isinstance(written, dict):
        return written
    found = extract(written, raw_only=True) if isinstance(written, str) and written.strip() else None
    if isinstance(written, str) and not written.strip():
        return {}
    return found.value if found is not None and isinstance(found.value, dict) else None


def _is_accepted(value: Any, schema: Mapping[str, Any], accepted: Sequence[Any]) -> bool:
    kind = TYPES.get(str(schema.get("type")), str)
    if kind is float and type(value) is int:
        value = _number(value)
    inner = TYPES.get(str(schema.get("items", {}).get("type", "string")), str) if kind is list else None
    stated = next((type(item) for item in accepted if item != ""), None)
    if not _has_type(value, kind, inner, accepted):
        return type(value) is not kind and type(value) is stated and value in accepted
    if stated not in (None, kind):  # the target gives a text where the tool wants another type: it names a variable
        return value in accepted
    if kind is dict:
        return any(_is_object(value, item) for item in accepted if item != "")
    if inner is dict:
        return any(_are_objects(value, items) for items in accepted)
    if kind is str:
        return _plain(value) in [_plain(item) for item in accepted if isinstance(item, str)]
    if kind is list:
        return [_plain(item) for item in value] in [[_plain(item) for item in items] for items in accepted]
    return value in accepted


def _number(value: int) -> float | int:
    try:
        return float(value)
    except OverflowError:
        return value


def _has_type(value: Any, kind: type, inner: type | None, accepted: Sequence[Any]) -> bool:
    listed: Any = value
    if type(value) is not kind:
        return False
    if inner is None:
        return True
    lists = [items for items in accepted if isinstance(items, list)]
    return len(lists) < len(accepted) or any(
        all(type(item) is inner or type(item) is _first_type(items) for item in listed) for items in lists
    )


def _first_type(items: Sequence[Any]) -> type | None:
    return next((type(item) for item in items if item != ""), None)


def _is_object(value: Any, accepted: Any) -> bool:
    if not isinstance(accepted, dict) or not isinstance(value, dict):
        return False
    known = all(
        key in accepted and _plain(item) in [_plain(one) for one in accepted[key]] for key, item in value.items()
    )
    return known and all(key in value or "" in options for key, options in accepted.items())


def _are_objects(values: Sequence[Any], accepted: Any) -> bool:
    return len(values) == len(accepted) and all(map(_is_object, values, accepted))


def _plain(value: Any) -> Any:
    """Return a text as it is compared; anything else as it is."""
    return re.sub(r"[ ,./\-_*^]", "", value).lower().replace("'", '"') if isinstance(value, str) else value
