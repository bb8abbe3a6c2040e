"""The words of what is said last of a run on a terminal, in English."""

from collections.abc import Mapping
from types import MappingProxyType

CLOSING: Mapping[str, str] = MappingProxyType(
    {
        "closing.lean": "Lean: {sentence}",
        "closing.title": "{slot}: {basis}",
        "closing.title.incomplete": "INCOMPLETE  {slot}: {basis}",
        "closing.basis": "{samples} for every candidate; {answered} answered by all, and judged",
        "closing.basis.some": "{samples} planned, {shared} of them for every candidate; {answered} answered by all, "
        "and judged",
        "closing.sample": "{n} sample",
        "closing.samples": "{n} samples",
        "closing.candidate": "candidate",
        "closing.letters": "on quality",
        "closing.score": "score (95% CI)",
        "closing.p_best": "P(best)",
        "closing.criterion": "{name}: {metric}",
        "closing.coverage": "coverage",
        "closing.gates": "gates",
        "closing.weights": "weights: {shares}",
        "closing.thin": "n: how few measurements a value rests on. Below {few} an interval is rough; below 6 a median "
        "has none.",
        "closing.shared": "on quality: candidates that share a letter cannot be told apart.",
        "closing.pass": "pass",
        "closing.fails": "fails {metric}",
        "closing.unproven": "{metric} unproven",
        "closing.stopped": "stopped after {samples} of {planned} samples",
        "closing.came": "{candidate}: {parts}",
        "closing.came.answers": "{n} answers planned",
        "closing.came.measurements": "{n} measurements of its answers planned",
        "closing.came.done": "{n} done",
        "closing.came.infra": "{n} failed-infra",
        "closing.came.model": "{n} failed-model",
        "closing.came.harness": "{n} failed by Bakeoff",
        "closing.came.excluded": "{n} left out by the plan",
        "closing.came.stopped": "{n} more not asked for: it was stopped early",
        "closing.views": "Each with weights of their own: score (rank). Nothing is averaged.",
        "closing.regret": "costs one of them at most",
        "closing.view": "{score} ({rank})",
        "closing.profile": "  {who}: {shares} ({method})",
        "closing.share": "{criterion} {weight}",
        "closing.agreed": "They agree: {candidate} is first for each of them.",
        "closing.agreed.but": "They agree: {candidate} is first for each of them. The weights that decide put {leader} "
        "first.",
        "closing.divided": "They do not agree. First for each: {choices}. {candidate} costs the unhappiest of them "
        "least.",
        "closing.choice": "{who} {candidate}",
    }
)
