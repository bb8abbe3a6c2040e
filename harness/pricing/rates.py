"""What one unit costs inside one request: base price, long-context price, service tier.

Providers price the whole request at the tier that its prompt reaches (all or nothing), as LiteLLM does.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from harness.core.calls import Usage
from harness.core.candidates import Candidate

STANDARD_TIERS = (None, "auto", "default", "standard", "standard_only")
"""Values of `service_tier` that are charged at the plain price."""


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

    def audio_second(self) -> Decimal | None:
        """Price of a second that is transcribed. The map names it by input, output or both; it is charged once."""
        known = [p for p in (self.of("input_cost_per_second"), self.of("output_cost_per_second")) if p is not None]
        return max(known, default=None)


def rates(candidate: Candidate, *, prompt_tokens: int) -> Rates | None:
    """Return the rates of a request with `prompt_tokens` input tokens; None for a candidate without prices."""
    if candidate.prices is None:
        return None
    tier = candidate.params.get("service_tier")
    service = "" if tier in STANDARD_TIERS else f"_{tier}"
    usd = candidate.prices.usd
    return Rates(usd=usd, reached=_reached(usd, prompt_tokens), service=service)


def prompt_tokens(usage: Usage) -> int:
    """Every input token that the provider counted, 0 where it counted none."""
    meters = (usage.input_tokens, usage.cached_tokens, usage.cache_write_tokens, usage.input_audio_tokens)
    return sum(meter for meter in meters if meter is not None)


def _reached(usd: Mapping[str, Decimal], prompt_tokens: int) -> dict[str, Decimal]:
    """Return the highest tier of each price that a prompt of this length passes; every input token counts."""
    tiers = [(int(match[2]) * (1000 if match[3] else 1), match[1] + match[4], price) for key, price in usd.items()
             if "_above_" in key and (match := _ABOVE.fullmatch(key))]  # fmt: skip
    return {name: price for above, name, price in sorted(tiers) if above < prompt_tokens}
