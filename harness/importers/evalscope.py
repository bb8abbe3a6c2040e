"""EvalScope: the folder of a run, with predictions, reviews and reports, each by model and dataset."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.core.calls import Failure, Fault, Marks, Output, Usage
from harness.core.candidates import Candidate
from harness.core.wording import worded
from harness.importers import files
from harness.importers.log import LOGGED_ERROR, Log, LoggedAnswer, LoggedTask, Verdict
from harness.importers.model_output import output, used
from harness.importers.values import (
    items,
    mapping,
    messages,
    milliseconds,
    moment,
    name,
    number,
    place,
    sample,
    spoken,
    text,
)

TOOL = "evalscope"
VERSION = re.compile(rb"^evalscope_version: *([\w.+-]{1,40})\s*$", re.MULTILINE)
LONGEST_WHY = 200
MOST_CONFIG = 1_000_000
"""Bytes of the YAML that names the version; it is searched, not parsed."""
PARTS = ("predictions", "reviews", "reports")
TIMES = (
    "EvalScope's times hold the retries of the client that it asks with: they are kept, and nobody is ranked by them"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """What one model did on one subset of a dataset."""

    folder: Path
    """Of the run."""
    model: str
    file: str
    """Name of its predictions and its reviews: `<dataset>_<subset>.jsonl`."""

    def path(self, part: str) -> Path:
        return self.folder / part / self.model / self.file


def is_report(told: Mapping[str, Any]) -> bool:
    return {"dataset_name", "model_name", "metrics"} <= told.keys()


def is_row(told: Mapping[str, Any]) -> bool:
    return "index" in told and ("sample_score" in told or "model_output" in told)


def outputs(path: Path) -> Outputs | None:
    """Return what a file of rows belongs to; None where it does not lie as EvalScope puts it."""
    absolute = path.absolute()
    if len(absolute.parts) < 4 or absolute.parent.parent.name not in PARTS[:2]:
        return None
    return Outputs(folder=path.parent.parent.parent, model=path.parent.name, file=path.name)


def read(of: Outputs) -> Log:
    """Read the predictions and the reviews of one subset."""
    there = {part: of.path(part) for part in PARTS[:2] if of.path(part).is_file()}
    told = {part: {text(row.get("index")): row for row in files.rows(path)} for part, path in there.items()}
    predictions, reviews = told.get("predictions", {}), told.get("reviews", {})
    if not reviews:
        hint = worded("EvalScope has not judged these: run it again with --use-cache, which asks no model twice")
        raise files.refused(of.path("predictions"), "E603", worded("predictions without reviews"), hint=hint)
    dataset, subset = _names(of)
    model = name(next(filter(None, (row.get("model") for row in predictions.values())), of.model), default="model")
    answers = list(_answers(predictions, reviews, model, dataset, subset))
    scores = [mapping(mapping(row.get("sample_score")).get("score")) for row in reviews.values()]
    told_of = [name(it) for score in scores for it in (score.get("main_score_name"), *mapping(score.get("value")))]
    names = dict.fromkeys(filter(None, told_of))
    timed = any(answer.marks.total_ms is not None for answer in answers)
    return Log(
        tool=TOOL,
        version=_version(of),
        files={str(path): files.sha256(path) for path in there.values()},
        candidates=(Candidate(name=model, model=model, modalities=frozenset({"text"})),),
        tasks=(LoggedTask(suite=dataset, name=subset, version="", scorers=dict.fromkeys(names or ["score"], "")),),
        answers=tuple(answers),
        finished=moment(max(path.stat().st_mtime for path in there.values())) or "",
        notices=(TIMES,) if timed else (),
    )


def _version(of: Outputs) -> str:
    for path in sorted((of.folder / "configs").glob("task_config*.yaml")):
        with files.opened(path) as stream:
            if found := VERSION.search(stream.read(MOST_CONFIG)):
                return found[1].decode()
    return ""


def _names(of: Outputs) -> tuple[str, str]:
    """Split `<dataset>_<subset>`: both may hold the sign between them, and the reports are called by the dataset."""
    stem = of.file.removesuffix(".jsonl")
    known = {it.stem for it in (of.folder / "reports" / of.model).glob("*.json")}
    fits = [it for it in known if stem == it or stem.startswith(f"{it}_")]
    dataset = max(fits, key=len) if fits else stem
    return place(dataset, default="dataset"), place(stem[len(dataset) + 1 :], default="default")


def _answers(
    predictions: Mapping[str, Mapping[str, Any]], reviews: Mapping[str, Mapping[str, Any]], model: str, dataset: str,
    subset: str,
) -> Iterator[LoggedAnswer]:  # fmt: skip
    tries: dict[str, int] = {}
    for index in dict.fromkeys((*predictions, *reviews)):
        prediction, review = predictions.get(index, {}), reviews.get(index, {})
        score = mapping(review.get("sample_score"))
        group = score.get("group_id")
        id = index if group is None else text(group)  # the same sample again, where it was repeated
        tries[id] = tries.get(id, -1) + 1
        said = items(review.get("messages")) or items(prediction.get("messages"))
        chat = messages(review.get("input") or [it for it in said if _is_asked(it)])
        told = mapping(prediction.get("model_output"))
        outcome = _outcome(told, mapping(score.get("score")))
        yield LoggedAnswer(
            candidate=model,
            suite=dataset,
            task=subset,
            sample=sample(id, spoken(chat), review.get("target"), score.get("sample_metadata")),
            epoch=tries[id],
            messages=chat,
            outcome=outcome,
            verdicts=_verdicts(mapping(score.get("score"))) if isinstance(outcome, Output) else {},
            marks=_marks(told),
            usage=used(told.get("usage")) if told else Usage(),
        )


def _is_asked(message: Any) -> bool:
    return mapping(message).get("role") in ("system", "user")


def _outcome(told: Mapping[str, Any], score: Mapping[str, Any]) -> Output | Failure:
    said = output(told)
    if said is not None:
        return said
    if told.get("error") or score.get("prediction") is None:
        message = text(told.get("error")) or "the log has no answer"
        return Failure(fault=Fault.INFRA, kind=LOGGED_ERROR, message=message)
    return Output(text=text(score["prediction"]))


def _marks(told: Mapping[str, Any]) -> Marks:
    seen = mapping(told.get("perf_metrics"))
    total_ms = milliseconds(told.get("time") or seen.get("latency"), unit_ms=1000)
    first_ms = milliseconds(seen.get("ttft"), unit_ms=1000)
    return Marks() if total_ms is None else Marks(total_ms=total_ms, ttft_ms=first_ms, valid=False)


def _verdicts(score: Mapping[str, Any]) -> dict[str, Verdict]:
    """Return its values; where a metric broke, EvalScope writes a 0 that is none."""
    reason = text(score.get("explanation"))
    broken = {it.lower(): text(why) for it, why in mapping(mapping(score.get("metadata")).get("metric_errors")).items()}
    verdicts = {}
    for of, it in mapping(score.get("value")).items():
        why = next((why for metric, why in broken.items() if of.lower().startswith(metric)), None)
        told = float(it) if isinstance(it, bool) else number(it)
        verdicts[name(of)] = (
            Verdict(value=told, reason=reason)
            if why is None
            else Verdict(value=None, reason=f"EvalScope could not work it out: {why[:LONGEST_WHY]}")
        )
    return verdicts
