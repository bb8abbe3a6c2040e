"""What samples can be sliced by, and the quality of each slice with interval and n, the worst first."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.canonical import Json
from harness.core.suites import Sample
from harness.metrics.stats import Floats, Ints
from harness.report.measures import interval_of_mean, numbered
from harness.report.numbers import Number, count, number, number_id, of_metric
from harness.report.phrases import Measured, Phrase
from harness.report.slots import SlotEvidence

NO_TAGS = frozenset(
    {
        "cluster",
        "params",
        "written",
        "documents",
        "pool",
        "conversation",
        "entry_point",
        "check",
        "answer_key",
        "spoken",
    }
)
"""Metadata that says how a sample is asked or judged, not what it is about."""
TAG_CHARACTERS = 40
"""What is longer is content."""
MOST_VALUES = 20
"""More make a tag that tells samples apart, not kinds of them."""
FEW = 10
"""Samples below which a slice has no interval."""
MOST_SLICES = 40
"""Rows of the table, the worst first."""
BETWEEN = re.compile(r"\s*[,;|，；、]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Samples that have something in common."""

    kind: str
    """`slice.task`, `slice.lang` or `slice.tag`."""
    name: tuple[str, ...]
    """Suite and task, a language, or a tag and its value."""

    @property
    def label(self) -> str:
        return "/".join(self.name) if self.kind == "slice.task" else ": ".join(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceCell:
    quality: Measured
    rough: bool
    """Too few samples for an interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceRow:
    of: Slice
    kind: Phrase
    cells: tuple[SliceCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicesView:
    rows: tuple[SliceRow, ...]
    shown: Number
    total: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    slices: tuple[Slice, ...]
    """By language and tag."""
    members: tuple[Ints, ...]
    """Of each slice the places of its samples among those of the slot."""
    inside: Mapping[int, Sequence[int]]
    """Place of a sample → which slices it is in."""


def tagged(of: SlotEvidence) -> Tagged:
    """Return what the samples of a slot can be sliced by.

    What all have in common, and what nearly each has for itself, slices nothing.
    """
    found: dict[tuple[str, str], list[int]] = {}
    have: Counter[str] = Counter()
    for place, asked in enumerate(of.samples):
        for key, values in _told(asked.sample):
            have[key] += 1
            for value in values:
                found.setdefault((key, value), []).append(place)
    differ = Counter(key for key, _ in found)
    telling = [
        (key, value)
        for key, value in sorted(found)
        if differ[key] <= MOST_VALUES and (key == "tags" or (differ[key] > 1 and 2 * differ[key] <= have[key]))
    ]
    inside: dict[int, list[int]] = {}
    for i, pair in enumerate(telling):
        for place in found[pair]:
            inside.setdefault(place, []).append(i)
    slices = tuple(
        Slice(kind="slice.lang", name=(value,)) if key == "lang" else Slice(kind="slice.tag", name=(key, value))
        for key, value in telling
    )
    members = tuple(np.array(found[pair], dtype=np.int64) for pair in telling)
    return Tagged(slices=slices, members=members, inside=inside)


def _told(sample: Sample) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each short metadatum of a sample with its values, each once."""
    for key, told in sample.metadata.items():
        if key in NO_TAGS:
            continue
        if key == "tags":
            parts = BETWEEN.split(told) if isinstance(told, str) else told if isinstance(told, list) else [told]
            values = [value for part in parts if (value := _value(part)) is not None]
        else:
            values = [value] if (value := _value(told)) is not None else []
        if values:
            yield key, tuple(dict.fromkeys(values))


def _value(told: Json) -> str | None:
    text = told.strip() if isinstance(told, str) else json.dumps(told) if isinstance(told, int | float) else ""
    return text if 0 < len(text) <= TAG_CHARACTERS else None


def drawn_clusters(of: SlotEvidence) -> Ints:
    """Return of each sample what was drawn at random: itself, or the cluster that it is of."""
    stated = [asked.sample.metadata.get("cluster") for asked in of.samples]
    return numbered(
        (asked.suite, asked.task, asked.sample.id) if cluster is None else (asked.suite, str(cluster))
        for asked, cluster in zip(of.samples, stated, strict=True)
    )


def slices(of: SlotEvidence, tags: Tagged, values: Floats, clusters: Ints) -> SlicesView | None:
    """Return the quality of each slice by candidate, the lowest mean first; None where nothing slices the samples.

    `values` [samples, candidates] are the primary scores, `clusters` [samples] what was drawn at random.
    """
    if not tags.slices:
        return None
    rows: list[tuple[bool, float, SliceRow]] = []
    for of_slice, chosen in zip(tags.slices, tags.members, strict=True):
        within, own = values[chosen], clusters[chosen]
        cells = tuple(_cell(of, of_slice, name, within[:, c], own) for c, name in enumerate(of.candidates))
        known = [float(cell.quality.value.raw) for cell in cells if isinstance(cell.quality.value, Number)]
        if known:
            row = SliceRow(of=of_slice, kind=Phrase(key=of_slice.kind), cells=cells)
            rows.append((all(cell.rough for cell in cells), sum(known) / len(known), row))
    rows.sort(key=lambda row: row[:2])
    if not rows:
        return None
    shown = tuple(row for _, _, row in rows[:MOST_SLICES])

    def counted(which: str, n: int) -> Number:
        return number(n, count(n), id=number_id(of.slot, "slices", "", which))

    return SlicesView(rows=shown, shown=counted("shown", len(shown)), total=counted("total", len(rows)))


def _cell(of: SlotEvidence, slice_: Slice, name: str, values: Floats, clusters: Ints) -> SliceCell:
    judged = ~np.isnan(values)
    x, own = values[judged], clusters[judged]
    if not len(x):
        return SliceCell(quality=Measured(value=Phrase(key="not_measured")), rough=True)
    interval, rough = None, len(x) < FEW
    if not rough and name not in of.stopped:  # for a number of samples that was not fixed before it does not hold
        interval = interval_of_mean(x, own)

    def shown(which: str, value: float | None) -> Number | None:
        if value is None:
            return None
        id = number_id(of.slot, "slices", name, slice_.kind, *slice_.name, f"quality{which}")
        return number(value, of_metric("quality", value), id=id)

    n = number_id(of.slot, "slices", name, slice_.kind, *slice_.name, "quality.n")
    quality = Measured(
        value=shown("", float(x.mean())) or Phrase(key="not_measured"),
        low=None if interval is None else shown(".low", interval.low),
        high=None if interval is None else shown(".high", interval.high),
        n=number(len(x), count(len(x)), id=n),
    )
    return SliceCell(quality=quality, rough=rough)
