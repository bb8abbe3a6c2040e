"""From the files of a bake-off to its plan: what would be asked, of whom, at which price; nothing is sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.calls import Call
from harness.core.canonical import from_json
from harness.core.runs import Bakeoff, Plan
from harness.core.scores import SANDBOX
from harness.core.suites import Suite, Task
from harness.core.wording import worded
from harness.errors import Problem, UsageError

if TYPE_CHECKING:
    from harness.config.inventory import Inventory, Offer
    from harness.config.spreadsheet import Sheet
    from harness.core.forecast import Forecast
    from harness.store.ledger import StoredSample


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which part of the configuration a run takes; stored with it, so that a resumed run takes the same."""

    suites: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    limit: int | None = None
    shipped: bool = False
    """The configuration is the one that comes with Bakeoff, not that of a folder."""
    full: bool = False
    """Of the shipped ones it is that of every modality."""
    budget_usd: Decimal | None = None
    """Of the command line, over that of the configuration; so is the next."""
    max_unpriced_calls: int | None = None
    allow_code_execution: bool = False
    """Programs that models write may be run, in a sandbox."""


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


def load_shipped(selection: Selection) -> Bakeoff:
    """Read a bake-off that comes with Bakeoff; what cannot be asked on this machine is left out with a notice."""
    from harness.config.environment import read
    from harness.config.load import load as load_config
    from harness.config.paths import BAKEOFF_FILE, FULL_FILE, shipped

    bakeoff = load_config(
        shipped(), file=FULL_FILE if selection.full else BAKEOFF_FILE, env=read(shipped()), limit=selection.limit,
        shipped=shipped(), lenient=True,
    )  # fmt: skip
    try:
        require_permission(bakeoff, selection)
    except UsageError as error:
        return _without_programs(bakeoff, why=error)
    return bakeoff


def reload(run_folder: Path, folder: Path, *, to_send: bool = True) -> tuple[Bakeoff, Selection]:
    """Load the configuration that `run_folder` was started from; UsageError where it no longer asks the same.

    Where nothing is `to_send`, no key is needed and only what was asked, not of whom, must be the same.
    """
    from harness.execute.manifest import changed_suites, changes
    from harness.store.ledger import Ledger

    with Ledger.open(run_folder, write=False) as ledger:
        stored = ledger.manifest()
    if stored.imported is not None:
        raise UsageError(
            worded(
                "run {run_id} was imported from {imported}: Bakeoff asks no model for it and judges nothing",
                run_id=stored.run_id,
                imported=stored.imported,
            ),
            hint=worded(
                "`bakeoff decide`, `report`, `memo`, `export` and `compare` work on it; `bakeoff run` measures anew"
            ),
        )
    selection = from_json(Selection, stored.selection)
    if selection.shipped:
        bakeoff = load_shipped(selection)
    else:
        bakeoff = load(
            folder, suites=selection.suites, candidates=selection.candidates, limit=selection.limit,
            require_keys=to_send,
        )  # fmt: skip
    if changed := changes(stored, bakeoff) if to_send else changed_suites(stored, bakeoff):
        raise UsageError(
            worded(
                "the configuration asks something else than run {run_id} did: {changed}",
                run_id=stored.run_id,
                changed=changed,
            ),
            hint=worded("start a new run, or put back what was changed"),
        )
    return bakeoff, selection


def bounded(bakeoff: Bakeoff, selection: Selection) -> Bakeoff:
    """Return `bakeoff` under the ceilings that the command line has set, now or when the run began."""
    given = {
        name: value for name in ("budget_usd", "max_unpriced_calls") if (value := getattr(selection, name)) is not None
    }
    places = {path: place for path, place in bakeoff.places.items() if path.removeprefix("run/") not in given}
    return replace(bakeoff, settings=replace(bakeoff.settings, **given), places=places)


def plan(bakeoff: Bakeoff) -> Plan:
    """Expand the bake-off into its calls."""
    from harness.execute.plan import plan as plan_calls

    try:
        return plan_calls(bakeoff)
    except UsageError as error:
        raise UsageError(_unplannable(bakeoff, bakeoff) or error.problems) from error


def notices(bakeoff: Bakeoff, planned: Plan) -> tuple[str, ...]:
    """Return what was passed over, each one sentence: by the configuration, then by the plan."""
    left_out: dict[str, list[str]] = {}
    for it in planned.exclusions:
        said = worded("'{name}' is left out: {why}", name=it.candidate, why=it.reason)
        left_out.setdefault(said, []).append(f"{it.suite}/{it.task}")
    return (*bakeoff.notices, *(worded("{said} ({tasks})", said=it, tasks=tasks) for it, tasks in left_out.items()))


def require_ready(bakeoff: Bakeoff, planned: Plan, *, somebody: bool = True, budget: bool = True) -> None:
    """UsageError with every reason for which a plan that could be made is not to be sent: a task that nobody can be
    asked, a budget that could not hold or that buys nothing."""
    problems = list(_nobody(bakeoff, planned)) if somebody else []
    if problems := [*problems, *(_unpayable(bakeoff, planned.calls) if budget else ())]:
        raise UsageError(problems)


def require_permission(bakeoff: Bakeoff, selection: Selection) -> None:
    """UsageError where programs of models would be run and nobody has allowed it, or where there is no sandbox."""
    tasks = [f"{suite.name}/{task.name}" for suite, task in _programs(bakeoff)]
    if not tasks:
        return
    if not selection.allow_code_execution:
        raise UsageError(
            worded("{tasks}: programs that models write would be run on this machine, in a sandbox", tasks=[*tasks]),
            hint=worded("--allow-code-execution, or leave these suites out with --only"),
        )
    from harness.local.sandbox.probes import demand_sandbox

    demand_sandbox()


def _programs(bakeoff: Bakeoff) -> Iterator[tuple[Suite, Task]]:
    """Yield the tasks whose answers are programs that are run."""
    for suite in bakeoff.suites:
        for task in suite.tasks:
            if any(need.modality == SANDBOX.modality for scorer in task.scorers for need in scorer.needs):
                yield suite, task


def _without_programs(bakeoff: Bakeoff, *, why: UsageError) -> Bakeoff:
    """Return `bakeoff` without the suites whose answers are programs that are run."""
    coded = {suite.name for suite, _ in _programs(bakeoff)}
    suites = tuple(suite for suite in bakeoff.suites if suite.name not in coded)
    slots = {suite.slot_of(task) for suite in suites for task in suite.tasks}
    return replace(
        bakeoff,
        suites=suites,
        rules={slot: rule for slot, rule in bakeoff.rules.items() if slot in slots},
        instruments={name: it for name, it in bakeoff.instruments.items() if name != SANDBOX.name},
        notices=(
            *bakeoff.notices,
            worded("{names} is left out: {why} ({hint})", names=sorted(coded), why=why, hint=why.problems[0].hint),
        ),
    )


def forecast(bakeoff: Bakeoff, planned: Plan) -> "Forecast":
    """Say what a run would cost and could show."""
    from harness.execute.forecast import forecast as sum_up

    return sum_up(bakeoff, planned)


def pilot(planned: Plan, samples: int) -> frozenset[str]:
    """Return the keys of the answers that a pilot of so many samples of each task asks for."""
    from harness.execute.pilot import pilot_keys

    return pilot_keys(planned.calls, samples)


def forecast_from_pilot(bakeoff: Bakeoff, planned: Plan, run_folder: Path, samples: int) -> "Forecast":
    """Say what the whole run would take, from what has come of it; kept in its manifest."""
    from harness.core.calls import Role
    from harness.execute.forecast import forecast as sum_up
    from harness.execute.pilot import learnt
    from harness.store.ledger import Ledger

    with Ledger.open(run_folder, write=True) as ledger:
        known = learnt(
            bakeoff, planned, samples=samples, answers=list(ledger.records(Role.ANSWER)),
            stages=ledger.records(Role.STAGE), readings=ledger.records(Role.INSTRUMENT),
        )  # fmt: skip
        found = sum_up(bakeoff, planned, known)
        stored = ledger.manifest()
        ledger.replace_manifest(replace(stored, foreseen=(*stored.foreseen, found.amounts)), ())
    return found


def inventory(folder: Path) -> "Inventory":
    """Return what a bake-off in `folder` can name."""
    from harness.config.environment import read
    from harness.config.inventory import inventory as take_inventory
    from harness.config.paths import shipped
    from harness.execute.fitness import unfit

    return take_inventory(folder, shipped(), read(folder), unfit=unfit)


def catalogue(folder: Path) -> tuple["Offer", ...]:
    """Return the candidates that are shipped, with the keys that the environment and `folder`'s `.env` lack."""
    from harness.config.environment import read
    from harness.config.inventory import offers
    from harness.config.paths import shipped

    return offers(shipped(), shipped(), read(folder))


def read_sheet(path: Path, *, ask: str | None = None, expect: str | None = None) -> "Sheet":
    """Read a table of questions, and by which rule its answers can be judged."""
    from harness.config.spreadsheet import read_sheet as read

    return read(path, ask=ask, expect=expect)


def stored_samples(bakeoff: Bakeoff) -> list["StoredSample"]:
    """Return the samples as a run's ledger keeps them: without what names this machine."""
    from harness.config.media import short
    from harness.store.ledger import StoredSample

    return [
        StoredSample(suite=suite.name, task=task.name, sample=replace(sample, files=tuple(map(short, sample.files))))
        for suite in bakeoff.suites
        for task in suite.tasks
        for sample in task.loaded
    ]


def _nobody(bakeoff: Bakeoff, planned: Plan) -> Iterator[Problem]:
    """Name each suite with a task that nobody can be asked, since it sends what no candidate takes."""
    asked = {(call.suite, call.task) for call in planned.calls}
    for suite in bakeoff.suites:
        unasked = [task.name for task in suite.tasks if (suite.name, task.name) not in asked]
        if not unasked:
            continue
        excluded = [it for it in planned.exclusions if it.suite == suite.name and it.task in unasked]
        why = list(dict.fromkeys(worded("'{name}': {why}", name=it.candidate, why=it.reason) for it in excluded))
        rest = ", ".join(task.name for task in suite.tasks if task.name not in unasked)
        without = worded("take the suite out")
        if rest:
            without = worded("ask only the rest: {{suite: {name}, tasks: [{tasks}]}}", name=suite.name, tasks=rest)
        message = worded(
            "nobody can be asked {unasked}: {why}", unasked=[f"{suite.name}/{name}" for name in unasked], why=why
        )
        place = bakeoff.place("task", suite.name, unasked[0])
        yield Problem.at(place, "E212", message, hint=worded("add a candidate that can, or {without}", without=without))


def _unplannable(known: Bakeoff, whole: Bakeoff) -> list[Problem]:
    """Return what keeps a bake-off from being planned, as far as it is `known`, and what of it is `whole` from being
    paid."""
    from harness.execute.plan import plan_partly

    return [*plan_partly(known)[1], *_unpayable(whole, plan_partly(whole)[0])]


def _unpayable(bakeoff: Bakeoff, calls: Sequence[Call]) -> list[Problem]:
    """Return what is wrong with the budgets, held against `calls`."""
    from harness.execute.affordable import unaffordable
    from harness.execute.budget import refuse_unpriced

    problems = unaffordable(bakeoff, calls)
    try:
        refuse_unpriced(bakeoff, calls)
    except UsageError as error:
        problems += error.problems
    return problems
