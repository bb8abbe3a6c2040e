"""A scorer of short-video scripts: what code can check of a brief."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.core.canonical import Json
from harness.core.scores import Score, Unscored
from harness.core.suites import Sample
from harness.scorers.rules import contains, count_words
from harness.scorers.sentences import sentences
from harness.scorers.text import TextScorer

_SCENE = re.compile(r"^[#* \t]*+(?:Scene|场景)[ \t]*+(\d{1,3})[* \t]*+(?:[:：.].*)?$", re.MULTILINE | re.IGNORECASE)
_LINE = re.compile(r"^[ \t*-]*+(Visual|Voice|画面|口播)[ \t*]*+[:：][ \t*]*+(.*)$", re.MULTILINE | re.IGNORECASE)
_VOICE = ("voice", "口播")
BRIEF: Mapping[str, str] = {
    "seconds": "least and most seconds of speech", "scenes": "least and most scenes",
    "hook_words": "most words of the first sentence", "includes": "phrases", "excludes": "words",
    "ends_with": "phrases",
}  # fmt: skip
"""What a target states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptRules(TextScorer):
    """1 where a script keeps every rule of its brief, else 0.

    A script is scenes: a line `Scene 1:` (`场景1：`), then a line `Visual: ...` (`画面：`) and a line `Voice: ...`
    (`口播：`), numbered from 1. The target has all of `seconds` and `scenes` ([least, most]), `hook_words`, `includes`,
    `excludes` and `ends_with`. Rules: `format` (every scene has both lines, the numbers follow one another), `scenes`,
    `length` (the words of the voice at `words_per_minute`, Chinese characters at `characters_per_minute`), `hook` (the
    first spoken sentence is short and asks, names a number or says you), `includes` (each is spoken), `excludes` (none
    stands anywhere), `call_to_action` (the last spoken sentence has one of `ends_with`).
    Detail: each rule 1 or 0, `held`, `rules`, `seconds`, `spoken_scenes`. What is said well is for people or a judge.
    """

    words_per_minute: int = 150
    characters_per_minute: int = 270

    def __post_init__(self) -> None:
        if min(self.words_per_minute, self.characters_per_minute) < 1:
            raise ValueError("script_rules reads at least one word and one character a minute")

    def judge(self, sample: Sample, text: str) -> Score | Unscored:
        brief: Any = sample.target
        if problem := _problem(brief) if isinstance(brief, dict) else "the target is no brief":
            return Unscored(reason=problem)
        numbers = [int(number) for number in _SCENE.findall(text)]
        bodies = _SCENE.split(text)[2::2]
        lines = [{kind.lower(): said.strip() for kind, said in _LINE.findall(body)} for body in bodies]
        spoken = [said for scene in lines for kind, said in scene.items() if kind in _VOICE and said]
        if not spoken:
            return Score(value=0.0, reason="no scene with a voice")
        voice = "\n".join(spoken)
        seconds = self.seconds(voice)
        said = [sentence for part in spoken for sentence in sentences(part)] or [voice]
        kept = {
            "format": numbers == list(range(1, len(numbers) + 1)) and all(map(_is_whole, lines)),
            "scenes": brief["scenes"][0] <= len(numbers) <= brief["scenes"][1],
            "length": brief["seconds"][0] <= seconds <= brief["seconds"][1],
            "hook": _is_hook(said[0], brief["hook_words"]),
            "includes": all(contains(voice, phrase, match_case=False) for phrase in brief["includes"]),
            "excludes": not any(contains(text, word, match_case=False) for word in brief["excludes"]),
            "call_to_action": any(contains(said[-1], phrase, match_case=False) for phrase in brief["ends_with"]),
        }
        broken = [rule for rule, holds in kept.items() if not holds]
        detail = {rule: float(holds) for rule, holds in kept.items()}
        return Score(
            value=float(not broken),
            reason=f"broken: {', '.join(broken)}" * bool(broken),
            detail={
                **detail,
                "held": float(len(kept) - len(broken)),
                "rules": float(len(kept)),
                "seconds": round(seconds, 1),
                "spoken_scenes": float(len(spoken)),
            },
        )

    def seconds(self, voice: str) -> float:
        """Return how long `voice` takes to be read aloud."""
        characters = len(re.findall("[\u3400-\u4dbf\u4e00-\u9fff]", voice))
        words = count_words(voice) - characters
        return 60 * (max(0, words) / self.words_per_minute + characters / self.characters_per_minute)


def _is_whole(scene: Mapping[str, str]) -> bool:
    return bool(scene.get("visual") or scene.get("画面")) and bool(scene.get("voice") or scene.get("口播"))


def _is_hook(sentence: str, most_words: int) -> bool:
    pulls = re.search(r"[?？\d]|\byou(?:r|rs)?\b|[你您几谁]|什么|怎么|为什么", sentence, re.IGNORECASE)
    return count_words(sentence) <= most_words and pulls is not None


def _problem(brief: Mapping[str, Json]) -> str | None:
    """Return what is wrong with a brief as written, in one sentence; None where it can be checked."""
    if brief.keys() != BRIEF.keys():
        return f"a brief has exactly {', '.join(BRIEF)}"
    fits = {
        **{name: _is_range(brief[name]) for name in ("seconds", "scenes")},
        "hook_words": _is_number(brief["hook_words"]),
        **{name: _is_texts(brief[name]) for name in ("includes", "excludes", "ends_with")},
    }
    wrong = next((name for name, fit in fits.items() if not fit), None)
    return None if wrong is None else f"{wrong} of a brief is: {BRIEF[wrong]}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_range(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)
