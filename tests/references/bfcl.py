"""Ask BFCL's AST checker about the calls of tool_calling's keys and about what is wrong with them: writes bfcl.json.

Runs in the environment of `make references`, with bfcl-eval's checker alone: the rest of the package wants the SDK of
every provider.
"""

import json
import sys
from collections.abc import Iterator
from copy import deepcopy
from importlib.metadata import distribution
from pathlib import Path
from types import ModuleType
from typing import Any

from fixture import write

SUITE = Path(__file__).parents[2] / "tasks" / "tool_calling"
TYPES = {"number": "float", "object": "dict"}
"""JSON Schema's names of types → BFCL's, where they differ."""
Call = dict[str, Any]


def main() -> None:
    _pass_over("bfcl_eval", "bfcl_eval.constants", "bfcl_eval.eval_checker", "bfcl_eval.eval_checker.ast_eval")
    models = sys.modules["bfcl_eval.constants.model_config"] = ModuleType("model_config")
    models.MODEL_CONFIG_MAPPING = {}  # type: ignore[attr-defined]
    cases = [_case(sample) for sample in _samples() if sample["target"]]
    write("bfcl", {"cases": cases}, packages=["bfcl-eval"])


def _pass_over(*packages: str) -> None:
    """Let modules of `packages` be imported without running the packages."""
    for name in packages:
        sys.modules[name] = package = ModuleType(name)
        package.__path__ = [str(distribution("bfcl-eval").locate_file(name.replace(".", "/")))]


def _samples() -> Iterator[dict[str, Any]]:
    for category in ("simple", "multiple", "parallel", "relevance"):
        for line in (SUITE / f"{category}.jsonl").read_text(encoding="utf-8").splitlines():
            yield {"category": category, **json.loads(line)}


def _case(sample: dict[str, Any]) -> dict[str, Any]:
    metadata, wanted = sample["metadata"], sample["target"]
    tools = metadata["params"]["tools"]
    outputs = list(_outputs(metadata["answer_key"]["calls"]))
    verdicts = "".join(str(int(_verdict(sample["category"], tools, wanted, calls))) for calls in outputs)
    return {"id": sample["id"], "tools": tools, "wanted": wanted, "outputs": outputs, "verdicts": verdicts}


def _outputs(key: list[Call]) -> Iterator[list[Call]]:
    """Yield the key, then the key with one thing changed, right or wrong."""
    yield key
    yield key[::-1]
    yield key[:-1]
    yield [*key, key[0]]
    yield [{**key[0], "name": key[0]["name"] + "s"}, *key[1:]]
    yield [{**key[0], "arguments": {**key[0]["arguments"], "extra": 1}}, *key[1:]]
    for name, value in key[0]["arguments"].items():
        yield _changed(key, name, None, drop=True)
        for other in _others(value):
            yield _changed(key, name, other)


def _changed(key: list[Call], name: str, value: Any, *, drop: bool = False) -> list[Call]:
    calls = deepcopy(key)
    calls[0]["arguments"][name] = value
    if drop:
        del calls[0]["arguments"][name]
    return calls


def _others(value: Any) -> list[Any]:
    """Values that look alike, and values of another kind."""
    match value:
        case bool():
            return [not value, str(value), int(value)]
        case int() | float():
            return [value + 1, float(value), str(value), [value], True]
        case str():
            return [value.upper(), f" {value}. ", value + "x", "", 1, [value]]
        case list():
            return [value[::-1], value[:-1], [str(item).upper() for item in value], [*value, 1], [], str(value)]
        case dict():
            first = next(iter(value))
            return [{**value, "more": "x"}, {first: value[first]}, {**value, first: "x"}, {}, [value], str(value)]
    return [None]


def _verdict(category: str, tools: list[Any], wanted: list[Any], calls: list[Call]) -> bool:
    from bfcl_eval.constants.enums import Language
    from bfcl_eval.eval_checker.ast_eval.ast_checker import ast_checker

    described = [_translated(tool["function"]) for tool in tools]
    category = category if category == "parallel" else "multiple"  # which is simple where there is one tool
    made = [{call["name"]: call["arguments"]} for call in calls]
    return bool(ast_checker(described, made, wanted, Language.PYTHON, category, "ours")["valid"])


def _translated(value: Any) -> Any:
    """Return a tool's description with BFCL's names of types."""
    if isinstance(value, dict):
        return {
            key: TYPES.get(item, item) if key == "type" and isinstance(item, str) else _translated(item)
            for key, item in value.items()
        }
    return [_translated(item) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
