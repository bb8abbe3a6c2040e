"""JSON of strangers as values that can be kept: text that UTF-8 holds, finite numbers, nothing counted twice."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from harness.core.calls import Usage
from harness.core.canonical import Json, digest
from harness.core.suites import Sample

LONGEST_NAME = 120
MOST_TOKENS = 2**53
SLICE = 80
"""Characters of a tag that results may be sliced by; what is longer is content."""
MOST_TAGS = 20
OURS = frozenset({"cluster", "params", "written", "documents", "pool", "conversation", "entry_point", "check"})
"""Metadata that means something else to Bakeoff than to whoever wrote the log."""
SETTINGS = (
    "temperature", "top_p", "top_k", "max_tokens", "max_gen_toks", "max_completion_tokens", "seed", "reasoning_effort",
    "reasoning_tokens", "frequency_penalty", "presence_penalty", "do_sample", "n", "num_choices",
)  # fmt: skip
"""How a model is asked; every other parameter may hold a key or an address, and is not kept."""


def mapping(value: Any) -> dict[str, Any]:
    """Return a JSON object, and an empty one in the place of anything else."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """Return a JSON list, and an empty one in the place of anything else."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """Return text as it is, nothing as empty, and anything else as JSON; half of a surrogate pair is spelt out."""
    told = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return told if told.isascii() else told.encode("utf-8", "backslashreplace").decode()


def name(value: Any, *, default: str = "") -> str:
    """Return what something is called: on one line, without characters that command a terminal, not endlessly long."""
    told = " ".join("".join(c if c.isprintable() else " " for c in text(value)).split())
    if len(told) > LONGEST_NAME:  # two that begin alike stay two
        told = f"{told[: LONGEST_NAME - 9]}…{digest(told)[:8]}"
    return told or default


def place(value: Any, *, default: str) -> str:
    """Return the name of a suite or a task: between them stands a slash, so in them there is none."""
    return name(value, default=default).replace("/", "-")


def number(value: Any) -> float | None:
    """Return a finite number; a truth value is none, and neither is text."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        told = float(value)
    except OverflowError:
        return None
    return told if math.isfinite(told) else None


def count(value: Any) -> int | None:
    """Return a whole number from 0 up that a meter can have."""
    told = number(value)
    return int(told) if told is not None and 0 <= told < MOST_TOKENS and told == int(told) else None


def dollars(value: Any) -> Decimal | None:
    """Return an amount that somebody has paid; 0 stands for "not known" where a tool has no price, so it is none."""
    told = number(value)
    return Decimal(repr(told)) if told is not None and 0 < told < 1e9 else None


def milliseconds(value: Any, *, unit_ms: float = 1.0) -> float | None:
    """Return a time that something took, given in units of `unit_ms`."""
    told = number(value)
    return told * unit_ms if told is not None and 0 < told * unit_ms < 1e10 else None


def moment(value: Any) -> str | None:
    """Return a point in time as UTC in ISO 8601: of ISO text, or of seconds since 1970."""
    try:
        told = datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(float(value), UTC)
        if told.tzinfo is None:
            told = told.replace(tzinfo=UTC)
        return told.astimezone(UTC).isoformat(timespec="seconds")
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def settings(*sources: Any) -> dict[str, Json]:
    """Return how a model was asked, the last source winning: numbers and single words alone."""
    found = {key: value for source in sources for key, value in mapping(source).items() if key in SETTINGS}
    return {
        key: value
        for key, value in sorted(found.items())
        if isinstance(value, bool) or number(value) is not None or (isinstance(value, str) and len(value) <= SLICE)
    }


def tags(value: Any) -> dict[str, Json]:
    """Return metadata by which results can be sliced: short, flat, and not what Bakeoff itself means by a name."""
    found: dict[str, Json] = {}
    for key, told in mapping(value).items():
        is_word = isinstance(told, str) and 0 < len(told) <= SLICE
        is_flat = is_word or (key != "lang" and (isinstance(told, bool) or number(told) is not None))
        if key not in OURS and is_flat and len(found) < MOST_TAGS:
            found[name(key)] = text(told) if is_word else told
    return found


def sample(id: Any, asked: Any, target: Any, metadata: Any = None) -> Sample:
    """Return a sample; its target is text, or a list of texts any of which is right."""
    if isinstance(target, list):
        wanted: Json = [text(one) for one in target]
    else:
        wanted = None if target is None else text(target)
    return Sample(id=name(id, default="?"), input=text(asked), target=wanted, metadata=tags(metadata))


def content(value: Any) -> str:
    """Return the words of a message; pictures and the like are named, not kept."""
    if not isinstance(value, list):
        return text(value)
    said = []
    for part in value:
        kind = text(mapping(part).get("type"))
        if isinstance(part, str) or kind == "text":
            said.append(text(part if isinstance(part, str) else part.get("text")))
        elif kind != "reasoning":
            said.append(f"[{name(kind, default='something')} that the import leaves out]")
    return "\n".join(said)


def messages(value: Any) -> tuple[Mapping[str, Json], ...]:
    """Return what was asked as messages: a chat, or text that may be a chat spelt as JSON."""
    if isinstance(value, str):
        chat = _chat(value)
        return messages(chat) if chat else ({"role": "user", "content": text(value)},)
    return tuple(
        {"role": name(one.get("role"), default="user"), "content": content(one.get("content"))}
        for one in items(value)
        if isinstance(one, dict)
    )


def spoken(chat: Sequence[Mapping[str, Json]]) -> str:
    """Return messages as one text: the only one as it is, several after their roles."""
    if len(chat) == 1:
        return str(chat[0]["content"])
    return "\n\n".join(f"{one['role']}: {one['content']}" for one in chat)


def _chat(told: str) -> list[Any]:
    """Return the messages that a text spells as JSON; none where it is a text like others."""
    if not re.match(r"\s*\[\s*\{", told):
        return []
    try:
        chat = json.loads(told)
    except (ValueError, RecursionError):
        return []
    return chat if all(isinstance(one, dict) and "role" in one and "content" in one for one in chat) else []


def usage(
    *, prompt: Any, completion: Any, total: Any, cached: Any = None, written: Any = None, reasoning: Any = None
) -> Usage:
    """Sort a tool's counts into meters that count nothing twice.

    Some providers count what a cache held in the prompt, and thinking in the answer; others count it beside. The total
    tells which; where it does not, the parts stay unknown rather than guessed. No tokens at all are no count.
    """
    fresh, answer, whole = count(prompt), count(completion), count(total)
    parts = [count(cached), count(written), count(reasoning)]
    if not any([fresh, answer, *parts]):
        return Usage()
    held, thought = (parts[0] or 0) + (parts[1] or 0), parts[2] or 0
    base = None if fresh is None or answer is None or whole is None else whole - fresh - answer
    # what the total holds beside prompt and answer: nothing, the cache, the thinking, or both
    beside = {(False, False): 0, (True, False): held, (False, True): thought, (True, True): held + thought}
    fits = {apart for apart, extra in beside.items() if base == extra}
    cache_apart = {cache for cache, _ in fits} if held else {True}
    thought_apart = {thinking for _, thinking in fits} if thought else {True}
    cache_read, cache_write, thinking = parts
    if len(cache_apart) != 1 or (cache_apart == {False} and held > (fresh or 0)):
        fresh = cache_read = cache_write = None
    elif cache_apart == {False}:
        fresh = (fresh or 0) - held
    if len(thought_apart) != 1 or (thought_apart == {False} and thought > (answer or 0)):
        answer = thinking = None
    elif thought_apart == {False}:
        answer = (answer or 0) - thought
    return Usage(
        input_tokens=fresh, cached_tokens=cache_read, cache_write_tokens=cache_write, output_tokens=answer,
        reasoning_tokens=thinking, source="provider",
    )  # fmt: skip
