"""Warm-up: calls that open a candidate's connections before its answers are timed; they count in the cost alone."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from harness.core.calls import Call, Role
from harness.core.candidates import Candidate
from harness.core.requests import (
    ChatRequest,
    Document,
    EmbeddingRequest,
    RagRequest,
    Request,
    RerankRequest,
    SpeechRequest,
    media_named,
)
from harness.core.runs import Bakeoff
from harness.execute.budget import Budget, worst_attempts
from harness.execute.plan import call_key
from harness.execute.sharing import lane_name, lane_widths

if TYPE_CHECKING:
    from harness.store.ledger import Ledger

FEWEST = 5
TEXT = "Say OK."
"""Never a sample: a provider that has it in its cache would answer the measured call too soon."""
MOST_TOKENS = 16
SPOKEN = frozenset({"modalities", "audio"})
"""A model that speaks may refuse a question without them."""


def proven_by(ledger: "Ledger", candidates: Mapping[str, Candidate]) -> frozenset[str]:
    """Return who has answered an earlier process, and who was a stage of its answers."""
    answered = {count.candidate for count in ledger.counts() if count.outputs}
    stages = {model.name for name in answered & candidates.keys() for model in candidates[name].models}
    return frozenset(answered | stages)


def warm_up(
    bakeoff: Bakeoff, ledger: "Ledger", calls: Sequence[Call], budget: Budget, proven: Collection[str]
) -> list[Call]:
    """Plan the warm-up of this process, and store it: connections are its own, so those of earlier ones do not count.

    A candidate has none where no answer of it could be paid for after it.
    """
    earlier = {count.candidate: count.planned for count in ledger.counts() if count.role is Role.WARMUP}
    wanted: dict[str, list[Call]] = {}
    for call in warm_ups(bakeoff, calls, earlier=earlier, proven=proven):
        wanted.setdefault(call.candidate, []).append(call)
    first = {call.candidate: call for call in reversed(calls)}
    warm: list[Call] = []
    held: list[tuple[str, Decimal]] = []
    for name, own in wanted.items():
        candidate = bakeoff.candidate(name)
        worst = [request for call in (*own, first[name]) for request in _requests(call, candidate)]
        if budget.covers([*held, *worst]):
            warm += own
            held += worst
    ledger.add_calls(warm)
    return warm


def cold(bakeoff: Bakeoff, calls: Sequence[Call], warm: Sequence[Call], budget: Budget) -> list[str]:
    """Return whose first answers are timed with a cold start: who has no warm-up, and can pay for an answer."""
    warmed = {call.candidate for call in warm}
    found = []
    for name, call in {call.candidate: call for call in reversed(calls)}.items():
        candidate = bakeoff.candidate(name)
        remote = not all(model.is_local for model in candidate.models)
        if remote and name not in warmed and budget.covers(list(_requests(call, candidate))):
            found.append(name)
    return sorted(found)


def _requests(call: Call, candidate: Candidate) -> Iterator[tuple[str, Decimal]]:
    """Yield who is sent each request of `call`, with the most dollars; all those of a model are on its first one."""
    worst = worst_attempts(call, candidate)
    for model in candidate.models:
        yield model.name, worst.pop(model.name, None) or Decimal(0)


def warm_ups(
    bakeoff: Bakeoff,
    calls: Iterable[Call],
    *,
    earlier: Mapping[str, int] | None = None,
    proven: Collection[str] = (),
) -> list[Call]:
    """Return the warm-up calls of each remote candidate that is asked anything by the answer calls `calls`.

    So many as the settings say, or max(5, 2 x what it will have in flight) (methodology.md 3), for each kind of
    request. Those of `proven` have answered an earlier process of the run: this one has connections to open, so one for
    each call that it will have in flight. An embedded engine has worked once before it is healthy, and needs none.
    `earlier`: candidate → warm-up calls that were planned before; the new ones go on counting.
    """
    calls = list(calls)
    candidates = {candidate.name: candidate for candidate in bakeoff.candidates}
    widths = lane_widths(calls, candidates, max_in_flight=bakeoff.settings.max_in_flight)
    asked = Counter((call.candidate, type(call.request)) for call in calls)
    first: dict[tuple[str, type], Call] = {}
    for call in calls:
        first.setdefault((call.candidate, type(call.request)), call)
    planned, found = Counter(earlier or {}), []
    for kind, call in first.items():
        candidate = candidates[call.candidate]
        request = _tiny(call.request, candidate)
        if request is None or all(model.is_local for model in candidate.models):
            continue
        count, in_flight = bakeoff.settings.warm_up, min(widths[lane_name(candidate)], asked[kind])
        if count is None:
            count = max(FEWEST, 2 * in_flight)
        for _ in range(min(count, in_flight) if candidate.name in proven else count):
            found.append(_warm_up(call, request, candidate.identity, planned[candidate.name]))
            planned[candidate.name] += 1
    return found


def _tiny(request: Request, candidate: Candidate) -> Request | None:
    """Return a request like `request` that says almost nothing, with the candidate's own parameters."""
    match request:
        case ChatRequest() if candidate.stages and media_named(request):
            return None  # its first stage needs a medium, and any that is there is a sample
        case ChatRequest():
            params = {
                name: value for name, value in request.params.items() if name in candidate.params or name in SPOKEN
            }
            message = {"role": "user", "content": TEXT}
            return ChatRequest(messages=(message,), max_tokens=min(MOST_TOKENS, request.max_tokens), params=params)
        case SpeechRequest():
            return replace(request, text=TEXT)
        case EmbeddingRequest():
            return replace(request, texts=(TEXT,), ranks=())
        case RerankRequest():
            return replace(request, query=TEXT, documents=(Document(id="warm-up", text=TEXT),))
        case RagRequest():
            documents = (Document(id="warm-up", text=TEXT),)
            return RagRequest(query=TEXT, documents=documents, max_tokens=min(MOST_TOKENS, request.max_tokens))
        case _:
            return None


def _warm_up(stands_for: Call, request: Request, identity: str, ordinal: int) -> Call:
    """`stands_for` lends its place, since a plan knows no call without one."""
    place = (stands_for.suite, stands_for.task, stands_for.sample)
    return replace(
        stands_for,
        key=call_key(request=request, identity=identity, place=place, epoch=ordinal, role=Role.WARMUP),
        role=Role.WARMUP,
        request=request,
        epoch=ordinal,
    )
