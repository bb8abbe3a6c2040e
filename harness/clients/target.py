"""Where a candidate is reached, and with which key."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.core.candidates import Candidate
from harness.errors import CredentialsError

_NO_KEY = "unused"
"""Sent to an address of the user's own that has no key: with none, LiteLLM would send it OPENAI_API_KEY."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A candidate as the network sees it."""

    candidate: str
    model: str
    """LiteLLM's model string; an embedded engine is an `openai/` model at the engine's address."""
    base_url: str | None = None
    """With /v1; None: the provider's own."""
    api_key: str | None = field(default=None, repr=False)

    def scrub(self, text: str) -> str:
        """Return `text` without the key: providers repeat it in their messages."""
        if not self.api_key or self.api_key in ("local", _NO_KEY):
            return text
        return text.replace(self.api_key, "[key]")


def resolve(candidate: Candidate, *, engine_url: str | None, env: Mapping[str, str]) -> Target:
    """Return the target of `candidate`; CredentialsError names the variable that is missing.

    `engine_url` is the address of its embedded engine, without /v1. A candidate that names no variable uses its
    provider's customary one (`ANTHROPIC_API_KEY`), and where that is unset LiteLLM's own credentials chain.
    """
    if candidate.is_local:
        if engine_url is None:
            raise ValueError(f"candidate {candidate.name!r} is an embedded engine: its address is needed")
        model = "openai/" + candidate.model.partition("/")[2]
        return Target(candidate=candidate.name, model=model, base_url=f"{engine_url.rstrip('/')}/v1", api_key="local")
    if candidate.api_key_env is not None:
        key = env.get(candidate.api_key_env)
        if not key:
            raise CredentialsError(
                f"candidate {candidate.name!r} needs a key in the environment variable {candidate.api_key_env}",
                hint=f"export {candidate.api_key_env}=... or put it into .env beside bakeoff.yaml",
            )
    elif candidate.base_url is not None:
        key = _NO_KEY
    else:
        key = env.get(f"{candidate.provider.upper()}_API_KEY")
    return Target(candidate=candidate.name, model=candidate.model, base_url=candidate.base_url, api_key=key)
