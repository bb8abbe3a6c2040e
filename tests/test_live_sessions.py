"""Live sessions from files to verdicts: a question and a conversation, stored, judged, reported and derived again."""

import io
import json
import wave
from dataclasses import replace
from pathlib import Path

import pytest

from harness import pipeline
from harness.core.calls import Output, Role
from harness.store.ledger import Ledger
from tests.execute.bakeoffs import Watcher
from tests.fake_provider import Pace, running
from tests.fake_provider.audio import speak
from tests.fake_provider.realtime import RATE

PROVIDERS = """\
model_list:
  - model_name: voice
    litellm_params: {{model: openai/voice, api_base: "{url}", api_key: os.environ/LIVE_KEY, turn_detection: {{type: server_vad, silence_duration_ms: 200}}}}
    model_info: {{mode: realtime, input_cost_per_token: 0.000004, input_cost_per_audio_token: 0.00003, output_cost_per_token: 0.00002, output_cost_per_audio_token: 0.00006}}
  - model_name: ears
    litellm_params: {{model: openai/ears, api_base: "{url}", api_key: os.environ/LIVE_KEY}}
    model_info: {{mode: audio_transcription}}
    bakeoff: {{usd_per_hour: 0.10}}
"""  # noqa: E501
BAKEOFF = """\
name: live
suites:
  - {name: asked, modality: speech, data: asked.jsonl, prompt: "", scorer: spoken_contains}
  - {name: talk, modality: speech, data: talk.jsonl, prompt: "", slot: turns, scorer: yielding}
candidates: [voice]
instruments: {transcriber: ears}
run: {warm_up: 0}
"""
STORY = "once upon a time there was a lighthouse and a cat that was afraid of mice"


def wav(words: str) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as clip:
        clip.setnchannels(1)
        clip.setsampwidth(2)
        clip.setframerate(RATE)
        clip.writeframes(speak(words))
    return file.getvalue()


@pytest.mark.alone
def test_a_question_and_a_conversation_are_asked_judged_priced_and_derived_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVE_KEY", "of no account")
    for words in ("ahoy", "tell me", "stop it"):
        (tmp_path / f"{words}.wav").write_bytes(wav(words))
    asked = {"id": "a", "input": "ahoy", "target": "land", "files": ["ahoy.wav"]}
    script = {"listen_s": 0.6, "interrupt_after_s": 0.3}
    talk = {"id": "t", "input": "tell me / stop it", "files": ["tell me.wav", "stop it.wav"]}
    (tmp_path / "asked.jsonl").write_text(json.dumps(asked), encoding="utf-8")
    (tmp_path / "talk.jsonl").write_text(json.dumps(talk | {"metadata": {"conversation": script}}), encoding="utf-8")
    (tmp_path / "bakeoff.yaml").write_text(BAKEOFF, encoding="utf-8")
    answers = {"ahoy": "land in sight", "tell me": STORY, "stop it": "all right"}
    with running(answers=answers, pace=Pace(first_s=0.05, gap_s=0.01)) as provider:
        for words in answers:
            provider.say(words)
        (tmp_path / "providers.yaml").write_text(PROVIDERS.format(url=provider.url), encoding="utf-8")
        bakeoff = pipeline.load(tmp_path)
        run = pipeline.start(bakeoff, pipeline.plan(bakeoff), selection=pipeline.Selection(), runs=tmp_path / "reports")
        assert pipeline.run(bakeoff, run, folder=tmp_path, progress=Watcher()).exit_code == 0
        sessions = [request for request in provider.requests if request.path.endswith("/realtime")]
    assert [session.body["session"]["audio"]["input"]["turn_detection"] for session in sessions].count(None) == 1
    pipeline.score(bakeoff, run)
    decisions = {decision.rule.slot: decision for decision in pipeline.decide(run)}
    measured = {
        slot: {estimate.metric: estimate.value for estimate in decision.estimates["voice"]}
        for slot, decision in decisions.items()
    }
    assert (measured["speech"]["quality"], measured["turns"]["quality"]) == (1.0, 1.0)
    with Ledger.open(run, write=False) as ledger:
        records = {record.call.suite: record for record in ledger.records(Role.ANSWER)}
    conversation = records["talk"]
    assert isinstance(conversation.outcome, Output)
    assert conversation.outcome.values["agent_1_cut"] == 1.0
    for record in records.values():
        assert record.cost_source == "provider"
        assert 0 < (record.marks.ttfa_ms or 0) < 5_000
        usage = replace(record.usage, source="")
        spoken = 6 * (usage.output_audio_tokens or 0) + 3 * (usage.input_audio_tokens or 0)
        written = 2 * (usage.output_tokens or 0) + 0.4 * (usage.input_tokens or 0)
        assert float(record.cost_usd or 0) == pytest.approx((spoken + written) * 1e-5)
    pipeline.report(run)
    pipeline.memo(run)
    assert [part for part in pipeline.verify(run, tmp_path) if part.differences] == []
