"""How much each criterion matters, from what somebody said: points, swing, an order, or pairs held against each other.

Every weighing names every criterion: what is forgotten must not read as what does not matter.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from harness.config.models import WeightsSection
from harness.config.source import Source
from harness.config.where import LOST, Where
from harness.core.rules import Elicitation, Profile, Weighing
from harness.core.suggest import did_you_mean, meant
from harness.core.wording import worded
from harness.errors import Problem

Named = tuple[str, Where, bool]
"""A criterion, where it is named, and whether that is a key."""


def profile(
    name: str, given: WeightsSection, criteria: Sequence[str], source: Source, where: Where, problems: list[Problem]
) -> Profile | None:
    """Return the weights that `given`, which stands at `where`, has for the `criteria`.

    None after adding what is wrong, such as pairs that contradict each other.
    """
    said = [method for method in Elicitation if getattr(given, method) is not None]
    unread = [method for method in Elicitation if (*where, method.value) in source.dropped]
    if len(said) + len(unread) != 1:
        message = worded("weights are given by exactly one of points, swing, order and ahp")
        hint = worded(
            "for example weights: {{points: {{{example}}}}}", example=", ".join(f"{it}: 1" for it in criteria)
        )
        problems.append(source.problem("E226", message, where, key=True, hint=hint))
        return None
    if not said:
        return None
    (method,) = said
    at = (*where, method.value)
    faults = list(_faults(given, method, criteria, source, at))
    try:
        weights, ratio = ((), None) if faults or source.lacks_some(at) else _weights(given, criteria)
    except ValueError as error:
        faults.append(source.problem("E226", error.args[0], at, key=True))
    problems.extend(faults)
    if faults or not weights:
        return None
    weighing = Weighing(method=method, consistency_ratio=ratio, by=given.by, on=given.on)
    return Profile(name=name, weights=weights, weighing=weighing)


def _faults(
    given: WeightsSection, method: Elicitation, criteria: Sequence[str], source: Source, at: Where
) -> Iterator[Problem]:
    named = list(_named(given, at))
    are_read = not source.lacks_some(at)
    told = {name if name in criteria else meant(name, criteria) for name, _, _ in named}
    told |= {str(lost[len(at)]) for lost in source.dropped if lost[: len(at)] == at and len(lost) > len(at)}
    for name, where, key in named:
        if name not in criteria:
            message, hint = worded("there is no criterion '{name}'", name=name), did_you_mean(name, criteria)
            yield source.problem("E226", message, where, key=key, hint=hint)
    missing = [name for name in criteria if name not in told] if (*at, LOST) not in source.dropped else []
    if missing:
        zero = method in (Elicitation.POINTS, Elicitation.SWING)
        hint = worded("`{name}: 0` says that it does not count", name=missing[0]) if zero else None
        yield source.problem(
            "E226",
            worded("'{method}' says nothing of {names}", method=method, names=missing),
            at,
            key=True,
            hint=hint or worded("name every criterion"),
        )
    if given.order is not None:
        for index, name in enumerate(given.order):
            if name in given.order[:index]:
                message = worded("'{name}' stands twice in the order", name=name)
                yield source.problem("E226", message, (*at, index), hint=worded("keep one of them"))
    if given.points is not None and not any(given.points.values()) and are_read:
        hint = worded("give at least one a weight above 0")
        message = worded("all weights are zero, so nothing would decide")
        yield source.problem("E217", message, at, key=True, hint=hint)
    if given.ahp is not None and not missing and are_read and all(name in criteria for name, _, _ in named):
        yield from _unpaired(given.ahp, criteria, source, at)


def _named(given: WeightsSection, at: Where) -> Iterator[Named]:
    for name in given.points or given.swing or given.ahp or {}:
        yield name, (*at, name), True
    for index, name in enumerate(given.order or ()):
        yield name, (*at, index), False
    for name, others in (given.ahp or {}).items():
        for other in others:
            yield other, (*at, name, other), True


def _unpaired(
    pairs: Mapping[str, Mapping[str, float]], criteria: Sequence[str], source: Source, at: Where
) -> Iterator[Problem]:
    for name, others in pairs.items():
        for other in others:
            where = (*at, name, other)
            if name == other:
                message = worded("'{name}' is held against itself", name=name)
                yield source.problem("E226", message, where, key=True, hint=worded("take it out"))
            elif name in pairs.get(other, ()) and criteria.index(name) > criteria.index(other):
                message = worded("'{name}' and '{other}' are held against each other twice", name=name, other=other)
                yield source.problem(
                    "E226", message, where, key=True, hint=worded("keep one: the other way round follows")
                )
    open_ = [(a, b) for a, b in combinations(criteria, 2) if b not in pairs.get(a, ()) and a not in pairs.get(b, ())]
    if open_:
        a, b = open_[0]
        rest = len(open_) - 1
        message = worded("'ahp' does not say how '{a}' compares with '{b}'", a=a, b=b)
        if rest:
            message = worded("{this}, nor {n} more pairs", this=message, n=rest)
        yield source.problem(
            "E226", message, at, key=True, hint=worded("`{a}: {{{b}: 3}}`: three times as important", a=a, b=b)
        )


def _weights(given: WeightsSection, criteria: Sequence[str]) -> tuple[tuple[float, ...], float | None]:
    """Return the weights in the order of the `criteria`, and AHP's consistency ratio; ValueError: there are none."""
    from harness.decide import weights

    if given.points is not None:
        return weights.direct([given.points[name] for name in criteria]), None
    if given.swing is not None:
        return weights.swing([given.swing[name] for name in criteria]), None
    if given.order is not None:
        by_place = weights.rank_order(len(criteria))
        return tuple(by_place[given.order.index(name)] for name in criteria), None
    from harness.decide.ahp import judged

    pairs = given.ahp or {}
    ratios = [
        [1.0 if a == b else pairs[a][b] if b in pairs.get(a, ()) else 1 / pairs[b][a] for b in criteria]
        for a in criteria
    ]
    found = judged(ratios, criteria)
    return found.weights, found.consistency_ratio
