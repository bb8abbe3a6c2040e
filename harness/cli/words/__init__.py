"""What the command line says: whole sentences by key, with placeholders; each language has the same keys.

Forms with `|` between them are for one and for several. What is said of a decision is in `report/words`.
"""

from collections.abc import Mapping
from importlib import import_module

LANGUAGES = ("en", "zh")


def words(language: str) -> Mapping[str, str]:
    """Return key → sentence; a language is loaded when it is first spoken."""
    found: Mapping[str, str] = import_module(f"harness.cli.words.{language}").WORDS
    return found
