"""spoken_qa asks aloud what text_core asks in writing: the same samples, bounds and rules, in small recordings."""

import json
from pathlib import Path

from harness.config.suites import load_suite
from harness.core.media import Audio
from tasks.spoken_qa import speak

ROOT = Path(__file__).parents[2] / "tasks"
SUITE = load_suite(ROOT / "spoken_qa")
WRITTEN = {task.name: task for task in load_suite(ROOT / speak.WRITTEN).tasks}


def test_the_data_are_those_of_the_generator() -> None:
    for task in SUITE.tasks:
        data = (ROOT / "spoken_qa" / f"{task.name}.jsonl").read_text(encoding="utf-8")
        wanted = [speak.line(asked, sample) for asked, sample in speak.written() if asked.name == task.name]
        assert [json.loads(line) for line in data.splitlines()] == wanted


def test_each_task_has_the_samples_the_bound_and_the_rule_of_the_written_one() -> None:
    for task in SUITE.tasks:
        text = WRITTEN[task.name]
        assert [(s.id, s.input, s.target, s.cluster) for s in task.loaded] == [
            (s.id, s.input, s.target, s.cluster) for s in text.loaded
        ]
        assert task.max_tokens == text.max_tokens
        (aloud,), (silent,) = task.scorers, text.scorers
        assert isinstance(aloud, type(silent))
        assert aloud.signature.partition("(")[2] == silent.signature.partition("(")[2]


def test_the_recordings_are_small_each_is_another_and_none_is_left_over() -> None:
    samples = [sample for task in SUITE.tasks for sample in task.loaded]
    assert {f"clips/{path.name}" for path in (ROOT / "spoken_qa" / "clips").iterdir()} == {s.files[0] for s in samples}
    clips = [clip for sample in samples for clip in sample.media if isinstance(clip, Audio)]
    assert len({clip.sha256 for clip in clips}) == len(clips) == len(samples)
    assert all((clip.mime, clip.sample_rate) == ("audio/flac", 24_000) and 1.0 < clip.seconds < 15.0 for clip in clips)
    assert sum(clip.size for clip in clips) < 3_500_000
