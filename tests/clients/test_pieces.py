"""Sentences while they are being written: what they are, and with which event each is known to be whole."""

import pytest

from harness.clients.pieces import pieces, whole_at


@pytest.mark.parametrize(
    ("events", "spoken", "known"),
    [
        pytest.param(["It is four."], ["It is four."], [0], id="one, at the end"),
        pytest.param(["It is", " four.", " Sure", "."], ["It is four.", "Sure."], [2, 3], id="when the next begins"),
        pytest.param(["It is 3.", "5 km. Yes."], ["It is 3.5 km.", "Yes."], [1, 1], id="a decimal point is no end"),
        pytest.param(["Dr. Wu ", "left. Go"], ["Dr. Wu left.", "Go"], [1, 1], id="nor is that of an abbreviation"),
        pytest.param(["好的。", "现在", "走吧！"], ["好的。", "现在走吧！"], [1, 2], id="Chinese"),
        pytest.param(["Yes. Yes.", " Yes."], ["Yes.", "Yes.", "Yes."], [0, 1, 1], id="the same thrice"),
        pytest.param(["  \n"], [], [], id="nothing to say"),
    ],
)
def test_a_sentence_is_whole_when_what_follows_has_begun(
    events: list[str], spoken: list[str], known: list[int]
) -> None:
    text, growth = "", []
    for at, event in enumerate(events):
        text += event
        growth.append((at, len(text)))
    assert pieces(text) == spoken
    assert list(whole_at(text, growth, len(events) - 1)) == known
