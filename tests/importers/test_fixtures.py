"""Logs that the tools themselves have written: see fixtures/README.md for what was asked and what was answered."""

import zipfile
from pathlib import Path

import pytest

from harness.core.calls import Failure, Usage
from harness.errors import UsageError
from harness.importers.files import Given
from harness.importers.log import Log
from harness.importers.reading import read

FIXTURES = Path(__file__).parent / "fixtures"
METERS = Usage(input_tokens=24, cached_tokens=16, output_tokens=4, reasoning_tokens=8, source="provider")
"""What the server counted, nothing of it twice."""
LOST = None


def imported(*names: str) -> Log:
    return read([Given(path=FIXTURES / name) for name in names])


def told(log: Log) -> dict[tuple[str, str], float | None]:
    """Candidate and sample → the primary score, or nothing where the answer was lost."""
    primary = next(iter(log.tasks[0].scorers))
    return {
        (it.candidate, it.sample.input): LOST if isinstance(it.outcome, Failure) else it.verdicts[primary].value
        for it in log.answers
    }


def test_promptfoo() -> None:
    log = imported("promptfoo/results.json")
    assert told(log) == {
        ("openai:chat:good", "France"): 1.0, ("openai:chat:good", "Italy"): 1.0, ("openai:chat:good", "Chad"): 1.0,
        ("poor one", "France"): 1.0, ("poor one", "Italy"): 0.0, ("poor one", "Chad"): LOST,
    }  # fmt: skip
    assert {(it.usage, it.usd, it.marks.valid) for it in log.answers if it.verdicts} == {(METERS, None, False)}
    assert log.source == "promptfoo 0.123.1"
    assert "2 rows of results.json assert nothing, so nothing judges them: they are left out" in log.notices
    assert {it.model for it in log.candidates} == {"openai/good", "openai/poor"}


def test_promptfoo_from_its_cache() -> None:
    log = imported("promptfoo/cached.json")
    assert told(log) == {("openai:chat:good", "France"): 1.0, ("poor one", "France"): 1.0}
    assert {(it.cached, it.usage, it.marks.total_ms) for it in log.answers} == {(True, Usage(), None)}, (
        "though the log repeats the time that it once took"
    )


def test_inspect_ai() -> None:
    log = imported("inspect_ai/good.eval", "inspect_ai/poor.json")
    good, poor = "openai-api/fake/good", "openai-api/fake/poor"
    france, italy, chad = (f"What is the capital of {it}?" for it in ("France", "Italy", "Chad"))
    assert told(log) == {
        (good, france): 1.0, (good, italy): 1.0, (good, chad): 1.0,
        (poor, france): 1.0, (poor, italy): 0.0, (poor, chad): LOST,
    }  # fmt: skip
    assert {(it.usage, it.marks.valid) for it in log.answers if it.verdicts} == {(METERS, True)}
    assert all(10 <= (it.marks.total_ms or 0) < 2000 for it in log.answers if it.verdicts), "not the 2.5 s of a sample"
    assert (list(log.tasks[0].scorers), log.source) == (["exact", "includes"], "inspect_ai 0.3.285")
    (lost,) = (it.outcome for it in log.answers if isinstance(it.outcome, Failure))
    assert "this question breaks the model" in lost.message


@pytest.mark.skipif(hasattr(zipfile, "ZIP_ZSTANDARD"), reason="this Python can read it")
def test_inspect_ai_as_it_compresses_now() -> None:
    with pytest.raises(UsageError, match="zip method 93") as refused:
        imported("inspect_ai/zstandard.eval")
    assert refused.value.problems[0].code == "E606"


def test_lm_eval() -> None:
    log = imported("lm_eval")
    assert told(log) == {
        ("good", "France"): 1.0, ("good", "Italy"): 1.0, ("good", "Spain"): 1.0,
        ("poor", "France"): 1.0, ("poor", "Italy"): 0.0, ("poor", "Spain"): 0.0,
    }  # fmt: skip
    assert list(log.tasks[0].scorers) == ["exact_match,strict", "exact_match,whole", "bleu,strict", "bleu,whole"]
    assert {it.value for answer in log.answers for name, it in answer.verdicts.items() if "bleu" in name} == {None}
    assert log.answers[0].messages == ({"role": "user", "content": "What is the capital of France?"},)
    assert log.source == "lm_eval 0.4.13"


def test_lm_eval_of_several_choices() -> None:
    log = imported("lm_eval_choices")
    said = {it.sample.input: (getattr(it.outcome, "text", ""), it.verdicts["acc"].value) for it in log.answers}
    assert said == {"France": ("Paris", 1.0), "Italy": ("Oslo", 0.0)}, "at random: its model was a dummy"


def test_evalscope() -> None:
    log = imported("evalscope")
    france, italy, japan = (f"What is the capital of {it}?" for it in ("France", "Italy", "Japan"))
    assert told(log) == {
        ("good", france): 1.0, ("good", italy): 1.0, ("good", japan): 1.0,
        ("poor", france): 1.0, ("poor", italy): 0.0, ("poor", japan): 1.0,
    }  # fmt: skip
    assert {it.verdicts["bleu-1"].value for it in log.answers} == {None}, "its tokenizer was missing, and it wrote 0"
    assert {(it.usage, it.marks.valid) for it in log.answers} == {(METERS, False)}
    assert (log.source, log.tasks[0].suite, log.tasks[0].name) == ("evalscope 1.14.1", "general_qa", "world_cities")


@pytest.mark.parametrize(
    "names", [("promptfoo/results.json", "inspect_ai/poor.json"), ("inspect_ai/poor.json", "lm_eval")]
)
def test_tools_are_not_mixed(names: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="one run holds what one tool has measured"):
        imported(*names)
