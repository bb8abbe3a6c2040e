"""Pinyin becomes the phonemes that Kokoro knows; words are the longest phrases of the dictionary."""

import pytest

from harness.local.mandarin import Dictionary, parts, phonemes, sentences

DICTIONARY = Dictionary(
    characters={
        str(ord(char)): read for char, read in {"银": "yín", "行": "xíng,háng", "走": "zǒu", "了": "le,liǎo"}.items()
    },
    phrases={"银行": [["yín"], ["háng"]]},
    longest=2,
)


@pytest.mark.parametrize(
    ("syllable", "sound"),
    [
        ("mā", "ma→"), ("má", "ma↗"), ("mǎ", "ma↓"), ("mà", "ma↘"), ("ma", "ma"),
        ("zhī", "ꭧɨ→"), ("cí", "ʦʰɨ↗"), ("rì", "ɻɨ↘"), ("jī", "ʨi→"),
        ("yī", "i→"), ("yá", "ja↗"), ("yǒu", "jou↓"), ("yú", "y↗"), ("yuàn", "ɥɛ↘n"), ("wǒ", "wo↓"), ("wǔ", "u↓"),
        ("lǜ", "ly↘"), ("xué", "ɕɥe↗"), ("jūn", "ʨy→n"), ("quán", "ʨʰɥɛ↗n"),
        ("ér", "ɚ↗"), ("xióng", "ɕjʊ↗ŋ"), ("shuǐ", "ʂwei↓"), ("liù", "ljou↘"), ("chūn", "ꭧʰwə→n"),
        ("", ""), ("xyz", ""),
    ],
)  # fmt: skip
def test_how_a_syllable_sounds(syllable: str, sound: str) -> None:
    assert phonemes(syllable) == sound


def test_the_longest_phrase_decides_how_a_character_is_read() -> None:
    assert list(DICTIONARY.words("银行行了")) == [["yín", "háng"], ["xíng"], ["le"]]
    assert list(DICTIONARY.words("走䲔")) == [["zǒu"]], "a character that no dictionary has is passed over"


def test_a_text_is_cut_into_sentences_and_these_by_script() -> None:
    assert sentences("你好。走吧！ 谁？") == ["你好。", "走吧！", "谁？"]
    assert list(parts("我的 app，坏了。")) == [
        ("我的", True), (" ", False), ("app", False), (", ", False), ("坏了", True), (". ", False)
    ]  # fmt: skip
