"""The parameters that belong to Bakeoff."""

RESERVED = frozenset({
    "api_base", "api_key", "base_url", "cache", "caching", "client", "fallbacks", "input", "max_retries", "messages",
    "mock_response", "mock_tool_calls", "model", "model_list", "n", "num_retries", "stream", "stream_options",
    "stream_timeout", "timeout",
})  # fmt: skip
"""Parameters that no candidate and no task may set: they would change what is measured."""
