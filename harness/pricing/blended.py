"""The one price of a million tokens that price lists publish: for reference, a decision rests on what was measured."""

from collections.abc import Mapping
from decimal import Decimal

MIXES: Mapping[str, Mapping[str, int]] = {
    "3:1 (input:output)": {"input_cost_per_token": 3, "output_cost_per_token": 1},
    "7:2:1 (cached:input:output)": {
        "cache_read_input_token_cost": 7, "input_cost_per_token": 2, "output_cost_per_token": 1,
    },
}  # fmt: skip
"""The mixes that Artificial Analysis has published, the older first."""


def blended(usd: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return dollars for a million tokens in each mix, of `usd` by the names of LiteLLM's map.

    A mix is left out where a price of it is not known, which is never 0.
    """
    return {
        mix: sum((usd[name] * part for name, part in parts.items()), Decimal(0)) * 1_000_000 / sum(parts.values())
        for mix, parts in MIXES.items()
        if parts.keys() <= usd.keys()
    }
