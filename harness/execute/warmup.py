"""Warm-up: calls that open a candidate's connections before its answers are timed; they count in the cost alone."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from harness.core.calls import (
    Call,
    ChatRequest,
    Document,
    EmbeddingRequest,
    RagRequest,
    Request,
    RerankRequest,
    Role,
    SpeechRequest,
)
from harness.core.candidates import Candidate
from harness.core.runs import Bakeoff
from harness.execute.plan import call_key
from harness.execute.sharing import lane_name, lane_widths

FEWEST = 5
TEXT = "Say OK."
"""Never a sample: a provider that has it in its cache would answer the measured call too soon."""
MOST_TOKENS = 16
BOUNDS = frozenset({"max_tokens", "max_completion_tokens"})


def warm_ups(bakeoff: Bakeoff, calls: Iterable[Call], *, earlier: Mapping[str, int] | None = None) -> list[Call]:
    """Return the warm-up calls of each remote candidate that is asked anything by the answer calls `calls`.

    So many as the settings say, or max(5, 2 x what it will have in flight) (methodology.md 3), for each kind of
    request. An embedded engine has worked once before it is healthy, and needs none. `earlier`: candidate → warm-up
    calls that were planned before; the new ones go on counting.
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
        count = bakeoff.settings.warm_up
        if count is None:
            count = max(FEWEST, 2 * min(widths[lane_name(candidate)], asked[kind]))
        for _ in range(count):
            found.append(_warm_up(call, request, candidate.identity, planned[candidate.name]))
            planned[candidate.name] += 1
    return found


def _tiny(request: Request, candidate: Candidate) -> Request | None:
    """Return a request like `request` that says almost nothing, with the candidate's own parameters."""
    match request:
        case ChatRequest():
            params = {name: value for name, value in candidate.params.items() if name not in BOUNDS}
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
