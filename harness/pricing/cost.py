"""What one call costs: disjoint usage meters times prices, in Decimal (methodology.md 4).

A call is billed by characters (most speech), by the second (most transcription, clips), by the picture or by tokens. An
unknown price of something that was used, or an unknown meter of something that is priced, makes the cost "not measured"
(None), never 0.
Two gaps have an honest upper bound and are marked `estimated`: cached tokens without a cached price cost the fresh
price, and speech billed by tokens without a token count costs one input token a character.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, Protocol

from harness.core.calls import Attempt, Record, Usage
from harness.core.candidates import Candidate, Machine
from harness.pricing.rates import Rates, prompt_meters, prompt_tokens, rates
from harness.pricing.worst import worst_case

__all__ = ["MACHINE", "UNPRICED", "cost", "cost_of", "sent_at", "worst_case"]

UNPRICED = "unpriced"
MACHINE = "machine"
ESTIMATED = "estimated"
METERS = tuple(field.name for field in fields(Usage) if field.name not in ("output_video_pixels", "source"))
SUSPECT = "suspect"
"""Source of a usage whose numbers contradict each other: what is left of them would be a bill with lines torn out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a bill."""

    part: str
    """What is paid for: `request`, `input`, `cached`, `output`, `reasoning`, `audio`, `pictures` or `video`."""
    units: Decimal | None
    """None: not metered."""
    usd: Decimal | None
    """For one unit; None: not known."""
    bound: bool = False
    """An upper bound stands in for the true price or meter."""


def cost_of(record: Record, candidate: Candidate) -> tuple[Decimal | None, str]:
    """Return what the recorded usage of a call costs at the prices of `candidate`, as `cost` does."""
    return cost(record.usage, candidate, at=sent_at(record.attempts))


def sent_at(attempts: Sequence[Attempt]) -> str | None:
    """Return when the attempt was sent whose usage is told: the last one."""
    return attempts[-1].started if attempts else None


def cost(usage: Usage, candidate: Candidate, *, at: str | None = None) -> tuple[Decimal | None, str]:
    """Return dollars and where they come from; `(None, "unpriced")` where they are not measured.

    `at`: when the request was sent, UTC in ISO 8601, for prices that hold by the hour; None: the plain ones.

    The source is `machine`, `estimated` (an upper bound), `unpriced`, or that of the usage: `provider`, `measured`.
    A candidate with a machine costs its machine's time even if it has prices too: only the user sets a machine, while
    prices may come from the book.
    """
    if candidate.machine is not None:
        return (None, UNPRICED) if usage.busy_seconds is None else (_machine(candidate.machine, usage), MACHINE)
    lines = _lines(usage, candidate, at)
    total = Decimal(0)
    for line in lines:
        if line.units is None or (line.usd is None and line.units):
            return None, UNPRICED
        total += line.units * (line.usd or 0)
    if not lines:
        return None, UNPRICED
    if any(line.bound and line.units for line in lines):
        return total, ESTIMATED
    return total, "measured" if usage.source == "none" else usage.source


class Calls(Protocol):
    """Records of which columns can be read, as the store has them."""

    @property
    def spent(self) -> Decimal: ...
    def told(self, name: str) -> Sequence[Any]: ...
    def known(self, name: str) -> Any: ...
    def where(self, keep: Any) -> "Calls": ...
    def by(self, name: str) -> Mapping[Any, "Calls"]: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Record]: ...
    def __getitem__(self, place: int) -> Record: ...


def parts(records: Calls, candidate: Candidate) -> dict[str, Decimal]:
    """Return what the known costs of a candidate's calls were paid for; the sum is that of the costs.

    All is one part where it is `machine` time or of several `stages`; `whole` is what the told usage does not explain.
    """
    known = records.where(records.known("cost_usd"))
    if len(known) and (candidate.stages or candidate.machine is not None):
        return {"stages" if candidate.stages else MACHINE: known.spent}
    found: dict[str, Decimal] = {}
    for calls in (calls for alike in known.by("usage_source").values() for calls in alike.by("fault").values()):
        bills = [_bought(_together(calls), candidate, sent_at(calls[0].attempts))]
        if sum(bills[0].values()) != calls.spent:
            bills = [_explained(call, candidate) for call in calls]
        for part, dollars in ((part, dollars) for bill in bills for part, dollars in bill.items()):
            found[part] = found.get(part, Decimal(0)) + dollars
    return found


def _together(calls: Calls) -> Usage:
    """Return one usage of all calls.

    A bill is linear in its meters, but for prices that hold by the length of a prompt, by the hour or by the frame.
    """
    return replace(calls[0].usage, **{meter: sum(told) for meter in METERS if (told := calls.told(meter))})


def _explained(call: Record, candidate: Candidate) -> dict[str, Decimal]:
    """Return the bill of one call by part, or its cost as one part where that is not what it has cost."""
    bill, spent = _bought(call.usage, candidate, sent_at(call.attempts)), call.cost_usd or Decimal(0)
    return bill if sum(bill.values()) == spent else {"whole": spent}


def _bought(usage: Usage, candidate: Candidate, at: str | None) -> dict[str, Decimal]:
    """Return dollars by part."""
    found: dict[str, Decimal] = {}
    for line in _lines(usage, candidate, at):
        found[line.part] = found.get(line.part, Decimal(0)) + (line.units or 0) * (line.usd or 0)
    return found


def _lines(usage: Usage, candidate: Candidate, at: str | None) -> list[Line]:
    known = rates(candidate, prompt_tokens=prompt_tokens(usage), at=at)
    return [] if known is None or usage.source == SUSPECT else list(_bill(usage, known))


def _machine(machine: Machine, usage: Usage) -> Decimal:
    """usd_per_hour / 3600 × busy seconds ÷ utilisation, to a trillionth of a dollar."""
    dollars = machine.usd_per_hour * _exact(usage.busy_seconds or 0) / (3600 * machine.utilisation)
    return dollars.quantize(Decimal("1e-12"))


def _bill(usage: Usage, known: Rates) -> Iterator[Line]:
    if per_request := known.of("input_cost_per_request"):
        yield Line(part="request", units=Decimal(1), usd=per_request)
    if per_query := known.of("input_cost_per_query"):
        queries = None if usage.search_units is None else Decimal(usage.search_units)
        yield Line(part="request", units=queries, usd=per_query)
    if usage.output_images is not None:
        yield from _pictures(usage, known)
        return
    if usage.output_video_seconds is not None:
        yield from _clip(usage, known)
        return
    per_character, per_second = known.of("input_cost_per_character"), known.audio_second()
    if usage.input_characters is not None and per_character is not None:
        yield Line(part="input", units=Decimal(usage.input_characters), usd=per_character)
    elif usage.input_audio_seconds is not None and per_second is not None and not _counts_input(usage):
        yield Line(part="audio", units=_exact(usage.input_audio_seconds), usd=per_second)
    else:
        yield from _input(usage, known)
        yield from _output(usage, known)


def _input(usage: Usage, known: Rates) -> Iterator[Line]:
    fresh, cached = known.of("input_cost_per_token"), known.of("cache_read_input_token_cost")
    if _counts_input(usage):
        yield from _tokens("input", usage.input_tokens, fresh)
        yield from _tokens("cached", usage.cached_tokens, fresh if cached is None else cached, bound=cached is None)
        yield from _tokens("cached", usage.cache_write_tokens, known.of("cache_creation_input_token_cost"))
        yield from _tokens("cached", usage.cache_write_1h_tokens, known.of("cache_creation_input_token_cost_above_1hr"))
        yield from _audio(
            usage.input_audio_tokens, usage.input_audio_seconds, known.of("input_cost_per_audio_token"), None
        )
    elif usage.input_characters is not None and fresh is None and known.of("output_cost_per_second") is not None:
        return  # billed by the second that is spoken, and by nothing else
    elif usage.input_characters is not None:
        yield Line(part="input", units=Decimal(usage.input_characters), usd=fresh, bound=True)
    else:
        yield from _unmetered("input", fresh)


def _output(usage: Usage, known: Rates) -> Iterator[Line]:
    answer, audio = known.of("output_cost_per_token"), known.of("output_cost_per_audio_token")
    if usage.output_tokens is None and usage.reasoning_tokens is None and usage.output_audio_tokens is None:
        if usage.output_audio_seconds is None:
            yield from _unmetered("output", answer)
    else:
        yield from _tokens("output", usage.output_tokens, answer)
        yield from _tokens("reasoning", usage.reasoning_tokens, known.reasoning())
    yield from _audio(usage.output_audio_tokens, usage.output_audio_seconds, audio, known.of("output_cost_per_second"))


def _pictures(usage: Usage, known: Rates) -> Iterator[Line]:
    """Bill what was made by its tokens where provider and price list count them, else by the picture."""
    token, picture = known.of("output_cost_per_image_token"), known.picture()
    if usage.output_image_tokens is None or token is None:
        units = None if picture is None else Decimal(usage.output_images or 0)
        yield Line(part="pictures", units=units, usd=picture)
        return
    fresh, shown = known.of("input_cost_per_token"), known.of("input_cost_per_image_token")
    yield from _tokens("input", usage.input_tokens, fresh)
    yield from _tokens("pictures", usage.input_image_tokens, fresh if shown is None else shown)
    yield from _tokens("output", usage.output_tokens, known.of("output_cost_per_token"))
    yield from _tokens("pictures", usage.output_image_tokens, token)


def _clip(usage: Usage, known: Rates) -> Iterator[Line]:
    """Bill a clip by the second at the price of its size, and the pictures that it is made of where they have one."""
    seconds, pixels = usage.output_video_seconds or 0.0, usage.output_video_pixels
    yield Line(part="video", units=_exact(seconds), usd=None if pixels is None else known.video_second(pixels))
    if (picture := known.of("input_cost_per_image")) is not None:
        yield from _tokens("pictures", usage.input_images, picture)


def _counts_input(usage: Usage) -> bool:
    return any(meter is not None for meter in prompt_meters(usage))


def _tokens(part: str, count: int | None, usd: Decimal | None, *, bound: bool = False) -> Iterator[Line]:
    if count is not None:
        yield Line(part=part, units=Decimal(count), usd=usd, bound=bound)


def _audio(count: int | None, seconds: float | None, usd: Decimal | None, usd_second: Decimal | None) -> Iterator[Line]:
    """Bill audio by the provider's tokens, else by the second; at the price of text it would be far too cheap."""
    if count is not None:
        yield Line(part="audio", units=Decimal(count), usd=usd)
    elif seconds:
        yield Line(part="audio", units=_exact(seconds), usd=usd_second)


def _unmetered(part: str, usd: Decimal | None) -> Iterator[Line]:
    """A side that was not counted: free where its price is zero, nothing where it has none, else not known."""
    if usd is not None:
        yield Line(part=part, units=None if usd else Decimal(0), usd=usd)


def _exact(seconds: float) -> Decimal:
    """The decimal that is written, not the binary fraction behind it."""
    return Decimal(str(seconds))
