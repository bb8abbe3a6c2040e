import pytest

from harness.core.echo import is_same_model


@pytest.mark.parametrize(
    ("asked", "echoed"),
    [
        pytest.param("openai/gpt-4o", "gpt-4o", id="without the provider"),
        pytest.param("gpt-4o", "gpt-4o-2024-08-06", id="dated"),
        pytest.param("openai/fake/echo", "fake/echo", id="with part of the path"),
        pytest.param("anthropic/claude-haiku-4-5", "claude-haiku-4-5-20251001", id="dated in one piece"),
        pytest.param("vertex_ai/claude-3-5-sonnet@20241022", "claude-3-5-sonnet-20241022", id="dated behind an @"),
        pytest.param("gemini/gemini-2.5-flash", "models/gemini-2.5-flash-preview-05-20", id="preview"),
        pytest.param("mistral/mistral-large-latest", "mistral-large-2411", id="the latest has a date"),
        pytest.param("cohere/command-r", "command-r-08-2024", id="month and year"),
        pytest.param("ollama/llama3", "llama3:latest", id="tag"),
        pytest.param("together_ai/meta-llama/Llama-3.1-8B", "meta-llama/llama-3.1-8b", id="case"),
        pytest.param("openai/gpt-4o-2024-08-06", "gpt-4o", id="date left out"),
        pytest.param("azure/our-deployment", "gpt-4o-2024-08-06", id="a deployment's name is its owner's"),
    ],
)
def test_the_same(asked: str, echoed: str) -> None:
    assert is_same_model(asked, echoed)


@pytest.mark.parametrize(
    ("asked", "echoed"),
    [
        pytest.param("openai/gpt-4o", "gpt-4o-mini", id="smaller"),
        pytest.param("openai/gpt-4o-mini", "gpt-4o", id="larger"),
        pytest.param("openai/gpt-4o-2024-05-13", "gpt-4o-2024-08-06", id="another date"),
        pytest.param("openai/gpt-4o", "gpt-3.5-turbo", id="another model"),
        pytest.param("anthropic/claude-sonnet-4", "claude-sonnet-4-5", id="the next one"),
        pytest.param("groq/llama-3.1-70b", "llama-3.1-8b", id="another size"),
    ],
)
def test_another(asked: str, echoed: str) -> None:
    assert not is_same_model(asked, echoed)
