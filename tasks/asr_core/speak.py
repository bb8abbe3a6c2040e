"""Writes the recordings of asr_core: `python -m tasks.asr_core.speak [TASK]`, with hibari and eSpeak NG installed.

Every sentence is said once clean, half of the English ones again in noise, the others 1.6 times as fast. The seed
decides the noise, so the same voices write the same bytes.
"""

import io
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from harness.local.catalog import ENGINES
from harness.local.weights import cache_folder, verified

HERE = Path(__file__).parent
SEED = 20261126
RATE = 16_000
BITS = 12
"""Kept of each sample's sixteen: the rest is below what these voices say, and would double the files."""
SNR_DB = 5.0
FAST = 1.6
VOICES = (("hibari", "heart"), ("espeak", "en-gb"), ("hibari", "heart"), ("espeak", "en-us"))
"""In turn; half of the English sentences are said by the neural voice."""
MANDARIN_VOICE = ("espeak", "cmn")
SENTENCES = (
    "The bridge will be closed to heavy traffic until Friday evening.",
    "Nobody expected the old piano to sound so warm.",
    "Please send the signed copy to the office on the second floor.",
    "Her flight from Lisbon landed almost an hour early.",
    "We need twelve chairs and four long tables for the workshop.",
    "The cat slept on the radiator while it snowed outside.",
    "Turn left after the petrol station and follow the river.",
    "My grandfather repaired clocks in a small shop near the harbour.",
    "The recipe asks for two eggs, some butter and a little salt.",
    "They painted the kitchen yellow because the room gets no sun.",
    "Could you repeat the last part of the address, please?",
    "The museum keeps its oldest maps in a dark, dry room.",
    "A cold wind came down from the mountains before midnight.",
    "I would rather walk than wait another twenty minutes for the bus.",
    "The new manager reads every complaint that customers write.",
    "Olive trees grow slowly, but they live for hundreds of years.",
    "Why is the printer on the third floor always out of paper?",
    "The children counted seven swans and one very loud goose.",
    "Her lecture about glaciers filled the largest hall in town.",
    "If the battery is empty, the door can be opened with a key.",
    "He bought a second-hand bicycle and rode it across the country.",
    "The soup was too hot to eat and too good to leave.",
    "Someone has left a green umbrella under the front seat.",
    "The committee will vote on the proposal early next week.",
)
MANDARIN = (
    "大桥因为检修要关闭到星期五晚上。",
    "没想到这架旧钢琴的声音这么温暖。",
    "请把签好字的文件送到楼上的办公室。",
    "她的飞机比预定时间早到了很久。",
    "猫在暖气旁边睡觉，外面下着大雪。",
    "过了加油站向左转，然后沿着河边走。",
    "爷爷以前在港口附近的小店里修理钟表。",
    "这道菜需要鸡蛋、黄油和少量的盐。",
    "因为房间照不到阳光，他们把厨房刷成了黄色。",
    "请您慢慢地把地址重新念给我听。",
    "博物馆把最古老的地图放在干燥的暗室里。",
    "半夜以前，冷风从山上吹了下来。",
    "我宁愿走路，也不想再等公共汽车。",
    "新来的经理会认真阅读每条投诉。",
    "橄榄树长得很慢，但是可以活很多年。",
    "为什么楼上的打印机总是没有纸？",
    "孩子们在湖边看见了天鹅和很吵的大鹅。",
    "她关于冰川的演讲坐满了最大的礼堂。",
    "如果电池没电了，可以用钥匙开门。",
    "有人把绿色的雨伞忘在了前排座位下面。",
)
"""Without numbers, which may be written in digits as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One recording: which sentence, who says it, under which condition."""

    task: str
    number: int
    speed: float = 1.0

    @property
    def id(self) -> str:
        return f"{self.task}-{self.number}"

    @property
    def lang(self) -> str:
        return "zh" if self.task == "mandarin" else "en"

    @property
    def text(self) -> str:
        return {"en": SENTENCES, "zh": MANDARIN}[self.lang][self.number - 1]

    @property
    def voice(self) -> tuple[str, str]:
        """Engine and voice."""
        return MANDARIN_VOICE if self.lang == "zh" else VOICES[(self.number - 1) % len(VOICES)]

    @property
    def sample(self) -> dict[str, Any]:
        """Its line in the data."""
        engine, voice = self.voice
        cluster = f"{self.lang}-{self.number}"
        metadata = {"lang": self.lang, "voice": f"{engine}/{voice}", "cluster": cluster}
        return {"id": self.id, "input": "What is said?", "target": self.text, "files": [f"clips/{self.id}.flac"],
                "metadata": metadata}  # fmt: skip


def clips() -> Iterator[Clip]:
    """Every recording of the suite."""
    for number in range(1, len(SENTENCES) + 1):
        yield Clip(task="clean", number=number)
        if number % 4 in (1, 2):  # of both engines
            yield Clip(task="noise", number=number)
        else:
            yield Clip(task="fast", number=number, speed=FAST)
    yield from (Clip(task="mandarin", number=number) for number in range(1, len(MANDARIN) + 1))


def noisy(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return `sound` with pink noise at `SNR_DB` of its mean power."""
    spectrum = np.fft.rfft(rng.standard_normal(len(sound)))
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), len(sound))
    mixed: np.ndarray = sound + pink * np.sqrt(np.mean(sound**2) / np.mean(pink**2) / 10 ** (SNR_DB / 10))
    return mixed


def encoded(sound: np.ndarray) -> bytes:
    """Return `sound` as FLAC at a peak of 0.7, rounded to `BITS`."""
    step = 1 << (16 - BITS)
    samples = np.round(sound / np.abs(sound).max() * 0.7 * 32767 / step) * step
    file = io.BytesIO()
    soundfile.write(file, samples.astype(np.int16), RATE, format="FLAC", subtype="PCM_16", compression_level=1.0)
    return file.getvalue()


def main(only: str | None = None) -> None:
    voices = {}
    for name in {name for name, _ in VOICES}:
        engine = ENGINES[name]
        module = import_module(f"harness.local.engines.{engine.module}")
        voices[name] = module.load(verified(engine, cache=cache_folder(os.environ)), threads=1)
    (HERE / "clips").mkdir(exist_ok=True)
    lines: dict[str, list[str]] = {}
    for clip in (clip for clip in clips() if only in (None, clip.task)):
        name, voice = clip.voice
        said = b"".join(voices[name].speak(clip.text, voice=voice, speed=clip.speed))
        sound = soxr.resample(np.frombuffer(said, "<i2") / 32768, voices[name].sample_rate, RATE)
        if clip.task == "noise":
            sound = noisy(sound, np.random.default_rng([SEED, clip.number]))
        (HERE / "clips" / f"{clip.id}.flac").write_bytes(encoded(sound))
        lines.setdefault(clip.task, []).append(json.dumps(clip.sample, ensure_ascii=False) + "\n")
    for task, written in lines.items():
        (HERE / f"{task}.jsonl").write_text("".join(written), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
