"""What a candidate costs in the units in which others are sold: an answer, characters, minutes of sound, yuan."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from harness.core.candidates import Exchange
from harness.core.canonical import from_json
from harness.core.manifest import Manifest
from harness.report.evidence import config_of
from harness.report.numbers import Number, number, number_id, significant, stated, usd
from harness.report.phrases import Phrase
from harness.report.slots import SlotEvidence
from harness.store.records import Records


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
    came = records.where(~records.known("fault"))
    if came and came.known("cost_usd").all():
        spent = records.spent
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


def _spoken(of: SlotEvidence, name: str, came: Records, spent: Decimal) -> Iterator[Phrase]:
    characters, tokens = sum(came.told("input_characters")), sum(came.told("output_audio_tokens"))
    spoken_s, heard_s = (
        sum((Decimal(str(seconds)) for seconds in came.told(meter) if seconds), Decimal(0))
        for meter in ("output_audio_seconds", "input_audio_seconds")
    )
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
