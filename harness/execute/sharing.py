"""Which candidates share what: a lane with its places in flight, an account with its limits."""

from collections.abc import Iterable, Mapping

from harness.core.calls import Call
from harness.core.candidates import Candidate

LOCAL = "local/"
"""Name of the exclusive lane: a second call on this machine would be measured with the first one's noise."""

Address = tuple[str, str | None]
Account = tuple[str, str | None, str | None]


def address(candidate: Candidate) -> Address:
    """Return where a candidate is asked: at its provider's own address, None, or at that of its entry."""
    return candidate.provider, None if candidate.base_url is None else candidate.base_url.rstrip("/")


def account(candidate: Candidate) -> Account:
    """Whose key and credit a candidate uses, at which address."""
    return *address(candidate), candidate.api_key_env


def lane_widths(calls: Iterable[Call], candidates: Mapping[str, Candidate], *, max_in_flight: int) -> dict[str, int]:
    """Return lane → most calls in flight: the smallest limit of the candidates that share it."""
    widths: dict[str, int] = {}
    for name in dict.fromkeys(call.candidate for call in calls):
        candidate = candidates[name]
        lane = lane_name(candidate)
        most = 1 if lane == LOCAL else max_in_flight
        limits = [model.max_in_flight or most for model in candidate.models]
        widths[lane] = min(widths.get(lane, most), *limits)
    return widths


def lane_name(candidate: Candidate) -> str:
    """Name the lane of a candidate: what runs on one machine shares one, since each would measure the others."""
    if any(model.is_local for model in candidate.models):
        return LOCAL
    if candidate.machine is not None and candidate.base_url is not None:
        return candidate.base_url.rstrip("/")
    return candidate.name
