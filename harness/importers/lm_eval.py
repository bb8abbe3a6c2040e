"""lm-evaluation-harness: `results_*.json` with the `samples_*.jsonl` that --log_samples writes beside it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.core.calls import Output
from harness.core.candidates import Candidate
from harness.core.wording import worded
from harness.importers import files
from harness.importers.log import Log, LoggedAnswer, LoggedTask, Verdict
from harness.importers.values import items, mapping, messages, moment, name, number, place, sample, settings, text

TOOL = "lm_eval"
DATED = re.compile(r"_(\d{4}-\d\d-\d\dT[\d.-]+)\.jsonl?$")
"""What a results file and its samples have in common."""
QUESTIONS = ("question", "input", "query", "problem", "prompt", "instruction", "text", "ctx", "sentence")
"""Fields of a document that are what was asked, the likeliest first."""
REQUESTS = re.compile(r"gen_args_(\d{1,9})")
LIKELIHOODS = ("multiple_choice", "loglikelihood")
NO_SAMPLES = "run lm_eval again with --log_samples, and import the folder with both files"


def is_results(told: Mapping[str, Any]) -> bool:
    return isinstance(told.get("results"), dict) and isinstance(told.get("configs"), dict)


def is_row(told: Mapping[str, Any]) -> bool:
    return {"doc_id", "doc", "filtered_resps"} <= told.keys()


def beside(results: Path) -> list[Path]:
    """Return the samples that were written with `results`."""
    dated = DATED.search(results.name)
    if dated is None:
        others = [it for it in results.parent.glob("*.json") if it != results]
        return [] if others else sorted(results.parent.glob("samples_*.jsonl"))
    return sorted(it for it in results.parent.glob("samples_*.jsonl") if it.name.endswith(f"_{dated[1]}.jsonl"))


def results_of(samples: Path) -> Path:
    """Return the results that `samples` were written with; UsageError where they are not there."""
    dated = DATED.search(samples.name)
    there = [
        it
        for it in sorted(samples.parent.glob("*.json"))
        if (found := DATED.search(it.name)) and dated and found[1] == dated[1]
    ]
    if len(there) != 1:
        hint = worded("put results_*.json of the same run beside it: it names the model and the metrics")
        raise files.refused(samples, "E603", worded("samples of lm_eval without their results"), hint=hint)
    return there[0]


def read(results: Path, samples: Sequence[Path]) -> Log:
    """Read one run."""
    told = mapping(files.document(results))
    if not samples:
        raise files.refused(
            results, "E603", worded("results of lm_eval without samples: only sums are in it"), hint=NO_SAMPLES
        )
    config = mapping(told.get("config"))
    model = name(told.get("model_name") or config.get("model"), default="model")
    suites = _suites(mapping(told.get("group_subtasks")))
    tasks, answers, notices = [], [], []
    for path in samples:
        task = _task_of(path, told)
        rows = list(files.rows(path))
        better = mapping(mapping(told.get("higher_is_better")).get(task))
        kind = text(mapping(mapping(told.get("configs")).get(task)).get("output_type"))
        scorers = _scorers(task, told, rows)
        suite = place(suites.get(task, task), default="task")
        tasks.append(LoggedTask(
            suite=suite, name=place(task, default="task"), version=_version(task, told), scorers=scorers,
        ))  # fmt: skip
        answers += _answers(rows, kind, better, model, suite, place(task, default="task"))
    lower = {scorer for answer in answers for scorer, it in answer.verdicts.items() if it.reason == LOWER}
    if lower:
        notices.append(worded("{lower}: less is better there, so it is no score", lower=[*sorted(lower)]))
    return Log(
        tool=TOOL,
        version=name(told.get("lm_eval_version")),
        files={str(path): files.sha256(path) for path in (results, *samples)},
        candidates=(
            Candidate(
                name=model,
                model=model,
                modalities=frozenset({"text"}),
                params=settings(config.get("gen_kwargs"), {"seed": config.get("random_seed")}),
            ),
        ),
        tasks=tuple(tasks),
        answers=tuple(answers),
        finished=moment(told.get("date")) or "",
        notices=tuple(notices),
    )


LOWER = "less is better here, so it is no score"


def _task_of(path: Path, told: Mapping[str, Any]) -> str:
    """Return the task of a file of samples: `samples_<task>_<date>.jsonl`."""
    stem = DATED.sub("", path.name).removesuffix(".jsonl").removeprefix("samples_")
    return next((it for it in mapping(told.get("configs")) if stem in (it, re.sub(r"\W", "_", it))), stem)


def _suites(groups: Mapping[str, Any]) -> dict[str, str]:
    """Return task → the outermost group that it is part of, where lm_eval averages them: MMLU is one of many."""
    parent = {text(child): group for group, children in groups.items() for child in items(children) if child != group}

    def top(it: str) -> str:
        for _ in range(len(parent)):  # a group may not be part of itself, and a stranger's file may say so
            if it not in parent:
                break
            it = parent[it]
        return it

    return {task: top(task) for task in parent}


def _version(task: str, told: Mapping[str, Any]) -> str:
    shots = mapping(told.get("n-shot")).get(task)
    return f"{text(mapping(told.get('versions')).get(task))}" + ("" if shots is None else f", {text(shots)}-shot")


def _scorers(task: str, told: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the metrics of every filter, those first that the task's own list names first."""
    config = mapping(mapping(told.get("configs")).get(task))
    listed = [name(it.get("metric")) for it in items(config.get("metric_list")) if isinstance(it, dict)]
    found = dict.fromkeys((name(metric), _filter(row)) for row in rows for metric in items(row.get("metrics")))
    order = sorted(found, key=lambda it: listed.index(it[0]) if it[0] in listed else len(listed))
    return {_scorer(metric, of): "" for metric, of in order} or {"score": ""}


def _filter(row: Mapping[str, Any]) -> str:
    return name(row.get("filter"), default="none")


def _scorer(metric: str, filter: str) -> str:
    return metric if filter == "none" else f"{metric},{filter}"


def _answers(
    rows: Iterable[Mapping[str, Any]], kind: str, better: Mapping[str, Any], model: str, suite: str, task: str
) -> list[LoggedAnswer]:
    """Return one answer for each document; its rows differ by the filter that its answer went through."""
    of: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        of.setdefault(text(row.get("doc_id")), []).append(row)
    return [
        LoggedAnswer(
            candidate=model,
            suite=suite,
            task=task,
            sample=sample(id, _asked(same[0]), same[0].get("target")),
            epoch=0,
            messages=messages(_prompt(same[0])),
            outcome=Output(text=_said(same[0], kind)),
            verdicts={
                _scorer(name(metric), _filter(row)): _verdict(row.get(metric), better.get(metric))
                for row in same
                for metric in items(row.get("metrics"))
                if isinstance(metric, str)
            },
        )
        for id, same in of.items()
    ]


def _asked(row: Mapping[str, Any]) -> Any:
    """Return what the document asks; the prompt around it may be another for each model."""
    document = row.get("doc")
    fields = mapping(document)
    asked = next((fields[it] for it in QUESTIONS if isinstance(fields.get(it), str) and fields[it].strip()), document)
    options = fields.get("choices")
    options = mapping(options).get("text") or options
    if isinstance(asked, str) and isinstance(options, list):
        return "\n".join([asked, *(f"- {text(it)}" for it in options)])
    return asked


def _requests(row: Mapping[str, Any]) -> list[list[Any]]:
    """Return the arguments of each request: a list of lists, or the objects that newer versions write."""
    told = row.get("arguments")
    if isinstance(told, dict):
        numbered = sorted((int(it[1]), key) for key in told if (it := REQUESTS.fullmatch(key)))
        return [list(mapping(told[key]).values()) for _, key in numbered]
    return [items(it) for it in items(told)]


def _prompt(row: Mapping[str, Any]) -> str:
    asked = _requests(row)
    prompt = asked[0][0] if asked and asked[0] else ""
    return text(prompt[0] if isinstance(prompt, list) and len(prompt) == 1 else prompt)


def _said(row: Mapping[str, Any], kind: str) -> str:
    """Return what the model wrote, or the choice that it holds likeliest."""
    replies, asked = items(row.get("resps")), _requests(row)
    if kind in LIKELIHOODS and len(replies) == len(asked):
        likely = [(_likelihood(reply), text(it[1]).strip()) for reply, it in zip(replies, asked, strict=True) if it[1:]]
        return max(likely, key=lambda it: it[0])[1] if likely else ""
    reply = replies[0] if replies else ""
    while isinstance(reply, list) and reply:
        reply = reply[0]
    return text(reply)


def _likelihood(reply: Any) -> float:
    while isinstance(reply, list) and reply:
        reply = reply[0]
    try:
        return float(reply)
    except (TypeError, ValueError):
        return float("-inf")


def _verdict(value: Any, higher_is_better: Any) -> Verdict:
    if higher_is_better is False:
        return Verdict(value=None, reason=LOWER)
    told = float(value) if isinstance(value, bool) else number(value)
    if told is None:
        return Verdict(value=None, reason="lm_eval makes this metric of all answers together, not of one")
    return Verdict(value=told)
