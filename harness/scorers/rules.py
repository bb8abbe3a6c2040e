"""A scorer of instructions that code can verify."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.core.canonical import Json
from harness.core.scores import Score, Unscored
from harness.core.suites import Sample
from harness.scorers.structured import extract
from harness.scorers.text import CJK, TextScorer, fold, split

_SENTENCE_END = re.compile(r"[。！？]+|(?<![.!?])[.!?]++(?=[\"'”’)\]]*+(?:\s++[^a-z]|\s*+$))")
_BULLET = re.compile(r"[ \t]*(?:[-*•]|[0-9]{1,3}[.)、])[ \t]*\S")
# large classes of characters take milliseconds to compile: `re` does so when they are first asked for
_HAN = "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_ALPHANUMERIC = re.compile(r"[^\W_]")
_TOKEN = rf"[{CJK}]|[^\W_{CJK}]+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules(TextScorer):
    """1 where every rule of the target holds for the output, else 0 (IFEval's strict, prompt level).

    The target is a list of `{"rule": name, "args": {...}}`; the names are the keys of COUNTS (args `min` and `max`,
    at least one), TEXTS (args `texts`, `match_case`) and FORMS (no args). The output is judged as it came, without
    the white space around it; an empty one breaks every rule. Detail: `held` and `rules` (instruction level = their
    ratio) and, for the n-th rule, `n_name` 1 or 0. Since the target is no output, `metadata.answer_key` holds one.
    """

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        text = text.strip()
        if not isinstance(sample.target, list) or not sample.target:
            return Unscored(reason="the target is not a list of rules")
        detail: dict[str, float] = {}
        for number, rule in enumerate(sample.target, start=1):
            problem = _problem(rule)
            if problem or not isinstance(rule, dict):
                return Unscored(reason=f"rule {number}: {problem}")
            name, args = str(rule["rule"]), rule.get("args", {})
            detail[f"{number}_{name}"] = float(bool(text) and _holds(name, args, text))
        broken = [name for name, held in detail.items() if not held]
        counts = {"held": float(len(detail) - len(broken)), "rules": float(len(detail))}
        return Score(
            value=float(not broken), reason=f"broken: {', '.join(broken)}" * bool(broken), detail=detail | counts
        )


def count_words(text: str) -> int:
    """Return how many runs between white space hold a letter or digit; each Chinese character is a word."""
    return sum(_ALPHANUMERIC.search(word) is not None for word in split(text))


def count_sentences(text: str) -> int:
    """Return how many pieces between sentence ends hold a letter or digit.

    An end is `。！？` anywhere, or `.!?` and closing quotes before white space that no small letter follows.
    Abbreviations such as "Dr. Li" count as an end: write samples that do not invite them.
    """
    return sum(_ALPHANUMERIC.search(piece) is not None for piece in _SENTENCE_END.split(text))


def count_bullets(text: str) -> int:
    """Return how many lines begin with `-`, `*`, `•`, or a number with `.`, `)` or `、`."""
    return sum(_BULLET.match(line) is not None for line in text.splitlines())


def contains(text: str, wanted: str, *, match_case: bool) -> bool:
    """Whether `wanted` stands in `text` as whole words (Chinese: as a run); without letters or digits, as it is."""
    if not match_case:
        text, wanted = text.lower(), wanted.lower()
    tokens = re.findall(_TOKEN, fold(wanted))
    if not tokens:
        return wanted in text
    return f" {' '.join(tokens)} " in f" {' '.join(re.findall(_TOKEN, fold(text)))} "


def is_in_script(text: str, script: str) -> bool:
    """Whether `text` has letters and the Unicode name of each begins with `script`: `LATIN`, `CJK`."""
    letters = {char for char in text if char.isalpha()}
    return bool(letters) and all(unicodedata.name(char, "").startswith(script) for char in letters)


COUNTS: Mapping[str, Callable[[str], int]] = {
    "words": count_words,
    "sentences": count_sentences,
    "bullets": count_bullets,
    "lines": lambda text: sum(bool(line.strip()) for line in text.splitlines()),
    "characters": len,
    "chinese_characters": lambda text: len(re.findall(_HAN, text)),
}
"""What is counted and held against `min` and `max`."""

TEXTS: Mapping[str, Callable[[str, list[str], bool], bool]] = {
    "includes": lambda text, wanted, case: all(contains(text, item, match_case=case) for item in wanted),
    "excludes": lambda text, wanted, case: not any(contains(text, item, match_case=case) for item in wanted),
    "starts_with": lambda text, wanted, case: _case(text, case).startswith(tuple(_case(item, case) for item in wanted)),
    "ends_with": lambda text, wanted, case: _case(text, case).endswith(tuple(_case(item, case) for item in wanted)),
}
"""Includes all, excludes all, starts or ends with any of `texts`; case counts only with `match_case`."""

FORMS: Mapping[str, Callable[[str], bool]] = {
    "all_lowercase": str.islower,
    "all_uppercase": str.isupper,
    "no_commas": lambda text: not re.search("[,，、]", text),
    "json": lambda text: extract(text, raw_only=True) is not None,
    "latin_script": lambda text: is_in_script(text, "LATIN"),
    "chinese_script": lambda text: is_in_script(text, "CJK"),
}
"""What the whole output must be."""


def _case(text: str, match_case: bool) -> str:
    return text if match_case else text.lower()


def _holds(name: str, args: Any, text: str) -> bool:
    """Whether a well-formed rule holds for `text`, which is not empty."""
    if name in COUNTS:
        return bool(args.get("min", 0) <= COUNTS[name](text) <= args.get("max", float("inf")))
    if name in TEXTS:
        return TEXTS[name](text, args["texts"], args.get("match_case", False))
    return FORMS[name](text)


def _problem(rule: Json) -> str | None:
    """Return what is wrong with a rule as written, in one sentence; None where it can be checked."""
    if not isinstance(rule, dict) or not rule.keys() <= {"rule", "args"} or not isinstance(rule.get("rule"), str):
        return f'expected {{"rule": name, "args": {{...}}}}, not {rule!r}'
    name, args = rule["rule"], rule.get("args", {})
    if not isinstance(args, dict):
        return f"args of {name} must be an object, not {args!r}"
    if name in COUNTS:
        numbers = all(isinstance(n, int) and not isinstance(n, bool) for n in args.values())
        return None if args and args.keys() <= {"min", "max"} and numbers else f"{name} takes integers min and max"
    if name in TEXTS:
        texts = args.get("texts")
        fit = isinstance(texts, list) and texts and all(isinstance(item, str) and item for item in texts)
        known = args.keys() <= {"texts", "match_case"} and isinstance(args.get("match_case", False), bool)
        return None if fit and known else f"{name} takes texts, a list of texts, and match_case"
    if name in FORMS:
        return f"{name} takes no args" if args else None
    return f"there is no rule {name!r}; there are {', '.join([*COUNTS, *TEXTS, *FORMS])}"
