"""Plan, run, score, decide, report: each verb as a short story; wires the parts, holds no logic of its own."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from harness.core.canonical import Json, from_json, to_json
from harness.core.rules import DecisionRule
from harness.core.runs import DRAIN_S, Bakeoff, Plan, RunSettings
from harness.core.scores import SANDBOX
from harness.errors import NO_CANDIDATE_PASSES, PRECEDENCE, IncompleteError, Problem, UsageError

if TYPE_CHECKING:
    from pandas import DataFrame

    from harness.config.inventory import Inventory, Offer
    from harness.core.decision import Completeness, Decision, SelfMeasured
    from harness.core.redaction import Redactor
    from harness.execute.doctor import Checkup
    from harness.execute.forecast import Forecast
    from harness.execute.progress import Progress
    from harness.execute.runner import RunResult
    from harness.local.catalog import Engine
    from harness.report.evidence import Evidence
    from harness.store.ledger import StoredSample

DRAWS = 10_000
"""Resamples behind intervals and P(best)."""
EXPORTS = ("csv", "jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which part of the configuration a run takes; stored with it, so that a resumed run takes the same."""

    suites: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    limit: int | None = None
    shipped: bool = False
    """The configuration is the one that comes with Bakeoff, not that of a folder."""
    budget_usd: Decimal | None = None
    """Of the command line, over that of the configuration; so is the next."""
    max_unpriced_calls: int | None = None
    allow_code_execution: bool = False
    """Programs that models write may be run, in a sandbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What scoring did."""

    scored: int
    unscored: int
    missing_readings: int


# -- plan ----------------------------------------------------------------------------------------------------------


def load(
    folder: Path, *, suites: Sequence[str] = (), candidates: Sequence[str] = (), limit: int | None = None,
    require_keys: bool = True,
) -> Bakeoff:  # fmt: skip
    """Read the bake-off of `folder`; UsageError carries every problem found, CredentialsError every missing key.

    `require_keys` is False for what sends nothing: a candidate without a key is then one like the others.
    """
    from harness.config.environment import read
    from harness.config.load import load as load_config
    from harness.config.paths import shipped

    return load_config(
        folder, env=read(folder), suites=suites, candidates=candidates, limit=limit, shipped=shipped(),
        require_keys=require_keys, examine=_unplannable,
    )  # fmt: skip


def load_shipped(*, limit: int | None = None) -> Bakeoff:
    """Read the bake-off that comes with Bakeoff."""
    from harness.config.paths import shipped

    return load(shipped(), limit=limit)


def bounded(bakeoff: Bakeoff, selection: Selection) -> Bakeoff:
    """Return `bakeoff` under the ceilings that the command line has set, now or when the run began."""
    given = {
        name: value for name in ("budget_usd", "max_unpriced_calls") if (value := getattr(selection, name)) is not None
    }
    return replace(bakeoff, settings=replace(bakeoff.settings, **given))


def plan(bakeoff: Bakeoff) -> Plan:
    """Expand the bake-off into its calls."""
    from harness.execute.plan import plan as plan_calls

    try:
        return plan_calls(bakeoff)
    except UsageError as error:
        raise UsageError(_unplannable(bakeoff) or error.problems) from error


def notices(bakeoff: Bakeoff, planned: Plan) -> tuple[str, ...]:
    """Return what was passed over, each one sentence: by the configuration, then by the plan."""
    left_out: dict[str, list[str]] = {}
    for it in planned.exclusions:
        left_out.setdefault(f"'{it.candidate}' is left out: {it.reason}", []).append(f"{it.suite}/{it.task}")
    return (*bakeoff.notices, *(f"{what} ({', '.join(places)})" for what, places in left_out.items()))


def require_prices(bakeoff: Bakeoff, planned: Plan) -> None:
    """UsageError where there is a budget that could not hold because a price is not known."""
    from harness.execute.budget import refuse_unpriced

    refuse_unpriced(bakeoff, planned.calls)


def require_permission(bakeoff: Bakeoff, selection: Selection) -> None:
    """UsageError where programs of models would be run and nobody has allowed it, or where there is no sandbox."""
    serving = bakeoff.instruments.get(SANDBOX.name)
    if serving is None:
        return
    if not selection.allow_code_execution:
        tasks = [f"{suite.name}/{task.name}" for suite in bakeoff.suites for task in suite.tasks
                 if any(SANDBOX in scorer.needs for scorer in task.scorers)]  # fmt: skip
        raise UsageError(
            f"{', '.join(tasks)}: programs that models write would be run on this machine, in a sandbox",
            hint="--allow-code-execution, or leave these suites out with --only",
        )
    from harness.local.sandbox.probes import demand_sandbox

    demand_sandbox()


def forecast(bakeoff: Bakeoff, planned: Plan) -> "Forecast":
    """Say what a run would cost and could show."""
    from harness.execute.forecast import forecast as sum_up

    return sum_up(bakeoff, planned)


# -- run -----------------------------------------------------------------------------------------------------------


def start(bakeoff: Bakeoff, planned: Plan, *, selection: Selection, runs: Path) -> Path:
    """Create the run's folder with its manifest and plan; nothing is sent yet."""
    from harness.execute.manifest import manifest
    from harness.store.folders import create
    from harness.store.ledger import Ledger

    now = datetime.now(UTC)
    path = create(runs, f"{bakeoff.name}-{now:%Y%m%d-%H%M%S}")
    document = manifest(
        bakeoff, run_id=path.name, started=now.isoformat(timespec="seconds"), selection=to_json(selection)
    )
    _keep_media(bakeoff, planned, path)
    Ledger.create(path, document, _samples(bakeoff), planned.calls).close()
    return path


def reload(run_folder: Path, folder: Path, *, to_send: bool = True) -> tuple[Bakeoff, Selection]:
    """Load the configuration that `run_folder` was started from; UsageError where it no longer asks the same.

    Where nothing is `to_send`, no key is needed and only what was asked, not of whom, must be the same.
    """
    from harness.execute.manifest import changed_suites, changes
    from harness.store.ledger import Ledger

    with Ledger.open(run_folder, write=False) as ledger:
        stored = ledger.manifest()
    selection = from_json(Selection, stored.selection)
    if selection.shipped:
        bakeoff = load_shipped(limit=selection.limit)
    else:
        bakeoff = load(
            folder, suites=selection.suites, candidates=selection.candidates, limit=selection.limit,
            require_keys=to_send,
        )  # fmt: skip
    if changed := changes(stored, bakeoff) if to_send else changed_suites(stored, bakeoff):
        raise UsageError(
            f"the configuration asks something else than run {stored.run_id} did: {'; '.join(changed)}",
            hint="start a new run, or put back what was changed",
        )
    return bakeoff, selection


def remember(run_folder: Path, selection: Selection) -> None:
    """Store a selection that a resume has changed: its ceilings are those of the next resume too."""
    from harness.store.ledger import Ledger

    with Ledger.open(run_folder, write=False) as ledger:
        stored = ledger.manifest()
    if from_json(Selection, stored.selection) != selection:
        with Ledger.open(run_folder, write=True) as ledger:
            ledger.replace_manifest(replace(stored, selection=to_json(selection)), ())


def redactor(bakeoff: Bakeoff, folder: Path) -> "Redactor":
    """Return what knows every secret of a run: those of the environment, of `folder`'s `.env`, of the candidates."""
    from harness.clients.target import variables
    from harness.config.environment import read
    from harness.core.redaction import Redactor, secrets

    used = {name for model in bakeoff.models for name in variables(model)}
    return Redactor(secrets(read(folder), used))


def run(
    bakeoff: Bakeoff, run_folder: Path, *, folder: Path, progress: "Progress", drain_s: float = DRAIN_S
) -> "RunResult":
    """Send every call of the run that has no final word yet: answers first, then the instruments.

    `folder` is where bakeoff.yaml lies; keys come from the environment and its `.env`. An interrupt waits up to
    `drain_s` for the calls in flight.
    """
    import asyncio

    from harness.clients.calibration import calibrate
    from harness.clients.sender import sender
    from harness.config.environment import read
    from harness.execute.runner import run as run_calls
    from harness.execute.signals import Stop
    from harness.local.host import Host
    from harness.store.folders import spent_since
    from harness.store.ledger import Ledger
    from harness.store.lock import sending
    from harness.store.media import Media

    env, logs = read(folder), run_folder / "logs"
    logs.mkdir(exist_ok=True)

    async def story(ledger: Ledger) -> "RunResult":
        async with (
            Host(log_folder=logs) as engines,
            sender(bakeoff.settings.workers, env=env, logs=logs) as send,
        ):

            async def calibrated(in_flight: int) -> None:
                found = await calibrate(send, in_flight=in_flight, env=env, log=logs / "calibration.log")
                stored = ledger.manifest()
                ledger.replace_manifest(replace(stored, calibrations=(*stored.calibrations, found)), ())

            return await run_calls(
                bakeoff, ledger, Media(run_folder / "media"), env=env, engines=engines, progress=progress,
                sender=send, calibrate=calibrated, stop=Stop(drain_s=drain_s, say=progress.note),
                spent_today=spent_today,
            )  # fmt: skip

    runs, is_per_day = run_folder.absolute().parent, bakeoff.settings.budget_usd_per_day is not None
    with sending(runs, alone=is_per_day):
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        spent_today = spent_since(runs, midnight) if is_per_day else Decimal(0)  # before this run is written to
        with Ledger.open(run_folder, write=True) as ledger:
            return asyncio.run(story(ledger))


# -- score, decide, report: free, from the records alone -----------------------------------------------------------


def score(bakeoff: Bakeoff, run_folder: Path) -> Tally:
    """Judge every output again with the scorers of `bakeoff`; replaces the stored scores, primaries and targets."""
    from harness.core.calls import Role
    from harness.core.scores import Score
    from harness.execute.manifest import rejudged
    from harness.execute.scoring import judge
    from harness.store.ledger import Ledger, ScoreRow

    with Ledger.open(run_folder, write=True) as ledger:
        judgements = list(judge(bakeoff, ledger.told(Role.ANSWER), ledger.told(Role.INSTRUMENT)))
        # an answer with a stage replaced says who is at fault; no instrument hears it
        judgements += [j for j in judge(bakeoff, ledger.told(Role.ORACLE), ()) if not j.lacks_reading]
        ledger.replace_manifest(rejudged(ledger.manifest(), bakeoff), _samples(bakeoff))
        ledger.replace_scores(
            ScoreRow(
                key=j.key,
                scorer=j.scorer.name,
                signature=j.scorer.signature,
                value=j.result.value if isinstance(j.result, Score) else None,
                reason=j.result.reason,
                detail=j.result.detail if isinstance(j.result, Score) else {},
            )
            for j in judgements
        )
    scored = sum(isinstance(j.result, Score) for j in judgements)
    return Tally(
        scored=scored, unscored=len(judgements) - scored, missing_readings=sum(j.lacks_reading for j in judgements)
    )


def decide(
    run_folder: Path, *, weights: Mapping[str, float] | None = None, allow_incomplete: bool = False
) -> "tuple[Decision, ...]":
    """Turn a run's scores into one decision a slot, by the rules frozen in its manifest; writes decision.json.

    A slot whose calls are pending or lost beyond the run's limit has nobody ranked unless `allow_incomplete`.
    """
    from harness.decide.weights import reweighed
    from harness.store.completeness import completeness
    from harness.store.folders import replace_text
    from harness.store.frames import calls_frame, scores_frame
    from harness.store.instruments import self_measured
    from harness.store.ledger import Ledger

    with Ledger.open(run_folder, write=False) as ledger, ledger.snapshot():
        manifest, calls, scores = ledger.manifest(), calls_frame(ledger), scores_frame(ledger)
        counts, judges = completeness(ledger), self_measured(ledger)
    config = cast(dict[str, Any], manifest.config)
    rules = reweighed({slot: from_json(DecisionRule, rule) for slot, rule in config["rules"].items()}, weights or {})
    slots = [slot for slot in rules if (calls["slot"] == slot).any()]
    seed = int(config["seed"])
    most_lost = float(config["settings"].get("max_infra_failure_rate", RunSettings().max_infra_failure_rate))
    decisions = tuple(
        _decide_slot(
            calls, scores, rules[slot], seed, manifest.resolution_ms, completeness=counts[slot], most_lost=most_lost,
            allow_incomplete=allow_incomplete, self_measured=judges.get(slot, ()),
        )
        for slot in slots
    )  # fmt: skip
    document = {
        "run": manifest.run_id,
        "rules_frozen": manifest.rules,
        "incomplete": any(decision.incomplete for decision in decisions),
        "decisions": to_json(decisions),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    replace_text(run_folder / "decision.json", text + "\n")
    return decisions


def report(run_folder: Path, *, redact_content: bool = False) -> Path:
    """Write report.html from the records and decision.json; on request one that shows nobody's words."""
    from harness.report.discretion import without_content
    from harness.report.html import write_report

    evidence, name = _evidence(run_folder), "report.html"
    if redact_content:
        evidence, name = without_content(evidence), "report-redacted.html"
    return write_report(evidence, stored_decisions(run_folder), run_folder / name)


def export(run_folder: Path, format_: str) -> str:
    """Return every planned answer of a run in one of `EXPORTS`."""
    from harness.report import exports
    from harness.report.evidence import gather
    from harness.store.ledger import Ledger
    from harness.store.media import Media

    with Ledger.open(run_folder, write=False) as ledger, ledger.snapshot():
        evidence = gather(ledger, Media(run_folder / "media"))
        order = [key for (key,) in ledger.query("SELECT key FROM plan WHERE role = 'answer' ORDER BY id")]
    text = {"csv": exports.csv_text, "jsonl": exports.jsonl_text}[format_]
    return text(evidence.manifest.run_id, exports.rows(evidence, order))


def memo(run_folder: Path) -> Path:
    """Write memo.md from the records and decision.json."""
    from harness.report.memo import memo_text
    from harness.store.folders import replace_text

    path = run_folder / "memo.md"
    replace_text(path, memo_text(_evidence(run_folder), stored_decisions(run_folder)))
    return path


def stored_decisions(run_folder: Path) -> "tuple[Decision, ...]":
    """Read decision.json; UsageError where the run was not decided yet."""
    from harness.core.decision import Decision

    path = run_folder / "decision.json"
    if not path.exists():
        raise UsageError(
            f"run {run_folder.name} has no decision yet",
            hint=f"bakeoff score {run_folder}, then bakeoff decide {run_folder}",
        )
    return from_json(tuple[Decision, ...], json.loads(path.read_text(encoding="utf-8"))["decisions"])


def passes(decisions: "Sequence[Decision]") -> bool:
    """Whether every slot has a candidate that passes its gates, and every candidate of `must_pass` does."""
    from harness.core.decision import VerdictKind

    return all(
        decision.verdict.kind not in (VerdictKind.NONE, VerdictKind.INCOMPLETE)
        and all(ranked.rank is not None for ranked in decision.ranking if ranked.candidate in decision.rule.must_pass)
        for decision in decisions
    )


def decision_code(decisions: "Sequence[Decision]") -> int:
    """Return the exit code that the decisions alone call for."""
    from harness.core.decision import VerdictKind

    if any(decision.verdict.kind is VerdictKind.INCOMPLETE for decision in decisions):
        return IncompleteError.exit_code
    return 0 if passes(decisions) else NO_CANDIDATE_PASSES


def exit_code(result: "RunResult", decisions: "Sequence[Decision]") -> int:
    """Return the strongest exit code that holds after a run; what was ranked incomplete is still incomplete."""
    code = decision_code(decisions) if result.outputs > 0 else NO_CANDIDATE_PASSES  # failures recommend nobody
    return next(known for known in PRECEDENCE if known in (result.exit_code, code))


def summary(run_folder: Path, code: int) -> Json:
    """Return what `--json` prints after a run."""
    decided = run_folder / "decision.json"
    document: dict[str, Json] = {"run": str(run_folder), "exit_code": code}
    return document | (json.loads(decided.read_text(encoding="utf-8")) if decided.exists() else {"decisions": []})


# -- this machine, embedded engines ------------------------------------------------------------------------------------


def missing_engines(bakeoff: Bakeoff) -> tuple["Engine", ...]:
    """Return the embedded engines that the bake-off needs and that are not installed."""
    local = {model.model.removeprefix("local/") for model in bakeoff.models if model.is_local}
    if not local:
        return ()
    from harness.local.fetch import missing

    return missing(sorted(local))


def require_engines(bakeoff: Bakeoff) -> None:
    """UsageError, with the command that installs them, where an engine is missing; before anything is paid."""
    from harness.local.fetch import not_installed

    if missing := missing_engines(bakeoff):
        raise UsageError([problem for engine in missing for problem in not_installed(engine).problems])


def examine(folder: Path) -> "Checkup":
    """Say what is installed on this machine and how well it measures, with one call in flight, 16 and 64."""
    import asyncio

    from harness.config.environment import read
    from harness.execute.doctor import examine as examine_machine

    return asyncio.run(examine_machine(folder, env=read(folder), in_flight=(1, 16, 64)))


def fetch_engines(names: Sequence[str], *, say: Callable[[str], None]) -> None:
    """Install what is missing of the named engines, or of all; touches no network when nothing is."""
    from harness.local.catalog import ENGINES
    from harness.local.fetch import fetch, fitting, missing

    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise UsageError(f"there is no embedded engine {unknown[0]!r}", hint=f"there are: {', '.join(sorted(ENGINES))}")
    wanted = missing(names or fitting())
    if wanted:
        fetch(wanted, say)
    else:
        say("Every embedded engine that was asked for is installed.")


def inventory(folder: Path) -> "Inventory":
    """Return what a bake-off in `folder` can name."""
    from harness.config.environment import read
    from harness.config.inventory import inventory as take_inventory
    from harness.config.paths import shipped

    return take_inventory(folder, shipped(), read(folder))


def catalogue(folder: Path) -> tuple["Offer", ...]:
    """Return the candidates that are shipped, with the keys that the environment and `folder`'s `.env` lack."""
    from harness.config.environment import read
    from harness.config.inventory import offers
    from harness.config.paths import shipped

    return offers(shipped(), shipped(), read(folder))


# -- small pieces --------------------------------------------------------------------------------------------------


def _unplannable(bakeoff: Bakeoff) -> list[Problem]:
    """Return what keeps a bake-off, of which parts may be missing, from being planned and paid."""
    from harness.execute.budget import refuse_unpriced
    from harness.execute.plan import plan_partly

    calls, problems = plan_partly(bakeoff)
    try:
        refuse_unpriced(bakeoff, calls)
    except UsageError as error:
        problems += error.problems
    return problems


def _decide_slot(
    calls: "DataFrame", scores: "DataFrame", rule: DecisionRule, seed: int, resolution_ms: float, *,
    completeness: "Sequence[Completeness]", most_lost: float, allow_incomplete: bool,
    self_measured: "Sequence[SelfMeasured]",
) -> "Decision":  # fmt: skip
    from harness.decide.decide import decide as decide_slot
    from harness.decide.decide import metrics_of
    from harness.metrics.estimates import estimates
    from harness.metrics.paired import differences
    from harness.metrics.resample import resample
    from harness.metrics.resolution import merged
    from harness.metrics.tables import observe

    observations = observe(calls, scores, slot=rule.slot)
    metrics = metrics_of(rule)
    return decide_slot(
        rule=rule,
        candidates=observations.candidates,
        estimates=estimates(observations, seed=seed),
        metrics=metrics,
        draws=merged(resample(observations, metrics, draws=DRAWS, seed=seed), metrics, resolution_ms),
        resolution_ms=resolution_ms,
        completeness=completeness,
        most_lost=most_lost,
        allow_incomplete=allow_incomplete,
        self_measured=self_measured,
        differences=lambda leader: differences(observations, leader),
        samples_compared=observations.n,
        clusters=observations.clusters.tolist(),
        seed=seed,
    )


def _keep_media(bakeoff: Bakeoff, planned: Plan, run_folder: Path) -> None:
    """Copy the media that the plan names into the run: what is sent and shown is then what was planned."""
    from harness.config.media import content
    from harness.core.calls import media_named
    from harness.store.media import Media

    wanted = frozenset[str]().union(*(media_named(call.request) for call in planned.calls))
    store = Media(run_folder / "media")
    for suite in bakeoff.suites:
        for sample in (sample for task in suite.tasks for sample in task.loaded):
            for name, image in zip(sample.files, sample.media, strict=False):
                if image.sha256 in wanted and store.put(content(Path(suite.folder or ""), name)) != image.sha256:
                    raise UsageError(f"{suite.name}: {name} has changed while the run was planned", hint="start again")


def _samples(bakeoff: Bakeoff) -> list["StoredSample"]:
    from harness.config.media import short
    from harness.store.ledger import StoredSample

    return [
        StoredSample(suite=suite.name, task=task.name, sample=replace(sample, files=tuple(map(short, sample.files))))
        for suite in bakeoff.suites
        for task in suite.tasks
        for sample in task.loaded
    ]


def _evidence(run_folder: Path) -> "Evidence":
    from harness.report.evidence import gather
    from harness.store.ledger import Ledger
    from harness.store.media import Media

    with Ledger.open(run_folder, write=False) as ledger, ledger.snapshot():
        return gather(ledger, Media(run_folder / "media"))
