"""Scorers of JSON answers: they parse, keep the schema, and their fields are right."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from harness.core.canonical import Json, canonical
from harness.core.scores import Score, Unscored
from harness.core.suites import Sample
from harness.scorers.text import TextScorer, words

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

_FENCE = re.compile(r"```[A-Za-z]*[ \t]*\r?\n(.*?)```", re.DOTALL)
MAX_DEPTH = 64
"""JSON nested deeper than this is refused: no answer is, and the checks below recurse."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonMatch(TextScorer):
    """Valid against `schema` (0 or 1) × share of fields that equal the target's.

    Where the JSON is looked for: the whole output; unless `raw_only`, else the first fenced block, else what starts
    at the first `{`, or at the first `[`, whatever follows it. Strict JSON: NaN, infinities and duplicate keys do
    not parse.
    Schema: JSON Schema draft 2020-12, without `format` checks and without fetching any reference; None takes any JSON.
    Fields are the leaves of the target and of the output together, so an invented field counts as wrong; lists compare
    by position, numbers by value, texts in the normal form of ExactMatch, and 1 is neither `"1"` nor true.
    Detail: `parsed`, `raw` (the whole output was JSON), `valid`, `equal`, `fields`.
    """

    schema: Mapping[str, Any] | None = None
    raw_only: bool = False

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        if not isinstance(sample.target, dict | list):
            return Unscored(reason="the target is neither a JSON object nor a list")
        wanted = dict(_leaves(sample.target))
        found = extract(text, raw_only=self.raw_only)
        if found is None:
            return Score(value=0.0, reason="no JSON", detail=dict.fromkeys(("parsed", "raw", "valid", "equal"), 0.0))
        problem = _problem(canonical(self.schema), found.value) if self.schema is not None else None
        given = dict(_leaves(found.value))
        fields = wanted.keys() | given.keys()
        equal = sum(path in wanted and path in given and _equal(wanted[path], given[path]) for path in fields)
        detail = {"parsed": 1, "raw": found.raw, "valid": problem is None, "equal": equal, "fields": len(fields)}
        share = equal / len(fields) if problem is None else 0.0
        reason = problem or f"{equal} of {len(fields)} fields"
        return Score(value=share, reason=reason, detail={name: float(count) for name, count in detail.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldF1(TextScorer):
    """F1 over the fields of a JSON answer: 2 × equal / (fields of the target + fields of the output).

    Fields, their comparison and where the JSON is looked for are JsonMatch's; a field that was left out costs recall
    only, one that was invented or is wrong costs precision too. Detail: `equal`, `wanted`, `given`.
    """

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        if not isinstance(sample.target, dict | list) or not sample.target:
            return Unscored(reason="the target is neither a JSON object nor a list with a field")
        found = extract(text)
        if found is None:
            return Score(value=0.0, reason="no JSON")
        wanted, given = dict(_leaves(sample.target)), dict(_leaves(found.value))
        equal = sum(path in given and _equal(value, given[path]) for path, value in wanted.items())
        return Score(
            value=2 * equal / (len(wanted) + len(given)),
            reason=f"{equal} of {len(wanted)} fields, {len(given)} given",
            detail={"equal": float(equal), "wanted": float(len(wanted)), "given": float(len(given))},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """JSON that an output holds."""

    value: Json
    raw: bool
    """The output was nothing but this."""


def extract(text: str, *, raw_only: bool = False) -> Found | None:
    """Return the JSON in `text` by the rules of JsonMatch; None where there is none."""
    whole = _parse(text)
    if whole is not None or raw_only:
        return whole
    if (fence := _FENCE.search(text)) and (fenced := _parse(fence[1])) is not None:
        return Found(value=fenced.value, raw=False)
    starts = sorted(at for at in (text.find("{"), text.find("[")) if at >= 0)
    return next((found for at in starts if (found := _parse(text[at:], rest_may_follow=True))), None)


def _parse(text: str, *, rest_may_follow: bool = False) -> Found | None:
    try:
        value, end = _decoder().raw_decode(text.strip())
    except (ValueError, RecursionError):  # RecursionError: brackets nested by the thousand
        return None
    complete = end == len(text.strip())
    if (not complete and not rest_may_follow) or _is_deeper_than(MAX_DEPTH, value):
        return None
    return Found(value=value, raw=not rest_may_follow)


def _is_deeper_than(limit: int, value: Json) -> bool:
    level = [value]
    for _ in range(limit):
        containers = (item for item in level if isinstance(item, dict | list))
        level = [child for item in containers for child in (item.values() if isinstance(item, dict) else item)]
        if not level:
            return False
    return True


@cache
def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_refuse, parse_float=_finite)


def _without_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("duplicate key")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits} is out of range")
    return number


def _leaves(value: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Yield every scalar and every empty container with its path."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    else:
        yield path, value


def _equal(wanted: Json, given: Json) -> bool:
    if isinstance(wanted, str) and isinstance(given, str):
        return wanted == given or (words(wanted) == words(given) != [])
    if isinstance(wanted, bool) or isinstance(given, bool):
        return wanted is given
    return wanted == given


def _problem(schema: bytes, value: Json) -> str | None:
    """Return what the schema finds wrong, in one sentence; None where it is kept."""
    error = next(_validator(schema).iter_errors(value), None)  # the first is enough: a long list may hold 100,000
    return (
        None if error is None else f"schema: {'/'.join(map(str, error.absolute_path)) or 'top'}: {error.message}"[:300]
    )


@cache
def _validator(schema: bytes) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator
    from referencing import Registry

    document = json.loads(schema)
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document, registry=Registry())
