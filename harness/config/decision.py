"""`decision:` of bakeoff.yaml as one rule for each slot, over the defaults."""

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.config import defaults
from harness.config.models import BakeoffFile, CriterionSection, DecisionSection, GateSection
from harness.config.source import Source, Where
from harness.core.rules import Criterion, DecisionRule, Gate, Scale
from harness.core.suggest import did_you_mean
from harness.core.suites import Suite, Task
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
    complete: bool = True, unsure: Collection[str] = (),
) -> dict[str, DecisionRule]:  # fmt: skip
    """Return the rule of every slot in `tasks`; what is wrong goes to `problems`.

    A key that a slot's section sets replaces the default whole: its criteria are not mixed with the shipped ones.
    Where not `complete`, nothing is known of some suite, so an unknown slot or metric may be that suite's. The scorers
    of the slots in `unsure` are not all known, so a metric of them may be any scorer's.
    """
    sections = file.decision or {}
    for slot in sections:
        if slot not in tasks and complete:
            message = f"no suite fills the slot '{slot}'"
            problems.append(
                source.problem("E214", message, ("decision", slot), key=True, hint=did_you_mean(slot, tasks))
            )
    result = {slot: defaults.rule(slot, its) for slot, its in tasks.items()}
    for slot, section in sections.items():
        before = result.get(slot, DecisionRule(slot=slot, gates=(), criteria=()))
        certain = slot in tasks and slot not in unsure
        known = (defaults.metrics(tasks[slot]) if certain else defaults.every_metric()) if complete else None
        changed = _Section(slot=slot, tasks=tasks.get(slot, ()), known=known, source=source, problems=problems)
        result[slot] = changed.over(before, section)
    return {slot: result[slot] for slot in tasks}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """One slot of `decision:`, with what its values are checked against."""

    slot: str
    tasks: Sequence[Task]
    known: tuple[str, ...] | None
    """Metrics of the slot; None: not all are known."""
    source: Source
    problems: list[Problem]

    def over(self, rule: DecisionRule, section: DecisionSection) -> DecisionRule:
        """Return `rule` with what `section` sets."""
        where: Where = ("decision", self.slot)
        if section.gates is not None:
            gates = [self._gate(gate, (*where, "gates", index)) for index, gate in enumerate(section.gates)]
            rule = replace(rule, gates=tuple(gates))
        if section.criteria is not None:
            criteria = [self._criterion(name, it, (*where, "criteria", name)) for name, it in section.criteria.items()]
            left_out = any(lost[:3] == (*where, "criteria") for lost in self.source.dropped)
            if not left_out and not any(criterion.weight for criterion in criteria):
                message = f"all weights of the slot '{self.slot}' are zero, so nothing would decide"
                self.problems.append(self.source.problem("E217", message, (*where, "criteria"), key=True))
            rule = replace(rule, criteria=tuple(criteria))
        if section.thresholds is not None:
            changed = section.thresholds.model_dump(exclude_none=True)
            rule = replace(rule, thresholds=replace(rule.thresholds, **changed))
        return replace(rule, must_pass=tuple(section.must_pass or ()))

    def _gate(self, gate: GateSection, where: Where) -> Gate:
        self._check_metric(gate.metric, where)
        if (gate.min is None) == (gate.max is None):
            self._add("E216", f"the gate on '{gate.metric}' needs exactly one of min and max", where)
        self._check_share(gate.metric, {"min": gate.min, "max": gate.max}, where)
        return Gate(metric=gate.metric, min=gate.min, max=gate.max)

    def _criterion(self, name: str, given: CriterionSection, where: Where) -> Criterion:
        self._check_metric(given.metric, where)
        scale = Scale(given.scale)
        worst, ideal = given.worst, given.ideal
        if scale is Scale.PIECEWISE:
            worst, ideal = self._ends(name, given, where)
        elif given.points is not None:
            message = f"the criterion '{name}' has points, which only the piecewise scale takes"
            self._add("E216", message, (*where, "points"), "scale: piecewise")
        elif worst is None or ideal is None:
            self._add("E206", f"the criterion '{name}' needs worst and ideal", where)
        else:
            self._check_anchors(name, scale, worst, ideal, where)
            self._check_share(given.metric, {"worst": worst, "ideal": ideal}, where)
        return Criterion(
            name=name,
            metric=given.metric,
            worst=math.nan if worst is None else worst,
            ideal=math.nan if ideal is None else ideal,
            weight=given.weight,
            scale=scale,
            points=tuple((metric, value) for metric, value in given.points or ()),
        )

    def _check_metric(self, metric: str, where: Where) -> None:
        if self.known is None or metric in self.known:
            return
        message, hint = f"the metric '{metric}' is not known", did_you_mean(metric, self.known)
        maker = next((name for name, made in defaults.SCORER_METRICS.items() if metric in (name, *made)), None)
        if maker is not None:
            message, hint = f"no task of this slot has the scorer '{maker}', which '{metric}' is made of", None
        self._add("E215", message, (*where, "metric"), hint)

    def _check_anchors(self, name: str, scale: Scale, worst: float, ideal: float, where: Where) -> None:
        if worst == ideal:
            message = f"worst and ideal of the criterion '{name}' are equal, so no value lies between them"
            self._add("E216", message, (*where, "ideal"))
        for anchor, value in (("worst", worst), ("ideal", ideal)):
            if scale is Scale.LOG and value <= 0:
                message = f"'{anchor}' of the criterion '{name}' is {value:g}: a log scale needs anchors above 0"
                self._add("E216", message, (*where, anchor))

    def _check_share(self, metric: str, bounds: Mapping[str, float | None], where: Where) -> None:
        for key, value in bounds.items():
            if metric in defaults.shares(self.tasks) and value is not None and not 0 <= value <= 1:
                message = f"'{metric}' lies in [0, 1], so {key}: {value:g} is never reached"
                self._add("E216", message, (*where, key), f"{key}: {value / 100:g}?" if 1 < value <= 100 else None)

    def _ends(self, name: str, given: CriterionSection, where: Where) -> tuple[float | None, float | None]:
        """Return the metric at the lowest and at the highest value of a piecewise criterion."""
        points = given.points or []
        fault = None
        if given.worst is not None or given.ideal is not None:
            fault = "takes points in place of worst and ideal"
        elif len(points) < 2:
            fault = "needs at least two points"
        elif any(left[0] >= right[0] for left, right in itertools.pairwise(points)):
            fault = "needs points whose metric rises"
        elif not all(0 <= value <= 1 for _, value in points) or len({value for _, value in points}) == 1:
            fault = "needs points whose values lie in [0, 1] and differ"
        if fault is not None:
            self._add("E216", f"the piecewise criterion '{name}' {fault}", (*where, "points"))
            return None, None
        return min(points, key=lambda point: point[1])[0], max(points, key=lambda point: point[1])[0]

    def _add(self, code: str, message: str, where: Where, hint: str | None = None) -> None:
        self.problems.append(self.source.problem(code, message, where, hint=hint))
