"""How much sound is decoded: what passes it is refused by its header, before any memory is taken."""

from harness.core.wording import worded

LONGEST_S = 600.0
MOST_CHANNELS = 8
HIGHEST_RATE = 192_000
RAW_RATE = 24_000
"""Of 16-bit mono samples that come without a header: what OpenAI calls pcm16, and live sessions speak."""


def too_much(*, frames: int, rate: int, channels: int) -> str | None:
    """Say why a clip of this header is not decoded; None where it may be. A few kB can unpack to gigabytes."""
    if rate > HIGHEST_RATE:
        return worded("{rate:,} Hz are more than {most:,}", rate=rate, most=HIGHEST_RATE)
    if channels > MOST_CHANNELS:
        return worded("{channels} channels are more than {most}", channels=channels, most=MOST_CHANNELS)
    if frames > LONGEST_S * rate:
        return worded("{seconds:,.0f} s are more than {most:,.0f}", seconds=frames / rate, most=LONGEST_S)
    return None
