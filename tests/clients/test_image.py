"""Pictures that are made or edited: what came is told by its content, and what cannot be taken is no picture."""

import base64
import hashlib
import json
from decimal import Decimal
from typing import Any

import pytest

from harness.core.calls import Failure, Fault, Output, Usage
from harness.core.candidates import Candidate, Prices
from harness.pricing.cost import cost, worst_case
from tests.clients.trip import CLIP, PICTURE, image, trip
from tests.fake_provider import FakeProvider, raw_body, status
from tests.fake_provider.server import IMAGE_TOKENS, MADE_IMAGE_TOKENS
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
        pytest.param(answer(url="https://example.org/a.png"), "protocol", "not followed", id="a link"),
        pytest.param(answer(revised_prompt="?"), "protocol", "not there", id="nothing in it"),
    ],
)
def test_what_cannot_be_taken(body: bytes, kind: str, why: str) -> None:
    reply = trip(image(), FakeProvider(faults=[raw_body(body)]))
    assert isinstance(reply.outcome, Failure)
    assert (reply.outcome.fault, reply.outcome.kind) == (Fault.INFRA, kind)
    assert why in reply.outcome.message
    assert reply.blobs == {}


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
