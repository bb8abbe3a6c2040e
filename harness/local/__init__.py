"""Embedded models, each in a process of its own that speaks the OpenAI HTTP API on loopback."""
