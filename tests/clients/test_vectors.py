"""Embedding and reranking: vectors that are whole, rankings that are true, what they are billed by."""

import asyncio
import json
import math
from array import array
from typing import Any

import pytest

from harness.core.calls import Failure, Fault, Output, Ranked, Usage
from tests.clients.trip import attempt, embedding, rerank, trip
from tests.fake_provider import FakeProvider, raw_body


def body(*vectors: Any, **more: Any) -> bytes:
    data = [{"object": "embedding", "index": at, "embedding": vector} for at, vector in enumerate(vectors)]
    return json.dumps({"object": "list", "data": data, "model": "m", **more}).encode()


def ranked(*results: tuple[Any, Any], **more: Any) -> bytes:
    listed = [{"index": at, "relevance_score": score} for at, score in results]
    return json.dumps({"id": "x", "results": listed, **more}).encode()


def test_vectors_are_one_blob_of_floats() -> None:
    provider = FakeProvider()
    reply = trip(embedding("one", "two", "one"), provider)
    assert isinstance(reply.outcome, Output)
    vectors = reply.outcome.vectors
    assert vectors is not None
    assert (vectors.count, vectors.dimensions) == (3, 8)
    [(sha256, blob)] = reply.blobs.items()
    assert sha256 == vectors.sha256
    rows = array("f", blob)
    assert len(rows) == 24
    assert rows[:8] == rows[16:] != rows[8:16]
    assert reply.outcome.ranking == ()
    assert provider.requests[0].body["input"] == ["one", "two", "one"]
    assert provider.requests[0].body["encoding_format"] == "float"
    assert reply.usage == Usage(
        input_tokens=3, output_tokens=0, busy_seconds=reply.usage.busy_seconds, source="provider"
    )


def test_dimensions_are_asked_for() -> None:
    provider = FakeProvider()
    trip(embedding(dimensions=4), provider, model="openai/text-embedding-3-small")
    assert provider.requests[0].body["dimensions"] == 4


def test_texts_are_ranked_by_their_cosine_to_the_query() -> None:
    vectors = [[1, 0], [0, 2], [3, 3], [-1, 0], [9, 0], [0, 0]]
    reply = trip(embedding(*"qabcde", ranks=tuple("abcde")), FakeProvider(faults=[raw_body(body(*vectors))]))
    assert isinstance(reply.outcome, Output)
    assert [place.document for place in reply.outcome.ranking] == ["d", "b", "a", "e", "c"]
    cosines = [place.relevance for place in reply.outcome.ranking]
    assert cosines == pytest.approx([1.0, math.sqrt(0.5), 0.0, 0.0, -1.0])


def test_vectors_are_put_into_the_order_of_their_texts() -> None:
    data = [{"index": 1, "embedding": [2.0]}, {"index": 0, "embedding": [1.0]}]
    answer = json.dumps({"object": "list", "data": data, "model": "m"}).encode()
    reply = trip(embedding("a", "b"), FakeProvider(faults=[raw_body(answer)]))
    [blob] = reply.blobs.values()
    assert list(array("f", blob)) == [1.0, 2.0]
    assert reply.usage.source == "none"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(body([1.0]), id="a vector too few"),
        pytest.param(body([1.0], [1.0], [1.0]), id="one too many"),
        pytest.param(body([1.0], [1.0, 2.0]), id="of two lengths"),
        pytest.param(body([], []), id="empty"),
        pytest.param(body([1.0], [math.nan]), id="not a number"),
        pytest.param(body([1.0], [1e300]), id="beyond a float"),
        pytest.param(body([1.0], ["1"]), id="texts"),
        pytest.param(body([1.0], None), id="null"),
        pytest.param(json.dumps({"object": "list", "data": []}).encode(), id="nothing"),
        pytest.param(b"<html>log in</html>", id="a page"),
    ],
)
def test_vectors_that_cannot_be_true_are_no_output(answer: bytes) -> None:
    reply = trip(embedding("a", "b"), FakeProvider(faults=[raw_body(answer)]))
    assert isinstance(reply.outcome, Failure), reply.outcome
    assert (reply.outcome.fault, reply.outcome.kind) == (Fault.INFRA, "protocol")
    assert reply.blobs == {}


def test_documents_are_ranked_by_relevance() -> None:
    provider = FakeProvider()
    reply = trip(rerank("big red fox", "a dog", "the big red fox", "a red dog"), provider)
    assert reply.outcome == Output(
        ranking=(
            Ranked(document="d1", relevance=1.0),
            Ranked(document="d2", relevance=1 / 3),
            Ranked(document="d0", relevance=0.0),
        )
    )
    asked = provider.requests[0]
    assert (asked.path, asked.body["query"]) == ("/v1/rerank", "big red fox")
    assert asked.body["documents"] == ["a dog", "the big red fox", "a red dog"]
    assert reply.usage == Usage(
        input_tokens=18, output_tokens=0, busy_seconds=reply.usage.busy_seconds, source="provider"
    )


def test_what_a_provider_leaves_out_stays_unranked() -> None:
    reply = trip(rerank("big", "a big dog", "a dog", top_n=1))
    assert reply.outcome == Output(ranking=(Ranked(document="d0", relevance=1.0),))


def test_cohere_bills_by_the_search_unit() -> None:
    meta = {"api_version": {"version": "2"}, "billed_units": {"search_units": 2}}
    provider = FakeProvider(faults=[raw_body(ranked((1, 0.9), (0, 0.1), meta=meta))])

    async def there_and_back() -> Any:
        async with provider:
            return await attempt(rerank(), provider.url.removesuffix("/v1") + "/v1/rerank", model="cohere/rerank-v3.5")

    reply = asyncio.run(there_and_back())
    assert isinstance(reply.outcome, Output), reply
    assert [place.document for place in reply.outcome.ranking] == ["d1", "d0"]
    assert reply.usage.search_units == 2
    assert reply.wire_requests == 1


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(ranked(), id="empty"),
        pytest.param(ranked((2, 0.5)), id="a document that there is not"),
        pytest.param(ranked((-1, 0.5)), id="below the first"),
        pytest.param(ranked((0, 0.5), (0, 0.4)), id="twice the same"),
        pytest.param(ranked((0, math.inf)), id="not finite"),
        pytest.param(ranked((0, "high")), id="a word"),
        pytest.param(json.dumps({"results": None}).encode(), id="null"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"<html>", id="a page"),
    ],
)
def test_rankings_that_cannot_be_true_are_no_output(answer: bytes) -> None:
    reply = trip(rerank("x", "a", "b"), FakeProvider(faults=[raw_body(answer)]))
    assert isinstance(reply.outcome, Failure), reply.outcome
    assert (reply.outcome.fault, reply.outcome.kind) == (Fault.INFRA, "protocol")
