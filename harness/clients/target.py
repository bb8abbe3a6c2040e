"""Where a candidate is reached, and with which key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.core.candidates import Candidate
from harness.core.canonical import Json
from harness.core.redaction import SHORTEST_SECRET
from harness.core.wording import worded
from harness.errors import CredentialsError

_REFERENCE = "os.environ/"
"""Before the name of an environment variable whose value a parameter has."""
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
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Name → value of the environment variables that the candidate's parameters refer to."""

    def resolved(self, params: Mapping[str, Json]) -> dict[str, Json]:
        """Return `params` as they are sent: each `os.environ/NAME` of the candidate's has become its value."""
        return {name: self._resolved(value) for name, value in params.items()}

    def _resolved(self, value: Json) -> Json:
        if isinstance(value, str) and value.startswith(_REFERENCE):
            return self.variables.get(value.removeprefix(_REFERENCE), value)
        if isinstance(value, Mapping):
            return {name: self._resolved(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._resolved(item) for item in value]
        return value

    def scrub(self, text: str) -> str:
        """Return `text` without the key and what else is secret: providers repeat it in their messages."""
        if self.api_key and self.api_key not in ("local", _NO_KEY):
            text = text.replace(self.api_key, "[key]")
        for value in sorted(self.variables.values(), key=len, reverse=True):
            if len(value) >= SHORTEST_SECRET:
                text = text.replace(value, "[key]")
        return text


def resolve(candidate: Candidate, *, engine_url: str | None, env: Mapping[str, str]) -> Target:
    """Return the target of `candidate`; CredentialsError names the variable that is missing or can be no key.

    `engine_url` is the address of its embedded engine, without /v1. A candidate that names no variable uses its
    provider's customary one (`ANTHROPIC_API_KEY`), and where that is unset LiteLLM's own credentials chain.
    """
    if candidate.is_local:
        if engine_url is None:
            raise ValueError(f"candidate {candidate.name!r} is an embedded engine: its address is needed")
        model = "openai/" + candidate.model.partition("/")[2]
        return Target(candidate=candidate.name, model=model, base_url=f"{engine_url.rstrip('/')}/v1", api_key="local")
    for name in variables(candidate):
        if not _value(name, env):
            raise CredentialsError(
                worded(
                    "candidate {name!r} needs a key in the environment variable {variable}",
                    name=candidate.name,
                    variable=name,
                ),
                hint=worded("export {name}=... or put it into .env beside bakeoff.yaml", name=name),
            )
    if candidate.api_key_env is not None:
        key = _key(candidate.api_key_env, env)
    elif candidate.base_url is not None:
        key = _NO_KEY
    else:
        key = _key(f"{candidate.provider.upper()}_API_KEY", env)
    return Target(
        candidate=candidate.name,
        model=candidate.model,
        base_url=candidate.base_url,
        api_key=key,
        variables={name: _value(name, env) for name in _references(candidate.params)},
    )


def _value(name: str, env: Mapping[str, str]) -> str:
    """Return the value of a variable without the line end that a mounted secret may have."""
    return env.get(name, "").rstrip("\r\n")


def _key(name: str, env: Mapping[str, str]) -> str | None:
    key = _value(name, env)
    if any(character < " " or character == "\x7f" for character in key):
        raise CredentialsError(
            worded(
                "the environment variable {name} holds control characters (a line end, for example), which no key has",
                name=name,
            ),
            hint=worded("give it the key alone, on one line"),
        )
    return key or None


def variables(candidate: Candidate) -> tuple[str, ...]:
    """Return the names of the environment variables that `candidate` refers to: its key's and its parameters'."""
    key = () if candidate.api_key_env is None else (candidate.api_key_env,)
    return tuple(dict.fromkeys((*key, *_references(candidate.params))))


def _references(value: Json | Mapping[str, Json]) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(_REFERENCE):
        yield value.removeprefix(_REFERENCE)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _references(item)
