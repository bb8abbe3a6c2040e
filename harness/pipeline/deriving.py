"""Score, decide, report: free, from the records alone."""

import gc
import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import product as pairs
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from harness.core.canonical import Json, from_json, to_json
from harness.core.rules import DecisionRule
from harness.core.runs import Bakeoff, RunSettings
from harness.core.wording import worded
from harness.errors import NO_CANDIDATE_PASSES, IncompleteError, UsageError
from harness.pipeline.costing import at_prices, product, volumes
from harness.pipeline.planning import reload, stored_samples

if TYPE_CHECKING:
    from harness.core.decision import Completeness, Decision, Echo, Independent, RankedCandidate, SelfMeasured
    from harness.core.latitude import Latitude
    from harness.core.traffic import Traffic
    from harness.execute.scoring import Judgement
    from harness.pipeline.early import Early
    from harness.pricing.book import Book
    from harness.report.evidence import Evidence
    from harness.store.ledger import Ledger

DRAWS = 10_000
"""Resamples behind intervals and P(best)."""
PACKED_BYTES = 1_500_000
"""What the draws of all slots may take in the page."""
EXPORTS: Mapping[str, str] = {
    "csv": "answers.csv", "xlsx": "answers.xlsx", "jsonl": "answers.jsonl", "parquet": "answers.parquet",
    "md": "decision.md", "junit": "junit.xml",
}  # fmt: skip
"""Format → the file's name, where nobody gives another."""
EXPORTED = """
    SELECT key FROM plan LEFT JOIN call ON call.plan = plan.id
    WHERE role = 'answer' AND (called_off IS NULL OR finished IS NOT NULL) ORDER BY plan.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What follows from a run's records and weights."""

    document: dict[str, Json]
    """decision.json."""
    draws: dict[str, Json]
    """draws.json."""
    decisions: "tuple[Decision, ...]"
    latitudes: "tuple[Latitude, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What scoring did."""

    scored: int
    unscored: int
    missing_readings: int


def catch_up(run_folder: Path, folder: Path) -> None:
    """Judge and decide what has come since that was last done, and as it was done then; nothing is sent.

    Where another process writes the run, what it has decided before stands.
    """
    from harness.store import decision_file
    from harness.store.ledger import Ledger
    from harness.store.lock import holder

    try:
        last = decision_file.decisions(run_folder)
    except UsageError:
        last = ()
    if last and holder(run_folder) is not None:
        return
    with Ledger.open(run_folder, write=False) as ledger:
        came, unrecorded = ledger.came(), ledger.unrecorded()
    if not decision_file.is_current(run_folder, last, came, unrecorded):
        judge_what_came(run_folder, folder)
        weights, allow_incomplete = decision_file.asked_for(run_folder)
        decide(run_folder, weights=weights, allow_incomplete=allow_incomplete)


def judge_what_came(run_folder: Path, folder: Path, *, allow_incomplete: bool = False) -> None:
    """Judge the answers where some never were: who is interrupted ends before that. The bake-off lies in `folder`.

    IncompleteError, and nothing is stored, where an instrument must measure them first, unless `allow_incomplete`:
    that may cost, and is for a resume to do.
    """
    from harness.store.folders import resume_command
    from harness.store.ledger import Ledger

    with Ledger.open(run_folder, write=False) as ledger:
        if not ledger.has_unjudged():
            return
    bakeoff, _ = reload(run_folder, folder, to_send=False)
    score(bakeoff, run_folder, resume=None if allow_incomplete else resume_command(run_folder, folder))


def score(bakeoff: Bakeoff, run_folder: Path, *, resume: str | None = None) -> Tally:
    """Judge every output again with the scorers of `bakeoff`; replaces the stored scores, primaries and targets.

    Where `resume` is given, the command that has instruments measure: IncompleteError with it, and nothing is replaced,
    where a measurement lacks.
    """
    from harness.core.scores import Score
    from harness.execute.manifest import rejudged
    from harness.execute.scoring import score_row
    from harness.store.ledger import Ledger

    with Ledger.open(run_folder, write=True) as ledger:
        judged = judgements(bakeoff, ledger)
        missing = sum(judgement.lacks_reading for judgement in judged)
        if missing and resume is not None:
            raise IncompleteError(
                worded(
                    "{missing} scores need what an instrument has not measured yet, and only a run asks instruments",
                    missing=missing,
                ),
                hint=worded(
                    "{resume}, or decide without them: bakeoff decide {run} --allow-incomplete",
                    resume=resume,
                    run=shlex.quote(str(run_folder)),
                ),
            )
        ledger.replace_manifest(rejudged(ledger.manifest(), bakeoff), stored_samples(bakeoff))
        ledger.replace_scores(map(score_row, judged))
    scored = sum(isinstance(j.result, Score) for j in judged)
    return Tally(scored=scored, unscored=len(judged) - scored, missing_readings=missing)


def judgements(bakeoff: Bakeoff, ledger: "Ledger") -> "list[Judgement]":
    """Judge every output of a run with the scorers of `bakeoff`; nothing is stored."""
    from harness.core.calls import Role
    from harness.execute.scoring import judge

    judged = list(judge(bakeoff, ledger.told(Role.ANSWER), ledger.told(Role.INSTRUMENT)))
    # an answer with a stage replaced says who is at fault; no instrument hears it
    return judged + [j for j in judge(bakeoff, ledger.told(Role.ORACLE), ()) if not j.lacks_reading]


def decide(
    run_folder: Path, *, weights: Mapping[str, float] | None = None, allow_incomplete: bool = False
) -> "tuple[Decision, ...]":
    """Turn a run's scores into one decision a slot, by the rules frozen in its manifest; writes decision.json.

    A slot whose calls are pending or lost beyond the run's limit has nobody ranked unless `allow_incomplete`. Beside it
    draws.json is written, by which the report can decide at other weights.
    """
    from harness.store import decision_file
    from harness.store.folders import replace_text

    found = decided(run_folder, weights=weights or {}, allow_incomplete=allow_incomplete)
    for name, document in ((decision_file.DRAWS, found.draws), (decision_file.FILE, found.document)):
        text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
        replace_text(run_folder / name, text + "\n")
    return found.decisions


def decided(
    run_folder: Path, *, weights: Mapping[str, float], allow_incomplete: bool, prices: "Book | None" = None
) -> Derived:
    """Return what `decide` writes, and the decisions in it; at other `prices` than the run's, what it would write."""
    from harness.decide.weights import reweighed
    from harness.pipeline.early import early
    from harness.report.evidence import called, tasks_of
    from harness.store.completeness import completeness
    from harness.store.echoes import echoes
    from harness.store.evidence import evidence_sha256
    from harness.store.frames import calls_frame, scores_frame
    from harness.store.instruments import self_measured
    from harness.store.ledger import Ledger

    with Ledger.open(run_folder, write=False) as ledger, ledger.snapshot():
        manifest, calls, scores = ledger.manifest(), calls_frame(ledger), scores_frame(ledger)
        counts, judges, evidence = completeness(ledger), self_measured(ledger), evidence_sha256(ledger)
        unrecorded, came, others = ledger.unrecorded(), ledger.came(), echoes(ledger)
        if prices is not None:
            at_prices(calls, ledger.records(), called(manifest), prices)
    config = cast(dict[str, Any], manifest.config)
    rules = reweighed({slot: from_json(DecisionRule, rule) for slot, rule in config["rules"].items()}, weights)
    asked = dict.fromkeys([*(task.slot for task in tasks_of(manifest)), *rules])  # in the order of the suites
    slots = [slot for slot in asked if slot in rules and (calls["slot"] == slot).any()]
    seed = int(config["seed"])
    most_lost = float(config["settings"].get("max_infra_failure_rate", RunSettings().max_infra_failure_rate))
    found = [
        _decide_slot(
            rules[slot], seed, manifest.resolution_ms, completeness=counts[slot], most_lost=most_lost,
            allow_incomplete=allow_incomplete, self_measured=judges.get(slot, ()), echoes=others,
            gone=early(calls, scores, slot=slot, manifest=manifest, completeness=counts[slot]),
            most_bytes=PACKED_BYTES // len(slots),
        )
        for slot in slots
    ]  # fmt: skip
    decisions, latitudes = tuple(decision for decision, _ in found), tuple(latitude for _, latitude in found)
    document: dict[str, Json] = {
        "run": manifest.run_id,
        "evidence_sha256": evidence,
        "rules_frozen": to_json(manifest.rules),
        "incomplete": any(decision.incomplete for decision in decisions),
        "came": to_json(came),
        "unrecorded": to_json(unrecorded),
        "decisions": to_json(decisions),
    }
    draws: dict[str, Json] = {"evidence_sha256": evidence, "latitudes": to_json(latitudes)}
    return Derived(document=document, draws=draws, decisions=decisions, latitudes=latitudes)


def report(run_folder: Path, *, redact_content: bool = False, language: str = "en") -> Path:
    """Write report.html from the records and decision.json; on request one that shows nobody's words.

    It opens in `language` and holds them all.
    """
    from harness.report.discretion import without_content
    from harness.report.html import report_page
    from harness.store.decision_file import decisions, latitudes

    with _uncollected(), evidence_of(run_folder) as evidence:
        name = "report.html"
        if redact_content:
            evidence, name = without_content(evidence), "report-redacted.html"
        return report_page(
            evidence, decisions(run_folder), run_folder / name, latitudes(run_folder), language=language
        ).write()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python from searching for garbage: it would walk all that was read of a large run, again and again."""
    searches = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searches:
            gc.enable()


def export(run_folder: Path, format_: str) -> bytes:
    """Return a run in one of `EXPORTS`: every planned answer of it, or what was decided, or both (xlsx)."""
    from harness.report.closing import closing_lines
    from harness.report.junit import junit_text
    from harness.store.decision_file import decisions, reweighed

    if format_ == "md":
        changed = reweighed(run_folder)
        told = (closing_lines(it, reweighed=it.slot in changed) for it in decisions(run_folder))
        return "\n".join(line for lines in told for line in (*lines, "")).encode()
    if format_ == "junit":
        return junit_text(run_folder.name, decisions(run_folder), reweighed=reweighed(run_folder)).encode()
    from harness.report import exports
    from harness.report.evidence import gather
    from harness.store.ledger import Ledger
    from harness.store.media import Media

    with Ledger.open(run_folder, write=False) as ledger, ledger.snapshot():
        evidence = gather(ledger, Media(run_folder / "media"))
        order = [key for (key,) in ledger.query(EXPORTED)]
        run, found = evidence.manifest.run_id, exports.rows(evidence, order)
    if format_ == "xlsx":
        from harness.report.workbook import workbook

        return workbook(run, decisions(run_folder), found, reweighed=reweighed(run_folder))
    if format_ == "parquet":
        from harness.report.parquet import parquet

        return parquet(run, found)
    text = {"csv": exports.csv_text, "jsonl": exports.jsonl_text}[format_]
    return text(run, found).encode()


def memo(
    run_folder: Path, *, format_: str = "md", language: str = "en", volumes: "Sequence[int] | None" = None,
    traffic: "Traffic | None" = None,
) -> Path:  # fmt: skip
    """Write the memo from the records and decision.json; `volumes` are requests a month, else the usual ones.

    With a `traffic` it also says what a product with it costs a month, and what a seat of it may ask.
    """
    from harness.report.docx import docx
    from harness.report.markdown import markdown
    from harness.report.memo import file_name
    from harness.report.memo import memo as document_of
    from harness.report.volumes import VOLUMES
    from harness.store.decision_file import decisions, evidence_sha256
    from harness.store.folders import replace_bytes

    sealed, path = evidence_sha256(run_folder), run_folder / file_name(format_, language)
    with evidence_of(run_folder) as evidence:
        document = document_of(
            evidence,
            decisions(run_folder),
            language=language,
            volumes=volumes or VOLUMES,
            product=product(run_folder, traffic),
            evidence_sha256=sealed,
        )
    replace_bytes(path, docx(document) if format_ == "docx" else markdown(document).encode())
    return path


def memos(run_folder: Path, *, traffic: "Traffic | None" = None) -> None:
    """Write the memo, and again each other one that lies there: it tells of what was decided before."""
    from harness.report.memo import FORMATS, file_name
    from harness.report.words import LANGUAGES

    months = volumes(traffic)
    memo(run_folder, volumes=months, traffic=traffic)
    for format_, language in list(pairs(FORMATS, LANGUAGES))[1:]:
        if (run_folder / file_name(format_, language)).exists():
            with suppress(UsageError):  # what writes Word is not installed here: `verify` names the old memo
                memo(run_folder, format_=format_, language=language, volumes=months, traffic=traffic)


def passes(decisions: "Sequence[Decision]") -> bool:
    """Whether every slot has a candidate that passes its gates, and every candidate of `must_pass` fails none.

    A gate that is not proven is not passed: methodology.md 1. Nor does a slot pass whose samples are too few to choose.
    """
    from harness.core.decision import Nobody

    return all(
        decision.verdict.nobody in (None, Nobody.WITHHELD)
        and any(ranked.rank is not None and _is_proven(ranked) for ranked in decision.ranking)
        and all(ranked.rank is not None for ranked in decision.ranking if ranked.candidate in decision.rule.must_pass)
        for decision in decisions
    )


def _is_proven(ranked: "RankedCandidate") -> bool:
    from harness.core.decision import GateStatus

    return all(result.status is GateStatus.PASS for result in ranked.gates)


def decision_code(decisions: "Sequence[Decision]") -> int:
    """Return the exit code that the decisions alone call for."""
    from harness.core.decision import VerdictKind

    if any(decision.verdict.kind is VerdictKind.INCOMPLETE for decision in decisions):
        return IncompleteError.exit_code
    return 0 if passes(decisions) else NO_CANDIDATE_PASSES


def _decide_slot(
    rule: DecisionRule, seed: int, resolution_ms: float, *,
    completeness: "Sequence[Completeness]", most_lost: float, allow_incomplete: bool,
    self_measured: "Sequence[SelfMeasured]", echoes: "Sequence[Echo]", gone: "Early", most_bytes: int,
) -> "tuple[Decision, Latitude]":  # fmt: skip
    from harness.decide.decide import decide as decide_slot
    from harness.decide.decide import metrics_of
    from harness.decide.latitude import latitude
    from harness.metrics.estimates import estimates
    from harness.metrics.omission import suites, without_suite
    from harness.metrics.paired import differences
    from harness.metrics.resample import resample
    from harness.metrics.resolution import merged
    from harness.metrics.separation import separation

    observations = gone.left
    metrics, named = metrics_of(rule), suites(observations)
    draws = gone.beside(merged(resample(observations, metrics, draws=DRAWS, seed=seed), metrics, resolution_ms))
    clusters = observations.clusters.tolist()
    echoes = [it for it in echoes if it.candidate in observations.candidates]

    def came(among: "Sequence[str]") -> "Independent | None":
        found = observations.independent(among)
        return found if found.clusters or "quality" in metrics else None  # where nothing is judged nor need be

    decision = decide_slot(
        rule=rule,
        candidates=(*observations.candidates, *gone.names),
        estimates={**estimates(observations, seed=seed), **gone.estimates()},
        metrics=metrics,
        draws=draws,
        resolution_ms=resolution_ms,
        completeness=completeness,
        most_lost=most_lost,
        allow_incomplete=allow_incomplete,
        self_measured=self_measured,
        echoes=echoes,
        differences=lambda leader: (*differences(observations, leader), *gone.differences(leader)),
        separation=partial(separation, observations),
        without_suite={
            suite: estimates(without_suite(observations, suite), draws=0, only=metrics)
            for suite in named
            if len(named) > 1
        },
        samples_planned=observations.n + observations.dropped,
        samples_compared=observations.n,
        samples_answered=observations.answered,
        clusters=clusters,
        independent=came,
        judged=dict(zip(observations.candidates, observations.clusters_judged.tolist(), strict=True)) | gone.judged(),
        seed=seed,
        stopped=gone.stopped(),
    )
    return decision, latitude(
        decision, draws=draws, metrics=metrics, clusters=clusters, echoes=echoes, most_bytes=most_bytes,
        independent=came([line.candidate for line in decision.ranking if line.rank is not None]),
    )  # fmt: skip


@contextmanager
def evidence_of(run_folder: Path) -> "Iterator[Evidence]":
    """Read a run as its pages show it; within the context a record that is looked at can be read."""
    from harness.report.evidence import gather
    from harness.store.ledger import Ledger
    from harness.store.media import Media

    with Ledger.open(run_folder, write=False) as ledger, ledger.snapshot():
        yield gather(ledger, Media(run_folder / "media"))
