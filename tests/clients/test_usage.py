from types import SimpleNamespace
from typing import Any

import pytest

from harness.clients.usage import chat_usage, session_usage
from harness.core.calls import Usage


def reported(prompt: Any, completion: Any, total: Any = None, **details: Any) -> SimpleNamespace:
    """`p_<name>` and `c_<name>` are details of prompt and completion."""
    parts = {
        side: SimpleNamespace(**{name[2:]: value for name, value in details.items() if name.startswith(prefix)})
        for side, prefix in (("prompt_tokens_details", "p_"), ("completion_tokens_details", "c_"))
    }
    return SimpleNamespace(prompt_tokens=prompt, completion_tokens=completion, total_tokens=total, **parts)


FOR_AN_HOUR = SimpleNamespace(ephemeral_5m_input_tokens=50, ephemeral_1h_input_tokens=250)


def usage(**meters: Any) -> Usage:
    return Usage(**{"source": "provider", **meters})


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(reported(10, 5), usage(input_tokens=10, output_tokens=5), id="plain"),
        pytest.param(
            reported(1000, 50, p_cached_tokens=800, p_cache_creation_tokens=100, p_audio_tokens=40),
            usage(input_tokens=60, cached_tokens=800, cache_write_tokens=100, input_audio_tokens=40, output_tokens=50),
            id="parts of the prompt are taken out of it",
        ),
        pytest.param(
            reported(1000, 50, p_cache_creation_tokens=300, p_cache_creation_token_details=FOR_AN_HOUR),
            usage(input_tokens=700, cache_write_tokens=50, cache_write_1h_tokens=250, output_tokens=50),
            id="of what is written to the cache some is kept for an hour",
        ),
        pytest.param(
            reported(1000, 50, p_cache_creation_tokens=200, p_cache_creation_token_details=FOR_AN_HOUR),
            usage(input_tokens=800, cache_write_1h_tokens=250, output_tokens=50, source="suspect"),
            id="more is kept for an hour than was written",
        ),
        pytest.param(
            reported(10, 50, 60, c_reasoning_tokens=30, c_audio_tokens=5),
            usage(input_tokens=10, output_tokens=15, reasoning_tokens=30, output_audio_tokens=5),
            id="parts of the completion are taken out of it",
        ),
        pytest.param(
            reported(10, 20, 60, c_reasoning_tokens=30),
            usage(input_tokens=10, output_tokens=20, reasoning_tokens=30),
            id="reasoning beside the completion",
        ),
        pytest.param(reported(0, 0), Usage(), id="zeros are made up"),
        pytest.param(None, Usage(), id="nothing said"),
        pytest.param(reported(-5, 5), usage(output_tokens=5, source="suspect"), id="negative"),
        pytest.param(reported(5, 10**9), usage(input_tokens=5, source="suspect"), id="absurd"),
        pytest.param(
            reported(10, 5, p_cached_tokens=50),
            usage(cached_tokens=50, output_tokens=5, source="suspect"),
            id="a part larger than the whole",
        ),
        pytest.param(reported("10", 5), usage(output_tokens=5), id="not a number"),
    ],
)
def test_chat_usage(said: Any, expected: Usage) -> None:
    assert chat_usage(said) == expected


def test_answer_that_took_no_tokens() -> None:
    assert chat_usage(reported(10, 0), silent=True) == usage(input_tokens=10, output_tokens=0)
    assert chat_usage(reported(10, 0)) == usage(input_tokens=10, source="suspect")


def answer(audio_in: Any, audio_out: Any, **cached: Any) -> dict[str, Any]:
    """What `response.done` of a live session says."""
    heard = {"text_tokens": 7, "audio_tokens": audio_in, **cached}
    return {"input_token_details": heard, "output_token_details": {"text_tokens": 3, "audio_tokens": audio_out}}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            [answer(90, 40)],
            usage(input_tokens=7, input_audio_tokens=90, output_tokens=3, output_audio_tokens=40),
            id="one answer",
        ),
        pytest.param(
            [answer(90, 40, cached_tokens=50, cached_tokens_details={"text_tokens": 5, "audio_tokens": 45})],
            usage(input_tokens=2, input_audio_tokens=45, cached_tokens=50, output_tokens=3, output_audio_tokens=40),
            id="what was cached is taken out of what was heard",
        ),
        pytest.param(
            [answer(90, 40), answer(150, 20)],
            usage(input_tokens=14, input_audio_tokens=240, output_tokens=6, output_audio_tokens=60),
            id="two answers",
        ),
        pytest.param([answer(90, 40), None], Usage(), id="one of two is untold"),
        pytest.param([{"input_tokens": 97, "output_tokens": 43}], Usage(), id="sound is not counted apart"),
        pytest.param(
            [answer(-1, 40)],
            usage(input_tokens=7, output_tokens=3, output_audio_tokens=40, source="suspect"),
            id="negative",
        ),
        pytest.param([], Usage(), id="no answer"),
    ],
)
def test_session_usage(said: list[Any], expected: Usage) -> None:
    assert session_usage(said) == expected
