"""Wire evidence → time marks (methodology.md 3)."""

from collections.abc import Sequence

from harness.clients.playback import Playback, playback
from harness.clients.reply import Content
from harness.clients.tap import Chunk, Wire
from harness.core.calls import Marks

_LAG_S = 0.010
_LAG_SHARE = 0.05
"""A mark may be late by 10 ms or by 5% of itself, whichever is more; beyond that it is not to be trusted."""
_DRIFT_S = 1.0
"""Wall clock and monotonic clock that part by more have been set, or the machine has slept: how long, nobody knows."""


def marks(wire: Wire, content: Content, *, client_first_at: float | None = None) -> Marks:
    """Return the marks of an attempt; without a request on the wire there are none, and they are not valid.

    They count from what may be billed: a job's from its order, whose answer is the first byte, to its clip.
    """
    order, exchange = wire.order, wire.last
    if order is None or exchange is None:
        return Marks(valid=False)
    sent = order.sent

    def ms(at: float | None) -> float | None:
        return None if at is None else (at - sent) * 1000

    def trusted(chunk: Chunk) -> bool:
        return chunk.lag_s <= max(_LAG_S, _LAG_SHARE * (chunk.at - sent))

    found = {name: exchange.arrival(getattr(content, name)) for name in ("first", "answer", "audio", "last")}
    played = _played(exchange.chunks, content)
    times = {name: None if chunk is None else ms(chunk.at) for name, chunk in found.items()}
    sentences = [chunk for at in content.sentences if (chunk := exchange.arrival(at)) is not None]
    return Marks(
        headers_ms=ms(order.headers_at),
        first_byte_ms=ms(order.chunks[0].at) if order.chunks else None,
        ttft_ms=times["first"],
        ttfo_ms=times["answer"],
        ttfa_ms=times["audio"],
        gap_ms=None if played is None else played.gap_ms,
        stall_ms=None if played is None else played.stall_ms,
        total_ms=times["last"],
        closed_ms=ms(exchange.closed),
        sentences_ms=tuple((chunk.at - sent) * 1000 for chunk in sentences),
        client_ttft_ms=ms(client_first_at),
        valid=sum(each.may_be_billed for each in wire.exchanges) == 1
        and all(each.clock_drift_s <= _DRIFT_S for each in wire.exchanges)
        and all(trusted(chunk) for chunk in (*found.values(), *sentences) if chunk),
    )


def _played(chunks: Sequence[Chunk], content: Content) -> Playback | None:
    """Play what came, where its pace is known and every stamp is to be trusted."""
    if content.audio is None or content.bytes_per_s is None or any(chunk.lag_s > _LAG_S for chunk in chunks):
        return None
    return playback(chunks, start=content.audio, bytes_per_s=content.bytes_per_s)
