"""`decision:` of bakeoff.yaml as one rule for each slot, over the defaults."""

import itertools
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from harness.config import defaults
from harness.config.models import BakeoffFile, CriterionSection, DecisionSection, GateSection, TableRule, WeightsSection
from harness.config.source import Source, Where
from harness.config.validate import validate_parts
from harness.config.weights import profile
from harness.core.canonical import Json
from harness.core.option_table import Rice
from harness.core.rules import Combine, Criterion, DecisionRule, Gate, Profile, Scale
from harness.core.suggest import did_you_mean, nearest
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
    written: Source, complete: bool = True, unsure: Collection[str] = (),
) -> dict[str, DecisionRule]:  # fmt: skip
    """Return the rule of every slot in `tasks`; what is wrong goes to `problems`.

    A key that a slot's section sets replaces the default whole: its criteria are not mixed with the shipped ones. The
    file is `written` so, and `source` is what was right of it.
    Where not `complete`, nothing is known of some suite, so an unknown slot or metric may be that suite's. The scorers
    of the slots in `unsure` are not all known, so a metric of them may be any scorer's.
    """
    sections = file.decision or {}
    for slot in sections:
        if slot not in tasks and complete:
            message = worded("no suite fills the slot '{slot}'", slot=slot)
            problems.append(
                source.problem("E214", message, ("decision", slot), key=True, hint=did_you_mean(slot, tasks))
            )
    result = {slot: defaults.rule(slot, its) for slot, its in tasks.items()}
    for slot, section in sections.items():
        before = result.get(slot, DecisionRule(slot=slot, gates=(), criteria=()))
        certain = slot in tasks and slot not in unsure
        known = (defaults.metrics(tasks[slot]) if certain else defaults.every_metric()) if complete else None
        changed = _Section(
            slot=slot, where=("decision", slot), known=known, shares=defaults.shares(tasks.get(slot, ())),
            source=source, written=written, problems=problems, certain=certain and complete,
        )  # fmt: skip
        result[slot] = changed.over(before, section)
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
    found = validate_parts(TableRule, source, problems, part=part)
    if found is None:
        return None
    section, right = found
    own = _Section(
        slot=name, where=(), known=tuple(columns), shares=frozenset(), source=right, written=source,
        problems=problems, makers={},
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


def part(where: Where) -> Where:
    """Return how much of a section is left out for a fault at `where`: what stands in one part judges each other."""
    sizes = {"gates": 2, "criteria": 2, "profiles": 2, "weights": 1}
    return where[: sizes.get(str(where[0]), len(where))] if where else where


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """One slot of `decision:`, with what its values are checked against."""

    slot: str
    where: Where
    """Where it stands in the source."""
    known: tuple[str, ...] | None
    """Metrics of the slot; None: not all are known."""
    shares: frozenset[str]
    """Metrics that lie in [0, 1]."""
    source: Source
    written: Source
    """The whole file, also what is wrong and left out of `source`."""
    problems: list[Problem]
    certain: bool = True
    """Whether all criteria that the slot has by default are known."""
    makers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: defaults.SCORER_METRICS)
    """Scorer → the metrics that are made of its detail."""

    def over(self, rule: DecisionRule, section: DecisionSection) -> DecisionRule:
        """Return `rule` with what `section` sets."""
        where = self.where
        self._check_named_metrics()
        if section.gates is not None:
            gates = [self._gate(gate, (*where, "gates", index)) for index, gate in enumerate(section.gates)]
            rule = replace(rule, gates=tuple(gates))
        if section.criteria is not None:
            weighed = section.weights is not None or (*where, "weights") in self.source.dropped
            criteria = [
                self._criterion(name, it, (*where, "criteria", name), weighed=weighed)
                for name, it in section.criteria.items()
            ]
            weightless = not any(it.weight is None or it.weight for it in section.criteria.values())
            if weightless and not weighed and not self._left_out:
                message = worded("all weights of the slot '{slot}' are zero, so nothing would decide", slot=self.slot)
                self.problems.append(self.source.problem("E217", message, (*where, "criteria"), key=True))
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
        """Whether a criterion is wrong and was taken out, so that nothing can be said of all of them."""
        place = (*self.where, "criteria")
        return any(lost[: len(place)] == place for lost in self.source.dropped)

    def _weighed(self, rule: DecisionRule, section: DecisionSection) -> DecisionRule:
        """Return `rule` with the weights that hold for all criteria, and those of everybody who has their own."""
        written, where = self.written.at((*self.where, "criteria")), self.where
        names = list(written) if isinstance(written, dict) else [criterion.name for criterion in rule.criteria]

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

    def _check_named_metrics(self) -> None:
        """Refuse each metric that is not known, also where a gate or criterion is wrong otherwise and left out."""
        for part in ("gates", "criteria"):
            written = self.written.at((*self.where, part))
            for step in _steps(written):
                at = (*self.where, part, step, "metric")
                metric = self.written.at(at)
                if isinstance(metric, str):
                    self.check_metric(metric, at)

    def _gate(self, gate: GateSection, where: Where) -> Gate:
        if (gate.min is None) == (gate.max is None):
            self._add(
                "E216", worded("the gate on '{metric}' needs exactly one of min and max", metric=gate.metric), where
            )
        self._check_share(gate.metric, {"min": gate.min, "max": gate.max}, where)
        return Gate(metric=gate.metric, min=gate.min, max=gate.max)

    def _criterion(self, name: str, given: CriterionSection, where: Where, *, weighed: bool) -> Criterion:
        metric = given.metric or name
        if given.metric is None:
            self.check_metric(metric, where, key=True)
        if weighed and given.weight is not None:
            message = worded("the weight of '{name}' stands here and in 'weights'", name=name)
            self._add("E204", message, (*where, "weight"), worded("keep one of them"))
        elif not weighed and given.weight is None:
            self._add("E206", worded("the key 'weight' is missing"), where)
        scale = Scale(given.scale)
        worst, ideal = given.worst, given.ideal
        if scale is Scale.PIECEWISE:
            worst, ideal = self._ends(name, given, where)
        elif given.points is not None:
            message = worded("the criterion '{name}' has points, which only the piecewise scale takes", name=name)
            self._add("E216", message, (*where, "points"), "scale: piecewise")
        elif worst is None or ideal is None:
            self._add("E206", worded("the criterion '{name}' needs worst and ideal", name=name), where)
        else:
            self._check_anchors(name, scale, worst, ideal, where)
            self._check_share(metric, {"worst": worst, "ideal": ideal}, where)
        return Criterion(
            name=name,
            metric=metric,
            worst=math.nan if worst is None else worst,
            ideal=math.nan if ideal is None else ideal,
            weight=given.weight or 0.0,
            scale=scale,
            points=tuple((metric, value) for metric, value in given.points or ()),
        )

    def check_metric(self, metric: str, where: Where, *, key: bool = False) -> None:
        if self.known is None or metric in self.known:
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
                None,
            )
        source = self.source if key else self.written  # a key is asked after where it is right
        self.problems.append(source.problem("E215", message, where, key=key, hint=hint))

    def _check_anchors(self, name: str, scale: Scale, worst: float, ideal: float, where: Where) -> None:
        if worst == ideal:
            message = worded(
                "worst and ideal of the criterion '{name}' are equal, so no value lies between them", name=name
            )
            self._add("E216", message, (*where, "ideal"))
        for anchor, value in (("worst", worst), ("ideal", ideal)):
            if scale is Scale.LOG and value <= 0:
                message = worded(
                    "'{anchor}' of the criterion '{name}' is {value:g}: a log scale needs anchors above 0",
                    anchor=anchor,
                    name=name,
                    value=value,
                )
                self._add("E216", message, (*where, anchor))

    def _check_share(self, metric: str, bounds: Mapping[str, float | None], where: Where) -> None:
        if self.known is not None and metric not in self.known:
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


def _steps(written: Json) -> Iterable[str | int]:
    """Return the keys of a mapping, or the places of a list; nothing of anything else."""
    return written if isinstance(written, dict) else range(len(written) if isinstance(written, list) else 0)
