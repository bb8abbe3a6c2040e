"""Who can take what a task sends, and why somebody cannot."""

from collections.abc import Callable, Iterator

from harness.clients.reserved import CLIPS
from harness.core.candidates import Candidate
from harness.core.runs import Bakeoff, Exclusion
from harness.core.suites import Task
from harness.core.wording import worded
from harness.execute.measurements import language
from harness.execute.recordings import is_conversation


def left_out(bakeoff: Bakeoff) -> Iterator[Exclusion]:
    """Name the candidates that a task is not asked of: those that cannot take what it sends, and mere repetitions.

    Any other candidate that does not do a task's modality stands for other slots and is not mentioned.
    """
    for suite in bakeoff.suites:
        for task in suite.tasks:
            first, why = dict[str, str](), unfit(task)
            for candidate in bakeoff.candidates:
                reason = _blind(task, candidate)
                if task.modality in candidate.modalities and (reason := why(candidate)) is None:
                    other = first.setdefault(candidate.identity, candidate.name)
                    if other != candidate.name:
                        reason = worded(
                            "it is {other} under another name: same model, parameters and address", other=other
                        )
                if reason is not None:
                    yield Exclusion(candidate=candidate.name, suite=suite.name, task=task.name, reason=reason)


def unfit(task: Task) -> Callable[[Candidate], str | None]:
    """Return what says why a candidate that does the task's modality cannot take it; None where it can."""
    sent, talked, languages = task.params.keys() | params_of_samples(task), is_conversation(task), _languages(task)
    if task.modality == "video_generation" and any(sample.media for sample in task.loaded):
        sent |= {"input_reference"}

    def why(candidate: Candidate) -> str | None:
        if talked and not candidate.talks_live:
            return worded("it is not talked to in live sessions, and the task is a conversation")
        if task.modality == "video_generation" and candidate.provider not in CLIPS:
            return worded("LiteLLM can order no clip at {provider}", provider=candidate.provider)
        if missing := sorted(sent & frozenset().union(*(model.lacks for model in candidate.models))):
            return worded("it takes no {names}, which the task sends", names=missing)
        return _foreign(candidate, languages)

    return why


def params_of_samples(task: Task) -> set[str]:
    """Return the names of the request parameters that samples bring."""
    return {name for sample in task.loaded if "params" in sample.metadata for name in sample.params}


def _blind(task: Task, candidate: Candidate) -> str | None:
    shown = task.modality == "vision" and not candidate.modalities & {"vision"}
    return (
        worded("it takes text alone, and the task shows pictures") if shown and "text" in candidate.modalities else None
    )


def _foreign(candidate: Candidate, languages: frozenset[str]) -> str | None:
    """Say which of a task's languages a candidate, or a model of a cascade, does not know."""
    for model in candidate.models:
        if model.languages and (foreign := languages - model.languages):
            who = worded("it") if model is candidate else model.name
            return worded(
                "{who} knows {own} alone, and the task is in {other}",
                who=who,
                own=sorted(model.languages),
                other=sorted(foreign),
            )
    return None


def _languages(task: Task) -> frozenset[str]:
    """The primary subtags of what its samples are in, where that is said."""
    tags = (language(task, sample) for sample in task.loaded)
    return frozenset(tag.partition("-")[0] for tag in tags if tag is not None)
