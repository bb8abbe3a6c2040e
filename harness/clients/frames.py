"""What the tap and its sender say to each other: the kinds of frames, and what stands in them."""

import struct
from dataclasses import dataclass

REQUEST, CANCEL, SENT, HEAD, BODY, END = range(1, 7)
"""Kinds of frames. From the sender: REQUEST is an `Order` as JSON, a newline, then the request as it goes over the
wire; CANCEL is empty. To the sender: SENT is an `AT`, where the order is watched; HEAD is a JSON list of status, when
it was sent, when it was answered, headers; BODY is a `STAMP`, then bytes; END is a JSON object with `at`, `sent`,
`drift_s`, `what` (None: well) and `why`."""

AT = struct.Struct("!d")
"""A moment in monotonic seconds, which all processes of a machine share."""
STAMP = struct.Struct("!dd")
"""When bytes came, as in `AT`, and by how much that may be late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where connections go; equal origins share them."""

    host: str
    port: int
    tls: str | None
    """Name that the certificate must bear; None: no TLS."""
    verify: bool = True
    proxy_host: str | None = None
    proxy_port: int = 0
    tunnel: str | None = None
    """The request that makes the proxy open a tunnel, as latin-1 text; None where it forwards plain requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How a request is to be carried."""

    origin: Origin
    limit: int
    """Most bytes of the response's body."""
    timeout_s: float
    idle_timeout_s: float
    watched: bool = False
    """The sender wants to know at once when the request goes out."""
