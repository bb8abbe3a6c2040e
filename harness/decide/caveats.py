"""What a reader must know beside the verdict, each in one sentence."""

from collections.abc import Collection, Mapping, Sequence

from harness.core.decision import (
    Completeness,
    DecisionMatrix,
    Echo,
    Independent,
    PairedDifference,
    RankedCandidate,
    Said,
    SelfMeasured,
)
from harness.core.estimates import GIVEN, Estimate
from harness.core.stopping import Stopped
from harness.decide import early
from harness.decide.completeness import told
from harness.decide.gates import because
from harness.decide.matrix import at_worst, measured, unsupported
from harness.decide.sensitivity import saturated
from harness.decide.sentences import said
from harness.decide.standing import FEW_SAMPLES, unproven


def caveats(
    matrix: DecisionMatrix,
    ranking: Sequence[RankedCandidate],
    estimates: Mapping[str, Sequence[Estimate]],
    clusters: Sequence[int] | None,
    judged: Mapping[str, Sequence[int]],
    *,
    resolution_ms: float = 0.0,
    allowed: Sequence[Completeness] = (),
    left_out: Sequence[str] = (),
    self_measured: Sequence[SelfMeasured] = (),
    echoes: Sequence[Echo] = (),
    stopped: Sequence[Stopped] = (),
    aside: Collection[str] = (),
    independent: Independent | None = None,
    pairs: Sequence[PairedDifference] = (),
    unmoved: Sequence[tuple[str, str, Estimate]] = (),
) -> tuple[Said, ...]:
    """Return the caveats, first what may overturn the verdict. `resolution_ms`: nearer latencies count the same.

    `allowed`: what lacks, where it was ranked all the same, and `left_out` who was not ranked then. `self_measured`:
    who competes with the model that measures. `echoes`: whose answers name another model than was asked. `stopped`: who
    was asked no more. `aside`: who does not compete, and so takes no criterion from the others.
    `independent`: the samples that came; None: the values were given. `pairs`: the leader beside each other.
    `unmoved`: whom every draw gives the same of a metric, and what that may be.
    """
    gone = {it.stop.candidate for it in stopped}
    return (
        *(said("allowed", came=told(row)) for row in allowed),
        *(said("left_out", candidate=name) for name in left_out),
        *(
            said(
                "echoes",
                candidate=it.candidate,
                answers=str(it.answers),
                of=str(it.of),
                asked=repr(it.asked),
                model=repr(it.model),
            )
            for it in echoes
        ),
        *(
            said("self_measured", candidate=it.candidate, instrument=it.instrument, model=it.model)
            for it in self_measured
        ),
        *_gates([line for line in ranking if line.candidate not in gone], estimates),
        *(_doubtful(matrix, ranking) if clusters is not None else ()),
        *_worst(matrix, ranking),
        *_missing(matrix, aside),
        *_blurred(matrix, ranking, resolution_ms),
        *_alike(matrix, ranking, pairs),
        *(
            said("unmoved", candidate=name, metric=metric, low=f"{raw.low:.3g}", high=f"{raw.high:.3g}")
            for name, metric, raw in unmoved
        ),
        *(_lost(estimates) if clusters is not None else ()),
        *_bounded(estimates),
        *_saturated(matrix),
        *(_few(independent) if independent is not None else ()),
        *(_lonely(clusters, {it: n for it, n in judged.items() if it not in gone}) if clusters is not None else ()),
        *map(early.told, stopped),
        *([said("early.meaning")] if stopped else []),
    )


def _gates(ranking: Sequence[RankedCandidate], estimates: Mapping[str, Sequence[Estimate]]) -> list[Said]:
    return [
        said(
            "unproven",
            candidate=line.candidate,
            reason=because(it.gate, it.status, measured(estimates[line.candidate], it.gate.metric)),
        )
        for line in ranking
        for it in unproven(line)
    ]


def _worst(matrix: DecisionMatrix, ranking: Sequence[RankedCandidate]) -> list[Said]:
    """Say on what the leader is worth nothing: it may be first only because the others are worth no more."""
    leader = next((line.candidate for line in ranking if line.rank is not None), None)
    if leader is None:
        return []
    return [said("at_worst", leader=leader, criterion=criterion.name) for criterion in at_worst(matrix, leader)]


def _missing(matrix: DecisionMatrix, aside: Collection[str]) -> list[Said]:
    found = []
    for j, criterion in enumerate(matrix.criteria):
        lacking = [name for name, row in zip(matrix.candidates, matrix.values, strict=True) if row[j] is None]
        thin = [name for name, row in zip(matrix.candidates, matrix.raw, strict=True) if unsupported(row[j])]
        few = [name for name in thin if name not in aside]
        names = {"criterion": criterion.name, "metric": criterion.metric}
        if few:
            found.append(said("unsupported", candidates=few, **names))
        elif lacking and any(row[j].note == GIVEN for row in matrix.raw):
            everybody = len(lacking) == len(matrix.candidates)
            of = {} if everybody else {"candidates": lacking}
            found.append(said("unknown.all" if everybody else "unknown", criterion=criterion.name, **of))
        elif lacking and len(lacking) == len(matrix.candidates):
            found.append(said("missing.all", **names))
        elif lacking:
            found.append(said("missing", candidates=lacking, **names))
    return found


def _blurred(matrix: DecisionMatrix, ranking: Sequence[RankedCandidate], resolution_ms: float) -> list[Said]:
    """Say on which latencies the leader and another are nearer to each other than the clock is to the truth."""
    names = [line.candidate for line in ranking if line.rank is not None]
    found = []
    for j, criterion in enumerate(matrix.criteria):
        values = {name: matrix.raw[matrix.candidates.index(name)][j].value for name in names}
        first = values.get(names[0]) if names else None
        near = [
            name
            for name, value in values.items()
            if name != names[0] and first is not None and value is not None and abs(value - first) < resolution_ms
        ]
        if criterion.metric.endswith("_ms") and near:
            resolution = f"{resolution_ms:.2g}"
            found.append(said("blurred", leader=names[0], rivals=near, criterion=criterion.name, resolution=resolution))
    return found


def _lost(estimates: Mapping[str, Sequence[Estimate]]) -> list[Said]:
    shares = {name: measured(of, "coverage").value for name, of in estimates.items()}
    return [
        said("lost", share=f"{min(share, 0.999):.1%}", candidate=name)  # short of all never reads as all
        for name, share in shares.items()
        if share is not None and share < 1.0
    ]


def _bounded(estimates: Mapping[str, Sequence[Estimate]]) -> list[Said]:
    bounds = {name: next((e.bounded for e in of if e.bounded is not None), None) for name, of in estimates.items()}
    return [
        said("bounded", candidate=name, calls=str(bound.calls), of=str(bound.of))
        for name, bound in bounds.items()
        if bound is not None
    ]


def _saturated(matrix: DecisionMatrix) -> list[Said]:
    return [
        said(
            "saturated",
            criterion=criterion.name,
            metric=criterion.metric,
            worst=f"{criterion.worst:g}",
            ideal=f"{criterion.ideal:g}",
        )
        for criterion in (matrix.criteria[j] for j in saturated(matrix.values))
    ]


def _doubtful(matrix: DecisionMatrix, ranking: Sequence[RankedCandidate]) -> list[Said]:
    """Say where the first is good enough as measured, and its interval reaches to what is not."""
    first = next((line.candidate for line in ranking if line.rank == 1), None)
    if first is None:
        return []
    row = matrix.raw[matrix.candidates.index(first)]
    return [
        said("doubtful", leader=first, low=f"{raw.low:.2f}", worst=f"{criterion.worst:g}")
        for criterion, raw in zip(matrix.criteria, row, strict=True)
        if criterion.metric == "quality" and raw.low is not None and raw.value is not None
        and raw.low <= criterion.worst < raw.value
    ]  # fmt: skip


def _alike(matrix: DecisionMatrix, ranking: Sequence[RankedCandidate], pairs: Sequence[PairedDifference]) -> list[Said]:
    """Say with whom the leader is level in every draw: the same samples, drawn again, cannot show what others might."""
    ranked = {line.candidate for line in ranking if line.rank is not None}
    weighed = {c.metric for c, weight in zip(matrix.criteria, matrix.weights, strict=True) if weight}
    alike = [
        pair for pair in pairs
        if pair.challenger in ranked and pair.metric in weighed
        and pair.difference.value == 0 and pair.p_value is not None and pair.detectable is None
    ]  # fmt: skip
    return [said("alike", leader=alike[0].leader, candidates=[pair.challenger for pair in alike])] if alike else []


def _few(of: Independent) -> list[Said]:
    """Say how few independent samples were compared, and which of the others belong together."""
    if not 0 < of.clusters < FEW_SAMPLES:
        return []
    least, counts = str(FEW_SAMPLES), {} if of.clusters == 1 else {"independent": str(of.clusters)}
    if not of.alike:
        return [said("few" if counts else "few.one", least=least, independent=str(of.clusters))]
    if counts:
        counts["sharing"] = str(of.sharing)
    key = "few.alike" if counts else "few.one.alike"
    return [said(key, least=least, samples=str(of.samples), alike=of.alike, **counts)]


def _lonely(clusters: Sequence[int], judged: Mapping[str, Sequence[int]]) -> list[Said]:
    found = []
    for lonely in sorted({sum(size == 1 for size in sizes) for sizes in judged.values()} - {0}):
        names = [name for name, sizes in judged.items() if sum(size == 1 for size in sizes) == lonely]
        found.append(said("lonely", lonely=str(lonely), tasks=str(len(clusters)), candidates=names))
    return found
