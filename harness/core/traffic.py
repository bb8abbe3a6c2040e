"""What a product will send in a month, and what a seat of it is sold for (methodology.md 4)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.core.estimates import Estimate

HALF = 0.5
"""What providers spare who wait for a batch, where a model has no price of its own for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """How the product is priced; money is in USD a month."""

    gross_margin: float
    """What is to be left of the price, in [0, 1)."""
    price: float | None = None
    """What a seat is sold for; None: only the price that the margin asks for is told."""
    overhead: float = 0.0
    """What is spent on top of a model's bill, as a share of it: logs, retrieval, support."""
    infra: float = 0.0
    """What a seat costs however little it is used."""
    fee_share: float = 0.0
    """What the payment provider keeps of the price."""
    fee_fixed: float = 0.0
    usage_sigma: float = 1.0
    """Spread of the logarithm of a seat's requests: seats are lognormal around their mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfHosting:
    """A machine that could serve the same traffic."""

    usd_per_gpu_hour: float
    requests_per_s: float = 0.0
    """What one replica serves within the latency that the product needs: its goodput. 0: measured of `candidate`."""
    peak_requests_per_s: float
    candidate: str | None = None
    """Whose answers in the run say what a replica serves; None: the file says it."""
    within_ms: float = math.inf
    """An answer counts that is whole by then."""
    gpus_per_replica: int = 1
    headroom: float = 0.7
    """Share of a replica's throughput that may be planned with."""
    spare_replicas: int = 1
    hours: float = 730.0
    """Hours of a month."""
    ops: float = 0.0
    """USD a month for the people who keep it alive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """A month of requests."""

    requests: float
    """Expected, of all users together."""
    users: float | None = None
    """Active ones; None: not known, so nothing is told for each."""
    volume_cv: float = 0.15
    """Standard deviation of a month's requests over their mean."""
    mix: Mapping[str, float] = field(default_factory=dict)
    """Suite or `suite/task` → share of the requests that is like its samples; empty: as the run asked."""
    batch_share: float = 0.0
    """Share of the requests that can wait for a batch."""
    batch_discount: float | None = None
    """Share of the price that is spared there; None: as the model's prices say, else HALF."""
    cached_share: float | None = None
    """Share of the prompt's tokens that is read from a cache; None: as it was measured."""
    seat: Seat | None = None
    self_hosting: SelfHosting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """USD of one month."""

    mean: float
    low: float
    """5% of months are cheaper."""
    median: float
    high: float
    """5% of months are dearer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a candidate's requests cost."""

    request: Estimate
    """USD, the answers that failed among them, tasks and batches as the traffic has them."""
    median: float | None
    """USD of a request in the middle; the mean is higher where few are dear. None: what requests cost is not known."""
    p95: float | None
    month: Month | None
    batch_discount: float | None = None
    """What a batch spares of the cost; None: nothing waits for one."""
    batch_is_assumed: bool = False
    """Nobody says what a batch costs: neither the model's prices nor the traffic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatCost:
    """A seat of the product, USD a month."""

    cost: float
    """Of a seat with the mean number of requests, before the payment's fees."""
    break_even_price: float | None
    """None: no price, for the fees are too high."""
    price_at_margin: float | None
    price: float | None
    """What it is sold for: the price of the file, else that of the margin."""
    fair_use: float | None
    """Requests a month up to which the margin is kept at that price."""
    break_even_requests: float | None
    loss_making: float | None
    """Share of seats that send more than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostingCost:
    """The same traffic on machines of one's own."""

    replicas: int
    requests_per_s: float
    """What each serves within the latency that is needed."""
    usd_per_1k: float
    """Of 1,000 requests of this traffic."""
    usd_per_1k_busy: float
    """Where the replicas are always as busy as may be planned with; without spare ones and ops."""
    month: float
    """USD, however many requests come."""
    pays_from: float
    """Requests a month from which it is cheaper; infinity: never."""
    carries: bool
    """Whether the replicas serve the traffic on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCost:
    """What a candidate costs a product."""

    slot: str
    candidate: str
    requests: float
    """A month: those of this slot."""
    bill: Bill
    user: float | None
    """USD a month for each active user."""
    seat: SeatCost | None
    hosting: HostingCost | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What a bake-off's product sends, and what it costs."""

    traffic: Traffic
    """As it was given."""
    costs: tuple[ProductCost, ...]
