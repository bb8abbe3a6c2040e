"""The decision rule of each modality, for what bakeoff.yaml leaves unset.

Anchors are judgement, not measurement: `worst` is the worst that a usual product accepts, `ideal` what more than which
brings it nothing. Latency and cost are on a log scale: halving counts the same anywhere between the anchors.
"""

from collections.abc import Collection, Mapping, Sequence

from harness.core.rules import Criterion, DecisionRule, Gate, Scale
from harness.core.suites import Task

GATES = (Gate(metric="coverage", min=0.95),)


def _up(name: str, metric: str, worst: float, ideal: float, weight: float, scale: Scale = Scale.LINEAR) -> Criterion:
    # 50 and 50.0 have two digests, and a rule that is read back has floats: it would look changed
    return Criterion(
        name=name, metric=metric, worst=float(worst), ideal=float(ideal), weight=float(weight), scale=scale
    )


def _log(name: str, metric: str, worst: float, ideal: float, weight: float) -> Criterion:
    return _up(name, metric, worst, ideal, weight, Scale.LOG)


_TEXT = (
    _up("quality", "quality", 0.4, 0.95, 50),
    _log("latency", "ttfo_p50_ms", 3000, 200, 20),
    _log("cost", "usd_per_1k_requests", 20, 0.25, 30),
)

CRITERIA: Mapping[str, tuple[Criterion, ...]] = {
    "text": _TEXT,
    "vision": _TEXT,
    "rag": _TEXT,
    "tts": (
        _up("words", "quality", 0.7, 1.0, 35),
        _up("naturalness", "dnsmos_ovrl", 2.5, 3.6, 25),
        _log("latency", "ttfa_p50_ms", 2000, 100, 20),
        _log("cost", "usd_per_1k_requests", 20, 0.25, 20),
    ),
    "transcription": (
        _up("words", "quality", 0.7, 1.0, 50),
        _log("latency", "total_p50_ms", 5000, 200, 20),
        _log("cost", "usd_per_1k_requests", 20, 0.25, 30),
    ),
    "speech": (
        _up("quality", "quality", 0.4, 0.95, 45),
        _log("latency", "ttfa_p50_ms", 3000, 300, 30),
        _log("cost", "usd_per_1k_requests", 50, 1, 25),
    ),
    "image_generation": (
        _up("quality", "quality", 0.4, 0.95, 60),
        _log("latency", "total_p50_ms", 60_000, 2_000, 15),
        _log("cost", "usd_per_1k_requests", 200, 5, 25),
    ),
    "video_generation": (
        _up("quality", "quality", 0.4, 0.95, 60),
        _log("latency", "total_p50_ms", 600_000, 20_000, 10),
        _log("cost", "usd_per_1k_requests", 5_000, 100, 30),
    ),
    "embedding": (
        _up("quality", "quality", 0.4, 0.95, 60),
        _log("latency", "total_p50_ms", 1_000, 20, 15),
        _log("cost", "usd_per_1k_requests", 1, 0.005, 25),
    ),
    "rerank": (
        _up("quality", "quality", 0.4, 0.95, 60),
        _log("latency", "total_p50_ms", 1_500, 30, 15),
        _log("cost", "usd_per_1k_requests", 5, 0.05, 25),
    ),
}

WHOLE_ANSWERS = _log("latency", "total_p50_ms", 30_000, 1_000, 20)
"""In the place of the first token's, where a log times nothing but whole answers."""

MARKS = ("ttft", "ttfo", "ttfa", "total", "gap", "stall")
METRICS = (
    "quality", "coverage",
    *(f"{mark}_{percentile}_ms" for mark in MARKS for percentile in ("p50", "p95", "p99")),
    "rtf_p50", "rtf_p95", "rtf_p99", "chars_per_s_p50", "usd_per_request", "usd_per_1k_requests",
    "usd_per_good_answer", "output_tokens_mean",
)  # fmt: skip
"""What is measured in every slot; each scorer adds its own."""

SCORER_METRICS: Mapping[str, tuple[str, ...]] = {
    "label_match": ("macro_f1",),
    "word_accuracy": ("wer", "cer"),
    "transcript_accuracy": ("wer", "cer"),
    **dict.fromkeys(("spoken_contains", "spoken_number", "spoken_label"), ("speech_gap",)),
    "dnsmos": ("dnsmos_ovrl", "dnsmos_sig", "dnsmos_bak"),
    "passes_tests": tuple(f"pass_{which}_{k}" for which in ("at", "all") for k in (2, 5, 10)),
}
"""Metrics that are made of a scorer's detail."""


def rule(slot: str, tasks: Sequence[Task]) -> DecisionRule:
    """Return the default rule of a slot: that of its first task's modality, less the criteria that no scorer feeds."""
    known = metrics(tasks)
    criteria = tuple(criterion for criterion in CRITERIA[tasks[0].modality] if criterion.metric in known)
    return DecisionRule(slot=slot, gates=GATES, criteria=criteria)


def imported(slot: str, measured: Collection[str]) -> DecisionRule:
    """Return the default rule of texts that another tool has logged, with the criteria of which `measured` anything."""
    usual = (WHOLE_ANSWERS if criterion.name == "latency" else criterion for criterion in CRITERIA["text"])
    return DecisionRule(slot=slot, gates=GATES, criteria=tuple(it for it in usual if it.metric in measured))


def metrics(tasks: Sequence[Task]) -> tuple[str, ...]:
    """Return the metrics of a slot with these tasks."""
    scorers = dict.fromkeys(scorer.name for task in tasks for scorer in task.scorers)
    return (*METRICS, *(metric for name in scorers for metric in (name, *SCORER_METRICS.get(name, ()))))


def every_metric() -> tuple[str, ...]:
    """Return the metrics that a slot could have, whatever its scorers."""
    from harness.scorers.registry import known

    return (*METRICS, *known(), *(metric for made in SCORER_METRICS.values() for metric in made))


def shares(tasks: Sequence[Task]) -> frozenset[str]:
    """Return the metrics that lie in [0, 1]."""
    names = [scorer.name for task in tasks for scorer in task.scorers]
    chances = SCORER_METRICS["passes_tests"] if "passes_tests" in names else ()
    return frozenset({"quality", "coverage", "macro_f1", *names, *chances})
