"""Foreign text made safe to look at: characters that hide or reorder text are named."""

import re

HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls but tab and line feed
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"  # soft hyphen, joiners and fillers without a shape
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"  # zero width, bidi, separators
    "\ud800-\udfff"  # half characters, which no UTF-8 can hold
    "\U000e0000-\U000e0fff]"  # tags
)


def visible(text: str) -> str:
    """Return `text` with every control, bidi and invisible character written as `⟨U+202E⟩`; line ends become `\\n`."""
    lines = re.sub(r"\r\n?", "\n", text)
    return HIDDEN.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", lines)


def one_line(text: str, limit: int) -> str:
    """Return the start of `text` on one line, at most `limit` characters with the ellipsis."""
    flat = " ".join(visible(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"
