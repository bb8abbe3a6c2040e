"""What one unit costs inside one request: base price, long-context price, service tier.

Providers price the whole request at the tier that its prompt reaches (all or nothing), as LiteLLM does.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from harness.core.calls import Usage
from harness.core.candidates import Candidate, OffPeak, Window

STANDARD_TIERS = (None, "auto", "default", "standard", "standard_only")
"""Values of `service_tier` that are charged at the plain price."""


VIDEO_SIZES = {
    "480p": 854 * 480, "720p": 1280 * 720, "768p": 1366 * 768, "1080p": 1920 * 1080, "2k": 2560 * 1440,
    "4k": 3840 * 2160,
}  # fmt: skip
"""Name of a size in the map → pixels of its 16:9 frame. Those of other shapes have about as many."""
SAME_SIZE = 1.25
"""Frames that differ by less, as a factor, are of one size."""

_ABOVE = re.compile(r"(.+)_above_(\d+)(k?)_tokens(.*)")
"""A long-context price: its plain name, how many tokens of prompt it is above, the suffix of its service tier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The prices of one request, in dollars a unit, by the field names of LiteLLM's map."""

    usd: Mapping[str, Decimal]
    reached: Mapping[str, Decimal]
    """The long-context prices that the prompt reaches, by plain name and service tier."""
    service: str = ""
    """Suffix of the service tier, such as `_flex`; empty for the plain price."""

    def of(self, name: str) -> Decimal | None:
        """Return the price called `name`; None where it is not known, which is never zero."""
        name += self.service
        return self.reached[name] if name in self.reached else self.usd.get(name)

    def reasoning(self) -> Decimal | None:
        """Price of a reasoning token: its own where the provider has another than for answers."""
        own = self.of("output_cost_per_reasoning_token")
        same = self.usd.get("output_cost_per_reasoning_token") == self.usd.get("output_cost_per_token")
        return self.of("output_cost_per_token") if own is None or same else own

    def picture(self) -> Decimal | None:
        """Price of a picture that is made. The map names it by output, and by input for some providers."""
        made = self.of("output_cost_per_image")
        return self.of("input_cost_per_image") if made is None else made

    def video_second(self, pixels: int | None) -> Decimal | None:
        """Price of a second of a clip whose frames have so many pixels; None pixels: of the dearest size.

        A size that has no price of its own has the plain one, or that of a smaller size where it is dearer; one larger
        than all that have prices of their own has none.
        """
        per_video = self.of("output_cost_per_video_per_second")
        plain = self.of("output_cost_per_second") if per_video is None else per_video
        sizes = {area: price for name, area in VIDEO_SIZES.items() if (price := self._video_size(name)) is not None}
        if not sizes:
            return plain
        if pixels is None:
            return None if plain is None else max([plain, *sizes.values()])
        nearest = min(sizes, key=lambda area: max(area, pixels) / min(area, pixels))
        if max(nearest, pixels) <= SAME_SIZE * min(nearest, pixels):
            return sizes[nearest]
        if plain is None or pixels > max(sizes):
            return None
        return max([plain, *(price for area, price in sizes.items() if area < pixels)])

    def _video_size(self, name: str) -> Decimal | None:
        per_video = self.of(f"output_cost_per_video_per_second_{name}")
        return self.of(f"output_cost_per_second_{name}") if per_video is None else per_video

    def audio_second(self) -> Decimal | None:
        """Price of a second that is transcribed. The map names it by input, output or both; it is charged once."""
        known = [p for p in (self.of("input_cost_per_second"), self.of("output_cost_per_second")) if p is not None]
        return max(known, default=None)


def rates(candidate: Candidate, *, prompt_tokens: int, at: str | None = None) -> Rates | None:
    """Return the rates of a request with `prompt_tokens` input tokens; None for a candidate without prices.

    `at`: when it is sent, UTC in ISO 8601; prices of quiet hours hold only where that is known.
    """
    if candidate.prices is None:
        return None
    tier = candidate.params.get("service_tier")
    service = "" if tier in STANDARD_TIERS else f"_{tier}"
    usd, quiet = candidate.prices.usd, candidate.prices.off_peak
    reached = _reached(usd, prompt_tokens)
    if quiet is not None and at is not None and is_quiet(quiet, datetime.fromisoformat(at)):
        reached |= quiet.usd  # flat for the whole request, however long its prompt is
    return Rates(usd=usd, reached=reached, service=service)


def is_quiet(of: OffPeak, at: datetime) -> bool:
    """Whether a request that is sent `at` has the prices of quiet hours."""
    return any(_is_in(window, at.astimezone(UTC)) for window in of.windows)


def _is_in(window: Window, at: datetime) -> bool:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # few models have quiet hours

    try:
        weekday = at.astimezone(ZoneInfo(window.zone)).isoweekday()
    except (ValueError, ZoneInfoNotFoundError):  # a machine without the world's calendars
        weekday = at.isoweekday()
    if window.weekdays and weekday not in window.weekdays:
        return False
    now = f"{at:%H:%M}"
    for hours in window.hours:
        begins, _, ends = (part.strip() for part in hours.partition("-"))
        if (begins <= now < ends) if begins < ends else (now >= begins or now < ends):
            return True
    return False


def prompt_tokens(usage: Usage) -> int:
    """Every input token that the provider counted, 0 where it counted none."""
    return sum(meter for meter in prompt_meters(usage) if meter is not None)


def prompt_meters(usage: Usage) -> tuple[int | None, ...]:
    """Return the meters of a prompt; no token is in two of them."""
    written = usage.cache_write_tokens, usage.cache_write_1h_tokens
    return (usage.input_tokens, usage.cached_tokens, *written, usage.input_audio_tokens)


def _reached(usd: Mapping[str, Decimal], prompt_tokens: int) -> dict[str, Decimal]:
    """Return the highest tier of each price that a prompt of this length passes; every input token counts."""
    tiers = [(int(match[2]) * (1000 if match[3] else 1), match[1] + match[4], price) for key, price in usd.items()
             if "_above_" in key and (match := _ABOVE.fullmatch(key))]  # fmt: skip
    return {name: price for above, name, price in sorted(tiers) if above < prompt_tokens}
