"""Secrets out of text: exact values in every spelling, and a net for what looks like a key."""

import base64
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus

REDACTED = "[redacted]"

SHORTEST_SECRET = 8
"""No provider's key is shorter, and a placeholder such as `none` or `local` is also a word."""

LOOKS_LIKE_A_KEY = re.compile(
    r"\bsk-(?:ant-)?[A-Za-z0-9_-]{12,}"
    r"|\bAIza[A-Za-z0-9_-]{20,}"
    r"|\bBearer\s+[^\s\"',;]+"
    r"|(?<=[?&])(?:api[-_]?key|key|access_token|token)=[^&\s\"'<>]+",
    re.IGNORECASE,
)


NAMES_A_SECRET = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS)$", re.IGNORECASE)


def secrets(env: Mapping[str, str], used: Collection[str] = ()) -> frozenset[str]:
    """Return the values in `env` whose names say that they are secret, and those of the variables in `used`."""
    named = (value.strip() for name, value in env.items() if name in used or NAMES_A_SECRET.search(name))
    return frozenset(filter(None, named))


class Redactor:
    """Replaces the given secrets wherever they stand, whole."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spellings = {s for secret in secrets if len(secret) >= SHORTEST_SECRET for s in _spellings(secret)}
        # the longest first: a spelling that contains another must not leave its rest behind
        ordered = sorted(spellings, key=lambda s: (-len(s), s))
        # servers and libraries change the case of what they repeat, of a content type for example
        self._exact = re.compile("|".join(map(_at_any_depth, ordered)), re.IGNORECASE)
        self._flat = [_flat(spelling) for spelling in ordered]
        self._heads = {spelling[:SHORTEST_SECRET] for spelling in self._flat}

    def clean(self, text: str) -> str:
        """Return `text` of an error, a header or a log without secrets and without what looks like one."""
        return LOOKS_LIKE_A_KEY.sub(REDACTED, self.clean_answer(text, cut=True))

    def clean_answer(self, text: str, *, cut: bool = False) -> str:
        """Return `text` of a model without the exact secrets; patterns would falsify what it said.

        `cut`: the text may end in the middle of a secret.
        """
        flat = _flat(text)
        if not any(head in flat for head in self._heads):  # nearly always; the pattern takes a hundred times as long
            return text
        clean = self._exact.sub(REDACTED, text)
        return self._without_half(clean) if cut else clean

    def _without_half(self, text: str) -> str:
        """Take out the beginning of a secret at the end of a text that was cut to a length."""
        start = max(0, len(text) - 4 * max(map(len, self._flat)))
        kept = [i for i in range(start, len(text)) if text[i] != "\\"]
        end = "".join(text[i].lower()[:1] for i in kept)
        for spelling in self._flat:
            at = end.rfind(spelling[:SHORTEST_SECRET], max(0, len(end) - len(spelling)))
            if at >= 0 and spelling.startswith(end[at:]):
                return text[: kept[at]] + REDACTED
        return text


def _flat(text: str) -> str:
    return text.replace("\\", "").lower()


def _spellings(secret: str) -> Iterator[str]:
    yield secret
    yield from (quote(secret, safe=""), quote(secret), quote_plus(secret))
    for ascii_only in (True, False):
        yield json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
    yield repr(secret)[1:-1]
    data = secret.encode()
    yield data.hex()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(data).decode()
        yield encode(data).decode().rstrip("=")
        for offset in range(3):
            yield _inside(encode(b"\0" * offset + data).decode(), offset, len(data))


def _at_any_depth(spelling: str) -> str:
    """Return a pattern of `spelling` that lets backslashes multiply, as in JSON that is quoted in JSON."""
    marks = {"\\": r"\\+"} | {mark: rf"\\*{mark}" for mark in "\"'/"}
    return "".join(marks.get(character) or re.escape(character) for character in spelling)


def _inside(encoded: str, offset: int, length: int) -> str:
    """Return the base64 characters that hold nothing but the secret, as in `user:secret` of a Basic header."""
    return encoded[-(-offset * 8 // 6) : (offset + length) * 8 // 6]
