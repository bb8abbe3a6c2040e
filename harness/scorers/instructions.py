"""A scorer of IFEval's 25 kinds of instructions, strict and loose."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.core.canonical import Json
from harness.core.scores import Score, Unscored
from harness.core.suggest import did_you_mean
from harness.core.suites import Sample
from harness.scorers.language import KNOWN, MARKS, language_of
from harness.scorers.sentences import capital_words, sentences
from harness.scorers.text import CJK, TextScorer

Args = Mapping[str, Any]
"""What an instruction demands, by IFEval's names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionFollowing(TextScorer):
    """1 where the output follows every instruction of the target, strictly, else 0 (IFEval, Zhou et al. 2023).

    The target is a list of `{"instruction": id, "kwargs": {...}}` with the ids and kwargs of IFEval; kwargs that are
    null do not count. Strict: the output as it came, which is not empty. Loose: any of eight variants of it, without
    its first line, its last, both, each with and without its asterisks. Detail: `strict`, `loose` (instructions that
    are followed), `instructions`, `prompt_loose` (1 where all are, loosely) and, for the n-th, `n_id` 1 or 0.

    Verdicts equal those of IFEval's checkers, but: keywords are texts, no patterns; sentences are cut without NLTK's
    model and languages told without langdetect, each in its own module; `zh` is any Chinese; and where a text is
    Chinese, each character is a word, `。！？` end a sentence, `，` is a comma and a forbidden word needs no spaces
    around it.
    """

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        if not isinstance(sample.target, list) or not sample.target:
            return Unscored(reason="the target is not a list of instructions")
        strict, loose = {}, {}
        for number, instruction in enumerate(sample.target, start=1):
            if problem := _problem(instruction):
                return Unscored(reason=f"instruction {number}: {problem}")
            assert isinstance(instruction, dict)
            name, args = str(instruction["instruction"]), instruction.get("kwargs", {})
            assert isinstance(args, dict)
            follows = KINDS[name].follows
            followed = (follows(variant, args) for variant in _variants(text) if variant.strip())
            strict[f"{number}_{name}"] = bool(text.strip()) and next(followed)
            loose[name, number] = strict[f"{number}_{name}"] or any(followed)
        missed = [name for name, followed in strict.items() if not followed]
        detail = {"strict": sum(strict.values()), "loose": sum(loose.values()), "instructions": len(strict)}
        every = {**strict, **detail, "prompt_loose": all(loose.values())}
        return Score(
            value=float(not missed),
            reason=f"not followed: {', '.join(missed)}" * bool(missed),
            detail={name: float(value) for name, value in every.items()},
        )


def _variants(text: str) -> Iterator[str]:
    """Yield the output as it came and then what else counts loosely, each once."""
    _, _, without_first = text.partition("\n")
    without_last, _, _ = text.rpartition("\n")
    _, _, without_both = without_last.partition("\n")
    kept = [text, without_first.strip(), without_last.strip(), without_both.strip()]
    yield from dict.fromkeys([text, *(variant.replace("*", "") for variant in kept), *kept])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of instruction."""

    follows: Callable[[str, Args], bool]
    """Whether a text that is not blank follows it."""
    needs: Mapping[str, Callable[[Any], bool]]
    """Its kwargs, and what each must be."""


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_text, value))


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_relation(value: Any) -> bool:
    return value in ("less than", "at least")


def _is_letter(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[A-Za-z]", value) is not None


def _is_language(value: Any) -> bool:
    return isinstance(value, str) and value in KNOWN


def _counts(count: int, relation: str, bound: int) -> bool:
    return count < bound if relation == "less than" else count >= bound


def _words(text: str) -> int:
    return len(re.findall(rf"[{CJK}]|(?:[^\W{CJK}]|[{MARKS}])+", text))


def _occurrences(keyword: str, text: str) -> int:
    return len(re.findall(re.escape(keyword), text, re.IGNORECASE))


def _forbidden(word: str, text: str) -> bool:
    edge = "" if re.search(f"[{CJK}]", word) else r"\b"
    return re.search(edge + re.escape(word) + edge, text, re.IGNORECASE) is not None


def _paragraphs(text: str, args: Args) -> bool:
    """Between dividers; an empty one counts at neither end, and nowhere else may one be."""
    parts = [part.strip() for part in re.split(r"\s?\*\*\*\s?", text)]
    inner = parts[1:-1]
    return all(inner) and sum(map(bool, parts)) == args["num_paragraphs"]


def _nth_paragraph(text: str, args: Args) -> bool:
    parts, nth = [part.strip() for part in text.split("\n\n")], args["nth_paragraph"]
    count = sum(map(bool, parts))
    if count != args["num_paragraphs"] or nth > count or not parts[nth - 1]:
        return False
    word = parts[nth - 1].split(maxsplit=1)[0].lstrip("'").lstrip('"')
    return re.split("[.,?!'\"]", word, maxsplit=1)[0].lower() == str(args["first_word"]).lower()


def _placeholders(text: str) -> int:
    count, at = 0, text.find("[")
    while at >= 0:
        closed, line_end = text.find("]", at), text.find("\n", at)
        if closed < 0:
            break
        if 0 <= line_end < closed:
            at = text.find("[", line_end)  # none of this line is closed: looking at each would take for ever
        else:
            count, at = count + 1, text.find("[", closed)
    return count


def _has_postscript(text: str, marker: str) -> bool:
    known = {"P.P.S": r"p\.\s?p\.\s?s", "P.S.": r"p\.\s?s\."}
    return re.search(known.get(marker, re.escape(marker.lower())), text.lower()) is not None


def _bullets(text: str) -> int:
    stars = re.findall(r"^[^\S\n]*+\*[^*].*$", text, re.MULTILINE)
    return len(stars) + len(re.findall(r"^[^\S\n]*+-", text, re.MULTILINE))


def _highlights(text: str) -> int:
    single, double = re.findall(r"\*[^\n*]*+\*", text), re.findall(r"\*\*([^\n*]*+)\*\*", text)
    return sum(bool(found.strip("*").strip()) for found in single) + sum(bool(found.strip()) for found in double)


def _has_title(text: str) -> bool:
    for line in text.split("\n"):
        opened, closed = line.find("<<"), line.rfind(">>")
        if opened >= 0 and closed >= opened + 3 and line[opened : closed + 2].lstrip("<").rstrip(">").strip():
            return True
    return False


def _is_json(text: str) -> bool:
    text = text.strip()
    for fence in ("```json", "```Json", "```JSON", "```"):
        text = text.removeprefix(fence)
    try:
        json.loads(text.removesuffix("```").strip())
    except (ValueError, RecursionError):
        return False
    return True


def _two_responses(text: str) -> bool:
    parts = [part.strip() for part in text.split("******")]
    given = [part for part in parts if part]
    return all(parts[1:-1]) and len(given) == 2 and given[0] != given[1]


def _is_in(text: str, language: str) -> bool:
    """A text without letters is in every language, as IFEval has it."""
    told = language_of(text)
    return told == language or (told is None and not any(map(str.isalpha, text)))


_OPTIONS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")

KINDS: Mapping[str, Kind] = {
    "keywords:existence": Kind(
        follows=lambda text, a: all(_occurrences(keyword, text) for keyword in a["keywords"]),
        needs={"keywords": _is_texts},
    ),
    "keywords:frequency": Kind(
        follows=lambda text, a: _counts(_occurrences(a["keyword"].strip(), text), a["relation"], a["frequency"]),
        needs={"keyword": _is_text, "frequency": _is_count, "relation": _is_relation},
    ),
    "keywords:forbidden_words": Kind(
        follows=lambda text, a: not any(_forbidden(word, text) for word in a["forbidden_words"]),
        needs={"forbidden_words": _is_texts},
    ),
    "keywords:letter_frequency": Kind(
        follows=lambda text, a: _counts(text.lower().count(a["letter"].lower()), a["let_relation"], a["let_frequency"]),
        needs={"letter": _is_letter, "let_frequency": _is_count, "let_relation": _is_relation},
    ),
    "language:response_language": Kind(
        follows=lambda text, a: _is_in(text, a["language"]),
        needs={"language": _is_language},
    ),
    "length_constraints:number_sentences": Kind(
        follows=lambda text, a: _counts(len(sentences(text)), a["relation"], a["num_sentences"]),
        needs={"num_sentences": _is_count, "relation": _is_relation},
    ),
    "length_constraints:number_paragraphs": Kind(follows=_paragraphs, needs={"num_paragraphs": _is_count}),
    "length_constraints:number_words": Kind(
        follows=lambda text, a: _counts(_words(text), a["relation"], a["num_words"]),
        needs={"num_words": _is_count, "relation": _is_relation},
    ),
    "length_constraints:nth_paragraph_first_word": Kind(
        follows=_nth_paragraph,
        needs={"num_paragraphs": _is_count, "nth_paragraph": _is_count, "first_word": _is_text},
    ),
    "detectable_content:number_placeholders": Kind(
        follows=lambda text, a: _placeholders(text) >= a["num_placeholders"],
        needs={"num_placeholders": _is_count},
    ),
    "detectable_content:postscript": Kind(
        follows=lambda text, a: _has_postscript(text, a["postscript_marker"].strip()),
        needs={"postscript_marker": _is_text},
    ),
    "detectable_format:number_bullet_lists": Kind(
        follows=lambda text, a: _bullets(text) == a["num_bullets"],
        needs={"num_bullets": _is_count},
    ),
    "detectable_format:constrained_response": Kind(
        follows=lambda text, _: any(option in text for option in _OPTIONS),
        needs={},
    ),
    "detectable_format:number_highlighted_sections": Kind(
        follows=lambda text, a: _highlights(text) >= a["num_highlights"],
        needs={"num_highlights": _is_count},
    ),
    "detectable_format:multiple_sections": Kind(
        follows=lambda text, a: (
            len(re.findall(rf"{re.escape(a['section_spliter'].strip())}\s?\d+", text)) >= a["num_sections"]
        ),
        needs={"section_spliter": _is_text, "num_sections": _is_count},
    ),
    "detectable_format:json_format": Kind(follows=lambda text, _: _is_json(text), needs={}),
    "detectable_format:title": Kind(follows=lambda text, _: _has_title(text), needs={}),
    "combination:two_responses": Kind(follows=lambda text, _: _two_responses(text), needs={}),
    "combination:repeat_prompt": Kind(
        follows=lambda text, a: text.strip().lower().startswith(a["prompt_to_repeat"].strip().lower()),
        needs={"prompt_to_repeat": _is_text},
    ),
    "startend:end_checker": Kind(
        follows=lambda text, a: text.strip().strip('"').lower().endswith(a["end_phrase"].strip().lower()),
        needs={"end_phrase": _is_text},
    ),
    "startend:quotation": Kind(
        follows=lambda text, _: len(text.strip()) > 1 and text.strip()[0] == '"' == text.strip()[-1],
        needs={},
    ),
    "change_case:capital_word_frequency": Kind(
        follows=lambda text, a: _counts(capital_words(text), a["capital_relation"], a["capital_frequency"]),
        needs={"capital_frequency": _is_count, "capital_relation": _is_relation},
    ),
    "change_case:english_capital": Kind(follows=lambda text, _: text.isupper() and _is_in(text, "en"), needs={}),
    "change_case:english_lowercase": Kind(follows=lambda text, _: text.islower() and _is_in(text, "en"), needs={}),
    "punctuation:no_comma": Kind(follows=lambda text, _: not re.search("[,，]", text), needs={}),
}
"""Every kind by IFEval's id."""


def _problem(instruction: Json) -> str | None:
    """Return what is wrong with an instruction as written, in one sentence; None where it can be checked."""
    if not isinstance(instruction, dict) or not instruction.keys() <= {"instruction", "kwargs"}:
        return f'expected {{"instruction": id, "kwargs": {{...}}}}, not {instruction!r}'
    name, args = instruction.get("instruction"), instruction.get("kwargs", {})
    if not isinstance(name, str) or name not in KINDS:
        return f"there is no instruction {name!r}; {did_you_mean(str(name), KINDS)}"
    if not isinstance(args, dict):
        return f"kwargs of {name} must be an object, not {args!r}"
    needs, given = KINDS[name].needs, {key: value for key, value in args.items() if value is not None}
    wrong = [key for key, fits in needs.items() if not fits(given.get(key))]
    if wrong or given.keys() - needs.keys():
        wrong += sorted(given.keys() - needs.keys())
        return f"{name} takes {', '.join(needs) or 'no kwargs'}; wrong: {', '.join(wrong)}"
    return None
