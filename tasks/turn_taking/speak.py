"""Writes the conversations of turn_taking: `python -m tasks.turn_taking.speak`, with the voice hibari installed.

The voice says the same bytes every time; what is silent before and after its words is taken away, so that a recording
ends where the user does.
"""

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from harness.core.canonical import to_json
from harness.core.turns import AGENT, USER, Turn
from harness.local.catalog import ENGINES
from harness.local.weights import cache_folder, verified
from tasks.spoken_qa.speak import ENGINE, VOICE, encoded

HERE = Path(__file__).parent
SILENT = 0.02
"""Of the peak: what stays below it is no speech."""
LISTEN_S = {"pause": 15.0, "interruption": 6.0, "backchannel": 3.0}
"""How long is listened after the user's last words: to hear an answer, or that none comes."""
CUT_IN_AFTER_S = 1.5

PAUSES = (
    (0.4, "I would like to know", "what the capital of France is."),
    (0.4, "Could you tell me", "how many legs a spider has?"),
    (0.6, "My question is about the sky, so", "why is it blue during the day?"),
    (0.6, "Let me think. I wanted to ask", "which planet is the largest one."),
    (0.8, "I am planning a trip to Italy, and", "I need to know which language people speak there."),
    (0.8, "My neighbour told me that", "the moon is made of cheese, is that true?"),
    (1.0, "I have bread, eggs and a bit of milk, and", "I wonder what I could cook with them."),
    (1.0, "There is one thing about winter", "that I never understood: why does water freeze?"),
    (1.2, "If I leave the house at nine and", "the train takes two hours, when do I arrive?"),
    (1.2, "The book that I am looking for is", "the one about the white whale, who wrote it?"),
    (1.5, "Please help me remember", "the name of the first person on the moon."),
    (1.5, "I bought three apples and then", "five more, so how many apples do I have now?"),
)
"""How long the user pauses, after which words, and what follows."""
QUESTIONS = {
    "lighthouse": "Tell me a long story about an old lighthouse.",
    "bread": "Explain to me step by step how bread is baked.",
    "sea": "Describe the sea in as much detail as you can.",
    "counting": "Count slowly from one to thirty, please.",
    "forest": "Tell me everything that lives in a forest.",
    "computer": "Explain how a computer works to a small child.",
    "city": "Describe a morning in a very big city.",
    "cat": "Tell me a long story about a cat who travels.",
    "seasons": "Tell me about all four seasons of the year.",
    "garden": "Explain how to plant a garden from the beginning.",
    "rome": "Tell me about the history of Rome.",
    "weather": "Explain where rain, snow and wind come from.",
}
"""What takes a while to answer."""
INTERRUPTIONS = (
    "Stop, please.", "Wait, wait, I meant something else.", "Hold on a second.", "No, that is not what I asked.",
    "Okay, that is enough, thank you.", "Sorry, can I ask something else?", "Let me stop you there.",
    "Actually, how much is two plus two?", "Excuse me, could you start again?", "Please be quiet for a moment.",
    "Wait, what did you just say?", "That is enough, tell me the time instead.",
)  # fmt: skip
BACKCHANNELS = (
    "Uh-huh.", "Yeah.", "Right.", "Okay.", "I see.", "Sure.", "Mm-hmm.", "Yes.", "Really.", "Wow.", "Oh, nice.", "Aha.",
)  # fmt: skip


def spoken() -> dict[str, tuple[float, tuple[str, ...]]]:
    """Clip → how long the pauses between its parts are, and the parts."""
    clips: dict[str, tuple[float, tuple[str, ...]]] = {
        f"pause-{number:02}": (pause_s, tuple(parts)) for number, (pause_s, *parts) in enumerate(PAUSES, start=1)
    }
    clips |= {f"question-{name}": (0.0, (text,)) for name, text in QUESTIONS.items()}
    clips |= {f"interruption-{number:02}": (0.0, (text,)) for number, text in enumerate(INTERRUPTIONS, start=1)}
    clips |= {f"backchannel-{number:02}": (0.0, (text,)) for number, text in enumerate(BACKCHANNELS, start=1)}
    return clips


def lines() -> dict[str, list[dict[str, Any]]]:
    """Task → its data, which say how long the clips are."""
    pauses = [
        _line(f"{number:02}", "pause", [f"pause-{number:02}"], f"{before} ... {after}", pause_s=pause_s)
        for number, (pause_s, before, after) in enumerate(PAUSES, start=1)
    ]
    asked = list(enumerate(QUESTIONS.items(), start=1))
    return {"pause": pauses} | {
        task: [
            _line(name, task, [f"question-{name}", f"{task}-{number:02}"], f"{text} / {said[number - 1]}")
            for number, (name, text) in asked
        ]
        for task, said in (("interruption", INTERRUPTIONS), ("backchannel", BACKCHANNELS))
    }


def _line(name: str, task: str, clips: list[str], text: str, **more: float) -> dict[str, Any]:
    files = [f"clips/{clip}.flac" for clip in clips]
    cut_in = {"interrupt_after_s": CUT_IN_AFTER_S} if len(files) == 2 else {}
    script = {"listen_s": LISTEN_S[task], **cut_in}
    lengths = [round(soundfile.info(HERE / file).frames / 24, 1) for file in files]
    metadata = {"lang": "en", "voice": f"{ENGINE}/{VOICE}", **more, "conversation": script}
    metadata["answer_key"] = {"turns": [to_json(turn) for turn in _key(task, lengths)]}
    return {"id": name, "input": text, "files": files, "metadata": metadata}


def _key(task: str, lengths: list[float]) -> list[Turn]:
    """What a perfect partner of the conversation would say, and when."""
    end = lengths[0]
    user = [Turn(speaker=USER, start_ms=0.0, end_ms=end)]
    if task == "pause":
        return [*user, Turn(speaker=AGENT, start_ms=end + 500, end_ms=end + 2_500)]
    begins = end + 500
    cut_in = begins + CUT_IN_AFTER_S * 1000
    user.append(Turn(speaker=USER, start_ms=cut_in, end_ms=round(cut_in + lengths[1], 1)))
    cut = task == "interruption"
    return [*user, Turn(speaker=AGENT, start_ms=begins, end_ms=cut_in + (600 if cut else 5_000), cut=cut)]


def trimmed(said: bytes) -> bytes:
    """Return 16-bit samples from the first that is speech to the last."""
    sound = np.frombuffer(said, "<i2")
    (loud,) = np.nonzero(np.abs(sound.astype(np.float64)) > SILENT * np.abs(sound.astype(np.float64)).max())
    return sound[loud[0] : loud[-1] + 1].tobytes()


def main() -> None:
    engine = ENGINES[ENGINE]
    voice = import_module(f"harness.local.engines.{engine.module}").load(
        verified(engine, cache=cache_folder(os.environ)), threads=1
    )
    (HERE / "clips").mkdir(exist_ok=True)
    for name, (pause_s, parts) in spoken().items():
        pause = bytes(2 * round(pause_s * voice.sample_rate))
        said = pause.join(trimmed(b"".join(voice.speak(part, voice=VOICE, speed=1.0))) for part in parts)
        (HERE / "clips" / f"{name}.flac").write_bytes(encoded(said, voice.sample_rate))
    for task, of_task in lines().items():
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in of_task)
        (HERE / f"{task}.jsonl").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
