"""Pure judges of one output, one family a file."""

from harness.scorers.entities import EntityF1
from harness.scorers.grounding import Citations, Faithfulness
from harness.scorers.instructions import InstructionFollowing
from harness.scorers.label import LabelMatch
from harness.scorers.match import Contains, ExactMatch
from harness.scorers.number import NumberMatch
from harness.scorers.registry import SCORERS, by_name
from harness.scorers.retrieval import AveragePrecision, HitAt, Ndcg, RecallAt, ReciprocalRank, RewriteRecall
from harness.scorers.rules import Rules
from harness.scorers.speech import Dnsmos, WordAccuracy
from harness.scorers.structured import FieldF1, JsonMatch
from harness.scorers.vision import Anls, OcrContains, RelaxedAccuracy

__all__ = [
    "SCORERS", "Anls", "AveragePrecision", "Citations", "Contains", "Dnsmos", "EntityF1", "ExactMatch", "Faithfulness",
    "FieldF1", "HitAt", "InstructionFollowing", "JsonMatch", "LabelMatch", "Ndcg", "NumberMatch", "OcrContains",
    "RecallAt", "ReciprocalRank", "RelaxedAccuracy", "RewriteRecall", "Rules", "WordAccuracy", "by_name",
]  # fmt: skip
