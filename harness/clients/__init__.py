"""The network: one file an endpoint; the only importers of LiteLLM, and only when something is sent."""
