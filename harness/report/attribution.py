"""Which stage of a cascade is at fault for its bad answers: the first whose output, replaced by gold, mends them."""

from collections import Counter
from dataclasses import dataclass

from harness.core.scores import BAD_BELOW
from harness.report.numbers import Number, count, number, number_id
from harness.report.slots import SlotEvidence
from harness.report.standing import Tag, tag


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionRow:
    """One cascade's bad answers by the stage at fault."""

    tag: Tag
    bad: Number
    stages: tuple[tuple[str, Number], ...]
    """In the order in which they are asked."""
    open: Number
    """Of which nobody knows: not asked yet, or lost."""


def attributions(of: SlotEvidence) -> tuple[AttributionRow, ...]:
    """Return one row for each cascade; none where nobody asked for it."""
    if not of.oracles:
        return ()
    rows = []
    for name in of.candidates:
        stages = of.configured[name].stages if name in of.configured else ()
        bad = of.answers_of(name).where(of.values_of(name) < BAD_BELOW)
        if stages:
            at_fault = Counter(_mended_by(of, key) for key in bad.call_keys())
            rows.append(
                AttributionRow(
                    tag=tag(of, name),
                    bad=_shown(of, name, "bad", len(bad)),
                    stages=tuple(
                        (stage.name, _shown(of, name, f"stage.{stage.name}", at_fault[stage.name])) for stage in stages
                    ),
                    open=_shown(of, name, "open", at_fault[None]),
                )
            )
    return tuple(rows)


def _mended_by(of: SlotEvidence, answer: str) -> str | None:
    """Return the stage at fault; calls follow one another in the order of the stages, and none after one that mends."""
    return next((record.call.stage for record, worth in of.oracles.get(answer, ()) if worth >= BAD_BELOW), None)


def _shown(of: SlotEvidence, name: str, metric: str, n: int) -> Number:
    return number(n, count(n), id=number_id(of.slot, "attribution", name, metric))
