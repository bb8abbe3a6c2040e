"""Starts the benchmark's server and, when it has ended, knows the truth that it wrote down."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.server import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One request as the server saw it; times are of time.monotonic, in seconds."""

    id: int
    """In its `x-request-id`, and in the id of each chunk."""
    connection: int
    nth: int
    """On its connection, from 1: the first one met a connection that had just been opened."""
    received: float
    first: float
    """When the first content was handed to the socket."""
    last: float
    """When the last byte was."""

    @property
    def ttft_ms(self) -> float:
        return (self.first - self.received) * 1000


@dataclass(slots=True, kw_only=True)
class Provider:
    """A running server; `served` and `connections` are known after the context of `serving`."""

    url: str
    """The api_base, with /v1."""
    answer: str
    """To every question."""
    trust: Mapping[str, str]
    """Environment in which a client believes the server's certificate."""
    connections: int = 0
    served: list[Served] = field(default_factory=list)

    @property
    def per_s(self) -> float:
        """Answers a second between the first and the last tenth: neither start-up nor the tail counts."""
        ends = sorted(served.last for served in self.served)
        low, high = len(ends) // 10, len(ends) * 9 // 10
        return (high - low) / (ends[high] - ends[low])


@contextmanager
def serving(pace: Pace, *, certificate: Path | None = None) -> Iterator[Provider]:
    """Run the server while the context lasts; `certificate` is that of `certificate.make`."""
    command = [sys.executable, "-m", "benchmarks.server", "--first-s", str(pace.first_s), "--gap-s", str(pace.gap_s)]
    command += ["--chunks", str(pace.chunks), *(["--certificate", str(certificate)] if certificate else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        provider = Provider(
            url=child.stdout.readline().strip(),
            answer=pace.text,
            trust={"SSL_CERT_FILE": str(certificate)} if certificate else {},
        )
        try:
            yield provider
        finally:
            child.stdin.close()
            lines = child.stdout.read().splitlines()
    if lines:
        provider.connections = json.loads(lines[0])["connections"]
        provider.served = [Served(**json.loads(line)) for line in lines[1:]]
