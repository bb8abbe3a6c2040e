"""The run: its folder, its calls, its end."""

import json
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.canonical import Json, from_json, to_json
from harness.core.runs import Bakeoff, Plan
from harness.core.usual import DRAIN_S
from harness.core.wording import worded
from harness.errors import NO_CANDIDATE_PASSES, PRECEDENCE, Interrupted, StoreError, UsageError
from harness.pipeline.deriving import decide, decision_code, memos, report, score
from harness.pipeline.machine import provide_engines, require_engines
from harness.pipeline.planning import (
    Selection,
    notices,
    require_permission,
    require_ready,
    stored_samples,
)

if TYPE_CHECKING:
    from harness.core.decision import Decision
    from harness.core.forecast import Amounts
    from harness.core.manifest import Session, Unsent
    from harness.core.redaction import Redactor
    from harness.core.traffic import Traffic
    from harness.execute.progress import Progress
    from harness.execute.runner import RunResult
    from harness.store.ledger import Ledger


def begin(
    bakeoff: Bakeoff, planned: Plan, *, selection: Selection, runs: Path, resume: Path | None = None,
    say: Callable[[str], None] | None = None, agree: Callable[[str], None] | None = None,
) -> Path:  # fmt: skip
    """Return the folder of a run that may be sent: a new one in `runs`, or that to `resume`; nothing is sent yet.

    Weights of engines that are missing are fetched where somebody listens: `say` hears what, how much and under which
    licence, and `agree` the terms that bind whoever uses them. UsageError where a budget cannot hold, an engine is not
    installed or programs of models may not be run.
    """
    if resume is None:
        require_ready(bakeoff, planned, somebody=not selection.candidates and not selection.shipped)
    require_permission(bakeoff, selection)
    if say is None:
        require_engines(bakeoff)
    else:
        provide_engines(bakeoff, say, agree)
    if resume is None:
        return start(bakeoff, planned, selection=selection, runs=runs)
    remember(resume, selection)
    return resume


def start(bakeoff: Bakeoff, planned: Plan, *, selection: Selection, runs: Path) -> Path:
    """Create the run's folder with its manifest and plan; nothing is sent yet."""
    from harness.execute.forecast import amounts
    from harness.execute.manifest import manifest
    from harness.store.folders import create
    from harness.store.ledger import Ledger

    now = datetime.now(UTC)
    path = create(runs, f"{bakeoff.name}-{now:%Y%m%d-%H%M%S}")
    told = replace(bakeoff, notices=notices(bakeoff, planned))
    document = manifest(told, run_id=path.name, started=now.isoformat(timespec="seconds"), selection=to_json(selection))
    document = replace(document, foreseen=(amounts(bakeoff, planned),))
    try:
        _keep_media(bakeoff, planned, path)
        Ledger.create(path, document, stored_samples(bakeoff), planned.calls).close()
    except BaseException:
        shutil.rmtree(path)  # nothing was sent: a folder without a run would only be in the way
        raise
    return path


def foreseen(run_folder: Path) -> "Amounts":
    """Return what the run was last said to take."""
    from harness.store.ledger import Ledger

    with Ledger.open(run_folder, write=False) as ledger:
        return ledger.manifest().foreseen[-1]


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
    bakeoff: Bakeoff, run_folder: Path, *, folder: Path, progress: "Progress", drain_s: float = DRAIN_S,
    only: Collection[str] | None = None, on_begin: Callable[[Callable[[], None]], None] = lambda _: None,
) -> "RunResult":  # fmt: skip
    """Send every call of the run that has no final word yet: answers, then the instruments, and last what explains
    bad answers of cascades, where that is asked for.

    `folder` is where bakeoff.yaml lies; keys come from the environment and its `.env`. An interrupt waits up to
    `drain_s` for the calls in flight. `only`: keys of the answers of a pilot; the others wait for a resume. `on_begin`
    is given what interrupts the run from any thread, as a signal does.
    """
    import asyncio

    from harness.clients.calibration import calibrate
    from harness.clients.sender import sender
    from harness.config.environment import read
    from harness.core.manifest import Session, Unsent
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

            stop = Stop(drain_s=drain_s, say=progress.note)
            loop = asyncio.get_running_loop()

            def interrupt() -> None:
                with suppress(RuntimeError):  # the loop has ended, and with it all that could be interrupted
                    loop.call_soon_threadsafe(stop.interrupt)

            on_begin(interrupt)
            return await run_calls(
                bakeoff, ledger, Media(run_folder / "media"), env=env, engines=engines, progress=progress,
                sender=send, calibrate=calibrated, stop=stop, only=only, spent_today=spent_today,
            )  # fmt: skip

    runs, is_per_day = run_folder.absolute().parent, bakeoff.settings.budget_usd_per_day is not None
    with sending(runs, alone=is_per_day):
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        spent_today = spent_since(runs, midnight) if is_per_day else Decimal(0)  # before this run is written to
        with Ledger.open(run_folder, write=True) as ledger:
            session = Session(began=datetime.now(UTC).isoformat())
            _tell(ledger, session, {})
            result = asyncio.run(story(ledger))
            left = dict.fromkeys(c.name for c in bakeoff.candidates) if only is not None else {}
            why = dict.fromkeys(left, Unsent.PILOT) | dict(result.unsent)
            with suppress(StoreError):  # a full disk is told of by the run; that it was full is then not stored
                _tell(ledger, replace(session, ended=datetime.now(UTC).isoformat()), why)
            return result


def is_decidable(result: "RunResult") -> bool:
    """Whether enough came, and can be written, for a decision."""
    return result.answered > 0 and result.exit_code not in (Interrupted.exit_code, StoreError.exit_code)


def conclude(
    bakeoff: Bakeoff, run_folder: Path, *, traffic: "Traffic | None" = None, allow_incomplete: bool = False,
    language: str = "en",
) -> "tuple[Decision, ...]":  # fmt: skip
    """Judge what came, decide, and write report and memo, which prices months of `traffic`, else usual ones.

    The report opens in `language`, and speaks both.
    """
    score(bakeoff, run_folder)
    decisions = decide(run_folder, allow_incomplete=allow_incomplete)
    report(run_folder, language=language)
    memos(run_folder, traffic=traffic)
    return decisions


def exit_code(result: "RunResult", decisions: "Sequence[Decision]") -> int:
    """Return the strongest exit code that holds after a run; what was ranked incomplete is still incomplete."""
    code = decision_code(decisions) if result.outputs > 0 else NO_CANDIDATE_PASSES  # failures recommend nobody
    return next(known for known in PRECEDENCE if known in (result.exit_code, code))


def summary(run_folder: Path, code: int) -> Json:
    """Return what `--json` prints after a run."""
    decided = run_folder / "decision.json"
    document: dict[str, Json] = {"run": str(run_folder), "exit_code": code}
    return document | (json.loads(decided.read_text(encoding="utf-8")) if decided.exists() else {"decisions": []})


def _tell(ledger: "Ledger", session: "Session", unsent: "Mapping[str, Unsent]") -> None:
    """Store why calls are pending, and when this process sent; one in which nothing came leaves no trace."""
    stored = ledger.manifest()
    sessions = tuple(one for one in stored.sessions if one.began != session.began)
    ((last,),) = ledger.query("SELECT max(finished) FROM call")
    if session.ended is None or (last is not None and last >= session.began):
        sessions = (*sessions, session)
    if (stored.unsent, stored.sessions) != (unsent, sessions):
        ledger.replace_manifest(replace(stored, unsent=unsent, sessions=sessions), ())


def _keep_media(bakeoff: Bakeoff, planned: Plan, run_folder: Path) -> None:
    """Copy the media that the plan names into the run: what is sent and shown is then what was planned."""
    from harness.config.media import content
    from harness.core.requests import media_named
    from harness.store.media import Media

    wanted = frozenset[str]().union(*(media_named(call.request) for call in planned.calls))
    store = Media(run_folder / "media")
    for suite in bakeoff.suites:
        for sample in (sample for task in suite.tasks for sample in task.loaded):
            for name, medium in zip(sample.files, sample.media, strict=False):
                if medium.sha256 in wanted and store.put(content(Path(suite.folder or ""), name)) != medium.sha256:
                    raise UsageError(
                        worded("{suite}: {name} has changed while the run was planned", suite=suite.name, name=name),
                        hint=worded("start again"),
                    )
