"""Clips that are made: one order a clip, whatever breaks after it; what came is told by its content."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from decimal import Decimal

import pytest

from harness.clients import litellm_door
from harness.clients.deadlines import Deadlines
from harness.clients.reply import Reply
from harness.clients.reserved import CLIPS
from harness.clients.video import wait_s
from harness.core import videos
from harness.core.calls import Failure, Fault, Output, Usage
from harness.core.candidates import Candidate, Prices
from harness.pricing.cost import cost, worst_case
from tests.clients.trip import CLIP, KEY, PICTURE, chat, trip, video
from tests.fake_provider import FakeProvider, Pace, hang, malformed_body, raw_body, reset, short_body, status
from tests.fake_provider import Fault as Scripted
from tests.videos import mp4, noun, webm

WHOLE = mp4(4.0, 1280, 720)
MADE = Output(video=noun(WHOLE))


def paths(provider: FakeProvider) -> list[str]:
    return [served.path for served in provider.requests]


def orders(provider: FakeProvider) -> int:
    return sum(path == "/v1/videos" for path in paths(provider))


def faulty(*faults: Scripted | None) -> tuple[Reply, FakeProvider]:
    """Order a clip that is there at the first question, with a fault for each request: order, question, fetch."""
    provider = FakeProvider(faults=faults)
    return trip(video(), provider), provider


@pytest.mark.alone
def test_a_clip_comes_with_its_length_and_size_and_what_is_billed() -> None:
    provider = FakeProvider(pace=Pace(first_s=0.2))
    reply = trip(video(), provider)
    assert reply.outcome == MADE
    assert reply.blobs == {hashlib.sha256(WHOLE).hexdigest(): WHOLE}
    order, *questions, fetch = provider.requests
    assert (order.body["prompt"], order.body["seconds"], order.body["size"]) == ("a green field", "4", "1280x720")
    assert {served.path for served in questions} == {"/v1/videos/job-1"}
    assert fetch.path == "/v1/videos/job-1/content"
    assert all(served.headers["authorization"] == f"Bearer {KEY}" for served in provider.requests)
    assert (reply.wire_requests, reply.may_be_billed, reply.marks.valid) == (1, False, True)
    truth_ms = (fetch.first("body") - order.received) * 1000
    assert reply.marks.total_ms is not None
    assert reply.marks.headers_ms is not None
    assert max(200, truth_ms - 40) < reply.marks.total_ms < truth_ms + 250
    assert reply.marks.headers_ms < reply.marks.total_ms - 50, "when the order was taken"
    assert reply.usage == Usage(
        input_images=0, output_video_seconds=4.0, output_video_pixels=1280 * 720, source="provider",
        busy_seconds=reply.usage.busy_seconds,
    )  # fmt: skip
    assert reply.usage.busy_seconds is not None
    assert reply.usage.busy_seconds > 0.2, "a machine of one's own is busy from the order on"


def test_a_clip_of_a_picture_sends_it() -> None:
    provider = FakeProvider()
    reply = trip(video(images=(PICTURE,)), provider)
    assert reply.usage.input_images == 1
    assert provider.requests[0].images == [hashlib.sha256(CLIP).hexdigest()]


def test_google_is_asked_for_its_clip_without_stopping_anything_and_its_key_goes_no_further() -> None:
    provider = FakeProvider()
    reply = trip(video(), provider, model="gemini/veo")
    assert reply.outcome == MADE
    assert paths(provider) == [
        "/v1/v1beta/models/veo:predictLongRunning", "/v1/v1beta/operations/job-1", "/v1/files/job-1",
        "/v1/stored/job-1",
    ]  # fmt: skip
    assert [served.headers.get("x-goog-api-key") for served in provider.requests] == [KEY, KEY, KEY, None]
    assert (reply.usage.output_video_seconds, reply.usage.source) == (4.0, "measured")


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([None, status(429, retry_after="0.01")], id="a question too many"),
        pytest.param([None, status(503)], id="a question in vain"),
        pytest.param([None, reset()], id="a question that breaks"),
        pytest.param([None, malformed_body()], id="a question that a portal answers"),
        pytest.param([None, None, reset()], id="a fetch that breaks"),
        pytest.param([None, None, short_body(WHOLE[:99], promised=len(WHOLE))], id="a clip that breaks off"),
        pytest.param([None, None, status(409)], id="a fetch that is too early"),
        pytest.param([None, None, status(500), status(502), reset()], id="several"),
    ],
)
def test_what_breaks_after_the_order_is_tried_again_as_what_it_was(faults: Sequence[Scripted | None]) -> None:
    provider = FakeProvider(faults=faults)
    reply = trip(video(), provider, sleep=lambda _: asyncio.sleep(0))
    assert reply.outcome == MADE
    assert orders(provider) == reply.wire_requests == 1
    assert len(provider.requests) == 3 + sum(fault is not None for fault in faults)
    assert reply.marks.valid


def told(status: str, **more: object) -> Scripted:
    """What is said of a job that nobody makes."""
    return raw_body(json.dumps({"id": "job-1", "object": "video", "status": status, **more}).encode())


BROKEN = {"code": "internal_error", "message": "the renderer fell over"}


@pytest.mark.parametrize(
    ("faults", "fault", "kind", "why"),
    [
        pytest.param([None, told("failed", error=BROKEN)], Fault.INFRA, "job_failed", "the renderer fell over",
                     id="a job that fails"),
        pytest.param([told("failed", error=BROKEN)], Fault.INFRA, "job_failed", "internal_error", id="at once"),
        pytest.param([None, told("failed")], Fault.INFRA, "job_failed", "no reason", id="without a word"),
        pytest.param([None, told("completed", error=BROKEN)], Fault.INFRA, "job_failed", "fell over",
                     id="done, and failed"),
        pytest.param([None, told("failed", error={"message": "prompt is too long"})], Fault.CANDIDATE,
                     "context_too_long", "too long", id="the prompt is too long"),
        pytest.param([None, told("expired")], Fault.INFRA, "expired", "expired", id="a job that expires"),
        pytest.param([None, status(404)], Fault.INFRA, "expired", "HTTP 404", id="a job that is gone"),
        pytest.param([None, None, status(410)], Fault.INFRA, "expired", "HTTP 410", id="a clip that is gone"),
        pytest.param([None, None, malformed_body()], Fault.INFRA, "protocol", "no video", id="a page for a clip"),
        pytest.param([None, None, raw_body(WHOLE[:-1])], Fault.INFRA, "protocol", "ends before", id="a cut clip"),
        pytest.param([None, None, raw_body(bytes(2 * 2**20))], Fault.INFRA, "too_large", "larger than",
                     id="an oversized clip"),
        pytest.param([None, None, status(302, location="/v1/videos/nowhere/content"), status(404)], Fault.INFRA,
                     "expired", "HTTP 404", id="a clip that has moved away"),
    ],
)  # fmt: skip
def test_a_job_that_brings_nothing_may_be_billed(
    faults: Sequence[Scripted | None], fault: Fault, kind: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(videos, "MOST_BYTES", 100_000)
    reply, provider = faulty(*faults)
    assert isinstance(reply.outcome, Failure)
    assert (reply.outcome.fault, reply.outcome.kind) == (fault, kind)
    assert why in reply.outcome.message
    assert orders(provider) == reply.wire_requests == 1
    assert reply.may_be_billed
    assert (reply.usage.source, reply.blobs) == ("none", {})


@pytest.mark.parametrize(
    ("faults", "state"),
    [
        pytest.param([None, *[told("in_progress")] * 500], "the job is in_progress", id="never ready"),
        pytest.param([None, *[status(503)] * 500], "ended with HTTP 503", id="never answered"),
        pytest.param([None, hang()], "the job is queued", id="silent"),
        pytest.param([None, None, hang()], "its clip was not fetched", id="silent at the end"),
    ],
)
def test_the_deadline_is_over_all_of_it(faults: Sequence[Scripted | None], state: str) -> None:
    async def sleep(_: float) -> None:
        await asyncio.sleep(0.01)

    provider = FakeProvider(faults=faults)
    reply = trip(video(), provider, timeout_s=0.5, sleep=sleep, tap="process")
    assert isinstance(reply.outcome, Failure)
    assert (reply.outcome.kind, reply.outcome.fault) == ("timeout", Fault.INFRA)
    assert reply.outcome.message.startswith("not finished within 0.5 s: ")
    assert state in reply.outcome.message
    assert orders(provider) == 1
    assert reply.may_be_billed


def test_no_silence_between_two_questions_is_one_of_a_response() -> None:
    reply = trip(video(), FakeProvider(), idle_timeout_s=0.5, sleep=lambda _: asyncio.sleep(0.7))
    assert reply.outcome == MADE


@pytest.mark.parametrize("first", [status(429), reset(), status(401)], ids=["429", "reset", "401"])
def test_an_order_that_is_not_taken_is_no_job(first: Scripted) -> None:
    reply, provider = faulty(first)
    assert isinstance(reply.outcome, Failure)
    assert len(provider.requests) == reply.wire_requests == 1


def test_what_a_provider_will_not_make_is_no_failure_of_the_net() -> None:
    filtered = Output(text="", finish_reason="content_filter")
    blocked = told("failed", error={"code": "moderation_blocked", "message": "Your request was blocked."})
    assert faulty(None, blocked)[0].outcome == filtered
    refused = status(400, message="blocked by our moderation system", error_code="moderation_blocked")
    assert faulty(refused)[0].outcome == filtered
    google = {"name": "operations/job-1", "done": True, "response": {"raiMediaFilteredReasons": ["violence"]}}
    provider = FakeProvider(faults=[None, raw_body(json.dumps(google).encode())])
    assert trip(video(), provider, model="gemini/veo").outcome == filtered


@pytest.mark.parametrize(
    ("data", "ordered", "seconds"),
    [
        pytest.param(mp4(4.0), "4", 4.0, id="as the provider says"),
        pytest.param(mp4(4.04), None, 4.0, id="a frame more than was ordered"),
        pytest.param(mp4(5.0), None, 5.0, id="longer than was ordered"),
        pytest.param(webm(3.9), "nonsense", 4.0, id="nonsense"),
    ],
)
def test_which_seconds_are_billed(data: bytes, ordered: str | None, seconds: float) -> None:
    reply, _ = faulty(told("completed", **({} if ordered is None else {"seconds": ordered})), raw_body(data))
    assert reply.usage.output_video_seconds == seconds
    assert reply.usage.source == ("provider" if ordered == "4" else "measured")


def test_at_whom_a_clip_can_be_ordered_is_what_litellm_knows() -> None:
    litellm_door.load()
    from litellm.types.utils import LlmProviders
    from litellm.utils import ProviderConfigManager

    known = {
        provider.value for provider in LlmProviders if ProviderConfigManager.get_provider_video_config("x", provider)
    }
    assert known == CLIPS


def test_the_provider_says_how_long_to_wait_and_else_a_tenth_of_the_time_so_far() -> None:
    assert [wait_s(elapsed, None) for elapsed in (0.0, 5.0, 30.0, 99.0, 600.0)] == [1.0, 1.0, 3.0, 9.9, 10.0]
    assert [wait_s(99.0, hint) for hint in (0.0, 2.5, 60.0)] == [0.01, 2.5, 60.0]


def test_a_clip_has_ten_times_as_long_as_an_answer() -> None:
    deadlines = Deadlines(timeout_s=60, idle_timeout_s=20)
    assert deadlines.of(video()) == Deadlines(timeout_s=600, idle_timeout_s=20)
    assert deadlines.of(chat()) == deadlines


# -- what it costs -------------------------------------------------------------------------------------------------

FLAT = {"output_cost_per_video_per_second": "0.1"}
TIERS = {"output_cost_per_second": "0.1", "output_cost_per_second_1080p": "0.12", "output_cost_per_second_4k": "0.3"}
NAMED = {"output_cost_per_second": "0.2", "output_cost_per_second_480p": "0.05", "output_cost_per_second_720p": "0.1",
         "output_cost_per_second_1080p": "0.2"}  # fmt: skip


def painter(usd: dict[str, str]) -> Candidate:
    prices = Prices(usd={name: Decimal(price) for name, price in usd.items()}, source="test")
    return Candidate(name="a", model="acme/a", modalities=frozenset({"video_generation"}), prices=prices)


@pytest.mark.parametrize(
    ("usd", "size", "dollars"),
    [
        pytest.param(FLAT, "1280x720", "0.4", id="one price"),
        pytest.param(TIERS, "1280x720", "0.4", id="the plain price"),
        pytest.param(TIERS, "1080x1920", "0.48", id="a size of its own, upright"),
        pytest.param(TIERS, "2560x1440", "0.48", id="between two: at least the smaller one's"),
        pytest.param(TIERS, "3840x2160", "1.2", id="4K"),
        pytest.param(TIERS, "7680x4320", None, id="larger than all that have a price"),
        pytest.param(NAMED, "480x854", "0.2", id="the smallest"),
        pytest.param(NAMED, "640x640", "0.2", id="a square with as many pixels"),
        pytest.param(NAMED, "1112x834", "0.4", id="another shape"),
        pytest.param({"output_cost_per_second_720p": "0.1"}, "1920x1080", None, id="only another size has a price"),
        pytest.param({"output_cost_per_token": "0.1"}, "1280x720", None, id="tokens are not metered"),
        pytest.param({**FLAT, "input_cost_per_image": "0.05"}, "1280x720", "0.45", id="and a picture"),
    ],
)
def test_a_clip_is_billed_by_the_second_at_the_price_of_its_size(
    usd: dict[str, str], size: str, dollars: str | None
) -> None:
    width, height = map(int, size.split("x"))
    usage = Usage(input_images=1, output_video_seconds=4.0, output_video_pixels=width * height, source="provider")
    found, source = cost(usage, painter(usd))
    assert (found, source) == ((None, "unpriced") if dollars is None else (Decimal(dollars), "provider"))
    for request in (video(size=size, images=(PICTURE,)), video(size=None, images=(PICTURE,)),
                    video(size=size, images=(PICTURE,), params={"resolution": "4k"})):  # fmt: skip
        worst = worst_case(request, painter(usd))
        assert found is None or (worst is not None and worst >= found)
    assert worst_case(video(), painter({"output_cost_per_token": "0.1"})) is None


def test_a_clip_without_a_known_size_or_price_has_no_cost() -> None:
    assert cost(Usage(output_video_seconds=4.0, source="measured"), painter(FLAT)) == (None, "unpriced")
    assert cost(Usage(output_video_seconds=4.0, output_video_pixels=1, source="measured"), painter({})) == (
        None, "unpriced",
    )  # fmt: skip
