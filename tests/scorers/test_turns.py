"""Turns are judged by when they begin and end; the windows are exact."""

from typing import Any

import pytest

from harness.core.calls import Output
from harness.core.media import Audio
from harness.core.scores import Score, Unscored
from harness.core.suites import Sample
from harness.core.turns import AGENT, USER, Turn, turns_of, values_of
from harness.scorers import Patience, Steadiness, Yielding
from harness.scorers.turns import TurnScorer

SAID = (2.0, 0.5)
"""Seconds of the question and of what the user says into the answer."""


def recording(seconds: float) -> Audio:
    return Audio(sha256="0" * 64, mime="audio/flac", seconds=seconds, sample_rate=24_000, size=1)


def turn(start: float, end: float, text: str = "", *, cut: bool = False, speaker: str = AGENT) -> Turn:
    """In seconds."""
    return Turn(speaker=speaker, start_ms=start * 1000, end_ms=end * 1000, words=len(text.split()), cut=cut)


def judge(scorer: TurnScorer, *turns: Turn, cut_in: float | None = None) -> Score | Unscored:
    user = [turn(0, SAID[0], speaker=USER)]
    user += [] if cut_in is None else [turn(cut_in, cut_in + SAID[1], speaker=USER)]
    sample = Sample(id="s", input="?", media=tuple(map(recording, SAID[: len(user)])))
    return scorer.score(sample, Output(values=values_of([*user, *turns])), {})


PATIENCE, YIELDING, STEADINESS = Patience(), Yielding(), Steadiness()


@pytest.mark.parametrize(
    ("scorer", "turns", "cut_in", "detail"),
    [
        pytest.param(PATIENCE, [turn(2.5, 5)], None, {"latency_ms": 500}, id="it waits"),
        pytest.param(PATIENCE, [turn(2.0, 3.0)], None, {"latency_ms": 0}, id="for a second, at once"),
        pytest.param(PATIENCE, [turn(2.5, 2.6, "a b c d")], None, {"latency_ms": 500}, id="more than three words"),
        pytest.param(PATIENCE, [turn(1, 1.9, "I see"), turn(3, 5)], None, {"latency_ms": 1000}, id="it listens aloud"),
        pytest.param(YIELDING, [turn(3, 6.5, cut=True)], 5.0, {"yield_ms": 1500}, id="it yields"),
        pytest.param(YIELDING, [turn(3, 7.0, cut=True)], 5.0, {"yield_ms": 2000}, id="at the last moment"),
        pytest.param(
            YIELDING,
            [turn(3, 5.2, cut=True), turn(6.5, 8)],
            5.0,
            {"yield_ms": 200, "latency_ms": 1000},
            id="and answers",
        ),
        pytest.param(STEADINESS, [turn(3, 9)], 5.0, {}, id="it goes on"),
        pytest.param(STEADINESS, [turn(3, 6.1, cut=True)], 5.0, {}, id="for more than a second"),
        pytest.param(STEADINESS, [turn(3, 6.1), turn(7.5, 8)], 5.0, {}, id="and answers two seconds after"),
    ],
)  # fmt: skip
def test_scores_one(scorer: TurnScorer, turns: list[Turn], cut_in: float | None, detail: dict[str, float]) -> None:
    score = judge(scorer, *turns, cut_in=cut_in)
    assert isinstance(score, Score), score
    assert score.value == 1.0, score
    assert score.detail == pytest.approx(detail)


@pytest.mark.parametrize(
    ("scorer", "turns", "cut_in", "reason"),
    [
        pytest.param(PATIENCE, [turn(1.5, 4), turn(5, 8)], None, "0.5 s before the user had ended", id="too early"),
        pytest.param(PATIENCE, [turn(1.5, 1.9, "so you want to")], None, "before the user", id="cut, of many words"),
        pytest.param(PATIENCE, [turn(2.5, 3.0, "I see")], None, "never took its turn", id="a backchannel alone"),
        pytest.param(YIELDING, [turn(3, 7.1, cut=True)], 5.0, "after 2.1 s", id="too late"),
        pytest.param(YIELDING, [turn(3, 9)], 5.0, "went on speaking", id="never"),
        pytest.param(STEADINESS, [turn(3, 6.0, cut=True)], 5.0, "fell silent after 1.0 s", id="it yields to uh-huh"),
        pytest.param(STEADINESS, [turn(3, 7.0), turn(7.4, 8)], 5.0, "asked for no answer", id="it answers uh-huh"),
        *(
            pytest.param(scorer, [], None, "had not spoken", id=f"silence: {scorer.name}")
            for scorer in (PATIENCE, YIELDING)
        ),
    ],
)
def test_scores_zero(scorer: TurnScorer, turns: list[Turn], cut_in: float | None, reason: str) -> None:
    score = judge(scorer, *turns, cut_in=cut_in)
    assert isinstance(score, Score), score
    assert score.value == 0.0
    assert reason in score.reason


@pytest.mark.parametrize(
    ("scorer", "turns", "cut_in"),
    [
        pytest.param(YIELDING, [turn(3, 4)], None, id="over before the user cut in"),
        pytest.param(YIELDING, [turn(3, 6)], 5.0, id="over before it had to yield"),
        pytest.param(STEADINESS, [turn(3, 5.5)], 5.0, id="over before it could go on"),
        pytest.param(STEADINESS, [turn(3, 4)], 5.0, id="silent when the user spoke"),
    ],
)
def test_unscored(scorer: TurnScorer, turns: list[Turn], cut_in: float | None) -> None:
    assert isinstance(judge(scorer, *turns, cut_in=cut_in), Unscored)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        pytest.param({"values": values_of([turn(0, 3, speaker=USER), turn(4, 6)])}, 0.0, id="of another sample"),
        pytest.param({}, 0.0, id="empty"),
        pytest.param({"text": "hello"}, None, id="of no session"),
        pytest.param({"audio": recording(1.0)}, None, id="a clip of no session"),
    ],
)
def test_outputs_that_are_no_session_of_this_sample(output: dict[str, Any], expected: float | None) -> None:
    score = PATIENCE.score(Sample(id="s", input="?", media=(recording(2.0),)), Output(**output), {})
    assert (score.value if isinstance(score, Score) else None) == expected


def test_turns_come_back_from_numbers() -> None:
    turns = [
        turn(0, 2, speaker=USER),
        turn(2.5, 4, "so it is", cut=True),
        turn(3, 3.5, speaker=USER),
        turn(4, 9, "yes"),
    ]
    assert [*turns_of(values_of(turns), USER), *turns_of(values_of(turns), AGENT)] == [turns[i] for i in (0, 2, 1, 3)]
    assert turns_of({"ovrl": 3.0}, AGENT) == []
