"""Warm-up calls: how many, to whom, and what they ask."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from harness.core.calls import Role
from harness.core.candidates import Candidate, Stage
from harness.core.media import Audio
from harness.core.requests import ChatRequest, Document, EmbeddingRequest, RerankRequest, SpeechRequest
from harness.core.runs import Bakeoff
from harness.core.suites import Sample
from harness.execute.budget import Budget, ceilings, unpriced
from harness.execute.plan import plan
from harness.execute.warmup import warm_up, warm_ups
from tests.execute.bakeoffs import bakeoff, embedded, remote, start, text_suite, voice_suite


def asked(planned: Bakeoff) -> int:
    return len(warm_ups(planned, plan(planned).calls))


@pytest.mark.parametrize(
    ("in_flight", "own", "samples", "count"),
    [
        pytest.param(16, None, 100, 32, id="twice what is in flight"),
        pytest.param(16, 4, 100, 8, id="by its own limit"),
        pytest.param(16, None, 3, 6, id="no more than it is asked at once"),
        pytest.param(1, None, 100, 5, id="never fewer than five"),
    ],
)
def test_the_count_of_the_methodology(in_flight: int, own: int | None, samples: int, count: int) -> None:
    planned = bakeoff(
        remote("a", max_in_flight=own), suites=[text_suite(samples)], max_in_flight=in_flight, warm_up=None
    )
    assert asked(planned) == count


@pytest.mark.parametrize("setting", [0, 3])
def test_the_settings_may_say_otherwise(setting: int) -> None:
    assert asked(bakeoff(remote("a"), warm_up=setting)) == setting


def test_nothing_is_sent_where_nothing_is_pending_and_no_engine_is_warmed_up() -> None:
    planned = bakeoff(remote("a"), embedded("c"), warm_up=None)
    assert warm_ups(planned, []) == []
    assert {call.candidate for call in warm_ups(planned, plan(planned).calls)} == {"a"}


def test_a_cascade_is_warmed_up_where_one_of_its_models_is_remote() -> None:
    def cascade(name: str, *models: Candidate) -> Candidate:
        stages = tuple(Stage(name=f"s{i}", candidate=model, input="{{ input }}") for i, model in enumerate(models))
        return Candidate(name=name, model="cascade/x", modalities=frozenset({"text"}), stages=stages)

    planned = bakeoff(
        cascade("embedded", embedded("c"), embedded("d")), cascade("mixed", embedded("c"), remote("a")), warm_up=2
    )
    assert [call.candidate for call in warm_ups(planned, plan(planned).calls)] == ["mixed", "mixed"]


@pytest.mark.parametrize(
    ("settings", "usd", "count"),
    [
        pytest.param({"budgets_usd": {"other": Decimal("0.3")}}, "0.01", 0, id="the budget of a stage's provider"),
        pytest.param({"budgets_usd": {"other": Decimal(9)}}, "0.01", 1, id="enough of it"),
        pytest.param({"budgets_usd": {"acme": Decimal("0.3")}}, "0.01", 1, id="no budget of a stage's provider"),
        pytest.param({"max_unpriced_calls": 3}, None, 0, id="requests without a price of both stages"),
        pytest.param({"max_unpriced_calls": 4}, None, 1, id="enough of them"),
    ],
)
def test_a_cascades_warm_up_is_judged_by_its_models(
    tmp_path: Path, settings: dict[str, object], usd: str | None, count: int
) -> None:
    model = remote("a", usd=usd, model="other/a")
    stages = tuple(Stage(name=name, candidate=model, input="{{ input }}") for name in ("draft", "final"))
    cascade = Candidate(name="c", model="cascade/x", modalities=frozenset({"text"}), stages=stages)
    planned = bakeoff(cascade, suites=[text_suite(1)], warm_up=1, **settings)
    calls, today = plan(planned).calls, date(2026, 7, 10)
    found = ceilings(planned.settings, {"c": cascade, "a": model}, spent={}, spent_today=Decimal(0), today=today)
    budget = Budget(list(found), today=lambda: today, max_requests=planned.settings.max_unpriced_calls)
    budget.count_requests_of(unpriced(planned, calls), {})
    with start(planned, tmp_path) as ledger:
        assert len(warm_up(planned, ledger, calls, budget, proven=())) == count


def test_what_is_asked_is_tiny_no_sample_and_with_the_candidates_own_parameters() -> None:
    planned = bakeoff(
        remote("a", params={"temperature": 0.5, "max_completion_tokens": 9000}),
        remote("v", modalities=frozenset({"tts"}), params={"voice": "anna"}),
        suites=[text_suite(params={"stop": ["x"]}, system="Be brief.", max_tokens=500), voice_suite()],
        warm_up=1,
    )
    chat, speech = (call.request for call in warm_ups(planned, plan(planned).calls))
    if isinstance(chat, SpeechRequest):
        chat, speech = speech, chat
    message = {"role": "user", "content": "Say OK."}
    assert chat == ChatRequest(messages=(message,), max_tokens=16, params={"temperature": 0.5})
    assert speech == SpeechRequest(text="Say OK.", voice="anna")


def test_who_answers_aloud_is_warmed_up_aloud_and_a_cascade_that_hears_is_not() -> None:
    clip = Audio(sha256="ab" * 32, mime="audio/wav", seconds=2.0, sample_rate=24000, size=96044)
    ear, voice = (remote(name, modalities=frozenset({does})) for name, does in (("e", "transcription"), ("v", "tts")))
    stages = tuple(Stage(name=stage.name, candidate=stage, input="{{ input }}") for stage in (ear, voice))
    planned = bakeoff(
        remote("a", modalities=frozenset({"text", "speech"}), params={"voice": "anna"}),
        Candidate(name="c", model="cascade/x", modalities=frozenset({"speech"}), stages=stages),
        suites=[text_suite(samples=(Sample(id="s", input="?", media=(clip,)),), modality="speech", prompt="")],
        warm_up=1,
    )
    (warm,) = warm_ups(planned, plan(planned).calls)
    assert isinstance(warm.request, ChatRequest)
    assert warm.request.messages == ({"role": "user", "content": "Say OK."},)
    assert warm.request.params == {"modalities": ["text", "audio"], "audio": {"voice": "anna", "format": "pcm16"}}


def test_a_ranking_is_warmed_up_with_one_short_text() -> None:
    sample = Sample(id="s0", input="which?", target="p1", metadata={"documents": {"p1": "one", "p2": "two"}})
    planned = bakeoff(
        remote("e", modalities=frozenset({"embedding", "rerank"}), params={"dimensions": 256}),
        remote("r", modalities=frozenset({"rerank"})),
        suites=[text_suite(modality="rerank", samples=(sample,))],
        warm_up=1,
    )
    found = {call.candidate: call.request for call in warm_ups(planned, plan(planned).calls)}
    assert found == {
        "e": EmbeddingRequest(texts=("Say OK.",), params={"dimensions": 256}),
        "r": RerankRequest(query="Say OK.", documents=(Document(id="warm-up", text="Say OK."),)),
    }


@pytest.mark.parametrize(
    ("pending", "warm_up", "count"),
    [
        pytest.param(20, None, 4, id="one for each connection"),
        pytest.param(2, None, 2, id="no more than are pending"),
        pytest.param(20, 3, 3, id="no more than the settings say"),
        pytest.param(20, 9, 4, id="no more than connections whatever the settings say"),
        pytest.param(0, None, 0, id="none where nothing is pending"),
    ],
)
def test_who_has_answered_before_opens_its_connections_and_no_more(
    pending: int, warm_up: int | None, count: int
) -> None:
    planned = bakeoff(remote("a"), max_in_flight=4, warm_up=warm_up, suites=[text_suite(20)])
    assert len(warm_ups(planned, plan(planned).calls[:pending], proven={"a"})) == count


def test_keys_go_on_counting() -> None:
    planned = bakeoff(remote("a"), remote("b"), warm_up=2)
    calls = plan(planned).calls
    first, again = warm_ups(planned, calls), warm_ups(planned, calls, earlier={"a": 2, "b": 2})
    assert len({call.key for call in (*calls, *first, *again)}) == len(calls) + 8
    assert [call.epoch for call in again if call.candidate == "b"] == [2, 3]
    assert {call.role for call in first} == {Role.WARMUP}
    assert warm_ups(planned, calls) == first


def test_a_candidate_of_two_modalities_is_warmed_up_for_both() -> None:
    both = remote("a", modalities=frozenset({"text", "tts"}))
    planned = bakeoff(both, suites=[text_suite(), voice_suite()], warm_up=2)
    calls = warm_ups(planned, plan(planned).calls)
    assert sorted(type(call.request).__name__ for call in calls) == ["ChatRequest"] * 2 + ["SpeechRequest"] * 2
    assert sorted(call.epoch for call in calls) == [0, 1, 2, 3]


def test_a_machines_candidates_share_its_width() -> None:
    planned = bakeoff(remote("a"), suites=[text_suite(50)], max_in_flight=10, warm_up=None)
    shared = replace(planned, candidates=(remote("a", max_in_flight=3),))
    assert asked(shared) == 6
