"""What a candidate costs in the units in which others are sold: an answer, characters, minutes of sound, yuan."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from harness.core.calls import Output, Record
from harness.core.candidates import Exchange
from harness.core.canonical import from_json
from harness.core.manifest import Manifest
from harness.report.evidence import config_of
from harness.report.numbers import Number, number, number_id, significant, stated, usd
from harness.report.phrases import Phrase
from harness.report.slots import SlotEvidence


def exchange_of(manifest: Manifest) -> Exchange | None:
    """Return what a dollar costs, where the configuration of the run says it."""
    said: Any = config_of(manifest).get("exchange")
    return None if said is None else from_json(Exchange, said)


def in_other_units(of: SlotEvidence, name: str) -> Iterator[Phrase]:
    """Yield what all answers of a candidate have cost, for each unit of what came; nothing where a cost is not known.

    What failed is paid for by what came. Voices are compared so, however they are billed: at the rate at which they
    were heard to speak.
    """
    records = of.answers_of(name)
    came = [record for record in records if isinstance(record.outcome, Output)]
    costs = [record.cost_usd for record in records if record.cost_usd is not None]
    if came and all(record.cost_usd is not None for record in came):
        spent = sum(costs, Decimal(0))
        yield _phrase(of, name, "usd_per_success", spent / len(came))
        yield from _spoken(of, name, came, spent)
    per_1k, exchange = of.estimate(name, "usd_per_1k_requests"), exchange_of(of.manifest)
    if exchange is not None and per_1k is not None and per_1k.value is not None:
        cny = per_1k.value * float(exchange.cny_per_usd)
        rate = exchange.cny_per_usd
        args = {
            "cny": number(cny, significant(cny), id=_id(of, name, "cny_per_1k_requests")),
            "rate": number(rate, stated("plain", rate), id=_id(of, name, "cny_per_usd")),
        }
        yield Phrase(key="unit.cny_per_1k_requests", args={**args, "date": exchange.date})


def _spoken(of: SlotEvidence, name: str, came: Sequence[Record], spent: Decimal) -> Iterator[Phrase]:
    characters = sum(record.usage.input_characters or 0 for record in came)
    spoken_s, heard_s = (
        sum(Decimal(str(getattr(record.usage, meter) or 0)) for record in came)
        for meter in ("output_audio_seconds", "input_audio_seconds")
    )
    tokens = sum(record.usage.output_audio_tokens or 0 for record in came)
    if characters:
        yield _phrase(of, name, "usd_per_1m_characters", 1_000_000 * spent / characters)
    if tokens:
        yield _phrase(of, name, "usd_per_1m_audio_tokens", 1_000_000 * spent / tokens)
    if sound_s := spoken_s or heard_s:
        yield _phrase(of, name, "usd_per_audio_minute", 60 * spent / sound_s)
    if characters and spoken_s:
        rate = 60 * characters / spoken_s
        shown = number(rate, significant(float(rate)), id=_id(of, name, "characters_per_minute"))
        yield Phrase(key="unit.characters_per_minute", args={"amount": shown})


def _phrase(of: SlotEvidence, name: str, unit: str, dollars: Decimal) -> Phrase:
    shown: Number = number(dollars, usd(dollars), id=_id(of, name, unit))
    return Phrase(key=f"unit.{unit}", args={"amount": shown})


def _id(of: SlotEvidence, name: str, unit: str) -> str:
    return number_id(of.slot, "cost", name, f"unit.{unit}")
