"""Every number of report.html and decision.json is what the raw records of run.db say, and reads as it is rounded."""

import csv
import json
import math
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests import commands, recompute, recompute_firmness
from tests.fake_provider import Fault, Pace, context_too_long, empty, hang, raw_body, running, status
from tests.fake_provider.faults import Answer
from tests.fake_provider.truth import Exchange
from tests.recompute import Chance, Decision, Exact, Expected, Quantile
from tests.recompute_firmness import Firm
from tests.report.pages import packed_numbers

TIMEOUT_S = 240
SHOWN = 40
"""Problems that a failure lists."""

# -- the page --------------------------------------------------------------------------------------------------------


class Shown(NamedTuple):
    """One `<data value=raw id=id>text</data>`."""

    id: str
    raw: str
    text: str


VOID = frozenset({"meta", "br", "link", "img", "input", "hr"})
ACCOUNTED = frozenset({"data", "time", "code", "script", "style", "title"})
"""Elements whose digits are no stray numbers: numbers with an id, dates, digests, charts, the run's name."""


@dataclass(slots=True)
class _Element:
    tag: str
    data_id: str | None
    accounted: bool
    """Digits in it are a number with its id, foreign text, or a term of our own."""
    raw: str | None = None
    text: str = ""


class Page(HTMLParser):
    """What a report says: its numbers, its sentences with an id, its notes, its charts, and digits out of place.

    A bar of the ranking is its parts' starts and widths, then the ends of its whisker, in thousandths of a score.
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.numbers: list[Shown] = []
        self.sentences: dict[str, str] = {}
        self.notes: list[str] = []
        self.parts: set[str] = set()
        """Numbers that are said to be the least of a sum."""
        self.rough: set[str] = set()
        """Numbers that are marked as bounds, at least in part."""
        self.figures: list[dict[str, Any]] = []
        self.bars: list[list[int]] = []
        self.stages: list[list[int]] = []
        """When each stage of a cascade began and how long it took, in thousandths of the whole answer."""
        self._bar: list[int] = []
        self.strays: list[str] = []
        self._open: list[_Element] = []
        self._said = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        inside = bool(self._open) and self._open[-1].accounted
        accounted = inside or tag in ACCOUNTED or bool(classes & {"verbatim", "term"})
        place = given.get("id") or ""
        self._open.append(_Element(tag, place if "/" in place else None, accounted, given.get("value")))
        if tag == "data" and self._said.endswith("at least "):
            self.parts.add(place)
        if tag == "data" and self._said.startswith("≈ "):
            self.rough.add(place)
        self._said = self._said if tag == "span" else ""
        if tag == "script" and given.get("id") == "figures":
            self._open[-1].data_id = "figures"
        if "measured" in classes and given.get("title"):
            self.notes.append(str(given["title"]))
        if tag == "svg" and "bar" in classes:
            self._bar = []
            (self.stages if "stage" in classes else self.bars).append(self._bar)

    def handle_data(self, data: str) -> None:
        self._said += data
        for element in self._open:
            element.text += data if element.data_id is not None else ""
        if self._open and not self._open[-1].accounted and re.search(r"\d", data):
            self.strays.append(data.strip())

    def handle_endtag(self, tag: str) -> None:
        element = self._open.pop()
        assert element.tag == tag, f"<{element.tag}> is closed by </{tag}>"
        if tag == "data":
            assert element.raw is not None
            self.numbers.append(Shown(str(element.data_id), element.raw, element.text))
        elif element.data_id == "figures":
            self.figures = json.loads(element.text)
        elif element.data_id is not None:
            self.sentences[element.data_id] = element.text

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: str(value) for key, value in attrs}
        if tag == "rect" and "x" in given:
            self._bar += [int(given["x"]), int(given["width"])]
        elif given.get("class") == "whisker":
            self._bar += [int(x) for x in re.findall(r"M(\d+) 34", given["d"])]


# -- a text is its number, rounded -----------------------------------------------------------------------------------

TEXT = re.compile(r"([<>]?)([+−]?)(\$?)(\d[\d,]*(?:\.\d+)?)((?: (?:ms|s|min)|%)?)")
FACTORS: Mapping[str, Mapping[str, float]] = {
    "ms": {"$": 0, " ms": 1, " s": 1000, " min": 60_000},
    "s": {" s": 1},
    "usd": {"$": 1},
    "share": {"%": 0.01},
    "plain": {"": 1},
}
"""What a number counts → how it may be spelled."""
FINEST: Mapping[str, float] = {"ms": 0.0, "s": 0.1, "usd": 0.0, "share": 0.001, "plain": 0.01}
"""A step that is never too coarse, also where its zeros are left out; other texts have three digits that count."""


def misread(text: str, raw: float, unit: str) -> str | None:
    """Say why `text` is no faithful rounding of `raw`; None where it is."""
    if math.isinf(raw):
        return None if text == ("∞" if raw > 0 else "−∞") else f"{raw} reads {text!r}"
    match = TEXT.fullmatch(text)
    if match is None:
        return f"{text!r} cannot be read back"
    bound, sign, dollar, digits, spelled = match.groups()
    factor = FACTORS[unit].get(dollar + spelled)
    if not factor:
        return f"{text!r} is no way to write {unit}"
    value = float(digits.replace(",", "")) * factor * (-1 if sign == "−" else 1)
    step = factor * 10.0 ** -len(digits.partition(".")[2])
    if bound:  # short of all, above nothing, or under what is worth saying
        lower, upper = (min(0.0, value), max(0.0, value)) if bound == "<" or value < 0 else (value, 1.0)
        return None if lower < raw < upper or (raw == 0 and unit == "plain") else f"{raw!r} reads {text!r}"
    if sign == "+" and raw <= 0:
        return f"{raw!r} reads {text!r}"
    if abs(value - raw) > step / 2 * (1 + 1e-6) + 1e-12 * abs(raw):
        return f"{raw!r} reads {text!r}, which is off by more than half of {step:g}"
    if abs(value - raw) > FINEST[unit] / 2 + 1e-9 * abs(raw) and step > 0.0101 * abs(raw):
        return f"{raw!r} reads {text!r}, which is too coarse"
    return None


# -- decision.json ---------------------------------------------------------------------------------------------------

Tree = Any
"""Expected numbers in the shape of the document; text stands for itself, `...` for what is not a matter of numbers."""


def literal(given: Any) -> Tree:
    """The tree of a document that must come back as it is."""
    if isinstance(given, dict):
        return {key: literal(value) for key, value in given.items()}
    if isinstance(given, list):
        return [literal(value) for value in given]
    if isinstance(given, int | float) and not isinstance(given, bool):
        return Exact(value=given, tolerance=0.0)
    return given


def number(value: float | None, tolerance: float = 1e-9) -> Exact | None:
    return None if value is None else Exact(value=value, tolerance=tolerance)


def chance(decision: Decision, name: str | None) -> Chance | None:
    known = None if name is None else decision.chances.get(name)
    return None if known is None else Chance(value=known, theirs=10_000)


def estimate(of: recompute.Measure, metric: str) -> Tree:
    low, high = of.two_sided if of.value is not None else (None, None)
    return {
        "metric": metric,
        "value": number(of.value),
        "low": low,
        "high": high,
        "n": number(of.n),
        "coverage": number(of.coverage),
        "low_one_sided": of.one_sided.low,
        "high_one_sided": of.one_sided.high,
        "note": Note((*of.said, of.n)),
        "bounded": None if of.bounded is None else {"calls": number(of.bounded[0]), "of": number(of.bounded[1])},
    }


def stopped(decision: Decision, name: str) -> Tree:
    calls, price = decision.slot.called_off[name], decision.slot.measures[name]["usd_per_request"].value
    usd = None if price is None else number(price * calls)
    return {"stop": literal(decision.slot.stops[name]), "calls": number(calls), "usd": usd}


class Note(NamedTuple):
    """A text whose numbers are among these."""

    said: Sequence[float]


def expected_document(decision: Decision, run: recompute.Run) -> Tree:
    slot, rule = decision.slot, decision.rule
    names = slot.candidates
    order = [
        *decision.contenders,
        *sorted(set(names) - set(decision.contenders), key=lambda n: (-decision.scores[n], n)),
    ]
    gates = {
        name: [
            {"candidate": name, "gate": literal(gate), "status": judged.status, "value": number(judged.value),
             "bound": judged.bound, "reason": ...}
            for gate, judged in zip(rule["gates"], decision.gates[name], strict=True)
        ]
        for name in names
    }  # fmt: skip
    return {
        "slot": slot.slot,
        "rule": literal(rule),
        "rule_sha256": run.manifest["rules"][slot.slot],
        "matrix": {
            "candidates": names,
            "criteria": literal(rule["criteria"]),
            "raw": [
                [estimate(m, c["metric"]) for m, c in zip(decision.raw[name], rule["criteria"], strict=True)]
                for name in names
            ],
            "values": [[number(v) for v in decision.values[name]] for name in names],
            "weights": [number(w) for w in decision.weights],
            "contributions": [[number(v) for v in decision.contributions[name]] for name in names],
            "scores": [number(decision.scores[name]) for name in names],
            **({"combine": "geometric"} if decision.geometric else {}),
        },
        "ranking": [
            {
                "candidate": name,
                "rank": number(decision.ranks.get(name)),
                "score": number(decision.scores[name]),
                "low": decision.interval(name).low,
                "high": decision.interval(name).high,
                "p_best": chance(decision, name),
                "gates": gates[name],
            }
            for name in order
        ],
        "verdict": {
            "kind": ...,
            "winner": ...,
            "nobody": ...,
            "near_ties": ...,
            "leader": decision.leader,
            "p_best": chance(decision, decision.leader),
            "smallest_flip": None if decision.flip is None else number(decision.flip[0], 1e-6),
            "flip_to": None if decision.flip is None else decision.flip[1],
            "leave_one_out": decision.leave_one_out,
            "sentence": ...,
            "caveats": ...,
            "said": ...,
            "caveats_said": ...,
        },
        "crossovers": [
            {"criterion": c.criterion, "weight": number(c.weight), "now": number(c.now), "winner": c.winner}
            for c in decision.crossings
        ],
        "differences": [
            {
                "leader": decision.leader,
                "challenger": name,
                "metric": "quality",
                "difference": estimate(
                    recompute.Measure(value=pair.value, n=pair.n, coverage=pair.coverage, two_sided=pair.bounds,
                                      one_sided=pair.one_sided, said=pair.said), "quality"
                ),
                "p_value": number(pair.p),
                "p_holm": number(decision.holm.get(name)),
                "detectable": number(pair.detectable),
                "low_together": decision.together(name).low,
                "high_together": decision.together(name).high,
            }
            for name, pair in decision.pairs.items()
        ],
        "estimates": {
            name: {metric: estimate(of, metric) for metric, of in slot.measures[name].items()} for name in names
        },
        "samples_planned": number(len(slot.planned)),
        "samples_compared": number(len(slot.items)),
        "samples_answered": number(slot.answered),
        "seed": number(run.config["seed"]),
        "draws": number(10_000),
        "completeness": [literal(row) for row in decision.counts],
        "incomplete": [*decision.short, *sorted(set(decision.unjudged) - set(decision.short), key=order.index)],
        "incomplete_allowed": decision.allowed,
        "stopped": [stopped(decision, name) for name in slot.stops],
    }  # fmt: skip


def disagreements(expected: Tree, got: Any, path: str) -> Iterator[str]:
    """Yield where a document says something else than the tree, or a number that the tree does not know."""
    if expected is ...:
        return
    if isinstance(expected, Exact | Quantile | Chance):
        value = float(got) if isinstance(got, int | float | str) else math.nan
        if not expected.admits(value):
            yield f"{path}: {got!r}, not {expected.value!r}"
    elif isinstance(expected, Note):
        yield from (f"{path}: {x} in {got!r}" for x in unsaid(got, expected.said))
    elif isinstance(expected, dict) and isinstance(got, dict):
        for key in sorted({*expected, *got}):
            if key not in expected:
                yield f"{path}/{key}: nobody expects {got[key]!r}"
            elif key not in got and expected[key] not in (None, ...):
                yield f"{path}/{key}: is missing"
            elif key in got:
                yield from disagreements(expected[key], got[key], f"{path}/{key}")
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for i, (one, other) in enumerate(zip(expected, got, strict=True)):
            yield from disagreements(one, other, f"{path}/{i}")
    elif expected != got:
        yield f"{path}: {got!r}, not {expected!r}"


LEAST_SAMPLES = 6
"""The first n at which a sign test can reach 5%: 2 / 2^n."""
SPOKEN = re.compile(r"(?<![A-Za-z\d.])\d+(?:\.\d+)?(?:e[-+]\d+)?%?")


def unsaid(text: str, said: Iterable[float]) -> list[str]:
    """The numbers of a text that round none of `said`; `type 7` and `95%` are terms."""
    found, said = [], [float(x) for x in (*said, 7, 0.95)]
    for token in SPOKEN.findall(text):
        plain, share = token.rstrip("%"), token.endswith("%")
        mantissa, _, exponent = plain.partition("e")
        step = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2])) * (0.01 if share else 1)
        value = float(plain) * (0.01 if share else 1)
        if not any(abs(x - value) <= step / 2 * (1 + 1e-9) + 1e-12 for x in said):
            found.append(token)
    return found


def misjudged(decision: Decision, verdict: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the verdict's words, given its chances (methodology.md 1.5)."""
    limits, names = decision.rule["thresholds"], decision.slot.candidates
    measures = decision.slot.measures
    answered = {name: bool(measures[name]["coverage"].value) for name in names}
    flips = list(decision.leave_one_out.values())
    near = [name for name in verdict["near_ties"] if name != verdict.get("leader")]
    came = independent(decision)[1]
    scarce = came < LEAST_SAMPLES
    for name in decision.contenders[1:]:
        gap = decision.scores[str(decision.leader)] - decision.scores[name]
        margin = max(limits["near_tie"], decision.margin(name))
        if abs(gap - margin) > 0.1 * margin and (gap < margin) != (name in near):
            yield f"near ties: {name} is {gap:.4f} behind, and the margin is {margin:.4f}"
    if decision.short and not decision.allowed:
        kind = "incomplete"
    elif not any(answered.values()) or all(v is None for row in decision.values.values() for v in row):
        kind = "none"
    elif decision.unjudged and not decision.allowed:
        kind = "incomplete"
    elif not decision.contenders or not decision.fit:
        kind = "none"
    elif verdict.get("p_best") is None or scarce:
        kind = "none" if scarce and len(names) == 1 else "toss-up"
    else:
        clusters = decision.slot.clusters_by_task.values()
        enough = came >= limits.get("clear_clusters", 10) and min(clusters) > 1
        enough = enough and not decision.lone & set(decision.contenders)
        robust = decision.flip is None or decision.flip[0] >= limits["fragile_l1"]
        led = [decision.scores[str(decision.leader)] - decision.scores[n] for n in decision.contenders[1:]]
        reliefs = [decision.relief(n) for n in decision.contenders[1:]]
        enough = enough and all(lead - r > limits["near_tie"] for lead, r in zip(led, reliefs, strict=True) if r)
        told = {name: decision.told(name) for name in decision.contenders[1:]}
        kept = 3 * flips.count(str(decision.leader)) >= 2 * len(flips)
        sure = (
            len(names) > 1
            and not decision.short
            and not decision.unjudged
            and verdict["p_best"] >= limits["clear_p_best"]
        )
        likely = len(names) == 1 or verdict["p_best"] >= limits["lean_p_best"]
        enough = enough and not recompute_firmness.misnamed(decision)
        clear = sure and enough and robust and kept and not near and False not in told.values()
        kind = "clear" if clear else "lean" if likely else "toss-up"
        if clear and None in told.values() and verdict["kind"] == "lean":
            kind = "lean"
    if verdict["kind"] != kind:
        yield f"verdict: {verdict['kind']}, not {kind}"
    winner: str | None = None
    untested = len(names) == 1 and not decision.rule["gates"]
    proven = [n for n in decision.contenders if all(g.status == "pass" for g in decision.gates[n])]
    if untested or scarce:
        winner = None
    elif kind in ("clear", "lean"):
        winner = decision.leader if decision.leader in proven else None
    elif kind == "toss-up":
        tied = [n for n in proven if (n == decision.leader or n in near) and decision.is_fit(n)]
        cost = {n: measures[n]["usd_per_1k_requests"].value for n in names}
        priced = cost[str(decision.leader)] is not None
        known = {n: cost[n] if cost[n] is not None else math.inf for n in tied}
        winner = min(tied, key=lambda n: known[n] if priced else 0.0, default=None)
    if verdict.get("winner") != winner:
        yield f"winner: {verdict.get('winner')}, not {winner}"
    unknown = not any(answered.values()) or all(v is None for row in decision.values.values() for v in row)
    why = {
        "incomplete": kind == "incomplete",
        "none": unknown or not decision.contenders,
        "unfit": bool(decision.contenders) and not decision.fit,
        "scarce": scarce,
        "withheld": True,
    }
    nobody = next(it for it, holds in why.items() if holds) if winner is None else None
    if verdict.get("nobody") != nobody:
        yield f"nobody: {verdict.get('nobody')}, not {nobody}"


def independent(decision: Decision) -> tuple[int, int, int]:
    """Samples that came, their clusters, and how many share theirs; those asked where nothing need be judged."""
    slot = decision.slot
    came, planned = slot.came(decision.contenders), sum(slot.clusters_by_task.values())
    judges = any(criterion["metric"] == "quality" for criterion in decision.criteria)
    return came if came[1] or judges else (planned, planned, 0)


def sayable(decision: Decision, got: Mapping[str, Any]) -> list[float]:
    """What the sentences of a slot may speak of: chances, weights, scores, savings, gates, anchors, counts."""
    slot = decision.slot
    least = LEAST_SAMPLES - independent(decision)[1]
    said = [40.0, LEAST_SAMPLES, least, 0.99, len(slot.items), len(slot.weight), *decision.scores.values()]
    said += independent(decision)
    said += [sum(slot.judged(name, task) == 1 for task in slot.weight) for name in slot.candidates]
    said += [line["p_best"] for line in got["ranking"] if "p_best" in line]
    said += [x for c in decision.crossings for x in (c.weight, c.now)]
    costs = [m["usd_per_1k_requests"].value for m in slot.measures.values()]
    said += [1 - a / b for a in costs for b in costs if a is not None and b]
    said += [of["coverage"].value or 0.0 for of in slot.measures.values()]
    said += [n for name in slot.candidates for n in slot.bounded(name) or ()]
    said += [n for pairs in recompute_firmness.echoes(decision).values() for pair in pairs for n in pair]
    said += [n for row in decision.counts for n in row.values() if isinstance(n, int)]
    said += [float(e[end]) for of in got["estimates"].values() for e in of for end in ("low", "high") if end in e]
    said += [c[anchor] for c in decision.criteria for anchor in ("worst", "ideal")]
    for it in got["stopped"]:
        said += [it["calls"], it.get("usd", 0.0), *(x for x in it["stop"].values() if isinstance(x, int | float))]
    for name in slot.candidates:
        for gate, judged in zip(decision.rule["gates"], decision.gates[name], strict=True):
            given = next((e for e in got["estimates"][name] if e["metric"] == gate["metric"]), {})
            said += [gate.get("min", gate.get("max")), *([] if judged.value is None else [judged.value])]
            said += [float(given[key]) for key in ("n", "low_one_sided", "high_one_sided") if key in given]
    return [x for x in said if math.isfinite(x)]


# -- one run ---------------------------------------------------------------------------------------------------------


TOTALS = ("/spent_usd", "/billed_usd", "/machine_usd", "/cost_usd")
"""How the ids of sums of costs end."""


def check_run(folder: Path) -> Counter[str]:
    """Recompute every number of a run's report.html and decision.json from its run.db; returns how many by section.

    AssertionError lists every number that is wrong, badly rounded, or that nobody has recomputed.
    """
    run = recompute.Run(folder)
    html = (folder / "report.html").read_text(encoding="utf-8")
    page = Page(html)
    document = json.loads((folder / "decision.json").read_text(encoding="utf-8"))
    allowed = {got["slot"]: got["incomplete_allowed"] for got in document["decisions"]}
    decisions = {name: Decision(slot, allowed=allowed.get(name, False)) for name, slot in run.slots.items()}
    firm = {name: Firm(decision) for name, decision in decisions.items()}
    expected = recompute.page(run, decisions)
    expected |= {id: number for of in firm.values() for id, number in recompute_firmness.numbers(of).items()}
    problems = [*wrong_numbers(page, expected), *wrong_packed(html, expected), *wrong_document(run, firm, document)]
    problems += wrong_words(page, decisions, document)
    sums = {shown.id for shown in page.numbers if shown.id.endswith(TOTALS)}
    if (wanted := recompute.partial_sums(run) & sums) != page.parts & sums:
        problems.append(f"sums that lack a part are {sorted(wanted)}, not {sorted(page.parts & sums)}")
    if (wanted := recompute.bounded_sums(run) & sums) != page.rough & sums:
        problems.append(f"sums that hold a bound are {sorted(wanted)}, not {sorted(page.rough & sums)}")
    problems += wrong_charts(page, decisions)
    problems += wrong_bars(page, decisions, document)
    problems += [f"digits without an id: {text!r}" for text in page.strays]
    if derived_again(folder, allow_incomplete=any(allowed.values())) != document:
        problems.append("decision.json is not what deciding again from run.db gives")
    listed = "\n".join(problems[:SHOWN])
    assert not problems, f"{len(problems)} problems of {len(page.numbers)} numbers:\n{listed}"
    return Counter("/".join(shown.id.split("/")[:2]) for shown in page.numbers)


def wrong_numbers(page: Page, expected: Mapping[str, Expected]) -> Iterator[str]:
    several = Counter(shown.id for shown in page.numbers)
    yield from (f"{name}: stands there {n} times" for name, n in several.items() if n > 1)
    for shown in page.numbers:
        if (wanted := expected.get(shown.id)) is None:
            yield f"{shown.id}: {shown.raw} is not recomputed"
        elif not wanted.admits(float(shown.raw)):
            yield f"{shown.id}: {shown.raw}, not {wanted.value!r}"
        elif (why := misread(shown.text, float(shown.raw), wanted.unit)) is not None:
            yield f"{shown.id}: {why}"


def wrong_packed(html: str, expected: Mapping[str, Expected]) -> Iterator[str]:
    """Yield what is wrong with the samples that the page's script shows; what it rounds itself has no text here."""
    for shown in packed_numbers(html):
        if (wanted := expected.get(shown.id)) is None:
            yield f"{shown.id}: {shown.raw} is packed and not recomputed"
        elif not wanted.admits(float(shown.raw)):
            yield f"{shown.id}: {shown.raw} is packed, not {wanted.value!r}"
        elif shown.text and (why := misread(shown.text, float(shown.raw), wanted.unit)) is not None:
            yield f"{shown.id}: {why}, and is packed"


def wrong_document(run: recompute.Run, firm: Mapping[str, Firm], document: Any) -> Iterator[str]:
    decisions = {name: of.of for name, of in firm.items()}
    if document["run"] != run.manifest["run_id"] or document["rules_frozen"] != run.manifest["rules"]:
        yield "decision.json is of another run"
    if document["evidence_sha256"] != run.evidence_sha256:
        yield "decision.json rests on other records"
    lost = recompute.unrecorded(run)
    if (document["unrecorded"]["calls"], float(document["unrecorded"]["usd"])) != (len(lost), float(sum(lost))):
        yield f"decision.json says that {document['unrecorded']} is beside the records, and not {lost}"
    if document["incomplete"] != any(d.short or d.unjudged for d in decisions.values()):
        yield f"decision.json says that the run is {'' if document['incomplete'] else 'not '}incomplete"
    if [got["slot"] for got in document["decisions"]] != list(decisions):
        yield f"decision.json decides {[got['slot'] for got in document['decisions']]}, not {list(decisions)}"
    for got in document["decisions"]:
        decision = decisions[got["slot"]]
        by_metric = {name: {e["metric"]: e for e in of} for name, of in got["estimates"].items()}
        tree = expected_document(decision, run)
        tree["firmness"] = recompute_firmness.document(firm[got["slot"]], got["firmness"])
        yield from disagreements(tree, {**got, "estimates": by_metric}, f"decision.json/{got['slot']}")
        yield from (f"{got['slot']}: {what}" for what in misjudged(decision, got["verdict"]))


def wrong_words(page: Page, decisions: Mapping[str, Decision], document: Any) -> Iterator[str]:
    """Sentences and notes are those of decision.json, and speak of numbers that are right."""
    notes = {""}
    for got in document["decisions"]:
        decision = decisions[got["slot"]]
        said, names = sayable(decision, got), sorted(decision.slot.candidates, key=len, reverse=True)
        said += [
            abs(found["bias_ms"]) for found in decision.slot.run.manifest["calibrations"]
        ]  # nearer is no difference
        verdict = got["verdict"]
        texts = {"sentence": verdict["sentence"], **{f"caveat.{i}": text for i, text in enumerate(verdict["caveats"])}}
        for key, text in texts.items():
            if page.sentences.get(recompute.number_id(got["slot"], "verdict", "", key)) != text:
                yield f"{got['slot']}/{key}: the page does not say {text!r}"
        texts |= {f"gate {g['candidate']}": g["reason"] for line in got["ranking"] for g in line["gates"]}
        for key, text in texts.items():
            for word in (
                *names,
                *(c["metric"] for c in decision.criteria),
                *(g["metric"] for g in decision.rule["gates"]),
            ):
                text = text.replace(word, "_")
            yield from (f"{got['slot']}/{key}: {x} in {text!r}" for x in unsaid(text, said))
        notes |= {e["note"] for of in got["estimates"].values() for e in of}
        notes |= {item["difference"]["note"] for item in got["differences"]} | {"not measured"}
    yield from (f"note {note!r} is not of decision.json" for note in page.notes if note not in notes)


def wrong_charts(page: Page, decisions: Mapping[str, Decision]) -> Iterator[str]:
    """Points are quality × cost with their intervals, curves the share of calls that were as fast."""
    figures = {figure["id"]: figure for figure in page.figures}
    for i, (slot, decision) in enumerate(decisions.items(), start=1):
        points = [t for t in figures.pop(f"slot-{i}-scatter", {"data": []})["data"] if t.get("text")]
        drawn = {point["text"][0]: point for point in points}
        for name, of in decision.slot.measures.items():
            cost, quality = of["usd_per_1k_requests"], of["quality"]
            if (cost.value is None or quality.value is None) != (name not in drawn):
                yield f"{slot}/scatter: {name} is {'drawn' if name in drawn else 'not drawn'}"
            for axis, measure in (("x", cost), ("y", quality)) if name in drawn else ():
                yield from _wrong_point(f"{slot}/scatter/{name}/{axis}", drawn[name], axis, measure)
        for n, mark in enumerate(_marks(decision.slot)):
            for trace in figures.pop(f"slot-{i}-curves-{n}", {"data": []})["data"]:
                if not _is_distribution(trace, mark, decision.slot):
                    yield f"{slot}/curves: {trace['name']}'s is not that of the {mark} behind the percentiles"
    yield from (f"{key}: nobody expects this chart" for key in figures)


def _wrong_point(path: str, trace: Mapping[str, Any], axis: str, measure: recompute.Measure) -> Iterator[str]:
    (value,), error = trace[axis], trace.get(f"error_{axis}")
    if not Exact(value=measure.value or 0.0).admits(value):
        yield f"{path}: {value}, not {measure.value}"
    for key, sign, bound in (("arrayminus", -1, measure.two_sided.low), ("array", 1, measure.two_sided.high)):
        if error is not None and (bound is None or not bound.admits(value + sign * error[key][0])):
            yield f"{path}: error bar {error[key][0]}"


def _marks(slot: recompute.Slot) -> list[str]:
    """What is drawn: the first audio or token, then the end of the answer."""
    timed = {mark for mark in recompute.MARKS for c in slot.answers if math.isfinite(c.time(mark) or math.inf)}
    first = [mark for mark in ("ttfa_ms", "ttfo_ms", "ttft_ms") if mark in timed]
    return [*first[:1], *({"total_ms"} & timed)]


def _is_distribution(trace: Mapping[str, Any], mark: str, slot: recompute.Slot) -> bool:
    mine = [call for call in slot.answers if call.candidate == trace["name"] and call.finished]
    times = sorted(t for call in mine if (t := call.time(mark)) is not None)
    points = [(x, y * len(times)) for x, y in zip(trace["x"][1:-1], trace["y"][1:-1], strict=True)]
    return bool(points) and all(abs(n - round(n)) < 1e-6 and times[round(n) - 1] == x for x, n in points)


def wrong_bars(page: Page, decisions: Mapping[str, Decision], document: Any) -> Iterator[str]:
    """The ranking's bars are the contributions, end to end, and the score's interval."""
    lines = [(decisions[got["slot"]], line) for got in document["decisions"] for line in got["ranking"]]
    if len(page.bars) != len(lines):
        yield f"{len(page.bars)} bars for {len(lines)} lines"
    yield from (f"a stage's bar is {bar}" for bar in page.stages if not 0 <= bar[0] <= sum(bar) <= 1001)
    for bar, (decision, line) in zip(page.bars, lines, strict=False):
        name = line["candidate"]
        parts = [decision.scores[name]] if decision.geometric else decision.contributions[name]
        starts = [math.fsum(parts[:i]) for i in range(len(parts))]
        ends = [
            *(x for pair in zip(starts, parts, strict=True) for x in pair),
            *(line[e] for e in ("low", "high") if e in line),
        ]
        if len(bar) != len(ends) or any(abs(x - 1000 * end) > 0.5 + 1e-6 for x, end in zip(bar, ends, strict=True)):
            yield f"{decision.slot.slot}/{line['candidate']}: its bar is {bar}, not {[1000 * end for end in ends]}"


def derived_again(folder: Path, *, allow_incomplete: bool) -> Any:
    """decision.json as the pipeline makes it from a copy of run.db alone."""
    from harness import pipeline

    with tempfile.TemporaryDirectory() as parent:
        copy = Path(parent) / folder.name
        copy.mkdir()
        with (
            closing(sqlite3.connect(f"{(folder / 'run.db').absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy / "run.db")) as target,
        ):
            source.backup(target)
        pipeline.decide(copy, allow_incomplete=allow_incomplete)
        return json.loads((copy / "decision.json").read_text(encoding="utf-8"))


# -- a run against fake providers ------------------------------------------------------------------------------------

FACTS = (
    ("capital-france", "What is the capital of France?", "Paris", "capitals", "en"),
    ("capital-italy", "What is the capital of Italy?", "Rome", "capitals", "en"),
    ("capital-peru", "What is the capital of Peru?", "Lima", "capitals", "en"),
    ("capital-china", "中国的首都是哪座城市？", "北京", "capitals", "zh"),
    ("sky", "Say blue, the colour of the sky.", "blue", "colours", "en"),
    ("grass", "Say green, the colour of grass.", "green", "colours", "en"),
    ("blood", "What is the colour of blood?", "red", "colours", "en"),
    ("spider", "How many legs does a spider have?", "eight", "animals", "en"),
    ("ostrich", "Which bird is the largest?", "ostrich", "animals", "en"),
)
SUMS = tuple((f"sum-{a}-{b}", f"What is {a} plus {b}?", str(a + b), None, None) for a, b in
             ((1, 1), (2, 3), (4, 4), (5, 7), (10, 11)))  # fmt: skip
LABELS = tuple((f"label-{i}", text, label, None, None) for i, (text, label) in enumerate((
    ("I love it.", "good"), ("I hate it.", "bad"), ("Never again.", "bad"), ("Splendid!", "good"), ("Awful.", "bad"),
    ("It works.", "good"),
)))  # fmt: skip
SPOKEN_TEXTS = (
    "hello world", "hello there world", "a quiet morning by the sea", "hello", "the train leaves at noon",
    "world peace, said the hello kitty", "two birds sat on a wire", "goodbye world",
)  # fmt: skip
HEARD = ("hello world", "hello world", "a quiet train", "two birds sat on the wire at noon, by the sea")
RIGHT = {question: target for _, question, target, *_ in (*FACTS, *SUMS, *LABELS)}
SUITE = """
from harness import Suite, Task
from harness.scorers import Contains, ExactMatch, NumberMatch

SUITE = Suite(name="mixed", version=3, licence="CC0-1.0", tasks=[
    Task(name="facts", modality="text", samples="facts.jsonl", scorers=[ExactMatch(), Contains()], primary="contains"),
    Task(name="sums", modality="text", samples="sums.jsonl", scorers=[NumberMatch(tolerance=0)], primary="number_match",
         max_tokens=32),
])
"""
BAKEOFF = """
name: every-number
suites:
  - mixed
  - {name: labels, modality: text, data: labels.csv, scorer: {label_match: {labels: [good, bad]}}}
  - {name: voices, modality: tts, data: voices.csv, scorer: {word_accuracy: {language: en}}}
candidates: [steady, "quick/1", thinker, clear, mumble]
seed: 7
instruments: {transcriber: ears}
run: {timeout_s: 2, idle_timeout_s: 2, max_infra_failure_rate: 0.5, warm_up: 0}
decision:
  text:
    gates: [{metric: coverage, min: 0.8}, {metric: quality, min: 0.05}, {metric: ttfo_p50_ms, max: 3500}]
    criteria:
      quality: {metric: quality, worst: 0.1, ideal: 0.95, weight: 50}
      latency: {metric: ttfo_p50_ms, worst: 3000, ideal: 1, scale: log, weight: 20}
      tail: {metric: total_p95_ms, worst: 9000, ideal: 1, scale: log, weight: 10}
      cost: {metric: usd_per_1k_requests, worst: 1, ideal: 0.00001, scale: log, weight: 25}
      brevity: {metric: output_tokens_mean, scale: piecewise, points: [[1, 1], [4, 0.5], [40, 0]], weight: 5}
  tts:
    gates: [{metric: coverage, min: 0.5}, {metric: total_p95_ms, max: 60000}]
    thresholds: {kappa: 3}
    combine: geometric
    criteria:
      words: {metric: wer, worst: 2, ideal: 0, weight: 40}
      latency: {metric: ttfa_p50_ms, worst: 2000, ideal: 1, scale: log, weight: 30}
      cost: {metric: usd_per_1k_requests, worst: 100, ideal: 0.00001, scale: log, weight: 30}
"""


def entry(name: str, url: str, model: str, **sections: Any) -> dict[str, Any]:
    return {"model_name": name, "litellm_params": {"model": f"openai/{model}", "api_base": url}, **sections}


def truncated() -> Fault:
    """Every token was spent on thought."""
    thought = {"id": "1", "model": "m", "choices": [{"index": 0, "delta": {"reasoning_content": "Let me see. "}}]}
    length = {"id": "1", "model": "m", "choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]}
    events = [f"data: {json.dumps(event)}\n\n" for event in (thought, length)]
    return raw_body("".join([*events, "data: [DONE]\n\n"]).encode(), content_type="text/event-stream")


def write_data(folder: Path) -> None:
    suite = folder / "tasks" / "mixed"
    suite.mkdir(parents=True)
    (suite / "suite.py").write_text(SUITE, encoding="utf-8")
    (folder / "bakeoff.yaml").write_text(BAKEOFF, encoding="utf-8")
    for name, rows in (("facts", FACTS), ("sums", SUMS)):
        documents = (
            {"id": id, "input": question, "target": target,
             "metadata": {key: x for key, x in (("cluster", cluster), ("lang", lang)) if x is not None}}
            for id, question, target, cluster, lang in rows
        )  # fmt: skip
        lines = (json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
        (suite / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    voices = [(f"line-{i}", text) for i, text in enumerate(SPOKEN_TEXTS)]
    for name, header, rows in (
        ("labels", ("id", "input", "target"), [row[:3] for row in LABELS]),
        ("voices", ("id", "input"), voices),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])


def where_spoken(faults: Mapping[str, Fault]) -> Fault:
    """What a voice does with these texts, each time that they are asked for; others it speaks."""

    async def fault(exchange: Exchange, answer: Answer) -> None:
        found = faults.get(exchange.served.body["input"])
        await (found(exchange, answer) if found else answer(exchange))

    return fault


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of three text models and two voices, with failures of every kind; its folder."""
    folder = tmp_path_factory.mktemp("every-number")
    write_data(folder)
    half = {q: (a if i % 2 else "I am not sure") for i, (q, a) in enumerate(RIGHT.items())}
    wordy = {**RIGHT, "Which bird is the largest?": "The ostrich. " * 300, "Splendid!": "I cannot say"}
    hiccup, refused = status(500), status(400)
    with ExitStack() as stack:
        start = stack.enter_context
        steady = start(running(answers=wordy, pace=Pace(first_s=0.02), faults=[None, hang()]))
        quick = start(running(answers=half, faults=[
            None, hiccup, None, context_too_long(), empty(), empty(), None, truncated(), refused,
        ]))  # fmt: skip
        thinker = start(running(pace=Pace(first_s=0.01, gap_s=0.01), faults=[None, None, refused]))
        clear = start(running(pace=Pace(first_s=0.02, gap_s=0.01)))
        mumble = start(running(
            faults=[None, hiccup], always=where_spoken({SPOKEN_TEXTS[-1]: empty(), SPOKEN_TEXTS[-2]: refused})
        ))  # fmt: skip
        ears = start(running(faults=[raw_body(json.dumps({"text": HEARD[i % 4]}).encode()) for i in range(20)]))
        tokens = {"input_cost_per_token": 1.5e-7, "output_cost_per_token": 6e-7}
        one, machine = {"max_in_flight": 1}, {"usd_per_hour": 0.1, "utilisation": 0.4}
        listening, speaking = {"mode": "audio_transcription"}, {"mode": "audio_speech"}
        models = [
            entry("steady", steady.url, "key", bakeoff={**one, **machine}),
            entry("quick/1", quick.url, "key", model_info={"mode": "chat", **tokens}, bakeoff=one),
            entry("thinker", thinker.url, "reason", model_info={"mode": "chat", **tokens}, bakeoff=one),
            entry("clear", clear.url, "v", model_info={**speaking, "input_cost_per_character": 1.5e-5}, bakeoff=one),
            entry("mumble", mumble.url, "v", model_info=speaking, bakeoff={**one, "usd_per_hour": 0.1}),
            entry("ears", ears.url, "w", model_info={**listening, "input_cost_per_second": 1e-4}),
        ]
        (folder / "providers.yaml").write_text(json.dumps({"model_list": models}), encoding="utf-8")
        clean = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")}
        done = commands.bakeoff("run", cwd=folder, env=clean, timeout=TIMEOUT_S)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    (made,) = (folder / "reports").iterdir()
    return made


SECTIONS = {"verdict", "ranking", "gates", "matrix", "weights", "firmness", "differences", "latency", "measures",
            "cost", "tasks", "calls", "bad", "samples", "method"}  # fmt: skip


def test_every_number_of_a_run_is_recomputed(live: Path) -> None:
    counted = check_run(live)
    wanted = {f"{slot}/{section}" for slot in ("text", "tts") for section in SECTIONS}
    wanted |= {
        f"run/{section}" for section in ("summary", "suites", "prices", "cost", "instruments", "forecast", "settings")
    }
    wanted |= {"text/confusion", "text/slices"}
    assert set(counted) == wanted


def test_the_run_has_failures_of_every_kind(live: Path) -> None:
    """Else the test above would show little."""
    calls = recompute.Run(live).of("answer")
    faults = {(call.candidate, call.row["kind"]) for call in calls if call.fault is not None}
    assert {
        ("steady", "timeout"), ("quick/1", "context_too_long"), ("quick/1", "empty"), ("quick/1", "truncated"),
        ("quick/1", "bad_request"), ("thinker", "bad_request"), ("mumble", "empty"), ("mumble", "bad_request"),
    } <= faults  # fmt: skip
    assert any(call.attempts > 1 and call.ok for call in calls)


# -- a store with everything in it -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Widening:
    """How a run is made larger and stranger than a test could pay for."""

    samples: int = 1
    """So many of each."""
    epochs: int = 1
    clusters: bool = True
    bias_ms: float | None = None
    """How far the clock was off; None: as it was when the run was made."""
    seed: int = 0


def widened(run: Path, folder: Path, how: Widening) -> Path:
    """Copy a run's store, its samples and answers many times over, each a little different and some of them lost."""
    folder.mkdir()
    rng = random.Random(how.seed)
    with (
        closing(sqlite3.connect(f"{(run / 'run.db').absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(folder / "run.db")) as db,
    ):
        source.backup(db)
        db.row_factory = sqlite3.Row
        _widen_manifest(db, how)
        plans = [dict(row) for row in db.execute("SELECT * FROM plan WHERE role = 'answer'")]
        samples = {row["id"]: dict(row) for row in db.execute("SELECT * FROM sample")}
        (most,) = db.execute("SELECT max(id) FROM plan").fetchone()
        fresh = iter(range(most + 1, 10**6))
        for copy in range(how.samples):
            places = {id: _copy_sample(db, sample, copy, how) for id, sample in samples.items()}
            for epoch in range(how.epochs):
                for plan in plans if copy or epoch else ():
                    given = {
                        "id": next(fresh),
                        "key": f"{plan['key']}-{copy}-{epoch}",
                        "sample": places[plan["sample"]],
                    }
                    _copy_row(db, "plan", plan, given | {"epoch": epoch})
                    for table in ("call", "attempt", "score"):
                        for row in db.execute(f"SELECT * FROM {table} WHERE plan = ?", (plan["id"],)).fetchall():
                            _copy_row(db, table, dict(row), {"plan": given["id"]})
        db.execute("INSERT INTO scorer VALUES (99, 'dnsmos', 'dnsmos@1()')")
        for (plan,) in db.execute("SELECT plan FROM call JOIN plan ON plan.id = plan WHERE role = 'answer'").fetchall():
            _disturb(db, plan, rng)
        first = "SELECT min(plan) FROM call JOIN plan ON plan.id = plan WHERE role = 'instrument' AND cost_usd > 0"
        lost = "state = 'failed', fault = 'infra', kind = 'timeout', message = 'late', text = NULL, numbers = NULL"
        assert db.execute(f"UPDATE call SET {lost} WHERE plan = ({first})").rowcount == 1, "billed all the same"
        db.commit()
    return folder


def _widen_manifest(db: sqlite3.Connection, how: Widening) -> None:
    manifest = json.loads(db.execute("SELECT manifest FROM run").fetchone()[0])
    for suite in manifest["config"]["suites"]:
        for task in suite["tasks"]:
            task["n"] *= how.samples
    for calibration in manifest["calibrations"]:
        calibration["bias_ms"] = calibration["bias_ms"] if how.bias_ms is None else how.bias_ms
    db.execute("UPDATE run SET manifest = ?", (json.dumps(manifest),))


def _copy_sample(db: sqlite3.Connection, sample: Mapping[str, Any], copy: int, how: Widening) -> int:
    document = json.loads(sample["document"])
    metadata = document.setdefault("metadata", {})
    if not how.clusters:
        metadata.pop("cluster", None)
    elif "cluster" in metadata:
        metadata["cluster"] += f" {copy // 2}"
    text = json.dumps(document)
    if not copy:
        db.execute("UPDATE sample SET document = ? WHERE id = ?", (text, sample["id"]))
        return int(sample["id"])
    given = {"id": None, "name": f"{sample['name']} ({copy})", "document": text}
    return int(_copy_row(db, "sample", sample, given))


def _copy_row(db: sqlite3.Connection, table: str, row: Mapping[str, Any], given: Mapping[str, Any]) -> int:
    values = {**row, **given}
    marks = ", ".join("?" * len(values))
    cursor = db.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))
    return cursor.lastrowid or 0


def _disturb(db: sqlite3.Connection, plan: int, rng: random.Random) -> None:
    """Change the times; lose some answers, time some badly, leave some unjudged, let a MOS predictor hear the clips."""
    pace, luck = rng.lognormvariate(1, 1), rng.random()
    times = ", ".join(f"{mark} = {mark} * {pace}" for mark in ("ttft_ms", "ttfo_ms", "ttfa_ms", "total_ms"))
    db.execute(f"UPDATE call SET {times}, marks_valid = {int(rng.random() > 0.05)} WHERE plan = ?", (plan,))
    if luck < 0.03:
        db.execute("DELETE FROM score WHERE plan = ?", (plan,))
        db.execute("DELETE FROM call WHERE plan = ?", (plan,))
        if luck < 0.02:  # killed while it was asked again
            state, held = ("intent", "0.5") if luck < 0.01 else ("pending", None)
            columns = "plan, state, visit, attempt, held_usd, sunk_usd"
            db.execute(f"INSERT INTO call ({columns}) VALUES (?, ?, 2, 1, ?, '0.25')", (plan, state, held))
    elif luck < 0.06:
        lost = "state = 'failed', fault = 'infra', kind = 'timeout', message = 'late', text = NULL, audio = NULL"
        lost += ", cost_usd = NULL, cost_source = 'unpriced'"
        db.execute("DELETE FROM score WHERE plan = ?", (plan,))
        db.execute(f"UPDATE call SET {lost} WHERE plan = ?", (plan,))
    elif luck < 0.09:
        failed = "state = 'done', fault = 'candidate', kind = 'empty', message = 'nothing', text = NULL, audio = NULL"
        db.execute("DELETE FROM score WHERE plan = ?", (plan,))
        db.execute(f"UPDATE call SET {failed} WHERE plan = ?", (plan,))
    elif luck < 0.15:
        db.execute("UPDATE call SET cost_source = 'estimated' WHERE plan = ? AND cost_usd IS NOT NULL", (plan,))
    elif luck < 0.18:
        db.execute("UPDATE call SET finish_reason = 'length' WHERE plan = ? AND fault IS NULL", (plan,))
    elif luck < 0.21:
        db.execute("UPDATE score SET value = NULL, detail = NULL WHERE plan = ?", (plan,))
    if db.execute("SELECT 1 FROM call WHERE plan = ? AND audio IS NOT NULL", (plan,)).fetchone():
        heard = {key: rng.uniform(1, 5) for key in ("ovrl", "sig", "bak")}
        row = (plan, 99, (heard["ovrl"] - 1) / 4, "", json.dumps(heard))
        db.execute("INSERT INTO score VALUES (?, ?, ?, ?, ?)", row)


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(Widening(samples=5, clusters=False, seed=1), id="many samples, each on its own"),
        pytest.param(Widening(samples=2, epochs=2, bias_ms=25.0, seed=2), id="clusters, epochs, a clock that was off"),
    ],
)
def test_every_number_of_a_larger_store_is_recomputed(live: Path, tmp_path: Path, how: Widening) -> None:
    from harness import pipeline

    folder = widened(live, tmp_path / live.name, how)
    for allow_incomplete in (False, True):
        decisions = pipeline.decide(folder, allow_incomplete=allow_incomplete)
        assert any(decision.incomplete for decision in decisions)
        pipeline.report(folder)
        check_run(folder)


def test_a_number_that_is_wrong_or_badly_rounded_is_found(live: Path) -> None:
    """What is exact: one part in a million too much is found, and so is a text whose last digit is off by one."""
    run = recompute.Run(live)
    decisions = {name: Decision(slot) for name, slot in run.slots.items()}
    expected, page = recompute.page(run, decisions), Page((live / "report.html").read_text(encoding="utf-8"))
    for decision in decisions.values():
        expected |= recompute_firmness.numbers(Firm(decision))
    for shown in page.numbers:
        wanted, raw = expected[shown.id], float(shown.raw)
        if isinstance(wanted, Exact) and wanted.tolerance < 1e-6:
            assert not wanted.admits(raw + 1e-6 * max(1.0, abs(raw))), shown
        last = max(i for i, letter in enumerate(shown.text) if letter.isdigit())
        wrong = shown.text[:last] + str((int(shown.text[last]) + 2) % 10) + shown.text[last + 1 :]
        if not shown.text.startswith(("<", ">")):
            assert misread(wrong, raw, wanted.unit), (shown, wrong)


@pytest.mark.engines
@pytest.mark.timeout(900)
def test_every_number_of_the_demo_is_recomputed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "harness.cli", "demo", "--limit", "1", "--runs", str(tmp_path)],
        text=True, encoding="utf-8", capture_output=True, timeout=800,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stdout + done.stderr
    (made,) = tmp_path.iterdir()
    check_run(made)
    run = recompute.Run(made)
    said = run.manifest["foreseen"][0]
    calls = sum(call.role in ("answer", "instrument") for call in run.calls)
    assert said["calls"]["low"] <= calls <= said["calls"]["high"]
    assert said["minutes"]["low"] <= recompute.sending_minutes(run) <= said["minutes"]["high"]
