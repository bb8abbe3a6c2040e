"""Ask statsmodels, choix and HdrHistogram about 250 random samples each: writes inference.json.

Runs in the environment of `make references`.
"""

from collections.abc import Callable
from math import comb
from random import Random
from typing import Any

import choix
import numpy as np
import statsmodels.api as sm
from fixture import write
from hdrh.histogram import HdrHistogram
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint

CASES = 250  # choix and statsmodels answer some in part, and 200 whole answers each are wanted
Case = dict[str, Any]


def main() -> None:
    asked: dict[str, Callable[[Random], Case]] = {
        "clustered": _clustered, "proportion": _proportion, "discordant": _discordant, "multiplicity": _multiplicity,
        "power": _power, "judgments": _judgments, "places": _places, "stalls": _stalls,
    }  # fmt: skip
    content = {name: [ask(Random(seed)) for seed in range(CASES)] for name, ask in asked.items()}
    write("inference", content, packages=["statsmodels", "choix", "hdrhistogram"])


def _clustered(rng: Random) -> Case:
    cluster = [g for g in range(rng.randint(2, 8)) for _ in range(rng.randint(1, 3))]
    shift = [rng.gauss(0, 0.2) for _ in range(max(cluster) + 1)]
    x = [round(0.1 + shift[g] + rng.gauss(0, 0.3), 3) for g in cluster]
    groups, ones = np.array(cluster), np.ones(len(x))
    plain = sm.OLS(x, ones).fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}, use_t=True)
    fit = sm.OLS(x, ones).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    return {
        "x": x,
        "cluster": cluster,
        "cr0": _rounded(plain.bse[0]),
        "cr1": _rounded(fit.bse[0]),
        "interval": [_rounded(bound) for bound in fit.conf_int()[0]],
        "p": _rounded(fit.pvalues[0]),
    }


def _proportion(rng: Random) -> Case:
    n = rng.randint(1, 400)
    k = rng.randint(0, n)
    wilson, exact = (proportion_confint(k, n, method=method) for method in ("wilson", "beta"))
    return {"k": k, "n": n, "wilson": [_rounded(b) for b in wilson], "exact": [_rounded(b) for b in exact]}


def _discordant(rng: Random) -> Case:
    b, c = rng.randint(0, 40), rng.randint(0, 40)
    exact = float(mcnemar([[50, b], [c, 50]], exact=True).pvalue)
    likeliest = comb(b + c, min(b, c)) / 2 ** (b + c)
    return {"b": b, "c": c, "mid_p": 1.0 if b == c else _rounded(exact - likeliest)}


def _multiplicity(rng: Random) -> Case:
    p = [round(rng.random() ** 3, 5) for _ in range(rng.randint(1, 12))]
    return {"p": p, "holm": [_rounded(it) for it in multipletests(p, method="holm")[1]]}


def _power(rng: Random) -> Case:
    effect, n = round(rng.uniform(0.0, 0.8), 3), rng.randint(3, 200)
    power = TTestPower().power(effect, n, 0.05)
    return {"effect": effect, "n": n, "power": _rounded(power) if np.isfinite(power) else None}


def _judgments(rng: Random) -> Case:
    m = rng.randint(2, 6)
    theta = [rng.gauss(0, 1) for _ in range(m)]
    wins = [[0] * m for _ in range(m)]
    for _ in range(rng.randint(m, 20 * m)):
        i, j = rng.sample(range(m), 2)
        won, lost = (i, j) if rng.random() < 1 / (1 + np.exp(theta[j] - theta[i])) else (j, i)
        wins[won][lost] += 1
    votes = [(i, j) for i in range(m) for j in range(m) for _ in range(wins[i][j])]
    found = choix.opt_pairwise(m, votes, alpha=0.1, method="Newton-CG", tol=1e-12)
    case = {"wins": wins, "with_prior": [_rounded(it) for it in found - found.mean()]}
    try:
        plain = choix.ilsr_pairwise_dense(np.array(wins, dtype=float), tol=1e-12, max_iter=1000)
    except (RuntimeError, ValueError, np.linalg.LinAlgError):
        return case
    return case | ({"alone": [_rounded(it) for it in plain - plain.mean()]} if np.isfinite(plain).all() else {})


def _places(rng: Random) -> Case:
    m, votes = rng.randint(3, 4), []
    for i in range(m):
        for j in range(m):
            if i != j:
                n = rng.randint(5, 12)
                votes.append([i, j, (won := rng.randint(1, n - 1)), n - won])
    design = np.zeros((len(votes), m))
    for row, (i, j, _, _) in enumerate(votes):
        design[row, 0] = 1.0
        for option, sign in ((i, 1.0), (j, -1.0)):
            if option:
                design[row, option] = sign
    fit = sm.GLM(np.array(votes)[:, 2:], design, family=sm.families.Binomial()).fit(tol=1e-14, maxiter=200)
    return {"votes": votes, "first": _rounded(fit.params[0]), "first_se": _rounded(fit.bse[0]),
            "theta": [0.0, *(_rounded(it) for it in fit.params[1:])]}  # fmt: skip


def _stalls(rng: Random) -> Case:
    interval = rng.choice((10, 50, 100))
    latencies = [
        rng.randint(1, 40) if rng.random() < 0.9 else rng.randint(100, 20_000) for _ in range(rng.randint(10, 30))
    ]
    histogram = HdrHistogram(1, 3_600_000, 3)
    for latency in latencies:
        histogram.record_corrected_value(latency, interval)
    at_most = {str(q): histogram.get_value_at_percentile(q) for q in (50, 90, 99)}
    return {"latencies": latencies, "interval": interval, "n": histogram.get_total_count(), "at_most": at_most}


def _rounded(value: float) -> float:
    return round(float(value), 10)


if __name__ == "__main__":
    main()
