"""What looks like a key, so that no message ever repeats one."""

import re

from harness.core.wording import worded

KEY = re.compile(
    r"""(?x)
      \b(?: sk-|pk-|rk-|xai-|gsk_|hf_|r8_|nvapi-|pplx-|csk-|fw_|tgp_v1_|ghp_|gho_|github_pat_|glpat-|xox[abp]- )
        [\w-]{8,}
    | \bAIza[\w-]{10,} | \bya29\.[\w.-]{10,} | \b(?:AKIA|ASIA)[A-Z0-9]{12,} | \beyJ[\w-]{10,}\.[\w-]{5,}
    | \bBearer\s+(?!os\.environ/)[\w.~+/-]{8,}
    | [?&](?:api[-_]?key|key|token|access_token|sig)=[^&\s]{4,}
    | ://[^/\s:@]+:[^/\s@]+@
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY
    """
)
"""Shapes of keys: the prefixes that providers use, bearer headers, keys in URLs, private keys."""

ASSIGNMENT = re.compile(
    r"""(?ix)
    (?:\w{1,6}[-_]?key(?:[-_]?id)?|api[-_]?k[a-z]{1,4}|secret|token|passw(?:or)?d|credentials?|authorization)
    ["']? \s* [:=] \s* ["']? (?!os\.environ/|["'\s,}\]]|null\b|~) [^\s"',}\]]*[A-Za-z][^\s"',}\]]* """
)
"""A literal value given to a name that holds a key, or to one that is a slip of the finger away from it."""

SECRET_NAME = re.compile(
    r"(?i)(?:^|[_-])(?:keys?(?:[_-]id)?|secrets?|token|password|passwd|credentials?|authorization)$"
)
"""Names of parameters whose value is a key: `api_key`, `aws_access_key_id`, `azure_ad_token`; not `max_tokens`."""

NO_SECRETS = frozenset({"prompt_cache_key", "bos_token", "eos_token", "pad_token"})

HIDDEN = worded("(hidden: it looks like a key)")
MASK = "***"
"""Stands in a line that is shown where a key is written out."""

FROM_ENVIRONMENT = "os.environ/"
"""Before the name of the variable that holds a key."""


def looks_like_key(text: str) -> bool:
    """Whether `text` may hold a key, so that it is not shown; prose such as `sk-learn-like` may be hidden too."""
    return KEY.search(text) is not None


def is_key(text: str) -> bool:
    """Whether `text` holds a key beyond doubt, so that it is refused: the shape, with the length and digits of keys."""
    return any(
        found.startswith(("://", "-----")) or (len(found) >= 16 and any(character.isdigit() for character in found))
        for found in (match[0] for match in KEY.finditer(text))
    )


def is_reference(value: object) -> bool:
    """Whether a value only says which variable holds a key."""
    return isinstance(value, str) and re.fullmatch(rf"{re.escape(FROM_ENVIRONMENT)}[A-Za-z_]\w*", value) is not None


def safe_excerpt(line: str, before: str = "") -> str | None:
    """Return `line` if it may be printed; None if it, or the line `before` it, could hold a key, or it is too long."""
    named = before.strip().rstrip(":|>-+ ").strip("\"'- ")
    if len(line) > 240 or looks_like_key(line) or ASSIGNMENT.search(line) or SECRET_NAME.search(named):
        return None
    return line


def shown(value: object) -> str:
    """Return a value that the user wrote, short, and hidden if it looks like a key."""
    text = repr(value) if isinstance(value, str) else str(value)
    if looks_like_key(text):
        return HIDDEN
    return text if len(text) <= 60 else f"{text[:57]}..."


def holds_key(name: str) -> bool:
    """Whether a parameter called `name` holds a key."""
    return name.lower() not in NO_SECRETS and "cost" not in name and SECRET_NAME.search(name) is not None
