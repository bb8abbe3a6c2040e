"""An entry of cascades as a candidate: its stages are candidates too, and it does what their ends do."""

from collections.abc import Callable, Mapping

from harness.config.candidates import Resolved, resolve
from harness.config.models import Cascade
from harness.config.models import Stage as WrittenStage
from harness.config.providers import CascadeEntry, Entry
from harness.core.candidates import Candidate, Stage
from harness.errors import Problem

HEARD = "{% if input %}{{ input }}\n\n{% endif %}{{ stages.stt.text }}"
READ = "{{ stages.ocr.text }}\n\n{{ input }}"

SHORTHANDS: Mapping[str, Mapping[str, str]] = {
    "stt": {"stt": "{{ input }}", "llm": HEARD, "tts": "{{ stages.llm.text }}"},
    "ocr": {"ocr": "{{ input }}", "llm": READ},
}
"""First key of a shorthand → stage → what it is asked."""

TAKES: Mapping[str, str] = {"text": "text", "vision": "image", "transcription": "sound", "tts": "text"}
GIVES: Mapping[str, str] = {"text": "text", "vision": "text", "transcription": "text", "tts": "sound"}
"""Modality of a stage → what goes in, what comes out; others are no stages."""

DOES: Mapping[tuple[str, str], str] = {
    ("text", "text"): "text",
    ("image", "text"): "vision",
    ("text", "sound"): "tts",
    ("sound", "text"): "transcription",
    ("sound", "sound"): "speech",
}
"""What goes into the first stage and comes out of the last → modality of the cascade."""


def resolve_cascade(
    entry: CascadeEntry,
    named: Callable[[str], tuple[Entry | CascadeEntry, ...]],
    env: Mapping[str, str],
    problems: list[Problem],
) -> Resolved | None:
    """Return the candidate of a cascade; None after adding what is wrong with it or with a stage's entry."""
    found = len(problems)
    stages: list[Stage] = []
    resolved: list[Resolved] = []
    for steps, written in _written(entry.model):
        model, *others = named(written.candidate)
        if others:
            message = f"the stage '{written.name}': '{written.candidate}' stands for {1 + len(others)} entries"
            problems.append(entry.problem("E208", message, *steps, hint=f"say '{model.name}'"))
            continue
        assert isinstance(model, Entry), "a cascade that names another one was refused when the file was read"
        of = resolve(model, env, problems)
        if of is None:
            continue
        resolved.append(of)
        stages.append(Stage(name=written.name, candidate=of.candidate, input=written.input))
        if not of.candidate.modalities & TAKES.keys():
            own = ", ".join(sorted(of.candidate.modalities)) or "nothing that is measured"
            message = f"the stage '{written.name}': '{written.candidate}' does {own}; stages do {', '.join(TAKES)}"
            problems.append(entry.problem("E212", message, *steps))
    if len(problems) > found:
        return None
    does = frozenset(
        DOES[taken, given]
        for taken in _ends(stages[0].candidate, TAKES)
        for given in _ends(stages[-1].candidate, GIVES)
        if (taken, given) in DOES
    )
    if not does:
        problems.append(entry.problem("E212", f"no task can be asked of the cascade '{entry.name}'"))
        return None
    return Resolved(
        candidate=Candidate(
            name=entry.name,
            model="cascade/" + "+".join(stage.candidate.model for stage in stages),
            modalities=does,
            stages=tuple(stages),
        ),
        missing=tuple(dict.fromkeys(name for of in resolved for name in of.missing)),
        ignored=tuple(dict.fromkeys(name for of in resolved for name in of.ignored)),
    )


def _written(cascade: Cascade) -> list[tuple[tuple[str | int, ...], WrittenStage]]:
    """Return the stages with the keys that lead to their candidates in the entry."""
    if cascade.stages is not None:
        return [(("stages", index, "candidate"), stage) for index, stage in enumerate(cascade.stages)]
    inputs = SHORTHANDS["stt" if cascade.stt is not None else "ocr"]
    return [
        ((name,), WrittenStage(name=name, candidate=str(getattr(cascade, name)), input=text))
        for name, text in inputs.items()
    ]


def _ends(candidate: Candidate, what: Mapping[str, str]) -> frozenset[str]:
    return frozenset(what[modality] for modality in candidate.modalities if modality in what)
