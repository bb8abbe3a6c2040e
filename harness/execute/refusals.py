"""What is said of a provider that cannot be used: who, where that is written, why, and what to do."""

import re
from collections.abc import Callable, Sequence

from harness.clients.target import variables
from harness.core.candidates import Candidate
from harness.errors import Place, Problem

Find = Callable[..., Place | None]
"""Where something is written, by its path; `core.runs.Bakeoff.place`."""

_UNREACHED = (
    (r"refused|connect call failed", "is the server running, and is that its port?"),
    (r"certificate", "is SSL_CERT_FILE set to the certificates that vouch for it?"),
    (r"ssl|tls", "does the server speak https at all, or should the address begin with http://?"),
    (r"name|address|getaddrinfo|resol|dns", "is the host spelt right, and has this machine a network?"),
    (r"proxy", "is the proxy of the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) the right one?"),
    (r"", "is the address right, and does a firewall or a proxy stand before it?"),
)
"""Words of the operating system → what to ask oneself; the first that is found."""


def unreachable(candidates: Sequence[Candidate], said: str, find: Find) -> Problem:
    """Return the problem of an address at which nobody answers those who are asked there."""
    first = candidates[0]
    where = first.base_url or f"the address of {first.provider}"
    hint = next(asked for words, asked in _UNREACHED if re.search(words, said, re.IGNORECASE))
    message = f"nobody answers at {where}, where {_names(candidates)} {_are(candidates)} asked: {said}"
    return Problem.at(_address(first, find), "E105", message, hint=_with_v1(first, hint))


def refused_key(candidates: Sequence[Candidate], kind: str, said: str, find: Find) -> Problem:
    """Return the problem of a key that is refused or has no credit left, never the key itself."""
    first = candidates[0]
    who = first.base_url or first.provider
    held = " and ".join(variables(first))
    place = find("candidate", first.name, "api_key")
    if kind == "quota":
        which = f"the key that {held} holds" if held else "its key"
        message = f"the credit of {_names(candidates)} at {who} is used up ({which}): {said}"
        return Problem.at(place, "E104", message, hint="top it up, or name the variable of another key as api_key")
    if not held:
        message = f"{who} refuses {_names(candidates)}, for which providers.yaml names no key: {said}"
        return Problem.at(place, "E104", message, hint="name the variable that holds it: api_key: os.environ/NAME")
    message = f"{who} refuses the key of {_names(candidates)}, which {held} holds: {said}"
    hint = f"put the right key into {held} (the environment, else .env), or name another variable as api_key"
    return Problem.at(place, "E104", message, hint=hint)


def unknown_model(candidate: Candidate, said: str, find: Find) -> Problem:
    """Return the problem of a model, or a path of an address, that a provider does not know."""
    what, where = ("model", candidate.provider) if candidate.base_url is None else ("model or path", candidate.base_url)
    message = f"{what} not found at {where}, where {_names([candidate])} is asked: {said}"
    hint = f"is {candidate.model.partition('/')[2] or candidate.model!r} the model's name there?"
    without_version = candidate.base_url is not None and not _has_version(candidate.base_url)
    place = _address(candidate, find) if without_version else find("candidate", candidate.name, "model")
    if candidate.base_url is not None and not without_version:
        hint += f" {candidate.base_url.rstrip('/')}/models usually lists the names."
    return Problem.at(place, "E106", message, hint=_with_v1(candidate, hint))


def sentence(problem: Problem) -> str:
    """Return the problem in a line."""
    parts = (problem.file, problem.line, problem.column)
    place = ":".join(str(part) for part in parts if part is not None)
    return f"{problem.message}{f' ({place})' if place else ''}; fix: {problem.hint}"


def _address(candidate: Candidate, find: Find) -> Place | None:
    return find("candidate", candidate.name, "api_base" if candidate.base_url else "model")


def _with_v1(candidate: Candidate, hint: str) -> str:
    if candidate.base_url is None or _has_version(candidate.base_url):
        return hint
    return f"{hint} Many OpenAI-compatible servers want /v1 at its end: {candidate.base_url.rstrip('/')}/v1"


def _has_version(url: str) -> bool:
    return re.search(r"/v\d+\w*(/|$)", url) is not None


def _names(candidates: Sequence[Candidate]) -> str:
    return ", ".join(f"'{candidate.name}'" for candidate in candidates)


def _are(candidates: Sequence[Candidate]) -> str:
    return "is" if len(candidates) == 1 else "are"
