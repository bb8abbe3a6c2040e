"""`bakeoff list`: suites with who can do them, candidates with the keys that they need."""

import json
import os

import pytest

from harness.local.catalog import ENGINES
from harness.report.columns import width
from tests.cli.conftest import Desk

SUITE = """\
from harness import Sample, Suite, Task
from harness.scorers import Contains

SUITE = Suite(name="mine", version=1, licence="CC0-1.0", tasks=[
    Task(name=name, modality=modality, samples=[Sample(id="a", input="b", target="c")], scorers=[Contains()],
         primary="contains")
    for name, modality in (("one", "text"), ("two", "text"), ("three", "tts"))
])
"""


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.endswith("_API_KEY")]:
        monkeypatch.delenv(name)


def mine(desk: Desk, text: str = SUITE) -> None:
    (desk.folder / "tasks" / "mine").mkdir(parents=True)
    desk.write("tasks/mine/suite.py", text)


def test_a_suite_stands_once_for_each_modality_with_who_can_do_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    mine(desk)
    monkeypatch.setenv("GROQ_API_KEY", "k")
    found = json.loads(desk.bakeoff("list", "--json").out)
    text, tts = (suite for suite in found["suites"] if suite["name"] == "mine")
    assert (text["modality"], text["samples"], text["licence"]) == ("text", 2, "CC0-1.0")
    assert text["candidates"] == ["one", "two", "smollm2", "gemma3-8shot", "gpt-oss-120b-groq", "gpt-oss-20b-groq"]
    assert "gpt-5.6-luna" in text["without_key"]
    assert (tts["modality"], tts["samples"]) == ("tts", 1)
    optional = {name for name, engine in ENGINES.items() if engine.optional}
    assert [c for c in tts["candidates"] if c not in optional] == [
        "hibari",
        "kokoro",
        "espeak",
        "kokoro-zh",
        "orpheus-groq",
    ]
    listed = {candidate["name"]: candidate.get("absent") for candidate in found["candidates"]}
    assert optional & set(tts["candidates"]) == {name for name in optional if listed[name] is None}
    names = {suite["name"] for suite in found["suites"]}
    assert {"mine", "text_core", "tts_core"} <= names


def test_what_the_folder_has_of_its_own_comes_first_and_is_marked(desk: Desk) -> None:
    mine(desk)
    found = json.loads(desk.bakeoff("list", "--json").out)["suites"]
    assert [suite["name"] for suite in found if suite["own"]] == ["faq", "mine", "mine"]
    assert (found[0]["name"], found[0]["samples"], found[0]["candidates"][:2]) == ("faq", 4, ["one", "two"])
    desk.write("bakeoff.yaml", "suites: [{name: faq, modality: text, data: fqa.csv, scorer: exact_match}]\n")
    wrong = json.loads(desk.bakeoff("list", "--json").out)["suites"][0]
    assert (wrong["name"], wrong["problem"]) == ("faq", "dataset not found: fqa.csv")


def test_only_who_a_plan_would_ask_is_named(desk: Desk) -> None:
    suites = {
        (suite["name"], suite.get("modality")): suite
        for suite in json.loads(desk.bakeoff("list", "--json").out)["suites"]
    }
    turns, chinese = suites["turn_taking", "speech"], suites["tts_chinese", "tts"]
    assert turns["candidates"] == ["live-cascade"], "a cascade is not talked to in live sessions"
    assert "gpt-realtime-2.1" in turns["without_key"]
    assert "talk-smollm2-hibari" in suites["spoken_qa", "speech"]["candidates"]
    assert {"espeak", "kokoro-zh"} == set(chinese["candidates"]), "the others know English alone"
    assert "pocketsphinx" in suites["asr_core", "transcription"]["candidates"], "of three tasks in four"


def test_it_reads_in_a_terminal(desk: Desk) -> None:
    mine(desk)
    out = desk.bakeoff("list").out
    lines = [line.split() for line in out.splitlines()]
    assert next(line for line in lines if line[0] == "mine" and "tts" in line)[:9] == [
        "mine",
        "(this",
        "folder's)",
        "tts",
        "n=1",
        "CC0-1.0",
        "hibari,",
        "kokoro,",
        "espeak,",
    ]
    assert ["gpt-5.6-luna", "text+vision", "openai/gpt-5.6-luna", "not", "set:", "OPENAI_API_KEY"] in lines
    assert ["one", "text", "openai/one"] in lines
    assert "exact_match" in out
    assert ["espeak", "tts", "GPL-3.0-or-later"] in lines


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_has_no_room_on_its_line_stands_below(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, columns: int, language: str
) -> None:
    piped = desk.bakeoff("--lang", language, "list").out
    assert max(map(width, piped.splitlines())) > 80
    monkeypatch.setattr("harness.cli.screen.table_columns", lambda: columns)
    out = desk.bakeoff("--lang", language, "list").out
    assert [line for line in out.splitlines() if width(line) > columns and len(line.split()) > 1] == []
    assert "".join(out.split()) == "".join(piped.split()), "nothing is cut"
    if columns == 80 and language == "en":
        lines = out.splitlines()
        of = next(at for at, line in enumerate(lines) if line.startswith("  gpt-5.6-luna "))
        assert (lines[of].split()[-1], lines[of + 1]) == ("openai/gpt-5.6-luna", "      not set: OPENAI_API_KEY")


def test_a_word_finds_what_has_it_in_it(desk: Desk) -> None:
    found = desk.bakeoff("list", "READ-RAPIDOCR-V4").out
    first = {line.split()[0] for line in found.splitlines() if line.startswith("  ")}
    assert first >= {"doc_ocr", "read-rapidocr-v4-smollm2"}
    assert "text_core" not in found
    assert "nothing here has 'nothing of that name' in it" in desk.bakeoff("list", "nothing of that name", code=2).err


def test_a_suite_that_does_not_load_says_why_and_hides_no_other(desk: Desk) -> None:
    mine(desk, "1 / 0\n")
    done = desk.bakeoff("list")
    assert "mine" in done.out
    assert "the suite does not load: ZeroDivisionError: division by zero" in done.out
    assert "text_core" in done.out


def test_a_wrong_providers_yaml_is_refused_with_its_place(desk: Desk) -> None:
    desk.write("providers.yaml", "model_list:\n  - {model_name: a, litellm_params: {model: quux}}\n")
    assert "error[E102]: the model 'quux' is not known" in desk.bakeoff("list", code=2).err
