"""What a reader must know beside the verdict, each in one sentence."""

from collections.abc import Mapping, Sequence

from harness.core.decision import Completeness, DecisionMatrix, Echo, RankedCandidate, SelfMeasured
from harness.core.estimates import Estimate
from harness.decide.completeness import told
from harness.decide.matrix import at_worst, measured, unsupported
from harness.decide.sensitivity import saturated
from harness.decide.standing import unproven

FEW_SAMPLES = 40
"""Below, intervals are rough (methodology.md 2.1)."""


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
) -> tuple[str, ...]:
    """Return the caveats, first what may overturn the verdict. `resolution_ms`: nearer latencies count the same.

    `allowed`: what lacks, where it was ranked all the same, and `left_out` who was not ranked then. `self_measured`:
    who competes with the model that measures. `echoes`: whose answers name another model than was asked.
    """
    return (
        *(f"Ranked although the run is incomplete, because that was allowed. {told(row)}" for row in allowed),
        *(f"{name} is left out: its quality could not be measured." for name in left_out),
        *(
            f"Of the answers of {it.candidate} that name a model, {it.answers} of {it.of} name another than "
            f"{it.asked!r} (most often {it.model!r})."
            for it in echoes
        ),
        *(
            f"{it.candidate} answers with the model that is also the {it.instrument} of this table ({it.model}): "
            "that may flatter it."
            for it in self_measured
        ),
        *_gates(ranking),
        *_worst(matrix, ranking),
        *_missing(matrix),
        *_blurred(matrix, ranking, resolution_ms),
        *(_lost(estimates) if clusters is not None else ()),
        *_bounded(estimates),
        *_saturated(matrix),
        *(_few(clusters, judged) if clusters is not None else ()),
    )


def _gates(ranking: Sequence[RankedCandidate]) -> list[str]:
    return [f"{line.candidate} has an unproven gate: {g.reason}." for line in ranking for g in unproven(line)]


def _worst(matrix: DecisionMatrix, ranking: Sequence[RankedCandidate]) -> list[str]:
    """Say on what the leader is worth nothing: it may be first only because the others are worth no more."""
    leader = next((line.candidate for line in ranking if line.rank is not None), None)
    return [
        f"{leader} scores at or below the worst acceptable on {criterion.name}."
        for criterion in (at_worst(matrix, leader) if leader is not None else ())
    ]


def _missing(matrix: DecisionMatrix) -> list[str]:
    found = []
    for j, criterion in enumerate(matrix.criteria):
        lacking = [name for name, row in zip(matrix.candidates, matrix.values, strict=True) if row[j] is None]
        few = [name for name, row in zip(matrix.candidates, matrix.raw, strict=True) if unsupported(row[j])]
        if few:
            found.append(
                f"{criterion.name} ({criterion.metric}) has too few measurements of {', '.join(few)}: "
                "it counts for nobody."
            )
        elif lacking and len(lacking) == len(matrix.candidates):
            found.append(
                f"{criterion.name} ({criterion.metric}) is not measured for any candidate: it separates nobody."
            )
        elif lacking:
            found.append(
                f"{criterion.name} ({criterion.metric}) is not measured for {', '.join(lacking)}: it counts 0."
            )
    return found


def _blurred(matrix: DecisionMatrix, ranking: Sequence[RankedCandidate], resolution_ms: float) -> list[str]:
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
            found.append(
                f"{names[0]} and {', '.join(near)} are nearer to each other on {criterion.name} than the "
                f"{resolution_ms:.2g} ms that this machine could tell apart: it does not separate them."
            )
    return found


def _lost(estimates: Mapping[str, Sequence[Estimate]]) -> list[str]:
    shares = {name: measured(of, "coverage").value for name, of in estimates.items()}
    return [
        f"Only {share:.1%} of {name}'s answers have a score; the rest are pending or lost, which is no failure."
        for name, share in shares.items()
        if share is not None and share < 1.0
    ]


def _bounded(estimates: Mapping[str, Sequence[Estimate]]) -> list[str]:
    bounds = {name: next((e.bounded for e in of if e.bounded is not None), None) for name, of in estimates.items()}
    return [
        f"The cost of {name} is an upper bound: {bound.calls} of {bound.of} calls estimated, "
        "for want of reported usage."
        for name, bound in bounds.items()
        if bound is not None
    ]


def _saturated(matrix: DecisionMatrix) -> list[str]:
    return [
        f"The anchors of {criterion.name} do not discriminate: "
        f"at least half of the candidates sit at an end of {criterion.worst:g} to {criterion.ideal:g}."
        for criterion in (matrix.criteria[j] for j in saturated(matrix.values))
    ]


def _few(clusters: Sequence[int], judged: Mapping[str, Sequence[int]]) -> list[str]:
    found = []
    if (independent := sum(clusters)) < FEW_SAMPLES:
        found.append(f"Only {independent} independent samples were compared: intervals are rough below {FEW_SAMPLES}.")
    for lonely in sorted({sum(size == 1 for size in sizes) for sizes in judged.values()} - {0}):
        names = [name for name, sizes in judged.items() if sum(size == 1 for size in sizes) == lonely]
        found.append(
            f"In {lonely} of {len(clusters)} tasks only one independent sample of {', '.join(names)} was judged: it "
            "shows no spread, so how far the score may be off is not known."
        )
    return found
