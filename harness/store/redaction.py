"""Secrets out of text: exact values in every spelling, and a net for what looks like a key."""

import base64
import json
import logging
import re
import traceback
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
    return frozenset(v for name, v in env.items() if v and (name in used or NAMES_A_SECRET.search(name)))


class Redactor:
    """Replaces the given secrets wherever they stand, whole."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spellings = {s for secret in secrets if len(secret) >= SHORTEST_SECRET for s in _spellings(secret)}
        # the longest first: a spelling that contains another must not leave its rest behind
        ordered = sorted(spellings, key=lambda s: (-len(s), s))
        self._exact = re.compile("|".join(re.escape(s) for s in ordered)) if ordered else None

    def clean(self, text: str) -> str:
        """Return `text` of an error, a header or a log without secrets and without what looks like one."""
        return LOOKS_LIKE_A_KEY.sub(REDACTED, self.clean_answer(text))

    def clean_answer(self, text: str) -> str:
        """Return `text` of a model without the exact secrets; patterns would falsify what it said."""
        return text if self._exact is None else self._exact.sub(REDACTED, text)


class RedactingFilter(logging.Filter):
    """Cleans a log record: its message, its traceback and its stack. Attach it to handlers, not to loggers."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._redactor.clean(record.getMessage()), None
        if record.exc_info:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip()
            record.exc_info = None
        if record.exc_text:
            record.exc_text = self._redactor.clean(record.exc_text)
        if record.stack_info:
            record.stack_info = self._redactor.clean(record.stack_info)
        return True


def _spellings(secret: str) -> Iterator[str]:
    yield secret
    for spelling in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield spelling
        yield re.sub(r"%[0-9A-F]{2}", lambda escape: escape[0].lower(), spelling)
    for ascii_only in (True, False):
        escaped = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield escaped
        yield escaped.replace("/", "\\/")
    yield repr(secret)[1:-1]
    data = secret.encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(data).decode()
        yield encode(data).decode().rstrip("=")
        for offset in range(3):
            yield _inside(encode(b"\0" * offset + data).decode(), offset, len(data))


def _inside(encoded: str, offset: int, length: int) -> str:
    """Return the base64 characters that hold nothing but the secret, as in `user:secret` of a Basic header."""
    return encoded[-(-offset * 8 // 6) : (offset + length) * 8 // 6]
