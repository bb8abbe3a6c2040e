"""An OpenAI-compatible server with scripted faults and a truth log, for tests on loopback.

    async with FakeProvider(answers={"2+2?": "4"}, faults=[status(429, retry_after="2")]) as provider:
        provider.url          # http://127.0.0.1:PORT/v1, the api_base
        provider.requests     # what came, and when each byte was sent (time.monotonic)

    with running(answers=...) as provider: ...      # the same in a thread of its own, for synchronous tests

Model families, by the last part of the model's name: `echo` says the user's last message back, `key` answers from
`answers` (exact message, else the first key that the message contains), `see` says the sha256 of each picture and then
the message, `reason` thinks before it echoes,
`filter` refuses, `plain` never streams; any other name does as `key` where there are answers, else as `echo`.
An answer `{"calls": [{"name": ..., "arguments": {...}}]}` is sent as tool calls where the request has tools.
"""

from tests.fake_provider.certificate import Certificate
from tests.fake_provider.contents import without_usage
from tests.fake_provider.faults import (
    Fault,
    clean_eof,
    context_too_long,
    drip,
    echo_key,
    empty,
    hang,
    insufficient_quota,
    malformed_body,
    malformed_chunk,
    model_not_found,
    raw_body,
    reset,
    short_body,
    status,
)
from tests.fake_provider.server import FakeProvider, Pace, Piece, running
from tests.fake_provider.truth import Served, Write

__all__ = [
    "Certificate", "FakeProvider", "Fault", "Pace", "Piece", "Served", "Write", "clean_eof", "context_too_long",
    "drip", "echo_key", "empty", "hang", "insufficient_quota", "malformed_body", "malformed_chunk", "model_not_found",
    "raw_body", "reset", "running", "short_body", "status", "without_usage",
]  # fmt: skip
