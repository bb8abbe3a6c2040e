"""The runner: sends what a run still lacks: answers, then what measures them, then what explains the bad ones."""

import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from harness.clients.deadlines import Deadlines
from harness.clients.in_process import InProcessTap
from harness.clients.retry import RetryPolicy
from harness.clients.retry import call as call_client
from harness.clients.sender import Here, Sender
from harness.clients.target import Target, resolve, variables
from harness.core.calls import Call, Failure, Fault, Record, Role
from harness.core.candidates import Candidate
from harness.core.redaction import Redactor, secrets
from harness.core.runs import Bakeoff
from harness.core.usual import DRAIN_S
from harness.core.wording import worded
from harness.execute.budget import Budget, ceilings
from harness.execute.courier import CallClient, Courier
from harness.execute.ending import Ending, RunResult
from harness.execute.engines import Engines, Shed
from harness.execute.phases import Calibrate, Phases, bound_unpriced
from harness.execute.progress import Progress
from harness.execute.sharing import Account, account, address
from harness.execute.signals import Stop, heeded
from harness.execute.throttle import Throttle
from harness.execute.warmup import cold, proven_by, warm_up
from harness.store.ledger import Ledger
from harness.store.media import Media

if TYPE_CHECKING:
    from harness.execute.stopping import Stopping

__all__ = ["Engines", "RunResult", "run"]


async def run(
    bakeoff: Bakeoff,
    ledger: Ledger,
    media: Media,
    *,
    env: Mapping[str, str],
    engines: Engines,
    progress: Progress,
    client: CallClient | None = None,
    sender: Sender | None = None,
    calibrate: Calibrate | None = None,
    stop: Stop | None = None,
    only: Collection[str] | None = None,
    spent_today: Decimal = Decimal(0),
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> RunResult:
    """Send every call of `ledger` that has no final word or failed for no fault of its candidate.

    UsageError and CredentialsError come before anything is sent, StoreError when nothing can be written any more. All
    else ends in a result: faults of providers are records; a spent budget, a full disk and an interrupt leave calls
    pending, and what is in flight lands. `client` is the real one by default, and has its attempts made by `sender`, by
    default in this process; `calibrate` is told how many calls will be in flight, once, before the first answer is
    asked for. `only`: keys of the answers that are asked for; the others wait, and so does what explains bad ones.
    `spent_today` are the dollars of all that a budget per day is over, this run's own among them.
    """
    stop = stop or Stop(drain_s=DRAIN_S, say=progress.note)
    sender = sender or Here(InProcessTap())
    listed = (*bakeoff.models, *bakeoff.instruments.values(), *bakeoff.candidates)
    candidates = {candidate.name: candidate for candidate in listed}
    shed = Shed(engines)
    proven = proven_by(ledger, candidates)
    ending = Ending(
        candidates=candidates, note=progress.note, now=now, clock=clock, find=bakeoff.place,
        answering={address(candidates[name]) for name in proven if name in candidates},
    )  # fmt: skip
    policy, rng = RetryPolicy(max_attempts=bakeoff.settings.max_attempts), random.Random(bakeoff.seed)

    targets: dict[str, Target] = {}

    def reach(candidate: Candidate) -> Target:
        if candidate.is_local:  # an engine that is loaded anew has another address
            return resolve(candidate, engine_url=shed.url(candidate), env=env)
        if candidate.name not in targets:
            targets[candidate.name] = resolve(candidate, engine_url=None, env=env)
        return targets[candidate.name]

    for call in ledger.uncertain():
        if call.role is Role.WARMUP:  # it is not sent again; what it may have cost stays counted
            await ledger.release(call.key)
    calls = [call for call in ledger.pending(Role.ANSWER, retry_failed=True) if only is None or call.key in only]
    budget = Budget(
        list(
            ceilings(
                bakeoff.settings,
                candidates,
                spent=ledger.spent_by_candidate(),
                spent_today=spent_today,
                today=now().date(),
            )
        ),
        today=lambda: now().date(),
        max_requests=bakeoff.settings.max_unpriced_calls,
    )
    bound_unpriced(bakeoff, calls, budget, ledger)
    _check_credentials(bakeoff, calls, candidates, reach)
    if notice := _uncertain(ledger):
        ending.say(notice)
    warm = warm_up(bakeoff, ledger, calls, budget, proven)
    if notice := _too_many_unpriced(bakeoff, [*warm, *calls], budget):
        ending.say(notice)
    if names := cold(bakeoff, calls, warm, budget):
        ending.say(
            f"{', '.join(names)}: not warmed up, so the first answers are timed with whatever a cold start takes."
        )
    courier = Courier(
        ledger=ledger,
        media=media,
        budget=budget,
        stop=stop,
        progress=progress,
        redactor=Redactor(secrets(env, frozenset(name for c in candidates.values() for name in variables(c)))),
        client=client or partial(call_client, once=sender),
        policy=policy,
        deadlines=Deadlines(timeout_s=bakeoff.settings.timeout_s, idle_timeout_s=bakeoff.settings.idle_timeout_s),
        reach=reach,
        unusable=ending.fatal.keys(),
        heed=ending.heed,
        rng=rng,
        clock=clock,
        now=now,
    )
    phases = Phases(
        bakeoff=bakeoff,
        candidates=candidates,
        shed=shed,
        ending=ending,
        courier=courier,
        throttles=_throttles(
            candidates, bakeoff.settings.max_in_flight, policy=policy, rng=rng, at_once=proven if warm else candidates
        ),
        stages={record.call.key: record for record in ledger.records(Role.STAGE) if not _is_tried_again(record)},
        ready=sender.ready if client is None else None,
        calibrate=calibrate,
        stopping=_stopping(bakeoff, ledger) if only is None else None,  # a pilot is part of several blocks
    )
    with heeded(stop):
        await phases.answers(warm, calls)
        await phases.instruments()
        if only is None:
            await phases.attributions()
    return ending.result(
        ledger, interrupted=stop.interrupted, max_infra_failure_rate=bakeoff.settings.max_infra_failure_rate
    )


def _throttles(
    candidates: Mapping[str, Candidate],
    most_in_flight: int,
    *,
    policy: RetryPolicy,
    rng: random.Random,
    at_once: Collection[str],
) -> dict[str, tuple[Throttle, Throttle]]:
    """Return candidate → what it shares with all that use the same key, and its own; embedded engines have none.

    The first request of a candidate, and of an account, goes alone, unless it, or one of the account, is in `at_once`.
    """
    accounts: dict[Account, list[str]] = {}
    for name, candidate in candidates.items():
        if not candidate.stages and not candidate.is_local:
            accounts.setdefault(account(candidate), []).append(name)

    def throttle(*names: str, of_account: bool) -> Throttle:
        first_alone = not any(name in at_once for name in names)
        return Throttle(
            of_account=of_account, most_in_flight=most_in_flight, policy=policy, rng=rng, first_alone=first_alone
        )

    shared = {key: throttle(*names, of_account=True) for key, names in accounts.items()}
    return {name: (shared[key], throttle(name, of_account=False)) for key, names in accounts.items() for name in names}


def _too_many_unpriced(bakeoff: Bakeoff, calls: Sequence[Call], budget: Budget) -> str | None:
    """Say where requests without a price will run out before the calls do: warm-up, which comes first, may use all."""
    planned = [call for call in calls if budget.counts_requests_of(call.candidate)]
    most = bakeoff.settings.max_unpriced_calls
    if most is None or len(planned) <= most:
        return None
    warm = sum(call.role is Role.WARMUP for call in planned)
    return worded(
        "{n} calls without a price are planned, {warm} of them warm-up (run.warm_up), and only {most} requests are "
        "allowed.",
        n=len(planned),
        warm=warm,
        most=most,
    )


def _check_credentials(
    bakeoff: Bakeoff,
    calls: Sequence[Call],
    candidates: Mapping[str, Candidate],
    reach: Callable[[Candidate], Target],
) -> None:
    """Raise CredentialsError where a key is missing that a call or an instrument will need."""
    measuring = bakeoff.instruments.values() if calls else ()
    for name in sorted({call.candidate for call in calls} | {candidate.name for candidate in measuring}):
        for model in candidates[name].models:
            if not model.is_local:
                reach(model)


def _stopping(bakeoff: Bakeoff, ledger: Ledger) -> "Stopping | None":
    """Return what stops candidates that have lost; None where everyone is asked everything."""
    if bakeoff.settings.stop is None:
        return None
    from harness.execute.stopping import stopping  # it looks at tables, which take a while to load

    return stopping(bakeoff, ledger, bakeoff.settings.stop)


def _is_tried_again(record: Record) -> bool:
    """Whether a resume asks again: it failed for no fault of its own, and not by our own deadline."""
    failure = record.outcome
    return isinstance(failure, Failure) and failure.fault is not Fault.CANDIDATE and failure.kind != "timeout"


def _uncertain(ledger: Ledger) -> str | None:
    """Say what a dead process had in flight, and what that may have cost; warm-up calls are let go of by now."""
    uncertain = [call for call in ledger.uncertain() if call.role is not Role.WARMUP]
    if not uncertain:
        return None
    dollars = ledger.held()
    if not dollars:
        return worded(
            "{n} calls were in flight when an earlier process ended; they may have been billed and are sent again.",
            n=len(uncertain),
        )
    return worded(
        "{n} calls were in flight when an earlier process ended; they may have been billed (at most ${usd:f}) and are "
        "sent again.",
        n=len(uncertain),
        usd=dollars,
    )
