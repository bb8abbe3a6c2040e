"""The store says what a timeout counts as, and the arrays take it from there."""

import asyncio
import math
from pathlib import Path

from harness.core.calls import Marks, Output, Usage
from harness.core.media import Audio
from harness.core.requests import SpeechRequest
from harness.metrics.tables import observe
from harness.store.frames import calls_frame, scores_frame
from tests.store.nouns import call, failure, new_ledger, record

CLIP = Audio(sha256="0" * 64, mime="audio/wav", seconds=2.0, sample_rate=16000, size=10)


def test_a_voice_that_times_out_is_infinitely_slow_from_the_table_on(tmp_path: Path) -> None:
    said = record(
        call("a", sample="v0", request=SpeechRequest(text="Hello.")),
        outcome=Output(audio=CLIP),
        marks=Marks(ttfa_ms=100, total_ms=500),
        usage=Usage(input_characters=6),
    )
    late = failure(call("b", sample="v0", epoch=1, request=SpeechRequest(text="Hello.")), kind="timeout")

    async def commit() -> None:
        for one in (said, late):
            await ledger.commit(one)

    with new_ledger(tmp_path, said.call, late.call) as ledger:
        asyncio.run(commit())
        frame = calls_frame(ledger)
        seen = observe(frame, scores_frame(ledger), slot="tts")
    assert frame["rtf"].tolist() == [0.25, math.inf]
    assert frame["chars_per_s"].tolist() == [12.0, 0.0]
    assert seen.timings["rtf"].ravel().tolist() == [0.25, math.inf]
    assert seen.timings["chars_per_s"].ravel().tolist() == [12.0, 0.0]
    assert seen.timings["ttfa_ms"].ravel().tolist() == [100.0, math.inf]
