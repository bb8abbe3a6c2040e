"""The view model: the whole page as values and words, before it is HTML or Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from harness.core.calls import Fault, Role, Unrecorded
from harness.core.candidates import Candidate
from harness.core.canonical import canonical, digest
from harness.core.decision import Decision, VerdictKind
from harness.core.latitude import Latitude
from harness.core.rules import Combine
from harness.metrics.stats import Bools
from harness.report.attribution import AttributionRow, attributions
from harness.report.cases import CasesView, cases
from harness.report.confusion import Confusion, confusions
from harness.report.evidence import Evidence, candidates_of, config_of, instruments_of
from harness.report.firmness import FirmnessView, firmness
from harness.report.foreseen import ForeseenView, foreseen
from harness.report.measures import (
    CallsRow,
    CostRow,
    MetricTable,
    TaskRow,
    by_task,
    completeness,
    costs,
    latencies,
    price,
    speeds_and_scores,
    spending,
)
from harness.report.numbers import Number, count, given, number, number_id, usd
from harness.report.phrases import Measured, Phrase, Piece, slot_label
from harness.report.pictures import Curves, Scatter, curves, scatter
from harness.report.profiles import ProfilesView, profiles, weighing
from harness.report.slots import SlotEvidence, slot_evidence
from harness.report.stack import StackView, stack
from harness.report.standing import RankingRow, Tag, VerdictView, ranking, tag, verdict
from harness.report.trying import TryingView, trying
from harness.report.weighing import (
    CriterionView,
    DifferenceRow,
    GateRow,
    GateView,
    MatrixRow,
    criteria,
    differences,
    gates,
    matrix,
)
from harness.store.records import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotView:
    """One slot: a verdict and what it rests on."""

    slot: str
    label: Piece
    """What it is called in the reader's language."""
    anchor: str
    tags: tuple[Tag, ...]
    verdict: VerdictView
    ranking: tuple[RankingRow, ...]
    gates: tuple[GateView, ...]
    gate_rows: tuple[GateRow, ...]
    criteria: tuple[CriterionView, ...]
    weighing: Phrase | None
    """Where the weights come from; None: each criterion states its own."""
    profiles: ProfilesView | None
    matrix: tuple[MatrixRow, ...]
    geometric: bool
    """Whether values combine to their geometric mean, in the place of their sum."""
    trying: TryingView | None
    """None: no weight matters."""
    firmness: FirmnessView | None
    """None: the leader has no rival."""
    differences: tuple[DifferenceRow, ...]
    scatter: Scatter
    curves: tuple[Curves, ...]
    latencies: tuple[MetricTable, ...]
    measures: MetricTable | None
    costs: tuple[CostRow, ...]
    stack: StackView | None
    """None: nothing has cost anything that is known."""
    tasks: tuple[TaskRow, ...]
    confusions: tuple[Confusion, ...]
    attributions: tuple[AttributionRow, ...]
    calls: tuple[CallsRow, ...]
    cases: CasesView
    basis: Phrase
    """On which samples they were compared, and how many of them all have answered."""
    draws: Number
    seed: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteView:
    name: str
    version: str
    licence: str | None
    digest: str
    tasks: tuple[tuple[str, Number], ...]
    """Each task with its number of samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelView:
    """A candidate as it was configured."""

    name: str
    model: str
    params: str | None
    weights_sha256: str | None
    price: Phrase
    unit_prices: tuple[tuple[str, Number], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentView:
    name: str
    candidate: str
    model: str
    calls: Number
    failures: Number
    cost: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """What holds for every slot."""

    name: str
    run_id: str
    started: str
    finished: str | None
    imported: Phrase | None
    """Who has measured it, where that was not Bakeoff."""
    incomplete: Phrase | None
    """What is missing, where something is."""
    incomplete_allowed: bool
    """Whether it was ranked all the same."""
    samples: Number
    planned: Number
    answered: Number
    errors: Number
    """Answer calls that failed through no fault of the candidate."""
    pending: Number
    uncertain: Number
    billed: Measured
    """What providers charge for answers and instruments."""
    machine: Measured
    """What the time of the self-hosted costs."""
    unrecorded: Phrase | None
    """What may have been billed beside; None where that is nothing."""
    foreseen: ForeseenView | None
    """The forecast beside what the run took."""
    tool: str | None
    priced: tuple[str, ...]
    """Sources of the prices, with their dates; of machines of one's own none."""
    config_sha256: str
    stop_rule: str
    """sha256 of the rule by which candidates were stopped; empty: there was none."""
    data_sha256: str
    suites: tuple[SuiteView, ...]
    scorers: tuple[str, ...]
    models: tuple[ModelView, ...]
    instruments: tuple[InstrumentView, ...]
    settings: tuple[tuple[str, Number], ...]
    environment: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    run: RunView
    slots: tuple[SlotView, ...]


def view(evidence: Evidence, decisions: Sequence[Decision], latitudes: Sequence[Latitude] = ()) -> View:
    """Return everything that the pages of a run show, slots in the order of `decisions`."""
    room = {latitude.slot: latitude for latitude in latitudes}
    return View(
        run=_run(evidence, decisions),
        slots=tuple(
            _slot(slot_evidence(evidence, d), f"slot-{i}", room.get(d.slot)) for i, d in enumerate(decisions, start=1)
        ),
    )


def _slot(of: SlotEvidence, anchor: str, latitude: Latitude | None) -> SlotView:
    gate_views, gate_rows = gates(of)
    decision = of.decision

    def shown(metric: str, value: int) -> Number:
        return number(value, count(value), id=number_id(of.slot, "method", "", metric))

    return SlotView(
        slot=of.slot,
        label=slot_label(of.slot),
        anchor=anchor,
        tags=tuple(tag(of, name) for name in of.candidates),
        verdict=verdict(of),
        ranking=ranking(of),
        gates=gate_views,
        gate_rows=gate_rows,
        criteria=criteria(of),
        weighing=weighing(of),
        profiles=profiles(of),
        matrix=matrix(of),
        geometric=of.decision.rule.combine is Combine.GEOMETRIC,
        trying=trying(of, anchor, latitude),
        firmness=firmness(of),
        differences=differences(of),
        scatter=scatter(of),
        curves=curves(of),
        latencies=latencies(of),
        measures=speeds_and_scores(of),
        costs=costs(of),
        stack=stack(of),
        tasks=by_task(of),
        confusions=confusions(of),
        attributions=attributions(of),
        calls=completeness(of),
        cases=cases(of, anchor),
        basis=_basis(decision),
        draws=shown("draws", decision.draws),
        seed=number(decision.seed, str(decision.seed), id=number_id(of.slot, "method", "", "seed")),
    )


def _basis(decision: Decision) -> Phrase:
    counts = {"samples_compared": decision.samples_compared, "samples_answered": decision.samples_answered}
    excluded = decision.samples_planned > decision.samples_compared
    if excluded:
        counts["samples_planned"] = decision.samples_planned
    ids = {name: number_id(decision.slot, "method", "", name) for name in counts}
    args = {name: number(n, count(n), id=ids[name]) for name, n in counts.items()}
    return Phrase(key="basis.excluded" if excluded else "basis.shared", args=args)


def _run(evidence: Evidence, decisions: Sequence[Decision]) -> RunView:
    manifest, config = evidence.manifest, config_of(evidence.manifest)
    answers = evidence.of_role(Role.ANSWER)
    pending = sum(call.role is Role.ANSWER for call in evidence.pending)
    failed = int(answers.known("fault").sum())
    lost = failed - int(answers.has("fault", Fault.CANDIDATE).sum())
    listed = (*candidates_of(manifest).values(), *instruments_of(manifest).values())
    hosted = {model.name for candidate in listed for model in candidate.models if model.machine}
    cascades = {candidate.name for candidate in listed if candidate.stages}
    everything = evidence.everything
    paid = everything.where(~_are(everything, "candidate", cascades))  # their stages are there
    own = _are(paid, "candidate", hosted)
    machine, billed = paid.where(own), paid.where(~own)

    def shown(metric: str, value: int) -> Number:
        return number(value, count(value), id=number_id("run", "summary", "", metric))

    return RunView(
        name=manifest.name,
        run_id=manifest.run_id,
        started=manifest.started,
        finished=max(everything.finished(), default=None),
        imported=_imported(manifest.imported),
        incomplete=_incomplete(decisions, answered=len(answers), lost=lost, pending=pending),
        incomplete_allowed=any(decision.incomplete and decision.incomplete_allowed for decision in decisions),
        samples=shown("samples", len(evidence.samples)),
        planned=shown("planned", len(answers) + pending),
        answered=shown("answered", len(answers) - failed),
        errors=shown("errors", lost),
        pending=shown("pending", pending),
        uncertain=shown("uncertain", len(evidence.uncertain)),
        billed=_dollars("billed_usd", billed, all_=paid),
        machine=_dollars("machine_usd", machine, all_=paid),
        unrecorded=_unrecorded(evidence.unrecorded),
        foreseen=foreseen(
            manifest,
            everything,
            billed=_total(billed),
            machine=_total(machine),
            complete=not evidence.pending,
        ),
        tool=manifest.environment.get("bakeoff"),
        priced=tuple(sorted(set(_priced(listed)))),
        config_sha256=digest(config),
        stop_rule=manifest.stop_rule,
        data_sha256=digest(manifest.suites),
        suites=tuple(_suites(evidence)),
        scorers=tuple(sorted(f"{place}: {signature}" for place, signature in evidence.signatures.items())),
        models=tuple(_model(candidate) for candidate in _named(candidates_of(manifest).values()).values()),
        instruments=tuple(_instrument(evidence, *item) for item in sorted(instruments_of(manifest).items())),
        settings=tuple(_settings(config)),
        environment=tuple(sorted(manifest.environment.items())),
        notices=tuple(str(notice) for notice in config.get("notices", ())),
    )


def _are(records: Records, name: str, values: Iterable[str]) -> Bools:
    """Return which records have one of `values` in a column."""
    found = np.zeros(len(records), dtype=np.bool_)
    for value in values:
        found |= records.has(name, value)
    return found


def _priced(candidates: Iterable[Candidate]) -> Iterable[str]:
    for model in (model for candidate in candidates for model in candidate.models):
        if model.machine is None and model.prices is not None:
            yield ", ".join(part for part in (model.prices.source, model.prices.date) if part is not None)


def _imported(source: str | None) -> Phrase | None:
    return None if source is None else Phrase(key="page.imported", args={"source": source})


def _incomplete(decisions: Sequence[Decision], *, answered: int, lost: int, pending: int) -> Phrase | None:
    def phrase(key: str, **counts: int) -> Phrase:
        ids = {metric: number_id("run", "incomplete", "", metric) for metric in counts}
        return Phrase(key=key, args={m: number(n, count(n), id=ids[m]) for m, n in counts.items()})

    if pending:
        return phrase("page.incomplete", pending=pending, planned=answered + pending)
    if lost and any(decision.incomplete for decision in decisions):
        return phrase("page.incomplete_lost", errors=lost, planned=answered)
    short = any(decision.incomplete or decision.verdict.kind is VerdictKind.INCOMPLETE for decision in decisions)
    return Phrase(key="page.incomplete_verdict") if short or not answered else None


def _dollars(metric: str, records: Records, *, all_: Records) -> Measured:
    """Return the sum; nothing was spent where no record is of that kind, unless nothing was recorded at all."""
    id = number_id("run", "summary", "", metric)
    return Measured(value=number(Decimal(0), usd(0), id=id)) if all_ and not records else spending(records, id=id)


def _total(records: Records) -> Decimal | None:
    return records.spent if records.known("cost_usd").all() else None


def _unrecorded(of: Unrecorded) -> Phrase | None:
    if not of.calls:
        return None
    calls = number(of.calls, count(of.calls), id=number_id("run", "summary", "", "unrecorded_calls"))
    most = number(of.usd, usd(of.usd), id=number_id("run", "summary", "", "unrecorded_usd"))
    return Phrase(key="unrecorded", args={"usd": most, "calls": calls})


def _suites(evidence: Evidence) -> list[SuiteView]:
    manifest = evidence.manifest
    return [
        SuiteView(
            name=suite["name"],
            version=str(suite["version"]),
            licence=suite.get("licence"),
            digest=manifest.suites.get(suite["name"], ""),
            tasks=tuple(
                (
                    task["name"],
                    number(
                        task["n"], count(task["n"]), id=number_id("run", "suites", "", suite["name"], task["name"], "n")
                    ),
                )
                for task in suite["tasks"]
            ),
        )
        for suite in config_of(manifest).get("suites", ())
    ]


def _named(candidates: Iterable[Candidate]) -> dict[str, Candidate]:
    """Return the candidates by name, each cascade before the models of its stages."""
    return {model.name: model for candidate in candidates for model in (candidate, *candidate.models)}


def _model(candidate: Candidate) -> ModelView:
    units = {} if candidate.prices is None else candidate.prices.usd
    return ModelView(
        name=candidate.name,
        model=candidate.model,
        params=canonical(candidate.params).decode() if candidate.params else None,
        weights_sha256=candidate.weights_sha256,
        price=price(candidate, slot="run"),
        unit_prices=tuple(
            (unit, number(dollars, usd(dollars), id=number_id("run", "prices", candidate.name, unit)))
            for unit, dollars in sorted(units.items())
        ),
    )


def _instrument(evidence: Evidence, name: str, candidate: Candidate) -> InstrumentView:
    calls = evidence.of_role(Role.INSTRUMENT)
    records = calls.where(calls.has("instrument", name))

    def shown(metric: str, value: int) -> Number:
        return number(value, count(value), id=number_id("run", "instruments", name, metric))

    failures = int(records.known("fault").sum())
    return InstrumentView(
        name=name,
        candidate=candidate.name,
        model=candidate.model,
        calls=shown("calls", len(records)),
        failures=shown("failures", failures),
        cost=spending(records, id=number_id("run", "instruments", name, "cost_usd")),
    )


def _settings(config: Mapping[str, object]) -> list[tuple[str, Number]]:
    """Return the settings that are numbers; money is written as text in JSON."""
    stated = config.get("settings")
    pairs = {"epochs": config.get("epochs"), "seed": config.get("seed")}
    pairs |= stated if isinstance(stated, dict) else {}
    for name, of in [(name, of) for name, of in pairs.items() if isinstance(of, dict)]:
        pairs |= {f"{name}.{provider}": dollars for provider, dollars in of.items()}
    read = {name: Decimal(v) if "_usd" in name and isinstance(v, str) else v for name, v in pairs.items()}
    return [
        (name, number(value, given(float(value)), id=number_id("run", "settings", "", name)))
        for name, value in read.items()
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    ]
