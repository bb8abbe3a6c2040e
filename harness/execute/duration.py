"""How long a plan takes: its lanes side by side, each at its limits, then the instruments."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.core.calls import Call
from harness.core.candidates import Candidate
from harness.core.forecast import NOTHING, Range, total
from harness.core.runs import Bakeoff
from harness.execute.likely import Likely
from harness.execute.pace import most_tokens
from harness.execute.sharing import LOCAL, lane_name, lane_widths
from harness.execute.speeds import CALIBRATION_S, HANDLING_S, LOAD_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The answers of one candidate to one task."""

    candidate: Candidate
    slot: str
    calls: tuple[Call, ...]
    all: Likely
    """Of all the calls together."""


def minutes(
    bakeoff: Bakeoff,
    cells: Sequence[Cell],
    warm: Mapping[str, Range],
    measured: Mapping[str, Range],
    more: Range,
    *,
    processes: int,
) -> Range:
    """Return how long a run takes that asks `cells`, from its start to its last call.

    `warm`: candidate → seconds of its warm-up calls; `measured`: instrument → seconds of its calls, where every answer
    arrives; `more`: seconds of what may follow. `processes`: how many send one after another, each from cold.
    """
    models = {model.name: model for cell in cells for model in cell.candidate.models}
    models |= {model.name: model for instrument in bakeoff.instruments.values() for model in instrument.models}
    engines = sum(model.is_local for model in models.values())
    parts = [
        CALIBRATION_S.times(processes),
        LOAD_S.times(engines * processes),
        _answers(bakeoff, cells, warm),
        *(_measuring(bakeoff.instruments[name], took, bakeoff) for name, took in measured.items()),
        more,
    ]
    return total(parts).times(1 / 60)


def _answers(bakeoff: Bakeoff, cells: Sequence[Cell], warm: Mapping[str, Range]) -> Range:
    most = bakeoff.settings.max_in_flight
    candidates = {cell.candidate.name: cell.candidate for cell in cells}
    widths = lane_widths((cell.calls[0] for cell in cells), candidates, max_in_flight=most)
    took: dict[str, list[Range]] = {}
    for cell in cells:
        took.setdefault(lane_name(cell.candidate), []).extend([cell.all.seconds, HANDLING_S.times(len(cell.calls))])
    for name, seconds in warm.items():
        took.setdefault(lane_name(candidates[name]), []).append(seconds)
    lanes = {name: total(parts) for name, parts in took.items()}
    local = lanes.pop(LOCAL, NOTHING)
    at_once = {
        name: _not_below(seconds.times(1 / widths[name]), _limited_s(name, cells)) for name, seconds in lanes.items()
    }
    remote = NOTHING
    for seconds in (*at_once.values(), total(lanes.values()).times(1 / most)):
        remote = _longer(remote, seconds)
    # lanes run side by side, yet are kept near each other: at worst each waits for all others
    both = _longer(local, remote)
    return Range(low=both.low, expected=both.expected, high=local.high + sum(one.high for one in at_once.values()))


def _measuring(instrument: Candidate, took: Range, bakeoff: Bakeoff) -> Range:
    return took if instrument.is_local else took.times(1 / bakeoff.settings.max_in_flight)


def _limited_s(lane: str, cells: Iterable[Cell]) -> float:
    """Return how long the calls of a lane take at least, for the limits of its models for a minute."""
    mine = [cell for cell in cells if lane_name(cell.candidate) == lane]
    requests: Counter[str] = Counter()
    tokens: Counter[str] = Counter()
    models = {model.name: model for cell in mine for model in cell.candidate.models}
    for cell in mine:
        for model in cell.candidate.models:
            requests[model.name] += len(cell.calls)
            if model.tokens_per_minute and not cell.candidate.stages:
                tokens[model.name] += sum(most_tokens(call.request) for call in cell.calls)
    waits = [
        60 * (requests[name] - 1) / it.requests_per_minute for name, it in models.items() if it.requests_per_minute
    ]
    waits += [60 * tokens[name] / it.tokens_per_minute for name, it in models.items() if it.tokens_per_minute]
    return max(waits, default=0.0)


def _not_below(seconds: Range, least: float) -> Range:
    return Range(low=max(seconds.low, least), expected=max(seconds.expected, least), high=max(seconds.high, least))


def _longer(one: Range, other: Range) -> Range:
    return Range(
        low=max(one.low, other.low), expected=max(one.expected, other.expected), high=max(one.high, other.high)
    )
