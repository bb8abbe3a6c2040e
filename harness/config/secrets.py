"""What looks like a key, so that no message ever repeats one."""

import re

KEY = re.compile(
    r"""(?x)
      \b(?: sk-|pk-|rk-|xai-|gsk_|hf_|r8_|nvapi-|pplx-|csk-|fw_|tgp_v1_|ghp_|gho_|github_pat_|glpat-|xox[abp]- ) [\w-]{8,}
    | \bAIza[\w-]{10,} | \bya29\.[\w.-]{10,} | \b(?:AKIA|ASIA)[A-Z0-9]{12,} | \beyJ[\w-]{10,}\.[\w-]{5,}
    | \bBearer\s+(?!os\.environ/)[\w.~+/-]{8,}
    | [?&](?:api[-_]?key|key|token|access_token|sig)=[^&\s]{4,}
    | ://[^/\s:@]+:[^/\s@]+@
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY
    """
)
"""Shapes of keys: the prefixes that providers use, bearer headers, keys in URLs, private keys."""

ASSIGNMENT = re.compile(
    r"""(?ix) (?:api[-_]?key|secret|token|passw(?:or)?d|credentials?|access[-_]?key(?:[-_]?id)?|authorization)
    ["']? \s* [:=] \s* ["']? (?!os\.environ/|["'\s,}\]]|null\b|~) [^\s"',}\]]*[A-Za-z][^\s"',}\]]* """
)
"""A literal value given to a name that holds a key."""

SECRET_NAME = re.compile(
    r"(?i)(?:^|_)(?:key|secret|token|password|passwd|credentials?|authorization)s?(?:_id)?$|^(?:x-)?api-key$"
)
"""Names of parameters whose value is a key: `api_key`, `aws_secret_access_key`, `azure_ad_token`; not `max_tokens`."""

SECRET_NAME_EXCEPTIONS = frozenset({"max_tokens", "tokens", "prompt_cache_key", "litellm_credential_name"})

HIDDEN = "(hidden: it looks like a key)"


def looks_like_key(text: str) -> bool:
    """Whether `text` holds something with the shape of a key; errs towards yes for what is shown, see `shown`."""
    return KEY.search(text) is not None


def safe_excerpt(line: str) -> str | None:
    """Return `line` if it may be printed; None if it holds what could be a key, or is too long to show."""
    return None if len(line) > 240 or looks_like_key(line) or ASSIGNMENT.search(line) else line


def shown(value: object) -> str:
    """Return a value that the user wrote, short, and hidden if it looks like a key."""
    text = repr(value) if isinstance(value, str) else str(value)
    if looks_like_key(text):
        return HIDDEN
    return text if len(text) <= 60 else f"{text[:57]}..."


def holds_key(name: str) -> bool:
    """Whether a parameter called `name` holds a key."""
    return name.lower() not in SECRET_NAME_EXCEPTIONS and SECRET_NAME.search(name) is not None
