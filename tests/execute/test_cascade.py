"""Cascades over a real wire: what each stage is asked, what the whole took and cost, and what a resume pays."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from harness.core.calls import Call, Failure, Output, Record, Role, Usage
from harness.core.candidates import Candidate, Prices, Stage
from harness.core.media import Audio
from harness.core.requests import (
    ChatRequest,
    Document,
    RagRequest,
    Request,
    RerankRequest,
    SpeechRequest,
    TranscriptionRequest,
    media_named,
)
from harness.core.runs import Bakeoff
from harness.core.suites import Sample, Suite
from harness.errors import StoreError, UsageError
from harness.execute.cascade import brings, part_of
from harness.execute.plan import plan
from harness.execute.runner import RunResult, run
from harness.store import ballast
from harness.store.ledger import Ledger
from harness.store.media import Media
from tests.execute.bakeoffs import Client, Engines, Watcher, answered, bakeoff, remote, start, text_suite, voice_suite
from tests.execute.test_with_provider import CANARY, served
from tests.fake_provider import FakeProvider, Fault, Pace, Piece, Served, status
from tests.fake_provider.audio import RATE, header, samples

CLIP = Audio(sha256="ab" * 32, mime="audio/wav", seconds=2.0, sample_rate=RATE, size=96044)


def cascade(*stages: Stage, modality: str) -> Candidate:
    return Candidate(name="both", model="cascade/both", modalities=frozenset({modality}), stages=stages)


def writer_and_voice(provider: FakeProvider) -> Candidate:
    return cascade(
        Stage(name="writer", candidate=served(provider, "echo", "text"), input="Please {{ input }}"),
        Stage(name="voice", candidate=served(provider, "voice", "tts"), input="{{ stages.writer.text }}"),
        modality="tts",
    )


def talker(provider: FakeProvider, *, by_sentence: bool = False) -> Candidate:
    """Hears, thinks, speaks; each stage is billed by what it counts."""
    ear = replace(
        served(provider, "ear", "transcription"),
        prices=Prices(usd={"input_cost_per_second": Decimal("0.0007")}, source="test"),
    )
    return cascade(
        Stage(name="stt", candidate=ear, input="{{ input }}"),
        Stage(name="llm", candidate=served(provider, "mind", "text"), input="{{ stages.stt.text }}"),
        Stage(
            name="tts",
            candidate=served(provider, "voice", "tts"),
            input="{{ stages.llm.text }}",
            by_sentence=by_sentence,
        ),
        modality="speech",
    )


def questions(provider: FakeProvider, media: Media, n: int) -> Suite:
    """Spoken questions that the provider understands, with their recordings among the run's media."""
    asked = []
    for i in range(n):
        pcm = provider.say(f"what is {i} and {i}")
        clip = header(len(pcm)) + pcm
        seconds = len(pcm) / 2 / RATE
        heard = Audio(sha256=media.put(clip), mime="audio/wav", seconds=seconds, sample_rate=RATE, size=len(clip))
        asked.append(Sample(id=f"q{i}", input=f"{i}+{i}?", target=str(2 * i), media=(heard,)))
    return text_suite(samples=tuple(asked), modality="speech", prompt="")


def two_writers(provider: FakeProvider) -> Candidate:
    return cascade(
        Stage(name="draft", candidate=served(provider, "draft", "text"), input="{{ input }}"),
        Stage(name="final", candidate=served(provider, "final", "text"), input="Now {{ stages.draft.text }}!"),
        modality="text",
    )


def instruments(provider: FakeProvider) -> dict[str, Candidate]:
    return {"transcriber": served(provider, "listener", "transcription"), "mos": served(provider, "judge", "mos")}


def asked(provider: FakeProvider) -> list[tuple[str, str]]:
    """Model → what it was asked, in the order of the requests."""
    return [
        (s.model, str(s.body["messages"][-1]["content"] if "messages" in s.body else s.body.get("input", "")))
        for s in provider.requests
    ]


class Trip:
    """One run in a folder of its own, resumed as often as it is told to."""

    def __init__(self, folder: Path, planned: Bakeoff) -> None:
        self.folder, self.planned, self.watcher = folder, planned, Watcher()
        start(planned, folder).close()

    async def go(self) -> RunResult:
        with Ledger.open(self.folder, write=True) as ledger:
            return await run(
                self.planned, ledger, Media(self.folder / "media"), env={"FAKE_API_KEY": CANARY}, engines=Engines(),
                progress=self.watcher,
            )  # fmt: skip

    def records(self, role: Role) -> list[Record]:
        with Ledger.open(self.folder, write=False) as ledger:
            return list(ledger.records(role))

    def spent(self) -> Decimal:
        with Ledger.open(self.folder, write=False) as ledger:
            return ledger.spent()


def test_each_stage_is_asked_with_what_came_before_and_the_last_one_answers(tmp_path: Path) -> None:
    async def tell() -> None:
        async with FakeProvider() as provider:
            trip = Trip(
                tmp_path,
                bakeoff(writer_and_voice(provider), suites=[voice_suite(2)], instruments=instruments(provider)),
            )
            result = await trip.go()
            assert result.exit_code == 0, result
            texts = sorted(text for model, text in asked(provider) if model == "fake/echo")
            assert texts == ["Please Say 0.", "Please Say 1."]
            assert sorted(text for model, text in asked(provider) if model == "fake/voice") == texts
            for whole in trip.records(Role.ANSWER):
                assert isinstance(whole.call.request, SpeechRequest), "what any voice is asked"
                assert isinstance(whole.outcome, Output)
                assert whole.outcome.audio is not None
                assert Media(tmp_path / "media").get(whole.outcome.audio.sha256)[:4] == b"RIFF"
                writer, voice = (r for r in trip.records(Role.STAGE) if r.call.part_of == whole.call.key)
                assert [writer.call.stage, voice.call.stage] == ["writer", "voice"]
                assert whole.cost_usd == (writer.cost_usd or 0) + (voice.cost_usd or 0) > 0
                assert (whole.cost_source, whole.attempts) == ("stages", ())
            heard = {r.outcome.text for r in trip.records(Role.INSTRUMENT) if isinstance(r.outcome, Output)}
            assert set(texts) <= heard, "what measures an answer hears that of the whole"
            paid = sum(r.cost_usd or 0 for role in (Role.STAGE, Role.INSTRUMENT) for r in trip.records(role))
            assert trip.spent() == paid, "nothing is counted twice"
            assert [p[0] for p in trip.watcher.phases] == ["answers", "instruments"]
            assert len(trip.watcher.records) - len(trip.records(Role.STAGE)) == 2 + 4
            again = await trip.go()
            assert (again.exit_code, len(provider.requests)) == (0, 4 + 4)

    asyncio.run(tell())


def test_the_time_of_the_whole_is_that_of_its_stages_by_the_servers_truth(tmp_path: Path) -> None:
    """Within 5%, as the provider saw it; the best of some samples, since machines stumble."""

    def took(served: Served, note: str) -> float:
        return (served.last(note) - served.received) * 1000

    async def tell() -> None:
        async with FakeProvider(pace=Pace(first_s=0.3, gap_s=0.05)) as provider:
            planned = bakeoff(
                writer_and_voice(provider), suites=[voice_suite(4)], instruments=instruments(provider), max_in_flight=1
            )
            trip = Trip(tmp_path, planned)
            await trip.go()
            spoken = {s.body["input"]: s for s in provider.requests if s.model == "fake/voice"}
            written = {s.body["messages"][-1]["content"]: s for s in provider.requests if s.model == "fake/echo"}
            errors = []
            for whole in trip.records(Role.ANSWER):
                assert isinstance(whole.call.request, SpeechRequest)
                text = f"Please {whole.call.request.text}"
                stages = [r for r in trip.records(Role.STAGE) if r.call.part_of == whole.call.key]
                assert whole.marks.total_ms == pytest.approx(sum(r.marks.total_ms or 0 for r in stages))
                first = (spoken[text].first("audio") - spoken[text].received) * 1000
                before = took(written[text], "content")
                truth = before + took(spoken[text], "audio")
                assert whole.marks.ttfa_ms is not None
                errors.append(
                    max(abs((whole.marks.total_ms or 0) / truth - 1), abs(whole.marks.ttfa_ms / (before + first) - 1))
                )
            assert min(errors) < 0.05, errors

    asyncio.run(tell())


def test_a_spoken_question_is_heard_thought_about_and_answered_aloud(tmp_path: Path) -> None:
    """Times and dollars are those of the truth log: the seconds that came, the words counted, the characters spoken."""

    async def tell() -> None:
        answers = {f"what is {i} and {i}": f"it is {2 * i}" for i in range(3)}
        provider, media = FakeProvider(answers=answers, pace=Pace(first_s=0.4)), Media(tmp_path / "media")
        suite = questions(provider, media, len(answers))
        async with provider:
            planned = bakeoff(talker(provider), suites=[suite], instruments=instruments(provider), max_in_flight=1)
            trip = Trip(tmp_path, planned)
            result = await trip.go()
            assert result.exit_code == 0, result
            wholes = sorted(trip.records(Role.ANSWER), key=lambda record: record.finished)
            log = [[s for s in provider.requests if s.model == f"fake/{model}"] for model in ("ear", "mind", "voice")]
            errors = []
            for whole, ear, mind, voice in zip(wholes, *log, strict=True):
                heard, thought, spoken = (r for r in trip.records(Role.STAGE) if r.call.part_of == whole.call.key)
                assert [record.call.stage for record in (heard, thought, spoken)] == ["stt", "llm", "tts"]
                assert {ear.body["file"]} == {media.get(sha256) for sha256 in media_named(whole.call.request)}
                assert mind.body["messages"][-1]["content"] in answers
                assert isinstance(whole.outcome, Output)
                assert whole.outcome.audio is not None
                said = answers[mind.body["messages"][-1]["content"]]
                assert samples(media.get(whole.outcome.audio.sha256)) == provider.say(said)
                assert heard.cost_usd == Decimal(len(samples(ear.body["file"]))) / (2 * RATE) * Decimal("0.0007")
                assert thought.cost_usd == (5 + 4) * Decimal("0.001") + 3 * Decimal("0.002")
                assert spoken.cost_usd == len(voice.body["input"]) * Decimal("0.0001")
                assert whole.cost_usd == heard.cost_usd + thought.cost_usd + spoken.cost_usd
                before = ear.last("body") - ear.received + mind.last("content") - mind.received
                for mark, note in ((whole.marks.ttfa_ms, voice.first), (whole.marks.total_ms, voice.last)):
                    true_ms = (before + note("audio") - voice.received) * 1000
                    errors.append(abs((mark or 0) / true_ms - 1))
            assert min(errors) < 0.05, errors

    asyncio.run(tell())


WRITTEN = (
    Piece(at_s=0.1, kind="content", text="It is four."),
    Piece(at_s=0.3, kind="content", text=" I am"),
    Piece(at_s=0.7, kind="content", text=" sure."),
)
"""By the middle piece it is known that the first sentence is over."""


def sentences_of(provider: FakeProvider, *faults: Fault | None) -> None:
    """Have the language model write `WRITTEN`, and the voice take its time."""
    provider.paces = {"fake/mind": Pace(timeline=WRITTEN), "fake/voice": Pace(first_s=0.1, gap_s=0.02)}
    provider.scripts = {"fake/voice": faults}


def test_a_voice_speaks_the_first_sentence_while_the_second_is_written(tmp_path: Path) -> None:
    """First audio and end are those of a product that streams, by the provider's truth log; the best of three runs."""

    async def errors(provider: FakeProvider, folder: Path) -> tuple[float, float]:
        media, begun = Media(folder / "media"), len(provider.requests)
        planned = bakeoff(
            talker(provider, by_sentence=True), suites=[questions(provider, media, 1)],
            instruments=instruments(provider),
        )  # fmt: skip
        trip = Trip(folder, planned)
        assert (await trip.go()).exit_code == 0
        ear, mind, one, two = provider.requests[begun : begun + 4]
        assert [served.body["input"] for served in (one, two)] == ["It is four.", "I am sure."]
        (whole,), stages = trip.records(Role.ANSWER), trip.records(Role.STAGE)
        assert isinstance(whole.outcome, Output)
        assert whole.outcome.audio is not None
        spoken = samples(media.get(whole.outcome.audio.sha256))
        assert spoken == provider.say("It is four.") + provider.say("I am sure.")
        assert [record.call.stage for record in stages] == ["stt", "llm", "tts", "tts"]
        assert whole.cost_usd == sum(record.cost_usd or 0 for record in stages)
        heard = ear.last("body") - ear.received
        first, second = (w.at - mind.received for w in [w for w in mind.writes if w.note == "content"][1:])
        free = first + one.last("audio") - one.received
        begins = heard + first + one.first("audio") - one.received
        ends = heard + max(second, free) + two.last("audio") - two.received
        return tuple(
            abs((mark or 0) / (1000 * truth) - 1)
            for mark, truth in ((whole.marks.ttfa_ms, begins), (whole.marks.total_ms, ends))
        )  # type: ignore[return-value]

    async def tell() -> None:
        async with FakeProvider() as provider:
            sentences_of(provider)
            found = [await errors(provider, tmp_path / f"run-{number}") for number in range(3)]
            assert all(min(of_mark) < 0.05 for of_mark in zip(*found, strict=True)), found

    asyncio.run(tell())


def test_a_sentence_that_was_not_spoken_is_asked_for_again_and_the_others_are_not(tmp_path: Path) -> None:
    async def tell() -> None:
        provider, media = FakeProvider(), Media(tmp_path / "media")
        sentences_of(provider, None, status(500))
        suite = questions(provider, media, 1)
        async with provider:
            planned = bakeoff(
                talker(provider, by_sentence=True), suites=[suite], instruments=instruments(provider), max_attempts=1
            )
            trip = Trip(tmp_path, planned)
            assert (await trip.go()).exit_code == 4
            assert (await trip.go()).exit_code == 0
            assert [served.model for served in provider.requests[:5]] == [
                "fake/ear", "fake/mind", "fake/voice", "fake/voice", "fake/voice"
            ]  # fmt: skip
            assert provider.requests[4].body["input"] == "I am sure."
            (whole,) = trip.records(Role.ANSWER)
            assert whole.marks.ttfa_ms is not None
            written = next(r for r in trip.records(Role.STAGE) if r.call.stage == "llm")
            assert len(written.marks.sentences_ms) == 2

    asyncio.run(tell())


def test_the_joined_clip_lands_on_a_full_disk_in_the_room_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, puts = Media.put, 0

    def put(media: Media, data: bytes) -> str:
        nonlocal puts
        puts += 1
        if puts == 3:  # after the two sentences
            assert (tmp_path / ballast.NAME).exists()
            raise StoreError("media cannot be written: No space left on device")
        return real(media, data)

    async def tell() -> None:
        provider, media = FakeProvider(), Media(tmp_path / "media")
        sentences_of(provider)
        suite = questions(provider, media, 1)
        monkeypatch.setattr(Media, "put", put)
        async with provider:
            planned = bakeoff(talker(provider, by_sentence=True), suites=[suite], instruments=instruments(provider))
            trip = Trip(tmp_path, planned)
            await trip.go()
            (whole,) = trip.records(Role.ANSWER)
            assert isinstance(whole.outcome, Output)
            assert whole.outcome.audio is not None
            spoken = samples(media.get(whole.outcome.audio.sha256))
            assert spoken == provider.say("It is four.") + provider.say("I am sure.")
            assert not (tmp_path / ballast.NAME).exists()

    asyncio.run(tell())


@pytest.mark.parametrize(
    ("by_sentence", "max_tokens", "clips"),
    [
        pytest.param(False, 100, 100 * 8 * ballast.CHARACTER_BYTES, id="one"),
        pytest.param(True, 100, 2 * 100 * 8 * ballast.CHARACTER_BYTES, id="the last sentence and all of them"),
        pytest.param(True, 10_000, 2 * ballast.MOST_CLIP_BYTES, id="the largest that are accepted"),
        pytest.param(True, 1_000_000, 2 * ballast.MOST_CLIP_BYTES, id="longer than any question may be"),
    ],
)
def test_room_is_kept_for_what_a_cascade_will_say(
    tmp_path: Path, by_sentence: bool, max_tokens: int, clips: int
) -> None:
    provider = FakeProvider()
    suite = questions(provider, Media(tmp_path), 1)
    (task,) = suite.tasks
    suite = replace(suite, tasks=(replace(task, max_tokens=max_tokens),))
    both = talker(provider, by_sentence=by_sentence)
    (call,) = plan(bakeoff(both, suites=[suite])).calls
    assert clips <= brings(call, both) <= clips + 2 * ballast.CALL_BYTES + max_tokens * ballast.TOKEN_BYTES


def test_a_stage_that_failed_is_asked_again_and_one_that_answered_is_not(tmp_path: Path) -> None:
    async def tell() -> None:
        scripts = {"fake/final": [status(500)] * 2}
        async with FakeProvider(scripts=scripts) as provider:
            trip = Trip(tmp_path, bakeoff(two_writers(provider), suites=[text_suite(1)], max_attempts=1))
            assert (await trip.go()).exit_code == 4
            (whole,) = trip.records(Role.ANSWER)
            assert isinstance(whole.outcome, Failure)
            assert whole.outcome.kind == "server_error"
            assert whole.outcome.message.startswith("final: ")
            assert [model for model, _ in asked(provider)] == ["fake/draft", "fake/final"]
            assert (await trip.go()).exit_code == 4
            assert (await trip.go()).exit_code == 0
            assert [model for model, _ in asked(provider)] == ["fake/draft"] + ["fake/final"] * 3
            (whole,) = trip.records(Role.ANSWER)
            assert isinstance(whole.outcome, Output)
            assert asked(provider)[-1][1].startswith("Now ")

    asyncio.run(tell())


def test_a_budget_that_ends_between_two_stages_leaves_the_answer_pending(tmp_path: Path) -> None:
    async def tell() -> None:
        async with FakeProvider() as provider:
            planned = bakeoff(two_writers(provider), suites=[text_suite(1)], budget_usd=Decimal("0.036"))
            trip = Trip(tmp_path, planned)
            assert (await trip.go()).exit_code == 5
            assert trip.records(Role.ANSWER) == []
            (draft,) = trip.records(Role.STAGE)
            assert trip.spent() == draft.cost_usd
            trip.planned = replace(planned, settings=replace(planned.settings, budget_usd=Decimal(1)))
            assert (await trip.go()).exit_code == 0
            assert len(provider.requests) == 2

    asyncio.run(tell())


def test_an_input_that_cannot_be_rendered_is_refused_before_anything_is_sent() -> None:
    with_typo = cascade(
        Stage(name="draft", candidate=served(FakeProvider(), "draft", "text"), input="{{ input }}"),
        Stage(name="final", candidate=served(FakeProvider(), "final", "text"), input="{{ stages.drafft.text }}"),
        modality="text",
    )
    with pytest.raises(UsageError, match=r"the stage 'final' of the cascade 'both'.*drafft") as caught:
        plan(bakeoff(with_typo))
    assert "stages.draft.text" in str(caught.value.problems[0].hint)


RAG = RagRequest(
    query="q?", documents=(Document(id="d", text="t"),), max_tokens=9, params={"stop": ["x"]}, system="Be brief."
)


@pytest.mark.parametrize(
    ("does", "asked_", "request_"),
    [
        pytest.param(
            "text", RAG,
            ChatRequest(messages=({"role": "system", "content": "Be brief."}, {"role": "user", "content": "q?"}),
                        max_tokens=9, params={"stop": ["x"], "t": 1}), id="who writes, in a search",
        ),
        pytest.param(
            "rerank", RAG, RerankRequest(query="q?", documents=RAG.documents, params={"t": 1}), id="who ranks, in one",
        ),
        pytest.param(
            "rerank", RerankRequest(query="q?", documents=RAG.documents, params={"x": 2}),
            RerankRequest(query="q?", documents=RAG.documents, params={"x": 2, "t": 1}), id="who ranks",
        ),
        pytest.param(
            "transcription", TranscriptionRequest(audio=CLIP, language="en", params={"x": 2}),
            TranscriptionRequest(audio=CLIP, language="en", params={"x": 2, "t": 1}), id="who hears",
        ),
        pytest.param(
            "tts", SpeechRequest(text="q?", voice="anna", response_format="mp3", params={"x": 2}),
            SpeechRequest(text="q?", voice="anna", response_format="mp3", params={"x": 2, "t": 1}), id="who speaks",
        ),
    ],
)  # fmt: skip
def test_what_a_task_says_reaches_the_stages_that_do_what_it_is_about(
    does: str, asked_: Request, request_: Request
) -> None:
    stage = Stage(name="s", candidate=remote("m", modalities=frozenset({does}), params={"t": 1}), input="{{ input }}")
    whole = Call(key="k", role=Role.ANSWER, candidate="both", request=asked_, suite="s", task="t", sample="1")
    assert part_of(whole, stage, cascade(stage, modality=does), []).request == request_


def test_a_cascade_is_planned_like_any_candidate_under_a_key_of_its_own() -> None:
    provider = FakeProvider()
    calls = plan(bakeoff(two_writers(provider), served(provider, "draft", "text"), suites=[text_suite(1)])).calls
    assert [type(call.request) for call in calls] == [ChatRequest, ChatRequest]
    assert calls[0].request == calls[1].request
    assert calls[0].key != calls[1].key


def test_a_cost_is_called_estimated_where_that_of_a_stage_is(tmp_path: Path) -> None:
    draft, final = remote("draft"), remote("final")
    stages = (
        Stage(name="draft", candidate=draft, input="{{ input }}"),
        Stage(name="final", candidate=final, input="{{ stages.draft.text }}"),
    )
    planned = bakeoff(cascade(*stages, modality="text"), suites=[text_suite(1)])
    client = Client(script=lambda _, target: answered(usage=None if target.candidate == "draft" else Usage()))

    async def tell() -> None:
        with start(planned, tmp_path) as ledger:
            await run(
                planned, ledger, Media(tmp_path / "media"), env={"ACME_API_KEY": CANARY}, engines=Engines(),
                progress=Watcher(), client=client,
            )  # fmt: skip
            (whole,), parts = ledger.records(Role.ANSWER), list(ledger.records(Role.STAGE))
            assert [part.cost_source for part in parts] == ["provider", "estimated"]
            assert whole.cost_source == "stages_estimated"
            assert ledger.spent() == whole.cost_usd == sum(part.cost_usd or 0 for part in parts), "and counted once"

    asyncio.run(tell())
