"""The shape of bakeoff.yaml and providers.yaml: Bakeoff's own keys strictly, LiteLLM's as LiteLLM has them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    Tag,
    WithJsonSchema,
    model_validator,
)

from harness.core.candidates import MODALITIES
from harness.core.suggest import meant


def _money(value: Any) -> Any:
    """Take numbers as they are written: 0.1 is a tenth, not the nearest binary fraction."""
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


Money = Annotated[Decimal, BeforeValidator(_money), WithJsonSchema({"type": "number"})]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")]
Modality = Literal[MODALITIES]  # type: ignore[valid-type]  # one list of modalities, in core


class Strict(BaseModel):
    """A mapping of ours: unknown keys are errors, nothing is coerced, `key:` with nothing after it is unset."""

    # defer_build: only the two files' models are built, on first use, each with what it holds inside (saves 0.02 s)
    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _unset(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in data.items() if value is not None or key not in cls.model_fields}


# -- bakeoff.yaml --------------------------------------------------------------------------------------------------

Scorers = Annotated[
    Annotated[Name, Tag("<name>")]
    | Annotated[dict[Name, dict[str, JsonValue] | None], Tag("<mapping>")]
    | Annotated[list["Scorer"], Tag("<list>")],
    Discriminator(lambda value: {str: "<name>", dict: "<mapping>", list: "<list>"}.get(type(value))),
]
Scorer = Annotated[
    Annotated[Name, Tag("<name>")] | Annotated[dict[Name, dict[str, JsonValue] | None], Tag("<mapping>")],
    Discriminator(lambda value: {str: "<name>", dict: "<mapping>"}.get(type(value))),
]


class InlineSuite(Strict):
    """A data file, a prompt and a scorer by name: a suite without Python."""

    name: Name
    modality: Modality
    data: Annotated[str, Field(min_length=1, description="JSONL, CSV, TSV or XLSX, beside this file")]
    prompt: Annotated[str, Field(description="Jinja template; sees input, metadata and files")] = "{{ input }}"
    scorer: Annotated[Scorers | None, Field(description="a name, {name: {parameter: value}}, or a list of these")] = (
        None
    )
    primary: Annotated[Name | None, Field(description="the scorer that is the quality; default: the first")] = None
    system: str | None = None
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000)] = 256
    slot: Name | None = None
    language: Annotated[str | None, Field(description="BCP 47 tag, where every sample shares it")] = None


class PartOfSuite(Strict):
    """Some of a suite: named tasks, or some samples of each."""

    suite: Annotated[str, Field(min_length=1, description="a folder of tasks/, or a path to one")]
    tasks: Annotated[list[Name] | None, Field(min_length=1, description="default: all")] = None
    limit: Annotated[int | None, Field(ge=1, description="at most so many samples of each task, evenly spaced")] = None


class RunSection(Strict):
    """How a run is executed; the defaults are those of core.runs.RunSettings."""

    max_in_flight: Annotated[int | None, Field(ge=1, le=10_000)] = None
    timeout_s: Annotated[float | None, Field(gt=0, le=86_400)] = None
    idle_timeout_s: Annotated[float | None, Field(gt=0, le=86_400)] = None
    max_attempts: Annotated[int | None, Field(ge=1, le=100)] = None
    budget_usd: Annotated[Money | None, Field(ge=0, description="of the run, over every resume")] = None
    budget_usd_per_day: Annotated[
        Money | None, Field(ge=0, description="of all runs in one folder together, from midnight to midnight UTC")
    ] = None
    budgets_usd: Annotated[
        dict[Name, Annotated[Money, Field(ge=0)]] | None,
        Field(description="provider, as before the slash of `model` → the most that its calls in the run may cost"),
    ] = None
    max_unpriced_calls: Annotated[
        int | None,
        Field(ge=1, description="requests to candidates without a price; unset, a budget refuses such candidates"),
    ] = None
    max_infra_failure_rate: Annotated[float | None, Field(ge=0, le=1)] = None
    workers: Annotated[int | None, Field(ge=1, le=1_000)] = None
    warm_up: Annotated[
        int | None,
        Field(ge=0, le=10_000, description="calls to each remote candidate before its answers are timed; 0: none"),
    ] = None
    attribute_failures: Annotated[
        bool | None,
        Field(
            description="ask bad answers of cascades again, with one stage's output after the other replaced by gold"
        ),
    ] = None
    stop: Annotated[
        Literal["sequential"] | None,
        Field(description="ask a candidate no more once it has lost for certain; unset: every one is asked everything"),
    ] = None


Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class GateSection(Strict):
    """A must-have: exactly one of min and max."""

    metric: Name
    min: float | None = None
    max: float | None = None


class CriterionSection(Strict):
    """A nice-to-have: value 0 at worst, 1 at ideal."""

    metric: Annotated[Name | None, Field(description="default: the criterion's own name")] = None
    worst: float | None = None
    ideal: float | None = None
    weight: Annotated[float | None, Field(ge=0, description="needed unless `weights` gives it")] = None
    scale: Literal["linear", "log", "piecewise"] = "linear"
    points: Annotated[
        list[Annotated[list[float], Field(min_length=2, max_length=2)]] | None,
        Field(description="piecewise: [metric, value] pairs, metric rising, value in [0, 1]"),
    ] = None


class WeightsSection(Strict):
    """What matters how much, over all criteria: exactly one of points, swing, order and ahp."""

    points: Annotated[dict[Name, NotNegative] | None, Field(min_length=1, description="their shares count")] = None
    swing: Annotated[
        dict[Name, Annotated[float, Field(ge=0, le=100)]] | None,
        Field(min_length=1, description="points for the step from worst to ideal; the step wanted first has 100"),
    ] = None
    order: Annotated[list[Name] | None, Field(min_length=1, description="the most important criterion first")] = None
    ahp: Annotated[
        dict[Name, dict[Name, Positive]] | None,
        Field(min_length=1, description="{a: {b: 3}}: a is 3 times as important as b; each pair once"),
    ] = None
    by: Annotated[Name | None, Field(description="who said so")] = None
    on: Annotated[Name | None, Field(description="when, such as 2026-11-27")] = None


class ThresholdSection(Strict):
    """House thresholds of the verdict rule; the defaults are those of core.rules.Thresholds."""

    clear_p_best: Annotated[float | None, Field(gt=0, le=1)] = None
    lean_p_best: Annotated[float | None, Field(gt=0, le=1)] = None
    fragile_l1: Annotated[float | None, Field(ge=0, le=2)] = None
    near_tie: Annotated[float | None, Field(ge=0, le=1)] = None
    kappa: Annotated[float | None, Field(gt=0)] = None


class DecisionSection(Strict):
    """How one slot is decided; what is unset uses the defaults of the slot's modality."""

    gates: list[GateSection] | None = None
    criteria: Annotated[dict[Name, CriterionSection] | None, Field(min_length=1)] = None
    weights: Annotated[
        WeightsSection | None, Field(description="the weights of all criteria, in place of their own `weight`")
    ] = None
    profiles: Annotated[
        dict[Name, WeightsSection] | None,
        Field(min_length=1, description="who → their own weights; shown side by side, never averaged"),
    ] = None
    combine: Annotated[
        Literal["additive", "geometric"] | None,
        Field(description="the score: weighted sum of values (default), or their geometric mean, where weak is weak"),
    ] = None
    must_pass: Annotated[list[Name] | None, Field(description="candidates whose failed gate makes the run exit 1")] = (
        None
    )
    thresholds: ThresholdSection | None = None


class RiceSection(Strict):
    """The columns of reach × impact × confidence / effort, which is shown beside the score and decides nothing."""

    reach: Name
    impact: Name
    confidence: Name | None = None
    effort: Name


class TableRule(DecisionSection):
    """The rule of a table of options, in the YAML file beside it: metrics are its columns."""

    criteria: Annotated[dict[Name, CriterionSection], Field(min_length=1)]
    cost: Annotated[Name | None, Field(description="the column by which near-ties are compared")] = None
    rice: RiceSection | None = None


class SeatSection(Strict):
    """How the product is priced; money is in USD a month."""

    gross_margin: Annotated[float, Field(ge=0, lt=1, description="what is to be left of the price")]
    price: Positive | None = None
    overhead: Annotated[NotNegative | None, Field(description="on top of a model's bill, as a share of it")] = None
    infra: Annotated[NotNegative | None, Field(description="what an idle seat costs")] = None
    fee_share: Annotated[float | None, Field(ge=0, lt=1, description="what the payment provider keeps")] = None
    fee_fixed: NotNegative | None = None
    usage_sigma: Annotated[
        NotNegative | None, Field(description="spread of the logarithm of the requests of a seat; 0: all are alike")
    ] = None


class SelfHostingSection(Strict):
    """A machine that could serve the same traffic."""

    usd_per_gpu_hour: Positive
    requests_per_s: Annotated[
        Positive | None, Field(description="of one replica, within the latency that is needed; or name a candidate")
    ] = None
    candidate: Annotated[Name | None, Field(description="whose answers in the run say it: one on a machine")] = None
    within_ms: Annotated[
        Positive | None, Field(description="of candidate: whole answers that are later are not good")
    ] = None
    peak_requests_per_s: Positive
    gpus_per_replica: Annotated[int | None, Field(ge=1)] = None
    headroom: Annotated[float | None, Field(gt=0, le=1)] = None
    spare_replicas: Annotated[int | None, Field(ge=0)] = None
    hours: Annotated[Positive | None, Field(description="of a month")] = None
    ops: Annotated[NotNegative | None, Field(description="USD a month for the people who keep it alive")] = None


class TrafficSection(Strict):
    """What the product will send; see `bakeoff cost`."""

    requests_per_month: Positive | None = None
    users: Annotated[Positive | None, Field(description="active in the month")] = None
    requests_per_user: Positive | None = None
    volume_cv: Annotated[NotNegative | None, Field(description="standard deviation of the volume over its mean")] = None
    mix: Annotated[
        dict[Name, NotNegative] | None, Field(min_length=1, description="suite or suite/task → share of the requests")
    ] = None
    batch_share: Share | None = None
    batch_discount: Share | None = None
    cached_share: Annotated[Share | None, Field(description="of the prompt's tokens; default: as measured")] = None
    seat: SeatSection | None = None
    self_hosting: SelfHostingSection | None = None


def _kind_of_suite(value: Any) -> str | None:
    """Return the tag of an item of `suites`: a mapping without `suite` is whichever more of its keys are meant for."""
    if isinstance(value, dict):
        part, inline = (_meant(value, kind) for kind in (PartOfSuite, InlineSuite))
        return "<part>" if "suite" in value or (value and part >= inline) else "<mapping>"
    return "<name>" if isinstance(value, str) else None


def _meant(keys: Iterable[str], kind: type[BaseModel]) -> int:
    return sum(key in kind.model_fields or meant(key, kind.model_fields) is not None for key in keys)


class ExchangeSection(Strict):
    """What a dollar costs: never guessed."""

    cny_per_usd: Annotated[Money, Field(gt=0)]
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="of the rate, such as 2026-11-27")]


class BakeoffFile(Strict):
    """bakeoff.yaml: everything but `suites` has a default."""

    name: Name | None = None
    suites: Annotated[
        list[
            Annotated[
                Annotated[str, Field(min_length=1), Tag("<name>")]
                | Annotated[PartOfSuite, Tag("<part>")]
                | Annotated[InlineSuite, Tag("<mapping>")],
                Discriminator(_kind_of_suite),
            ]
        ],
        Field(min_length=1, description="folders of tasks/, paths to one, parts of one, or suites written here"),
    ]
    candidates: Annotated[
        list[Name] | None, Field(min_length=1, description="default: every candidate that can do a suite's modality")
    ] = None
    epochs: Annotated[int, Field(ge=1, le=1_000)] = 1
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    instruments: Annotated[dict[Name, Name] | None, Field(description="instrument → the candidate that serves")] = None
    run: RunSection | None = None
    decision: Annotated[dict[Name, DecisionSection] | None, Field(description="keyed by slot")] = None
    traffic: TrafficSection | None = None
    exchange: ExchangeSection | None = None


# -- providers.yaml ------------------------------------------------------------------------------------------------


class BakeoffKeys(Strict):
    """`bakeoff:` of a model entry: what LiteLLM has no word for."""

    group: Name | None = None
    rpm: Annotated[float | None, Field(gt=0, description="requests per minute")] = None
    tpm: Annotated[float | None, Field(gt=0, description="tokens per minute")] = None
    max_in_flight: Annotated[int | None, Field(ge=1, le=10_000)] = None
    usd_per_hour: Annotated[Money | None, Field(ge=0, description="self-hosted: what the machine costs")] = None
    currency: Annotated[
        Literal["USD", "CNY"],
        Field(description="of the prices in model_info; in CNY at the exchange of bakeoff.yaml, not known without one"),
    ] = "USD"
    utilisation: Annotated[Money, Field(gt=0, le=1, description="share of the paid hours that serve")] = Decimal(1)


class LitellmParams(BaseModel):
    """LiteLLM's own; what is not named here is a request parameter of the candidate."""

    model_config = ConfigDict(defer_build=True, extra="allow", strict=True, frozen=True, allow_inf_nan=False)
    __pydantic_extra__: dict[str, JsonValue]

    model: Annotated[str, Field(min_length=1, description="LiteLLM's model string; local/<engine> is embedded")]
    api_base: str | None = None
    base_url: str | None = None
    api_key: Annotated[str | None, Field(description="os.environ/NAME, never the key itself")] = None
    custom_llm_provider: str | None = None
    voice: str | None = None


class ModelInfo(BaseModel):
    """LiteLLM's own; `mode` and prices override the price book."""

    model_config = ConfigDict(defer_build=True, extra="allow", strict=True, frozen=True, protected_namespaces=())
    __pydantic_extra__: dict[str, JsonValue]

    mode: str | None = None
    base_model: str | None = None
    supports_vision: bool | None = None
    supports_audio_input: bool | None = None
    supports_audio_output: bool | None = None
    supports_function_calling: bool | None = None
    supports_response_schema: bool | None = None


class ModelEntry(Strict):
    """One entry of LiteLLM's model_list: a candidate."""

    model_config = ConfigDict(protected_namespaces=())

    model_name: Name
    litellm_params: LitellmParams
    model_info: ModelInfo | None = None
    rpm: Annotated[float | None, Field(gt=0, description="LiteLLM's other place for it, over litellm_params")] = None
    tpm: Annotated[float | None, Field(gt=0, description="as rpm")] = None
    bakeoff: BakeoffKeys | None = None


class Stage(Strict):
    """One step of a cascade."""

    name: Name
    candidate: Name
    input: Annotated[str, Field(description="Jinja template; sees input, stages.<name>.text and documents")] = (
        "{{ input }}"
    )
    reads: Annotated[
        list[Name] | None,
        Field(description="stages whose rankings, fused, are its documents; []: all; default: the nearest that ranks"),
    ] = None
    top: Annotated[int | None, Field(ge=1, description="the best so many of its documents; default: all")] = None
    by_sentence: Annotated[
        bool, Field(description="a voice that speaks each sentence of the text before it while the next is written")
    ] = False


class Cascade(Strict):
    """Several candidates in a row; stt/llm/tts and ocr/llm are shorthands for stages."""

    model_config = ConfigDict(protected_namespaces=())

    model_name: Name
    stt: Name | None = None
    ocr: Name | None = None
    llm: Name | None = None
    tts: Name | None = None
    by_sentence: Annotated[bool, Field(description="of stt + llm + tts: the voice speaks sentence by sentence")] = False
    stages: Annotated[list[Stage] | None, Field(min_length=1)] = None
    fuses: Annotated[
        list[Name] | None, Field(min_length=2, description="stages whose fused rankings are the answer")
    ] = None


PASSED_OVER = (
    "litellm_settings", "router_settings", "general_settings", "environment_variables", "include",
    "callback_settings", "credential_list", "guardrails", "mcp_servers", "mcp_tools", "search_tools", "sandbox_tools",
    "vector_store_registry", "assistant_settings", "files_settings", "finetune_settings", "default_vertex_config",
    "pass_through_endpoints", "prompts", "policies", "policy_attachments", "agents", "agent_list", "plugins",
    "worker_registry", "classifier_plugin",
)  # fmt: skip
"""Top-level keys of LiteLLM's proxy file that say how the proxy runs, not which models there are."""


class ProvidersFile(Strict):
    """providers.yaml: a superset of LiteLLM's proxy file (the keys that concern the proxy alone are passed over)."""

    model_config = ConfigDict(protected_namespaces=())

    model_list: Annotated[list[ModelEntry], Field(min_length=1)]
    cascades: list[Cascade] | None = None
