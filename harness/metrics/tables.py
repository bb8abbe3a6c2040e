"""Tables of calls and scores → arrays of candidates × items."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from harness.core.calls import BOUNDED_SOURCES
from harness.core.estimates import Bounded
from harness.metrics.observations import Blend, Observations, Ratio
from harness.metrics.stats import Bools, Floats, Ints, pass_all_k, pass_at_k

TIMINGS = ("ttft_ms", "ttfo_ms", "ttfa_ms", "total_ms", "gap_ms", "stall_ms", "rtf", "chars_per_s")
COUNTERS = ("word_accuracy", "transcript_accuracy")
"""Scorers whose detail counts errors: of voices, through a transcriber, and of transcripts."""
UNITS = {"wer": "words", "cer": "characters"}
"""Error rate → what it is a share of."""
EDITS = ("substitutions", "insertions", "deletions")
TURNS = ("patience", "yielding", "steadiness")
"""Scorers of events in a live session, of which some samples have none."""
FEWEST_EVENTS = 10
"""Below, the rate of an event is not shown (tau2-bench, docs/interaction-metrics.md)."""
PROGRAMS = "passes_tests"
"""Scorer whose repeated verdicts are counted together."""
TRIES = (2, 5, 10)
MOS_FLOOR = 1.0
"""The worst mean opinion score: what a clip that a candidate failed to speak is worth."""


def observe(calls: pd.DataFrame, scores: pd.DataFrame, *, slot: str) -> Observations:
    """Return what the candidates of `slot` did on the items that all of them were asked.

    calls: one row a planned answer, as `store.frames.calls_frame` makes them; scores: one row a judgement,
    as `store.frames.scores_frame` makes them. Epochs are averaged into their item, except in timings.
    """
    of_slot = calls[calls["slot"] == slot]
    candidates = tuple(sorted(of_slot["candidate"].unique()))
    shared = of_slot.groupby(["suite", "task", "sample"])["candidate"].transform("nunique") == len(candidates)
    dropped = len(of_slot.loc[~shared, ["suite", "task", "sample"]].drop_duplicates())
    rows = of_slot[shared].sort_values(["suite", "task", "sample", "candidate", "epoch"], ignore_index=True)
    items = rows.drop_duplicates(["suite", "task", "sample"])
    tasks = items[["suite", "task"]].drop_duplicates()
    stratum = _number(items, "suite", "task")
    grid = _Grid(
        candidate=rows["candidate"].map({name: i for i, name in enumerate(candidates)}).to_numpy(np.int64),
        item=_number(rows, "suite", "task", "sample"),
        epoch=_number(rows, "epoch"),
        candidates=len(candidates),
        items=len(items),
    )
    answers = _answers(rows, grid)
    scores = scores.reset_index(drop=True)
    judged = _judged(rows, scores)
    value = _value(rows, judged, answers)
    return Observations(
        slot=slot,
        candidates=candidates,
        tasks=tuple(f"{suite}/{task}" for suite, task in tasks.itertuples(index=False)),
        task_weight=1.0 / (tasks["suite"].nunique() * tasks.groupby("suite")["task"].transform("size").to_numpy(float)),
        stratum=stratum,
        cluster=_number(items, "suite", "task", "cluster"),
        quality=grid.mean(value),
        asked=grid.total(np.ones(len(rows))),
        scored=grid.total((~np.isnan(value)).astype(float)),
        ratios={
            **_scorers(judged, answers, stratum),
            **_repeated(judged, answers, stratum),
            **_speech(rows, scores, answers, stratum),
            **_speech_gap(rows, value, calls, scores, grid),
            **_cost(rows, value, answers),
            **_tokens(rows, grid),
        },
        timings=_timings(rows, answers),
        dropped=dropped,
        items=tuple("/".join(place) for place in items[["suite", "task", "sample"]].itertuples(index=False)),
        blends=_macro_f1(rows, scores, answers, stratum),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Grid:
    """Where each row of the table, R in all, belongs in the arrays."""

    candidate: Ints
    item: Ints
    epoch: Ints
    candidates: int
    items: int

    def total(self, values: Floats) -> Floats:
        """Sum the rows' values over epochs, NaN counting nothing; [R] → [C, n]."""
        cell = self.candidate * self.items + self.item
        size = self.candidates * self.items
        sums = np.bincount(cell, np.nan_to_num(values), minlength=size).astype(float)
        return sums.reshape(self.candidates, self.items)

    def mean(self, values: Floats) -> Floats:
        """Average the rows' values over the epochs that have one; NaN where none has; [R] → [C, n]."""
        count = self.total((~np.isnan(values)).astype(float))
        mean = np.full(count.shape, np.nan)
        np.divide(self.total(values), count, out=mean, where=count > 0)
        return mean

    def cube(self, values: Floats) -> Floats:
        """Lay the rows' values out by epoch; [R] → [C, n, E]."""
        epochs = int(self.epoch.max(initial=-1)) + 1
        result = np.full((self.candidates, self.items, epochs), np.nan)
        result[self.candidate, self.item, self.epoch] = values
        return result


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Answers:
    """What became of each row's call; shapes [R]."""

    grid: _Grid
    ok: Bools
    failed: Bools
    """By the candidate's own fault."""
    lost: Bools
    """By infra or by the harness."""
    timed_out: Bools

    def judge(self, values: Floats, applies: Bools, *, floor: float) -> Floats:
        """Keep the values of outputs, give the candidate's own failures `floor`, and leave the rest unknown."""
        return np.where(self.failed & applies, floor, np.where(self.ok, values, np.nan))

    def applies(self, values: Floats, stratum: Ints) -> Bools:
        """Say which items [n] belong to a task of which any answer has a value."""
        tasks = np.unique(stratum[self.grid.item[~np.isnan(values)]])
        return np.isin(stratum, tasks)


def _answers(rows: pd.DataFrame, grid: _Grid) -> _Answers:
    done = (rows["state"] == "done").to_numpy(bool)
    ok = done & rows["ok"].eq(True).fillna(False).to_numpy(bool)
    failed = done & ~ok & (rows["fault"] == "candidate").fillna(False).to_numpy(bool)
    timed_out = done & ~ok & (rows["kind"] == "timeout").fillna(False).to_numpy(bool)
    return _Answers(grid=grid, ok=ok, failed=failed, lost=done & ~ok & ~failed, timed_out=timed_out)


def _judged(rows: pd.DataFrame, scores: pd.DataFrame) -> dict[str, Floats]:
    """Return each scorer's values, [R], NaN where it has none."""
    positions = _positions(rows, scores)
    judged: dict[str, Floats] = {}
    for scorer, group in scores[positions >= 0].groupby("scorer"):
        judged[str(scorer)] = np.full(len(rows), np.nan)
        judged[str(scorer)][positions[group.index]] = _floats(group["value"])
    return judged


def _value(rows: pd.DataFrame, judged: Mapping[str, Floats], answers: _Answers) -> Floats:
    """Return what each row's primary scorer says of it, [R]."""
    primary = np.full(len(rows), np.nan)
    for scorer, values in judged.items():
        primary = np.where(rows["primary"] == scorer, values, primary)
    return answers.judge(primary, np.ones(len(rows), np.bool_), floor=0.0)


def _details(rows: pd.DataFrame, scores: pd.DataFrame, scorer: str, names: tuple[str, ...]) -> dict[str, Floats]:
    """Return numbers of one scorer's details, [R] each, NaN where they are not given."""
    positions = _positions(rows, scores)
    group = scores[(positions >= 0) & (scores["scorer"] == scorer).to_numpy(bool)]
    details = {name: np.full(len(rows), np.nan) for name in names}
    for name, values in details.items():
        values[positions[group.index]] = [detail.get(name, np.nan) for detail in group["detail"]]
    return details


def _positions(rows: pd.DataFrame, scores: pd.DataFrame) -> Ints:
    """Return the row that each score belongs to, -1 for none."""
    return np.asarray(pd.Index(rows["key"]).get_indexer(pd.Index(scores["key"])), dtype=np.int64)


def _scorers(judged: Mapping[str, Floats], answers: _Answers, stratum: Ints) -> dict[str, Ratio]:
    ratios = {}
    for scorer, values in judged.items():
        applies = answers.applies(values, stratum)
        value = answers.judge(values, applies[answers.grid.item], floor=0.0)
        rate = _mean(answers.grid.mean(value), applies, ceiling=1.0, fraction=True)
        ratios[scorer] = replace(rate, fewest=FEWEST_EVENTS) if scorer in TURNS else rate
    return ratios


def _repeated(judged: Mapping[str, Floats], answers: _Answers, stratum: Ints) -> dict[str, Ratio]:
    """Return pass@k and pass^k of programs, where samples were asked so often; an item with fewer verdicts has none."""
    if PROGRAMS not in judged:
        return {}
    grid, applies = answers.grid, answers.applies(judged[PROGRAMS], stratum)
    values = answers.judge(judged[PROGRAMS], applies[grid.item], floor=0.0)
    trials, passed = grid.total((~np.isnan(values)).astype(float)), grid.total(values)
    epochs = int(grid.epoch.max(initial=-1)) + 1
    return {
        f"{name}_{k}": _mean(chance(trials, passed, k), applies, ceiling=1.0, fraction=True)
        for k in TRIES
        if k <= epochs
        for name, chance in (("pass_at", pass_at_k), ("pass_all", pass_all_k))
    }


def _speech(rows: pd.DataFrame, scores: pd.DataFrame, answers: _Answers, stratum: Ints) -> dict[str, Ratio]:
    """Return micro WER and CER and the parts of DNSMOS, where their scorers ran."""
    grid, ratios = answers.grid, {}
    counted = [_details(rows, scores, scorer, (*EDITS, *UNITS.values())) for scorer in COUNTERS]
    counts = {name: np.fmax.reduce([of_one[name] for of_one in counted]) for name in counted[0]}
    edits = counts["substitutions"] + counts["insertions"] + counts["deletions"]
    for metric, unit in UNITS.items():
        if not np.isfinite(counts[unit]).any():
            continue
        # a candidate that failed said none of the words; how many there were is known from any other answer
        said = np.zeros(grid.items)
        np.maximum.at(said, grid.item, np.nan_to_num(counts[unit]))
        expected = np.where(said > 0, said, np.nan)[grid.item]
        wrong = np.where(np.isnan(counts[unit]), np.nan, edits)
        ratios[metric] = Ratio(
            numerator=grid.mean(np.where(answers.failed, expected, np.where(answers.ok, wrong, np.nan))),
            denominator=grid.mean(np.where(answers.failed, expected, np.where(answers.ok, counts[unit], np.nan))),
            applies=answers.applies(counts[unit], stratum),
            fraction=True,
            note=f"micro: edits / {unit}",
        )
    for name, values in _details(rows, scores, "dnsmos", ("ovrl", "sig", "bak")).items():
        if np.isfinite(values).any():
            applies = answers.applies(values, stratum)
            value = answers.judge(values, applies[grid.item], floor=MOS_FLOOR)
            ratios[f"dnsmos_{name}"] = _mean(grid.mean(value), applies, floor=MOS_FLOOR, ceiling=5.0)
    return ratios


def _macro_f1(rows: pd.DataFrame, scores: pd.DataFrame, answers: _Answers, stratum: Ints) -> dict[str, Blend]:
    """Return the mean over tasks of the mean over a task's labels of F1 = 2 hits / (wanted + read).

    Labels are those that the answer key has. No label, several, and a candidate's own failure read none of them.
    """
    grid, details = answers.grid, _details(rows, scores, "label_match", ("wanted", "read"))
    of_item = np.full(grid.items, -1.0)  # known from any answer to the item
    np.maximum.at(of_item, grid.item, np.nan_to_num(details["wanted"], nan=-1.0))
    labels = sorted(set(zip(stratum[of_item >= 0].tolist(), of_item[of_item >= 0].tolist(), strict=True)))
    if not labels:
        return {}
    tasks = [task for task, _ in labels]
    wanted, home = of_item[grid.item], stratum[grid.item]
    read = np.where(answers.failed, -1.0, np.where(answers.ok, details["read"], np.nan))
    judged = (wanted >= 0) & ~np.isnan(read)
    about = {task: (stratum == task) & (of_item >= 0) for task in tasks}
    ratios, weight = [], []
    for task, label in labels:
        here = judged & (home == task)
        is_wanted, is_read = wanted == label, read == label
        ratios.append(
            Ratio(
                numerator=grid.mean(np.where(here, 2.0 * (is_wanted & is_read), np.nan)),
                denominator=grid.mean(np.where(here, 1.0 * is_wanted + is_read, np.nan)),
                applies=about[task],
            )
        )
        weight.append(1.0 / (len(about) * tasks.count(task)))
    note = f"mean over {len(labels)} labels of 2 hits / (wanted + read)"
    return {"macro_f1": Blend(ratios=tuple(ratios), weight=tuple(weight), note=note)}


def _speech_gap(
    rows: pd.DataFrame, value: Floats, calls: pd.DataFrame, scores: pd.DataFrame, grid: _Grid
) -> dict[str, Ratio]:
    """Return text score − speech score on the same samples, where the same model was asked them in writing too."""
    texts = calls[calls["suite"].isin(rows["written"].dropna().unique())].reset_index(drop=True)
    if texts.empty:
        return {}
    score = _value(texts, _judged(texts, scores), _answers(texts, grid))
    known = texts.assign(score=score).groupby(["candidate", "suite", "task", "sample"])["score"].mean()
    twins = pd.MultiIndex.from_frame(rows[["writer", "written", "task", "sample"]])
    gap = grid.mean(known.reindex(twins).to_numpy(float) - value)
    if np.isnan(gap).all():
        return {}
    applies = np.bincount(grid.item, rows["written"].notna(), minlength=grid.items) > 0
    return {
        "speech_gap": replace(_mean(gap, applies, floor=-1.0, ceiling=1.0), note="mean of text score - speech score")
    }


def _cost(rows: pd.DataFrame, value: Floats, answers: _Answers) -> dict[str, Ratio]:
    """Return the costs; one output without a price makes its candidate's cost unknown.

    A lost request that was billed has cost what it has cost; one that was refused says nothing of what a request
    costs, and as 0 it would make a candidate that fails look cheap.
    """
    grid, cost = answers.grid, _floats(rows["cost_usd"])
    unpriced = np.bincount(grid.candidate, answers.ok & np.isnan(cost), minlength=grid.candidates) > 0
    refused = answers.lost & (cost == 0)
    usd = grid.mean(np.where(unpriced[grid.candidate] | refused, np.nan, cost))
    good = grid.mean(np.where(answers.lost, 0.0, value))
    everywhere = np.ones(grid.items, np.bool_)
    known = np.where(np.isnan(good), np.nan, usd)
    counted = ~np.isnan(cost) & ~refused
    estimated = counted & rows["cost_source"].isin(BOUNDED_SOURCES).to_numpy(bool)
    bounded = tuple(
        Bounded(calls=n, of=int(counted[mine].sum())) if (n := int(estimated[mine].sum())) else None
        for mine in (grid.candidate == c for c in range(grid.candidates))
    )
    ratios = {
        "usd_per_request": _mean(usd, everywhere),
        "usd_per_1k_requests": _mean(1000 * usd, everywhere),
        "usd_per_good_answer": Ratio(
            numerator=known, denominator=good, applies=everywhere, note="cost of all requests / sum of quality"
        ),
    }
    return {name: replace(ratio, bounded=bounded) for name, ratio in ratios.items()}


def _tokens(rows: pd.DataFrame, grid: _Grid) -> dict[str, Ratio]:
    tokens = grid.mean(_floats(rows["output_tokens"]))
    everywhere = np.ones(grid.items, np.bool_)
    return {"output_tokens_mean": _mean(tokens, everywhere)} if np.isfinite(tokens).any() else {}


def _timings(rows: pd.DataFrame, answers: _Answers) -> dict[str, Floats]:
    """Return the timings that the slot has; a timeout counts where its candidate can be timed at all.

    What a timeout counts as is the table's to say.
    """
    grid, timings = answers.grid, {}
    for name in TIMINGS:
        values = _floats(rows[name])
        timed = np.bincount(grid.candidate, np.isfinite(values) & ~answers.timed_out, minlength=grid.candidates) > 0
        answered = np.bincount(grid.candidate, answers.ok, minlength=grid.candidates) > 0
        values[(answered & ~timed)[grid.candidate]] = np.nan
        if timed.any() or (name == "total_ms" and answers.timed_out.any()):
            timings[name] = grid.cube(values)
    return timings


def _mean(
    values: Floats, applies: Bools, *, floor: float = 0.0, ceiling: float = np.inf, fraction: bool = False
) -> Ratio:
    return Ratio(
        numerator=values,
        denominator=np.ones(values.shape),
        applies=applies,
        floor=floor,
        ceiling=ceiling,
        fraction=fraction,
    )


def _number(rows: pd.DataFrame, *columns: str) -> Ints:
    """Number the distinct values of `columns` from 0, in ascending order; [R]."""
    return np.asarray(rows.groupby(list(columns)).ngroup(), dtype=np.int64)


def _floats(column: pd.Series) -> Floats:
    """Return a column as a new array of floats: None and NA as NaN, Decimals as floats."""
    return np.array(pd.to_numeric(column), dtype=float)
