"""Recordings through the command line to a server and back: from files beside a table to a verdict in words."""

import json
from pathlib import Path

import pytest

from tests.fake_provider import running
from tests.fake_provider.audio import header, speak
from tests.test_end_to_end import bakeoff

SAID = {"a": "the ferry leaves at noon", "b": "hello world", "c": "hello brave new world"}
PROVIDERS = """\
model_list:
  - model_name: ears
    litellm_params: {{model: openai/ears, api_base: "{url}", api_key: os.environ/EARS_KEY}}
    model_info: {{mode: audio_transcription}}
    bakeoff: {{usd_per_hour: 0.10}}
  - model_name: voice
    litellm_params: {{model: openai/voice, api_base: "{url}", api_key: os.environ/EARS_KEY, voice: alloy}}
    model_info: {{mode: audio_speech}}
    bakeoff: {{usd_per_hour: 0.10}}
cascades:
  - model_name: echo
    stages:
      - {{name: say, candidate: voice}}
      - {{name: hear, candidate: ears}}
      - {{name: again, candidate: voice, input: "{{{{ stages.hear.text }}}}"}}
"""
BAKEOFF = """\
name: dictation
suites:
  - {name: dictation, modality: transcription, data: clips.csv, scorer: transcript_accuracy, language: en}
  - {name: lines, modality: tts, data: lines.csv, scorer: word_accuracy}
instruments: {transcriber: ears}
"""


def test_recordings_are_sent_as_they_lie_and_a_table_says_that_its_own_transcriber_competes(tmp_path: Path) -> None:
    for name, text in SAID.items():
        (tmp_path / f"{name}.wav").write_bytes(header(len(speak(text))) + speak(text))
    rows = "".join(f"{name},?,{text},{name}.wav\n" for name, text in SAID.items())
    (tmp_path / "clips.csv").write_text("id,input,target,files\n" + rows, encoding="utf-8")
    (tmp_path / "lines.csv").write_text("id,input\na,the tide is low\n", encoding="utf-8")
    (tmp_path / "bakeoff.yaml").write_text(BAKEOFF, encoding="utf-8")
    with running() as provider:  # hears "hello world" in every clip that it has not spoken itself
        (tmp_path / "providers.yaml").write_text(PROVIDERS.format(url=provider.url), encoding="utf-8")
        done = bakeoff("run", "--json", cwd=tmp_path, check=None, EARS_KEY="of no account")
        heard = {bytes(request.body["file"]) for request in provider.requests if "file" in request.body}
    assert {(tmp_path / f"{name}.wav").read_bytes() for name in SAID} <= heard
    decisions = {decision["slot"]: decision for decision in json.loads(done.stdout)["decisions"]}
    estimates = decisions["transcription"]["estimates"]["ears"]
    measured = {estimate["metric"]: estimate.get("value") for estimate in estimates}
    assert measured["quality"] == pytest.approx((0 + 1 + 0.5) / 3)
    assert measured["wer"] == pytest.approx((5 + 0 + 2) / 11)
    assert 0 < measured["rtf_p50"] < 60
    assert measured["total_p50_ms"] > 0
    flattered = "echo answers with the model that is also the transcriber of this table (ears): that may flatter it."
    said = {
        slot: [it for it in decision["verdict"]["caveats"] if "transcriber" in it]
        for slot, decision in decisions.items()
    }
    assert said == {"transcription": [], "tts": [flattered]}
    (page,) = (tmp_path / "reports").glob("*/report.html")
    html = page.read_text(encoding="utf-8")
    assert html.count('aria-label="Play the recording"') == len(SAID)
    assert html.count(flattered) >= 1
