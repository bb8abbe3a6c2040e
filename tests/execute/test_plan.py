"""The plan: the same input gives the same calls, and whatever makes an answer another gives another key."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from harness.core.calls import Call, Marks, Output, Record, Role, Usage
from harness.core.candidates import Candidate, Machine, Stage
from harness.core.canonical import Json, to_json
from harness.core.media import Audio, Image
from harness.core.requests import (
    ChatRequest,
    Document,
    EmbeddingRequest,
    ImageRequest,
    MosRequest,
    RerankRequest,
    Script,
    SessionRequest,
    SpeechRequest,
    TranscriptionRequest,
    VideoRequest,
    media_named,
)
from harness.core.runs import Bakeoff
from harness.core.scores import MOS, Instrument
from harness.core.stopping import StopRule
from harness.core.suites import Sample, Suite, Task
from harness.errors import UsageError
from harness.execute.plan import instrument_calls, plan, plan_partly
from harness.scorers import OrderedClip, RenderedText
from tests.execute.bakeoffs import STARTED, Right, bakeoff, embedded, remote, text_suite, voice_suite, voices

CLIP = Audio(sha256="ab" * 32, mime="audio/wav", seconds=2.0, sample_rate=24000, size=96044)


@dataclass(frozen=True, kw_only=True)
class Smelt(Right):
    """Needs what measures no answer."""

    needs = (Instrument(name="smell", modality="nose"),)


def only(planned: Bakeoff) -> Call:
    (call,) = plan(planned).calls
    return call


def one(**task: Any) -> Bakeoff:
    """A bake-off of one call."""
    return bakeoff(remote("a"), suites=[text_suite(1, **task)])


def test_equal_input_gives_an_equal_plan_and_a_seed_another_order() -> None:
    candidates = (remote("a"), remote("b"), embedded("c"))
    first, again, other = (plan(bakeoff(*candidates, epochs=2, seed=seed)).calls for seed in (0, 0, 1))
    assert first == again
    assert first != other
    assert sorted(c.key for c in first) == sorted(c.key for c in other)
    assert len({c.key for c in first}) == len(first) == 4 * 3 * 2


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(one(prompt="{{ input }} please"), id="prompt"),
        pytest.param(one(system="Be brief."), id="system"),
        pytest.param(one(max_tokens=11), id="max_tokens"),
        pytest.param(one(params={"stop": ["x"]}), id="task's parameters"),
        pytest.param(one(name="other"), id="task"),
        pytest.param(one(samples=(Sample(id="s9", input="0+0?", target="0"),)), id="sample"),
        pytest.param(one(samples=(Sample(id="s0", input="9+9?", target="0"),)), id="input"),
        pytest.param(bakeoff(remote("a"), suites=[replace(text_suite(1), name="other")]), id="suite"),
        pytest.param(bakeoff(remote("a", model="acme/b"), suites=[text_suite(1)]), id="model"),
        pytest.param(bakeoff(remote("a", model="acme2/a"), suites=[text_suite(1)]), id="provider"),
        pytest.param(bakeoff(remote("a", params={"temperature": 1}), suites=[text_suite(1)]), id="parameters"),
        pytest.param(bakeoff(remote("a", base_url="https://h/v1"), suites=[text_suite(1)]), id="base URL"),
        pytest.param(bakeoff(remote("a", weights_sha256="00"), suites=[text_suite(1)]), id="weights"),
    ],
)
def test_what_makes_an_answer_another_changes_its_key(changed: Bakeoff) -> None:
    assert only(changed).key != only(one()).key


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(bakeoff(remote("z", model="acme/a"), suites=[text_suite(1)]), id="candidate's name"),
        pytest.param(bakeoff(remote("a", usd="1"), suites=[text_suite(1)]), id="prices"),
        pytest.param(
            bakeoff(remote("a", machine=Machine(usd_per_hour=Decimal(1))), suites=[text_suite(1)]), id="machine"
        ),
        pytest.param(bakeoff(remote("a", max_in_flight=3, requests_per_minute=9), suites=[text_suite(1)]), id="limits"),
        pytest.param(bakeoff(remote("a", api_key_env="OTHER_KEY"), suites=[text_suite(1)]), id="key"),
        pytest.param(bakeoff(remote("a"), suites=[replace(text_suite(1), version=2)]), id="suite's version"),
        pytest.param(one(samples=(Sample(id="s0", input="0+0?", target="zero"),)), id="target"),
        pytest.param(one(primary="other", slot="x"), id="judgement"),
        pytest.param(bakeoff(remote("a"), suites=[text_suite(1)], seed=7, max_in_flight=1), id="seed and settings"),
    ],
)
def test_what_does_not_change_an_answer_keeps_its_key(changed: Bakeoff) -> None:
    assert only(changed).key == only(one()).key


def test_a_key_is_stable_over_releases() -> None:
    """Stored runs are resumed by their keys: a change here is a new KEY_VERSION."""
    assert only(one()).key == "cf835da365b4ef3a97c43ddf37beccf1811ef2af76af0767e08e7bd42064efd5"


RED = Image(sha256="ab" * 32, mime="image/png", width=8, height=6, size=90)
BLUE = replace(RED, sha256="cd" * 32)


def seeing(*media: Image, **task: Any) -> Bakeoff:
    """A bake-off of one call that shows pictures."""
    sample = Sample(id="s0", input="which?", target="red", files=("a.png",), media=media)
    candidate = remote("a", modalities=frozenset({"text", "vision"}))
    return bakeoff(candidate, suites=[text_suite(1, modality="vision", samples=(sample,), **task)])


def test_pictures_come_before_the_words_and_are_named_by_their_hash() -> None:
    request = only(seeing(RED, BLUE, prompt="Say {{ input }}")).request
    assert isinstance(request, ChatRequest)
    (message,) = request.messages
    assert message["content"] == [
        {"type": "image_url", "image_url": to_json(RED)},
        {"type": "image_url", "image_url": to_json(BLUE)},
        {"type": "text", "text": "Say which?"},
    ]
    assert media_named(request) == {RED.sha256, BLUE.sha256}


def test_a_video_is_its_frames_in_order_and_the_prompt_says_when_they_were() -> None:
    (suite,) = seeing(RED, BLUE, prompt="Frames at {{ metadata.frame_times_s | join(' s, ') }} s: {{ input }}").suites
    (task,) = suite.tasks
    (sample,) = (replace(sample, metadata={"frame_times_s": [0, 2.5]}) for sample in task.loaded)
    filmed = replace(suite, tasks=[replace(task, samples=[sample])])
    request = only(bakeoff(remote("a", modalities=frozenset({"vision"})), suites=[filmed])).request
    assert isinstance(request, ChatRequest)
    *frames, text = request.messages[0]["content"]  # type: ignore[misc]
    assert text["text"] == "Frames at 0 s, 2.5 s: which?"  # type: ignore[call-overload,index]
    assert [frame["image_url"]["sha256"] for frame in frames] == [RED.sha256, BLUE.sha256]  # type: ignore[call-overload,index]


def test_another_picture_is_another_call() -> None:
    keys = [only(seeing(*media)).key for media in ((RED,), (BLUE,), (RED, BLUE), (BLUE, RED))]
    assert len(set(keys)) == 4


def test_a_candidate_that_cannot_see_is_excluded_with_the_reason_and_asked_the_rest() -> None:
    blind, eyes = remote("blind"), remote("eyes", modalities=frozenset({"text", "vision"}))
    (shown,) = seeing(RED).suites
    planned = plan(bakeoff(blind, eyes, embedded("voice", "tts"), suites=[text_suite(1), replace(shown, name="see")]))
    assert {(call.candidate, call.suite) for call in planned.calls} == {
        ("blind", "arith"), ("eyes", "arith"), ("eyes", "see"),
    }  # fmt: skip
    (exclusion,) = planned.exclusions
    assert (exclusion.candidate, exclusion.suite, exclusion.task) == ("blind", "see", "sums")
    assert "takes text alone" in exclusion.reason


def test_epochs_follow_one_another_and_have_their_own_keys() -> None:
    calls = plan(bakeoff(remote("a"), epochs=3)).calls
    assert [c.epoch for c in calls] == [0] * 4 + [1] * 4 + [2] * 4
    assert len({c.key for c in calls}) == 12
    orders = [[c.sample for c in calls if c.epoch == epoch] for epoch in range(3)]
    assert len({tuple(order) for order in orders}) > 1


def test_every_candidate_is_asked_a_sample_before_the_next_sample() -> None:
    calls = plan(bakeoff(remote("a"), remote("b"), remote("c"), suites=[text_suite(40)])).calls
    blocks = [calls[i : i + 3] for i in range(0, len(calls), 3)]
    assert all(len({c.sample for c in block}) == 1 for block in blocks)
    assert all({c.candidate for c in block} == {"a", "b", "c"} for block in blocks)
    leaders = Counter(block[0].candidate for block in blocks)
    assert min(leaders.values()) >= 5  # none always gets the same place
    assert [block[0].sample for block in blocks] != [f"s{i}" for i in range(40)]


def test_where_candidates_may_be_stopped_each_block_is_like_the_whole() -> None:
    large, small = text_suite(40), replace(text_suite(10), name="geometry")
    calls = plan(bakeoff(remote("a"), remote("b"), suites=[large, small], epochs=2, stop=StopRule())).calls
    units = [calls[i : i + 4] for i in range(0, len(calls), 4)]
    for unit in units:
        assert len({(c.suite, c.sample) for c in unit}) == 1, "a sample is whole before the next"
        assert Counter((c.candidate, c.epoch) for c in unit) == Counter((n, e) for n in "ab" for e in (0, 1))
    for end in range(10, 51, 10):
        assert abs(sum(unit[0].suite == "geometry" for unit in units[:end]) - end / 5) <= 1
    assert [unit[0].sample for unit in units if unit[0].suite == "arith"] != [f"s{i}" for i in range(40)]


def test_candidates_are_asked_what_they_can_do() -> None:
    planned = plan(
        bakeoff(remote("a"), embedded("voice", "tts"), suites=[text_suite(), voice_suite()],
                instruments=voices().instruments)
    )  # fmt: skip
    assert {(c.candidate, c.task) for c in planned.calls} == {("a", "sums"), ("voice", "voice")}
    assert planned.exclusions == ()
    assert planned.instrument_calls == {"transcriber": 2, "mos": 2}


def test_a_candidate_that_is_another_under_a_second_name_is_excluded_with_the_reason() -> None:
    planned = plan(bakeoff(remote("a"), remote("twin", model="acme/a", usd="1")))
    assert {c.candidate for c in planned.calls} == {"a"}
    (exclusion,) = planned.exclusions
    assert (exclusion.candidate, exclusion.suite, exclusion.task) == ("twin", "arith", "sums")
    assert "it is a under another name" in exclusion.reason
    calls, _ = plan_partly(bakeoff(remote("a"), remote("twin", model="acme/a", usd=None)))
    assert {call.candidate for call in calls} == {"a"}, "nothing is asked of it, and no price of it"


@pytest.mark.parametrize(
    ("task", "candidate", "params", "max_tokens"),
    [
        pytest.param({"stop": ["x"], "seed": 1}, {"seed": 2}, {"stop": ["x"], "seed": 2}, 10, id="candidate wins"),
        pytest.param({}, {"max_tokens": 5}, {}, 5, id="the candidate's bound"),
        pytest.param({}, {"max_completion_tokens": 7}, {}, 7, id="its other name"),
    ],
)
def test_parameters_of_chats(
    task: dict[str, Any], candidate: dict[str, Any], params: dict[str, Any], max_tokens: int
) -> None:
    call = only(bakeoff(remote("a", params=candidate), suites=[text_suite(1, params=task, system="S {{ input }}")]))
    assert call.request == ChatRequest(
        messages=({"role": "system", "content": "S 0+0?"}, {"role": "user", "content": "0+0?"}),
        max_tokens=max_tokens,
        params=params,
    )


@pytest.mark.parametrize(
    ("candidate", "request_"),
    [
        pytest.param(embedded("kokoro", "tts"), SpeechRequest(text="Say 0.", params={"language": "en"}), id="embedded"),
        pytest.param(
            remote("x", modalities=frozenset({"tts"}), params={"voice": "nova", "speed": 2, "response_format": "mp3"}),
            SpeechRequest(text="Say 0.", voice="nova", response_format="mp3", params={"speed": 2}),
            id="a provider knows no language",
        ),
    ],
)
def test_parameters_of_speech(candidate: Any, request_: SpeechRequest) -> None:
    assert only(voices(candidate, n=1)).request == request_


def prompted(source: str, sample: Sample | None = None) -> Bakeoff:
    sample = sample or Sample(id="s0", input={"q": "1+1?", "n": [1, 2]}, target="TARGET", metadata={"lang": "zh"})
    return one(prompt=source, samples=(sample,))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        pytest.param("{{ input.q }} {{ metadata.lang }} {{ files }}", "1+1? zh []", id="names"),
        pytest.param("{{ input.n }}", "[1, 2]", id="lists as JSON"),
        pytest.param("{% for x in input.n %}{{ x * 2 }} {% endfor %}", "2 4 ", id="loops"),
        pytest.param("{{ '-' * 3 }}", "---", id="small repetition"),
    ],
)
def test_templates(source: str, text: str) -> None:
    request = only(prompted(source)).request
    assert isinstance(request, ChatRequest)
    assert request.messages[-1]["content"] == text


def test_a_sample_is_never_template_source() -> None:
    sample = Sample(id="s0", input="{{ 7 * 7 }}{% raw %}", target="x")
    request = only(prompted("{{ input }}", sample)).request
    assert isinstance(request, ChatRequest)
    assert request.messages[-1]["content"] == "{{ 7 * 7 }}{% raw %}"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        pytest.param("{{ target }}", "'target' is undefined; a template sees input, metadata, files", id="target"),
        pytest.param("{{ inptu }}", "'inptu' is undefined", id="misspelt"),
        pytest.param("{{ metadata.topic }}", "no attribute 'topic'", id="missing metadata"),
        pytest.param("{{ input", "the template is not valid", id="syntax"),
        pytest.param("{{ input.q | nofilter }}", "No filter named 'nofilter'", id="filter"),
        pytest.param("{{ input.q.__class__.__mro__ }}", "the template fails", id="sandbox"),
        pytest.param("{{ input.n.append(1) }}", "the template fails", id="mutation"),
        pytest.param("{{ 'a' * 10**9 }}", "cannot raise to a power", id="power"),
        pytest.param("{{ 'a' * 2000000 }}", "passes 1,000,000 characters", id="repetition"),
        pytest.param("{{ 2000000 * 'a' }}", "passes 1,000,000 characters", id="repetition, reversed"),
        pytest.param(
            "{% for a in range(2000) %}{{ 'x' * 1000 }}{% endfor %}", "passes 1,000,000 characters", id="loop"
        ),
        pytest.param("{{ range(10000000) }}", "Range too big", id="range"),
        pytest.param("{{ 1 / 0 }}", "division by zero", id="arithmetic"),
        pytest.param("{{ input.q + 1 }}", "the template fails", id="types"),
        pytest.param("{% include 'x' %}", "the template fails", id="include"),
    ],
)
def test_template_errors_name_the_task_and_the_reason(source: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan(prompted(source))
    (problem,) = caught.value.problems
    assert problem.message.startswith("arith/sums: ")
    assert message in problem.message
    assert "TARGET" not in problem.message


def test_all_template_errors_come_at_once() -> None:
    suites = [text_suite(prompt="{{ a }}"), replace(text_suite(prompt="{{"), name="other"),
              replace(text_suite(system="{{ b }}"), name="third")]  # fmt: skip
    with pytest.raises(UsageError) as caught:
        plan(bakeoff(remote("a"), remote("b"), suites=suites))
    named = sorted(p.message.split(":")[0] for p in caught.value.problems)
    assert named == ["arith/sums", "other/sums", "third/sums"]


def hearing(*media: Audio | Image, modality: str = "transcription", **candidate: Any) -> Bakeoff:
    sample = Sample(id="s", input="", target="hello", media=media)
    suite = text_suite(modality=modality, samples=(sample,), language="en-GB", params={"temperature": 0}, prompt="")
    return bakeoff(remote("a", **{"modalities": frozenset({modality}), **candidate}), suites=[suite])


def test_a_recording_is_asked_about_alone_in_its_language() -> None:
    request = only(hearing(CLIP)).request
    assert request == TranscriptionRequest(audio=CLIP, language="en-GB", params={"temperature": 0})
    assert media_named(request) == {CLIP.sha256}
    own = only(hearing(CLIP, params={"language": "en", "temperature": 0.2})).request
    assert own == TranscriptionRequest(audio=CLIP, language="en", params={"temperature": 0.2})
    assert only(hearing(replace(CLIP, sha256="cd" * 32))).key != only(hearing(CLIP)).key


HEARD: Json = {"role": "user", "content": [{"type": "input_audio", "input_audio": to_json(CLIP)}]}


def test_a_spoken_question_is_its_recording_and_who_speaks_is_asked_to() -> None:
    talker: Any = {"modality": "speech", "modalities": frozenset({"text", "speech"})}
    request = only(hearing(CLIP, **talker, params={"voice": "anna"})).request
    wanted: dict[str, Json] = {"modalities": ["text", "audio"], "audio": {"voice": "anna", "format": "pcm16"}}
    assert request == ChatRequest(messages=(HEARD,), max_tokens=160, params={**wanted, "temperature": 0})  # type: ignore[arg-type]
    assert media_named(request) == {CLIP.sha256}
    stage = Stage(name="stt", candidate=remote("ear"), input="{{ input }}")
    request = only(hearing(CLIP, **talker, stages=(stage,))).request
    assert request == ChatRequest(messages=(HEARD,), max_tokens=10, params={"temperature": 0})  # type: ignore[arg-type]


def test_who_takes_no_chat_is_played_the_recording_in_a_live_session() -> None:
    request = only(hearing(CLIP, modality="speech", params={"voice": "anna"})).request
    assert request == SessionRequest(audio=CLIP, max_tokens=160, voice="anna", params={"temperature": 0})
    assert media_named(request) == {CLIP.sha256}
    with pytest.raises(UsageError, match="played at 24,000 Hz, not 16,000"):
        plan(hearing(replace(CLIP, sample_rate=16_000), modality="speech"))


def conversation(*media: Audio, told: Json, **candidate: Any) -> Bakeoff:
    heard = hearing(*media, modality="speech", **candidate)
    (suite,) = heard.suites
    (task,) = suite.tasks
    samples = tuple(replace(sample, metadata={"conversation": told}) for sample in task.loaded)
    return replace(heard, suites=(replace(suite, tasks=(replace(task, samples=samples),)),))


def test_a_conversation_goes_by_its_script_with_who_is_talked_to_in_live_sessions() -> None:
    other, own = replace(CLIP, sha256="ef" * 32), {"turn_detection": {"type": "semantic_vad"}}
    told: Json = {"listen_s": 6, "interrupt_after_s": 1.5}
    request = only(conversation(CLIP, other, told=told, params=own)).request
    script = Script(listen_s=6.0, interruption=other, interrupt_after_s=1.5)
    assert request == SessionRequest(audio=CLIP, max_tokens=160, params={"temperature": 0, **own}, script=script)  # type: ignore[arg-type]
    assert media_named(request) == {CLIP.sha256, other.sha256}
    alone = only(conversation(CLIP, told={"listen_s": 6})).request
    assert alone == SessionRequest(audio=CLIP, max_tokens=160, params={"temperature": 0}, script=Script(listen_s=6.0))
    assert only(hearing(CLIP, modality="speech", params=own)).request == replace(alone, script=None)
    chat = remote("b", modalities=frozenset({"text", "speech"}))
    planned = conversation(CLIP, told={"listen_s": 6})
    (exclusion,) = plan(replace(planned, candidates=(*planned.candidates, chat))).exclusions
    assert (exclusion.candidate, exclusion.reason) == (
        "b",
        "it is not talked to in live sessions, and the task is a conversation",
    )


@pytest.mark.parametrize(
    ("planned", "message"),
    [
        pytest.param(bakeoff(remote("a"), suites=[voice_suite()]), "no candidate can do any", id="nobody can"),
        pytest.param(conversation(CLIP, told={}), "holds listen_s and interrupt_after_s", id="no script"),
        pytest.param(conversation(CLIP, CLIP, CLIP, told={"listen_s": 1}), "one recording", id="three at once"),
        pytest.param(
            hearing(modality="speech", modalities=frozenset({"text", "speech"})),
            "give the sample one recording",
            id="nothing is asked",
        ),
        pytest.param(hearing(), "give the sample one recording", id="nothing to hear"),
        pytest.param(hearing(CLIP, CLIP), "give the sample one recording", id="two at once"),
        pytest.param(
            bakeoff(
                remote("a", modalities=frozenset({"smell"})),
                suites=[text_suite(modality="smell")],
            ),
            "modality 'smell' cannot be run",
            id="not built",
        ),
        pytest.param(
            one(scorers=(Smelt(),)),
            "instrument 'smell' has modality 'nose'",
            id="instrument",
        ),
    ],
)
def test_what_cannot_be_planned(planned: Bakeoff, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        plan(planned)


@pytest.mark.parametrize(
    ("planned", "messages"),
    [
        pytest.param(
            bakeoff(remote("a", params={"n": 2, "stream": False, "top_p": 1}), remote("b")),
            ["candidate 'a' sets the parameter 'n'", "candidate 'a' sets the parameter 'stream'"],
            id="candidate",
        ),
        pytest.param(one(params={"timeout": 3}), ["task arith/sums sets the parameter 'timeout'"], id="task"),
    ],
)
def test_parameters_of_bakeoffs_own_are_refused_before_anything_is_sent(planned: Bakeoff, messages: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        plan(planned)
    assert [problem.message.partition(",")[0] for problem in caught.value.problems] == messages


def answer(call: Call, output: Output) -> Record:
    return Record(
        call=call, outcome=output, attempts=(), marks=Marks(), usage=Usage(), cost_usd=None, cost_source="unpriced",
        finished=STARTED,
    )  # fmt: skip


def test_each_answer_is_measured_once_by_each_instrument() -> None:
    planned = voices(embedded("a", "tts"), embedded("b", "tts"))
    answers = [answer(c, Output(audio=CLIP)) for c in plan(planned).calls]
    calls = instrument_calls(planned, answers)
    assert [(c.instrument, c.candidate) for c in calls] == [("transcriber", "whisper")] * 4 + [("mos", "dnsmos")] * 4
    assert calls[0].request == TranscriptionRequest(audio=CLIP, language="en")
    assert calls[4].request == MosRequest(audio=CLIP)
    assert len({c.key for c in calls}) == 8
    for call, measured in zip(calls, answers * 2, strict=True):
        assert call.role is Role.INSTRUMENT
        assert call.measures == measured.call.key
        assert (call.sample, call.epoch) == (measured.call.sample, measured.call.epoch)
    assert instrument_calls(planned, answers) == calls


def test_a_sample_states_its_own_language() -> None:
    suite = voice_suite(1)
    task = replace(suite.tasks[0], samples=(Sample(id="v0", input="你好", metadata={"lang": "zh-CN"}),))
    planned = replace(voices(embedded("a", "tts"), n=1), suites=(Suite(name="voices", version=1, tasks=(task,)),))
    call = only(planned)
    assert call.request == SpeechRequest(text="你好", params={"language": "zh-CN"})
    heard = instrument_calls(planned, [answer(call, Output(audio=CLIP))])[0].request
    assert heard == TranscriptionRequest(audio=CLIP, language="zh-CN")


def painting(*samples: Sample, **changes: Any) -> Bakeoff:
    """One that makes pictures, whose writing is read."""
    task = Task(
        name="signs", modality="image_generation", samples=samples or (Sample(id="s", input="a sign", target="OPEN"),),
        scorers=(RenderedText(),), primary="rendered_text", params={"size": "1024x1024"}, **changes,
    )  # fmt: skip
    painter = remote("a", modalities=frozenset({"image_generation"}), params={"quality": "low"})
    reader = embedded("ocr", "vision")
    suite = Suite(name="signs", version=1, tasks=(task,))
    return bakeoff(painter, suites=[suite], instruments={"reader": reader})


def test_a_picture_is_asked_for_and_read() -> None:
    planned = painting()
    call = only(planned)
    assert call.request == ImageRequest(prompt="a sign", params={"size": "1024x1024", "quality": "low"})
    made = Image(sha256="ab" * 32, mime="image/png", width=64, height=48, size=100)
    (reading,) = instrument_calls(planned, [answer(call, Output(image=made))])
    assert isinstance(reading.request, ChatRequest)
    assert media_named(reading.request) == {made.sha256}
    assert (reading.instrument, reading.measures) == ("reader", call.key)
    assert instrument_calls(planned, [answer(call, Output(text="I will not."))]) == []


def test_pictures_of_a_sample_are_to_be_edited() -> None:
    shown = Image(sha256="cd" * 32, mime="image/png", width=8, height=6, size=70)
    request = only(painting(Sample(id="s", input="greener", target="x", files=("a.png",), media=(shown,)))).request
    assert request == ImageRequest(prompt="greener", images=(shown,), params={"size": "1024x1024", "quality": "low"})
    assert media_named(request) == {shown.sha256}


def filming(*samples: Sample, candidates: Sequence[Candidate] = (), **changes: Any) -> Bakeoff:
    """One that makes clips."""
    task = Task(**{
        "name": "clips", "modality": "video_generation", "samples": samples or (Sample(id="s", input="a boat"),),
        "scorers": (OrderedClip(),), "primary": "ordered_clip", "params": {"seconds": 4, "size": "1280x720"}, **changes,
    })  # fmt: skip
    maker = remote("a", model="openai/a", modalities=frozenset({"video_generation"}), params={"user": "u"})
    return bakeoff(*(candidates or [maker]), suites=[Suite(name="clips", version=1, tasks=(task,))])


def test_a_clip_is_ordered_as_long_and_large_as_the_sample_says() -> None:
    sample = Sample(id="s", input="a boat", metadata={"params": {"seconds": "8"}}, media=(RED,), files=("a.png",))
    request = only(filming(sample)).request
    assert request == VideoRequest(prompt="a boat", seconds=8, size="1280x720", images=(RED,), params={"user": "u"})
    assert media_named(request) == {RED.sha256}


@pytest.mark.parametrize("params", [{}, {"seconds": 0}, {"seconds": "auto"}, {"seconds": 4.5}, {"seconds": True}])
def test_a_clip_without_a_length_is_refused_as_its_cost_would_have_no_bound(params: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="how many whole seconds"):
        plan(filming(params=params))


def test_who_can_make_no_such_clip_is_excluded_with_the_reason() -> None:
    does = frozenset({"video_generation"})
    candidates = [
        remote("able", model="openai/a", modalities=does),
        remote("unsent", model="dashscope/a", modalities=does),
        remote("blind", model="fal_ai/a", modalities=does, lacks=frozenset({"input_reference"})),
    ]
    planned = plan(filming(Sample(id="s", input="?", media=(RED,), files=("a.png",)), candidates=candidates))
    assert {call.candidate for call in planned.calls} == {"able"}
    assert {exclusion.candidate: exclusion.reason for exclusion in planned.exclusions} == {
        "unsent": "LiteLLM can order no clip at dashscope",
        "blind": "it takes no input_reference, which the task sends",
    }
    assert {call.candidate for call in plan(filming(candidates=candidates)).calls} == {"able", "blind"}


def test_what_has_no_audio_is_not_measured() -> None:
    planned = voices(embedded("a", "tts"))
    assert instrument_calls(planned, [answer(c, Output(text="?")) for c in plan(planned).calls]) == []
    assert MOS.name in plan(planned).instrument_calls


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"weights_sha256": "00"}, id="the instrument's weights"),
        pytest.param({"params": {"beam": 5}}, id="its parameters"),
    ],
)
def test_another_instrument_measures_again(changed: dict[str, Any]) -> None:
    planned = voices(embedded("a", "tts"), n=1)
    answers = [answer(only(planned), Output(audio=CLIP))]
    other = {**planned.instruments, "mos": replace(planned.instruments["mos"], **changed)}
    before, after = (
        {c.instrument: c.key for c in instrument_calls(replace(planned, instruments=of), answers)}
        for of in (planned.instruments, other)
    )
    assert before["transcriber"] == after["transcriber"]
    assert before["mos"] != after["mos"]


DOCUMENTS = {"p2": "two", "p1": "one"}


def ranking(*candidates: Candidate, **task: Any) -> Bakeoff:
    sample = Sample(id="s0", input="which?", target="p1", metadata={"documents": DOCUMENTS})
    return bakeoff(*candidates, suites=[text_suite(1, **{"modality": "rerank", "samples": (sample,), **task})])


def test_a_reranker_gets_the_query_with_its_documents() -> None:
    candidate = remote("a", modalities=frozenset({"rerank"}), params={"top_n": 1})
    assert only(ranking(candidate, prompt="Q: {{ input }}")).request == RerankRequest(
        query="Q: which?",
        documents=(Document(id="p2", text="two"), Document(id="p1", text="one")),
        params={"top_n": 1},
    )


@pytest.mark.parametrize("modality", ["rerank", "embedding"])
def test_an_embedder_gets_query_and_documents_as_one_batch_with_its_prefixes(modality: str) -> None:
    params = {"query_prefix": "query: ", "document_prefix": "passage: ", "dimensions": 256}
    candidate = remote("a", modalities=frozenset({"rerank", "embedding"}), params=params)
    assert only(ranking(candidate, modality=modality)).request == EmbeddingRequest(
        texts=("query: which?", "passage: two", "passage: one"), ranks=("p2", "p1"), params={"dimensions": 256}
    )


def test_a_task_of_embeddings_is_not_for_rerankers() -> None:
    both = ranking(
        remote("a", modalities=frozenset({"rerank"})),
        remote("b", modalities=frozenset({"rerank", "embedding"})),
        modality="embedding",
    )
    assert only(both).candidate == "b"


@pytest.mark.parametrize("documents", [None, {}, ["p1"], {"p1": 1}])
def test_nothing_to_rank_is_a_problem_of_the_task(documents: Any) -> None:
    sample = Sample(id="s0", input="which?", target="p1", metadata={"documents": documents})
    with pytest.raises(UsageError, match="there is nothing to rank"):
        plan(ranking(remote("a", modalities=frozenset({"rerank"})), samples=(sample,)))


def test_a_sample_brings_its_own_parameters_and_who_cannot_take_them_is_not_asked() -> None:
    tools: Json = [{"type": "function", "function": {"name": "stop", "parameters": {}}}]
    samples = [
        Sample(id="a", input="a", metadata={"params": {"tools": tools, "stop": ["b"]}}),
        Sample(id="b", input="b"),
    ]
    task = Task(
        name="calls",
        modality="text",
        samples=samples,
        scorers=[Right()],
        primary="right",
        params={"stop": ["a"], "x": 1},
    )
    able, unable = remote("able"), remote("unable", lacks=frozenset({"tools"}))
    planned = plan(bakeoff(able, unable, suites=[Suite(name="s", version=1, tasks=[task])]))
    asked = {call.sample: call.request.params for call in planned.calls if isinstance(call.request, ChatRequest)}
    assert asked == {"a": {"stop": ["b"], "x": 1, "tools": tools}, "b": {"stop": ["a"], "x": 1}}
    assert {call.candidate for call in planned.calls} == {"able"}
    (exclusion,) = planned.exclusions
    assert (exclusion.candidate, exclusion.reason) == ("unable", "it takes no tools, which the task sends")


OWN = {"params": {"x": 2}}


@pytest.mark.parametrize(
    ("modality", "sample"),
    [
        pytest.param("text", Sample(id="s", input="a", metadata=OWN), id="chat"),
        pytest.param("tts", Sample(id="s", input="a", metadata=OWN), id="voice"),
        pytest.param("transcription", Sample(id="s", input="", media=(CLIP,), metadata=OWN), id="ear"),
        pytest.param("image_generation", Sample(id="s", input="a", metadata=OWN), id="painter"),
        pytest.param("embedding", Sample(id="s", input="a", metadata={**OWN, "documents": DOCUMENTS}), id="embedder"),
        pytest.param("rerank", Sample(id="s", input="a", metadata={**OWN, "documents": DOCUMENTS}), id="reranker"),
        pytest.param("rag", Sample(id="s", input="a", metadata={**OWN, "documents": DOCUMENTS}), id="search"),
    ],
)
def test_the_parameters_of_a_sample_reach_every_kind_of_request_before_those_of_its_task(
    modality: str, sample: Sample
) -> None:
    does = frozenset({modality} if modality != "embedding" else {"embedding", "rerank"})
    suite = text_suite(modality=modality, samples=(sample,), params={"x": 1, "y": 1})
    request: Any = only(bakeoff(remote("a", modalities=does), suites=[suite])).request
    assert request.params == {"x": 2, "y": 1}


@pytest.mark.parametrize(
    ("task", "message"),
    [
        pytest.param({"modality": "tts", "system": "Whisper."}, "a tts task has no place for a system", id="voice"),
        pytest.param({"modality": "rerank", "system": "S"}, "a rerank task has no place for a system", id="reranker"),
        pytest.param(
            {"modality": "transcription", "prompt": "A phone call."}, "no place for a prompt: it sends a recording",
            id="the prompt of a recording",
        ),
    ],
)  # fmt: skip
def test_a_prompt_that_no_request_can_hold_is_refused_before_anything_is_sent(
    task: dict[str, Any], message: str
) -> None:
    metadata: dict[str, Json] = {"documents": dict[str, Json](DOCUMENTS)}
    sample = Sample(id="s", input="a", media=(CLIP,), metadata=metadata)
    planned = bakeoff(
        remote("a", modalities=frozenset({task["modality"]})), suites=[text_suite(samples=[sample], **task)]
    )
    with pytest.raises(UsageError) as caught:
        plan(planned)
    (problem,) = caught.value.problems
    assert problem.code == "E225"
    assert message in problem.message


def test_who_does_not_know_the_language_of_a_task_is_not_asked() -> None:
    spoken = frozenset({"transcription"})
    everywhere, english = remote("everywhere", modalities=spoken), remote("english", modalities=spoken)
    english = replace(english, languages=frozenset({"en"}))
    stages = (Stage(name="ear", candidate=english, input=""), Stage(name="mind", candidate=remote("mind"), input=""))
    chain = replace(remote("chain", modalities=spoken), stages=stages)
    tags = {"own": "zh-CN", "both": None, "unsaid": None}
    samples = {
        name: (Sample(id="s", input="", target="?", media=(CLIP,), metadata={"lang": tag} if tag else {}),)
        for name, tag in tags.items()
    }
    tasks = [
        Task(name=name, modality="transcription", samples=of, scorers=[Right()], primary="right",
             language="en-GB" if name == "both" else None)
        for name, of in samples.items()
    ]  # fmt: skip
    planned = plan(bakeoff(everywhere, english, chain, suites=[Suite(name="s", version=1, tasks=tasks)]))
    assert [(e.candidate, e.task, e.reason) for e in planned.exclusions] == [
        ("english", "own", "it knows en alone, and the task is in zh"),
        ("chain", "own", "english knows en alone, and the task is in zh"),
    ]
    assert Counter(call.candidate for call in planned.calls) == {"everywhere": 3, "english": 2, "chain": 2}
