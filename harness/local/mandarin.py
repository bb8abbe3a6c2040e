"""How Chinese is read aloud: characters to pinyin by a dictionary, pinyin to Kokoro's phonemes."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

INITIALS = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l", "g": "k", "k": "kʰ", "h": "x",
    "j": "ʨ", "q": "ʨʰ", "x": "ɕ", "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "r": "ɻ", "z": "ʦ", "c": "ʦʰ", "s": "s",
}  # fmt: skip
FINALS = {
    "a": "a0", "ai": "ai0", "an": "a0n", "ang": "a0ŋ", "ao": "au0", "e": "ɤ0", "ei": "ei0", "en": "ə0n", "eng": "ə0ŋ",
    "er": "ɚ0", "o": "wo0", "ong": "ʊ0ŋ", "ou": "ou0", "ê": "ɛ0",
    "i": "i0", "ia": "ja0", "ian": "jɛ0n", "iang": "ja0ŋ", "iao": "jau0", "ie": "je0", "in": "i0n", "ing": "i0ŋ",
    "io": "jɔ0", "iong": "jʊ0ŋ", "iu": "jou0", "iou": "jou0",
    "u": "u0", "ua": "wa0", "uai": "wai0", "uan": "wa0n", "uang": "wa0ŋ", "ui": "wei0", "uei": "wei0", "un": "wə0n",
    "uen": "wə0n", "ueng": "wə0ŋ", "uo": "wo0",
    "ü": "y0", "üe": "ɥe0", "üan": "ɥɛ0n", "ün": "y0n",
}  # fmt: skip
"""Final → its phonemes, with 0 where the tone stands."""
BUZZED = "ɨ0"
"""The vowel of zhi, chi, shi, ri, zi, ci and si."""
TONES = {"\u0304": "→", "\u0301": "↗", "\u030c": "↓", "\u0300": "↘"}
"""Accent over a vowel → tone; the neutral tone has neither."""
MARKS = str.maketrans({
    "，": ", ", "、": ", ", "。": ". ", "！": "! ", "？": "? ", "；": "; ", "：": ": ", "（": " (", "）": ") ",
    "《": " “", "》": "” ", "「": " “", "」": "” ", "…": "…", "—": "—",
})  # fmt: skip
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_PARTS = re.compile(rf"{HAN.pattern}|[A-Za-z][A-Za-z' -]*|[^A-Za-z\u3400-\u4dbf\u4e00-\u9fff]+")
_ENDS = re.compile(r"(?<=[。！？；\n])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """How characters are read, alone and together; pypinyin's data."""

    characters: Mapping[str, str]
    """Unicode's number of a character → its readings with accents, by comma, the usual one first."""
    phrases: Mapping[str, Sequence[Sequence[str]]]
    """Several characters → the readings of each."""
    longest: int
    """Most characters of a phrase."""

    def words(self, text: str) -> Iterator[list[str]]:
        """Yield the syllables of each word of `text`, which is Chinese: the longest phrases, else characters."""
        at = 0
        while at < len(text):
            for length in range(min(self.longest, len(text) - at), 1, -1):
                if (known := self.phrases.get(text[at : at + length])) is not None:
                    yield [readings[0] for readings in known]
                    break
            else:
                length = 1
                if readings := self.characters.get(str(ord(text[at]))):
                    yield [readings.partition(",")[0]]
            at += length


def sentences(text: str) -> list[str]:
    """Cut `text` after the marks that end a sentence."""
    return [part for part in (part.strip() for part in _ENDS.split(text)) if part]


def parts(sentence: str) -> Iterator[tuple[str, bool]]:
    """Yield the stretches of a sentence and whether each is of Chinese characters; marks become Latin ones."""
    for match in _PARTS.finditer(sentence):
        yield match[0].translate(MARKS), bool(HAN.match(match[0]))


def phonemes(syllable: str) -> str:
    """Return how a syllable of pinyin with its accent sounds, such as `xia→`-like signs for `xiā`; "" for none."""
    apart = unicodedata.normalize("NFD", syllable)
    tone = next((sign for accent, sign in TONES.items() if accent in apart), "")
    plain = unicodedata.normalize("NFC", "".join(char for char in apart if char not in TONES))
    if plain.startswith(("y", "w")):  # how a final is spelled that has no initial
        vowel = {"y": "i", "w": "u"}[plain[0]]
        plain = {"yu": "ü", "yi": "i", "wu": "u"}.get(plain[:2], vowel + plain[1:2]) + plain[2:]
    initial = next((start for start in (plain[:2], plain[:1]) if start in INITIALS), "")
    final = plain.removeprefix(initial)
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "ü" + final[1:]
    if final == "i" and initial in ("zh", "ch", "sh", "r", "z", "c", "s"):
        return INITIALS[initial] + BUZZED.replace("0", tone)
    return INITIALS.get(initial, "") + FINALS[final].replace("0", tone) if final in FINALS else ""
