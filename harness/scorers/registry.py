"""Scorers by name, for suites that are written in YAML."""

from collections.abc import Mapping
from importlib import import_module

from harness.core.scores import Scorer
from harness.core.suggest import did_you_mean
from harness.core.wording import worded
from harness.errors import UsageError

SCORERS: Mapping[str, str] = {
    "exact_match": "harness.scorers.match:ExactMatch",
    "contains": "harness.scorers.match:Contains",
    "number_match": "harness.scorers.number:NumberMatch",
    "label_match": "harness.scorers.label:LabelMatch",
    "tag_f1": "harness.scorers.label:TagF1",
    "json_match": "harness.scorers.structured:JsonMatch",
    "field_f1": "harness.scorers.structured:FieldF1",
    "entity_f1": "harness.scorers.entities:EntityF1",
    "rules": "harness.scorers.rules:Rules",
    "instruction_following": "harness.scorers.instructions:InstructionFollowing",
    "tool_calls": "harness.scorers.tools:ToolCalls",
    "rendered_text": "harness.scorers.drawing:RenderedText",
    "drawn_shapes": "harness.scorers.drawing:DrawnShapes",
    "ordered_clip": "harness.scorers.clips:OrderedClip",
    "passes_tests": "harness.scorers.code:PassesTests",
    "script_rules": "harness.scorers.scripts:ScriptRules",
    "word_accuracy": "harness.scorers.speech:WordAccuracy",
    "transcript_accuracy": "harness.scorers.speech:TranscriptAccuracy",
    "dnsmos": "harness.scorers.speech:Dnsmos",
    "spoken_contains": "harness.scorers.spoken:SpokenContains",
    "spoken_number": "harness.scorers.spoken:SpokenNumber",
    "spoken_label": "harness.scorers.spoken:SpokenLabel",
    "patience": "harness.scorers.turns:Patience",
    "yielding": "harness.scorers.turns:Yielding",
    "steadiness": "harness.scorers.turns:Steadiness",
    "anls": "harness.scorers.vision:Anls",
    "relaxed_accuracy": "harness.scorers.vision:RelaxedAccuracy",
    "ocr_contains": "harness.scorers.vision:OcrContains",
    "recall_at": "harness.scorers.retrieval:RecallAt",
    "hit_at": "harness.scorers.retrieval:HitAt",
    "reciprocal_rank": "harness.scorers.retrieval:ReciprocalRank",
    "average_precision": "harness.scorers.retrieval:AveragePrecision",
    "ndcg": "harness.scorers.retrieval:Ndcg",
    "rewrite_recall": "harness.scorers.retrieval:RewriteRecall",
    "chunk_boundaries": "harness.scorers.chunks:ChunkBoundaries",
    "whole_answers": "harness.scorers.chunks:WholeAnswers",
    "citations": "harness.scorers.grounding:Citations",
    "faithfulness": "harness.scorers.grounding:Faithfulness",
}
"""Those that Bakeoff ships, spelt as entry points are: a bake-off loads the families that it names."""

GROUP = "bakeoff.scorers"
"""Entry point group in which installed packages offer more."""


def by_name(name: str) -> type[Scorer]:
    """Return the scorer class called `name`: a shipped one, else one of an installed package.

    Raises UsageError, with a did-you-mean, where there is none or what is there is no scorer.
    """
    if name in SCORERS:
        module, _, kind = SCORERS[name].partition(":")
        shipped: type[Scorer] = getattr(import_module(module), kind)
        return shipped
    from importlib.metadata import entry_points

    offered = entry_points(group=GROUP)
    for entry in offered.select(name=name):
        scorer = entry.load()
        if isinstance(scorer, type) and issubclass(scorer, Scorer):
            return scorer
        raise UsageError(
            worded(
                "{value}, offered as scorer {name!r}, is no subclass of harness.Scorer", value=entry.value, name=name
            )
        )
    raise UsageError(worded("there is no scorer {name!r}", name=name), hint=did_you_mean(name, known()))


def known() -> tuple[str, ...]:
    """Return the names of all: the shipped ones, then those of installed packages."""
    from importlib.metadata import entry_points

    return (*SCORERS, *sorted(entry_points(group=GROUP).names))
