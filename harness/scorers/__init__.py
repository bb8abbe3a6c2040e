"""Pure judges of one output, one family a file, which is loaded when one of it is asked for."""

from typing import TYPE_CHECKING

from harness.scorers.registry import SCORERS, by_name

if TYPE_CHECKING:
    from harness.core.scores import Scorer
    from harness.scorers.chunks import ChunkBoundaries, WholeAnswers
    from harness.scorers.clips import OrderedClip
    from harness.scorers.code import PassesTests
    from harness.scorers.drawing import DrawnShapes, RenderedText
    from harness.scorers.entities import EntityF1
    from harness.scorers.grounding import Citations, Faithfulness
    from harness.scorers.instructions import InstructionFollowing
    from harness.scorers.label import LabelMatch, TagF1
    from harness.scorers.match import Contains, ExactMatch
    from harness.scorers.number import NumberMatch
    from harness.scorers.retrieval import AveragePrecision, HitAt, Ndcg, RecallAt, ReciprocalRank, RewriteRecall
    from harness.scorers.rules import Rules
    from harness.scorers.scripts import ScriptRules
    from harness.scorers.speech import Dnsmos, TranscriptAccuracy, WordAccuracy
    from harness.scorers.spoken import SpokenContains, SpokenLabel, SpokenNumber
    from harness.scorers.structured import FieldF1, JsonMatch
    from harness.scorers.tools import ToolCalls
    from harness.scorers.turns import Patience, Steadiness, Yielding
    from harness.scorers.vision import Anls, OcrContains, RelaxedAccuracy

__all__ = [
    "SCORERS", "Anls", "AveragePrecision", "ChunkBoundaries", "Citations", "Contains", "Dnsmos", "DrawnShapes",
    "EntityF1", "ExactMatch", "Faithfulness", "FieldF1", "HitAt", "InstructionFollowing", "JsonMatch", "LabelMatch",
    "Ndcg", "NumberMatch", "OcrContains", "OrderedClip", "PassesTests", "Patience", "RecallAt", "ReciprocalRank",
    "RelaxedAccuracy", "RenderedText", "RewriteRecall", "Rules", "ScriptRules", "SpokenContains", "SpokenLabel",
    "SpokenNumber", "Steadiness", "TagF1", "ToolCalls", "TranscriptAccuracy", "WholeAnswers", "WordAccuracy",
    "Yielding", "by_name",
]  # fmt: skip


def __getattr__(name: str) -> type["Scorer"]:
    for scorer, place in SCORERS.items():
        if place.endswith(f":{name}"):
            return by_name(scorer)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
