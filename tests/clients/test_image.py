"""Pictures that are made or edited: what came is told by its content, and what cannot be taken is no picture."""

import asyncio
import base64
import hashlib
import json
from decimal import Decimal
from typing import Any

import pytest

from harness.clients.faults import RETRIED, RETRIED_ONCE
from harness.clients.reply import Reply
from harness.core.calls import Failure, Fault, Output, Usage
from harness.core.candidates import Candidate, Prices
from harness.pricing.cost import cost, worst_case
from tests.clients.trip import CLIP, KEY, PICTURE, image, trip
from tests.fake_provider import FakeProvider, hang, raw_body, reset, status
from tests.fake_provider import Fault as Scripted
from tests.fake_provider.faults import Answer
from tests.fake_provider.server import IMAGE_TOKENS, MADE_IMAGE_TOKENS
from tests.fake_provider.truth import Exchange
from tests.pictures import noun, picture

GREEN = picture(64, 48, colour="green")


def test_a_picture_comes_with_its_size_and_what_it_used() -> None:
    provider = FakeProvider()
    reply = trip(image(params={"size": "64x48"}), provider)
    made = noun(GREEN, width=64, height=48)
    assert reply.outcome == Output(image=made)
    assert reply.blobs == {made.sha256: GREEN}
    sent = provider.requests[0]
    assert sent.path == "/v1/images/generations"
    assert (sent.body["prompt"], sent.body["size"], sent.body.get("n", 1)) == ("a green field", "64x48", 1)
    used = reply.usage
    assert (used.input_tokens, used.output_image_tokens, used.output_images) == (3, MADE_IMAGE_TOKENS, 1)
    assert (used.output_tokens, used.source) == (0, "provider")
    assert reply.wire_requests == 1
    assert reply.marks.total_ms is not None


def test_an_edit_sends_what_is_to_be_edited() -> None:
    provider = FakeProvider()
    reply = trip(image(images=(PICTURE,)), provider)
    assert isinstance(reply.outcome, Output)
    assert provider.requests[0].path == "/v1/images/edits"
    assert provider.requests[0].images == [hashlib.sha256(CLIP).hexdigest()]
    assert (reply.usage.input_tokens, reply.usage.input_image_tokens) == (3, IMAGE_TOKENS)


def answer(**made: Any) -> bytes:
    return json.dumps({"created": 1, "data": [made]}).encode()


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


HUGE = bytearray(picture(8, 6))
HUGE[16:24] = (12_000).to_bytes(4, "big") * 2  # a header that promises 144 million pixels


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        pytest.param(b'{"created": 1, "data": []}', "empty_response", "no picture", id="none"),
        pytest.param(answer(b64_json=encoded(CLIP)), "protocol", "is no picture", id="a clip"),
        pytest.param(answer(b64_json=encoded(bytes(HUGE))), "protocol", "pixels are more", id="too many pixels"),
        pytest.param(answer(b64_json="%%%"), "protocol", "not base64", id="no base64"),
        pytest.param(answer(b64_json=encoded(bytes(21 * 2**20))), "protocol", "more than", id="too large"),
        pytest.param(answer(revised_prompt="?"), "protocol", "not there", id="nothing in it"),
    ],
)
def test_what_cannot_be_taken(body: bytes, kind: str, why: str) -> None:
    reply = trip(image(), FakeProvider(faults=[raw_body(body)]))
    assert isinstance(reply.outcome, Failure)
    assert (reply.outcome.fault, reply.outcome.kind) == (Fault.INFRA, kind)
    assert why in reply.outcome.message
    assert reply.blobs == {}


def linking(link: str) -> Scripted:
    """An answer that says where the picture lies; `{here}` is the provider itself."""

    async def fault(exchange: Exchange, _: Answer) -> None:
        await exchange.reply(200, answer(url=link.format(here=f"http://{exchange.request.host}/v1")))

    return fault


LINKED = linking("{here}/stored/green")


def linked(*faults: Scripted, link: Scripted = LINKED, **options: Any) -> tuple[Reply, FakeProvider]:
    """Ask for a picture that lies behind a link, with a fault for each fetch."""
    provider = FakeProvider(faults=[link, *faults])
    return trip(image(), provider, sleep=lambda _: asyncio.sleep(0), **options), provider


def test_a_picture_behind_a_link_is_fetched_without_the_key_as_part_of_one_order() -> None:
    reply, provider = linked(status(503), reset(), raw_body(GREEN, content_type="image/png"))
    assert reply.outcome == Output(image=noun(GREEN, width=64, height=48))
    order, *_, fetch = provider.requests
    assert KEY in order.headers["authorization"]
    assert KEY not in str(fetch.headers)
    assert (reply.wire_requests, reply.may_be_billed) == (1, False)
    assert (reply.usage.output_images, reply.usage.source) == (1, "measured")
    assert reply.marks.closed_ms is not None
    assert reply.marks.total_ms is not None
    assert reply.marks.headers_ms is not None
    assert reply.marks.headers_ms < reply.marks.total_ms <= reply.marks.closed_ms, "it is there when all of it is"


def test_a_provider_that_litellm_asks_in_a_thread_is_asked_through_the_tap_all_the_same() -> None:
    provider = FakeProvider(faults=[None, raw_body(GREEN, content_type="image/png")])
    reply = trip(image(), provider, model="dashscope/qwen-image-3.0")
    assert reply.outcome == Output(image=noun(GREEN, width=64, height=48))
    assert [served.path for served in provider.requests] == ["/v1", "/v1/stored/picture"]
    assert reply.wire_requests == 1
    late = trip(image(), FakeProvider(always=hang()), model="dashscope/qwen-image-3.0", timeout_s=0.8)
    assert isinstance(late.outcome, Failure)
    assert late.outcome.kind == "timeout"


@pytest.mark.parametrize(
    ("faults", "link", "why"),
    [
        pytest.param([status(404)], LINKED, "127.0.0.1 answered HTTP 404", id="gone"),
        pytest.param([status(503)] * 3, LINKED, "127.0.0.1 answered HTTP 503", id="never there"),
        pytest.param([reset()] * 3, LINKED, "127.0.0.1 ended with", id="dropped"),
        pytest.param(
            [status(302, location="https://intranet/a.png")], LINKED, "leads to intranet", id="it moves inside"
        ),
        pytest.param([], linking("https://10.0.0.1/token.png"), "leads to 10.0.0.1, into a network", id="inside"),
        pytest.param([], linking("http://example.org/token.png"), "example.org is not encrypted", id="in the clear"),
    ],
)
def test_what_is_paid_for_and_cannot_be_fetched_is_a_failure_of_its_own(
    faults: list[Scripted], link: Scripted, why: str
) -> None:
    reply, provider = linked(*faults, link=link)
    assert isinstance(reply.outcome, Failure)
    assert (reply.outcome.fault, reply.outcome.kind) == (Fault.INFRA, "not_fetched")
    assert reply.outcome.kind not in RETRIED | RETRIED_ONCE, "another order would be another picture on the bill"
    assert why in reply.outcome.message
    assert "token" not in reply.outcome.message
    assert len(provider.requests) == 1 + len(faults)
    assert (reply.wire_requests, reply.usage.output_images, reply.blobs) == (1, 1, {})


def test_what_lies_behind_a_link_is_told_by_its_content_and_has_the_orders_deadline() -> None:
    page, _ = linked(raw_body(b"<html>Please log in</html>", content_type="image/png"))
    assert isinstance(page.outcome, Failure)
    assert page.outcome.kind == "protocol"
    late, _ = linked(hang(), timeout_s=0.8)
    assert isinstance(late.outcome, Failure)
    assert (late.outcome.kind, late.outcome.message) == ("timeout", "not finished within 0.8 s")


def test_a_data_url_is_no_link() -> None:
    url = f"data:image/png;base64,{encoded(GREEN)}"
    reply = trip(image(), FakeProvider(faults=[raw_body(answer(url=url))]))
    assert reply.outcome == Output(image=noun(GREEN, width=64, height=48))
    assert reply.usage == Usage(output_images=1, source="measured", busy_seconds=reply.usage.busy_seconds)


def test_what_a_provider_will_not_draw_is_no_failure_of_the_net() -> None:
    refused = status(400, message="rejected by our safety system", error_code="content_policy_violation")
    assert trip(image(), FakeProvider(faults=[refused])).outcome == Output(text="", finish_reason="content_filter")


# -- what it costs -------------------------------------------------------------------------------------------------

PER_TOKEN = {"input_cost_per_token": "0.000005", "input_cost_per_image_token": "0.000008",
             "output_cost_per_image_token": "0.00003"}  # fmt: skip
COUNTED = Usage(input_tokens=10, input_image_tokens=100, output_tokens=0, output_image_tokens=1000, output_images=1,
                source="provider")  # fmt: skip
UNCOUNTED = Usage(output_images=1, source="measured")


def painter(**usd: str) -> Candidate:
    prices = Prices(usd={name: Decimal(price) for name, price in usd.items()}, source="test")
    return Candidate(name="a", model="acme/a", modalities=frozenset({"image_generation"}), prices=prices)


@pytest.mark.parametrize(
    ("usd", "usage", "expected"),
    [
        pytest.param(PER_TOKEN, COUNTED, ("0.03085", "provider"), id="tokens"),
        pytest.param(PER_TOKEN, UNCOUNTED, (None, "unpriced"), id="tokens, not counted"),
        pytest.param({"output_cost_per_image": "0.04"}, UNCOUNTED, ("0.04", "measured"), id="a picture"),
        pytest.param({"output_cost_per_image": "0.04"}, COUNTED, ("0.04", "provider"), id="a picture, tokens unpriced"),
        pytest.param({"input_cost_per_image": "0.02"}, UNCOUNTED, ("0.02", "measured"), id="as the map has it, too"),
        pytest.param({**PER_TOKEN, "output_cost_per_image": "0.04"}, COUNTED, ("0.03085", "provider"), id="both"),
        pytest.param({**PER_TOKEN, "output_cost_per_image": "0.04"}, UNCOUNTED, ("0.04", "measured"), id="both, one"),
        pytest.param({"input_cost_per_pixel": "0.0001"}, UNCOUNTED, (None, "unpriced"), id="pixels are not metered"),
    ],
)
def test_a_picture_is_billed_by_what_is_counted(
    usd: dict[str, str], usage: Usage, expected: tuple[str | None, str]
) -> None:
    dollars, source = cost(usage, painter(**usd))
    assert (None if dollars is None else str(dollars.normalize()), source) == expected
    worst = worst_case(image("ten words or so", images=(PICTURE,)), painter(**usd))
    assert (worst is None) == ("input_cost_per_pixel" in usd)
    assert worst is None or dollars is None or worst >= dollars
