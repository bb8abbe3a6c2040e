"""Sentences of the page before a language is chosen: a key of `words` with the numbers and names it speaks of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter

from harness.core.estimates import Estimate
from harness.report.numbers import Number, count, number, number_id, of_metric, percent
from harness.report.words import WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A whole sentence or label; `args` fill its placeholders: numbers, other phrases, or names (foreign text)."""

    key: str
    args: "Mapping[str, Piece]" = field(default_factory=dict)


Piece = Number | Phrase | str
"""What a sentence is made of; a plain `str` is foreign text and is escaped wherever it goes."""

Shown = Number | Phrase
"""What a cell holds: a number, or words for why there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """An estimate as a cell: value, interval, n and, where answers are missing, coverage."""

    value: Shown
    low: Number | None = None
    high: Number | None = None
    n: Number | None = None
    coverage: Number | None = None
    note: str = ""
    """How it was made; ours, but may quote a name."""
    estimated: Phrase | None = None
    """How many of the calls behind a cost are estimated: the value is then an upper bound."""


def words(phrase: Phrase, language: str = "en") -> Iterator[tuple[str, Piece | None]]:
    """Yield the literal parts of a sentence, each with the piece that follows it; KeyError for an unknown key."""
    for literal, name, _, _ in Formatter().parse(WORDS[language][phrase.key]):
        yield literal, None if name is None else phrase.args[name]


def listed(names: "Sequence[Piece]") -> Piece:
    """Return names as one piece, with the language's commas and its word before the last."""
    *others, last = names
    if not others:
        return last
    first: Piece = others[0]
    for name in others[1:]:
        first = Phrase(key="list.more", args={"some": first, "other": name})
    return Phrase(key="list.and", args={"some": first, "other": last})


def known(key: str) -> bool:
    """Whether `words` has the sentence."""
    return key in WORDS["en"]


def slot_label(slot: str) -> Piece:
    """Return the words for a slot, `tts` or `tts.zh`; one that a user has named has its own name."""
    key = f"slot.{slot.partition('.')[0]}"
    return Phrase(key=key, args={"slot": slot}) if known(key) else slot


def metric_label(metric: str) -> Piece:
    """Return the words for a metric; one that is a scorer's has its own name."""
    return Phrase(key=f"metric.{metric}") if known(f"metric.{metric}") else metric


def measured(
    slot: str, section: str, candidate: str, metric: str, estimate: Estimate | None, *, as_: str | None = None
) -> Measured:
    """Return the cell of `estimate` with ids `metric`, `metric.low`, `metric.high`, `metric.n`, `metric.coverage`.

    It reads as the metric `as_`, where the id's `metric` is another.
    """
    reads_as = as_ or metric
    if estimate is None:
        return Measured(value=Phrase(key="not_measured"))

    def part(suffix: str, value: float | None) -> Number | None:
        if value is None or value != value:
            return None
        return number(value, of_metric(reads_as, value), id=number_id(slot, section, candidate, metric + suffix))

    n = number(estimate.n, count(estimate.n), id=number_id(slot, section, candidate, f"{metric}.n"))
    missing = None
    if estimate.coverage < 1:
        missing = number(
            estimate.coverage,
            percent(estimate.coverage),
            id=number_id(slot, section, candidate, f"{metric}.coverage"),
        )
    value = part("", estimate.value)
    if value is None:
        reason = "not_supported" if estimate.n and "_p9" in reads_as else "not_measured"
        return Measured(value=Phrase(key=reason), n=n, coverage=missing, note=estimate.note)
    bounded = estimate.bounded
    fact = reads_as == "coverage"  # counted, not estimated: it has no interval
    return Measured(
        value=value,
        low=None if fact else part(".low", estimate.low),
        high=None if fact else part(".high", estimate.high),
        n=n,
        coverage=missing,
        note=estimate.note,
        estimated=None
        if bounded is None
        else estimated(bounded.calls, bounded.of, id=number_id(slot, section, candidate, metric)),
    )


def estimated(calls: int, of: int, *, id: str) -> Phrase:
    """Say of how many of the priced calls behind the cost `id` only a bound is known."""
    counts = {"estimated": calls, "priced": of}
    return Phrase(
        key="measured.estimated",
        args={which: number(n, count(n), id=f"{id}.{which}") for which, n in counts.items()},
    )
