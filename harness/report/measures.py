"""The tables of one slot that are not the decision itself: latency, cost, quality by task, completeness."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.calls import BOUNDED_SOURCES, Fault, Role
from harness.core.candidates import Candidate
from harness.core.echo import is_same_model
from harness.metrics.stats import NO_SPREAD, TWO_SIDED, Bools, Floats, Interval, Ints, spread, t_interval, wilson
from harness.report.evidence import AskedTask
from harness.report.numbers import Number, count, number, number_id, of_metric, percent, seconds, stated, usd
from harness.report.phrases import Measured, Phrase, Piece, estimated, known, measured, metric_label
from harness.report.slots import SlotEvidence
from harness.report.standing import Tag, tag
from harness.report.units import in_other_units
from harness.store.records import Records

LATENCIES = ("ttfa", "ttfo", "ttft", "total", "gap", "stall")
PERCENTILES = ("p50", "p95", "p99")
COSTS = ("usd_per_1k_requests", "usd_per_good_answer")
ELSEWHERE = ("quality", "coverage", "usd_per_request", *COSTS)
"""Metrics that have a table of their own."""

METERS = {
    "input_tokens": "meter.input_tokens",
    "cached_tokens": "meter.cached_tokens",
    "cache_write_tokens": "meter.cache_write_tokens",
    "cache_write_1h_tokens": "meter.cache_write_1h_tokens",
    "output_tokens": "meter.output_tokens",
    "reasoning_tokens": "meter.reasoning_tokens",
    "input_audio_tokens": "meter.input_audio_tokens",
    "output_audio_tokens": "meter.output_audio_tokens",
    "input_characters": "meter.input_characters",
    "input_audio_seconds": "meter.input_audio_seconds",
    "output_audio_seconds": "meter.output_audio_seconds",
    "output_video_seconds": "meter.output_video_seconds",
    "busy_seconds": "meter.busy_seconds",
}
"""Field of Usage → its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """One candidate's estimates; the cells follow the table's columns."""

    tag: Tag
    cells: tuple[Measured, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricTable:
    """Candidates × metrics."""

    name: str
    """Part of anchors: `latency.ttft`, `speed`, ..."""
    title: Piece
    columns: tuple[Piece, ...]
    rows: tuple[MetricRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRow:
    tag: Tag
    cells: tuple[Measured, ...]
    spent: Measured
    """What this run's answers cost."""
    sources: tuple[Phrase, ...]
    """How many costs came from where."""
    price: Phrase
    meters: tuple[Phrase, ...]
    units: tuple[Phrase, ...]
    """What it costs by the answer, by what is spoken, in yuan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    suite: str
    task: str
    scorer: str
    signature: str
    cells: tuple[Measured, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsRow:
    """What was asked of one candidate and what came."""

    tag: Tag
    planned: Number
    excluded: Number
    """Answers that others were to give: the plan leaves it out of their tasks."""
    answered: Number
    cut: Number
    """Answers that reached their limit of tokens: they are judged as they stand (docs/decisions/0005)."""
    candidate_faults: Number
    infra_faults: Number
    harness_faults: Number
    pending: Number
    why: Phrase | None
    """Why they are pending; None: none is."""
    unscored: Number
    retried: Number
    untimed: Number
    kinds: tuple[Phrase, ...]
    """Kinds of failure with their counts."""
    warnings: tuple[Phrase, ...]
    """What is odd about calls that did not fail."""


def latencies(of: SlotEvidence) -> tuple[MetricTable, ...]:
    """Return one table a kind of latency that was measured: median, 95th and 99th percentile."""
    kinds = [kind for kind in LATENCIES if kind != "ttft" or not _all_tokens_answer(of)]
    tables = (_table(of, f"latency.{kind}", [f"{kind}_{p}_ms" for p in PERCENTILES]) for kind in kinds)
    return tuple(table for table in tables if table is not None)


def _all_tokens_answer(of: SlotEvidence) -> bool:
    """Whether nobody reasoned, so that the first token was the first answer token everywhere."""
    return np.array_equal(of.answers.floats("ttft_ms"), of.answers.floats("ttfo_ms"), equal_nan=True)


def speeds_and_scores(of: SlotEvidence) -> MetricTable | None:
    """Return every other metric of the slot: speeds, word error rate, the mean of each scorer."""
    shown = {f"{kind}_{p}_ms" for kind in LATENCIES for p in PERCENTILES} | set(ELSEWHERE)
    metrics = dict.fromkeys(e.metric for name in of.candidates for e in of.decision.estimates.get(name, ()))
    return _table(of, "measures", [metric for metric in metrics if metric not in shown])


def _table(of: SlotEvidence, name: str, metrics: Sequence[str]) -> MetricTable | None:
    found = {
        (candidate, metric): estimate
        for candidate in of.candidates
        for metric in metrics
        if (estimate := of.estimate(candidate, metric)) is not None and (estimate.value is not None or estimate.n)
    }
    columns = [metric for metric in metrics if any(metric == have for _, have in found)]
    if not columns:
        return None
    section = name.partition(".")[0]
    return MetricTable(
        name=name,
        title=Phrase(key=f"table.{name}"),
        columns=tuple(_column(metric) for metric in columns),
        rows=tuple(
            MetricRow(
                tag=tag(of, candidate),
                cells=tuple(measured(of.slot, section, candidate, m, found.get((candidate, m))) for m in columns),
            )
            for candidate in of.candidates
        ),
    )


def _column(metric: str) -> Piece:
    percentile = next((p for p in PERCENTILES if metric.endswith(f"_{p}_ms")), None)
    return metric_label(metric) if percentile is None else Phrase(key=f"percentile.{percentile}")


def costs(of: SlotEvidence) -> tuple[CostRow, ...]:
    """Return what each candidate costs, at which price, from which meters."""
    return tuple(_cost_row(of, name) for name in of.candidates)


def _cost_row(of: SlotEvidence, name: str) -> CostRow:
    records = of.answers_of(name)
    sources = records.counts("cost_source")
    return CostRow(
        tag=tag(of, name),
        cells=tuple(measured(of.slot, "cost", name, m, of.estimate(name, m)) for m in COSTS),
        spent=spending(records, id=number_id(of.slot, "cost", name, "spent_usd")),
        sources=tuple(
            _counted(of, "cost", name, f"source.{source}", n, source, "source") for source, n in sorted(sources.items())
        ),
        price=price(of.configured.get(name), slot=of.slot),
        meters=tuple(_meters(of, name, records)),
        units=tuple(in_other_units(of, name)),
    )


def spending(records: Records, *, id: str) -> Measured:
    """Return what the calls cost, and how much of it is a bound.

    `at least` that where some cost is not known, and nothing where none is.
    """
    known = records.where(records.known("cost_usd"))
    if not known:
        return Measured(value=Phrase(key="not_measured"))
    shown = number(known.spent, usd(known.spent), id=id)
    sources = known.counts("cost_source")
    bounds = sum(sources.get(source, 0) for source in BOUNDED_SOURCES)
    return Measured(
        value=shown if len(known) == len(records) else Phrase(key="at_least", args={"amount": shown}),
        estimated=estimated(bounds, len(known), id=id) if bounds else None,
    )


def price(candidate: Candidate | None, *, slot: str) -> Phrase:
    """Return where a candidate's price comes from."""
    if candidate is not None and candidate.stages:
        return Phrase(key="price.stages", args={"stages": ", ".join(stage.name for stage in candidate.stages)})
    if candidate is not None and candidate.machine is not None:
        hour, use = candidate.machine.usd_per_hour, candidate.machine.utilisation
        args: dict[str, Piece] = {
            "hour": number(hour, stated("usd", hour), id=number_id(slot, "cost", candidate.name, "usd_per_hour")),
            "use": number(use, percent(float(use)), id=number_id(slot, "cost", candidate.name, "utilisation")),
        }
        return Phrase(key="price.machine", args=args)
    prices = None if candidate is None else candidate.prices
    if prices is None:
        return Phrase(key="price.none")
    cited = {"source": prices.source, "hash": prices.cited}
    if prices.date is None:
        return Phrase(key="price.book", args=cited)
    return Phrase(key="price.dated", args={**cited, "date": prices.date})


def _meters(of: SlotEvidence, name: str, records: Records) -> Iterable[Phrase]:
    for meter, key in METERS.items():
        total = sum(records.told(meter))
        if total:
            text = count(total) if isinstance(total, int) else seconds(total)
            shown = number(total, text, id=number_id(of.slot, "cost", name, f"meter.{meter}"))
            yield Phrase(key=key, args={"total": shown})


def _counted(of: SlotEvidence, section: str, name: str, metric: str, n: int, word: str, prefix: str) -> Phrase:
    """Return `12 timeouts`, in words where there are some, else with the name as it stands."""
    shown = number(n, count(n), id=number_id(of.slot, section, name, metric))
    if known(f"{prefix}.{word}"):
        return Phrase(key=f"{prefix}.{word}", args={"n": shown})
    return Phrase(key=f"{prefix}.other", args={"n": shown, "name": word})


def by_task(of: SlotEvidence) -> tuple[TaskRow, ...]:
    """Return each task's quality by candidate, with n and interval; the cells follow the candidates."""
    places = {(task.suite, task.name): list[int]() for task in of.tasks}
    for i, it in enumerate(of.samples):
        places[it.suite, it.task].append(i)
    means: Floats = mean_of_known(of.worth, axis=1)
    asked: Bools = np.any(of.grid >= 0, axis=1)
    clusters = numbered((it.suite, it.task, it.sample.cluster) for it in of.samples)
    return tuple(
        TaskRow(
            suite=task.suite,
            task=task.name,
            scorer=task.primary,
            signature=of.signatures.get(f"{task.suite}/{task.name}/{task.primary}", ""),
            cells=tuple(_task_cells(of, task, means[own], np.any(asked[own], axis=0), clusters[own])),
        )
        for task, own in zip(of.tasks, places.values(), strict=True)
    )


def mean_of_known(values: Floats, axis: int) -> Floats:
    """Return the means along an axis of what is not NaN; NaN where all is."""
    known = ~np.isnan(values)
    sums, n = np.where(known, values, 0.0).sum(axis=axis), known.sum(axis=axis)
    means: Floats = np.divide(sums, n, out=np.full(n.shape, np.nan), where=n > 0)
    return means


def numbered(names: Iterable[Hashable]) -> Ints:
    """Return the number of each name: equal ones have the same."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


def _task_cells(of: SlotEvidence, task: AskedTask, means: Floats, asked: Bools, clusters: Ints) -> Iterator[Measured]:
    """Yield the mean over samples, of which `means` [samples, candidates] are those over epochs."""
    judged = ~np.isnan(means)
    for c, name in enumerate(of.candidates):
        if judged[:, c].any():
            yield _task_cell(of, task, name, means[judged[:, c], c], clusters[judged[:, c]])
        else:
            yield Measured(value=Phrase(key="not_measured" if asked[c] else "not_asked"))


def _task_cell(of: SlotEvidence, task: AskedTask, name: str, means: Floats, clusters: Ints) -> Measured:
    """Clusters are what was drawn at random."""
    mean, place = float(means.mean()), (task.suite, task.name)
    interval = interval_of_mean(means, clusters)
    if name in of.stopped:  # for a number of samples that was not fixed before it does not hold
        interval = Interval(low=None, high=None)

    def shown(which: str, value: float | None) -> Number | None:
        metric = (task.suite, task.name, task.primary + which)
        if value is None:
            return None
        return number(value, of_metric("quality", value), id=number_id(of.slot, "tasks", name, *metric))

    n = number(len(means), count(len(means)), id=number_id(of.slot, "tasks", name, *place, f"{task.primary}.n"))
    return Measured(
        value=shown("", mean) or Phrase(key="not_measured"),
        low=shown(".low", interval.low),
        high=shown(".high", interval.high),
        n=n,
    )


def interval_of_mean(x: Floats, clusters: Ints) -> Interval:
    """Return the 95% interval of a mean of values in [0, 1], by the rules of `metrics.estimates` for one task.

    Wilson for independent successes and failures and where nothing varies, else t with CR1 (methodology.md 2.1, 2.2).
    """
    mean, n, drawn = float(x.mean()), len(x), len(np.unique(clusters))
    error = spread((x - mean) / n, np.zeros(n, dtype=np.int64), clusters)
    trials = bool(np.isin(x, (0.0, 1.0)).all()) and drawn == n
    if trials or error.se <= NO_SPREAD:
        return wilson(mean * drawn, drawn)
    return t_interval(mean, error, tail=TWO_SIDED, floor=0.0, ceiling=1.0)


def completeness(of: SlotEvidence) -> tuple[CallsRow, ...]:
    """Return what was planned, answered, failed and why, by candidate: no error leaves the count silently."""
    return tuple(_calls_row(of, name) for name in of.candidates)


def _calls_row(of: SlotEvidence, name: str) -> CallsRow:
    records = of.answers_of(name)
    lost = records.known("fault")
    came, failed = records.where(~lost), records.where(lost)
    faults, kinds = Counter(failed.counts("fault")), failed.counts("kind")
    pending = of.pending.get(name, 0)
    counted = next((c for c in of.decision.completeness if (c.candidate, c.role) == (name, Role.ANSWER)), None)

    def shown(metric: str, n: int) -> Number:
        return number(n, count(n), id=number_id(of.slot, "calls", name, metric))

    return CallsRow(
        tag=tag(of, name),
        planned=shown("planned", len(records) + pending),
        excluded=shown("excluded", 0 if counted is None else counted.excluded),
        answered=shown("answered", len(came)),
        cut=shown("cut", came.counts("finish_reason").get("length", 0)),
        candidate_faults=shown("candidate_faults", faults[Fault.CANDIDATE]),
        infra_faults=shown("infra_faults", faults[Fault.INFRA]),
        harness_faults=shown("harness_faults", faults[Fault.HARNESS]),
        pending=shown("pending", pending),
        why=None if counted is None or counted.why is None else Phrase(key=f"why.{counted.why}"),
        unscored=shown("unscored", int((~lost & np.isnan(of.values_of(name))).sum())),
        retried=shown("retried", int((records.ints("tries") > 1).sum())),
        untimed=shown("untimed", int((records.floats("marks_valid") != 1).sum())),
        kinds=tuple(_counted(of, "calls", name, f"kind.{kind}", n, kind, "kind") for kind, n in sorted(kinds.items())),
        warnings=tuple(_warnings(of, name, records, came)),
    )


def _warnings(of: SlotEvidence, name: str, records: Records, came: Records) -> Iterable[Phrase]:
    """Say which answers come from another model, by their own word, and which bring a usage that cannot be true."""
    asked = of.configured[name].model if name in of.configured else None
    for model, n in sorted((model, n) for model, n in came.counts("model").items() if model):
        if asked is not None and not is_same_model(asked, model):
            shown = number(n, count(n), id=number_id(of.slot, "calls", name, "other_model", model))
            yield Phrase(key="warning.other_model", args={"n": shown, "model": model})
    if name in of.stopped:
        calls = of.stopped[name].calls
        shown = number(calls, count(calls), id=number_id(of.slot, "calls", name, "stopped"))
        yield Phrase(key="warning.stopped", args={"n": shown})
    if suspect := records.counts("usage_source").get("suspect"):
        shown = number(suspect, count(suspect), id=number_id(of.slot, "calls", name, "suspect_usage"))
        yield Phrase(key="warning.suspect_usage", args={"n": shown})
