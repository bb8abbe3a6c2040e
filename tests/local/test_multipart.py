"""Forms are read byte for byte, also where the content looks like structure."""

import httpx
import pytest

from harness.local.multipart import Field, parse

CLIP = bytes(range(256)) + b"\r\n--no-boundary\r\n\r\n\n\r" + b"\r\n"


def form(*parts: bytes, boundary: bytes = b"edge") -> bytes:
    return b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"


TYPE = "multipart/form-data; boundary=edge"
MODEL = b'Content-Disposition: form-data; name="model"\r\n\r\nwhisper-base'


@pytest.mark.parametrize(
    "clip",
    [
        pytest.param(CLIP, id="every byte and false boundaries"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\r\n", id="a line end"),
    ],
)
def test_a_form_of_httpx_survives(clip: bytes) -> None:
    request = httpx.Request("POST", "http://x", files={"file": ("a.wav", clip, "audio/wav")}, data={"language": "zh"})
    fields = {field.name: field for field in parse(request.headers["content-type"], request.read())}
    assert fields["file"] == Field(name="file", filename="a.wav", content=clip)
    assert fields["language"].text == "zh"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        pytest.param(TYPE, form(MODEL), id="one field"),
        pytest.param(TYPE, b"preamble\r\n" + form(MODEL), id="preamble"),
        pytest.param(TYPE, form(MODEL) + b"epilogue", id="epilogue"),
        pytest.param('multipart/form-data; boundary="edge"', form(MODEL), id="quoted boundary"),
        pytest.param("Multipart/Form-Data; BOUNDARY=edge", form(MODEL), id="capitals"),
    ],
)
def test_boundaries(content_type: str, body: bytes) -> None:
    assert parse(content_type, body) == (Field(name="model", filename=None, content=b"whisper-base"),)


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        pytest.param([], [], id="no field"),
        pytest.param(
            [b'Content-Disposition: form-data; name="file"; filename="a b.wav"\r\n\r\nx'],
            [Field(name="file", filename="a b.wav", content=b"x")],
            id="file name with a space",
        ),
        pytest.param(
            [b"content-type: text/plain\r\ncontent-disposition: form-data; name=plain\r\n\r\na\r\n\r\nb"],
            [Field(name="plain", filename=None, content=b"a\r\n\r\nb")],
            id="lower case, unquoted, blank line inside",
        ),
    ],
)
def test_fields(parts: list[bytes], fields: list[Field]) -> None:
    assert list(parse(TYPE, form(*parts))) == fields


@pytest.mark.parametrize(
    ("content_type", "body", "message"),
    [
        pytest.param("application/json", b"{}", "expected multipart/form-data", id="JSON"),
        pytest.param("", b"", "expected multipart/form-data", id="no type"),
        pytest.param("multipart/form-data", form(MODEL), "with a boundary", id="no boundary"),
        pytest.param(TYPE, form(MODEL)[:-6], "no closing boundary", id="cut"),
        pytest.param(TYPE, b"", "no closing boundary", id="empty"),
        pytest.param(TYPE, form(b"just text"), "has no headers", id="no headers"),
        pytest.param(TYPE, form(b"Content-Disposition: form-data\r\n\r\nx"), "has no name", id="no name"),
    ],
)
def test_refused(content_type: str, body: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(content_type, body)
