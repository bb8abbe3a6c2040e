"""What one call is likely to use and cost, before anything is measured: from its words and their bounds."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.core.calls import Call, Output, Usage
from harness.core.candidates import Candidate, Stage
from harness.core.canonical import Json, canonical
from harness.core.forecast import NOTHING, Range, total, total_known
from harness.core.media import Audio, media_parts
from harness.core.requests import (
    ChatRequest,
    EmbeddingRequest,
    ImageRequest,
    MosRequest,
    Request,
    RerankRequest,
    SessionRequest,
    SpeechRequest,
    TranscriptionRequest,
    VideoRequest,
    is_spoken,
)
from harness.core.suites import Sample
from harness.execute.budget import is_billed
from harness.execute.prompts import PromptError
from harness.execute.speeds import seconds
from harness.pricing import worst
from harness.pricing.cost import cost

LOOKED_AT = 12
"""Calls of a candidate and a task, evenly spaced: the others are taken to be like them."""

BYTES_PER_TOKEN = Range(low=3.0, expected=4.0, high=6.0)
"""Of what is read: fewest bytes, most tokens. Chinese has three bytes a character."""
WRAPPING_TOKENS = 8
"""Of a chat's template."""
AUDIO_TOKENS_PER_SECOND = Range(low=10, expected=20, high=worst.AUDIO_TOKENS_PER_SECOND)
TRANSCRIPT_TOKENS_PER_SECOND = Range(low=1, expected=4, high=worst.TRANSCRIPT_TOKENS_PER_SECOND)
SECONDS_PER_CHARACTER = Range(low=0.04, expected=0.07, high=float(worst.SECONDS_PER_CHARACTER))
MADE_IMAGE_TOKENS = Range(low=200, expected=2_500, high=worst.MADE_IMAGE_TOKENS)
SHOWN_TOKENS = 85
"""Fewest of a picture that is looked at."""
PIXELS_PER_TOKEN = 750
UNSAID_S = Range(low=0.1, expected=10.0, high=300.0)
"""Of a cascade whose questions cannot be said before they are asked."""
ENDS = ("low", "expected", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """Of one call, on average."""

    input_tokens: Range | None = None
    output_tokens: Range | None = None
    usd: Range | None = NOTHING
    """What providers bill; None: not known."""
    machine_usd: Range | None = NOTHING
    """What the time of one's own machine costs; None: nobody said what it does."""
    seconds: Range = NOTHING

    def times(self, calls: float) -> "Likely":
        def scaled(one: Range | None) -> Range | None:
            return None if one is None else one.times(calls)

        return Likely(
            input_tokens=scaled(self.input_tokens),
            output_tokens=scaled(self.output_tokens),
            usd=scaled(self.usd),
            machine_usd=scaled(self.machine_usd),
            seconds=self.seconds.times(calls),
        )


def added(parts: Iterable[Likely]) -> Likely:
    """Return the sum; tokens where any part has some, dollars where all are known."""
    every = list(parts)

    def tokens(name: str) -> Range | None:
        counted = [one for part in every if (one := getattr(part, name)) is not None]
        return total(counted) if counted else None

    return Likely(
        input_tokens=tokens("input_tokens"),
        output_tokens=tokens("output_tokens"),
        usd=total_known(part.usd for part in every),
        machine_usd=total_known(part.machine_usd for part in every),
        seconds=total(part.seconds for part in every),
    )


def of_calls(calls: Sequence[Call], candidate: Candidate, samples: Mapping[tuple[str, str, str], Sample]) -> Likely:
    """Return what each of `calls`, all of one task, is likely to take. `samples`: suite, task and id → the sample."""
    some = calls[:: math.ceil(len(calls) / LOOKED_AT)]
    found = []
    for call in some:
        sample = samples.get((call.suite, call.task, call.sample))
        right = None if sample is None else sample.target
        try:
            found.append(added(of_request(*one, right=right) for one in _requests(call, candidate, right)))
        except PromptError:  # what a stage will be asked cannot be said before it is
            billed = any(is_billed(model) for model in candidate.models)
            found.append(Likely(usd=None if billed else NOTHING, machine_usd=None, seconds=UNSAID_S))
    return _mean(found)


def of_request(request: Request, model: Candidate, *, right: Json = None) -> Likely:
    """Return what `model` is likely to take for `request`, whose right answer is `right`, where that is known."""
    uses = [_usage(request, model, end, right) for end in ENDS]
    took = seconds(request, model, *uses)
    usd: Range | None = NOTHING
    if is_billed(model):
        costs = [cost(usage, model)[0] for usage in uses]
        known = sorted(float(usd) for usd in costs if usd is not None)
        usd = _range(known) if len(known) == len(ENDS) else None
    machine_usd: Range | None = None if model.is_local else NOTHING
    if model.machine is not None:
        machine_usd = took.times(float(model.machine.usd_per_hour / (3600 * model.machine.utilisation)))
    return Likely(
        input_tokens=_counted(uses, ("input_tokens", "input_audio_tokens", "input_image_tokens")),
        output_tokens=_counted(uses, ("output_tokens", "output_audio_tokens", "output_image_tokens")),
        usd=usd,
        machine_usd=machine_usd,
        seconds=took,
    )


def answer_tokens(right: Json, most: int) -> Range:
    """Return how many tokens an answer may have: from half of the right one to as many as it may.

    Expected is what lies between the right answer and the limit as a factor: a guess, which a pilot replaces.
    """
    told = 1.0 if right is None else max(1.0, len(_words(right).encode(errors="surrogatepass")) / 4)
    known = min(told, float(most))
    return Range(low=min(max(1.0, known / 2), most), expected=math.sqrt(known * most), high=float(most))


def _requests(call: Call, candidate: Candidate, right: Json) -> Iterator[tuple[Request, Candidate]]:
    if not candidate.stages:
        yield call.request, candidate
        return
    from harness.execute.cascade import longest, stage_requests  # which takes a while to load

    def answer(_: Stage, request: Request) -> Output:
        match request:
            case SpeechRequest():
                spoken = len(request.text) * SECONDS_PER_CHARACTER.expected
                return Output(audio=Audio(sha256="", mime="audio/wav", seconds=spoken, sample_rate=0, size=0))
            case TranscriptionRequest():
                return _said(request.audio.seconds * TRANSCRIPT_TOKENS_PER_SECOND.expected)
            case ChatRequest():
                return _said(answer_tokens(right, request.max_tokens).expected)
        return longest(request)

    yield from stage_requests(call, candidate, answer)


def _said(tokens: float) -> Output:
    return Output(text="so " * max(1, round(4 * tokens / 3)))


def _usage(request: Request, model: Candidate, end: str, right: Json) -> Usage:
    """Return the meters of `request` at one end of what they may be: `low`, `expected` or `high`."""
    priced = {} if model.prices is None else model.prices.usd

    def at(of: Range) -> float:
        return float(getattr(of, end))

    match request:
        case ChatRequest():
            return _chat(request, model, end, right)
        case SpeechRequest():
            spoken = len(request.text) * at(SECONDS_PER_CHARACTER)
            by_token = "output_cost_per_audio_token" in priced and "output_cost_per_second" not in priced
            return Usage(
                input_characters=len(request.text),
                output_audio_seconds=round(spoken, 3),
                output_audio_tokens=round(spoken * at(AUDIO_TOKENS_PER_SECOND)) if by_token else None,
            )
        case TranscriptionRequest() | MosRequest():
            heard = request.audio.seconds
            if "input_cost_per_audio_token" not in priced or {"input_cost_per_second", "output_cost_per_second"} & {
                *priced
            }:
                return Usage(input_audio_seconds=heard)
            return Usage(
                input_audio_tokens=round(heard * at(AUDIO_TOKENS_PER_SECOND)),
                output_tokens=round(heard * at(TRANSCRIPT_TOKENS_PER_SECOND)),
            )
        case EmbeddingRequest():
            return Usage(input_tokens=_tokens(end, *request.texts), output_tokens=0)
        case RerankRequest():
            units = math.ceil(len(request.documents) / worst.DOCUMENTS_PER_SEARCH_UNIT)
            if "input_cost_per_query" in priced and "input_cost_per_token" not in priced:
                return Usage(search_units=units)
            read = sum(_tokens(end, request.query, document.text) for document in request.documents)
            return Usage(input_tokens=read, output_tokens=0, search_units=units)
        case ImageRequest():
            made = round(at(MADE_IMAGE_TOKENS)) if "output_cost_per_image_token" in priced else None
            read = _tokens(end, request.prompt)
            return Usage(input_tokens=read, output_image_tokens=made, output_images=1, input_images=len(request.images))
        case VideoRequest():
            return Usage(
                output_video_seconds=float(request.seconds),
                output_video_pixels=worst.pixels(request),
                input_images=len(request.images),
            )
        case SessionRequest():
            heard = request.audio.seconds
            spoken = at(answer_tokens(right, request.max_tokens))
            return Usage(
                input_tokens=_tokens(end, request.instructions or ""),
                input_audio_tokens=round(heard * at(AUDIO_TOKENS_PER_SECOND)),
                input_audio_seconds=heard,
                output_tokens=round(spoken / 4),
                output_audio_tokens=round(spoken),
            )
    return Usage()


def _chat(request: ChatRequest, model: Candidate, end: str, right: Json) -> Usage:
    media = list(media_parts(request.messages))
    pictures = [medium for medium in media if "width" in medium]
    heard = sum(float(str(medium["seconds"])) for medium in media if "seconds" in medium)
    shown = sum(_picture_tokens(picture, model, end) for picture in pictures)
    told = [text for message in request.messages for text in _texts(message.get("content"))]
    tools = [canonical(request.params["tools"]).decode()] if "tools" in request.params else []
    answer = getattr(answer_tokens(right, request.max_tokens), end)
    choices = request.params.get("n")
    answers = round(answer * (choices if isinstance(choices, int) else 1))
    return Usage(
        input_tokens=_tokens(end, *told, *tools) + _wrapping(request, model) + shown,
        input_audio_tokens=round(heard * getattr(AUDIO_TOKENS_PER_SECOND, end)) if heard else None,
        input_images=len(pictures) or None,
        output_tokens=answers,
        output_audio_tokens=4 * answers if is_spoken(request) else None,
    )


def _wrapping(request: ChatRequest, model: Candidate) -> int:
    """Return the tokens that a template puts around the messages: of a base model its examples too."""
    first: int | None = None
    if model.is_local:
        from harness.local.catalog import ENGINES  # which only plans of embedded models need

        engine = ENGINES.get(model.model.removeprefix("local/"))
        first = None if engine is None else engine.template_tokens
    return (first or WRAPPING_TOKENS) + WRAPPING_TOKENS * (len(request.messages) - 1)


def _picture_tokens(picture: Mapping[str, Json], model: Candidate, end: str) -> int:
    most = worst.image_tokens(picture, model.model)
    area = int(str(picture["width"])) * int(str(picture["height"]))
    return {"low": SHOWN_TOKENS, "expected": min(most, max(SHOWN_TOKENS, area // PIXELS_PER_TOKEN)), "high": most}[end]


def _tokens(end: str, *texts: str) -> int:
    size = sum(len(text.encode(errors="surrogatepass")) for text in texts)
    bytes_each = {"low": BYTES_PER_TOKEN.high, "expected": BYTES_PER_TOKEN.expected, "high": BYTES_PER_TOKEN.low}[end]
    return math.ceil(size / bytes_each)


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, list | tuple):
        yield from (str(part["text"]) for part in content if isinstance(part, Mapping) and "text" in part)


def _words(right: Json) -> str:
    return right if isinstance(right, str) else canonical(right).decode()


def _counted(uses: Sequence[Usage], meters: Sequence[str]) -> Range | None:
    counts = [[value for meter in meters if (value := getattr(usage, meter)) is not None] for usage in uses]
    return _range([float(sum(of)) for of in counts]) if all(counts) else None


def _range(ends: Sequence[float]) -> Range:
    low, expected, high = ends
    return Range(low=low, expected=expected, high=high)


def _mean(found: Sequence[Likely]) -> Likely:
    return added(found).times(1 / len(found))
