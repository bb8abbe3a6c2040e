"""How large a difference a sample can show, and how large a sample a difference needs (methodology.md 2.9)."""

import math

from harness.metrics.stats import t, z

ALPHA, POWER = 0.05, 0.8


def items_needed(
    difference: float,
    *,
    between: float,
    within: tuple[float, float] = (0.0, 0.0),
    trials: tuple[int, int] = (1, 1),
    design_effect: float = 1.0,
    alpha: float = ALPHA,
    power: float = POWER,
) -> float:
    """Return the number of paired items, not rounded, that show a true `difference` with `power` (Miller 2024).

    `between` is the variance of the items' differences, `within` that of the repetitions of each of the two and
    `trials` how many of these there are. Where every item was asked once, the variance of the differences as they came
    is `between`.
    """
    noise = between + within[0] / trials[0] + within[1] / trials[1]
    return _reach(alpha, power) ** 2 * noise * design_effect / difference**2


def mcnemar_detectable(n: int, discordant: float, *, alpha: float = ALPHA, power: float = POWER) -> float | None:
    """Return the smallest difference of two shares that `n` items show, on the share `discordant` of which they differ.

    It solves n = ((z_α √q + z_β √(q - D²)) / D)². None: even if one always won where they differ, it would not show.
    """
    a, b, q = z(alpha / 2), z(1 - power), discordant
    root = a**2 * q * n - (n + b**2) * q * (a**2 - b**2)
    if root < 0:
        return None
    difference = (a * math.sqrt(q * n) + math.sqrt(root)) / (n + b**2)
    return difference if difference <= q else None


def power_of(difference: float, se: float, df: float, *, alpha: float = ALPHA) -> float:
    """Return the chance that a two-sided t-test finds a true `difference` that is measured with `se`."""
    from scipy.special import nctdtr

    limit, centre = t(alpha / 2, df), abs(difference) / se
    other_way = float(nctdtr(df, centre, -limit))  # NaN where it is next to nothing
    return 1.0 - float(nctdtr(df, centre, limit)) + (0.0 if math.isnan(other_way) else other_way)


def _reach(alpha: float, power: float) -> float:
    return z(alpha / 2) + z(1 - power)
