"""Whose answers name another model than was asked: then it is not known what was measured."""

from collections.abc import Iterator
from typing import Any

from harness.core.candidates import Candidate
from harness.core.canonical import from_json
from harness.core.decision import Echo
from harness.core.echo import is_same_model
from harness.store.ledger import Ledger


def echoes(ledger: Ledger) -> tuple[Echo, ...]:
    """Return one line for each candidate, and each stage of one, of which answers name another model."""
    config: Any = ledger.manifest().config
    return tuple(_echoes(ledger, [from_json(Candidate, document) for document in config.get("candidates", ())]))


def _echoes(ledger: Ledger, candidates: list[Candidate]) -> Iterator[Echo]:
    named = ledger.echoes()
    for candidate in candidates:
        for model in candidate.models:
            mine = {echo: n for (name, echo), n in named.items() if name == model.name}
            others = {echo: n for echo, n in mine.items() if not is_same_model(model.model, echo)}
            if others:
                yield Echo(
                    candidate=candidate.name,
                    asked=model.model,
                    model=max(others, key=lambda echo: others[echo]),
                    answers=sum(others.values()),
                    of=sum(mine.values()),
                )
