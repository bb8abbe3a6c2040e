"""Read a multipart/form-data body (RFC 7578)."""

from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One part of a form."""

    name: str
    filename: str | None
    content: bytes

    @property
    def text(self) -> str:
        """The content as UTF-8; ValueError where it is none."""
        return self.content.decode("utf-8")


def parse(content_type: str, body: bytes) -> tuple[Field, ...]:
    """Return the fields in their order; ValueError says what is malformed."""
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_param("boundary")
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str) or not boundary:
        raise ValueError(f"expected multipart/form-data with a boundary, not {content_type!r}")
    # the delimiter is CRLF + dashes + boundary; the first one may open the body
    _, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode())
    if not parts or not parts[-1].startswith(b"--"):
        raise ValueError("the form has no closing boundary")
    return tuple(_field(part) for part in parts[:-1])


def _field(part: bytes) -> Field:
    padding, line_end, rest = part.partition(b"\r\n")
    head, blank, content = (b"\r\n" + rest).partition(b"\r\n\r\n")
    if padding.strip(b" \t") or not line_end or not blank:
        raise ValueError("a part of the form has no headers")
    headers = BytesHeaderParser().parsebytes(head.lstrip(b"\r\n") + b"\r\n\r\n")
    name = headers.get_param("name", header="content-disposition")
    if not isinstance(name, str):
        raise ValueError("a part of the form has no name")
    return Field(name=name, filename=headers.get_filename(), content=content)
