"""What is said of a provider that cannot be used: who, where that is written, why, and what to do."""

import re
from collections.abc import Callable, Sequence

from harness.clients.target import variables
from harness.core.candidates import Candidate
from harness.core.wording import worded
from harness.errors import Place, Problem

Find = Callable[..., Place | None]
"""Where something is written, by its path; `core.runs.Bakeoff.place`."""

_UNREACHED = (
    (r"refused|connect call failed", worded("is the server running, and is that its port?")),
    (r"certificate", worded("is SSL_CERT_FILE set to the certificates that vouch for it?")),
    (r"ssl|tls", worded("does the server speak https at all, or should the address begin with http://?")),
    (r"name|address|getaddrinfo|resol|dns", worded("is the host spelt right, and has this machine a network?")),
    (r"proxy", worded("is the proxy of the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) the right one?")),
    (r"", worded("is the address right, and does a firewall or a proxy stand before it?")),
)
"""Words of the operating system → what to ask oneself; the first that is found."""


def unreachable(candidates: Sequence[Candidate], said: str, find: Find) -> Problem:
    """Return the problem of an address at which nobody answers those who are asked there."""
    first = candidates[0]
    where = first.base_url or worded("the address of {provider}", provider=first.provider)
    hint = next(asked for words, asked in _UNREACHED if re.search(words, said, re.IGNORECASE))
    message = worded(
        "nobody answers at {where}, where {names} is asked: {said}"
        if len(candidates) == 1
        else "nobody answers at {where}, where {names} are asked: {said}",
        where=where,
        names=_names(candidates),
        said=said,
    )
    return Problem.at(_address(first, find), "E105", message, hint=_with_v1(first, hint))


def refused_key(candidates: Sequence[Candidate], kind: str, said: str, find: Find) -> Problem:
    """Return the problem of a key that is refused or has no credit left, never the key itself."""
    first = candidates[0]
    who = first.base_url or first.provider
    held = " and ".join(variables(first))
    place = find("candidate", first.name, "api_key")
    if kind == "quota":
        which = worded("the key that {names} holds", names=held) if held else worded("its key")
        message = worded(
            "the credit of {names} at {who} is used up ({which}): {said}",
            names=_names(candidates),
            who=who,
            which=which,
            said=said,
        )
        return Problem.at(
            place, "E104", message, hint=worded("top it up, or name the variable of another key as api_key")
        )
    if not held:
        message = worded(
            "{who} refuses {names}, for which providers.yaml names no key: {said}",
            who=who,
            names=_names(candidates),
            said=said,
        )
        return Problem.at(
            place, "E104", message, hint=worded("name the variable that holds it: api_key: os.environ/NAME")
        )
    message = worded(
        "{who} refuses the key of {names}, which {held} holds: {said}",
        who=who,
        names=_names(candidates),
        held=held,
        said=said,
    )
    hint = worded(
        "put the right key into {held} (the environment, else .env), or name another variable as api_key", held=held
    )
    return Problem.at(place, "E104", message, hint=hint)


def unknown_model(candidate: Candidate, said: str, find: Find) -> Problem:
    """Return the problem of a model, or a path of an address, that a provider does not know."""
    message = worded(
        "model not found at {where}, where {names} is asked: {said}"
        if candidate.base_url is None
        else "model or path not found at {where}, where {names} is asked: {said}",
        where=candidate.base_url or candidate.provider,
        names=_names([candidate]),
        said=said,
    )
    hint = worded("is {model!r} the model's name there?", model=candidate.model.partition("/")[2] or candidate.model)
    without_version = candidate.base_url is not None and not _has_version(candidate.base_url)
    place = _address(candidate, find) if without_version else find("candidate", candidate.name, "model")
    if candidate.base_url is not None and not without_version:
        hint = worded("{hint} {url}/models usually lists the names.", hint=hint, url=candidate.base_url.rstrip("/"))
    return Problem.at(place, "E106", message, hint=_with_v1(candidate, hint))


def sentence(problem: Problem) -> str:
    """Return the problem in a line."""
    parts = (problem.file, problem.line, problem.column)
    place = ":".join(str(part) for part in parts if part is not None)
    message = worded("{message} ({place})", message=problem.message, place=place) if place else problem.message
    return worded("{message}; fix: {hint}", message=message, hint=problem.hint)


def _address(candidate: Candidate, find: Find) -> Place | None:
    return find("candidate", candidate.name, "api_base" if candidate.base_url else "model")


def _with_v1(candidate: Candidate, hint: str) -> str:
    if candidate.base_url is None or _has_version(candidate.base_url):
        return hint
    url = candidate.base_url.rstrip("/")
    return worded("{hint} Many OpenAI-compatible servers want /v1 at its end: {url}/v1", hint=hint, url=url)


def _has_version(url: str) -> bool:
    return re.search(r"/v\d+\w*(/|$)", url) is not None


def _names(candidates: Sequence[Candidate]) -> list[str]:
    return [f"'{candidate.name}'" for candidate in candidates]
