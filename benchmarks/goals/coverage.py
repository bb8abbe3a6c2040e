"""The statistics against simulated truth: how often intervals of 95% hold it, how often looking on alarms falsely."""

import math
from collections.abc import Sequence

from benchmarks.bench import Bench
from benchmarks.figures import Goal, Row
from benchmarks.simulations import ALARMS, INTERVALS, NAIVE, Simulation


def measure(bench: Bench) -> Sequence[Row]:
    runs = 2 * bench.samples
    return [
        *(
            _row(bench, f"coverage-{key}", it, runs, Goal(least=95) if it.exact else Goal(least=93, most=97))
            for key, it in INTERVALS.items()
        ),
        *(_row(bench, f"alarms-{key}", it, runs, Goal(most=5), NAIVE.get(key)) for key, it in ALARMS.items()),
    ]


def _row(bench: Bench, key: str, of: Simulation, runs: int, goal: Goal, without_care: Simulation | None = None) -> Row:
    """Return one figure of all runs: what it may be off by stands beside it, and no round is another one's equal."""
    bench.say(f"  {of.what}")
    share = of.share(runs)
    beside = {f"standard error of {runs:,} runs": 100 * math.sqrt(share * (1 - share) / runs)}
    if without_care is not None:
        beside[without_care.what] = 100 * without_care.share(runs)
    return Row(key=key, what=of.what, unit="%", values=[100 * share], goal=goal, beside=beside)
