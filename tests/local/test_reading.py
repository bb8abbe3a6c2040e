"""What a chat shows a plain OCR engine, and how it answers."""

import base64
import json
from typing import Any

import pytest

from harness.local.asked import Refused
from harness.local.reading import Chat, chat, document, events
from tests.pictures import picture

RED, BLUE = picture(), picture(kind="JPEG", colour="blue")


def shown(data: bytes, kind: str = "image/png") -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": f"data:{kind};base64,{base64.b64encode(data).decode()}"}}


def body(*parts: object, **fields: object) -> bytes:
    messages = [{"role": "system", "content": "Read."}, {"role": "user", "content": list(parts)}]
    return json.dumps({"model": "toy", "messages": messages, "max_tokens": 5, **fields}).encode()


def test_pictures_are_taken_in_order_and_words_are_passed_over() -> None:
    wanted = chat(body(shown(RED), {"type": "text", "text": "What is it?"}, shown(BLUE)), model="toy")
    assert wanted == Chat(pictures=(RED, BLUE), stream=False)
    assert chat(body(shown(RED), stream=True, stream_options={"include_usage": True}), model="toy").stream


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        pytest.param(b"{", "no JSON", id="no-json"),
        pytest.param(b"[" * 100_000, "no JSON", id="nested"),
        pytest.param(b"[]", "a JSON object", id="list"),
        pytest.param(b'{"messages": 3}', "must be a list", id="messages"),
        pytest.param(body(), "show no picture", id="no-picture"),
        pytest.param(b'{"messages": [{"role": "user", "content": "hi"}, 3]}', "show no picture", id="words-alone"),
        pytest.param(body(shown(RED), model="other"), "not served here", id="model"),
        pytest.param(body(shown(RED), temperature=1), "`temperature` must be 0", id="temperature"),
        pytest.param(body(shown(RED), stop=["x"]), "`stop` is not served", id="stop"),
        pytest.param(
            body({"type": "image_url", "image_url": {"url": "http://127.0.0.1/x.png"}}), "nothing is fetched", id="url"
        ),
        pytest.param(body({"type": "image_url", "image_url": 3}), "nothing is fetched", id="number"),
        pytest.param(
            body({"type": "image_url", "image_url": "data:image/png;base64,x"}), "cannot be read", id="no-base64"
        ),
        pytest.param(body(shown(b"<svg/>", "image/svg+xml")), "none of PNG", id="svg"),
    ],
)
def test_refused(request_: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        chat(request_, model="toy")


def test_the_answer_comes_at_once_and_ends_as_it_should() -> None:
    *told, end = events("Zeile\n二", model="toy")
    assert end == b"data: [DONE]\n\n"
    choices = [json.loads(event.removeprefix(b"data: "))["choices"][0] for event in told]
    assert "".join(choice["delta"].get("content", "") for choice in choices) == "Zeile\n二"
    assert [choice["finish_reason"] for choice in choices] == [None, None, "stop"]
    (choice,) = document("x", model="toy")["choices"]  # type: ignore[misc,union-attr]
    assert choice == {"index": 0, "message": {"role": "assistant", "content": "x"}, "finish_reason": "stop"}
