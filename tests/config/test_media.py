"""Media of samples: read safely, told by content, never by name."""

import base64
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.config import suites
from harness.config.media import content, picture, recording, short
from harness.config.suites import load_suite
from harness.core import pictures
from harness.core.media import Audio, Image
from harness.core.suites import Suite
from harness.errors import Problem, UsageError
from tests.fake_provider.audio import RATE, header, speak
from tests.pictures import picture as drawn

SPOKEN = header(len(speak("hi"))) + speak("hi")
RED, BLUE = drawn(), drawn(5, 7, kind="JPEG", colour="blue")
URL = "data:image/png;base64," + base64.b64encode(RED).decode()
HEARING = """\
from harness import Suite, Task
from harness.scorers import TranscriptAccuracy
SUITE = Suite(name="ears", version=1, tasks=[
    Task(name="words", modality="transcription", samples="d.jsonl", scorers=[TranscriptAccuracy()],
         primary="transcript_accuracy")])
"""
SUITE = """\
from harness import Suite, Task
from harness.scorers import Contains
SUITE = Suite(name="eyes", version=1, tasks=[
    Task(name="colours", modality="vision", samples="d.jsonl", scorers=[Contains()], primary="contains")])
"""


def written(folder: Path, files: Sequence[str], suite: str = SUITE) -> Path:
    (folder / "suite.py").write_text(suite, encoding="utf-8")
    listed = ", ".join(f'"{name}"' for name in files)
    (folder / "d.jsonl").write_text(f'{{"id": "a", "input": "?", "target": "red", "files": [{listed}]}}\n')
    return folder


def loaded(folder: Path, *files: str, suite: str = SUITE) -> Suite:
    return load_suite(written(folder, files, suite))


def refused(folder: Path, *files: str, suite: str = SUITE) -> Problem:
    with pytest.raises(UsageError) as caught:
        loaded(folder, *files, suite=suite)
    (problem,) = caught.value.problems
    return problem


def test_pictures_are_known_by_their_content_in_the_order_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(RED)
    (tmp_path / "b.txt").write_bytes(BLUE)
    (sample,) = loaded(tmp_path, "b.txt", "a.jpg", URL).tasks[0].loaded
    red = Image(sha256=hashlib.sha256(RED).hexdigest(), mime="image/png", width=8, height=6, size=len(RED))
    assert [image.mime for image in sample.media] == ["image/jpeg", "image/png", "image/png"]
    assert sample.media[1] == sample.media[2] == red == picture(RED)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"red", "none of PNG, JPEG, WebP and GIF", id="text"),
        pytest.param(b"<svg/>", "none of PNG", id="svg"),
        pytest.param(RED[:20], "ends before it says how large it is", id="torn"),
    ],
)
def test_what_is_no_picture_is_refused_whatever_its_name_says(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / "a.png").write_bytes(data)
    problem = refused(tmp_path, "a.png")
    assert problem.code == "E314"
    assert "sample 'a': a.png: " in problem.message
    assert why in problem.message


@pytest.mark.parametrize(
    ("url", "why"),
    [
        pytest.param("data:image/png,abc", "a data URL is written", id="no-base64"),
        pytest.param("data:image/png;base64", "a data URL is written", id="no-comma"),
        pytest.param("data:image/png;base64,A===", "not base64", id="damaged"),
        pytest.param("data:image/png;base64,PHN2Zy8+", "none of PNG", id="svg"),
    ],
)
def test_data_urls_that_hold_no_picture(tmp_path: Path, url: str, why: str) -> None:
    problem = refused(tmp_path, url)
    assert (problem.code, why in problem.message) == ("E314", True)
    assert url not in problem.message or len(url) < 25


def test_a_sample_without_a_picture_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path).message.endswith("it has no picture, and the task asks about one")


def test_pictures_of_a_sample_are_bounded_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suites, "MOST_BYTES", 2 * len(RED) - 1)
    (tmp_path / "a.png").write_bytes(RED)
    assert loaded(tmp_path, "a.png")
    assert "bytes together" in refused(tmp_path, "a.png", "a.png").message


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 100)
    with (tmp_path / "a.png").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(ValueError, match="more than 100 bytes"):
        content(tmp_path, "a.png")


def test_a_pipe_is_no_picture_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(ValueError, match="no regular file"):
        content(tmp_path, "a.png")


def test_a_link_that_comes_after_the_check_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_bytes(RED)
    (tmp_path / "a.png").symlink_to(tmp_path / "secret")
    assert content(tmp_path, "a.png") == RED
    monkeypatch.setattr(Path, "resolve", lambda self: self)  # it was a file when its way was looked up
    with pytest.raises(ValueError, match="cannot be read"):
        content(tmp_path, "a.png")


def test_a_data_url_is_shown_without_its_bytes() -> None:
    assert (short(URL), short("media/a.png")) == ("data:image/png;base64,...", "media/a.png")


def test_many_faults_are_counted(tmp_path: Path) -> None:
    written(tmp_path, [])
    lines = (f'{{"id": "{i}", "input": "?", "target": "x"}}\n' for i in range(25))
    (tmp_path / "d.jsonl").write_text("".join(lines))
    with pytest.raises(UsageError) as caught:
        load_suite(tmp_path)
    assert len(caught.value.problems) == 21
    assert "5 more pictures cannot be taken" in caught.value.problems[-1].message


# -- recordings ----------------------------------------------------------------------------------------------------


def test_a_recording_is_known_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(SPOKEN)
    (sample,) = loaded(tmp_path, "a.mp3", suite=HEARING).tasks[0].loaded
    clip = Audio(
        sha256=hashlib.sha256(SPOKEN).hexdigest(), mime="audio/wav", seconds=0.2, sample_rate=RATE, size=len(SPOKEN)
    )
    assert sample.media == (clip,) == (recording(SPOKEN),)


@pytest.mark.parametrize(
    ("files", "why"),
    [
        pytest.param((), "it has no recording", id="none"),
        pytest.param(("a.wav", "a.wav"), "it has 2 recordings", id="two"),
        pytest.param(("red.wav",), "red.wav: the file is no recording that is taken", id="a-picture"),
        pytest.param(("torn.wav",), "torn.wav: the recording ends 10 bytes before", id="torn"),
    ],
)
def test_what_cannot_be_written_down_is_refused(tmp_path: Path, files: tuple[str, ...], why: str) -> None:
    for name, data in {"a.wav": SPOKEN, "red.wav": RED, "torn.wav": SPOKEN[:-10]}.items():
        (tmp_path / name).write_bytes(data)
    problem = refused(tmp_path, *files, suite=HEARING)
    assert (problem.code, why in problem.message) == ("E314", True)
