"""A candidate that is measured by its own model is named, whatever its name and parameters, and in that slot alone."""

from dataclasses import replace
from pathlib import Path

from harness.core.candidates import Candidate, Stage
from harness.core.canonical import to_json
from harness.core.decision import SelfMeasured
from harness.store.instruments import self_measured
from harness.store.ledger import Ledger
from tests.store.nouns import call, instrument, manifest, samples


def model(name: str, modality: str, **changes: object) -> Candidate:
    return replace(
        Candidate(name=name, model=f"local/{name}", modalities=frozenset({modality})),
        **changes,  # type: ignore[arg-type]
    )


EARS = model("whisper-base", "transcription")
VOICE = model("voice", "tts")
ECHO = model("echo", "tts", stages=(Stage(name="hear", candidate=EARS, input=""),))
TUNED = replace(EARS, name="tuned", params={"temperature": 0.5})
ELSEWHERE = replace(EARS, name="elsewhere", base_url="http://127.0.0.1:1/v1")
CANDIDATES = (EARS, VOICE, ECHO, TUNED, ELSEWHERE)


def test_who_is_measured_by_its_own_model(tmp_path: Path) -> None:
    config = {
        **manifest().config,  # type: ignore[dict-item]
        "candidates": to_json(CANDIDATES),
        "instruments": {"transcriber": to_json(EARS)},
    }
    asked = [call(f"v-{it.name}", sample="v0", candidate=it.name) for it in (VOICE, ECHO, TUNED, ELSEWHERE)]
    asked.append(call("text", candidate="whisper-base"))
    with Ledger.create(tmp_path, replace(manifest(), config=config), samples(), asked) as ledger:
        assert self_measured(ledger) == {}, "nothing is measured yet"
        ledger.add_calls([instrument("i", "v-voice")])
        assert self_measured(ledger) == {
            "tts": tuple(
                SelfMeasured(candidate=name, instrument="transcriber", model="whisper-base")
                for name in ("echo", "tuned")
            )
        }
