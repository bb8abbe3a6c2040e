"""Oracle substitution over a real wire: the stage at fault is named, and no call is made that could show nothing."""

import asyncio
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from unittest.mock import Mock

import pytest

from harness.core.calls import Failure, Output, Record, Role
from harness.core.candidates import Candidate, Machine, Stage
from harness.core.requests import RagRequest
from harness.core.runs import Bakeoff
from harness.core.suites import Sample, Suite, Task
from harness.execute import oracle
from harness.execute.oracle import askable, by_answer, most_calls, next_calls
from harness.execute.plan import plan
from harness.scorers import Contains
from harness.store.ledger import Ledger
from tests.execute.bakeoffs import bakeoff, remote, voice_suite
from tests.execute.test_cascade import Trip, asked, instruments
from tests.execute.test_with_provider import served
from tests.fake_provider import FakeProvider, hang, status

DOCUMENTS = {
    "d1": "the harbour ferry leaves at nine",
    "d2": "the night tram leaves at ten",
    "d3": "the library opens at eight",
    "d4": "pets travel free",
}
ANSWERS = {
    "rewrite: boat": "harbour ferry",
    "rewrite: train": "library",
    "rewrite: dog": "hound",
    "rewrite: books": "library",
    "the harbour ferry leaves at nine": "nine",
    "the night tram leaves at ten": "ten",
    "the library opens at eight": "noon",
    "pets travel free": "free",
}
"""The rewriter takes a train for a library, the search knows no hound, and the writer misreads the library's hours."""

SAMPLES = {  # id: question, answer, the document that holds it, a good rewrite
    "right": ("boat", "nine", "d1", "harbour ferry"),
    "rewrite": ("train", "ten", "d2", "night tram"),
    "search": ("dog", "free", "d4", "hound"),
    "answer": ("books", "eight", "d3", "library"),
}
"""What fails is the id."""


def suite(*ids: str) -> Suite:
    samples = tuple(
        Sample(
            id=name,
            input=question,
            target=[answer],
            metadata={"documents": dict(DOCUMENTS), "gold": {"ranking": [document], "rewrite": rewrite}},
        )
        for name, (question, answer, document, rewrite) in SAMPLES.items()
        if name in ids or not ids
    )
    task = Task(name="chain", modality="rag", samples=samples, scorers=(Contains(),), primary="contains", max_tokens=8)
    return Suite(name="rag", version=1, tasks=(task,))


def chain(provider: FakeProvider) -> Candidate:
    return Candidate(
        name="chain",
        model="cascade/chain",
        modalities=frozenset({"rag"}),
        stages=(
            Stage(name="rewrite", candidate=served(provider, "rewriter", "text"), input="rewrite: {{ input }}"),
            Stage(name="search", candidate=served(provider, "search", "rerank"), input="{{ stages.rewrite.text }}"),
            Stage(name="answer", candidate=served(provider, "writer", "text"), input="{{ stages.search.text }}", top=1),
        ),
    )


def attributing(provider: FakeProvider, *ids: str, **settings: object) -> Bakeoff:
    return bakeoff(chain(provider), suites=[suite(*ids)], attribute_failures=True, max_attempts=1, **settings)


def at_fault(records: list[Record]) -> dict[str, list[str | None]]:
    """Sample → stages that were replaced, in order."""
    found: dict[str, list[str | None]] = {}
    for record in records:
        found.setdefault(record.call.sample, []).append(record.call.stage)
    return found


def test_each_stage_that_fails_is_the_first_one_whose_gold_mends_the_answer(tmp_path: Path) -> None:
    async def tell() -> None:
        async with FakeProvider(answers=ANSWERS) as provider:
            trip = Trip(tmp_path, attributing(provider))
            assert (await trip.go()).exit_code == 0
            oracles = trip.records(Role.ORACLE)
            assert at_fault(oracles) == {"rewrite": ["rewrite"], "search": ["search"], "answer": ["answer"]}
            said = {r.call.sample: r.outcome.text for r in oracles if isinstance(r.outcome, Output)}
            assert said == {"rewrite": "ten", "search": "free", "answer": "eight"}, "each of them mends"
            assert len(provider.requests) == 4 * 3 + 2 + 1 + 0, "only what changes is asked again"
            stages = Counter(str(record.call.part_of) for record in trip.records(Role.STAGE))
            by_call = {r.call.sample: stages[r.call.key] for r in oracles}
            assert by_call == {"rewrite": 2, "search": 1, "answer": 0}
            for record in oracles:
                parts = [
                    r.cost_usd or Decimal(0) for r in trip.records(Role.STAGE) if r.call.part_of == record.call.key
                ]
                assert record.cost_usd == sum(parts, Decimal(0))
                assert record.cost_source == "stages"
                assert record.call.measures in {answer.call.key for answer in trip.records(Role.ANSWER)}
            paid = sum((r.cost_usd or Decimal(0) for r in trip.records(Role.STAGE)), Decimal(0))
            assert trip.spent() == paid > 0
            assert trip.watcher.phases[0][0] == "answers"
            assert {name for name, _ in trip.watcher.phases[1:]} == {"attribution"}
            assert (await trip.go()).exit_code == 0
            assert len(provider.requests) == 15

    asyncio.run(tell())


def test_it_is_done_only_when_asked_and_then_a_resume_does_it(tmp_path: Path) -> None:
    async def tell() -> None:
        async with FakeProvider(answers=ANSWERS) as provider:
            planned = attributing(provider, "rewrite")
            quiet = replace(planned, settings=replace(planned.settings, attribute_failures=False))
            trip = Trip(tmp_path, quiet)
            assert (await trip.go()).exit_code == 0
            assert trip.records(Role.ORACLE) == []
            trip.planned = planned
            assert (await trip.go()).exit_code == 0
            assert at_fault(trip.records(Role.ORACLE)) == {"rewrite": ["rewrite"]}
            assert [text for _, text in asked(provider)][3:] == ["", "[d2] the night tram leaves at ten"]

    asyncio.run(tell())


def test_a_lost_call_leaves_the_question_open_until_a_resume(tmp_path: Path) -> None:
    """The writer fails at its second answer, which is the first with a stage replaced."""

    async def tell() -> None:
        async with FakeProvider(answers=ANSWERS, scripts={"fake/writer": [None, status(500)]}) as provider:
            trip = Trip(tmp_path, attributing(provider, "rewrite"))
            result = await trip.go()
            assert result.exit_code == 0, "the decision lacks nothing"
            assert any("which stage is at fault there is not known" in notice for notice in result.notices)
            (lost,) = trip.records(Role.ORACLE)
            assert isinstance(lost.outcome, Failure)
            assert lost.outcome.message.startswith("answer: ")
            before = len(provider.requests)
            again = await trip.go()
            assert (again.exit_code, any("not known" in notice for notice in again.notices)) == (0, False)
            assert [model for model, _ in asked(provider)][before:] == ["fake/writer"], "the search is not paid twice"
            (found,) = trip.records(Role.ORACLE)
            assert isinstance(found.outcome, Output)
            assert found.outcome.text == "ten"

    asyncio.run(tell())


def test_a_stage_that_was_too_slow_is_not_asked_again_and_leaves_the_question_open(tmp_path: Path) -> None:
    async def tell() -> None:
        async with FakeProvider(answers=ANSWERS, scripts={"fake/writer": [None, hang()]}) as provider:
            planned = attributing(provider, "rewrite", timeout_s=1.0)
            patient = replace(planned.settings, attribute_failures=False, timeout_s=60.0)
            trip = Trip(tmp_path, replace(planned, settings=patient))
            await trip.go()
            trip.planned = planned
            assert (await trip.go()).exit_code == 0
            lost = trip.records(Role.ORACLE)
            assert [isinstance(r.outcome, Failure) and r.outcome.kind for r in lost] == ["timeout"]
            sent = len(provider.requests)
            again = await trip.go()
            assert (again.exit_code, len(provider.requests)) == (0, sent)
            assert any("which stage is at fault there is not known" in notice for notice in again.notices)
            assert trip.records(Role.ORACLE) == lost, "nothing is committed a second time"

    asyncio.run(tell())


def test_a_call_whose_gold_is_gone_stays_pending_and_the_others_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def tell() -> None:
        async with FakeProvider(answers=ANSWERS) as provider:
            planned = attributing(provider, "rewrite", "search")
            trip = Trip(tmp_path, replace(planned, settings=replace(planned.settings, attribute_failures=False)))
            await trip.go()
            with Ledger.open(tmp_path, write=True) as ledger:
                stages = by_answer(ledger.records(Role.STAGE))
                ledger.add_calls(next_calls(askable(planned), ledger.records(Role.ANSWER), stages, []))
            trip.planned = replace(planned, suites=(suite("search"),))
            built = Mock(wraps=askable)
            monkeypatch.setattr(oracle, "askable", built)
            assert (await trip.go()).exit_code == 0
            assert at_fault(trip.records(Role.ORACLE)) == {"search": ["search"]}
            assert built.call_count == 1, "once for all rounds"
            with Ledger.open(tmp_path, write=False) as ledger:
                assert [call.sample for call in ledger.pending(Role.ORACLE)] == ["rewrite"]

    asyncio.run(tell())


def test_where_one_gold_does_not_mend_the_next_is_tried(tmp_path: Path) -> None:
    """The rewriter is wrong and the writer too: only the right answer itself mends it."""

    async def tell() -> None:
        async with FakeProvider(answers=ANSWERS | {"the night tram leaves at ten": "noon"}) as provider:
            trip = Trip(tmp_path, attributing(provider, "rewrite"))
            assert (await trip.go()).exit_code == 0
            assert at_fault(trip.records(Role.ORACLE)) == {"rewrite": ["rewrite", "search", "answer"]}
            assert [r.cost_usd == 0 for r in trip.records(Role.ORACLE)] == [False, False, True]

    asyncio.run(tell())


def test_a_budget_holds_for_it_too(tmp_path: Path) -> None:
    async def tell() -> None:
        async with FakeProvider(answers=ANSWERS) as provider:
            planned = attributing(provider, "rewrite")
            trip = Trip(tmp_path, replace(planned, settings=replace(planned.settings, attribute_failures=False)))
            await trip.go()
            trip.planned = replace(planned, settings=replace(planned.settings, budget_usd=trip.spent()))
            assert (await trip.go()).exit_code == 5
            assert (len(provider.requests), trip.records(Role.ORACLE)) == (3, [])
            trip.planned = planned
            assert (await trip.go()).exit_code == 0
            assert len(trip.records(Role.ORACLE)) == 1

    asyncio.run(tell())


def test_what_the_decision_is_made_of_comes_before_what_explains_it(tmp_path: Path) -> None:
    """The budget is spent by the answers; what measures costs no dollars, and what explains would."""

    async def tell() -> None:
        async with FakeProvider(answers=ANSWERS) as provider:
            own = Machine(usd_per_hour=Decimal(1))
            measuring = {name: replace(it, machine=own) for name, it in instruments(provider).items()}
            voice, both = served(provider, "voice", "tts"), [suite("rewrite"), voice_suite(1)]
            answers = bakeoff(chain(provider), voice, suites=both, max_attempts=1)
            trip = Trip(tmp_path, answers)
            await trip.go()
            settings = replace(answers.settings, attribute_failures=True, budget_usd=trip.spent())
            trip.planned = replace(answers, instruments=measuring, settings=settings)
            assert (await trip.go()).exit_code == 5
            assert (len(trip.records(Role.INSTRUMENT)), trip.records(Role.ORACLE)) == (2, [])
            assert [name for name, _ in trip.watcher.phases] == ["answers", "instruments", "attribution"]

    asyncio.run(tell())


def test_what_a_chain_is_asked_and_how_many_calls_may_follow() -> None:
    planned = attributing(FakeProvider())
    calls = plan(planned).calls
    assert all(isinstance(call.request, RagRequest) for call in calls)
    assert {call.request.query for call in calls if isinstance(call.request, RagRequest)} == {
        question for question, *_ in SAMPLES.values()
    }
    assert most_calls(planned, calls) == 4 * 3
    with_text = replace(planned, candidates=(*planned.candidates, remote("writer")))
    assert [call.key for call in plan(with_text).calls] == [call.key for call in calls], (
        "a model alone searches nothing"
    )


@pytest.mark.parametrize(
    ("changes", "top"),
    [({}, ["d2"]), ({"top": 2}, ["d2", "d1"]), ({"reads": ()}, list(DOCUMENTS))],
    ids=["best", "two", "all"],
)
def test_a_stage_reads_what_was_found(tmp_path: Path, changes: dict[str, object], top: list[str]) -> None:
    async def tell() -> None:
        async with FakeProvider() as provider:
            search = Stage(name="search", candidate=served(provider, "search", "rerank"), input="night tram leaves")
            shown = "{% for it in documents %}{{ it.id }} {% endfor %}"
            echo = served(provider, "echo", "text")
            answer = replace(Stage(name="answer", candidate=echo, input=shown, top=1), **changes)  # type: ignore[arg-type]
            if answer.reads == ():
                answer = replace(answer, top=None)
            cascade = Candidate(name="c", model="cascade/c", modalities=frozenset({"rag"}), stages=(search, answer))
            trip = Trip(tmp_path, bakeoff(cascade, suites=[suite("right")]))
            await trip.go()
            (whole,) = trip.records(Role.ANSWER)
            assert isinstance(whole.outcome, Output)
            assert str(whole.outcome.text).split() == top

    asyncio.run(tell())


def test_two_searches_are_fused_for_the_stage_that_reads_them_and_as_an_answer(tmp_path: Path) -> None:
    async def tell() -> None:
        async with FakeProvider() as provider:
            one = Stage(name="one", candidate=served(provider, "one", "rerank"), input="leaves night tram")
            other = Stage(name="other", candidate=served(provider, "other", "rerank"), input="travel free", reads=())
            hybrid = Candidate(
                name="hybrid", model="cascade/hybrid", modalities=frozenset({"rerank"}), stages=(one, other),
                fuses=("one", "other"),
            )  # fmt: skip
            sample = Sample(id="s", input="?", target=["d4"], metadata={"documents": dict(DOCUMENTS)})
            task = Task(name="t", modality="rerank", samples=(sample,), scorers=(Contains(),), primary="contains")
            trip = Trip(tmp_path, bakeoff(hybrid, suites=[Suite(name="r", version=1, tasks=(task,))]))
            assert (await trip.go()).exit_code == 0
            (whole,) = trip.records(Role.ANSWER)
            assert isinstance(whole.outcome, Output)
            # one: d2 d1 d3 d4, other: d4 d1 d2 d3
            assert [place.document for place in whole.outcome.ranking] == ["d2", "d1", "d4", "d3"]
            bodies = [r.body["documents"] for r in provider.requests]
            assert bodies == [list(DOCUMENTS.values())] * 2, "the second one searches all"

    asyncio.run(tell())
