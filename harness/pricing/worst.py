"""The most that one attempt of a request can cost, so that a budget holds before anything is sent.

Bounds, where the provider counts what we can only guess: an input token is at least three bytes of the request (plain
text averages four; a Chinese character is three); a spoken character lasts at most half a second (digits are the
slowest); a second of audio is at most fifty tokens (providers state 10 to 32) and twenty-five tokens of transcript; a
search unit is a query with up to a hundred documents of 500 tokens (Cohere's), and who bills by tokens reads the query
again with each document.

A clip is bounded by the seconds that are ordered, at the price of its size, or of the dearest where none is ordered.

A recording in a chat or a live session is bounded by its seconds, as one that is transcribed; an answer that is spoken
by `max_tokens`.

A picture is at most IMAGE_TOKENS and one token for each 15 x 15 pixels: providers count a flat number (Llama 3.2:
6,404), patches of 16 pixels or more (Mistral 16, Qwen 28, Anthropic 27, OpenAI 32: at most 1,536, times at most 2.46)
or tiles (Gemini 258 for at least 256 x 256, OpenAI 170 for 512 x 512, at most 8). gpt-4o-mini alone multiplies its
tiles, so that a picture costs there what it does in gpt-4o.
"""

import math
from collections.abc import Mapping
from decimal import Decimal

from harness.core.candidates import Candidate
from harness.core.canonical import Json, canonical
from harness.core.media import media_parts
from harness.core.requests import (
    MOST_ANSWERS,
    ChatRequest,
    EmbeddingRequest,
    ImageRequest,
    Request,
    RerankRequest,
    SessionRequest,
    SpeechRequest,
    TranscriptionRequest,
    VideoRequest,
    is_spoken,
)
from harness.pricing.rates import Rates, rates

BYTES_PER_TOKEN = 3
SECONDS_PER_CHARACTER = Decimal("0.5")
AUDIO_TOKENS_PER_SECOND = 50
TRANSCRIPT_TOKENS_PER_SECOND = 25
SECONDS_MORE = 1
"""By which a clip may be longer than was ordered."""
IMAGE_TOKENS = 6_500
IMAGE_PATCH = 15
"""Pixels on a side."""
MULTIPLIED = "gpt-4o-mini"
MULTIPLIED_TOKENS = 2_833 + 8 * 5_667
"""A picture's most in `MULTIPLIED`, at 8 tiles."""
MADE_IMAGE_TOKENS = 10_000
"""Of a picture that is made, with what a model thinks before: OpenAI's largest has 6,240, Gemini's 2,520."""
DOCUMENTS_PER_SEARCH_UNIT = 100
TOKENS_PER_CHUNK = 500
"""Cohere splits a longer document, and bills each piece as a document."""


def worst_case(request: Request, candidate: Candidate) -> Decimal | None:
    """Return an upper bound in dollars for one attempt; None where there is none (no price, other media).

    A candidate with a machine costs no dollars a call: 0.
    """
    if candidate.machine is not None:
        return Decimal(0)
    match request:
        case ChatRequest():
            return _chat(request, candidate)
        case SpeechRequest():
            known = rates(candidate, prompt_tokens=len(request.text))
            return None if known is None else _speech(len(request.text), known)
        case SessionRequest():
            return _session(request, candidate)
        case TranscriptionRequest():
            seconds = Decimal(str(request.audio.seconds))
            known = rates(candidate, prompt_tokens=math.ceil(seconds * AUDIO_TOKENS_PER_SECOND))
            return None if known is None else _transcription(seconds, known)
        case EmbeddingRequest():
            return _read(_tokens(*request.texts), Decimal(0), candidate)
        case RerankRequest():
            documents = [_tokens(request.query, document.text) for document in request.documents]
            chunks = sum(math.ceil(tokens / TOKENS_PER_CHUNK) for tokens in documents)
            units = Decimal(math.ceil(chunks / DOCUMENTS_PER_SEARCH_UNIT))
            return _read(sum(documents), units, candidate)
        case ImageRequest():
            return _picture(request, candidate)
        case VideoRequest():
            return _clip(request, candidate)
        case _:
            return None


def _picture(request: ImageRequest, candidate: Candidate) -> Decimal | None:
    """The dearer of the two ways to bill: the reply says whether its tokens are counted."""
    prompt = _tokens(request.prompt)
    known = rates(candidate, prompt_tokens=prompt)
    if known is None:
        return None
    ways = [] if (made := known.picture()) is None else [made]
    token, fresh = known.of("output_cost_per_image_token"), known.of("input_cost_per_token")
    if token is not None and fresh is not None:
        shown = known.of("input_cost_per_image_token") or fresh
        seen = sum(image_tokens({"width": it.width, "height": it.height}, candidate.model) for it in request.images)
        ways.append(
            prompt * fresh + seen * shown + MADE_IMAGE_TOKENS * max(token, known.of("output_cost_per_token") or 0)
        )
    return max(ways) + _fee(known) if ways else None


def _clip(request: VideoRequest, candidate: Candidate) -> Decimal | None:
    known = rates(candidate, prompt_tokens=0)
    if known is None or (second := known.video_second(None)) is None:
        return None
    area = pixels(request)
    own = None if area is None else known.video_second(area)
    shown = len(request.images) * (known.of("input_cost_per_image") or Decimal(0))
    return (request.seconds + SECONDS_MORE) * (second if own is None else own) + shown + _fee(known)


def pixels(request: VideoRequest) -> int | None:
    """Return how many pixels a frame will have; None where that is the provider's choice, or said in its own words."""
    if request.size is None or {"resolution", "extra_body", "parameters"} & request.params.keys():
        return None
    width, _, height = request.size.partition("x")
    return int(width) * int(height) if width.isdecimal() and height.isdecimal() else None


def _chat(request: ChatRequest, candidate: Candidate) -> Decimal | None:
    media = list(media_parts(request.messages))
    images = [medium for medium in media if "width" in medium]
    heard = sum(math.ceil(Decimal(str(m["seconds"])) * AUDIO_TOKENS_PER_SECOND) for m in media if "seconds" in m)
    if len(media) < _unwritten(request):
        return None
    prompt = math.ceil(len(canonical([request.messages, request.params])) / BYTES_PER_TOKEN)
    prompt += sum(image_tokens(image, candidate.model) for image in images)
    known = rates(candidate, prompt_tokens=prompt + heard)
    if known is None:
        return None
    fresh, answer = known.of("input_cost_per_token"), known.of("output_cost_per_token")
    if fresh is None or answer is None or known.of("input_cost_per_query"):
        return None
    writing = ("cache_creation_input_token_cost", "cache_creation_input_token_cost_above_1hr")
    dearest = max((price for name in writing if (price := known.of(name)) is not None), default=None)
    dearer = [dearest, known.reasoning()]
    if "speech" in candidate.modalities or is_spoken(request):
        sound = known.of("output_cost_per_audio_token")
        if sound is None and is_spoken(request):
            return None
        dearer.append(sound)
    seen = known.of("input_cost_per_image_token") or Decimal(0)
    written, *spoken = (price or Decimal(0) for price in dearer)
    choices = request.params.get("n")
    answers = request.max_tokens * (choices if isinstance(choices, int) else 1)
    fee = _fee(known)
    if heard:
        if (per_audio_token := known.of("input_cost_per_audio_token")) is None:
            return None
        fee += heard * per_audio_token
    fee += len(images) * (known.of("input_cost_per_image") or Decimal(0))
    return fee + prompt * max(fresh, written, seen if images else 0) + answers * max(answer, *spoken)


def _session(request: SessionRequest, candidate: Candidate) -> Decimal | None:
    """Each answer of a scripted session is billed with all that was said before it."""
    script, answers, seconds = request.script, 1, request.audio.seconds
    if script is not None:
        answers = MOST_ANSWERS
        seconds += 2 * script.listen_s + script.interrupt_after_s
        seconds += script.interruption.seconds if script.interruption else 0.0
    heard = math.ceil(Decimal(str(seconds)) * AUDIO_TOKENS_PER_SECOND) + (answers - 1) * request.max_tokens
    read = _tokens(request.instructions or "", canonical(request.params).decode())
    known = rates(candidate, prompt_tokens=heard + read)
    if known is None:
        return None
    names = (
        "input_cost_per_token",
        "input_cost_per_audio_token",
        "output_cost_per_token",
        "output_cost_per_audio_token",
    )
    prices = [known.of(name) for name in names]
    if None in prices:
        return None
    fresh, hearing, writing, speaking = (price or Decimal(0) for price in prices)
    return answers * (read * fresh + heard * max(hearing, fresh) + request.max_tokens * max(writing, speaking))


def image_tokens(image: Mapping[str, Json], model: str) -> int:
    """Return the most tokens of a picture that is shown; it has `width` and `height`."""
    width, height = (-(-int(str(image[side])) // IMAGE_PATCH) for side in ("width", "height"))
    return width * height + (MULTIPLIED_TOKENS if MULTIPLIED in model else IMAGE_TOKENS)


def _read(tokens: int, units: Decimal, candidate: Candidate) -> Decimal | None:
    """What is read and not answered: all tokens at the input's price, or by the query, or both."""
    known = rates(candidate, prompt_tokens=tokens)
    if known is None:
        return None
    fresh, per_query = known.of("input_cost_per_token"), known.of("input_cost_per_query")
    if fresh is None and per_query is None:
        return None
    return tokens * (fresh or 0) + units * (per_query or 0) + _fee(known)


def _fee(known: Rates) -> Decimal:
    """What a request costs whatever is in it."""
    return known.of("input_cost_per_request") or Decimal(0)


def _tokens(*texts: str) -> int:
    return sum(math.ceil(len(text.encode(errors="surrogatepass")) / BYTES_PER_TOKEN) + 2 for text in texts)


def _unwritten(request: ChatRequest) -> int:
    """How many parts of the messages are no text."""
    parts = (part for message in request.messages for part in _parts(message.get("content")))
    return sum(not isinstance(part, dict) or part.get("type") != "text" for part in parts)


def _parts(content: object) -> list[object]:
    return content if isinstance(content, list) else []


def _speech(characters: int, known: Rates) -> Decimal | None:
    if (per_character := known.of("input_cost_per_character")) is not None:
        return characters * per_character + _fee(known)
    seconds = characters * SECONDS_PER_CHARACTER
    fresh, per_second = known.of("input_cost_per_token"), known.of("output_cost_per_second")
    per_token = known.of("output_cost_per_audio_token")
    audio = [] if per_second is None else [seconds * per_second]
    audio += [] if per_token is None else [seconds * AUDIO_TOKENS_PER_SECOND * per_token]
    if not audio or (fresh is None and per_second is None):
        return None
    return characters * (fresh or 0) + max(audio) + _fee(known)


def _transcription(seconds: Decimal, known: Rates) -> Decimal | None:
    """The dearer of the two ways to bill: the map may hold both, and the reply decides."""
    ways = [] if (per_second := known.audio_second()) is None else [seconds * per_second]
    heard, written = known.of("input_cost_per_audio_token"), known.of("output_cost_per_token")
    if heard is not None and written is not None:
        ways.append(seconds * (AUDIO_TOKENS_PER_SECOND * heard + TRANSCRIPT_TOKENS_PER_SECOND * written))
    return max(ways) + _fee(known) if ways else None
