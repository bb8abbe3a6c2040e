"""How much sound is decoded: what passes it is refused by its header, before any memory is taken."""

LONGEST_S = 600.0
MOST_CHANNELS = 8
HIGHEST_RATE = 192_000
RAW_RATE = 24_000
"""Of 16-bit mono samples that come without a header: what OpenAI calls pcm16, and live sessions speak."""


def too_much(*, frames: int, rate: int, channels: int) -> str | None:
    """Say why a clip of this header is not decoded; None where it may be. A few kB can unpack to gigabytes."""
    if rate > HIGHEST_RATE:
        return f"{rate:,} Hz are more than {HIGHEST_RATE:,}"
    if channels > MOST_CHANNELS:
        return f"{channels} channels are more than {MOST_CHANNELS}"
    if frames > LONGEST_S * rate:
        return f"{frames / rate:,.0f} s are more than {LONGEST_S:,.0f}"
    return None
