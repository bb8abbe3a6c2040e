"""A table of options → its decision, by the engine that decides a run."""

import math
from collections.abc import Sequence

import numpy as np

from harness.core.decision import Decision
from harness.core.estimates import GIVEN, Estimate
from harness.core.option_table import Cell, OptionTable, Priority
from harness.decide.decide import decide, metrics_of
from harness.decide.values import Floats


def decide_table(table: OptionTable, *, draws: int, seed: int) -> Decision:
    """Decide between the options of `table`, which people know as far as its intervals say.

    A cell with an interval is drawn from it: most often near its value where it has one (triangular), else anywhere in
    it alike, with the middle as its value. A cell that nothing is known of is worth anything from 0 to 1, and counts 0.
    """
    estimates = {
        option: tuple(_estimate(metric, cell) for metric, cell in zip(table.metrics, row, strict=True))
        for option, row in zip(table.options, table.cells, strict=True)
    }
    metrics = metrics_of(table.rule)
    return decide(
        rule=table.rule,
        candidates=table.options,
        estimates=estimates,
        metrics=metrics,
        draws=_drawn(table, metrics, draws, np.random.default_rng(seed)),
        differences=lambda _: (),
        samples_planned=0,
        samples_compared=0,
        samples_answered=0,
        clusters=None,
        judged=dict.fromkeys(table.options, ()),
        seed=seed,
    )


def priorities(table: OptionTable, *, draws: int, seed: int) -> tuple[Priority, ...]:
    """Return RICE of each option with what its cells leave open, the most first; what is not known stands last."""
    parts = table.rice
    if parts is None:
        return ()
    rng, metrics = np.random.default_rng((seed, 3)), (parts.reach, parts.impact, parts.confidence, parts.effort)
    columns = [table.metrics.index(metric) for metric in metrics if metric is not None]
    found = []
    for option, row in zip(table.options, table.cells, strict=True):
        *factors, effort = (row[column] for column in columns)
        points, divisor = [_point(cell) for cell in factors], _point(effort)
        if divisor is None or None in points:
            found.append(Priority(option=option, rice=None))
            continue
        drawn = np.prod([_cell_draws(cell, draws, rng) for cell in factors], axis=0) / _cell_draws(effort, draws, rng)
        low, high = np.quantile(drawn, (0.025, 0.975)).tolist()
        rice = math.prod(point for point in points if point is not None) / divisor
        found.append(Priority(option=option, rice=rice, low=low, high=high))
    return tuple(sorted(found, key=lambda it: math.inf if it.rice is None else -it.rice))


def _estimate(metric: str, cell: Cell) -> Estimate:
    """Return the cell as an estimate that rests on no sample; its ends are its bounds, and a bare value is a fact."""
    point = _point(cell)
    low, high = (point, point) if cell.low is None else (cell.low, cell.high)
    return Estimate(
        metric=metric, value=point, low=low, high=high, n=0, coverage=0.0 if point is None else 1.0,
        low_one_sided=low, high_one_sided=high, note=GIVEN,
    )  # fmt: skip


def _point(cell: Cell) -> float | None:
    if cell.value is not None or cell.low is None or cell.high is None:
        return cell.value
    return cell.low / 2 + cell.high / 2


def _drawn(table: OptionTable, metrics: Sequence[str], draws: int, rng: np.random.Generator) -> Floats:
    columns = [table.metrics.index(metric) for metric in metrics]
    drawn = [_cell_draws(row[column], draws, rng) for row in table.cells for column in columns]
    return np.stack(drawn, axis=1).reshape(draws, len(table.cells), len(columns))


def _cell_draws(cell: Cell, draws: int, rng: np.random.Generator) -> Floats:
    if cell.low is None or cell.high is None or cell.low == cell.high:
        point = _point(cell)
        return np.full(draws, np.nan if point is None else point)
    if cell.value is None:
        return rng.uniform(cell.low, cell.high, draws)
    return rng.triangular(cell.low, cell.value, cell.high, draws)
