"""One record of all the sentences that a voice has spoken."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from harness.clients.clip import described
from harness.core.calls import Call, Output, Record
from harness.core.requests import SpeechRequest
from harness.execute.aloud import aloud
from tests.fake_provider.audio import header
from tests.store.nouns import call, record

PCM = bytes(4_800)
CLIP = header(len(PCM)) + PCM
SPOKEN = Output(audio=described(CLIP))
SENTENCES = "The first one is here. The second one is here. The third one is here."


def whole(*costs: tuple[str | None, str]) -> Record:
    """Have three sentences spoken, each at a cost from a source."""
    part = replace(call(), request=SpeechRequest(text=SENTENCES))
    left = iter(costs)

    async def ask(sentence: Call) -> Record:
        usd, source = next(left)
        cost = None if usd is None else Decimal(usd)
        return replace(record(sentence), outcome=SPOKEN, cost_usd=cost, cost_source=source)

    found = asyncio.run(
        aloud(part, record(part), ask=ask, key=lambda _, n: str(n), read=lambda _: CLIP, keep=lambda _: "")
    )
    assert found is not None
    assert next(left, None) is None
    return found


@pytest.mark.parametrize(
    ("costs", "usd", "source"),
    [
        pytest.param([("1", "provider"), ("2", "provider"), ("3", "provider")], "6", "provider", id="known"),
        pytest.param([("1", "provider"), ("2", "provider"), ("3", "estimated")], "6", "estimated", id="last bounded"),
        pytest.param([("1", "estimated"), ("2", "provider"), ("3", "provider")], "6", "estimated", id="first bounded"),
        pytest.param([("1", "estimated"), (None, "unpriced"), ("3", "provider")], None, "unpriced", id="one unknown"),
    ],
)
def test_a_sum_is_no_surer_than_the_least_sure_sentence(
    costs: list[tuple[str | None, str]], usd: str | None, source: str
) -> None:
    found = whole(*costs)
    assert found.cost_usd == (None if usd is None else Decimal(usd))
    assert found.cost_source == source
