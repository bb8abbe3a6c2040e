"""tts_chinese and tts_long: the text itself is a perfect answer; shuffled, cut or another sentence is a worse one."""

import random
from itertools import combinations
from pathlib import Path

import pytest

from harness.config.suites import load_suite
from harness.core.calls import Output
from harness.core.media import Audio
from harness.core.scores import Reading, Score, Scorer
from harness.core.suites import Sample, Task
from harness.scorers.speech import FORMS, WordAccuracy

TASKS = [
    task
    for name in ("tts_chinese", "tts_long")
    for task in load_suite(Path(__file__).parents[2] / "tasks" / name).tasks
]
SPOKEN = Output(audio=Audio(sha256="0" * 64, mime="audio/wav", seconds=1.0, sample_rate=24_000, size=48_044))


def judge(scorer: Scorer, sample: Sample, heard: str) -> float:
    reading = Reading(instrument="transcriber", candidate="perfect", output=Output(text=heard))
    score = scorer.score(sample, SPOKEN, {"transcriber": reading})
    assert isinstance(score, Score)
    return score.value


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_only_the_text_itself_scores_one(task: Task) -> None:
    rng = random.Random(4)
    (scorer,) = (it for it in task.scorers if isinstance(it, WordAccuracy))
    form = FORMS[scorer.normaliser]
    for sample in task.loaded:
        text = str(sample.input)
        units = form.split(text)
        assert judge(scorer, sample, text.upper().rstrip(".?。？")) == 1.0
        assert judge(scorer, sample, "") == 0.0
        assert 0.5 < judge(scorer, sample, form.between.join(units[:-1])) < 1.0
        assert judge(scorer, sample, form.between.join(rng.sample(units, len(units)))) < 0.7
        assert judge(scorer, sample, form.between.join([*units, *units])) < 0.1
    for one, other in combinations(task.loaded, 2):
        assert judge(scorer, one, str(other.input)) < 0.5


def test_english_words_count_as_one_unit_between_chinese_characters() -> None:
    scorer = WordAccuracy(language="zh", normaliser="chinese-mixed")
    sample = Sample(id="a", input="我的 laptop 忘在桌子上了。")
    assert judge(scorer, sample, "我的LAPTOP忘在桌子上了") == 1.0
    assert judge(scorer, sample, "我的 lap top 忘在桌子上了") == pytest.approx(1 - 2 / 9)
    assert judge(scorer, sample, "我的忘在桌子上了") == pytest.approx(1 - 1 / 9)
