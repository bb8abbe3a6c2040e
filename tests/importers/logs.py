"""Logs in the shapes of the tools, as small as can be: each test changes what it is about."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Json = dict[str, Any]


def promptfoo_row(question: str, said: str | None, *, score: float = 1.0, **more: Any) -> Json:
    """A row of promptfoo's table that `fake` has answered."""
    return {
        "promptIdx": 0, "testIdx": 0, "promptId": "p", "provider": {"id": "openai:chat:fake", "label": ""},
        "prompt": {"raw": f"Answer: {question}", "label": "Answer: {{question}}"}, "vars": {"question": question},
        "testCase": {"vars": {"question": question}, "assert": [{"type": "equals", "value": "Paris"}]},
        "response": {"output": said, "tokenUsage": {"total": 12, "prompt": 9, "completion": 3}},
        "failureReason": 0 if score else 1, "success": bool(score), "score": score, "latencyMs": 812,
        "gradingResult": {"pass": bool(score), "score": score, "reason": "as wanted", "componentResults": [{}]},
        "namedScores": {}, "cost": 0.002,
    } | more  # fmt: skip


def promptfoo(rows: Sequence[Json], **more: Any) -> Json:
    return {
        "evalId": "eval-1", "config": {"description": "capitals"}, "shareableUrl": None,
        "results": {"version": 3, "timestamp": "2026-11-20T10:00:00.000Z", "prompts": [], "results": list(rows)},
        "metadata": {"promptfooVersion": "0.123.1"},
    } | more  # fmt: skip


def inspect_sample(id: int | str, said: str, grade: Any, **more: Any) -> Json:
    """A sample of inspect_ai that took one request of 0.4 s."""
    usage = {"input_tokens": 9, "output_tokens": 3, "total_tokens": 12, "total_cost": 0.001}
    output = {
        "model": "fake", "choices": [{"message": {"role": "assistant", "content": said}, "stop_reason": "stop"}],
        "completion": said, "usage": usage, "time": 0.4,
    }  # fmt: skip
    return {
        "id": id, "epoch": 1, "input": f"Capital {id}?", "target": "Paris", "messages": [], "output": output,
        "scores": {"match": {"value": grade, "answer": said}}, "metadata": {}, "store": {},
        "events": [{"event": "model", "model": "openai/fake", "output": output}, {"event": "score"}],
        "model_usage": {"openai/fake": usage}, "total_time": 3.0, "working_time": 0.5,
        "completed_at": "2026-11-20T10:00:00+00:00",
    } | more  # fmt: skip


def inspect(samples: Sequence[Json], *, status: str = "success", model: str = "openai/fake", **spec: Any) -> Json:
    return {
        "version": 2, "status": status,
        "eval": {
            "task": "capitals", "task_version": 0, "model": model, "created": "2026-11-20T09:59:00+00:00",
            "dataset": {"sample_ids": [it["id"] for it in samples]}, "config": {"epochs": 1},
            "packages": {"inspect_ai": "0.3.285"}, "scorers": [{"name": "match", "options": {}}],
            "model_generate_config": {"temperature": 0.0},
        } | spec,
        "plan": {}, "results": {"total_samples": len(samples), "scores": [{"name": "match", "scorer": "match"}]},
        "stats": {"completed_at": "2026-11-20T10:00:05+00:00"}, "samples": list(samples),
    }  # fmt: skip


def archive(path: Path, log: Mapping[str, Any], *, method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write a log of inspect_ai as it writes `.eval` files."""
    header = {key: value for key, value in log.items() if key != "samples"}
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("_journal/start.json", json.dumps({key: header[key] for key in ("version", "eval", "plan")}))
        for it in log["samples"]:
            file.writestr(f"samples/{it['id']}_epoch_{it['epoch']}.json", json.dumps(it))
        file.writestr("header.json", json.dumps(header))
    return path


def lm_eval(folder: Path, rows: Sequence[Json], *, date: str = "2026-11-20T10-00-00.123456", **more: Any) -> Path:
    """Write results and samples of lm_eval; return the results."""
    told = {
        "results": {"capitals": {"alias": "capitals", "exact_match,none": 0.5}}, "group_subtasks": {"capitals": []},
        "configs": {"capitals": {
            "task": "capitals", "output_type": "generate_until",
            "metric_list": [{"metric": "exact_match"}, {"metric": "f1"}],
        }},
        "versions": {"capitals": 1.0}, "n-shot": {"capitals": 0},
        "higher_is_better": {"capitals": {"exact_match": True}},
        "config": {"model": "local-completions", "gen_kwargs": {"temperature": 0}}, "date": 1795255200.0,
        "lm_eval_version": "0.4.9", "model_name": "fake",
    } | more  # fmt: skip
    results = write(folder / f"results_{date}.json", told)
    lines(folder / f"samples_capitals_{date}.jsonl", rows)
    return results


def lm_eval_row(doc_id: int, said: str, value: Any, **more: Any) -> Json:
    return {
        "doc_id": doc_id, "doc": {"question": f"Capital {doc_id}?", "answer": "Paris"}, "target": "Paris",
        "arguments": {"gen_args_0": {"arg_0": f"Q: Capital {doc_id}?\nA:", "arg_1": {"until": ["\n"]}}},
        "resps": [[said]], "filtered_resps": [said], "filter": "none", "metrics": ["exact_match"], "exact_match": value,
    } | more  # fmt: skip


def evalscope(folder: Path, rows: Sequence[tuple[str, float]], *, model: str = "fake") -> Path:
    """Write the folder of a run of EvalScope whose model said so much, and what it was worth."""
    predictions, reviews = [], []
    for index, (said, value) in enumerate(rows):
        question = {"role": "user", "content": f"Capital {index}?"}
        choice = {"message": {"role": "assistant", "content": said}, "stop_reason": "stop"}
        usage = {"input_tokens": 9, "output_tokens": 3, "total_tokens": 12}
        predictions.append({
            "index": index, "model": model, "messages": [question],
            "model_output": {"model": model, "choices": [choice], "usage": usage, "time": 0.7, "error": None},
        })  # fmt: skip
        score = {"value": {"acc": value}, "prediction": said, "explanation": None, "main_score_name": "acc"}
        reviews.append({
            "index": index, "input": f"Capital {index}?", "target": "Paris",
            "sample_score": {"score": score, "sample_id": index, "group_id": index, "sample_metadata": {}},
        })  # fmt: skip
    lines(folder / "predictions" / model / "general_qa_world_cities.jsonl", predictions)
    lines(folder / "reviews" / model / "general_qa_world_cities.jsonl", reviews)
    write(
        folder / "reports" / model / "general_qa.json",
        {"dataset_name": "general_qa", "model_name": model, "metrics": []},
    )
    return folder


def write(path: Path, told: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def lines(path: Path, rows: Sequence[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
