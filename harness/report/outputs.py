"""outputs.jsonl: the answers that a page has no room for, one sample a line, in nothing but ASCII."""

import json
from collections.abc import Iterator
from pathlib import Path

from harness.core.calls import Failure, Output
from harness.core.canonical import Json, to_json
from harness.report.cases import CasesView

SPELL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode
"""Nothing in it can command a terminal, hide or reorder what stands beside it."""
AT_ONCE = 100
"""Samples whose answers are looked up together."""


def outputs_name(page: Path) -> str:
    """Return the name of the file beside `page`: `outputs.jsonl`, of report-redacted.html `outputs-redacted.jsonl`."""
    return f"{page.stem.replace('report', 'outputs', 1)}.jsonl"


def outputs(view: CasesView, written: int) -> Iterator[str]:
    """Yield a line for each sample but the first `written`: where it belongs, what was asked, what each has said."""
    of, texts = view.of, view.of.answers.plain()
    for start in range(written, len(view.told), AT_ONCE):
        cases = view.told[start : start + AT_ONCE]
        more = [at for case in cases for at in case.answers if at >= 0 and texts[at] is None]
        said = dict(zip(more, map(_said, of.answers.outcomes(more)), strict=True))
        for i, case in enumerate(cases, start=start):
            sample = case.asked.sample
            yield SPELL({
                "slot": of.slot, "place": i, "suite": case.asked.suite, "task": case.asked.task, "sample": sample.id,
                "epoch": case.epoch, "input": sample.input, "target": sample.target,
                "answers": [
                    {"candidate": name, "score": value, "text": texts[at]}
                    if at not in said
                    else {"candidate": name, "score": value, **said[at]}
                    for name, at, value in zip(of.candidates, case.answers, case.values, strict=True)
                    if at >= 0
                ],
            }) + "\n"  # fmt: skip


def _said(outcome: Output | Failure) -> dict[str, Json]:
    if isinstance(outcome, Failure):
        return {"fault": outcome.fault.value, "kind": outcome.kind, "message": outcome.message, "text": outcome.partial}
    said: dict[str, Json] = {"text": outcome.said}
    if outcome.reasoning is not None:
        said["reasoning"] = outcome.reasoning
    if outcome.tool_calls:
        said["tool_calls"] = to_json(outcome.tool_calls)
    for medium in (outcome.audio, outcome.image, outcome.video):
        if medium is not None:
            said["media_sha256"] = medium.sha256
    return said
