"""How firm a decision is, worked out again by plain loops that share no code with the harness.

Formulas: methodology.md (1.2 other methods and dominance, 1.5 omissions and SMAA-2, 2.3 tests, 2.9 samples needed).
"""

import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from scipy import stats

from tests.recompute import (
    DRAWS,
    SIGMAS,
    TIE,
    Call,
    Chance,
    Decision,
    Exact,
    Expected,
    Measure,
    Slot,
    clustered,
    holm,
    number_id,
    worth,
)

THEIRS = 10_000
"""Draws of the run."""
WEIGHTINGS = 10
"""Of ours for each draw of the measurements, where every weighting is as likely as any other."""
RARE = 30
"""Fewer of our draws say nothing of the mean of their weights."""
PANEL = 1e-6
"""A min-max score of nearly equal measurements is right to fewer digits than they are."""


class Firm:
    """What stands beside one slot's verdict."""

    def __init__(self, decision: Decision) -> None:
        self.of, self.names = decision, decision.contenders
        self.known = len(self.names) > 1
        """Whether there is anything to say: the leader has a rival."""

    # -- other methods

    @property
    def compared(self) -> list[int]:
        """Criteria that other methods take: of weight, with one direction, measured and finite for all who compete."""
        return [
            j
            for j, (criterion, weight) in enumerate(zip(self.of.criteria, self.of.weights, strict=True))
            if weight > 0
            and direction(criterion) != 0
            and all((x := self.of.raw[name][j].value) is not None and math.isfinite(x) for name in self.names)
        ]

    @cached_property
    def opinions(self) -> dict[str, list[float]]:
        """Method → scores in the order of the ranking, higher for the better."""
        return {name: method(list(range(len(self.names)))) for name, method in self.methods().items()}

    def methods(self) -> dict[str, Callable[[list[int]], list[float]]]:
        """Each method as a function of who is asked about."""
        rows = [self.of.row(name) for name in self.names]
        found: dict[str, Callable[[list[int]], list[float]]] = {
            "additive": lambda who: [dot(rows[i], self.of.weights) for i in who]
        } if self.of.geometric else {
            "geometric": lambda who: [
                math.prod(max(v, 0.01) ** w for v, w in zip(rows[i], self.of.weights, strict=True)) for i in who
            ]
        }  # fmt: skip
        kept = self.compared
        if not kept:
            return found
        total = math.fsum(self.of.weights[j] for j in kept)
        table = Table(
            x=[[float(self.of.raw[name][j].value or 0.0) for j in kept] for name in self.names],
            weights=[self.of.weights[j] / total for j in kept],
            signs=[direction(self.of.criteria[j]) for j in kept],
            spans=[span(self.of.criteria[j]) for j in kept],
        )
        found["SAW"] = table.saw
        if all(x > 0 for row in table.x for x in row):
            found["WPM"] = table.wpm
        found |= {"TOPSIS": table.topsis, "VIKOR": lambda who: [-q for q in table.vikor(who)[0]]}
        found["PROMETHEE II"] = table.promethee
        self.settled = [self.names[i] for i in table.vikor(list(range(len(self.names))))[1]]
        return found

    def leader_by(self, scores: Sequence[float]) -> str:
        return self.of.first(dict(zip(self.names, scores, strict=True)))

    def reversals(self, method: Callable[[list[int]], list[float]]) -> list[dict[str, str]]:
        everybody = list(range(len(self.names)))
        if len(everybody) < 3:
            return []
        whole, found = method(everybody), []
        for dropped in everybody:
            kept = [i for i in everybody if i != dropped]
            after = dict(zip(kept, method(kept), strict=True))
            for a, b in itertools.permutations(kept, 2):
                if whole[a] > whole[b] + TIE and after[b] > after[a] + TIE:
                    names = {"dropped": dropped, "ahead": a, "behind": b}
                    found.append({key: self.names[i] for key, i in names.items()})
        return found

    # -- omissions

    @cached_property
    def without_suites(self) -> dict[str, str]:
        suites = dict.fromkeys(item.suite for item in sorted(self.of.slot.items.values()))
        found: dict[str, str] = {}
        for suite in suites if len(suites) > 1 else ():
            left = Slot(self.of.slot.run, self.of.slot.slot, self.of.rule, without=suite)
            left.__dict__["counts"] = []  # only values are asked for, and no interval of them
            found |= self._leads(suite, {name: left.measures[name] for name in self.of.slot.cells})
        return found

    @cached_property
    def without_candidates(self) -> dict[str, str]:
        measures, found = {name: self.of.slot.measures[name] for name in self.of.slot.cells}, {}
        for name in measures:
            found |= self._leads(name, {other: of for other, of in measures.items() if other != name})
        return found

    def _leads(self, left_out: str, measures: Mapping[str, Mapping[str, Measure]]) -> dict[str, str]:
        unknown = Measure(value=None, n=0, coverage=0.0)
        raw = {name: [of.get(c["metric"], unknown) for c in self.of.criteria] for name, of in measures.items()}
        whole = [row for name, row in raw.items() if name not in self.of.aside]
        dropped = [any(row[j].too_few for row in whole) for j in range(len(self.of.criteria))]
        values = {
            name: [None if drop else worth(c, m.value)
                   for c, m, drop in zip(self.of.criteria, raw[name], dropped, strict=True)]
            for name in self.names if name in raw
        }  # fmt: skip
        if not values or any(all(v is None for v in row) for row in values.values()):
            return {}
        scores = {name: self.of.score(row, self.of.weights) for name, row in values.items()}
        top = max(scores.values())
        return {left_out: next(name for name in self.names if name in scores and scores[name] >= top - TIE)}

    # -- draws

    def drawn(self, rng: random.Random) -> Iterator[dict[str, list[float]]]:
        """Values of those who compete, draw by draw; what one lacks and a rival has may be anything."""
        values = self.of.values
        known = [any(values[name][j] is not None for name in self.names) for j in range(len(self.of.criteria))]
        for b in range(DRAWS):
            yield {
                name: [
                    rng.random() if point is None and rival else v
                    for v, point, rival in zip(self.of.worths[name][b], values[name], known, strict=True)
                ]
                for name in self.names
            }

    @cached_property
    def ranks(self) -> dict[str, list[float]]:
        """Candidate → share of the draws of values and of weights around those that were set at each rank."""
        rng, kappa = random.Random(20260103), self.of.rule["thresholds"]["kappa"]
        found = {name: [0.0] * len(self.names) for name in self.names}
        for values in self.drawn(rng):
            weights = dirichlet([kappa * w for w in self.of.weights], rng)
            scores = {name: self.of.score(row, weights) for name, row in values.items()}
            for name, score in scores.items():
                ahead = sum(other > score + TIE for other in scores.values())
                level = sum(abs(other - score) <= TIE for other in scores.values())
                for place in range(ahead, ahead + level):
                    found[name][place] += 1 / level / DRAWS
        return found

    @cached_property
    def by_any_weights(self) -> dict[str, list[list[float]]]:
        """Candidate → the weightings, every one as likely as any other, by which it is first."""
        rng = random.Random(20260104)
        found: dict[str, list[list[float]]] = {name: [] for name in self.names}
        for values in self.drawn(rng):
            for _ in range(WEIGHTINGS):
                weights = dirichlet([float(w > 0) for w in self.of.weights], rng)
                scores = {name: self.of.score(row, weights) for name, row in values.items()}
                top = max(scores.values())
                first = [name for name, score in scores.items() if score >= top - TIE]
                found[rng.choice(first)].append(weights)
        return found

    def confidence(self, name: str, weights: Sequence[float]) -> Chance:
        """How often a candidate is first at `weights`."""
        share = 0.0
        for values in self.drawn(random.Random(20260105)):
            scores = {other: self.of.score(row, weights) for other, row in values.items()}
            first = [other for other, score in scores.items() if score >= max(scores.values()) - TIE]
            share += (name in first) / len(first) / DRAWS
        return Chance(value=share, theirs=THEIRS)

    # -- dominance

    @property
    def counted(self) -> list[int]:
        return [
            j for j, weight in enumerate(self.of.weights)
            if weight > 0 and any(self.of.values[name][j] is not None for name in self.names)
        ]  # fmt: skip

    def dominates(self, a: Sequence[float | None], b: Sequence[float | None]) -> bool:
        pairs = [(a[j], b[j]) for j in self.counted]
        known = [(x, y) for x, y in pairs if x is not None and y is not None]
        return len(known) == len(pairs) and all(x >= y - TIE for x, y in known) and any(x > y + TIE for x, y in known)

    def drawn_known(self, name: str, b: int) -> list[float | None]:
        points = self.of.values[name]
        return [None if p is None else v for v, p in zip(self.of.worths[name][b], points, strict=True)]

    @cached_property
    def dominated(self) -> dict[str, Chance]:
        beaten = dict.fromkeys(self.names, 0)
        for b in range(DRAWS):
            drawn = {name: self.drawn_known(name, b) for name in self.names}
            for name, mine in drawn.items():
                beaten[name] += any(self.dominates(of, mine) for other, of in drawn.items() if other != name)
        return {name: Chance(value=n / DRAWS, theirs=THEIRS) for name, n in beaten.items()}

    def proven(self, a: str, b: str) -> bool | None:
        """Whether 97.5% of the draws show that `a` dominates `b`; None where these draws are too near to say."""
        trifle, said = self.of.rule["thresholds"]["near_tie"], []
        unknown = any(self.of.values[name][j] is None for name in (a, b) for j in self.counted)
        if unknown or not self.counted:
            return False
        ahead: list[bool | None] = []
        for j in self.counted:
            gaps = [x[j] - y[j] for x, y in zip(self.of.worths[a], self.of.worths[b], strict=True)]
            said.append(_enough(sum(gap >= -trifle for gap in gaps) / DRAWS))
            ahead.append(_enough(sum(gap > TIE for gap in gaps) / DRAWS))
        if False in said or set(ahead) == {False}:
            return False
        return True if None not in said and True in ahead else None

    # -- what the samples tell apart

    @property
    def spread_seen(self) -> bool:
        return not self.of.lone & set(self.names)

    @cached_property
    def quality(self) -> dict[str, float]:
        found = {name: self.of.slot.measures[name]["quality"].value for name in self.names}
        return {name: value for name, value in found.items() if value is not None}

    @cached_property
    def corrected(self) -> dict[str, float]:
        pairs = {f"{a}\0{b}": self.of.pair(a, b).p for a, b in itertools.combinations(self.names, 2)}
        return holm({key: p for key, p in pairs.items() if p is not None})

    @cached_property
    def apart(self) -> set[frozenset[str]]:
        return {frozenset(key.split("\0")) for key, p in self.corrected.items() if p < 0.05}

    @cached_property
    def tiers(self) -> dict[str, dict[str, Any]]:
        """Letters: the largest sets of which no two are told apart, the set with the best first."""
        quality, apart = self.quality, self.apart
        order = sorted(quality, key=lambda name: (-quality[name], self.names.index(name)))
        level = [
            set(some)
            for size in range(len(order), 0, -1)
            for some in itertools.combinations(order, size)
            if not any(frozenset(pair) in apart for pair in itertools.combinations(some, 2))
        ]
        largest = [some for some in level if not any(some < other for other in level)]
        largest.sort(key=lambda some: sorted(order.index(name) for name in some))

        def shown(name: str, better: bool) -> int:
            others = (other for other in quality if frozenset({name, other}) in apart)
            return sum((quality[other] > quality[name]) is better for other in others)

        return {
            name: {
                "letters": "".join(chr(ord("a") + i) for i, some in enumerate(largest) if name in some),
                "best": Exact(value=1 + shown(name, True)),
                "worst": Exact(value=len(quality) - shown(name, False)),
            }
            for name in quality
        }

    @cached_property
    def advice(self) -> dict[str, list["More"]]:
        """Challenger → how many more samples of which suite would tell it from the leader."""
        found, apart = {}, self.apart
        for name in self.names[1:]:
            gap = self.of.pair(self.names[0], name).value
            level = gap is not None and frozenset({self.names[0], name}) not in apart
            if level and (more := self._more(name, gap or 0.0)):
                found[name] = more
        return found

    def _more(self, challenger: str, gap: float) -> list["More"]:
        slot, leader = self.of.slot, self.names[0]
        ours, theirs = slot.quality[leader], slot.quality[challenger]
        both = [item for item in slot.items.values() if item in ours and item in theirs]
        sizes = {task: sum(item.task == task for item in both) for task in slot.weight}
        means = {task: math.fsum(ours[i] - theirs[i] for i in both if i.task == task) / n for task, n in sizes.items()}
        parts = []
        for suite in dict.fromkeys(item.suite for item in sorted(slot.items.values())):
            among = [i for i in both if i.suite == suite]
            error = clustered(
                (i.task, i.cluster, slot.weight[i.task] / sizes[i.task] * (ours[i] - theirs[i] - means[i.task]))
                for i in among
            )
            if error.lonely:
                return []
            parts.append((suite, len(among), error.se**2, self._usd((leader, challenger), suite)))
        total = math.fsum(variance for _, _, variance, _ in parts)
        waiting = max(1, len(self.corrected) - len(self.apart))  # Holm asks this much of the next pair
        reach = float(stats.norm.ppf(1 - 0.025 / waiting) + stats.norm.ppf(0.8))
        wanted = (gap / reach) ** 2
        if abs(gap) <= 1e-12 or total <= wanted:
            return []

        def more(part: tuple[str, int, float, float | None], factor: float) -> More:
            samples = math.ceil(part[1] * (factor - 1) - 1e-9)
            return More(part[0], samples, None if part[3] is None else samples * part[3])

        alone = [more(p, p[2] / (wanted - (total - p[2]))) for p in parts if wanted > total - p[2]]
        if not alone:
            return [more(part, total / wanted) for part in parts]
        priced = all(one.usd is not None for one in alone)
        return [min(alone, key=lambda one: (one.usd or 0.0) if priced else one.samples)]

    def _usd(self, names: Sequence[str], suite: str) -> float | None:
        """What one more sample of a suite costs both."""
        slot, sums = self.of.slot, []
        for item in (item for item in slot.items.values() if item.suite == suite):
            usd = [slot.ratios["usd_per_request"].parts[name].get(item) for name in names]
            calls = [len(slot.cells[name][item]) for name in names]
            if None not in usd:
                sums.append(math.fsum(u[0] * n for u, n in zip(usd, calls, strict=True) if u is not None))
        return math.fsum(sums) / len(sums) if sums else None


class More(NamedTuple):
    suite: str
    samples: int
    usd: float | None


class Table(NamedTuple):
    """Measurements of those who compete, with what other methods need to know of the columns."""

    x: list[list[float]]
    weights: list[float]
    signs: list[int]
    spans: list[float]

    def directed(self, who: list[int]) -> list[list[float]]:
        return [[s * v for s, v in zip(self.signs, self.x[i], strict=True)] for i in who]

    def shares(self, who: list[int]) -> list[list[float]]:
        """How far each is from the worst to the best of all; equals stand at the worst."""
        columns = list(zip(*self.directed(who), strict=True))
        ends = [(min(c), max(c)) for c in columns]
        flat = [high - low <= TIE * max(map(abs, c)) for (low, high), c in zip(ends, columns, strict=True)]
        return [
            [0.0 if f else (v - low) / (high - low) for v, (low, high), f in zip(row, ends, flat, strict=True)]
            for row in self.directed(who)
        ]

    def saw(self, who: list[int]) -> list[float]:
        return [dot(row, self.weights) for row in self.shares(who)]

    def wpm(self, who: list[int]) -> list[float]:
        exponents = [s * w for s, w in zip(self.signs, self.weights, strict=True)]
        products = [math.prod(v**e for v, e in zip(self.x[i], exponents, strict=True)) for i in who]
        return [p / max(products) for p in products]

    def topsis(self, who: list[int]) -> list[float]:
        columns = list(zip(*self.directed(who), strict=True))
        scaled = [
            [w * v / (math.sqrt(math.fsum(x * x for x in c)) or 1.0) for v in c]
            for w, c in zip(self.weights, columns, strict=True)
        ]
        rows = list(zip(*scaled, strict=True))
        far, near = (
            [math.dist(row, [end(c) for c in scaled]) for row in rows] for end in (min, max)
        )  # from the worst, and from the best
        return [a / (a + b) if a + b > 0 else 0.0 for a, b in zip(far, near, strict=True)]

    def vikor(self, who: list[int]) -> tuple[list[float], list[int]]:
        """Q, lower for the better, and whom it would settle for, as places in `who`."""
        columns = list(zip(*self.directed(who), strict=True))
        flat = [max(c) - min(c) <= TIE * max(map(abs, c)) for c in columns]
        regret = [
            [0.0 if f else w * (1 - share) for share, w, f in zip(row, self.weights, flat, strict=True)]
            for row in self.shares(who)
        ]
        s, r = [math.fsum(row) for row in regret], [max(row) for row in regret]
        q = [(a + b) / 2 for a, b in zip(stretched(s), stretched(r), strict=True)]
        order = sorted(range(len(q)), key=lambda i: q[i])
        first, step = order[0], 1 / max(1, len(q) - 1)
        if len(q) > 1 and q[order[1]] - q[first] < step:
            return q, [i for i in order if q[i] - q[first] < step]
        stable = s[first] <= min(s) + TIE or r[first] <= min(r) + TIE
        return q, order[: 1 if stable else 2]

    def promethee(self, who: list[int]) -> list[float]:
        rows = self.directed(who)

        def preferred(a: Sequence[float], b: Sequence[float]) -> float:
            found = 0.0
            for x, y, weight, width in zip(a, b, self.weights, self.spans, strict=True):
                share = (x - y - 0.03 * width) / (0.27 * width)
                found += weight * min(1.0, max(0.0, share))
            return found

        return [math.fsum(preferred(a, b) - preferred(b, a) for b in rows) / max(1, len(rows) - 1) for a in rows]


def direction(criterion: Mapping[str, Any]) -> int:
    """1: more is better; -1: less is; 0: it goes up and down."""
    if criterion["scale"] != "piecewise":
        return 1 if criterion["ideal"] > criterion["worst"] else -1
    steps = [b[1] - a[1] for a, b in itertools.pairwise(criterion["points"])]
    return 1 if min(steps) >= 0 and max(steps) > 0 else -1 if max(steps) <= 0 and min(steps) < 0 else 0


def span(criterion: Mapping[str, Any]) -> float:
    if criterion["scale"] == "piecewise":
        return float(criterion["points"][-1][0] - criterion["points"][0][0])
    return abs(float(criterion["ideal"] - criterion["worst"]))


def stretched(regret: Sequence[float]) -> list[float]:
    low, high = min(regret), max(regret)
    return [0.0 if high - low <= TIE else (x - low) / (high - low) for x in regret]


def kendall(a: Sequence[float], b: Sequence[float]) -> float | None:
    """τ-b."""

    def sign(x: float) -> int:
        return 0 if abs(x) <= TIE else 1 if x > 0 else -1

    pairs = [(sign(a[i] - a[j]), sign(b[i] - b[j])) for i, j in itertools.combinations(range(len(a)), 2)]
    apart = math.prod(sum(pair[side] != 0 for pair in pairs) for side in (0, 1))
    return sum(x * y for x, y in pairs) / math.sqrt(apart) if apart else None


def dirichlet(alpha: Sequence[float], rng: random.Random) -> list[float]:
    gamma = [rng.gammavariate(a, 1.0) if a else 0.0 for a in alpha]
    return [g / sum(gamma) for g in gamma]


def dot(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(v * w for v, w in zip(values, weights, strict=True))


def _enough(share: float) -> bool | None:
    """Whether a share reaches 97.5%; None where these draws are too near to it to say."""
    error = SIGMAS * math.sqrt(0.025 * 0.975 * (1 / DRAWS + 1 / THEIRS))
    return None if abs(share - 0.975) <= error else share > 0.975


# -- what decision.json and the page say of it ------------------------------------------------------------------------


class Central(NamedTuple):
    """The mean of the weightings by which one is first, as far as enough were drawn, and how many that are."""

    share: float
    weights: list[Expected] | None
    """None: too few to say."""


def central(firm: Firm) -> dict[str, Central]:
    drawn, found = firm.by_any_weights, {}
    for name, weights in drawn.items():
        share = len(weights) / (DRAWS * WEIGHTINGS)
        if len(weights) < RARE:
            found[name] = Central(share, None)
            continue
        means: list[Expected] = []
        for column in zip(*weights, strict=True):
            mean = math.fsum(column) / len(column)
            spread = math.sqrt(math.fsum((w - mean) ** 2 for w in column) / len(column))
            error = SIGMAS * max(spread, 0.01) * math.sqrt(1 / len(column) + 1 / (share * THEIRS))
            means.append(Exact(value=mean, unit="share", tolerance=error))
        found[name] = Central(share, means)
    return found


def document(firm: Firm, got: Mapping[str, Any]) -> dict[str, Any]:
    """The tree of `firmness` in decision.json, of which `got` is what stands there."""
    if not firm.known:
        empty: dict[str, Any] = {
            "without_suite": {},
            "without_candidate": {},
            "flips": {},
            "acceptance": [],
            "domination": [],
        }
        return {
            **empty,
            "agreement": {"candidates": [], "opinions": [], "left_out": []},
            "separation": {"tiers": {}, "advice": []},
        }
    of, methods = firm.of, firm.methods()
    primary, compared = [of.scores[name] for name in firm.names], firm.compared
    opinions = []
    for method, scores in firm.opinions.items():
        tau = kendall(primary, scores)
        opinions.append({
            "method": method,
            "scores": [Exact(value=score, tolerance=PANEL) for score in scores],
            "leader": firm.leader_by(scores),
            "tau": None if tau is None else Exact(value=tau),
            "reversals": firm.reversals(methods[method]),
            "compromise": firm.settled if method == "VIKOR" else [],
        })  # fmt: skip
    return {
        "agreement": {
            "candidates": firm.names,
            "opinions": opinions,
            "left_out": [
                c["name"] for j, c in enumerate(of.criteria) if of.weights[j] > 0 and j not in compared
            ],
        },
        "without_suite": firm.without_suites,
        "without_candidate": firm.without_candidates,
        "flips": {name: Exact(value=amount, tolerance=1e-6) for amount, name in of.flips},
        "acceptance": _accepted(firm, got["acceptance"]) if firm.spread_seen else [],
        "domination": [_domination(firm, name) for name in firm.names],
        "separation": {
            "tiers": firm.tiers,
            "advice": [
                {"leader": firm.names[0], "challenger": name, "more": [
                    {"suite": it.suite, "samples": Exact(value=it.samples),
                     "usd": None if it.usd is None else Exact(value=it.usd)} for it in more
                ]}
                for name, more in firm.advice.items()
            ],
        },
    }  # fmt: skip


def _accepted(firm: Firm, got: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    ranks, chosen, found = firm.ranks, central(firm), []
    for name, said in zip(firm.names, got, strict=True):
        rare = chosen[name].weights is None
        found.append({
            "candidate": name,
            "ranks": [Chance(value=share, theirs=THEIRS) for share in ranks[name]],
            "any_weights": Chance(value=chosen[name].share, theirs=THEIRS),
            "central": ... if rare else chosen[name].weights,
            "confidence": ... if rare else firm.confidence(name, said["central"]),
        })  # fmt: skip
    return found


def _domination(firm: Firm, name: str) -> dict[str, Any]:
    others = [other for other in firm.names if other != name]
    shown = {other: firm.proven(other, name) for other in others} if firm.spread_seen else {}
    values = firm.of.values
    return {
        "candidate": name,
        "by": [other for other in others if firm.dominates(values[other], values[name])],
        "proven_by": ... if None in shown.values() else [other for other, is_shown in shown.items() if is_shown],
        "chance": firm.dominated[name] if firm.spread_seen else None,
    }


def numbers(firm: Firm) -> dict[str, Expected]:
    """Every number that the page can show of it, by its id."""
    if not firm.known:
        return {}
    slot, of = firm.of.slot.slot, firm.of
    found: dict[str, Expected] = {}

    def add(name: str, metric: str | tuple[str, str], expected: Expected) -> None:
        parts = metric if isinstance(metric, tuple) else (metric,)
        found[number_id(slot, "firmness", name, *parts)] = expected

    for what, leads in (("criteria", of.leave_one_out), ("suites", firm.without_suites)):
        add("", f"{what}.kept", Exact(value=sum(first == of.leader for first in leads.values())))
        add("", f"{what}.of", Exact(value=len(leads)))
    methods, primary = firm.methods(), [of.scores[name] for name in firm.names]
    for method, scores in firm.opinions.items():
        pairs = {(pair["ahead"], pair["behind"]) for pair in firm.reversals(methods[method])}
        add("", (method, "reversals"), Exact(value=len(pairs)))
        if (tau := kendall(primary, scores)) is not None:
            add("", (method, "tau"), Exact(value=tau))
    leaders = [firm.leader_by(scores) for scores in firm.opinions.values()]
    add("", "methods.same", Exact(value=leaders.count(str(of.leader))))
    add("", "methods.of", Exact(value=len(leaders)))
    for amount, name in of.flips:
        add(name, "flip", Exact(value=amount / 2, unit="share", tolerance=1e-6))
    for name, more in firm.advice.items():
        for section in ("firmness", "verdict"):
            found[number_id(slot, section, name, "more.samples")] = Exact(value=sum(it.samples for it in more))
            if all(it.usd is not None for it in more):
                dollars = Exact(value=math.fsum(it.usd or 0.0 for it in more), unit="usd")
                found[number_id(slot, section, name, "more.usd")] = dollars
    if firm.spread_seen:
        chosen = central(firm)
        for name, shares in firm.ranks.items():
            chances = {"first": shares[0], "second": shares[1], "lower": math.fsum(shares[2:])}
            for key, share in {**chances, "any_weights": chosen[name].share}.items():
                add(name, key, Chance(value=share, theirs=THEIRS))
            add(name, "dominated", firm.dominated[name])
            anything: list[Expected] = [Exact(value=0.5, unit="share", tolerance=0.5)] * len(of.criteria)
            for criterion, weight in zip(of.criteria, chosen[name].weights or anything, strict=True):
                add(name, f"central.{criterion['name']}", weight)
    return found


def echoes(decision: Decision) -> dict[str, list[tuple[int, int]]]:
    """Candidate → of it, or of each of its stages, how many answers name another model, and how many name any."""
    run, found = decision.slot.run, {}
    for candidate in run.config["candidates"]:
        parts = [stage["candidate"] for stage in candidate.get("stages", ())] or [candidate]
        for model in parts:
            named = [c.row["model"] for c in run.calls if c.candidate == model["name"] and _names_a_model(c)]
            others = sum(_last(said) != _last(model["model"]) for said in named)
            found.setdefault(candidate["name"], []).append((others, len(named)))
    return found


def misnamed(decision: Decision) -> bool:
    """Whether all answers of the leader, or of a stage of it, name another model than was asked."""
    return any(named and others == named for others, named in echoes(decision)[str(decision.leader)])


def _names_a_model(call: Call) -> bool:
    return call.role in ("answer", "stage") and call.row["model"] is not None


def _last(model: str) -> str:
    return model.rpartition("/")[2].lower()
