"""`decision:` of bakeoff.yaml as one rule for each slot, over the defaults."""

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from harness.config import defaults
from harness.config.models import BakeoffFile, CriterionSection, DecisionSection, GateSection, TableRule, WeightsSection
from harness.config.source import Source
from harness.config.validate import validate_parts
from harness.config.weights import profile
from harness.config.where import Where
from harness.core.option_table import Rice
from harness.core.rules import Combine, Criterion, DecisionRule, Gate, Profile, Scale
from harness.core.suggest import did_you_mean, meant, nearest
from harness.core.suites import Suite, Task
from harness.core.wording import worded
from harness.errors import Problem


def slots(suites: Sequence[Suite]) -> dict[str, list[Task]]:
    """Return the tasks of every slot, in the order in which the suites name the slots."""
    result: dict[str, list[Task]] = {}
    for suite in suites:
        for task in suite.tasks:
            result.setdefault(suite.slot_of(task), []).append(task)
    return result


def rules(
    file: BakeoffFile, source: Source, tasks: Mapping[str, Sequence[Task]], problems: list[Problem], *,
    complete: bool = True, strange: bool = False, unsure: Collection[str] = (),
) -> dict[str, DecisionRule]:  # fmt: skip
    """Return the rule of every slot in `tasks`; what is wrong goes to `problems`.

    A key that a slot's section sets replaces the default whole: its criteria are not mixed with the shipped ones.
    Where not `complete`, not every suite is known, so an unknown slot may be that suite's; one that is `strange` may
    bring metrics of its own. The scorers of the slots in `unsure` are not all known, so a metric of them may be any
    scorer's.
    """
    sections = file.decision or {}
    result = {slot: defaults.rule(slot, its) for slot, its in tasks.items()}
    for written, section in sections.items():
        slot = written
        if slot not in tasks and complete:
            message = worded("no suite fills the slot '{slot}'", slot=slot)
            problems.append(
                source.problem("E214", message, ("decision", slot), key=True, hint=did_you_mean(slot, tasks))
            )
            slot = meant(slot, tasks.keys() - sections.keys()) or slot
        certain = complete and slot in tasks and slot not in unsure
        changed = _Section(
            slot=slot, where=("decision", written), shares=defaults.shares(tasks.get(slot, ())),
            known=defaults.metrics(tasks[slot]) if certain else defaults.every_metric(),
            source=source, problems=problems, certain=certain, strange=strange,
        )  # fmt: skip
        rule = changed.over(result.get(slot, DecisionRule(slot=slot, gates=(), criteria=())), section)
        result[slot] = rule
    return {slot: result[slot] for slot in tasks}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOfTable:
    """What the YAML file of a table says."""

    rule: DecisionRule
    rice: Rice | None


def table_rule(source: Source, name: str, columns: Sequence[str], problems: list[Problem]) -> RuleOfTable | None:
    """Return the rule of the table `name`, of which `source` is the YAML file: metrics are its columns.

    None where nothing of the file can be looked at; what is wrong goes to `problems`.
    """
    found = validate_parts(TableRule, source, problems, instead={"metric": "?"})
    if found is None:
        return None
    section, right = found
    own = _Section(
        slot=name, where=(), known=tuple(columns), shares=frozenset(), source=right, problems=problems,
        makers={},
    )  # fmt: skip
    rice = None if section.rice is None else section.rice.model_dump(exclude_none=True)
    for where, column in (
        (("cost",), section.cost),
        *((("rice", key), column) for key, column in (rice or {}).items()),
    ):
        if column is not None:
            own.check_metric(column, where)
    rule = replace(own.over(DecisionRule(slot=name, gates=(), criteria=()), section), cost=section.cost)
    return RuleOfTable(rule=rule, rice=None if rice is None else Rice(**rice))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """One slot of `decision:`, with what its values are checked against."""

    slot: str
    where: Where
    """Where it stands in the source."""
    known: tuple[str, ...]
    """Metrics of the slot; where that is not `certain`, those that it could have."""
    shares: frozenset[str]
    """Metrics that lie in [0, 1]."""
    source: Source
    problems: list[Problem]
    certain: bool = True
    """Whether all tasks of the slot are known, and so the criteria that it has by default."""
    strange: bool = False
    """Whether it may have metrics that nobody here knows, so that only what is nearly a known one is misspelt."""
    makers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: defaults.SCORER_METRICS)
    """Scorer → the metrics that are made of its detail."""

    def over(self, rule: DecisionRule, section: DecisionSection) -> DecisionRule:
        """Return `rule` with what `section` sets."""
        where = self.where
        if section.gates is not None:
            gates = [self._gate(gate, (*where, "gates", index)) for index, gate in enumerate(section.gates)]
            rule = replace(rule, gates=tuple(gates))
        if section.criteria is not None:
            weighed = section.weights is not None or self.source.lacks_some((*where, "weights"))
            criteria = [
                self._criterion(name, it, (*where, "criteria", name), weighed=weighed)
                for name, it in section.criteria.items()
            ]
            weightless = not any(it.weight is None or it.weight for it in section.criteria.values())
            if weightless and not weighed and not self._left_out:
                message = worded("all weights of the slot '{slot}' are zero, so nothing would decide", slot=self.slot)
                hint = worded("give at least one a weight above 0")
                self.problems.append(self.source.problem("E217", message, (*where, "criteria"), key=True, hint=hint))
            rule = replace(rule, criteria=tuple(criteria))
        if self.certain or section.criteria is not None:
            rule = self._weighed(rule, section)
        if section.thresholds is not None:
            changed = section.thresholds.model_dump(exclude_none=True)
            rule = replace(rule, thresholds=replace(rule.thresholds, **changed))
        combine = None if section.combine in (None, Combine.ADDITIVE) else Combine(section.combine)
        return replace(rule, must_pass=tuple(section.must_pass or ()), combine=combine)

    @property
    def _left_out(self) -> bool:
        """Whether something of a criterion is wrong, so that nothing can be said of all of them."""
        return self.source.lacks_some((*self.where, "criteria"))

    def _weighed(self, rule: DecisionRule, section: DecisionSection) -> DecisionRule:
        """Return `rule` with the weights that hold for all criteria, and those of everybody who has their own."""
        where, at = self.where, (*self.where, "criteria")
        names = [criterion.name for criterion in rule.criteria]
        names += [str(lost[-1]) for lost in self.source.dropped if lost[:-1] == at and lost[-1] not in names]

        def found(who: str, given: WeightsSection, at: Where) -> Profile | None:
            return profile(who, given, names, self.source, at, self.problems)

        if section.weights is not None:
            ours = found(self.slot, section.weights, (*where, "weights"))
            if ours is not None and not self._left_out:
                pairs = zip(rule.criteria, ours.weights, strict=True)
                criteria = tuple(replace(criterion, weight=weight) for criterion, weight in pairs)
                rule = replace(rule, criteria=criteria, weighing=ours.weighing)
        if section.profiles is not None:
            theirs = [found(who, given, (*where, "profiles", who)) for who, given in section.profiles.items()]
            rule = replace(rule, profiles=tuple(it for it in theirs if it is not None))
        return rule

    def _gate(self, gate: GateSection, where: Where) -> Gate:
        if self._knows((*where, "metric")):
            self.check_metric(gate.metric, (*where, "metric"))
        if (gate.min is None) == (gate.max is None) and self._knows((*where, "min"), (*where, "max")):
            message = worded("the gate on '{metric}' needs exactly one of min and max", metric=gate.metric)
            hint = worded("min: what is at least needed; max: what is at most accepted")
            self._add("E216", message, where, hint)
        self._check_share(gate.metric, {"min": gate.min, "max": gate.max}, where)
        return Gate(metric=gate.metric, min=gate.min, max=gate.max)

    def _criterion(self, name: str, given: CriterionSection, where: Where, *, weighed: bool) -> Criterion:
        metric = given.metric or name
        if self._knows((*where, "metric")):
            self.check_metric(metric, where if given.metric is None else (*where, "metric"), key=given.metric is None)
        if weighed and given.weight is not None:
            message = worded("the weight of '{name}' stands here and in 'weights'", name=name)
            self._add("E204", message, (*where, "weight"), worded("keep one of them"))
        elif not weighed and given.weight is None and self._knows((*where, "weight")):
            hint = worded("give '{name}' a weight, such as 30: shares of the sum count", name=name)
            self._add("E206", worded("the key 'weight' is missing"), where, hint)
        scale, is_scaled = Scale(given.scale), self._knows((*where, "scale"))
        worst, ideal = given.worst, given.ideal
        if scale is Scale.PIECEWISE:
            if self._knows((*where, "points")):
                worst, ideal = self._ends(name, given, where)
        elif given.points is not None:
            if is_scaled:
                message = worded("the criterion '{name}' has points, which only the piecewise scale takes", name=name)
                self._add("E216", message, (*where, "points"), "scale: piecewise")
        elif worst is None or ideal is None:
            if is_scaled and self._knows(*((*where, key) for key in ("worst", "ideal", "points"))):
                message = worded("the criterion '{name}' needs worst and ideal", name=name)
                self._add("E206", message, where, worded("worst: the metric that is worth 0; ideal: that worth 1"))
            self._check_anchors(name, scale, worst, ideal, where)
        else:
            self._check_anchors(name, scale, worst, ideal, where)
        if scale is not Scale.PIECEWISE:
            self._check_share(metric, {"worst": worst, "ideal": ideal}, where)
            if scale is not Scale.LOG or min(worst or 0, ideal or 0) > 0:
                self._check_direction(metric, worst, ideal, where)
        return Criterion(
            name=name,
            metric=metric,
            worst=math.nan if worst is None else worst,
            ideal=math.nan if ideal is None else ideal,
            weight=given.weight or 0.0,
            scale=scale,
            points=tuple((metric, value) for metric, value in given.points or ()),
        )

    def _knows(self, *places: Where) -> bool:
        """Whether all that was written at the places could be read."""
        return not any(map(self.source.lacks_some, places))

    def check_metric(self, metric: str, where: Where, *, key: bool = False) -> None:
        if metric in self.known or (self.strange and meant(metric, self.known) is None):
            return
        message, hint = worded("the metric '{metric}' is not known", metric=metric), did_you_mean(metric, self.known)
        maker = next((name for name, made in self.makers.items() if metric in (name, *made)), None)
        if maker is not None:
            message, hint = (
                worded(
                    "no task of this slot has the scorer '{maker}', which '{metric}' is made of",
                    maker=maker,
                    metric=metric,
                ),
                worded("add it to a suite, or take a metric of a scorer that is there"),
            )
        self.problems.append(self.source.problem("E215", message, where, key=key, hint=hint))

    def _check_anchors(self, name: str, scale: Scale, worst: float | None, ideal: float | None, where: Where) -> None:
        if worst is not None and worst == ideal:
            message = worded(
                "worst and ideal of the criterion '{name}' are equal, so no value lies between them", name=name
            )
            self._add(
                "E216", message, (*where, "ideal"), worded("worst: the metric that is worth 0; ideal: that worth 1")
            )
        for anchor, value in (("worst", worst), ("ideal", ideal)):
            if scale is Scale.LOG and value is not None and value <= 0:
                message = worded(
                    "'{anchor}' of the criterion '{name}' is {value:g}: a log scale needs anchors above 0",
                    anchor=anchor,
                    name=name,
                    value=value,
                )
                self._add("E216", message, (*where, anchor), worded("a number above 0, or scale: linear"))

    def _check_share(self, metric: str, bounds: Mapping[str, float | None], where: Where) -> None:
        if metric not in self.known:
            metric = nearest(metric, self.known) or metric  # who mends the name should not meet the next problem then
        for key, value in bounds.items():
            if metric in self.shares and value is not None and not 0 <= value <= 1:
                message = worded(
                    "'{metric}' lies in [0, 1], so {key}: {value:g} is never reached",
                    metric=metric,
                    key=key,
                    value=value,
                )
                self._add(
                    "E216",
                    message,
                    (*where, key),
                    f"{key}: {value / 100:g}?" if 1 < value <= 100 else None,
                )

    def _check_direction(self, metric: str, worst: float | None, ideal: float | None, where: Where) -> None:
        """Refuse anchors by which the worst answers, the slowest or the dearest would win."""
        if worst is None or ideal is None or not self.where:  # what a table's columns mean is for its owner to say
            return
        if metric in ("quality", "coverage") and worst > ideal:
            message = worded("'{metric}' is the better the higher it is, and worst lies above ideal", metric=metric)
        elif (metric.endswith("_ms") or metric.startswith("usd_")) and worst < ideal:
            message = worded("'{metric}' is the better the lower it is, and worst lies below ideal", metric=metric)
        else:
            return
        self._add(
            "E216",
            message,
            (*where, "worst"),
            worded("worst: {ideal:g}, ideal: {worst:g}, the other way round", ideal=ideal, worst=worst),
        )

    def _ends(self, name: str, given: CriterionSection, where: Where) -> tuple[float | None, float | None]:
        """Return the metric at the lowest and at the highest value of a piecewise criterion."""
        points = given.points or []
        fault = None
        if given.worst is not None or given.ideal is not None:
            fault = worded("takes points in place of worst and ideal")
        elif len(points) < 2:
            fault = worded("needs at least two points")
        elif any(left[0] >= right[0] for left, right in itertools.pairwise(points)):
            fault = worded("needs points whose metric rises")
        elif not all(0 <= value <= 1 for _, value in points) or len({value for _, value in points}) == 1:
            fault = worded("needs points whose values lie in [0, 1] and differ")
        if fault is not None:
            self._add(
                "E216", worded("the piecewise criterion '{name}' {fault}", name=name, fault=fault), (*where, "points")
            )
            return None, None
        return min(points, key=lambda point: point[1])[0], max(points, key=lambda point: point[1])[0]

    def _add(self, code: str, message: str, where: Where, hint: str | None = None) -> None:
        self.problems.append(self.source.problem(code, message, where, hint=hint))
