"""Scorers by name, for suites that are written in YAML."""

from collections.abc import Mapping
from importlib.metadata import entry_points

from harness.core.scores import Scorer
from harness.core.suggest import did_you_mean
from harness.errors import UsageError
from harness.scorers.entities import EntityF1
from harness.scorers.grounding import Citations, Faithfulness
from harness.scorers.instructions import InstructionFollowing
from harness.scorers.label import LabelMatch
from harness.scorers.match import Contains, ExactMatch
from harness.scorers.number import NumberMatch
from harness.scorers.retrieval import AveragePrecision, HitAt, Ndcg, RecallAt, ReciprocalRank, RewriteRecall
from harness.scorers.rules import Rules
from harness.scorers.speech import Dnsmos, WordAccuracy
from harness.scorers.structured import FieldF1, JsonMatch
from harness.scorers.vision import Anls, OcrContains, RelaxedAccuracy

SCORERS: Mapping[str, type[Scorer]] = {
    "exact_match": ExactMatch,
    "contains": Contains,
    "number_match": NumberMatch,
    "label_match": LabelMatch,
    "json_match": JsonMatch,
    "field_f1": FieldF1,
    "entity_f1": EntityF1,
    "rules": Rules,
    "instruction_following": InstructionFollowing,
    "word_accuracy": WordAccuracy,
    "dnsmos": Dnsmos,
    "anls": Anls,
    "relaxed_accuracy": RelaxedAccuracy,
    "ocr_contains": OcrContains,
    "recall_at": RecallAt,
    "hit_at": HitAt,
    "reciprocal_rank": ReciprocalRank,
    "average_precision": AveragePrecision,
    "ndcg": Ndcg,
    "rewrite_recall": RewriteRecall,
    "citations": Citations,
    "faithfulness": Faithfulness,
}
"""Those that Bakeoff ships."""

GROUP = "bakeoff.scorers"
"""Entry point group in which installed packages offer more."""


def by_name(name: str) -> type[Scorer]:
    """Return the scorer class called `name`: a shipped one, else one of an installed package.

    Raises UsageError, with a did-you-mean, where there is none or what is there is no scorer.
    """
    if name in SCORERS:
        return SCORERS[name]
    offered = entry_points(group=GROUP)
    for entry in offered.select(name=name):
        scorer = entry.load()
        if isinstance(scorer, type) and issubclass(scorer, Scorer):
            return scorer
        raise UsageError(f"{entry.value}, offered as scorer {name!r}, is no subclass of harness.Scorer")
    known = [*SCORERS, *sorted(offered.names)]
    raise UsageError(f"there is no scorer {name!r}", hint=did_you_mean(name, known))
