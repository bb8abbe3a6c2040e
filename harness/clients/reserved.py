"""What a plan must know of LiteLLM: which parameters belong to Bakeoff, and at whom a clip can be ordered."""

RESERVED = frozenset({
    "api_base", "api_key", "base_url", "cache", "caching", "client", "fallbacks", "input", "max_retries", "messages",
    "mock_response", "mock_tool_calls", "model", "model_list", "n", "num_retries", "sampleCount", "stream",
    "stream_options", "stream_timeout", "timeout",
})  # fmt: skip
"""Parameters that no candidate and no task may set: they would change what is measured."""

CLIPS = frozenset({"azure", "edenai", "fal_ai", "gemini", "hosted_vllm", "openai", "runwayml", "vertex_ai"})
"""Providers at whom the pinned LiteLLM can order a clip. Its price map names more, of which it can send none."""
