"""The shipped providers.yaml: LiteLLM knows every model as what it is here, and nobody needs the keys of all."""

import json
import re
from datetime import date
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from harness.clients.reserved import CLIPS
from harness.config.candidates import CUSTOMARY_KEYS, MODES
from harness.config.inventory import Offer, offers
from harness.config.load import load
from harness.config.paths import shipped
from harness.core.candidates import MODALITIES
from harness.errors import CredentialsError, UsageError
from harness.local.catalog import ENGINES
from harness.pipeline import Selection, load_shipped
from harness.pricing import book

PINNED = date(2026, 11, 26)
"""When the catalogue was made: what was to end before that is not in it."""
CATALOGUE = offers(shipped(), shipped(), {})
HERE = ("local/", "cascade/")
REMOTE = [offer for offer in CATALOGUE if not offer.model.startswith(HERE)]
EMBEDDED = [offer.name for offer in CATALOGUE if offer.model.startswith(HERE)]


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    """LiteLLM's own map, as it lies in the installed package."""
    path = distribution("litellm").locate_file(f"litellm/{book.MAP_FILE}")
    document: dict[str, Any] = json.loads(Path(str(path)).read_text(encoding="utf-8"))
    return document


def test_there_is_something_for_every_modality() -> None:
    assert len(REMOTE) >= 40
    chained = {modality for offer in CATALOGUE for modality in offer.modalities if offer not in REMOTE}
    assert {modality for offer in REMOTE for modality in offer.modalities} == set(MODALITIES) - {"rag"}
    assert "rag" in chained, "which only cascades do"
    assert len({offer.model.partition("/")[0] for offer in REMOTE}) >= 16


@pytest.mark.parametrize("offer", REMOTE, ids=lambda offer: offer.name)
def test_litellm_knows_each_model_as_what_it_is_here(offer: Offer, known: dict[str, Any]) -> None:
    provider, _, bare = offer.model.partition("/")
    entry = known.get(offer.model) or known[bare]
    assert entry["litellm_provider"] in (provider, f"{provider}_chat")
    assert set(MODES[entry["mode"]]) == set(offer.modalities) - {"vision"}
    assert ("vision" in offer.modalities) == ("text" in offer.modalities and bool(entry.get("supports_vision")))
    ends = entry.get("deprecation_date")
    assert ends is None or date.fromisoformat(ends) > PINNED
    if "video_generation" in offer.modalities:
        assert provider in CLIPS, "LiteLLM could not order anything there"
        assert {"output_cost_per_second", "output_cost_per_video_per_second"} & entry.keys()


@pytest.mark.parametrize("offer", REMOTE, ids=lambda offer: offer.name)
def test_each_entry_names_the_variable_of_its_key(offer: Offer) -> None:
    provider = offer.model.partition("/")[0]
    customary = CUSTOMARY_KEYS[provider] if provider != "azure" else ("AZURE_SPEECH_KEY",)
    assert offer.variables[0] == customary[0]
    assert set(offer.missing) == set(offer.variables)
    assert "model_info" not in offer.text, "what a model does is known from its name"


def test_the_readme_says_how_many_they_are() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    (said,) = re.findall(r"over (\d+) ready candidates", readme)
    assert 0 <= len(CATALOGUE) - int(said) < 20


# -- in a folder without a providers.yaml of its own -------------------------------------------------------------------


def folder(path: Path, text: str) -> Path:
    (path / "bakeoff.yaml").write_text(text, encoding="utf-8")
    return path


def test_whose_key_is_not_set_is_left_out_with_one_notice(tmp_path: Path) -> None:
    folder(tmp_path, "suites: [text_core]\n")
    bakeoff = load(tmp_path, env={"GROQ_API_KEY": "k"}, shipped=shipped())
    assert [c.name for c in bakeoff.candidates] == ["smollm2", "gemma3-8shot", "gpt-oss-120b-groq", "gpt-oss-20b-groq"]
    _, notice = bakeoff.notices
    lacking = [offer for offer in REMOTE if "text" in offer.modalities and "GROQ" not in offer.variables[0]]
    assert notice.startswith(f"{len(lacking)} candidates are left out: OPENAI_API_KEY, ")
    assert all(notice.count(variable) == 1 for offer in lacking for variable in offer.variables)
    assert len(notice) < 350


def test_a_plan_counts_nobody_without_a_key_where_others_can_do_the_task(tmp_path: Path) -> None:
    folder(tmp_path, "suites: [text_core]\n")
    planned = load(tmp_path, env={}, shipped=shipped(), require_keys=False)
    assert [candidate.name for candidate in planned.candidates] == ["smollm2", "gemma3-8shot"]
    (tmp_path / "faq.csv").write_text("id,input,target\na,b,c\n", encoding="utf-8")
    nobody = "suites: [{name: faq, modality: video_generation, data: faq.csv, scorer: contains}]\n"
    planned = load(folder(tmp_path, nobody), env={}, shipped=shipped(), require_keys=False)
    assert [candidate.name for candidate in planned.candidates] == [
        "veo-3.1", "veo-3.1-fast", "runway-gen4.5", "hailuo3-runway", "seedance-2.5-fal", "minimax-h3-fal",
    ]  # fmt: skip
    assert planned.notices == (
        "there is no providers.yaml in the folder, so the candidates are those that Bakeoff ships",
        "6 candidates count as if their keys were there, "
        "but GEMINI_API_KEY, RUNWAYML_API_SECRET, FAL_AI_API_KEY are not set",
    )


def test_who_is_named_needs_the_key(tmp_path: Path) -> None:
    folder(tmp_path, "suites: [text_core]\ncandidates: [smollm2, claude-haiku-5-5]\n")
    with pytest.raises(CredentialsError, match="ANTHROPIC_API_KEY is not set; claude-haiku-5-5 needs it") as caught:
        load(tmp_path, env={}, shipped=shipped())
    assert caught.value.exit_code == 3


def test_who_cannot_take_a_task_is_refused_with_the_reason_before_anything_is_sent(tmp_path: Path) -> None:
    folder(tmp_path, "suites: [text_core]\ncandidates: [smollm2, gpt-realtime-2.1, veo-3.1-fast]\n")
    with pytest.raises(UsageError) as caught:
        load(tmp_path, env={"OPENAI_API_KEY": "k", "GEMINI_API_KEY": "k"}, shipped=shipped())
    assert [problem.message for problem in caught.value.problems] == [
        "'gpt-realtime-2.1' does speech, and the suites ask for text",
        "'veo-3.1-fast' does video_generation, and the suites ask for text",
    ]


def test_the_shipped_bake_off_needs_no_key_and_mentions_none() -> None:
    bakeoff = load(shipped(), env={}, shipped=shipped())
    assert {candidate.name for candidate in bakeoff.candidates} <= set(EMBEDDED)
    assert bakeoff.notices == ()


def test_the_full_one_asks_for_all_that_embedded_models_do_and_says_what_it_leaves_out() -> None:
    bakeoff = load_shipped(Selection(shipped=True, full=True))
    assert {candidate.name for candidate in bakeoff.candidates} <= set(EMBEDDED)
    asked = {task.modality for suite in bakeoff.suites for task in suite.tasks}
    engines = {engine.modality for engine in ENGINES.values()}
    assert asked == ({"speech", "rag"} | engines & set(MODALITIES)) - {"embedding"}, "embedders rank"
    assert {slot.partition(".")[0] for slot in bakeoff.rules} == asked - {"rerank"} | {"turn_taking"}
    said = " ".join(bakeoff.notices)
    assert "no chosen candidate does image_generation" in said
    assert "code is left out: " in said
    assert "--allow-code-execution" in said
    assert "sandbox" not in bakeoff.instruments


@pytest.mark.parametrize("full", [False, True])
def test_no_voice_of_the_shipped_bake_offs_is_measured_by_a_part_of_itself(full: bool) -> None:
    bakeoff = load_shipped(Selection(shipped=True, full=full))
    measuring = {model.identity for model in bakeoff.instruments.values()}
    voices = [candidate for candidate in bakeoff.candidates if candidate.modalities & {"tts", "speech"}]
    assert len(voices) > 3
    assert not measuring & {model.identity for voice in voices for model in voice.models}
