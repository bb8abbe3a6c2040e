"""turn_taking is what its generator writes, and each of its recordings begins and ends with speech."""

import json
from pathlib import Path

import numpy as np
import soundfile

from harness.config.suites import load_suite
from harness.core.media import Audio
from tasks.turn_taking import speak

HOME = Path(speak.__file__).parent
SUITE = load_suite(HOME)


def test_the_data_are_those_of_the_generator() -> None:
    for task, lines in speak.lines().items():
        data = (HOME / f"{task}.jsonl").read_text(encoding="utf-8")
        assert [json.loads(line) for line in data.splitlines()] == lines


def test_the_recordings_are_small_each_is_another_and_none_is_left_over() -> None:
    samples = [sample for task in SUITE.tasks for sample in task.loaded]
    clips = {clip.sha256: clip for sample in samples for clip in sample.media if isinstance(clip, Audio)}
    files = {file for sample in samples for file in sample.files}
    assert {f"clips/{path.name}" for path in (HOME / "clips").iterdir()} == files
    assert len(clips) == len(files) == len(speak.spoken())
    assert all((clip.mime, clip.sample_rate) == ("audio/flac", 24_000) and clip.seconds < 8 for clip in clips.values())
    assert sum(clip.size for clip in clips.values()) < 3_500_000


def test_a_recording_begins_and_ends_with_speech_and_pauses_for_as_long_as_it_says() -> None:
    for name, (pause_s, _) in speak.spoken().items():
        sound, rate = soundfile.read(HOME / "clips" / f"{name}.flac")
        loud = np.nonzero(np.abs(sound) > speak.SILENT * np.abs(sound).max())[0]
        assert max(loud[0], len(sound) - loud[-1]) < 0.05 * rate, name
        longest = np.diff(loud).max() / rate
        if pause_s:
            assert pause_s <= longest < pause_s + 0.3, name
