"""Writes the questions of spoken_qa: `python -m tasks.spoken_qa.speak`, with the voice hibari installed.

Each is what text_core asks in writing, word for word; the voice says the same bytes every time.
"""

import io
import json
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from harness.config.suites import load_suite
from harness.core.suites import Sample, Task
from harness.execute.prompts import renderer
from harness.local.catalog import ENGINES
from harness.local.weights import cache_folder, verified

HERE = Path(__file__).parent
WRITTEN = "text_core"
TASKS = ("facts", "arithmetic", "sentiment")
"""Those whose questions and answers can be said."""
ENGINE, VOICE = "hibari", "heart"
BITS = 12
"""Kept of each sample's sixteen: the rest is below what the voice says, and would double the files."""


def written() -> Iterator[tuple[Task, Sample]]:
    """Every sample that is asked aloud, with its task."""
    for task in load_suite(HERE.parent / WRITTEN).tasks:
        if task.name in TASKS:
            yield from ((task, sample) for sample in task.loaded)


def line(task: Task, sample: Sample) -> dict[str, Any]:
    """Its line in the data."""
    metadata = {**sample.metadata, "voice": f"{ENGINE}/{VOICE}", "written": WRITTEN}
    return {"id": sample.id, "input": sample.input, "target": sample.target, "files": [clip(task, sample)],
            "metadata": metadata}  # fmt: skip


def clip(task: Task, sample: Sample) -> str:
    return f"clips/{task.name}-{sample.id}.flac"


def encoded(said: bytes, rate: int) -> bytes:
    """Return 16-bit samples as FLAC at a peak of 0.7, rounded to `BITS`; at the voice's rate, that of live sessions."""
    sound, step = np.frombuffer(said, "<i2").astype(np.float64), 1 << (16 - BITS)
    samples = np.round(sound / np.abs(sound).max() * 0.7 * 32767 / step) * step
    file = io.BytesIO()
    soundfile.write(file, samples.astype(np.int16), rate, format="FLAC", subtype="PCM_16", compression_level=1.0)
    return file.getvalue()


def main() -> None:
    engine = ENGINES[ENGINE]
    voice = import_module(f"harness.local.engines.{engine.module}").load(
        verified(engine, cache=cache_folder(os.environ)), threads=1
    )
    (HERE / "clips").mkdir(exist_ok=True)
    lines: dict[str, list[str]] = {}
    for task, sample in written():
        said = b"".join(voice.speak(renderer(task.prompt)(sample), voice=VOICE, speed=1.0))
        (HERE / clip(task, sample)).write_bytes(encoded(said, voice.sample_rate))
        lines.setdefault(task.name, []).append(json.dumps(line(task, sample), ensure_ascii=False) + "\n")
    for name, of_task in lines.items():
        (HERE / f"{name}.jsonl").write_text("".join(of_task), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
