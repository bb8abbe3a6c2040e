"""What the pinned LiteLLM calls its providers, their addresses and its parameters.

A list beside this file, as LiteLLM's import takes seconds.
"""

from functools import cache
from pathlib import Path
from typing import Literal

Kind = Literal["endpoint", "parameter", "provider"]

FILE = Path(__file__).with_suffix(".txt")
"""A kind and a name a line; tests/config/litellm_names.py writes it, and a test holds it against LiteLLM."""


def litellm_names(kind: Kind) -> frozenset[str]:
    """Return all names of a kind."""
    return _lists()[kind]


@cache
def _lists() -> dict[str, frozenset[str]]:
    lists: dict[str, set[str]] = {"endpoint": set(), "parameter": set(), "provider": set()}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        kind, _, name = line.partition(" ")
        lists[kind].add(name)
    return {kind: frozenset(names) for kind, names in lists.items()}
