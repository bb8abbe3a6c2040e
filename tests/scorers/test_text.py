"""The normal form equals SQuAD's on ASCII, and does to Chinese what it says."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.calls import Output
from harness.core.media import Audio
from harness.core.scores import Score, Unscored
from harness.core.suites import Sample
from harness.scorers import ExactMatch
from harness.scorers.text import answers, fold, normalise, words


def squad(text: str) -> str:
    """SQuAD v1.1's `normalize_answer`, written again from its description: lower, punctuation, articles, space."""
    kept = [char for char in text.lower() if char not in set(string.punctuation)]
    return " ".join(re.sub(r"\b(?:a|an|the)\b", " ", "".join(kept)).split())


@settings(deadline=None)
@given(st.text(alphabet=[chr(code) for code in range(128)], max_size=80))
def test_the_normal_form_of_ascii_is_squads(text: str) -> None:
    assert normalise(text) == squad(text)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["The", "a", "an", "cat.", "Theatre", "don't", "A-1", ",", "  ", "\n"]), max_size=12))
def test_the_normal_form_of_english_is_squads(pieces: list[str]) -> None:
    assert normalise(" ".join(pieces)) == squad(" ".join(pieces))


@settings(deadline=None)
@given(st.text(max_size=60))
def test_the_normal_form_is_a_fixed_point_when_articles_are_kept(text: str) -> None:
    once = normalise(text, keep_articles=True)
    assert normalise(once, keep_articles=True) == once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("《静夜思》，李白。", ["静", "夜", "思", "李", "白"], id="Chinese punctuation parts"),
        pytest.param("北 京", ["北", "京"], id="space between characters does not count"),
        pytest.param("答案是Paris。", ["答", "案", "是", "paris"], id="Latin inside Chinese is a word"),
        pytest.param("ＡＢＣ１２", ["abc12"], id="full-width letters and digits"),
        pytest.param("１２，３４", ["12", "34"], id="a full-width comma parts, unlike an ASCII one"),
        pytest.param("it’s “fine”", ["its", "fine"], id="typographic quotes go like ASCII ones"),
        pytest.param("Paris—the capital", ["paris", "capital"], id="a dash parts"),
        pytest.param("选A", ["选", "a"], id="an article glued to Chinese is a letter"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_fold_changes_only_full_width_forms() -> None:
    assert fold("Ａ１，　é。") == "A1, é。"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param("x", ["x"], id="a text"),
        pytest.param(["x", 2], ["x", "2"], id="a list"),
        pytest.param(2.5, ["2.5"], id="a number"),
        pytest.param(None, None, id="nothing"),
        pytest.param([], None, id="an empty list"),
        pytest.param(["x", " "], None, id="a blank among them"),
        pytest.param(True, None, id="a truth value"),
        pytest.param({"x": 1}, None, id="an object"),
    ],
)
def test_answers(target: object, expected: list[str] | None) -> None:
    assert answers(target) == expected  # type: ignore[arg-type]


def test_audio_alone_is_unscored_but_nothing_at_all_is_an_empty_answer() -> None:
    sample = Sample(id="s", input="?", target="x")
    clip = Audio(sha256="0" * 64, mime="audio/wav", seconds=1.0, sample_rate=16000, size=1)
    assert isinstance(ExactMatch().score(sample, Output(audio=clip), {}), Unscored)
    assert ExactMatch().score(sample, Output(finish_reason="content_filter"), {}) == Score(
        value=0.0, reason="expected 'x'"
    )
