"""What the command line says: whole sentences by key, with placeholders; each language has the same keys.

Forms with `|` between them are for one and for several. What is said of a decision is in `report/words`. What other
layers say stands beside their code, in English: `translations` has it in other languages by the English sentence.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType

LANGUAGES = ("en", "zh")


def words(language: str) -> Mapping[str, str]:
    """Return key → sentence; a language is loaded when it is first spoken."""
    found: Mapping[str, str] = import_module(f"harness.cli.words.{language}").WORDS
    return found


def translations(language: str) -> Mapping[str, str]:
    """Return English sentence of `core.wording` → that of `language`; loaded when something is first said in it."""
    if language == "en":
        return MappingProxyType({})
    problems, work = (import_module(f"harness.cli.words.{part}_{language}") for part in ("problems", "work"))
    return {**problems.FOREIGN, **problems.SENTENCES, **work.SENTENCES}


def help_texts(language: str) -> Mapping[str, str]:
    """Return English paragraph, option's text or heading of `--help` → that of `language`."""
    return MappingProxyType({}) if language == "en" else import_module(f"harness.cli.words.help_{language}").TEXTS


def misuses(language: str) -> Sequence[tuple[str, str]]:
    """Return the patterns of what typer says of a command line that it cannot read, and what it is in `language`."""
    return () if language == "en" else import_module(f"harness.cli.words.help_{language}").MISUSES
