"""asr_core: its data are what the generator says, its recordings are small, and words decide."""

import json
from collections import Counter
from pathlib import Path

import pytest

from harness.config.load import load
from harness.config.paths import shipped
from harness.config.suites import load_suite
from harness.core.calls import Output
from harness.core.media import Audio
from harness.core.scores import Score
from harness.core.suites import Sample
from harness.execute.plan import plan
from harness.scorers import TranscriptAccuracy
from tasks.asr_core import speak

ROOT = Path(__file__).parents[2] / "tasks" / "asr_core"
SUITE = load_suite(ROOT)
SAMPLES = [sample for task in SUITE.tasks for sample in task.loaded]


def accuracy(sample: Sample, transcript: str) -> float:
    normaliser = "chinese-characters" if sample.metadata["lang"] == "zh" else "whisper-english"
    score = TranscriptAccuracy(normaliser=normaliser).score(sample, Output(text=transcript), {})
    assert isinstance(score, Score)
    return score.value


def test_the_data_are_those_of_the_generator() -> None:
    for task in SUITE.tasks:
        lines = [json.loads(line) for line in (ROOT / f"{task.name}.jsonl").read_text(encoding="utf-8").splitlines()]
        assert lines == [clip.sample for clip in speak.clips() if clip.task == task.name]
    voices = Counter((sample.id.partition("-")[0], sample.metadata["voice"]) for sample in SAMPLES)
    assert voices == {
        ("clean", "hibari/heart"): 12, ("clean", "espeak/en-gb"): 6, ("clean", "espeak/en-us"): 6,
        ("noise", "hibari/heart"): 6, ("noise", "espeak/en-gb"): 6,
        ("fast", "hibari/heart"): 6, ("fast", "espeak/en-us"): 6,
        ("mandarin", "espeak/cmn"): 20,
    }  # fmt: skip


def test_mandarin_is_a_job_of_its_own_and_counts_characters() -> None:
    slots = {task.name: SUITE.slot_of(task) for task in SUITE.tasks}
    assert slots == dict.fromkeys(("clean", "noise", "fast"), "transcription") | {"mandarin": "transcription.zh"}
    assert {scorer.signature for task in SUITE.tasks[:3] for scorer in task.scorers} == {
        'transcript_accuracy@1(normaliser="whisper-english")'
    }
    (judge,) = SUITE.tasks[3].scorers
    assert judge == TranscriptAccuracy(normaliser="chinese-characters")


def test_the_recordings_are_small_each_is_another_and_none_is_left_over() -> None:
    assert {f"clips/{path.name}" for path in (ROOT / "clips").iterdir()} == {s.files[0] for s in SAMPLES}
    clips = [clip for sample in SAMPLES for clip in sample.media]
    assert all(isinstance(clip, Audio) and clip.mime == "audio/flac" and clip.sample_rate == 16_000 for clip in clips)
    assert all(isinstance(clip, Audio) and 1.0 < clip.seconds < 8.0 for clip in clips)
    assert len({clip.sha256 for clip in clips}) == len(clips)
    assert sum(clip.size for clip in clips) < 3_000_000


def test_fast_is_faster_and_noise_is_as_long_as_clean() -> None:
    seconds = {sample.id: clip.seconds for sample in SAMPLES for clip in sample.media if isinstance(clip, Audio)}
    for sample in SAMPLES:
        condition, _, number = sample.id.partition("-")
        if condition == "noise":
            assert seconds[sample.id] == pytest.approx(seconds[f"clean-{number}"], rel=0.02)
        if condition == "fast":
            assert seconds[sample.id] < 0.8 * seconds[f"clean-{number}"]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_the_words_decide(sample: Sample) -> None:
    said = str(sample.target)
    assert accuracy(sample, said) == 1.0
    assert accuracy(sample, said.upper().rstrip(".?。？").replace("，", ", ")) == 1.0
    assert accuracy(sample, "") == 0.0
    assert accuracy(sample, said[: len(said) // 2]) < 1.0
    mixed = said[::-1] if sample.metadata["lang"] == "zh" else " ".join(reversed(said.split()))
    assert accuracy(sample, mixed) < 0.7
    others = [str(other.target) for other in SAMPLES if other.metadata["lang"] == sample.metadata["lang"]]
    assert all(accuracy(sample, other) < 0.6 for other in others if other != said)


def test_who_knows_english_alone_is_not_asked_in_mandarin(tmp_path: Path) -> None:
    (tmp_path / "bakeoff.yaml").write_text(
        "{suites: [asr_core], candidates: [whisper-tiny, whisper-base, pocketsphinx]}", encoding="utf-8"
    )
    planned = plan(load(tmp_path, env={}, shipped=shipped()))
    asked = Counter((call.candidate, call.task) for call in planned.calls)
    english = {("clean", 24), ("noise", 12), ("fast", 12)}
    assert asked == {
        (name, task): n for name in ("whisper-tiny", "whisper-base", "pocketsphinx") for task, n in english
    } | {("whisper-base", "mandarin"): 20}
    assert {(it.candidate, it.task, it.reason) for it in planned.exclusions} == {
        (name, "mandarin", "it knows en alone, and the task is in zh") for name in ("whisper-tiny", "pocketsphinx")
    }
