"""Reranking: a query and documents go out, the order of the documents comes back."""

import math
from collections.abc import Sequence
from typing import Any

from harness.clients import litellm_door
from harness.clients.faults import failed
from harness.clients.reply import Content, Heard
from harness.clients.tap import Wire
from harness.clients.target import Target
from harness.core.calls import Output, Ranked, Usage
from harness.core.requests import Document, RerankRequest


async def ask(request: RerankRequest, target: Target, *, timeout_s: float, wire: Wire) -> Heard:
    """Send the query with its documents; errors of LiteLLM pass through. What the provider left out stays unranked."""
    litellm = litellm_door.load()
    response = await litellm.arerank(
        model=_model(target.model),
        query=request.query,
        documents=[document.text for document in request.documents],
        api_base=target.base_url,
        api_key=target.api_key,
        max_retries=0,
        timeout=litellm_door.timeout(timeout_s),
        **target.resolved(request.params),
    )
    usage = _usage(response)
    content = Content(last=len(wire.last.body) - 1 if wire.last and wire.last.body else None)
    try:
        ranking = _ranking(response.results, request.documents)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        return Heard(outcome=failed("protocol", f"the ranking cannot be read: {error}", target), usage=usage)
    return Heard(outcome=Output(ranking=ranking), usage=usage, content=content)


def _model(model: str) -> str:
    """LiteLLM sends no reranking to an `openai/` address; the servers of that shape answer as vLLM does."""
    return model.replace("openai/", "hosted_vllm/", 1) if model.startswith("openai/") else model


def _ranking(results: Sequence[Any], documents: Sequence[Document]) -> tuple[Ranked, ...]:
    """Return the ranking by relevance, of equals the order that came; ValueError and the like where it is none."""
    relevance: dict[int, float] = {}
    for result in results or ():
        at, score = result["index"], float(result["relevance_score"])
        if not isinstance(at, int) or not 0 <= at < len(documents):
            raise IndexError(f"there is no document {at!r}")
        if at in relevance:
            raise ValueError(f"document {at} stands there twice")
        if not math.isfinite(score):
            raise ValueError("a relevance is not finite")
        relevance[at] = score
    if not relevance:
        raise ValueError("it is empty")
    best_first = sorted(relevance, key=lambda at: -relevance[at])
    return tuple(Ranked(document=documents[at].id, relevance=relevance[at]) for at in best_first)


def _usage(response: Any) -> Usage:
    """Return what is billed; LiteLLM makes zeros of what was not said."""
    meta = getattr(response, "meta", None) or {}
    billed, counted = meta.get("billed_units") or {}, meta.get("tokens") or {}
    units, tokens = (
        _count(billed.get("search_units")),
        _count(billed.get("total_tokens") or counted.get("input_tokens")),
    )
    if units is None and tokens is None:
        return Usage()
    return Usage(search_units=units, input_tokens=tokens, output_tokens=0, source="provider")


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
