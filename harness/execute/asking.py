"""How a task asks: what turns a sample into the request that a candidate is sent."""

from collections.abc import Callable, Mapping

from harness.core.candidates import Candidate
from harness.core.canonical import Json
from harness.core.media import Image, media_part
from harness.core.requests import ChatRequest, Document, ImageRequest, RagRequest, Request, SessionRequest, VideoRequest
from harness.core.scores import Instrument
from harness.core.sound import RAW_RATE
from harness.core.suites import Sample, Task
from harness.core.videos import MOST_SECONDS
from harness.execute import requests
from harness.execute.measurements import MEASURED_BY, execution, language
from harness.execute.prompts import PromptError, renderer
from harness.execute.recordings import recordings_of, script_of

Asker = Callable[[Sample, Candidate], Request]
"""Renders one sample for one candidate; PromptError where that cannot be."""


def asker(task: Task) -> Asker:
    """Return what turns a sample into a request; PromptError where the task cannot be asked at all."""
    for need in needed(task):
        if need.modality not in MEASURED_BY:
            raise PromptError(f"instrument {need.name!r} has modality {need.modality!r}, which measures no answer")
        if need.modality == "execution":
            for sample in task.loaded:
                execution(sample, "")
    prompt = renderer(task.prompt)
    system = None if task.system is None else renderer(task.system)
    match task.modality:
        case "text" | "vision":
            return lambda sample, candidate: _chat(
                task, sample, candidate, _content(prompt(sample), sample), None if system is None else system(sample)
            )
        case "speech":
            return lambda sample, candidate: _spoken(
                task, sample, candidate, prompt(sample), None if system is None else system(sample)
            )
        case "tts":
            return lambda sample, candidate: requests.speech(
                prompt(sample), _params(task, sample, candidate), candidate, language=language(task, sample)
            )
        case "transcription":
            return lambda sample, candidate: requests.transcription(
                recordings_of(sample)[0], _params(task, sample, candidate), language=language(task, sample)
            )
        case "image_generation":
            return lambda sample, candidate: ImageRequest(
                prompt=prompt(sample),
                images=tuple(one for one in sample.media if isinstance(one, Image)),
                params=_params(task, sample, candidate),
            )
        case "video_generation":
            return lambda sample, candidate: _video(task, sample, candidate, prompt(sample))
        case "embedding" | "rerank":
            return lambda sample, candidate: requests.ranking(
                prompt(sample), _documents(sample), _params(task, sample, candidate), candidate
            )
        case "rag":
            return lambda sample, _: RagRequest(
                query=prompt(sample),
                documents=_documents(sample),
                max_tokens=task.max_tokens,
                params={**task.params, **sample.params},
                system=None if system is None else system(sample),
            )
        case other:
            raise PromptError(f"tasks of modality {other!r} cannot be run")


def _params(task: Task, sample: Sample, candidate: Candidate) -> dict[str, Json]:
    return {**task.params, **sample.params, **candidate.params}


def _content(prompt: str, sample: Sample) -> Json:
    """The user's message: media in the order of the sample, then the words about them; what is spoken needs none."""
    if not sample.media:
        return prompt
    words: list[Json] = [{"type": "text", "text": prompt}] if prompt.strip() else []
    return [*map(media_part, sample.media), *words]


def _chat(task: Task, sample: Sample, candidate: Candidate, content: Json, system: str | None) -> ChatRequest:
    messages: list[Mapping[str, Json]] = [] if system is None else [{"role": "system", "content": system}]
    messages.append({"role": "user", "content": content})
    params = _params(task, sample, candidate)
    # a cascade has a stage that speaks
    ask = requests.spoken_chat if task.modality == "speech" and not candidate.stages else requests.chat
    return ask(messages, params, max_tokens=task.max_tokens)


def _spoken(
    task: Task, sample: Sample, candidate: Candidate, prompt: str, system: str | None
) -> ChatRequest | SessionRequest:
    """Ask with a recording: in a chat, or where a candidate takes none, in a live session whose instructions it has."""
    script, recordings = script_of(sample), recordings_of(sample)
    if not candidate.talks_live:
        return _chat(task, sample, candidate, _content(prompt, sample), system)
    for recording in recordings:
        if recording.sample_rate != RAW_RATE:
            raise PromptError(f"a live session is played at {RAW_RATE:,} Hz, not {recording.sample_rate:,}")
    params = _params(task, sample, candidate)
    instructions = "\n\n".join(filter(None, (system, prompt.strip()))) or None
    return requests.session(recordings[0], params, instructions=instructions, max_tokens=task.max_tokens, script=script)


def _video(task: Task, sample: Sample, candidate: Candidate, prompt: str) -> VideoRequest:
    params = _params(task, sample, candidate)
    seconds, size = params.pop("seconds", None), params.pop("size", None)
    if not str(seconds).isdecimal() or not 0 < int(str(seconds)) <= MOST_SECONDS:
        raise PromptError("how many whole seconds is the clip to last? say so in params: {seconds: 4, size: 1280x720}")
    images = tuple(one for one in sample.media if isinstance(one, Image))
    if len(images) > 1:
        raise PromptError("a clip is made of one picture at most")
    return VideoRequest(
        prompt=prompt,
        seconds=int(str(seconds)),
        size=None if size is None else str(size),
        images=images,
        params=params,
    )


def _documents(sample: Sample) -> tuple[Document, ...]:
    given = sample.metadata.get("documents")
    if not isinstance(given, dict) or not given or not all(isinstance(text, str) for text in given.values()):
        raise PromptError("there is nothing to rank: give the task documents, or the sample metadata.documents")
    return tuple(Document(id=name, text=str(text)) for name, text in given.items())


def needed(task: Task) -> tuple[Instrument, ...]:
    """The instruments of a task, each once however many scorers read it."""
    return tuple({need.name: need for scorer in task.scorers for need in scorer.needs}.values())
