"""Rows 24 and 25: answers that are kept, beside which the report says what is odd about them."""

from pathlib import Path

import pytest

from harness import pipeline
from tests.fake_provider.contents import other_model, reported_usage
from tests.faults.trial import Ending, ending


def shown(end: Ending) -> str:
    """What the report of the run shows: not the words that its scripts know."""
    planned = end.trial.planned(end.name)
    pipeline.score(planned, end.trial.folder)
    pipeline.decide(end.trial.folder)
    return pipeline.report(end.trial.folder).read_text(encoding="utf-8").partition('id="words"')[0]


@pytest.mark.parametrize("mode", ["stream", "plain"])
def test_an_answer_of_another_model_is_kept_and_told(tap: str, tmp_path: Path, mode: str) -> None:
    end = ending(tmp_path, tap, mode, [other_model("cheaper-mini")])
    assert end.attempts == ["ok"]
    assert end.output.model == "cheaper-mini"
    assert any("'cheaper-mini'" in notice and end.name in notice for notice in end.result.notices)
    assert "answered by another model" in shown(end)
    assert "cheaper-mini" in shown(end)


@pytest.mark.parametrize("name", ["fake/echo", "echo-2024-08-06", "ECHO"])
def test_a_model_under_its_longer_name_is_the_same(tap: str, tmp_path: Path, name: str) -> None:
    end = ending(tmp_path, tap, "stream", [other_model(name)])
    assert not any("model" in notice for notice in end.result.notices)
    assert "answered by another model" not in shown(end)


def test_a_usage_that_cannot_be_true_is_told(tap: str, tmp_path: Path) -> None:
    doubtful = ending(tmp_path / "a", tap, "stream", [reported_usage(prompt_tokens=-5, completion_tokens=3)])
    assert "with a usage that cannot be true" in shown(doubtful)
    sound = ending(tmp_path / "b", tap, "stream", [reported_usage(prompt_tokens=5, completion_tokens=3)])
    assert "with a usage that cannot be true" not in shown(sound)
