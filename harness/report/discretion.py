"""A run without anybody's words: hashes in the place of questions and answers, no media, all scores."""

from dataclasses import replace

from harness.core.calls import Failure, Record
from harness.core.canonical import Json, digest
from harness.report.evidence import AskedSample, Evidence, by_role
from harness.store.records import Records

DIGITS = 16
"""Of a sha256 that are shown: enough to tell texts apart and to find one that is known."""


def without_content(evidence: Evidence) -> Evidence:
    """Return `evidence` as it may leave the house: names, numbers and hashes stay, what people and models said goes.

    Sample ids, names of candidates, suites and slices are names. Messages of failures and reasons of scores may quote.
    """
    return replace(
        evidence,
        samples=tuple(map(_sample, evidence.samples)),
        records=by_role(Records.of(map(_record, evidence.everything))),
        judgements=tuple(replace(judgement, reason="") for judgement in evidence.judgements),
    )


def _hash(value: Json) -> str | None:
    return None if value is None else f"sha256 {digest(value)[:DIGITS]}"


def _sample(asked: AskedSample) -> AskedSample:
    sample = asked.sample
    kept = {name: sample.metadata[name] for name in ("lang", "cluster") if name in sample.metadata}
    return replace(
        asked,
        sample=replace(
            sample, input=_hash(sample.input), target=_hash(sample.target), files=(), media=(), metadata=kept
        ),
    )


def _record(record: Record) -> Record:
    outcome = record.outcome
    if isinstance(outcome, Failure):
        outcome = replace(outcome, message="", partial=_hash(outcome.partial))
    else:
        medium = outcome.audio or outcome.image or outcome.video
        outcome = replace(
            outcome,
            text=_hash(medium.sha256 if medium is not None else outcome.said),
            ranking=(),
            reasoning=_hash(outcome.reasoning),
            audio=None,
            image=None,
            video=None,
            tool_calls=tuple({"sha256": digest(call)[:DIGITS]} for call in outcome.tool_calls),
        )
    return replace(record, outcome=outcome)
