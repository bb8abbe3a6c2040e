"""Scorers of turn taking in a live session: by when each side spoke, never by what it said.

The windows are those of tau-voice (tau2-bench, docs/interaction-metrics.md) and Full-Duplex-Bench v1; times are those
of a player beside the user, see `core.turns`.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from harness.core.calls import Output
from harness.core.media import Audio
from harness.core.scores import Reading, Score, Scorer, Unscored
from harness.core.suites import Sample
from harness.core.turns import AGENT, USER, Turn, turns_of

_SAME_MS = 1.0
"""The user's turns are the sample's recordings, to the sample; more is another session."""


class TurnScorer(Scorer):
    """Judges the turns of a session. Who has said nothing, in one, scores 0; an output of no session is Unscored."""

    def score(
        self,
        sample: Sample,
        output: Output,
        readings: Mapping[str, Reading],  # noqa: ARG002  # the signature of every scorer; turns need no instrument
    ) -> Score | Unscored:
        user, agent = (turns_of(output.values, side) for side in (USER, AGENT))
        if not user:
            if output.audio is not None or output.text:
                return Unscored(reason="the output is of no live session")
            return Score(value=0.0, reason="nothing was spoken")
        lengths = [recording.seconds * 1000 for recording in sample.media if isinstance(recording, Audio)]
        said = [turn.end_ms - turn.start_ms for turn in user]
        if any(abs(a - b) > _SAME_MS for a, b in zip(said, lengths, strict=False)):
            return Score(value=0.0, reason="it is a session of another sample")
        if not agent:
            return Score(value=0.0, reason="it had not spoken when the session ended")
        return self.judge(user, agent)

    @abstractmethod
    def judge(self, user: list[Turn], agent: list[Turn]) -> Score | Unscored:
        """Judge turns of which each side has at least one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience(TurnScorer):
    """1 where nobody takes the turn before the user has ended, pauses and all, and somebody does after.

    A turn is taken by who speaks for `taken_s`, or says more than `words` (Full-Duplex-Bench: less is a backchannel).
    `latency_ms` is from the end of what the user says to the beginning of the answer, which is never negative.
    """

    taken_s: float = 1.0
    words: int = 3

    def judge(self, user: list[Turn], agent: list[Turn]) -> Score | Unscored:
        end = user[0].end_ms
        taken = [turn for turn in agent if self._takes(turn)]
        if early := next((turn for turn in taken if turn.start_ms < end), None):
            return Score(value=0.0, reason=f"it spoke {(end - early.start_ms) / 1000:.1f} s before the user had ended")
        if not taken:
            return Score(value=0.0, reason="it never took its turn")
        latency_ms = taken[0].start_ms - end
        return Score(value=1.0, reason=f"it waited, and answered after {latency_ms / 1000:.1f} s",
                     detail={"latency_ms": latency_ms})  # fmt: skip

    def _takes(self, turn: Turn) -> bool:
        long = turn.end_ms - turn.start_ms >= self.taken_s * 1000
        return long or turn.words > self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Yielding(TurnScorer):
    """1 where an answer that the user cuts into falls silent within `within_s` of the user's first sound.

    `yield_ms` is how long it took; `latency_ms`, where it answered, from the end of the interruption to that.
    """

    within_s: float = 2.0

    def judge(self, user: list[Turn], agent: list[Turn]) -> Score | Unscored:
        if isinstance(met := _interrupted(user, agent), Unscored):
            return met
        start, end = user[1].start_ms, user[1].end_ms
        yield_ms = met.end_ms - start
        if not met.cut:
            if yield_ms <= self.within_s * 1000:
                return Unscored(reason="its answer was over before it had to fall silent")
            return Score(value=0.0, reason="it went on speaking")
        detail = {"yield_ms": yield_ms}
        if (after := next((turn for turn in agent if turn.start_ms >= end), None)) is not None:
            detail["latency_ms"] = after.start_ms - end
        fell = f"it fell silent after {yield_ms / 1000:.1f} s"
        return Score(value=float(yield_ms <= self.within_s * 1000), reason=fell, detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steadiness(TurnScorer):
    """1 where an answer goes on while the user lets it be known that somebody listens ("uh-huh").

    0 where it falls silent within `yield_s` of the user's first sound, or another answer begins within `answer_s` of
    the last.
    """

    yield_s: float = 1.0
    answer_s: float = 2.0

    def judge(self, user: list[Turn], agent: list[Turn]) -> Score | Unscored:
        if isinstance(met := _interrupted(user, agent), Unscored):
            return met
        start, end = user[1].start_ms, user[1].end_ms
        if met.end_ms - start <= self.yield_s * 1000:
            if not met.cut:
                return Unscored(reason="its answer was over before it could be seen to go on")
            fell = (met.end_ms - start) / 1000
            return Score(value=0.0, reason=f"it fell silent after {fell:.1f} s", detail={"yield_ms": fell * 1000})
        another = next((turn for turn in agent if start <= turn.start_ms < end + self.answer_s * 1000), None)
        if another is not None:
            return Score(value=0.0, reason="it answered what asked for no answer")
        return Score(value=1.0, reason="it went on speaking")


def _interrupted(user: list[Turn], agent: list[Turn]) -> Turn | Unscored:
    """Return the answer into which the user spoke."""
    if len(user) < 2:
        return Unscored(reason="its answer was over before the user could cut in")
    start = user[1].start_ms
    met = next((turn for turn in agent if turn.start_ms < start <= turn.end_ms), None)
    return met or Unscored(reason="it was silent when the user cut in")
