"""An entry of cascades as a candidate: its stages are candidates too, and it does what their ends do."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from harness.config.candidates import Resolved, resolve
from harness.config.market import Market
from harness.config.models import Cascade
from harness.config.models import Stage as WrittenStage
from harness.config.providers import CascadeEntry, Entry
from harness.core.candidates import Candidate, Stage
from harness.core.suggest import did_you_mean
from harness.core.wording import worded
from harness.errors import Problem

HEARD = "{% if input %}{{ input }}\n\n{% endif %}{{ stages.stt.text }}"
READ = "{{ stages.ocr.text }}\n\n{{ input }}"

SHORTHANDS: Mapping[str, Mapping[str, str]] = {
    "stt": {"stt": "{{ input }}", "llm": HEARD, "tts": "{{ stages.llm.text }}"},
    "ocr": {"ocr": "{{ input }}", "llm": READ},
}
"""First key of a shorthand → stage → what it is asked."""

TAKES: Mapping[str, str] = {
    "text": "text", "vision": "image", "transcription": "sound", "tts": "text", "embedding": "documents",
    "rerank": "documents",
}  # fmt: skip
GIVES: Mapping[str, str] = {
    "text": "text", "vision": "text", "transcription": "text", "tts": "sound", "embedding": "ranking",
    "rerank": "ranking",
}  # fmt: skip
"""Modality of a stage → what goes in, what comes out; others are no stages."""

DOES: Mapping[tuple[str, str], str] = {
    ("text", "text"): "text",
    ("image", "text"): "vision",
    ("text", "sound"): "tts",
    ("sound", "text"): "transcription",
    ("sound", "sound"): "speech",
    ("documents", "ranking"): "rerank",
    ("documents", "text"): "rag",
}
"""What goes into the first stage and comes out of the last → modality of the cascade; whoever searches in any stage
takes documents.
"""


def resolve_cascade(
    entry: CascadeEntry,
    named: Callable[[str], tuple[Entry | CascadeEntry, ...]],
    env: Mapping[str, str],
    problems: list[Problem],
    *,
    market: Market | None = None,
) -> Resolved | None:
    """Return the candidate of a cascade, after adding what is wrong with it or with a stage's entry; None where nobody
    knows what it does."""
    found = len(problems)
    stages: list[Stage] = []
    resolved: list[Resolved] = []
    is_clear = True
    for steps, written in _written(entry.model):
        if not (entries := named(written.candidate)):
            is_clear = False  # its entry is wrong, which has been said
            continue
        model, *others = entries
        if others:
            message = worded(
                "the stage '{name}': '{candidate}' stands for {n} entries",
                name=written.name,
                candidate=written.candidate,
                n=1 + len(others),
            )
            problems.append(entry.problem("E208", message, *steps, hint=worded("say '{name}'", name=model.name)))
            is_clear = False
            continue
        assert isinstance(model, Entry), "a cascade that names another one was refused when the file was read"
        of = resolve(model, env, problems, market=market)
        if of is None:
            is_clear = False
            continue
        resolved.append(of)
        stages.append(
            Stage(
                name=written.name,
                candidate=of.candidate,
                input=written.input,
                reads=None if written.reads is None else tuple(written.reads),
                top=written.top,
                by_sentence=written.by_sentence,
            )
        )
        if not of.candidate.modalities & TAKES.keys():
            own = ", ".join(sorted(of.candidate.modalities)) or "nothing that is measured"
            message = worded(
                "the stage '{name}': '{candidate}' does {does}; stages do {able}",
                name=written.name,
                candidate=written.candidate,
                does=own,
                able=[*TAKES],
            )
            hint = worded("take it out, or name a model that does")
            problems.append(entry.problem("E212", message, *steps, hint=hint))
            is_clear = False
    if not is_clear:
        return None
    if faults := list(_without_ranking(entry, stages)):
        problems.extend(faults)
        return None
    for index, stage in enumerate(stages):
        if stage.by_sentence and not _follows(stages, index):
            message = worded("the stage '{name}' cannot speak by sentence", name=stage.name)
            hint = worded(
                "it is the last stage, a voice, and its input is {{{{ stages.<name>.text }}}} of the text before it"
            )
            problems.append(entry.problem("E212", message, hint=hint))
            return None
    searches = any(map(_ranks, stages))
    does = frozenset(
        DOES[taken, given]
        for taken in (["documents"] if searches else _ends(stages[0].candidate, TAKES))
        for given in (["ranking"] if entry.model.fuses else _ends(stages[-1].candidate, GIVES))
        if (taken, given) in DOES
    )
    if not does:
        hint = worded("its first stage takes what a task shows, its last one gives what a task asks for")
        message = worded("no task can be asked of the cascade '{name}'", name=entry.name)
        problems.append(entry.problem("E212", message, hint=hint))
        return None
    return Resolved(
        candidate=Candidate(
            name=entry.name,
            model="cascade/" + "+".join(stage.candidate.model for stage in stages),
            modalities=does,
            stages=tuple(stages),
            fuses=tuple(entry.model.fuses or ()),
        ),
        missing={name: place for of in reversed(resolved) for name, place in of.missing.items()},
        ignored=tuple(dict.fromkeys(name for of in resolved for name in of.ignored)),
        absent=next((of.absent for of in resolved if of.absent), None),
        unknown=tuple(dict.fromkeys(name for of in resolved for name in of.unknown)),
        wrong=len(problems) > found or any(of.wrong for of in resolved),
    )


def stage_inputs(cascade: Cascade) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield each stage's name with the keys that lead to its input in the entry."""
    for steps, stage in _written(cascade):
        yield stage.name, (*steps[:-1], "input") if len(steps) > 1 else steps


def _written(cascade: Cascade) -> list[tuple[tuple[str | int, ...], WrittenStage]]:
    """Return the stages with the keys that lead to their candidates in the entry."""
    if cascade.stages is not None:
        return [(("stages", index, "candidate"), stage) for index, stage in enumerate(cascade.stages)]
    inputs = SHORTHANDS["stt" if cascade.stt is not None else "ocr"]
    return [
        (
            (name,),
            WrittenStage(
                name=name,
                candidate=str(getattr(cascade, name)),
                input=text,
                by_sentence=cascade.by_sentence and name == "tts",
            ),
        )
        for name, text in inputs.items()
    ]


def _without_ranking(entry: CascadeEntry, stages: Sequence[Stage]) -> Iterator[Problem]:
    """Find stages from which a ranking is taken and that give none, or that come too late."""
    ranking: list[str] = []
    for index, stage in enumerate(stages):
        for at, name in enumerate(stage.reads or ()):
            if name not in ranking:
                message = worded(
                    "the stage '{stage}' reads '{name}', which is no earlier stage that ranks",
                    stage=stage.name,
                    name=name,
                )
                hint = did_you_mean(name, ranking)
                yield entry.problem("E212", message, "stages", index, "reads", at, hint=hint)
        if stage.top is not None and not (ranking if stage.reads is None else stage.reads):
            message = worded("the stage '{name}' has a top, and nothing has ranked its documents", name=stage.name)
            yield entry.problem(
                "E212", message, "stages", index, "top", hint=worded("take it out, or rank them before")
            )
        ranking += [stage.name] if _ranks(stage) else []
    for at, name in enumerate(entry.model.fuses or ()):
        if name not in ranking:
            message = worded(
                "the cascade '{cascade}' fuses '{name}', which is no stage that ranks", cascade=entry.name, name=name
            )
            yield entry.problem("E212", message, "fuses", at, hint=did_you_mean(name, ranking))


def _ranks(stage: Stage) -> bool:
    return "ranking" in _ends(stage.candidate, GIVES)


def _follows(stages: Sequence[Stage], index: int) -> bool:
    """Whether a stage speaks just what the language model before it writes, and nothing comes after."""
    before, stage = stages[index - 1], stages[index]
    says_it = stage.input.replace(" ", "") == f"{{{{stages.{before.name}.text}}}}"
    does = ("text" in before.candidate.modalities, "tts" in stage.candidate.modalities)
    return 0 < index == len(stages) - 1 and says_it and all(does)


def _ends(candidate: Candidate, what: Mapping[str, str]) -> frozenset[str]:
    return frozenset(what[modality] for modality in candidate.modalities if modality in what)
