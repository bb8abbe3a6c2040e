"""What can be chosen: a provider's model with its parameters and prices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from harness.core.canonical import Json, digest

MODALITIES = (
    "text", "vision", "tts", "transcription", "speech", "image_generation", "video_generation", "embedding", "rerank",
    "rag",
)  # fmt: skip
"""What goes in and comes out of a candidate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What a dollar costs in another currency."""

    cny_per_usd: Decimal
    date: str
    """ISO date of the rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of the week."""

    hours: tuple[str, ...]
    """Each `16:30-00:30` in UTC, its end not in it; one that ends where it begins is the whole day."""
    weekdays: tuple[int, ...] = ()
    """1 is Monday; empty: every day."""
    zone: str = "UTC"
    """Whose calendar says which weekday it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OffPeak:
    """Prices of quiet hours, in the place of the others for a whole request that is sent in them."""

    usd: Mapping[str, Decimal]
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a provider charges, by the field names of LiteLLM's price map."""

    usd: Mapping[str, Decimal]
    """`input_cost_per_token`, `output_cost_per_character`, ...: dollars for one unit."""
    source: str
    """Where it comes from: `litellm 1.106.2` or `providers.yaml`."""
    date: str | None = None
    """ISO date of the price, where the source says so."""
    own: tuple[str, ...] = ()
    """Names of those that providers.yaml states: they stay where the others are taken from another book."""
    off_peak: OffPeak | None = None

    @property
    def cited(self) -> str:
        """How pages cite them: the first 12 digits of the sha256 of what is charged, and where and when it was read."""
        return digest(self)[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A self-hosted candidate's cost: the machine, not the token."""

    usd_per_hour: Decimal
    utilisation: Decimal = Decimal(1)
    """Share of the paid hours in which the machine serves, in (0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of a cascade."""

    name: str
    """Unique in its cascade."""
    candidate: "Candidate"
    input: str
    """Jinja template of what it is asked: sees `input`, what the cascade is asked, `stages.<name>.text`, and
    `documents`, each with `id` and `text`."""
    reads: tuple[str, ...] | None = None
    """Earlier stages whose rankings, fused where they are several, give it its documents; empty: it has all that the
    cascade is asked about. None: those of the nearest one that ranks, else all."""
    top: int | None = None
    """How many documents of them, best first; None: every one."""
    by_sentence: bool = False
    """A voice that speaks each sentence of the text before it as soon as that is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One column of the matrix. The same model at two hosts, or at two temperatures, is two candidates."""

    name: str
    """The name in reports, unique in a run."""
    model: str
    """LiteLLM's model string; `local/<engine>` is an embedded engine, `cascade/...` names the models of the stages."""
    modalities: frozenset[str]
    params: Mapping[str, Json] = field(default_factory=dict)
    """Request parameters that belong to the candidate: temperature, voice, reasoning_effort."""
    lacks: frozenset[str] = frozenset()
    """Request parameters that it is known not to take, such as `tools`: what needs one is not asked of it."""
    languages: frozenset[str] = frozenset()
    """The only ones that it knows, as ISO 639-1 codes: a task in another is not asked of it. Empty: not restricted."""
    base_url: str | None = None
    """The configured address; never that of a tap or an engine."""
    api_key_env: str | None = None
    """Name of the environment variable that holds the key; the key itself never enters a noun."""
    prices: Prices | None = None
    """None: cost not measured."""
    machine: Machine | None = None
    weights_sha256: str | None = None
    """Embedded engines: engine version and digest of the weights, as the catalogue pins them."""
    group: str | None = None
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    max_in_flight: int | None = None
    stages: tuple[Stage, ...] = ()
    """A cascade's: each is asked with what those before it said. Empty for a model."""
    fuses: tuple[str, ...] = ()
    """A cascade's: stages whose fused rankings are its answer, in the place of what the last stage said."""

    @property
    def models(self) -> tuple["Candidate", ...]:
        """Who is called when this candidate is asked: itself, or the candidates of its stages."""
        return tuple(stage.candidate for stage in self.stages) or (self,)

    @property
    def provider(self) -> str:
        """Who bills and throttles."""
        return provider_of(self.model)

    @property
    def talks_live(self) -> bool:
        """Whether it is asked in live sessions alone: it hears and speaks, and takes no chat."""
        return "speech" in self.modalities and "text" not in self.modalities and not self.stages

    @property
    def is_local(self) -> bool:
        return self.model.startswith("local/")

    @property
    def identity(self) -> str:
        """Digest of what makes this candidate answer as it does; prices, limits and its name do not."""
        own = [self.model, self.params, self.base_url, self.weights_sha256]
        stages = ([stage.name, stage.candidate.identity, stage.input, *_own(stage)] for stage in self.stages)
        return digest([*own, *stages, *([self.fuses] if self.fuses else [])])


def _own(stage: Stage) -> list[object]:
    """What a stage's identity holds of its documents and of how it speaks: nothing where nothing is said of them."""
    narrowed = [] if stage.reads is None and stage.top is None else [stage.reads, stage.top]
    return [*narrowed, *(["by sentence"] if stage.by_sentence else [])]


def provider_of(model: str) -> str:
    """Return who bills and throttles LiteLLM's `model`: what stands before its first slash."""
    return model.partition("/")[0] if "/" in model else "openai"
