"""Every number of a run's report, worked out again from run.db by plain loops that share no code with the harness.

Formulas: methodology.md (1.1 values and scores, 1.5 sensitivity, 2.1 clustered errors, 2.2 proportions, 2.3 tests,
3 percentiles, 4 cost). What rests on seeded draws is drawn again with another generator, so it is right to the error
of the draws; `Quantile` and `Chance` say how far that is.
"""

import hashlib
import itertools
import json
import math
import random
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from scipy import stats

DRAWS = 1500
"""Of ours. The run's own are 10,000 for scores and 2,000 for percentiles."""
SIGMAS = 5.0
"""Of the error of both draws together."""
NOTHING = 1e-12
"""A standard error below it is rounding noise."""
TIE = 1e-9


# -- what a number may be --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """One number, to a billionth of its size."""

    value: float | Decimal
    unit: str = "plain"
    """What the raw number counts: `ms`, `s`, `usd`, `share` or `plain`."""
    tolerance: float = 1e-9

    def admits(self, raw: float) -> bool:
        value = float(self.value)
        return raw == value or abs(raw - value) <= self.tolerance * max(1.0, abs(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """A quantile of what we have drawn ourselves; between two values that both draws allow, any will do."""

    drawn: Sequence[float]
    share: float
    theirs: int
    """How many draws the run's own number rests on."""
    unit: str = "plain"

    def admits(self, raw: float) -> bool:
        error = SIGMAS * math.sqrt(self.share * (1 - self.share) * (1 / len(self.drawn) + 1 / self.theirs))
        noise = 1e-9 * max(1.0, abs(raw)) if math.isfinite(raw) else 0.0
        below = sum(x < raw - noise for x in self.drawn) / len(self.drawn)
        reached = sum(x <= raw + noise for x in self.drawn) / len(self.drawn)
        return below <= self.share + error and reached >= self.share - error

    @property
    def value(self) -> float:
        return sorted(self.drawn)[round(self.share * (len(self.drawn) - 1))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """A share of draws."""

    value: float
    theirs: int
    unit: str = "share"

    def admits(self, raw: float) -> bool:
        spread = max(self.value * (1 - self.value), 1 / DRAWS)
        return 0 <= raw <= 1 and abs(raw - self.value) <= SIGMAS * math.sqrt(spread * (1 / DRAWS + 1 / self.theirs))


Expected = Exact | Quantile | Chance


class Bounds(NamedTuple):
    low: Expected | None
    high: Expected | None


OPEN = Bounds(None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A metric of one candidate as the page shows it; None is not measured, or not supported by the sample."""

    value: float | None
    n: int
    coverage: float
    two_sided: Bounds = OPEN
    one_sided: Bounds = OPEN
    said: tuple[float, ...] = ()
    """Numbers that the note beside it may name."""
    too_few: bool = False
    """It was measured, and not often enough for a value."""
    bounded: tuple[int, int] | None = None
    """Of a cost: how many calls are charged at an upper bound, and of how many."""


def unit_of(metric: str) -> str:
    """What a metric counts, by its name."""
    if metric.endswith("_ms"):
        return "ms"
    if metric.startswith("usd"):
        return "usd"
    return "share" if metric in ("coverage", "wer", "cer", "p_best") else "plain"


# -- statistics ------------------------------------------------------------------------------------------------------


class Spread(NamedTuple):
    se: float
    df: float
    clusters: int
    lonely: bool


def clustered(parts: Iterable[tuple[str, str, float]]) -> Spread:
    """CR1 with strata (2.1) of a sum of (stratum, cluster, residual): within each stratum G/(G-1) Σ (u - ū)²."""
    totals: dict[str, dict[str, float]] = {}
    for stratum, cluster, residual in parts:
        of = totals.setdefault(stratum, {})
        of[cluster] = of.get(cluster, 0.0) + residual
    variances = []
    for of in totals.values():
        g = len(of)
        centre = 0.0 if g == 1 else sum(of.values()) / g
        squares = sum((u - centre) ** 2 for u in of.values())
        variances.append((squares if g == 1 else squares * g / (g - 1), max(1, g - 1)))
    variance = sum(v for v, _ in variances)
    df = sum(d for _, d in variances)
    if variance > NOTHING**2:
        df = variance**2 / sum(v * v / d for v, d in variances)
    sizes = [len(of) for of in totals.values()]
    return Spread(math.sqrt(variance), df, sum(sizes), 1 in sizes)


def exact(low: float | None, high: float | None) -> Bounds:
    return Bounds(None if low is None else Exact(value=low), None if high is None else Exact(value=high))


def student(value: float, error: Spread, tail: float, floor: float, ceiling: float) -> Bounds:
    if error.clusters < 2:
        return exact(None, None)
    half = float(stats.t.ppf(1 - tail, error.df)) * error.se
    return exact(max(floor, value - half), min(ceiling, value + half))


def wilson(p: float, n: float, tail: float = 0.025) -> Bounds:
    z = float(stats.norm.ppf(1 - tail))
    centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return exact(
        0.0 if p == 0 else max(0.0, (centre - half) / scale), 1.0 if p == 1 else min(1.0, (centre + half) / scale)
    )


def clopper_pearson(p: float, n: float, tail: float = 0.05) -> Bounds:
    """One-sided bounds; the counts may be effective and fractional."""
    k = p * n
    low = 0.0 if k <= 0 else float(stats.beta.ppf(tail, k, n - k + 1))
    return exact(low, 1.0 if p >= 1 else float(stats.beta.ppf(1 - tail, k + 1, n - k)))


def _sealed(db: sqlite3.Connection) -> str:
    """One digest over every row that a number can rest on, in the order of its key; a thousand rows to a document."""
    sha = hashlib.sha256()
    for table in ("run", "sample", "plan", "call", "attempt", "scorer", "score"):
        columns = list(db.execute(f"PRAGMA table_info({table})"))
        key = [column["name"] for column in sorted(columns, key=lambda column: column["pk"]) if column["pk"]]
        rows = [dict(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY {', '.join(key)}")]
        used = [c["name"] for c in columns if any(row[c["name"]] is not None for row in rows)]
        sha.update(json.dumps([table, used], separators=(",", ":")).encode())
        for at in range(0, len(rows), 1000):
            batch = [[row[name] for name in used] for row in rows[at : at + 1000]]
            sha.update(json.dumps(batch, separators=(",", ":")).encode())
    return sha.hexdigest()


def type_7(ordered: Sequence[float], q: float) -> float:
    at = (len(ordered) - 1) * q
    low, high = ordered[math.floor(at)], ordered[math.ceil(at)]
    return low if low == high else low + (high - low) * (at - math.floor(at))


class Ranks(NamedTuple):
    lower: int | None
    upper: int | None


def order_ranks(n: int, q: float, tail: float) -> Ranks:
    """1-based ranks of the order statistics that bound a percentile (3); None where n is too small."""
    lower, upper = int(stats.binom.ppf(tail, n, q)), int(stats.binom.ppf(1 - tail, n, q)) + 1
    return Ranks(lower if lower >= 1 else None, upper if upper <= n else None)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    adjusted: dict[str, float] = {}
    running = 0.0
    for i, (name, p) in enumerate(sorted(p_values.items(), key=lambda pair: pair[1])):
        running = max(running, p * (len(p_values) - i))
        adjusted[name] = min(1.0, running)
    return adjusted


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of those that are known; None where none is."""
    known = [v for v in values if v is not None]
    return math.fsum(known) / len(known) if known else None


# -- the records -----------------------------------------------------------------------------------------------------

METERS = (
    "input_tokens", "cached_tokens", "cache_write_tokens", "cache_write_1h_tokens", "output_tokens", "reasoning_tokens",
    "input_audio_tokens", "output_audio_tokens", "input_characters", "input_audio_seconds", "output_audio_seconds",
    "busy_seconds", "output_images", "output_video_seconds",
)  # fmt: skip
FAULTS = ("candidate", "infra", "harness")
PRICED = {
    "input_tokens": "input_cost_per_token",
    "output_tokens": "output_cost_per_token",
    "input_characters": "input_cost_per_character",
}
"""Meter → the price of one unit, for the plain bills that are worked out again; others are taken from the record."""
PARTS = {
    "input_tokens": ("input", "input_cost_per_token"),
    "input_characters": ("input", "input_cost_per_character"),
    "cached_tokens": ("cached", "cache_read_input_token_cost"),
    "output_tokens": ("output", "output_cost_per_token"),
    "reasoning_tokens": ("reasoning", "output_cost_per_reasoning_token"),
    "input_audio_tokens": ("audio", "input_cost_per_audio_token"),
    "output_audio_tokens": ("audio", "output_cost_per_audio_token"),
}
"""Meter → what is paid for, and its price."""
INSTEAD = {
    "cache_read_input_token_cost": "input_cost_per_token",
    "output_cost_per_reasoning_token": "output_cost_per_token",
}
"""The price that holds where another is not set."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Call:
    """One planned call with what came of it."""

    plan: int
    role: str
    candidate: str
    suite: str
    task: str
    sample: str
    epoch: int
    instrument: str | None
    measures: int | None
    row: Mapping[str, Any]
    """Columns of the table `call`; all None where the call has no row."""
    part_of: int | None
    """Of a stage: the plan of the answer that it is a stage of."""
    stage: str | None
    attempts: int
    scores: Mapping[str, tuple[float | None, Mapping[str, float]]]
    """Scorer → value and detail."""
    cost: Decimal | None
    called_off: bool
    """It was planned, and is not asked any more: its candidate had lost."""

    @property
    def place(self) -> tuple[str, str, str]:
        return self.suite, self.task, self.sample

    @property
    def finished(self) -> bool:
        return self.row["finished"] is not None

    @property
    def fault(self) -> str | None:
        fault: str | None = self.row["fault"]
        return fault

    @property
    def ok(self) -> bool:
        return self.finished and self.fault is None

    @property
    def lost(self) -> bool:
        return self.fault in ("infra", "harness")

    def judged(self, scorer: str, *, key: str | None = None, floor: float = 0.0) -> float | None:
        """The scorer's value, or `key` of its detail; `floor` where the candidate failed; None where unknown."""
        if self.fault == "candidate":
            return floor
        if not self.ok or scorer not in self.scores:
            return None
        value, detail = self.scores[scorer]
        return value if key is None else detail.get(key)

    def time(self, mark: str) -> float | None:
        """A latency (3): a timeout never ends, untrusted marks and other losses are none."""
        if self.lost:
            return math.inf if self.row["kind"] == "timeout" else None
        if not self.finished or not self.row["marks_valid"]:
            return None
        total, audio = self.row["total_ms"], self._audio_seconds
        if mark == "rtf":
            return None if total is None or not audio else total / 1000 / audio
        if mark == "chars_per_s":
            characters = self.row["input_characters"]
            return None if not total or characters is None else characters / (total / 1000)
        found: float | None = self.row[mark]
        return found

    @property
    def _audio_seconds(self) -> float | None:
        if self.row["audio"] is not None:
            return float(json.loads(self.row["audio"])["seconds"])
        spoken: float | None = self.row["output_audio_seconds"]
        return self.row["input_audio_seconds"] if spoken is None else spoken


def bill(row: Mapping[str, Any], candidate: Mapping[str, Any]) -> Decimal | None:
    """What a call cost, from its meters and the manifest's prices; from the record where the bill is no plain one."""
    recorded = None if row["cost_usd"] is None else Decimal(row["cost_usd"])
    machine, prices = candidate.get("machine"), candidate.get("prices", {}).get("usd", {})
    if recorded is None:
        return None
    if machine is not None and row["busy_seconds"] is not None:
        seconds = Decimal(str(row["busy_seconds"]))
        rate = Decimal(machine["usd_per_hour"]) / (3600 * Decimal(machine["utilisation"]))
        return (rate * seconds).quantize(Decimal("1e-12"))
    others = [m for m in METERS if m not in PRICED and m not in ("busy_seconds", "output_audio_seconds") and row[m]]
    if row["cost_source"] not in ("provider", "measured") or others:
        return recorded
    lines = [(row[m], prices.get(price)) for m, price in PRICED.items() if row[m] is not None]
    return recorded if any(p is None for _, p in lines) else sum((n * Decimal(p) for n, p in lines), Decimal(0))


def with_sums(calls: Iterable[Call]) -> list[Call]:
    """Return the calls, each answer of a cascade at the cost of its stages."""
    every = list(calls)
    parts: dict[int | None, list[Call]] = {}
    for call in every:
        if call.role == "stage":
            parts.setdefault(call.part_of, []).append(call)
    return [
        replace(call, cost=_total(parts[call.plan])) if call.cost is not None and call.plan in parts else call
        for call in every
    ]


def models(config: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Whoever is listed or is a stage of one that is, by name."""
    found = {}
    for listed in (*config["candidates"], *config["instruments"].values()):
        found |= {one["name"]: one for one in (listed, *(stage["candidate"] for stage in listed.get("stages", ())))}
    return found


class Run:
    """run.db, read once."""

    def __init__(self, folder: Path) -> None:
        with closing(sqlite3.connect(f"{(folder / 'run.db').absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            self.manifest: dict[str, Any] = json.loads(db.execute("SELECT manifest FROM run").fetchone()[0])
            self.config: dict[str, Any] = self.manifest["config"]
            self.samples = {
                (row["suite"], row["task"], row["name"]): json.loads(row["document"])
                for row in db.execute("SELECT * FROM sample ORDER BY id")
            }
            self.calls = with_sums(self._calls(db))
            self.evidence_sha256 = _sealed(db)
        self.tasks = {(suite["name"], task["name"]): task for suite in self.config["suites"] for task in suite["tasks"]}
        in_suites = [task["slot"] for task in self.tasks.values()]
        self.slots = {
            slot: Slot(self, slot, rule)
            for slot, rule in sorted(self.config["rules"].items(), key=lambda pair: in_suites.index(pair[0]))
            if any(self.tasks[call.place[:2]]["slot"] == slot for call in self.of("answer"))
        }

    @property
    def resolution_ms(self) -> float:
        """How far the clock was off at worst: latencies that are nearer to each other are not told apart."""
        return max((abs(it["bias_ms"]) for it in self.manifest.get("calibrations", ())), default=0.0)

    def of(self, role: str) -> list[Call]:
        return [call for call in self.calls if call.role == role and not call.called_off]

    def _calls(self, db: sqlite3.Connection) -> Iterator[Call]:
        named = models(self.config)
        columns = [row["name"] for row in db.execute("PRAGMA table_info(call)")]
        rows = {row["plan"]: dict(row) for row in db.execute("SELECT * FROM call")}
        attempts: dict[tuple[int, int], int] = {}
        for row in db.execute("SELECT plan, visit FROM attempt"):
            attempts[tuple(row)] = attempts.get(tuple(row), 0) + 1
        scores: dict[int, dict[str, tuple[float | None, Mapping[str, float]]]] = {}
        for row in db.execute("SELECT score.*, scorer.name FROM score JOIN scorer ON scorer.id = score.scorer"):
            scores.setdefault(row["plan"], {})[row["name"]] = (row["value"], json.loads(row["detail"] or "{}"))
        asked = "SELECT plan.*, sample.suite, sample.task, sample.name FROM plan JOIN sample ON sample.id = plan.sample"
        for row in db.execute(f"{asked} ORDER BY plan.id"):
            came = rows.get(row["id"], dict.fromkeys(columns))
            yield Call(
                plan=row["id"],
                role=row["role"],
                candidate=row["candidate"],
                suite=row["suite"],
                task=row["task"],
                sample=row["name"],
                epoch=row["epoch"],
                instrument=row["instrument"],
                measures=row["measures"],
                part_of=row["part_of"],
                stage=row["stage"],
                row=came,
                attempts=attempts.get((row["id"], came["visit"]), 0),
                scores=scores.get(row["id"], {}),
                cost=bill(came, named[row["candidate"]]),
                called_off=bool(row["called_off"]) and came["finished"] is None,
            )


# -- one slot --------------------------------------------------------------------------------------------------------

MARKS = ("ttft_ms", "ttfo_ms", "ttfa_ms", "total_ms", "gap_ms", "stall_ms", "rtf", "chars_per_s")


class Item(NamedTuple):
    """A sample that every candidate was asked."""

    task: str
    """The stratum."""
    cluster: str
    suite: str
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ratio:
    """Candidate → item → numerator and denominator; a mean has denominators of 1."""

    parts: Mapping[str, Mapping[Item, tuple[float, float]]]
    asked: int
    """Items that the metric is about."""
    floor: float = 0.0
    ceiling: float = math.inf
    is_share: bool = False
    fewest: int = 1
    """Items below which nothing is said."""


class Slot:
    """What one slot's candidates did, and what follows from it."""

    def __init__(
        self, run: Run, slot: str, rule: Mapping[str, Any], *, without: str | None = None, beside: str | None = None,
        looks: int = 1,
    ) -> None:  # fmt: skip
        """`without`: a suite that is left out. `beside`: who was stopped early, with those that were not, on its
        samples, looked at so often.
        """
        self.run, self.slot, self.rule = run, slot, rule
        self.tasks = {place: task for place, task in run.tasks.items() if task["slot"] == slot and place[0] != without}
        planned = [call for call in run.calls if call.role == "answer" and call.place[:2] in self.tasks]
        self.called_off = Counter(call.candidate for call in planned if call.called_off)
        self.answers = [call for call in planned if not call.called_off]
        stops = {stop["candidate"]: stop for stop in run.manifest.get("stops", ()) if stop["slot"] == slot}
        left = sorted({call.candidate for call in self.answers} - stops.keys())
        if beside is not None:
            places = {call.place for call in self.answers if call.candidate == beside}
            left = sorted([*left, beside])
            self.answers = [call for call in self.answers if call.place in places]
        self.stops = stops if beside is None else {}
        self.candidates = [*left, *self.stops]
        self.tails = (0.025 / looks, 0.05 / looks)
        self.looks = looks
        asked: dict[tuple[str, str, str], set[str]] = {}
        for call in self.answers:
            if call.candidate in left:
                asked.setdefault(call.place, set()).add(call.candidate)
        self.items = {
            place: Item("/".join(place[:2]), f"{place[0]}/{place[1]}/{self.cluster(place)}", place[0], place[2])
            for place in sorted(asked)
            if len(asked[place]) == len(left)
        }
        self.planned = asked
        suites: dict[str, set[str]] = {}
        for item in self.items.values():
            suites.setdefault(item.suite, set()).add(item.task)
        self.weight = {task: 1 / len(suites) / len(tasks) for tasks in suites.values() for task in tasks}
        self.cells: dict[str, dict[Item, list[Call]]] = {name: {} for name in left}
        for call in self.answers:
            if call.place in self.items and call.candidate in self.cells:
                self.cells[call.candidate].setdefault(self.items[call.place], []).append(call)
        self._drawn: dict[tuple[str, str], Sequence[float | None]] = {}
        self.early = {
            name: Slot(run, slot, rule, beside=name, looks=looks_of(run, stop)) for name, stop in self.stops.items()
        }

    @property
    def tagged(self) -> dict[tuple[str, ...], set[Any]]:
        """The slices by language and tag."""
        mine = {place: sample for place, sample in self.run.samples.items() if place[:2] in self.tasks}
        return dict(slices({place: sample.get("metadata", {}) for place, sample in mine.items()}))

    def of(self, name: str) -> "Slot":
        """Where a candidate is measured: who was stopped early, on its own samples."""
        return self.early.get(name, self)

    def cluster(self, place: tuple[str, str, str]) -> str:
        """What was sampled at random: the sample's cluster, else the sample itself."""
        given = self.run.samples[place].get("metadata", {}).get("cluster")
        return place[2] if given is None else str(given)

    @property
    def clusters_by_task(self) -> dict[str, int]:
        return {task: len({i.cluster for i in self.items.values() if i.task == task}) for task in self.weight}

    def came(self, ranked: Sequence[str]) -> tuple[int, int, int]:
        """Items that everybody who is ranked (or, where nobody is, who has any quality) has one of.

        With their clusters, and how many share theirs.
        """
        asked, together = set(self.items.values()), [set(self.quality[name]) for name in ranked or self.quality]
        judged = [of for of in together if of]
        compared = asked.intersection(*judged) if judged else set()
        sizes = Counter((it.task, it.cluster) for it in compared)
        return len(compared), len(sizes), sum(size for size in sizes.values() if size > 1)

    @property
    def answered(self) -> int:
        """Items of which every call of every candidate has a value."""
        return sum(
            all(self.primary(call) is not None for cells in self.cells.values() for call in cells[item])
            for item in self.items.values()
        )

    def judged(self, name: str, task: str) -> int:
        """In how many clusters of a task a candidate has a value."""
        return len({item.cluster for item in self.of(name).quality[name] if item.task == task})

    def excluded(self, name: str) -> int:
        """Answers that somebody was to give and this candidate was not."""
        everybody = {(call.place, call.epoch) for call in self.answers}
        return len(everybody) - sum(call.candidate == name for call in self.answers) - self.called_off[name]

    def primary(self, call: Call) -> float | None:
        return call.judged(self.tasks[call.place[:2]]["primary"])

    # -- points

    @cached_property
    def quality(self) -> dict[str, dict[Item, float]]:
        return {
            name: {item: v for item, calls in cells.items() if (v := mean(map(self.primary, calls))) is not None}
            for name, cells in self.cells.items()
        }

    def times(self, name: str, mark: str) -> list[tuple[float, Item]] | None:
        """A candidate's measured timings, ascending; None where the slot has no such timing at all."""
        timed = {candidate: self._is_timed(candidate, mark) for candidate in self.cells}
        if not any(timed.values()) and not (mark == "total_ms" and any(map(self._is_late, self._mine()))):
            return None
        if not timed[name] and any(call.ok for call in self._mine(name)):
            return []  # a candidate that answers without such a mark is not slow: it cannot be timed so
        found = [
            (t, item) for item, calls in self.cells[name].items() for c in calls if (t := c.time(mark)) is not None
        ]
        if mark == "chars_per_s":  # who never ends speaks no characters
            found = [(0.0 if t == math.inf else t, item) for t, item in found]
        return sorted(found, key=lambda pair: pair[0])

    def _mine(self, *names: str) -> list[Call]:
        return [call for name in names or self.cells for calls in self.cells[name].values() for call in calls]

    def _is_timed(self, name: str, mark: str) -> bool:
        times = (call.time(mark) for call in self._mine(name) if not self._is_late(call))
        return any(t is not None and math.isfinite(t) for t in times)

    @staticmethod
    def _is_late(call: Call) -> bool:
        return call.lost and call.row["kind"] == "timeout"

    @cached_property
    def ratios(self) -> dict[str, Ratio]:
        scorers = sorted({scorer for call in self._mine() for scorer in call.scores})
        found = {scorer: self._scored(scorer) for scorer in scorers}
        rare = {metric: self._errors(unit) for metric, unit in (("wer", "words"), ("cer", "characters"))}
        for key in ("ovrl", "sig", "bak") if "dnsmos" in found else ():
            rare[f"dnsmos_{key}"] = self._scored("dnsmos", key=key, floor=1.0, ceiling=5.0, is_share=False)
        rare["speech_gap"] = self._speech_gap()
        tokens = self._means(lambda call: call.row["output_tokens"])
        if any(tokens.values()):
            rare["output_tokens_mean"] = Ratio(parts=tokens, asked=len(self.items))
        return found | {name: ratio for name, ratio in rare.items() if ratio.asked} | self._costs()

    @cached_property
    def f1s(self) -> dict[tuple[str, float], Ratio]:
        """Task and label → 2 hits over (wanted + read), of each candidate; a failure of its own reads nothing."""
        key: dict[Item, float] = {}
        for call in self._mine():
            _, detail = call.scores.get("label_match", (None, {})) if call.ok else (None, {})
            if "wanted" in detail:
                key[self.items[call.place]] = detail["wanted"]

        def read(call: Call) -> float | None:
            _, detail = call.scores.get("label_match", (None, {})) if call.ok else (None, {})
            return -1.0 if call.fault == "candidate" else detail.get("read")

        found = {}
        for task, label in sorted({(item.task, wanted) for item, wanted in key.items()}):
            of_task = {item for item in key if item.task == task}
            parts: dict[str, dict[Item, tuple[float, float]]] = {name: {} for name in self.candidates}
            for name, cells in self.cells.items():
                for item in of_task & cells.keys():
                    heard = [got for call in cells[item] if (got := read(call)) is not None]
                    if heard:
                        is_wanted = key[item] == label
                        hits = sum(2.0 * (is_wanted and got == label) for got in heard) / len(heard)
                        both = sum(float(is_wanted) + (got == label) for got in heard) / len(heard)
                        parts[name][item] = (hits, both)
            found[task, label] = Ratio(parts=parts, asked=len(of_task))
        return found

    def _macro_f1(self, name: str) -> Measure:
        """The mean over tasks of the mean over labels; each F1 is a ratio, whose linear part varies as it does."""
        tasks = Counter(task for task, _ in self.f1s)
        asked = sum({task: f1.asked for (task, _), f1 in self.f1s.items()}.values())
        residuals: dict[Item, float] = {}
        value = 0.0
        for (task, _), f1 in self.f1s.items():
            weight, parts = 1 / len(tasks) / tasks[task], f1.parts[name]
            bottom = math.fsum(b for _, b in parts.values())
            if not bottom:
                return Measure(value=None, n=len(residuals), coverage=len(residuals) / asked)
            share = math.fsum(t for t, _ in parts.values()) / bottom
            value += weight * share
            for item, (t, b) in parts.items():
                residuals[item] = residuals.get(item, 0.0) + weight * (t - share * b) / bottom
        n, weights = len(residuals), {task: 1 / len(tasks) if task in tasks else 0.0 for task in self.weight}
        return self._share(value, residuals, weights, False, 1.0, n, n / asked)

    def _means(self, value: Callable[[Call], float | None]) -> dict[str, dict[Item, tuple[float, float]]]:
        return {
            name: {item: (v, 1.0) for item, calls in cells.items() if (v := mean(map(value, calls))) is not None}
            for name, cells in self.cells.items()
        }

    def _about(self, known: Callable[[Call], bool]) -> set[Item]:
        """The items of tasks in which any answer says something."""
        tasks = {item.task for of in self.cells.values() for item, calls in of.items() if any(map(known, calls))}
        return {item for item in self.items.values() if item.task in tasks}

    def _scored(
        self, scorer: str, *, key: str | None = None, floor: float = 0.0, ceiling: float = 1.0, is_share: bool = True
    ) -> Ratio:
        about = self._about(lambda call: call.ok and call.judged(scorer, key=key) is not None)
        parts = self._means(lambda call: call.judged(scorer, key=key, floor=floor))
        kept = {name: {item: pair for item, pair in of.items() if item in about} for name, of in parts.items()}
        fewest = 10 if scorer in ("patience", "yielding", "steadiness") else 1
        return Ratio(parts=kept, asked=len(about), floor=floor, ceiling=ceiling, is_share=is_share, fewest=fewest)

    def _errors(self, unit: str) -> Ratio:
        """Edits over words or characters; a candidate that failed said none of them."""

        def counts(call: Call) -> tuple[float, float] | None:
            for scorer in ("word_accuracy", "transcript_accuracy") if call.ok else ():
                value, detail = call.scores.get(scorer, (None, {}))
                if value is not None and unit in detail:
                    edits = sum(detail.get(edit, 0.0) for edit in ("substitutions", "insertions", "deletions"))
                    return edits, detail[unit]
            return None

        longest: dict[Item, float] = {}
        for call in self._mine():
            if (pair := counts(call)) is not None:
                item = self.items[call.place]
                longest[item] = max(pair[1], longest.get(item, 0.0))
        parts: dict[str, dict[Item, tuple[float, float]]] = {name: {} for name in self.candidates}
        for name, cells in self.cells.items():
            for item, calls in cells.items():
                missed = (longest[item], longest[item]) if item in longest else None
                pairs = [missed if call.fault == "candidate" else counts(call) for call in calls]
                known = [pair for pair in pairs if pair is not None]
                if known:
                    parts[name][item] = (sum(e for e, _ in known) / len(known), sum(w for _, w in known) / len(known))
        return Ratio(parts=parts, asked=len(self._about(lambda call: counts(call) is not None)), is_share=True)

    def _speech_gap(self) -> Ratio:
        """What the model that thinks scores in writing on the same sample, less what is scored here."""
        twins = {place: self.run.samples[place].get("metadata", {}).get("written") for place in self.items}
        written: dict[tuple[str, str, str, str], list[float | None]] = {}
        for call in self.run.of("answer"):
            if call.suite in twins.values():
                value = call.judged(self.run.tasks[call.place[:2]]["primary"])
                written.setdefault((call.candidate, *call.place), []).append(value)
        thinking = {}
        for candidate in self.run.config["candidates"]:
            texts = [it["candidate"] for it in candidate.get("stages", ()) if "text" in it["candidate"]["modalities"]]
            thinking[candidate["name"]] = texts[-1]["name"] if texts else candidate["name"]

        def lost(call: Call) -> float | None:
            twin = (thinking[call.candidate], str(twins[call.place]), *call.place[1:])
            text, here = mean(written.get(twin, ())), self.primary(call)
            return None if text is None or here is None else text - here

        gaps = self._means(lost)
        asked = sum(suite is not None for suite in twins.values()) if any(gaps.values()) else 0
        return Ratio(parts=gaps, asked=asked, floor=-1.0, ceiling=1.0)

    def _costs(self) -> dict[str, Ratio]:
        usd = self._means(lambda call: None if call.cost is None or (call.lost and not call.cost) else float(call.cost))
        for name, cells in self.cells.items():
            if any(call.ok and call.cost is None for calls in cells.values() for call in calls):
                usd[name] = {}  # one answer without a price, and the cost is not known
        good = self._means(lambda call: 0.0 if call.lost else self.primary(call))
        return {
            "usd_per_request": Ratio(parts=usd, asked=len(self.items)),
            "usd_per_1k_requests": Ratio(
                parts={name: {i: (1000 * v, one) for i, (v, one) in of.items()} for name, of in usd.items()},
                asked=len(self.items),
            ),
            "usd_per_good_answer": Ratio(
                parts={
                    name: {i: (usd[name][i][0], v) for i, (v, _) in of.items() if i in usd[name]}
                    for name, of in good.items()
                },
                asked=len(self.items),
            ),
        }

    # -- estimates

    @cached_property
    def measures(self) -> dict[str, dict[str, Measure]]:
        """Candidate → metric → its estimate."""
        found: dict[str, dict[str, Measure]] = {}
        for name in self.cells:
            of = found[name] = {"quality": self._quality(name), "coverage": self._coverage(name)}
            for mark in MARKS:
                times = self.times(name, mark)
                for q in () if times is None else (0.5,) if mark == "chars_per_s" else (0.5, 0.95, 0.99):
                    metric = f"{mark.removesuffix('_ms')}_p{round(100 * q)}" + ("_ms" if mark.endswith("_ms") else "")
                    of[metric] = self._percentile(name, metric, times or [], q)
            for metric, ratio in self.ratios.items():
                of[metric] = self._ratio(name, ratio)
                if metric.startswith("usd") and of[metric].value is not None:
                    of[metric] = replace(of[metric], bounded=self.bounded(name))
            if self.f1s:
                made = self._macro_f1(name)
                of["macro_f1"] = replace(made, said=(*made.said, len(self.f1s), 2))
        for name, early in self.early.items():
            known = early.measures[name].items()
            found[name] = {metric: replace(of, said=(*of.said, early.looks)) for metric, of in known}
        return found

    def bounded(self, name: str) -> tuple[int, int] | None:
        """How many of a candidate's costs are upper bounds, and how many costs there are; a refusal is none."""
        priced = [c for c in self.of(name)._mine(name) if c.cost is not None and not (c.lost and not c.cost)]
        bounds = sum(c.row["cost_source"] in ("estimated", "stages_estimated") for c in priced)
        return (bounds, len(priced)) if bounds else None

    def _answered(self, name: str) -> float:
        calls = self._mine(name)
        return sum(self.primary(call) is not None for call in calls) / max(1, len(calls))

    def _coverage(self, name: str) -> Measure:
        share = self._answered(name)
        fact = exact(share, share)
        return Measure(value=share, n=len(self.items), coverage=share, two_sided=fact, one_sided=fact)

    def _quality(self, name: str) -> Measure:
        values = self.quality[name]
        by_task: dict[str, list[float]] = {task: [] for task in self.weight}
        for item, v in values.items():
            by_task[item.task].append(v)
        if not all(by_task.values()) or not by_task:
            return Measure(value=None, n=len(values), coverage=self._answered(name))
        means = {task: math.fsum(of) / len(of) for task, of in by_task.items()}
        value = math.fsum(self.weight[task] * m for task, m in means.items())
        residuals = {item: self.weight[item.task] / len(by_task[item.task]) * (v - means[item.task])
                     for item, v in values.items()}  # fmt: skip
        is_trial = all(v in (0.0, 1.0) for v in values.values())
        return self._share(value, residuals, self.weight, is_trial, 1.0, len(values), self._answered(name))

    def _ratio(self, name: str, ratio: Ratio) -> Measure:
        parts = ratio.parts[name]
        n, bottom = len(parts), math.fsum(b for _, b in parts.values())
        coverage = n / max(1, ratio.asked)
        if not n or bottom == 0:
            return Measure(value=None, n=n, coverage=coverage, said=(bottom,))
        if n < ratio.fewest:
            return Measure(value=None, n=n, coverage=coverage, said=(n, ratio.fewest), too_few=True)
        value = math.fsum(t for t, _ in parts.values()) / bottom
        residuals = {item: (t - value * b) / bottom for item, (t, b) in parts.items()}
        if not ratio.is_share:
            return self._student(value, residuals, ratio.floor, ratio.ceiling, n, coverage)
        weight = {task: sum(item.task == task for item in parts) / n for task in self.weight}
        is_trial = all(t in (0.0, 1.0) and b == 1.0 for t, b in parts.values())
        return self._share(value, residuals, weight, is_trial, ratio.ceiling, n, coverage)

    def _student(
        self, value: float, residuals: Mapping[Item, float], floor: float, ceiling: float, n: int, coverage: float
    ) -> Measure:
        error = clustered((item.task, item.cluster, r) for item, r in residuals.items())
        two, one = (student(value, error, tail, floor, ceiling) for tail in self.tails)
        said = (error.clusters, len(self.tasks))
        return Measure(value=value, n=n, coverage=coverage, two_sided=two, one_sided=one, said=said)

    def _share(
        self, value: float, residuals: Mapping[Item, float], weight: Mapping[str, float], is_trial: bool,
        ceiling: float, n: int, coverage: float,
    ) -> Measure:  # fmt: skip
        """Wilson and Clopper-Pearson where trials are independent or nothing varies (2.2), else t with CR1 (2.1)."""
        error = clustered((item.task, item.cluster, r) for item, r in residuals.items())
        is_trial = is_trial and error.clusters == len(residuals)
        tasks = [task for task, w in weight.items() if w]
        if is_trial and len(tasks) == 1:
            two = one = float(n)
        elif error.se <= NOTHING or error.lonely:
            clusters = {task: len({i.cluster for i in residuals if i.task == task}) for task in tasks}
            two = one = 1 / math.fsum(weight[task] ** 2 / max(1, clusters[task]) for task in tasks)
        elif is_trial:  # so many independent trials of one task would be as sure (Korn and Graubard 1998)
            two, one = (
                value * (1 - value) / error.se**2 * (stats.norm.ppf(1 - tail) / stats.t.ppf(1 - tail, error.df)) ** 2
                for tail in self.tails
            )
        else:
            return self._student(value, residuals, 0.0, ceiling, n, coverage)
        p = min(1.0, value)
        tails = self.tails
        bounds = {"two_sided": wilson(p, two, tails[0]), "one_sided": clopper_pearson(p, one, tails[1])}
        return Measure(value=value, n=n, coverage=coverage, said=(two, len(self.tasks)), **bounds)

    def _percentile(self, name: str, metric: str, times: Sequence[tuple[float, Item]], q: float) -> Measure:
        n = len(times)
        coverage = n / max(1, sum(len(calls) for calls in self.cells[name].values()))
        if not n:
            return Measure(value=None, n=0, coverage=coverage)
        ordered = [v for v, _ in times]
        units = len({item.cluster for _, item in times})
        clusters = {item.cluster for item in self.items.values()}
        independent = len(clusters) == len(self.items) and self.epochs == 1
        bounds = []
        for tail in self.tails:
            ranks = order_ranks(n if independent else units, q, tail)
            if independent:
                bounds.append(exact(*(None if rank is None else ordered[rank - 1] for rank in ranks)))
            elif self.looks > 1:  # the same shares of all values as of one for each cluster
                low = None if ranks.lower is None else ordered[(ranks.lower - 1) * n // units]
                bounds.append(exact(low, None if ranks.upper is None else ordered[-(-ranks.upper * n // units) - 1]))
            else:
                drawn = [x for x in self.drawn(metric, name) if x is not None] if any(ranks) else []
                ends = [Quantile(drawn=drawn, share=s, theirs=2000) for s in (tail, 1 - tail)]
                bounds.append(Bounds(*(None if rank is None else e for rank, e in zip(ranks, ends, strict=True))))
        two, one = bounds
        said = (100 * q, n, units)
        if q > 0.5 and None in two:
            return Measure(value=None, n=n, coverage=coverage, one_sided=one, said=said, too_few=True)
        value = type_7(ordered, q)
        return Measure(value=value, n=n, coverage=coverage, two_sided=two, one_sided=one, said=said)

    @cached_property
    def epochs(self) -> int:
        return max((call.epoch for call in self.answers), default=0) + 1

    # -- draws

    @cached_property
    def counts(self) -> list[Counter[str]]:
        """How often each cluster comes in each draw: clusters with replacement within their task, jointly for all."""
        rng = random.Random(20260101)
        by_task: dict[str, list[str]] = {}
        for cluster, task in dict.fromkeys((item.cluster, item.task) for item in self.items.values()):
            by_task.setdefault(task, []).append(cluster)
        return [
            Counter(itertools.chain(*(rng.choices(clusters, k=len(clusters)) for clusters in by_task.values())))
            for _ in range(DRAWS)
        ]

    def drawn(self, metric: str, name: str) -> Sequence[float | None]:
        """The metric of a candidate in each draw; None where the draw measures nothing."""
        if (metric, name) not in self._drawn:
            self._drawn |= {(key, name): values for key, values in self._draw(metric, name).items()}
        return self._drawn[metric, name]

    def _drawn_f1(self, name: str, count: Counter[str]) -> float | None:
        """Macro-F1 of one draw; a label that was not drawn is left out of the mean."""
        tasks, value, known = Counter(task for task, _ in self.f1s), 0.0, 0.0
        for (task, _), f1 in self.f1s.items():
            weight = 1 / len(tasks) / tasks[task]
            drawn = [(count[item.cluster] * t, count[item.cluster] * b) for item, (t, b) in f1.parts[name].items()]
            bottom = math.fsum(b for _, b in drawn)
            if bottom:
                value, known = value + weight * math.fsum(t for t, _ in drawn) / bottom, known + weight
        return value / known if known else None

    def _draw(self, metric: str, name: str) -> dict[str, list[float | None]]:
        """The metric and, where it is a percentile, the others of the same timing."""
        if metric == "coverage":
            return {metric: [self._answered(name)] * DRAWS}
        if metric == "quality":
            parts = {item: (v, 1.0) for item, v in self.quality[name].items()}
            return {metric: list(_sums(parts, self.counts, self.weight, lambda item: item.task))}
        if metric == "macro_f1":
            return {metric: [self._drawn_f1(name, count) for count in self.counts]}
        if metric in self.ratios:
            return {metric: list(_sums(self.ratios[metric].parts[name], self.counts, {"": 1.0}, lambda _: ""))}
        ending = "_ms" if metric.endswith("_ms") else ""
        mark = metric.removesuffix(ending).rpartition("_p")[0]
        pairs = [(v, item.cluster) for v, item in self.times(name, mark + ending) or []]
        found: dict[str, list[float | None]] = {f"{mark}_p{q}{ending}": [] for q in (50, 95, 99)}
        for count in self.counts:
            values = [v for v, cluster in pairs for _ in range(count[cluster])]
            for q, drawn in zip((0.5, 0.95, 0.99), found.values(), strict=True):
                drawn.append(type_7(values, q) if values else None)
        return found


def looks_of(run: Run, stop: Mapping[str, Any]) -> int:
    """How often a slot may be looked at: once after each block."""
    rule, planned = run.config["settings"]["stop"], stop["planned"]
    return -(-planned // max(rule["block"], -(-planned // rule["most_looks"])))


def _sums(
    parts: Mapping[Item, tuple[float, float]], counts: Sequence[Counter[str]], weight: Mapping[str, float],
    group: Callable[[Item], str],
) -> Iterator[float | None]:  # fmt: skip
    """Σ over groups of weight × Σ numerators / Σ denominators, in each draw."""
    totals: dict[str, dict[str, list[float]]] = {name: {} for name in weight}
    for item, (top, bottom) in parts.items():
        total = totals[group(item)].setdefault(item.cluster, [0.0, 0.0])
        total[0], total[1] = total[0] + top, total[1] + bottom
    for count in counts:
        value: float | None = 0.0
        for name, clusters in totals.items():
            top = bottom = 0.0
            for cluster, total in clusters.items():
                if times := count.get(cluster):
                    top += times * total[0]
                    bottom += times * total[1]
            value = None if value is None or not bottom else value + weight[name] * top / bottom
        yield value


# -- the decision ----------------------------------------------------------------------------------------------------


def worth(criterion: Mapping[str, Any], x: float | None) -> float | None:
    """1.1: the share of the way from worst to ideal, clipped."""
    if x is None:
        return None
    if criterion["scale"] == "piecewise":
        points = criterion["points"]
        if x <= points[0][0] or x >= points[-1][0]:
            return float(points[0][1] if x <= points[0][0] else points[-1][1])
        (x0, y0), (x1, y1) = next(pair for pair in itertools.pairwise(points) if pair[0][0] <= x < pair[1][0])
        return float(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
    worst, ideal = criterion["worst"], criterion["ideal"]
    if math.isinf(x) or (x == 0 and criterion["scale"] == "log"):  # beyond the anchor on its side
        return float((x > ideal) == (ideal > worst))
    if criterion["scale"] == "log":
        x, worst, ideal = math.log(x), math.log(worst), math.log(ideal)
    return min(1.0, max(0.0, (x - worst) / (ideal - worst)))


class Crossing(NamedTuple):
    criterion: str
    weight: float
    now: float
    winner: str


class Judged(NamedTuple):
    status: str
    value: float | None
    bound: Expected | None


class Pair(NamedTuple):
    """A paired difference."""

    value: float | None
    bounds: Bounds
    one_sided: Bounds
    n: int
    coverage: float
    p: float | None
    said: tuple[float, ...]
    detectable: float | None = None
    bounds_at: Callable[[float], Bounds] | None = None
    """Its interval with so much outside at each end."""


class Decision:
    """One slot's decision by the rule of the manifest; `allowed`: what is incomplete is ranked all the same."""

    def __init__(self, slot: Slot, *, allowed: bool = False) -> None:
        self.slot, self.rule, self.allowed = slot, slot.rule, allowed
        self.criteria: list[dict[str, Any]] = slot.rule["criteria"]
        total = math.fsum(c["weight"] for c in self.criteria)
        self.weights = [c["weight"] / total for c in self.criteria]
        unknown = Measure(value=None, n=0, coverage=0.0)
        self.raw = {
            name: [slot.measures[name].get(c["metric"], unknown) for c in self.criteria] for name in slot.candidates
        }
        self.gates = {name: [self._gate(gate, name) for gate in slot.rule["gates"]] for name in slot.candidates}
        excluded = {name for name, gates in self.gates.items() if any(g.status == "fail" for g in gates)}
        on_quality = any(c["metric"] == "quality" for c in self.criteria)
        self.unjudged = [
            name
            for name, of in slot.measures.items()
            if name not in slot.stops
            if not of["coverage"].value or (on_quality and name not in excluded and of["quality"].value is None)
        ]
        self.aside = {*excluded, *slot.stops, *(self.unjudged if allowed else ())}
        whole = [row for name, row in self.raw.items() if name not in self.aside]
        dropped = [any(row[j].too_few for row in whole) for j in range(len(self.criteria))]
        self.values = {
            name: [None if drop else worth(c, m.value) for c, m, drop in zip(self.criteria, row, dropped, strict=True)]
            for name, row in self.raw.items()
        }
        self.geometric = slot.rule.get("combine") == "geometric"
        self.contributions = {
            name: [
                max(v or 0.0, 0.01) ** w if self.geometric else w * (v or 0.0)
                for w, v in zip(self.weights, row, strict=True)
            ]
            for name, row in self.values.items()
        }
        self.scores = {name: self.score(row, self.weights) for name, row in self.values.items()}
        self.counts = list(self._counts())
        most = slot.run.config["settings"]["max_infra_failure_rate"]
        self.short = list(
            dict.fromkeys(
                row["candidate"]
                for row in self.counts
                if row["candidate"] not in slot.stops
                if row["pending"] > 0 or row["failed_infra"] + row["failed_harness"] > most * row["planned"]
            )
        )
        out = set(slot.candidates) if self.short and not allowed else self.aside
        self.contenders = sorted(
            (name for name in slot.candidates if name not in out), key=lambda name: (-self.scores[name], name)
        )
        self.ranks = {
            name: 1 + sum(self.scores[other] > self.scores[name] + TIE for other in self.contenders)
            for name in self.contenders
        }
        self.leader = self.contenders[0] if self.contenders else None
        self.lone = {name for name in slot.candidates if any(slot.judged(name, task) == 1 for task in slot.weight)}
        self.lone |= set(slot.stops)

    def _counts(self) -> Iterator[dict[str, Any]]:
        """What came of each candidate's answers, and of the instruments' calls that measure them."""
        answers = {call.plan: call for call in self.slot.answers}
        readings = [(answers[c.measures], c) for c in self.slot.run.of("instrument") if c.measures in answers]
        for name in sorted(self.slot.candidates):
            mine = {
                "answer": [call for call in self.slot.answers if call.candidate == name],
                "instrument": [call for answer, call in readings if answer.candidate == name],
            }
            for role, calls in mine.items():
                if calls:
                    faults = {f"failed_{fault}": sum(c.fault == fault for c in calls) for fault in FAULTS}
                    done, pending = sum(c.ok for c in calls), sum(not c.finished for c in calls)
                    excluded = self.slot.excluded(name) if role == "answer" else 0
                    stopped = self.slot.called_off[name] if role == "answer" else 0
                    row = {"candidate": name, "role": role, "planned": len(calls), "done": done, "pending": pending,
                           "excluded": excluded, "stopped": stopped, **faults}  # fmt: skip
                    yield {**row, "why": self._why(calls)} if pending else row

    def _why(self, calls: Sequence[Call]) -> str:
        waiting = min(call.candidate for call in calls if not call.finished)
        return str(self.slot.run.manifest.get("unsent", {}).get(waiting, "unknown"))

    def _gate(self, gate: Mapping[str, Any], name: str) -> Judged:
        """1.1: by the unfavourable one-sided bound it passes, by the favourable one it fails."""
        measure = self.slot.measures[name].get(gate["metric"], Measure(value=None, n=0, coverage=0.0))
        low, high = measure.one_sided
        if gate["metric"].startswith("usd") and self.slot.bounded(name) is not None:
            low = None  # an upper bound in part
        bad, good = (low, high) if "min" in gate else (high, low)

        def meets(x: Expected) -> bool:
            value = float(x.value)
            return value >= gate["min"] if "min" in gate else value <= gate["max"]

        status = "pass" if bad is not None and meets(bad) else "fail" if good is not None and not meets(good) else ""
        return Judged(status or "unproven", measure.value, bad)

    # -- draws

    @cached_property
    def worths(self) -> dict[str, list[list[float]]]:
        """Candidate → draw → values of the criteria: 0 where unmeasured, the point's where a draw measures nothing."""
        found = {}
        drawn = {criterion["metric"]: self._told_apart(criterion["metric"]) for criterion in self.criteria}
        for name in self.slot.cells:
            columns = []
            for criterion, point in zip(self.criteria, self.values[name], strict=True):
                if point is None:
                    columns.append([0.0] * DRAWS)
                else:
                    worths = (worth(criterion, x) for x in drawn[criterion["metric"]][name])
                    columns.append([point if v is None else v for v in worths])
            found[name] = [list(row) for row in zip(*columns, strict=True)]
        return found

    def _told_apart(self, metric: str) -> dict[str, Sequence[float | None]]:
        """Candidate → its draws of a metric; latencies nearer to the next than the clock was off have one mean."""
        drawn = {name: self.slot.drawn(metric, name) for name in self.slot.cells}
        apart = self.slot.run.resolution_ms
        if not apart or not metric.endswith("_ms"):
            return drawn
        found: dict[str, list[float | None]] = {name: list(values) for name, values in drawn.items()}
        for b in range(DRAWS):
            known = sorted((x, name) for name in drawn if (x := drawn[name][b]) is not None and math.isfinite(x))
            groups: list[list[tuple[float, str]]] = []
            for x, name in known:
                if groups and x - groups[-1][-1][0] < apart:
                    groups[-1].append((x, name))
                else:
                    groups.append([(x, name)])
            for group in groups:
                for _, name in group:
                    found[name][b] = math.fsum(x for x, _ in group) / len(group)
        return dict(found)

    @cached_property
    def score_draws(self) -> dict[str, list[float]]:
        return {name: [self.score(row, self.weights) for row in rows] for name, rows in self.worths.items()}

    def score(self, values: Sequence[float | None], weights: Sequence[float]) -> float:
        """1.1: the weighted sum of the values, or their weighted geometric mean."""
        pairs = [(w, v or 0.0) for w, v in zip(weights, values, strict=True)]
        return math.prod(max(v, 0.01) ** w for w, v in pairs) if self.geometric else math.fsum(w * v for w, v in pairs)

    def interval(self, name: str) -> Bounds:
        """What is not measured is anything in [0, 1]: it counts 0 below and 1 above. One sample shows no spread."""
        if name in self.lone:
            return OPEN
        drawn, points = self.score_draws[name], self.values[name]
        best = ([1.0 if p is None else v for v, p in zip(row, points, strict=True)] for row in self.worths[name])
        high = [min(1.0, self.score(row, self.weights)) for row in best]
        return Bounds(
            Quantile(drawn=drawn, share=0.025, theirs=10_000), Quantile(drawn=high, share=0.975, theirs=10_000)
        )

    @cached_property
    def p_best(self) -> dict[str, float]:
        """Share of draws of values and of weights, Dirichlet(κ w), in which a candidate comes first (1.5)."""
        rng, kappa = random.Random(20260102), self.rule["thresholds"]["kappa"]
        best = dict.fromkeys(self.slot.candidates, 0.0)
        if not self.contenders:
            return best
        known = [any(self.values[name][j] is not None for name in self.contenders) for j in range(len(self.criteria))]
        for b in range(DRAWS):
            gamma = [rng.gammavariate(kappa * w, 1.0) if w else 0.0 for w in self.weights]
            weights = [g / sum(gamma) for g in gamma]
            scores = {}
            for name in self.contenders:
                row = [
                    rng.random() if point is None and rival else v
                    for v, point, rival in zip(self.worths[name][b], self.values[name], known, strict=True)
                ]
                scores[name] = self.score(row, weights)
            top = max(scores.values())
            first = [name for name, score in scores.items() if score >= top - TIE]
            for name in first:
                best[name] += 1 / len(first) / DRAWS
        return best

    @property
    def chances(self) -> dict[str, float]:
        """Contender → its share of draws; of nobody where the spread of one of several is not seen."""
        unseen = len(self.contenders) > 1 and self.lone & set(self.contenders)
        return {} if unseen else {name: self.p_best[name] for name in self.contenders}

    def margin(self, name: str) -> float:
        """Standard deviation of the leader's lead over `name`."""
        lead = [a - b for a, b in zip(self.score_draws[str(self.leader)], self.score_draws[name], strict=True)]
        return math.sqrt(max(0.0, math.fsum(x * x for x in lead) / DRAWS - (math.fsum(lead) / DRAWS) ** 2))

    @property
    def fit(self) -> bool:
        """Whether the leader's quality is worth anything."""
        return self.is_fit(str(self.leader))

    def is_fit(self, name: str) -> bool:
        worths = zip(self.criteria, self.values[name], strict=True)
        return all(v != 0 for c, v in worths if c["metric"] == "quality")

    def relief(self, name: str) -> float:
        """What its score would gain, had what it cost at most been nothing; 0 where every call was metered."""
        cells = zip(self.criteria, self.weights, self.values[name], strict=True)
        free = [1.0 if v is not None and c["metric"].startswith("usd") else v for c, _, v in cells]
        return self.score(free, self.weights) - self.scores[name] if self.slot.bounded(name) else 0.0

    def told(self, name: str) -> bool | None:
        """Whether 97.5% of the draws put the leader before `name`; None where these draws are too near to say."""
        lead = sorted(a - b for a, b in zip(self.score_draws[str(self.leader)], self.score_draws[name], strict=True))
        low = type_7(lead, 0.025)
        return None if abs(low) < 0.25 * self.margin(name) else low > 0

    # -- sensitivity

    def row(self, name: str) -> list[float]:
        return [v or 0.0 for v in self.values[name]]

    def linear(self, name: str) -> list[float]:
        """What the order of candidates is linear in: values, or logarithms of what is multiplied."""
        return [math.log(max(v, 0.01)) if self.geometric else v for v in self.row(name)]

    def first(self, scores: Mapping[str, float]) -> str:
        """Who leads: the earlier in the ranking where scores are equal."""
        top = max(scores.values())
        return next(name for name in self.contenders if scores[name] >= top - TIE)

    @cached_property
    def crossings(self) -> list[Crossing]:
        """1.5: score lines in one moving weight; where the leader changes on their upper envelope."""
        found = []
        for j, criterion in enumerate(self.criteria):
            now = self.weights[j]
            if now >= 1 or not self.contenders:
                continue
            lines = {}
            for name in self.contenders:
                row = self.linear(name)
                at_zero = (sum(w * v for w, v in zip(self.weights, row, strict=True)) - now * row[j]) / (1 - now)
                lines[name] = (at_zero, row[j] - at_zero)
            meetings = sorted(
                (b0 - a0) / (a1 - b1) for (a0, a1), (b0, b1) in itertools.combinations(lines.values(), 2) if a1 != b1
            )
            inside: list[float] = []
            for t in meetings:
                if 0 < t < 1 and (not inside or t - inside[-1] > TIE):
                    inside.append(t)
            edges = [0.0, *inside, 1.0]
            leads = [
                self.first({name: at + slope * (a + b) / 2 for name, (at, slope) in lines.items()})
                for a, b in itertools.pairwise(edges)
            ]
            for t, before, after in zip(inside, leads[:-1], leads[1:], strict=True):
                if before != after:
                    found.append(Crossing(criterion["name"], t, now, after if t >= now else before))
        return found

    @property
    def flip(self) -> tuple[float, str] | None:
        return min(self.flips, default=None)

    @cached_property
    def flips(self) -> list[tuple[float, str]]:
        """1.5: the least Σ |w' - w| that brings a challenger level: weight moves to its best criterion."""
        found = []
        for name in self.contenders[1:]:
            behind = [a - b for a, b in zip(self.linear(self.contenders[0]), self.linear(name), strict=True)]
            least = min(behind)
            gap, moved = sum(d * w for d, w in zip(behind, self.weights, strict=True)), 0.0
            for d, w in sorted(zip(behind, self.weights, strict=True), reverse=True):
                if gap > TIE and d > least:
                    take = min(w, gap / (d - least))
                    gap, moved = gap - take * (d - least), moved + take
            if gap <= TIE:
                found.append((2 * moved, name))
        return found

    @cached_property
    def leave_one_out(self) -> dict[str, str]:
        found = {}
        for j, criterion in enumerate(self.criteria):
            weights = [0.0 if i == j else w for i, w in enumerate(self.weights)]
            counts = self.weights[j] > 0 and any(self.values[name][j] is not None for name in self.contenders)
            if counts and sum(weights):
                scores = {n: self.score(self.row(n), [w / sum(weights) for w in weights]) for n in self.contenders}
                found[criterion["name"]] = self.first(scores)
        return found

    # -- differences

    @cached_property
    def pairs(self) -> dict[str, Pair]:
        if self.leader is None:
            return {}
        pairs = {name: self.pair(self.leader, name) for name in self.slot.cells if name != self.leader}
        return pairs | {name: self._early(name) for name in self.slot.stops}

    @cached_property
    def holm(self) -> dict[str, float]:
        """2.3: over all pairs, since the leader is known only afterwards."""
        if self.leader is None:
            return {}
        every = {frozenset(two): self.pair(*two).p for two in itertools.combinations(self.slot.cells, 2)}
        corrected = holm({"\0".join(sorted(two)): p for two, p in every.items() if p is not None})
        mine = {name: "\0".join(sorted((self.leader, name))) for name in self.pairs}
        return {name: corrected[key] for name, key in mine.items() if key in corrected}

    def together(self, name: str) -> Bounds:
        """2.3: the interval of the leader's difference that holds for all pairs at once, by Bonferroni."""
        every = [self.pair(*two).p for two in itertools.combinations(self.slot.cells, 2)]
        tested, pair = sum(p is not None for p in every), self.pairs[name]
        return pair.bounds_at(0.025 / tested) if pair.bounds_at is not None and tested > 1 else exact(None, None)

    def _early(self, challenger: str) -> Pair:
        """2.10: the confidence sequence of the difference to who was stopped, narrowest at half of the samples."""
        slot, rule = self.slot.early[challenger], self.slot.run.config["settings"]["stop"]
        ours, theirs = slot.quality[str(self.leader)], slot.quality[challenger]
        d = {item: ours[item] - theirs[item] for item in slot.items.values() if item in ours and item in theirs}
        sizes = {task: sum(item.task == task for item in d) for task in slot.weight}
        coverage, none = len(d) / max(1, len(slot.items)), exact(None, None)
        if not d or not all(sizes.values()):
            return Pair(None, none, none, len(d), coverage, None, ())
        means = {task: math.fsum(x for i, x in d.items() if i.task == task) / size for task, size in sizes.items()}
        weight = {item: slot.weight[item.task] / sizes[item.task] for item in d}
        value = math.fsum(slot.weight[task] * m for task, m in means.items())
        error = clustered((i.task, i.cluster, weight[i] * (x - means[i.task])) for i, x in d.items())
        clusters = {task: len({i.cluster for i in d if i.task == task}) for task in sizes}
        t, alpha = 1 / math.fsum(slot.weight[task] ** 2 / g for task, g in clusters.items()), rule["alpha"]
        if t < rule["burn_in"] - 1e-9 or error.lonely:
            return Pair(value, none, none, len(d), coverage, None, (error.clusters,))
        edge = -2 * math.log(alpha)
        rho = max(1, self.slot.stops[challenger]["planned"] // 2) / (edge + math.log(1 + edge))
        half = error.se * math.sqrt((t + rho) / t * math.log((t + rho) / (rho * alpha**2)))
        half += 1 - alpha ** (1 / t) if error.se <= NOTHING else 0.0
        bounds = exact(max(-1.0, value - half), min(1.0, value + half))
        if error.se <= NOTHING:
            p = max(0.0, 1 - abs(value)) ** t
        else:  # half(p) = |value|
            p = min(1.0, math.sqrt((t + rho) / rho) * math.exp(-(value**2) * t / (2 * error.se**2 * (t + rho))))
        return Pair(value, bounds, none, len(d), coverage, p, (error.clusters,))

    def pair(self, leader: str, challenger: str) -> Pair:
        """2.1 and 2.3: on the items that both have a score of."""
        slot = self.slot
        ours, theirs = slot.quality[leader], slot.quality[challenger]
        both = [item for item in slot.items.values() if item in ours and item in theirs]
        sizes = {task: sum(item.task == task for item in both) for task in slot.weight}
        n, coverage, none = len(both), len(both) / max(1, len(slot.items)), exact(None, None)
        if not n or not all(sizes.values()):
            return Pair(None, none, none, n, coverage, None, ())
        d = {item: ours[item] - theirs[item] for item in both}
        means = {task: math.fsum(d[i] for i in both if i.task == task) / size for task, size in sizes.items()}
        weight = {item: slot.weight[item.task] / sizes[item.task] for item in both}
        value = math.fsum(slot.weight[task] * m for task, m in means.items())
        error = clustered((i.task, i.cluster, weight[i] * (d[i] - means[i.task])) for i in both)
        if error.clusters < 2 or error.lonely:
            return Pair(value, none, none, n, coverage, None, ())
        clusters = {task: len({i.cluster for i in both if i.task == task}) for task in sizes}

        def bounds_at(tail: float) -> Bounds:
            if error.se > NOTHING:
                return student(value, error, tail, -1.0, 1.0)
            effective = 1 / math.fsum(slot.weight[task] ** 2 / g for task, g in clusters.items())
            unseen = wilson(0.0, effective, tail).high
            assert isinstance(unseen, Exact)
            return exact(max(-1.0, value - float(unseen.value)), min(1.0, value + float(unseen.value)))

        totals: dict[str, float] = {}
        for i in both:
            totals[i.cluster] = totals.get(i.cluster, 0.0) + weight[i] * d[i]
        trials = all(ours[i] in (0.0, 1.0) and theirs[i] in (0.0, 1.0) for i in both)
        detectable = float(stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * error.se if error.se > NOTHING else None
        said = (error.clusters,)
        if trials and error.clusters == n and len(sizes) == 1:
            p = mcnemar_mid_p(sum(x > 0 for x in d.values()), sum(x < 0 for x in d.values()))
        elif error.clusters < 10:
            p = sign_flips(list(totals.values()))
        elif error.se > NOTHING:
            p = 2 * float(stats.t.sf(abs(value) / error.se, error.df))
        else:
            p = 1.0 if abs(value) <= NOTHING else 2.0 ** (1 - error.clusters)
        return Pair(value, bounds_at(0.025), bounds_at(0.05), n, coverage, p, said, detectable, bounds_at)


def mcnemar_mid_p(b: int, c: int) -> float:
    n, k = b + c, min(b, c)
    return min(1.0, 2 * float(stats.binom.cdf(k, n, 0.5)) - float(stats.binom.pmf(k, n, 0.5))) if b != c else 1.0


def sign_flips(totals: Sequence[float]) -> float:
    """The share of all patterns of signs that reach as far as the observed one."""
    observed = abs(math.fsum(totals)) - 1e-12 * math.fsum(map(abs, totals))
    flips = itertools.product((1.0, -1.0), repeat=len(totals))
    reached = [abs(sum(s * x for s, x in zip(signs, totals, strict=True))) >= observed for signs in flips]
    return sum(reached) / len(reached)


# -- the page --------------------------------------------------------------------------------------------------------


def number_id(slot: str, section: str, candidate: str, *metric: str) -> str:
    parts = [quote(part, safe="") for part in (slot, section, candidate or "all")]
    return "/".join((*parts, ":".join(quote(part, safe="") for part in metric)))


def page(run: Run, decisions: Mapping[str, Decision]) -> dict[str, Expected]:
    """Every number that a report of this run can show, by its id."""
    numbers = dict(_run_numbers(run))
    for decision in decisions.values():
        numbers |= _decision_numbers(decision)
        numbers |= _slot_numbers(decision.slot)
        numbers |= _sample_numbers(decision.slot)
    return numbers


def _count(n: float) -> Exact:
    return Exact(value=n)


def _run_numbers(run: Run) -> Iterator[tuple[str, Expected]]:
    answers = run.of("answer")
    done = [call for call in run.calls if call.finished]
    counts = {
        "samples": len(run.samples),
        "planned": len(answers),
        "answered": sum(call.ok for call in answers),
        "errors": sum(call.lost for call in answers),
        "pending": sum(not call.finished for call in answers),
        "uncertain": sum(call.row["state"] == "intent" and call.role != "warmup" for call in run.calls),
    }
    for name, n in counts.items():
        yield number_id("run", "summary", "", name), _count(n)
        if name in ("planned", "pending", "errors"):
            yield number_id("run", "incomplete", "", name), _count(n)
    machine = dict(zip(("machine_usd", "billed_usd"), _paid(run), strict=True))
    for name, calls in machine.items():
        if not calls or any(call.cost is not None for call in calls):
            yield number_id("run", "summary", "", name), Exact(value=_total(calls), unit="usd")
    lost = unrecorded(run)
    yield number_id("run", "summary", "", "unrecorded_calls"), _count(len(lost))
    yield number_id("run", "summary", "", "unrecorded_usd"), Exact(value=sum(lost, Decimal(0)), unit="usd")
    for id, calls in costs(run).items():
        yield from zip((f"{id}.estimated", f"{id}.priced"), map(_count, bounds(calls)), strict=True)
    for (suite, task), of in run.tasks.items():
        n = sum(place[:2] == (suite, task) for place in run.samples)
        assert n == of["n"], f"{suite}/{task} has {n} samples, and the manifest says {of['n']}"
        yield number_id("run", "suites", "", suite, task, "n"), _count(n)
    competing = {"candidates": run.config["candidates"], "instruments": {}}
    for candidate in models(competing).values():
        yield from _prices("run", candidate)
        for unit, price in candidate.get("prices", {}).get("usd", {}).items():
            yield number_id("run", "prices", candidate["name"], unit), Exact(value=Decimal(price), unit="usd")
    for name in run.config["instruments"]:
        calls = [call for call in done if call.instrument == name]
        yield number_id("run", "instruments", name, "calls"), _count(len(calls))
        yield number_id("run", "instruments", name, "failures"), _count(sum(not call.ok for call in calls))
        if any(call.cost is not None for call in calls):
            yield number_id("run", "instruments", name, "cost_usd"), Exact(value=_total(calls), unit="usd")
    yield from foreseen_numbers(run)
    settings = {"epochs": run.config["epochs"], "seed": run.config["seed"], **run.config["settings"]}
    for name, value in settings.items():
        for of, figure in value.items() if isinstance(value, dict) else [("", value)]:
            yield number_id("run", "settings", "", f"{name}.{of}" if of else name), Exact(value=float(figure))


def foreseen_numbers(run: Run) -> Iterator[tuple[str, Expected]]:
    """The last forecast as the manifest has it, and what was taken in the end."""
    if not run.manifest.get("foreseen"):
        return
    said, done = run.manifest["foreseen"][-1], [call for call in run.calls if call.finished]
    taken: dict[str, float | Decimal] = {
        "calls": sum(call.role in ("answer", "warmup", "instrument", "oracle") for call in done),
        "minutes": sending_minutes(run),
    }
    for name, calls in zip(("machine_usd", "usd"), _paid(run), strict=True):
        if all(call.cost is not None for call in calls):
            taken[name] = _total(calls)
    for name, range_ in said.items():
        unit = "usd" if "usd" in name else "plain"
        for end, value in range_.items() if isinstance(range_, dict) else ():
            yield number_id("run", "forecast", "", f"{name}.{end}"), Exact(value=value, unit=unit)
        if name in taken:
            yield number_id("run", "forecast", "", name), Exact(value=taken[name], unit=unit)
    yield number_id("run", "forecast", "", "pilot"), _count(said["pilot"])


def sending_minutes(run: Run) -> float:
    """The time of the processes that sent; one that left no end is over with the last that came of it."""
    finished, sessions = [call.row["finished"] for call in run.calls if call.finished], run.manifest["sessions"]
    took = 0.0
    for i, session in enumerate(sessions):
        later = sessions[i + 1]["began"] if i + 1 < len(sessions) else "9"
        its = [at for at in finished if session["began"] <= at < later]
        end = session.get("ended", max(its, default=session["began"]))
        took += (datetime.fromisoformat(end) - datetime.fromisoformat(session["began"])) / timedelta(seconds=1)
    return took / 60


def unrecorded(run: Run) -> list[Decimal]:
    """The most dollars of each call that may have been billed for what no record tells: nothing is in flight."""
    lost = (Decimal(call.row["sunk_usd"] or 0) + Decimal(call.row["held_usd"] or 0) for call in run.calls)
    return [dollars for dollars in lost if dollars > 0]


def costs(run: Run) -> dict[str, list[Call]]:
    """The id of each sum of costs → the calls that it sums up."""
    done = [call for call in run.calls if call.finished]
    machine, billed = _paid(run)
    sums = {
        number_id("run", "summary", "", "machine_usd"): machine,
        number_id("run", "summary", "", "billed_usd"): billed,
    }
    for name in run.config["instruments"]:
        sums[number_id("run", "instruments", name, "cost_usd")] = [c for c in done if c.instrument == name]
    for slot in run.slots.values():
        for name in slot.candidates:
            mine = [c for c in slot.answers if c.candidate == name and c.finished]
            sums[number_id(slot.slot, "cost", name, "spent_usd")] = mine
    return sums


def partial_sums(run: Run) -> set[str]:
    """The ids of the sums of costs that lack a part: of some call the cost is not known, and of some it is."""
    return {id for id, calls in costs(run).items() if {call.cost is None for call in calls} == {True, False}}


def bounded_sums(run: Run) -> set[str]:
    """The ids of the sums of costs that hold a bound."""
    return {id for id, calls in costs(run).items() if bounds(calls)[0]}


def bounds(calls: Iterable[Call]) -> tuple[int, int]:
    """How many of the calls with a cost are charged at an upper bound, and how many have one."""
    sources = [str(call.row["cost_source"]) for call in calls if call.cost is not None]
    return sum(source.endswith("estimated") for source in sources), len(sources)


def _paid(run: Run) -> tuple[list[Call], list[Call]]:
    """What our machines did and what others bill for; a cascade's cost is that of its stages, which are there too."""
    known = models(run.config)
    done = [call for call in run.calls if call.finished and not known[call.candidate].get("stages")]
    hosted = [call for call in done if "machine" in known[call.candidate]]
    return hosted, [call for call in done if "machine" not in known[call.candidate]]


def _total(calls: Iterable[Call]) -> Decimal:
    return sum((call.cost for call in calls if call.cost is not None), Decimal(0))


def _prices(slot: str, candidate: Mapping[str, Any]) -> Iterator[tuple[str, Expected]]:
    machine = candidate.get("machine")
    if machine is not None:
        hour, use = Decimal(machine["usd_per_hour"]), Decimal(machine["utilisation"])
        yield number_id(slot, "cost", candidate["name"], "usd_per_hour"), Exact(value=hour, unit="usd")
        yield number_id(slot, "cost", candidate["name"], "utilisation"), Exact(value=use, unit="share")


def with_unit(expected: Expected, unit: str) -> Expected:
    if isinstance(expected, Quantile):
        return Quantile(drawn=expected.drawn, share=expected.share, theirs=expected.theirs, unit=unit)
    return expected if isinstance(expected, Chance) else Exact(value=expected.value, unit=unit)


def _measured(
    slot: str, section: str, name: str, metric: str, of: Measure, unit: str
) -> Iterator[tuple[str, Expected]]:
    def named(suffix: str) -> str:
        return number_id(slot, section, name, metric + suffix)

    if of.value is not None:
        yield named(""), Exact(value=of.value, unit=unit)
    for suffix, bound in zip((".low", ".high"), of.two_sided, strict=True):
        if bound is not None and of.value is not None:
            yield named(suffix), with_unit(bound, unit)
    yield named(".n"), _count(of.n)
    if of.bounded is not None:
        yield from zip((named(".estimated"), named(".priced")), map(_count, of.bounded), strict=True)
    if of.coverage < 1:
        yield named(".coverage"), Exact(value=of.coverage, unit="share")


def _decision_numbers(decision: Decision) -> dict[str, Expected]:
    slot = decision.slot.slot
    numbers: dict[str, Expected] = {}
    made = decision.slot
    counts = {
        "samples_planned": len(made.planned),
        "samples_compared": len(made.items),
        "samples_answered": made.answered,
        "draws": 10_000,
        "seed": made.run.config["seed"],
    }
    numbers |= {number_id(slot, "method", "", key): _count(n) for key, n in counts.items()}
    for name in decision.slot.candidates:
        low, high = decision.interval(name)
        for section in ("verdict", "ranking"):
            score = {"": Exact(value=decision.scores[name]), ".low": low, ".high": high}
            numbers |= {number_id(slot, section, name, f"score{key}"): x for key, x in score.items() if x is not None}
            if name in decision.chances:
                numbers[number_id(slot, section, name, "p_best")] = Chance(value=decision.chances[name], theirs=10_000)
        for metric, of in decision.slot.measures[name].items():
            for section in ("verdict", "latency", "measures", "cost"):
                numbers |= dict(_measured(slot, section, name, metric, of, unit_of(metric)))
        for key in ("samples", "planned") if name in made.stops else ():
            numbers[number_id(slot, "ranking", name, f"stopped.{key}")] = _count(made.stops[name][key])
        if name in decision.ranks:
            numbers[number_id(slot, "ranking", name, "rank")] = _count(decision.ranks[name])
        for i, (gate, result) in enumerate(zip(decision.rule["gates"], decision.gates[name], strict=True)):
            unit = unit_of(gate["metric"])
            if result.value is not None:
                numbers[number_id(slot, "gates", name, f"{i}.value")] = Exact(value=result.value, unit=unit)
            if result.bound is not None:
                numbers[number_id(slot, "gates", name, f"{i}.bound")] = with_unit(result.bound, unit)
        numbers[number_id(slot, "matrix", name, "score")] = Exact(value=decision.scores[name])
        columns = zip(
            decision.criteria, decision.raw[name], decision.values[name], decision.contributions[name], strict=True
        )
        for criterion, raw, value, part in columns:
            key = criterion["name"]
            numbers |= dict(_measured(slot, "matrix", name, f"{key}.raw", raw, unit_of(criterion["metric"])))
            numbers[number_id(slot, "matrix", name, f"{key}.contribution")] = Exact(value=part)
            if value is not None:
                numbers[number_id(slot, "matrix", name, f"{key}.value")] = Exact(value=value)
    for i, gate in enumerate(decision.rule["gates"]):
        limit = gate["min"] if "min" in gate else gate["max"]
        numbers[number_id(slot, "gates", "", f"{i}.limit")] = Exact(value=limit, unit=unit_of(gate["metric"]))
    for criterion, weight in zip(decision.criteria, decision.weights, strict=True):
        key, share = criterion["name"], Exact(value=weight, unit="share")
        numbers |= {number_id(slot, section, "", f"{key}.weight"): share for section in ("weights", "matrix")}
        for anchor in ("worst", "ideal"):
            limit = Exact(value=criterion[anchor], unit=unit_of(criterion["metric"]))
            numbers[number_id(slot, "weights", "", f"{key}.{anchor}")] = limit
    for i, crossing in enumerate(decision.crossings):
        for section in ("verdict", "weights"):
            for which in ("weight", "now"):
                named = number_id(slot, section, crossing.winner, f"crossover.{i}.{which}")
                numbers[named] = Exact(value=getattr(crossing, which), unit="share")
    if decision.flip is not None and decision.flip[0] > 0:
        amount = Exact(value=decision.flip[0] / 2, unit="share", tolerance=1e-6)  # a linear program's
        numbers[number_id(slot, "verdict", decision.flip[1], "smallest_flip")] = amount
    lost = {"errors": sum(call.lost for call in made.answers), "calls": len(made.answers)}
    numbers |= {number_id(slot, "verdict", "", key): _count(n) for key, n in lost.items()}
    numbers |= _lead(slot, decision)
    numbers |= _breakevens(slot, decision)
    for name, pair in decision.pairs.items():
        shown = {"difference": pair.value, "p": pair.p, "p_holm": decision.holm.get(name), "n": pair.n}
        found = {key: Exact(value=x) for key, x in shown.items() if x is not None}
        found |= {key: x for key, x in (("low", pair.bounds.low), ("high", pair.bounds.high)) if x is not None}
        low, high = pair.bounds
        found |= {f"{end}_together": x for end, x in zip(("low", "high"), decision.together(name), strict=True) if x}
        if (
            pair.detectable is not None
            and pair.detectable < 1
            and low
            and high
            and float(low.value) <= 0 <= float(high.value)
        ):
            found["detectable"] = Exact(value=pair.detectable)
        numbers |= {number_id(slot, "differences", name, f"quality.{key}"): x for key, x in found.items()}
    return numbers


def _lead(slot: str, decision: Decision) -> dict[str, Expected]:
    """How far the first is ahead of the second, and what each criterion adds to that."""
    if len(decision.contenders) < 2:
        return {}
    (first, second), parts = decision.contenders[:2], decision.contributions
    found: dict[str, Expected] = {"score": Exact(value=decision.scores[first] - decision.scores[second])}
    ratio = math.log(decision.scores[first] / decision.scores[second]) if decision.geometric else 0.0
    for criterion, a, b in zip(decision.criteria, parts[first], parts[second], strict=True):
        part = found["score"].value * math.log(a / b) / ratio if ratio else a - b
        found[f"part.{criterion['name']}"] = Exact(value=part)
    if (pair := decision.pairs[second]).value is not None:
        found["quality"] = Exact(value=pair.value)
        bounds = (("quality.low", pair.bounds.low), ("quality.high", pair.bounds.high))
        found |= {key: bound for key, bound in bounds if bound is not None}
    return {number_id(slot, "verdict", second, f"lead.{key}"): x for key, x in found.items()}


def _breakevens(slot: str, decision: Decision) -> dict[str, Expected]:
    """How bad the first may become in one thing: its gate, the second that draws level, or what nobody may accept.

    Where it is level is looked for by halving its range; what is read errs towards the worse.
    """
    if len(decision.contenders) < 2:
        return {}
    first, second = decision.contenders[:2]
    found: dict[str, Expected] = {}
    for j, (criterion, raw) in enumerate(zip(decision.criteria, decision.raw[first], strict=True)):
        if raw.value is None or criterion["scale"] == "piecewise" or not decision.weights[j]:
            continue
        good, bad = criterion["ideal"], criterion["worst"]
        sign = 1 if bad > good else -1  # what is worse has more of it
        bound = "max" if sign > 0 else "min"
        ends = [
            sign * gate[bound]
            for gate in decision.rule["gates"]
            if gate["metric"] == criterion["metric"] and gate.get(bound) is not None
        ]

        def lead(x: float, j: int = j) -> float:
            values = [*decision.values[first]]
            values[j] = worth(decision.criteria[j], x)
            return decision.score(values, decision.weights) - decision.scores[second]

        if lead(bad) < 0 <= lead(good):
            for _ in range(200):
                middle = math.sqrt(good * bad) if criterion["scale"] == "log" else (good + bad) / 2
                good, bad = (middle, bad) if lead(middle) >= 0 else (good, middle)
            ends.append(sign * good + 1e-9 * abs(good))
        elif criterion["metric"] == "quality":
            ends.append(sign * bad)
        if ends:
            unit, place = unit_of(criterion["metric"]), f"breakeven.{criterion['name']}"
            limit = _raised(criterion["metric"], sign * min(ends), sign)
            found[number_id(slot, "verdict", first, place)] = Exact(value=limit, unit=unit)
            found[number_id(slot, "verdict", first, f"{place}.now")] = Exact(value=raw.value, unit=unit)
    return found


def _raised(metric: str, x: float, sign: int) -> float:
    """`x` as it is read, where that is not what it is the next reading in the direction of `sign`."""
    size, unit = abs(x), unit_of(metric)
    whole = 1.0
    if unit == "ms":
        whole = 1.0 if size < 999.5 else 1e3 if size < 6e5 else 6e4
    three = unit in ("ms", "usd") or metric.startswith(("rtf", "chars_per_s", "output_tokens", "input_tokens"))
    decimals = 3 if unit == "share" else 2
    if size and (three or size >= 100):
        decimals = max(0, 2 - math.floor(math.log10(size / whole)))
    grid = 10.0**decimals / whole
    steps = x * grid
    near = round(steps)
    onward = near if abs(steps - near) < 1e-10 * max(1.0, abs(steps)) else math.ceil(steps * sign) * sign
    return onward / grid


def _parts(slot: Slot, candidate: Mapping[str, Any], done: Sequence[Call]) -> dict[str, Decimal]:
    """What was paid for what: plain bills by line, cascades by stage, others whole; and what measuring has cost."""
    paid: dict[str, Decimal] = {}
    prices = candidate.get("prices", {}).get("usd", {})
    for call in (call for call in done if call.cost is not None):
        assert call.cost is not None
        lines: dict[str, Decimal] = {}
        for meter, (part, price) in PARTS.items():
            usd = Decimal(prices.get(price, prices.get(INSTEAD.get(price), 0)))
            lines[part] = lines.get(part, Decimal(0)) + Decimal(str(call.row[meter] or 0)) * usd
        told = lines if sum(lines.values()) == call.cost else {"whole": call.cost}
        if candidate.get("machine"):
            told = {"machine": call.cost}
        if candidate.get("stages"):
            told = {}
            for stage in (c for c in slot.run.of("stage") if c.part_of == call.plan):
                told[f"stage.{stage.stage}"] = told.get(f"stage.{stage.stage}", Decimal(0)) + (stage.cost or 0)
        for part, dollars in told.items():
            paid[part] = paid.get(part, Decimal(0)) + dollars
    plans = {call.plan for call in done}
    readings = [c for c in slot.run.calls if c.role == "instrument" and c.measures in plans]
    measuring = [c.cost for c in readings if c.cost is not None]
    return {**paid, "instruments": sum(measuring, Decimal(0))}


def _units(done: Sequence[Call]) -> Iterator[tuple[str, Expected]]:
    """What everything has cost, for each unit of what came."""
    came = [call for call in done if call.ok]
    spent = sum((call.cost for call in done if call.cost is not None), Decimal(0))
    if not came or any(call.cost is None for call in came):
        return
    yield "usd_per_success", Exact(value=spent / len(came), unit="usd")
    amounts = {
        meter: sum(Decimal(str(call.row[meter] or 0)) for call in came)
        for meter in ("input_characters", "output_audio_tokens", "output_audio_seconds", "input_audio_seconds")
    }
    characters, spoken = amounts["input_characters"], amounts["output_audio_seconds"]
    for unit, size, meter in (
        ("usd_per_1m_characters", 1_000_000, "input_characters"),
        ("usd_per_1m_audio_tokens", 1_000_000, "output_audio_tokens"),
        ("usd_per_audio_minute", 60, "output_audio_seconds" if spoken else "input_audio_seconds"),
    ):
        if amounts[meter]:
            yield unit, Exact(value=spent / amounts[meter] * size, unit="usd")
    if characters and spoken:
        yield "characters_per_minute", Exact(value=characters / (spoken / 60))


def _slot_numbers(slot: Slot) -> dict[str, Expected]:
    """Costs, tasks, completeness and bad cases."""
    numbers: dict[str, Expected] = {}
    configured = {candidate["name"]: candidate for candidate in slot.run.config["candidates"]}
    for name in slot.candidates:
        mine = [call for call in slot.answers if call.candidate == name]
        done = [call for call in mine if call.finished]
        costs: dict[str, Expected] = {}
        if any(call.cost is not None for call in done):
            costs["spent_usd"] = Exact(value=_total(done), unit="usd")
        for source in {call.row["cost_source"] for call in done}:
            costs[f"source.{source}"] = _count(sum(call.row["cost_source"] == source for call in done))
        for meter in METERS:
            total = sum(call.row[meter] for call in done if call.row[meter] is not None)
            costs[f"meter.{meter}"] = Exact(value=total, unit="s" if meter.endswith("_seconds") else "plain")
        costs |= {f"unit.{unit}": x for unit, x in _units(done)}
        costs |= {
            f"part.{part}": Exact(value=x, unit="usd") for part, x in _parts(slot, configured[name], done).items()
        }
        numbers |= {number_id(slot.slot, "cost", name, key): x for key, x in costs.items()}
        numbers |= dict(_prices(slot.slot, configured[name]))
        calls = {
            "planned": len(mine),
            "excluded": slot.excluded(name),
            "answered": sum(call.ok for call in mine),
            "cut": sum(call.ok and call.row["finish_reason"] == "length" for call in mine),
            **{f"{whose}_faults": sum(call.fault == whose for call in mine) for whose in FAULTS},
            "pending": len(mine) - len(done),
            "unscored": sum(call.ok and slot.primary(call) is None for call in done),
            "retried": sum(call.attempts > 1 for call in done),
            "untimed": sum(not call.row["marks_valid"] for call in done),
            **{f"kind.{kind}": sum(call.row["kind"] == kind for call in done)
               for kind in {call.row["kind"] for call in done if call.fault is not None}},
        }  # fmt: skip
        if name in slot.stops:
            calls["stopped"] = slot.called_off[name]
        if suspect := sum(call.row["usage_source"] == "suspect" for call in done):
            calls["suspect_usage"] = suspect
        numbers |= {number_id(slot.slot, "calls", name, key): _count(n) for key, n in calls.items()}
        for place in slot.tasks:
            numbers |= _task_numbers(slot, name, place, done)
            numbers |= _confusion_numbers(slot, name, place, done)
        sliced = slot.tagged
        groups = {("slice.task", *place): [c for c in done if c.place[:2] == place] for place in slot.tasks}
        groups |= {key: [c for c in done if c.place in places] for key, places in sliced.items()}
        for key, places in sliced.items():
            numbers |= _slice_numbers(slot, name, key, [c for c in done if c.place in places])
        for key, calls_of in groups.items():
            values = [v for call in calls_of if (v := slot.primary(call)) is not None]
            numbers[number_id(slot.slot, "bad", name, *key, "bad")] = _count(sum(v < 0.5 for v in values))
            numbers[number_id(slot.slot, "bad", name, *key, "n")] = _count(len(values))
    return numbers


NO_SLICE = (
    "cluster", "params", "written", "documents", "pool", "conversation", "entry_point", "check", "answer_key", "spoken",
)  # fmt: skip


def slices(metadata: Mapping[tuple[str, str, str], Mapping[str, Any]]) -> Iterator[tuple[tuple[str, ...], set[Any]]]:
    """Yield how the id of each slice by language and tag goes on, with the samples in it."""
    told: dict[str, dict[tuple[str, str, str], set[str]]] = {}
    for place, data in metadata.items():
        for key, given in data.items():
            if key == "tags":
                values = re.split(r"[,;|，；、]", given) if isinstance(given, str) else given
            else:
                values = [given]
            texts = [
                v.strip() if isinstance(v, str) else json.dumps(v) for v in values if not isinstance(v, list | dict)
            ]
            if key not in NO_SLICE and (short := {text for text in texts if 0 < len(text) <= 40 and text != "null"}):
                told.setdefault(key, {})[place] = short
    for key, by_place in told.items():
        kinds = set().union(*by_place.values())
        if len(kinds) > 20 or (key != "tags" and not 1 < len(kinds) <= len(by_place) / 2):
            continue
        for kind in kinds:
            name = ("slice.lang", kind) if key == "lang" else ("slice.tag", key, kind)
            yield name, {place for place, values in by_place.items() if kind in values}


def _slice_numbers(slot: Slot, name: str, key: tuple[str, ...], done: Sequence[Call]) -> dict[str, Expected]:
    """A slice's quality over its samples, with the interval of one task's (2.1, 2.2) from 10 samples on."""
    by_sample: dict[tuple[str, str, str], list[float]] = {}
    for call in done:
        if (v := slot.primary(call)) is not None:
            by_sample.setdefault(call.place, []).append(v)
    if not by_sample:
        return {}
    values = {at: math.fsum(of) / len(of) for at, of in by_sample.items()}
    n, value = len(values), math.fsum(values.values()) / len(values)
    stated = {at: slot.run.samples[at].get("metadata", {}).get("cluster") for at in values}
    within = {at: "/".join(at) if given is None else f"{at[0]} {given}" for at, given in stated.items()}
    error = clustered(("", within[at], (v - value) / n) for at, v in values.items())
    single = all(v in (0.0, 1.0) for v in values.values()) and error.clusters == n
    bounds = OPEN
    if n >= 10 and name not in slot.stops:
        by_trials = single or error.se < NOTHING
        bounds = wilson(value, error.clusters) if by_trials else student(value, error, 0.025, 0.0, 1.0)
    found = {"": Exact(value=value), ".low": bounds.low, ".high": bounds.high, ".n": _count(n)}
    return {number_id(slot.slot, "slices", name, *key, f"quality{end}"): x for end, x in found.items() if x is not None}


def _task_numbers(slot: Slot, name: str, place: tuple[str, str], done: Sequence[Call]) -> dict[str, Expected]:
    """A task's quality: Wilson for single independent trials and where nothing varies, else t with CR1 (2.1, 2.2)."""
    by_sample: dict[tuple[str, str, str], list[float]] = {}
    for call in done:
        if call.place[:2] == place and (v := slot.primary(call)) is not None:
            by_sample.setdefault(call.place, []).append(v)
    if not by_sample:
        return {}
    values = {at: math.fsum(of) / len(of) for at, of in by_sample.items()}
    n, value = len(values), math.fsum(values.values()) / len(values)
    error = clustered(("", slot.cluster(at), (v - value) / n) for at, v in values.items())
    single = all(v in (0.0, 1.0) for v in values.values()) and error.clusters == n
    by_trials = single or error.se < NOTHING
    bounds = wilson(value, error.clusters) if by_trials else student(value, error, 0.025, 0.0, 1.0)
    if name in slot.stops:
        bounds = OPEN
    primary = slot.tasks[place]["primary"]
    found = {"": Exact(value=value), ".low": bounds.low, ".high": bounds.high, ".n": _count(n)}
    return {number_id(slot.slot, "tasks", name, *place, primary + key): x for key, x in found.items() if x is not None}


def _confusion_numbers(slot: Slot, name: str, place: tuple[str, str], done: Sequence[Call]) -> dict[str, Expected]:
    """How often each label was read where each was wanted; a failure of the candidate's own reads none."""
    signature = slot.run.manifest["scorers"].get("/".join((*place, "label_match")), "")
    listed = re.search(r"\(labels=(\[.*?\])", signature)
    if listed is None:
        return {}
    labels = sorted(json.loads(listed[1]))
    here = [c for c in slot.answers if c.place[:2] == place]
    judged = {c.plan: c.scores["label_match"][1] for c in here if c.ok and "label_match" in c.scores}
    details = {plan: detail for plan, detail in judged.items() if "wanted" in detail}
    wanted = {c.sample: int(details[c.plan]["wanted"]) for c in here if c.plan in details}
    mine = [c for c in done if c.place[:2] == place and c.sample in wanted]
    mine = [c for c in mine if c.plan in details or c.fault == "candidate"]
    read = Counter((wanted[c.sample], int(details.get(c.plan, {"read": -1})["read"])) for c in mine)
    return {
        number_id(slot.slot, "confusion", name, *place, labels[at], "" if got < 0 else labels[got]): _count(
            read[at, got]
        )
        for at in set(wanted.values())
        for got in range(-1, len(labels))
    }


SHOWN_CHARACTERS = 3000


def _sample_numbers(slot: Slot) -> dict[str, Expected]:
    done = [call for call in slot.answers if call.finished]
    cases: dict[tuple[tuple[str, str, str], int], list[float | None]] = {}
    for call in done:
        cases.setdefault((call.place, call.epoch), []).append(slot.primary(call))
    judged = [[v for v in values if v is not None] for values in cases.values()]
    filters = {
        "all": len(cases),
        "failures": sum(any(v < 0.5 for v in values) for values in judged),
        "different": sum(bool(values) and max(values) - min(values) >= 0.25 for values in judged),
        "errors": sum(None in values for values in cases.values()),
    }
    counts = {
        "total": len(cases),
        "answers": len(done),
        "texts": len(done),
        **{f"filter.{k}": n for k, n in filters.items()},
    }
    numbers: dict[str, Expected] = {number_id(slot.slot, "samples", "", key): _count(n) for key, n in counts.items()}
    known = {place for (place, _), values in cases.items() if any(v is not None for v in values)}
    rows = sum(bool(places & known) for places in slot.tagged.values())
    numbers |= {
        number_id(slot.slot, "slices", "", key): _count(n) for key, n in (("shown", min(40, rows)), ("total", rows))
    }
    readings: dict[int, list[Call]] = {}
    for call in slot.run.of("instrument"):
        if call.ok and call.measures is not None:
            readings.setdefault(call.measures, []).append(call)
    for call in done:
        where = (*call.place, str(call.epoch))
        numbers[number_id(slot.slot, "samples", "", *where, "epoch")] = _count(call.epoch + 1)
        for medium in slot.run.samples[call.place].get("media", ()):
            if "seconds" in medium:
                length = Exact(value=medium["seconds"], unit="s")
                numbers[number_id(slot.slot, "samples", "", *where, "recording_seconds")] = length
        found = dict(_answer_numbers(slot, call, readings.get(call.plan, ())))
        found |= dict(_stage_numbers(slot, call))
        numbers |= {number_id(slot.slot, "samples", call.candidate, *where, key): x for key, x in found.items()}
    return numbers


def _answer_numbers(slot: Slot, call: Call, readings: Iterable[Call]) -> Iterator[tuple[str, Expected]]:
    row = call.row
    if (value := slot.primary(call)) is not None:
        yield "chip", Exact(value=value)
    text = row["partial"] if call.fault is not None else row["text"]
    if text is not None and len(text) > SHOWN_CHARACTERS:
        yield "cut_characters", _count(len(text) - SHOWN_CHARACTERS)
    if row["audio"] is not None:
        yield "audio_seconds", Exact(value=json.loads(row["audio"])["seconds"], unit="s")
    if row["video"] is not None:
        clip = json.loads(row["video"])
        yield "video_seconds", Exact(value=clip["seconds"], unit="s")
        yield from ((f"video_{side}", _count(clip[side])) for side in ("width", "height"))
    for scorer, (score, detail) in call.scores.items():
        if score is not None:
            yield f"score.{scorer}", Exact(value=score)
        for key, x in detail.items():
            yield f"detail.{scorer}.{key}", Exact(value=x)
    for reading in readings:
        for key, x in json.loads(reading.row["numbers"] or "{}").items():
            yield f"{reading.instrument}.{key}", Exact(value=x)
    for mark in ("ttfa_ms", "ttfo_ms", "ttft_ms", "total_ms"):
        if row["marks_valid"] and row[mark] is not None:
            yield mark, Exact(value=row[mark], unit="ms")
    if call.cost is not None:
        yield "cost_usd", Exact(value=call.cost, unit="usd")
    yield "attempts", _count(call.attempts)


def _stage_numbers(slot: Slot, answer: Call) -> Iterator[tuple[str, Expected]]:
    """When each stage began after the question, how long it took and what it cost; ours between them counts nothing.

    A voice that speaks sentence by sentence begins each when it is whole and the one before it has been spoken.
    """
    parts = [call for call in slot.run.of("stage") if call.part_of == answer.plan and call.finished]
    listed = next((c for c in slot.run.config["candidates"] if c["name"] == answer.candidate), {})
    aloud = [stage["name"] for stage in listed.get("stages", ()) if stage.get("by_sentence")]
    known, base, before = True, 0.0, 0.0
    spoken = [call for call in parts if call.stage in aloud]
    ready = (
        json.loads(parts[-len(spoken) - 1].row["sentences_ms"] or "[]") if spoken and len(parts) > len(spoken) else []
    )
    for i, call in enumerate(parts):
        took = call.row["total_ms"] if call.row["marks_valid"] else None
        if call in spoken:
            j = spoken.index(call)
            if j == 0:
                base, before = before, 0.0
                ready = ready if len(ready) >= len(spoken) else [parts[i - 1].row["total_ms"]] * len(spoken)
            begun = None if not known or ready[j] is None else base + max(ready[j], before)
            known = known and took is not None and begun is not None
            before = before if begun is None or took is None else begun - base + took
        else:
            begun = base if known else None
            known = known and took is not None
            before, base = base, base + (took or 0.0)
        numbers = {"start_ms": begun, "total_ms": took}
        yield from ((f"stage.{i}.{key}", Exact(value=x, unit="ms")) for key, x in numbers.items() if x is not None)
        if call.cost is not None:
            yield f"stage.{i}.cost_usd", Exact(value=call.cost, unit="usd")
