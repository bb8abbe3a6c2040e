"""Embedded engines of a run: up before they are asked, and one at a time where they measure."""

from typing import Protocol

from harness.core.candidates import Candidate


class Engines(Protocol):
    """The embedded engines; `local.host.Host` in a real run."""

    async def start(self, name: str, *, measures: bool) -> None:
        """Start an engine unless it runs; returns when it is ready. UsageError where it cannot be started.

        One that `measures` others may use the whole machine.
        """

    def url(self, name: str) -> str:
        """Address of a running engine, without /v1."""

    async def stop(self, name: str) -> None:
        """End an engine; nothing where it does not run."""


class Shed:
    """Which engines are up."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._up: list[str] = []

    def url(self, candidate: Candidate) -> str:
        return self._engines.url(engine(candidate))

    async def ready(self, candidate: Candidate, *, alone: bool = False) -> None:
        """Have a candidate's engine ready, also one that died since; `alone`: and no other, since it measures.

        UsageError where it does not start. The host answers only when the engine has worked once: that is its warm-up.
        """
        name = engine(candidate)
        if alone:
            await self.clear(but=name)
        await self._engines.start(name, measures=alone)
        if name not in self._up:
            self._up.append(name)

    async def clear(self, *, but: str | None = None) -> None:
        """End all engines, so that the next has the whole machine."""
        for name in [name for name in self._up if name != but]:
            await self._engines.stop(name)
            self._up.remove(name)


def engine(candidate: Candidate) -> str:
    """Name of the engine of an embedded candidate."""
    return candidate.model.partition("/")[2]
