"""The figures of a page computed again from evidence and decisions, by other code than the page's own."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import fields
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
from scipy import stats

from harness.core.calls import Failure, Output, Record, Usage
from harness.core.decision import Decision
from harness.core.estimates import Estimate
from harness.report.evidence import Evidence
from tests.recompute import slices

Figures = Iterator[tuple[str, float | Decimal | None]]


def figures(evidence: Evidence, decisions: Sequence[Decision]) -> dict[str, float | Decimal]:
    """Return every figure that a page of this evidence may show, by id."""
    found: dict[str, float | Decimal] = {}
    parts = [run_figures(evidence)]
    for decision in decisions:
        parts += [decision_figures(decision), record_figures(evidence, decision)]
    for part in parts:
        for key, value in part:
            if value is not None:
                assert found.setdefault(key, value) == value, key
    return found


def at(*parts: str) -> str:
    """Return an id; parts of the last level are joined by colons."""
    head, tail = parts[:3], parts[3:]
    return "/".join([*(quote(p, safe="") for p in head), ":".join(quote(p, safe="") for p in tail)])


def estimate_figures(slot: str, section: str, name: str, metric: str, e: Estimate) -> Figures:
    yield at(slot, section, name, metric), e.value
    yield at(slot, section, name, f"{metric}.low"), e.low
    yield at(slot, section, name, f"{metric}.high"), e.high
    yield at(slot, section, name, f"{metric}.n"), e.n
    yield at(slot, section, name, f"{metric}.coverage"), e.coverage


def decision_figures(d: Decision) -> Figures:
    slot, matrix = d.slot, d.matrix
    for name, estimates in d.estimates.items():
        for e in estimates:
            for section in ("verdict", "latency", "measures", "cost"):
                yield from estimate_figures(slot, section, name, e.metric, e)
    for line in d.ranking:
        for section in ("verdict", "ranking"):
            yield at(slot, section, line.candidate, "score"), line.score
            yield at(slot, section, line.candidate, "score.low"), line.low
            yield at(slot, section, line.candidate, "score.high"), line.high
            yield at(slot, section, line.candidate, "p_best"), line.p_best
        yield at(slot, "ranking", line.candidate, "rank"), line.rank
        for result in line.gates:
            i = d.rule.gates.index(result.gate)
            yield at(slot, "gates", line.candidate, f"{i}.value"), result.value
            yield at(slot, "gates", line.candidate, f"{i}.bound"), result.bound
    for i, gate in enumerate(d.rule.gates):
        yield at(slot, "gates", "all", f"{i}.limit"), gate.max if gate.min is None else gate.min
    total = sum(c.weight for c in d.rule.criteria)
    for j, c in enumerate(matrix.criteria):
        assert math.isclose(matrix.weights[j], c.weight / total)
        yield at(slot, "matrix", "all", f"{c.name}.weight"), matrix.weights[j]
        yield at(slot, "weights", "all", f"{c.name}.weight"), matrix.weights[j]
        yield at(slot, "weights", "all", f"{c.name}.worst"), c.worst
        yield at(slot, "weights", "all", f"{c.name}.ideal"), c.ideal
        for i, name in enumerate(matrix.candidates):
            yield from estimate_figures(slot, "matrix", name, f"{c.name}.raw", matrix.raw[i][j])
            yield at(slot, "matrix", name, f"{c.name}.value"), matrix.values[i][j]
            yield at(slot, "matrix", name, f"{c.name}.contribution"), matrix.contributions[i][j]
    for i, name in enumerate(matrix.candidates):
        yield at(slot, "matrix", name, "score"), matrix.scores[i]
    for i, x in enumerate(d.crossovers):
        for section in ("verdict", "weights"):
            yield at(slot, section, x.winner, f"crossover.{i}.weight"), x.weight
            yield at(slot, section, x.winner, f"crossover.{i}.now"), x.now
    yield at(slot, "verdict", str(d.verdict.flip_to), "smallest_flip"), (d.verdict.smallest_flip or 0.0) / 2
    ranked = [line.candidate for line in d.ranking if line.rank is not None]
    if len(ranked) > 1:
        a, b = (matrix.candidates.index(name) for name in ranked[:2])
        yield at(slot, "verdict", ranked[1], "lead.score"), matrix.scores[a] - matrix.scores[b]
        for j, c in enumerate(matrix.criteria):
            one, other = matrix.contributions[a][j], matrix.contributions[b][j]
            ratio = math.log(matrix.scores[a] / matrix.scores[b]) if matrix.combine else 0.0
            gap = (matrix.scores[a] - matrix.scores[b]) * math.log(one / other) / ratio if ratio else one - other
            yield at(slot, "verdict", ranked[1], f"lead.part.{c.name}"), gap
            now, lower = matrix.raw[a][j], c.ideal < c.worst
            value, weight = matrix.values[a][j], matrix.weights[j]
            if weight and value is not None and c.scale != "piecewise":
                ahead = matrix.scores[a] - matrix.scores[b]
                share = (matrix.scores[b] / matrix.scores[a]) ** (1 / weight)
                level = max(value, 0.01) * share if matrix.combine else value - ahead / weight
                way = (c.ideal / c.worst) ** level if c.scale == "log" else 0.0
                limit = c.worst * way if way else c.worst + level * (c.ideal - c.worst)
                ends = [g.max if lower else g.min for g in d.rule.gates if g.metric == c.metric]
                if level > (0.01 if matrix.combine else 0):
                    ends.append(limit * (1 + (1e-9 if (limit > 0) == lower else -1e-9)))
                elif c.metric == "quality":
                    ends.append(c.worst)
                reached = [end for end in ends if end is not None]
                if reached:
                    end = min(reached) if lower else max(reached)
                    yield at(slot, "verdict", ranked[0], f"breakeven.{c.name}"), outwards(c.metric, end, lower)
                    yield at(slot, "verdict", ranked[0], f"breakeven.{c.name}.now"), now.value
        for e in (p.difference for p in d.differences if p.challenger == ranked[1]):
            for key, value in (("quality", e.value), ("quality.low", e.low), ("quality.high", e.high)):
                yield at(slot, "verdict", ranked[1], f"lead.{key}"), value
    for p in d.differences:
        e = p.difference
        for key, value in (
            ("difference", e.value),
            ("low", e.low),
            ("high", e.high),
            ("n", e.n),
            ("p", p.p_value),
            ("p_holm", p.p_holm),
            ("low_together", p.low_together),
            ("high_together", p.high_together),
            (
                "detectable",
                p.detectable
                if e.low is not None and e.high is not None and e.low <= 0 <= e.high and (p.detectable or 0) < 1
                else None,
            ),
        ):
            yield at(slot, "differences", p.challenger, f"{p.metric}.{key}"), value
    yield from firmness_figures(d)
    yield from profile_figures(d)
    for key in ("samples_planned", "samples_compared", "samples_answered", "draws", "seed"):
        yield at(slot, "method", "all", key), getattr(d, key)


def profile_figures(d: Decision) -> Figures:
    """Each profile's weights, and its scores and ranks of those who compete; and what each costs the unhappiest."""
    slot, scores = d.slot, {}
    if d.rule.weighing is not None:
        yield at(slot, "weights", "all", "consistency_ratio"), d.rule.weighing.consistency_ratio
    competing = [line.candidate for line in d.ranking if line.rank is not None]
    for profile in d.rule.profiles or ():
        yield at(slot, "profiles", "all", f"{profile.name}.consistency_ratio"), profile.weighing.consistency_ratio
        for criterion, weight in zip(d.rule.criteria, profile.weights, strict=True):
            yield at(slot, "profiles", "all", f"{profile.name}.{criterion.name}"), weight
        values = {name: d.matrix.values[d.matrix.candidates.index(name)] for name in competing}
        of = {name: math.fsum(w * (v or 0.0) for w, v in zip(profile.weights, values[name], strict=True))
              for name in competing}  # fmt: skip
        scores[profile.name] = of
        for name, score in of.items():
            yield at(slot, "profiles", name, f"{profile.name}.score"), score
            better = sum(other > score + 1e-9 for other in of.values())
            yield at(slot, "profiles", name, f"{profile.name}.rank"), 1 + better
    for name in competing if scores else ():
        yield at(slot, "profiles", name, "regret"), max(max(of.values()) - of[name] for of in scores.values())


def firmness_figures(d: Decision) -> Figures:
    slot, firm = d.slot, d.firmness
    for what, leads in (("criteria", d.verdict.leave_one_out), ("suites", firm.without_suite)):
        yield at(slot, "firmness", "all", f"{what}.kept"), list(leads.values()).count(str(d.verdict.leader))
        yield at(slot, "firmness", "all", f"{what}.of"), len(leads)
    opinions = firm.agreement.opinions
    yield at(slot, "firmness", "all", "methods.same"), sum(o.leader == d.verdict.leader for o in opinions)
    yield at(slot, "firmness", "all", "methods.of"), len(opinions)
    for o in opinions:
        yield at(slot, "firmness", "all", o.method, "tau"), o.tau
        yield at(slot, "firmness", "all", o.method, "reversals"), len({(r.ahead, r.behind) for r in o.reversals})
    for line in firm.acceptance:
        first, second, *lower = line.ranks
        shares = {"first": first, "second": second, "lower": sum(lower), "any_weights": line.any_weights}
        shares |= {f"central.{c.name}": w for c, w in zip(d.matrix.criteria, line.central or (), strict=False)}
        for key, share in shares.items():
            yield at(slot, "firmness", line.candidate, key), share
    for it in firm.domination:
        yield at(slot, "firmness", it.candidate, "dominated"), it.chance
    for name, amount in firm.flips.items():
        yield at(slot, "firmness", name, "flip"), amount / 2
    for advice in firm.separation.advice:
        prices = [more.usd for more in advice.more]
        for section in ("verdict", "firmness"):
            yield at(slot, section, advice.challenger, "more.samples"), sum(more.samples for more in advice.more)
            yield at(slot, section, advice.challenger, "more.usd"), None if None in prices else sum(prices)  # type: ignore[arg-type]


def table_of(evidence: Evidence, slot: str) -> pd.DataFrame:
    """Return one row an answer of the slot."""
    config: Any = evidence.manifest.config
    tasks = {(s["name"], t["name"]): t for s in config["suites"] for t in s["tasks"] if t["slot"] == slot}
    asked = {(a.suite, a.task, a.sample.id): a.sample for a in evidence.samples}
    said = {(j.key, j.scorer): j for j in evidence.judgements}
    rows = []
    for role, records in evidence.records.items():
        for r in records if role == "answer" else ():
            task = tasks.get((r.call.suite, r.call.task))
            if task is None:
                continue
            sample = asked[r.call.suite, r.call.task, r.call.sample]
            judged = said.get((r.call.key, task["primary"]))
            value = math.nan if judged is None or judged.value is None else judged.value
            if isinstance(r.outcome, Failure):
                value = 0.0 if r.outcome.fault == "candidate" else math.nan
            rows.append(
                {
                    "candidate": r.call.candidate,
                    "suite": r.call.suite,
                    "task": r.call.task,
                    "sample": r.call.sample,
                    "epoch": r.call.epoch,
                    "cluster": sample.metadata.get("cluster", r.call.sample),
                    "own": f"{r.call.suite} {sample.metadata.get('cluster', f'{r.call.task}/{r.call.sample}')}",
                    "lang": sample.metadata.get("lang"),
                    "primary": task["primary"],
                    "value": value,
                    "record": r,
                }
            )
    columns = ["candidate", "suite", "task", "sample", "epoch", "cluster", "own", "lang", "primary", "value", "record"]
    return pd.DataFrame(rows, columns=columns)


def record_figures(evidence: Evidence, d: Decision) -> Figures:
    slot, table = d.slot, table_of(evidence, d.slot)
    readings: dict[str, list[Record]] = defaultdict(list)
    for r in evidence.records.get("instrument", ()):  # type: ignore[call-overload]  # a StrEnum is its own string
        readings[r.call.measures].append(r)
    judged = defaultdict(list)
    for j in evidence.judgements:
        judged[j.key].append(j)
    for row in table.itertuples():
        yield from answer_figures(slot, row, judged, readings)
    groups = table.groupby(["candidate", "suite", "task", "primary"], sort=False)
    for key, group in groups:
        name, suite, task, primary = (str(part) for part in key)
        measured = group.dropna(subset=["value"])
        if measured.empty:
            continue
        by_sample = measured.groupby("sample").agg(value=("value", "mean"), cluster=("cluster", "first"))
        mean, n = float(by_sample.value.mean()), len(by_sample)
        yield at(slot, "tasks", name, suite, task, primary), mean
        yield at(slot, "tasks", name, suite, task, f"{primary}.n"), n
        low, high = bounds_of(by_sample, mean)
        yield at(slot, "tasks", name, suite, task, f"{primary}.low"), low
        yield at(slot, "tasks", name, suite, task, f"{primary}.high"), high
    yield from count_figures(evidence, slot, table)


def answer_figures(slot: str, row: Any, judged: Any, readings: Any) -> Figures:
    r, where = row.record, (row.suite, row.task, row.sample, str(row.epoch))

    def here(metric: str) -> str:
        return at(slot, "samples", row.candidate, *where, metric)

    yield at(slot, "samples", "all", *where, "epoch"), row.epoch + 1
    yield here("chip"), None if math.isnan(row.value) else row.value
    for mark in ("ttfa_ms", "ttfo_ms", "ttft_ms", "total_ms"):
        yield here(mark), getattr(r.marks, mark)
    yield here("cost_usd"), r.cost_usd
    yield here("attempts"), len(r.attempts)
    if isinstance(r.outcome, Output) and r.outcome.audio is not None:
        yield here("audio_seconds"), r.outcome.audio.seconds
    text = r.outcome.text if isinstance(r.outcome, Output) else r.outcome.partial
    yield here("cut_characters"), len(text or "") - 3000
    for j in judged[r.call.key]:
        yield here(f"score.{j.scorer}"), j.value
        for key, value in j.detail.items():
            yield here(f"detail.{j.scorer}.{key}"), value
    for reading in readings[r.call.key]:
        for key, value in getattr(reading.outcome, "values", {}).items():
            yield here(f"{reading.call.instrument}.{key}"), value


def count_figures(evidence: Evidence, slot: str, table: pd.DataFrame) -> Figures:
    config: Any = evidence.manifest.config
    configured = {c["name"]: c for c in config["candidates"]}
    places = {(s["name"], t["name"]) for s in config["suites"] for t in s["tasks"] if t["slot"] == slot}
    waiting = [c for c in evidence.pending if c.role == "answer" and (c.suite, c.task) in places]
    names = [*configured, *table.candidate.unique()]
    sliced = dict(slices({
        (a.suite, a.task, a.sample.id): a.sample.metadata
        for a in evidence.samples if (a.suite, a.task) in places
    }))  # fmt: skip
    lost = [isinstance(r.outcome, Failure) and r.outcome.fault in ("infra", "harness") for r in table.record]
    yield at(slot, "verdict", "all", "errors"), sum(lost)
    yield at(slot, "verdict", "all", "calls"), len(lost) + len(waiting)
    for name in names:
        mine = table[table.candidate == name]
        records: list[Record] = list(mine.record)
        failures = [r.outcome for r in records if isinstance(r.outcome, Failure)]
        pending = sum(c.candidate == name for c in waiting)
        counts: dict[str, int] = {
            "planned": len(records) + pending,
            "excluded": 0,
            "answered": len(records) - len(failures),
            "cut": sum(getattr(r.outcome, "finish_reason", None) == "length" for r in records),
            "pending": pending,
            "unscored": sum(
                math.isnan(v) and isinstance(r.outcome, Output) for v, r in zip(mine.value, mine.record, strict=True)
            ),
            "retried": sum(len(r.attempts) > 1 for r in records),
            "untimed": sum(not r.marks.valid for r in records),
        }
        for fault in ("candidate", "infra", "harness"):
            counts[f"{fault}_faults"] = sum(f.fault == fault for f in failures)
        for kind in {f.kind for f in failures}:
            counts[f"kind.{kind}"] = sum(f.kind == kind for f in failures)
        if suspect := sum(r.usage.source == "suspect" for r in records):
            counts["suspect_usage"] = suspect
        for key, count in counts.items():
            yield at(slot, "calls", name, key), count
        asked = configured.get(name, {}).get("model", "").rpartition("/")[2]
        for model in {r.outcome.model for r in records if isinstance(r.outcome, Output)} - {None}:
            if asked and asked not in model:  # test data has no subtler names
                yield (
                    at(slot, "calls", name, "other_model", model),
                    sum(getattr(r.outcome, "model", None) == model for r in records),
                )
        for source in {r.cost_source for r in records}:
            yield at(slot, "cost", name, f"source.{source}"), sum(r.cost_source == source for r in records)
        yield from spent_figures(at(slot, "cost", name, "spent_usd"), records)
        for meter in (f.name for f in fields(Usage)):
            read = [getattr(r.usage, meter) for r in records if getattr(r.usage, meter) is not None]
            if meter != "source" and read:
                yield at(slot, "cost", name, f"meter.{meter}"), sum(read)
        yield from unit_figures(at(slot, "cost", name, "unit"), records)
        machine = configured.get(name, {}).get("machine")
        paid: dict[str, Decimal] = defaultdict(Decimal)
        for r in records:
            prices = configured.get(name, {}).get("prices", {}).get("usd", {})
            lines = {
                "input": (r.usage.input_tokens or 0) * Decimal(prices.get("input_cost_per_token", 0)),
                "output": (r.usage.output_tokens or 0) * Decimal(prices.get("output_cost_per_token", 0)),
            }
            told = lines if sum(lines.values()) == r.cost_usd else {"whole": r.cost_usd or Decimal(0)}
            for part, dollars in ({"machine": r.cost_usd or Decimal(0)} if machine else told).items():
                paid[part] += dollars
        keys = {r.call.key for r in records}
        found = [r for rs in evidence.records.values() for r in rs if r.call.role == "instrument"]
        instruments = [r for r in found if r.call.measures in keys]
        paid["instruments"] = sum((r.cost_usd or Decimal(0) for r in instruments), Decimal(0))
        for part, dollars in paid.items():
            yield at(slot, "cost", name, f"part.{part}"), dollars
        if machine:
            for section in (slot, "run"):
                yield at(section, "cost", name, "usd_per_hour"), Decimal(machine["usd_per_hour"])
                yield at(section, "cost", name, "utilisation"), Decimal(machine["utilisation"])
        judged = mine.dropna(subset=["value"])
        groups = {("slice.task", suite, task): group for (suite, task), group in judged.groupby(["suite", "task"])}
        for key, places in sliced.items():
            inside = [place in places for place in zip(judged.suite, judged.task, judged["sample"], strict=True)]
            groups[key] = judged.loc[np.array(inside, dtype=bool)]
            yield from slice_figures(slot, name, key, groups[key])
        for key, group in groups.items():
            yield at(slot, "bad", name, *key, "bad"), int((group.value < 0.5).sum())
            yield at(slot, "bad", name, *key, "n"), len(group)
    cases = table.groupby(["suite", "task", "sample", "epoch"]).value.agg(["min", "max", "count", "size"])
    for key, n in {
        "total": len(cases), "answers": len(table), "texts": len(table), "filter.all": len(cases),
        "filter.failures": int((cases["min"] < 0.5).sum()),
        "filter.different": int((cases["max"] - cases["min"] >= 0.25).sum()),
        "filter.errors": int((cases["count"] < cases["size"]).sum()),
    }.items():  # fmt: skip
        yield at(slot, "samples", "all", key), n
    yield at(slot, "slices", "all", "shown"), min(40, len(sliced))
    yield at(slot, "slices", "all", "total"), len(sliced)


def slice_figures(slot: str, name: str, key: tuple[str, ...], judged: pd.DataFrame) -> Figures:
    if judged.empty:
        return
    by_sample = judged.groupby(["suite", "task", "sample"]).agg(value=("value", "mean"), cluster=("own", "first"))
    mean, n = float(by_sample.value.mean()), len(by_sample)
    yield at(slot, "slices", name, *key, "quality"), mean
    yield at(slot, "slices", name, *key, "quality.n"), n
    if n >= 10:
        low, high = bounds_of(by_sample, mean)
        yield at(slot, "slices", name, *key, "quality.low"), low
        yield at(slot, "slices", name, *key, "quality.high"), high


def bounds_of(by_sample: pd.DataFrame, mean: float) -> tuple[float, float]:
    """Wilson for single independent trials and where nothing varies, else t with CR1."""
    n = len(by_sample)
    totals = (by_sample.value - mean).groupby(by_sample.cluster).sum() / n
    g, binary = len(totals), set(by_sample.value) <= {0.0, 1.0}
    if (binary and g == n) or float(totals.abs().sum()) < 1e-12:
        low, high = map(float, stats.binomtest(round(mean * g), g).proportion_ci(method="wilson"))
        return low, high
    half = float(stats.t.ppf(0.975, g - 1)) * math.sqrt(float((totals**2).sum()) * g / (g - 1))
    return max(0.0, mean - half), min(1.0, mean + half)


def unit_figures(id: str, records: Sequence[Record]) -> Figures:
    came = [r for r in records if isinstance(r.outcome, Output)]
    if not came or any(r.cost_usd is None for r in came):
        return
    spent = total(records)
    yield f"{id}.usd_per_success", spent / len(came)
    characters, spoken, heard, tokens = (
        sum(Decimal(str(getattr(r.usage, meter) or 0)) for r in came)
        for meter in ("input_characters", "output_audio_seconds", "input_audio_seconds", "output_audio_tokens")
    )
    for unit, size, amount in (
        ("usd_per_1m_characters", 10**6, characters),
        ("usd_per_1m_audio_tokens", 10**6, tokens),
        ("usd_per_audio_minute", 60, spoken or heard),
    ):
        if amount:
            yield f"{id}.{unit}", spent * size / amount
    if characters and spoken:
        yield f"{id}.characters_per_minute", characters * 60 / spoken


def spent_figures(id: str, records: Sequence[Record]) -> Figures:
    yield id, total(records)
    priced = [r for r in records if r.cost_usd is not None]
    yield f"{id}.estimated", sum(r.cost_source in ("estimated", "stages_estimated") for r in priced)
    yield f"{id}.priced", len(priced)


def total(records: Sequence[Record]) -> Decimal | None:
    costs = [r.cost_usd for r in records if r.cost_usd is not None]
    return sum(costs, Decimal(0)) if costs else None


def run_figures(evidence: Evidence) -> Figures:
    config: Any = evidence.manifest.config
    answers = [r for role, records in evidence.records.items() for r in records if role == "answer"]
    everything = [r for records in evidence.records.values() for r in records]
    failures = [r.outcome for r in answers if isinstance(r.outcome, Failure)]
    pending = sum(c.role == "answer" for c in evidence.pending)
    hosted = {c["name"] for c in (*config["candidates"], *config["instruments"].values()) if "machine" in c}
    for key, value in (
        ("samples", len(evidence.samples)),
        ("planned", len(answers) + pending),
        ("answered", len(answers) - len(failures)),
        ("errors", sum(f.fault in ("infra", "harness") for f in failures)),
        ("pending", pending),
        ("uncertain", len(evidence.uncertain)),
        ("unrecorded_calls", evidence.unrecorded.calls),
        ("unrecorded_usd", evidence.unrecorded.usd),
    ):
        yield at("run", "summary", "all", key), value
        if key in ("planned", "pending", "errors"):
            yield at("run", "incomplete", "all", key), value
    for key, is_hosted in (("billed_usd", False), ("machine_usd", True)):
        records = [r for r in everything if (r.call.candidate in hosted) is is_hosted]
        for id, value in spent_figures(at("run", "summary", "all", key), records):
            yield id, Decimal(0) if value is None else value
    for suite in config["suites"]:
        for task in suite["tasks"]:
            n = sum((a.suite, a.task) == (suite["name"], task["name"]) for a in evidence.samples)
            yield at("run", "suites", "all", suite["name"], task["name"], "n"), n
    for candidate in config["candidates"]:
        for unit, usd in candidate.get("prices", {}).get("usd", {}).items():
            yield at("run", "prices", candidate["name"], unit), Decimal(usd)
        if "machine" in candidate:
            yield at("run", "cost", candidate["name"], "usd_per_hour"), Decimal(candidate["machine"]["usd_per_hour"])
            yield at("run", "cost", candidate["name"], "utilisation"), Decimal(candidate["machine"]["utilisation"])
    for name in config["instruments"]:
        records = [r for r in everything if r.call.instrument == name]
        yield at("run", "instruments", name, "calls"), len(records)
        yield at("run", "instruments", name, "failures"), sum(isinstance(r.outcome, Failure) for r in records)
        yield from spent_figures(at("run", "instruments", name, "cost_usd"), records)
    for name in ("epochs", "seed"):
        yield at("run", "settings", "all", name), config[name]
    for name, value in config["settings"].items():
        for of, number in value.items() if isinstance(value, dict) else [("", value)]:
            if isinstance(number, bool):
                continue
            yield at("run", "settings", "all", f"{name}.{of}" if of else name), Decimal(str(number))


def reads_as(text: str) -> tuple[float, float]:
    """Return what a displayed text says, and half a unit of its last digit."""
    scale = {"ms": 1.0, "s": 1.0, "%": 0.01, "min": 1.0}
    body, _, unit = text.replace("−", "-").replace("+", "").replace("$", "").replace(",", "").partition(" ")
    if body.endswith("%"):
        body, unit = body[:-1], "%"
    if body in ("∞", "-∞"):
        return math.copysign(math.inf, -1.0 if body.startswith("-") else 1.0), 0.0
    decimals = len(body.partition(".")[2])
    factor = scale.get(unit, 1.0)
    return float(body) * factor, 0.5000001 * 10.0**-decimals * factor


def outwards(metric: str, value: float, up: bool) -> float:
    """Round to what can be read, away from what is better: three digits, of scores two decimals."""
    x, unit, places = Decimal(repr(value)), Decimal(1), 2
    if metric.endswith("_ms"):
        unit = Decimal(1 if abs(value) < 999.5 else 1000 if abs(value) < 600_000 else 60_000)
    if metric in ("coverage", "wer", "cer"):
        unit, places = Decimal("0.01"), 1
    elif metric.endswith("_ms") or metric.startswith(("usd", "rtf", "chars_per_s")):
        places = max(0, 2 - (x / unit).adjusted())
    x /= unit
    return float(x.quantize(Decimal(1).scaleb(-places), ROUND_CEILING if up else ROUND_FLOOR) * unit)


def close(a: float | Decimal, b: float) -> bool:
    """Whether two computations of one figure agree."""
    return float(a) == b or bool(np.isclose(float(a), b, rtol=1e-9, atol=1e-12))
