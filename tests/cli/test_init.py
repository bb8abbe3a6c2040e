"""`bakeoff init`: what it writes can be checked at once, and names the models whose keys are there."""

import io
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.cli.words import translations
from harness.pipeline import catalogue
from tests.cli.conftest import Desk


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.endswith("_API_KEY")]:
        monkeypatch.delenv(name)


def begun(desk: Desk, *arguments: str) -> tuple[str, dict[str, dict[str, Any]], Path]:
    """What init says in an empty folder, the entries that it wrote by name, and the folder, which can be checked."""
    said = desk.bakeoff("init", "new", *arguments).out
    written = yaml.safe_load((desk.folder / "new" / "providers.yaml").read_text(encoding="utf-8"))
    desk.bakeoff("check", "-C", "new")
    return said, {entry["model_name"]: entry["litellm_params"] for entry in written["model_list"]}, desk.folder / "new"


def test_without_a_key_it_names_the_embedded_models(desk: Desk) -> None:
    said, entries, folder = begun(desk)
    assert list(entries) == ["smollm2", "gemma3-8shot"]
    assert "Found" not in said
    assert "worst: 0.5, ideal: 0.005" in (folder / "bakeoff.yaml").read_text(encoding="utf-8")


def test_it_picks_the_models_whose_keys_it_finds_and_no_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSEEK_API_KEY", "canary-one")
    monkeypatch.setenv("GROQ_API_KEY", "canary-two")
    monkeypatch.setenv("AZURE_SPEECH_KEY", "useless without its address")
    said, entries, folder = begun(desk)
    assert {params["api_key"] for params in entries.values()} == {
        "os.environ/DEEPSEEK_API_KEY", "os.environ/GROQ_API_KEY",
    }  # fmt: skip
    assert {"deepseek-v4-flash", "gpt-oss-20b-groq", "orpheus-groq", "whisper-large-v3-groq"} <= entries.keys()
    assert entries["orpheus-groq"]["voice"] == "hannah"
    assert f"Found DEEPSEEK_API_KEY, GROQ_API_KEY, so providers.yaml names {', '.join(entries)}." in said
    assert "canary" not in "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file())
    assert "worst: 20, ideal: 0.25" in (folder / "bakeoff.yaml").read_text(encoding="utf-8")


def test_the_example_of_an_embedded_model_needs_only_its_comment_marks_taken_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "k")
    _, entries, folder = begun(desk)
    text = (folder / "providers.yaml").read_text(encoding="utf-8")
    head, _, example = text.partition("installs them:\n")
    names = [e["model_name"] for e in yaml.safe_load(head + "\n" + example.replace("  # ", "  "))["model_list"]]
    assert names == [*entries, "smollm2", "gemma3-8shot"]


def test_keys_that_pay_for_no_text_come_with_the_embedded_models(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPGRAM_API_KEY", "k")
    _, entries, _ = begun(desk)
    assert list(entries) == ["nova-3", "smollm2", "gemma3-8shot"]


def test_a_server_of_ones_own_is_all_that_is_asked_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "k")
    said, entries, _ = begun(desk, "--api-base", "http://127.0.0.1:1/v1", "--model", "org/mine")
    assert entries == {"mine": {"model": "openai/org/mine", "api_base": "http://127.0.0.1:1/v1", "temperature": 0}}
    assert "Found" not in said


def test_every_variable_that_the_catalogue_needs_has_a_line(desk: Desk) -> None:
    _, _, folder = begun(desk)
    lines = (folder / ".env.example").read_text(encoding="utf-8").splitlines()
    assert {"OPENAI_API_KEY=", "DASHSCOPE_API_KEY=", "AZURE_SPEECH_ENDPOINT="} <= set(lines)
    assert len(lines) == len(set(lines))


def test_an_address_that_is_none_is_refused(desk: Desk) -> None:
    done = desk.bakeoff("init", "new", "--api-base", "--model", code=2)
    assert "--api-base takes a URL, not '--model'" in done.err
    assert not (desk.folder / "new").exists()


@pytest.mark.parametrize("use", ["text", "tts", "transcription", "speech", "vision", "rag"])
def test_whatever_it_is_for_can_be_checked_without_a_key(desk: Desk, use: str) -> None:
    said, entries, folder = begun(desk, "--yes", "--for", use)
    assert said.startswith("Wrote bakeoff.yaml, providers.yaml, .env.example")
    assert entries
    assert (folder / "data").is_dir() is (use == "text")


def test_a_spreadsheet_becomes_the_suite(desk: Desk) -> None:
    rows = "".join(f"{i},消息 {i},{'退款' if i % 2 else '其他'},x\n" for i in range(1, 9))
    (desk.folder / "表.csv").write_bytes(f"编号,输入,标签,渠道\n{rows}9,,退款,x\n".encode("gb18030"))
    said, _, folder = begun(desk, "--from-spreadsheet", "表.csv")
    assert "data/表.csv: 8 rows; the column '输入' is asked, '标签' is the answer to expect." in said
    assert "Judged by label_match, since the answers are 2 short labels that come again and again." in said
    assert "Left out: 1 without a question (row 10)." in said
    (suite,) = yaml.safe_load((folder / "bakeoff.yaml").read_text(encoding="utf-8"))["suites"]
    assert suite["prompt"] == "只回答下面的标签之一，不要写别的：退款、其他。\n\n{{ input }}"
    assert suite["scorer"] == {"label_match": {"labels": ["退款", "其他"]}}


def test_a_spreadsheet_that_is_none_is_one_screen_and_writes_nothing(desk: Desk) -> None:
    done = desk.bakeoff("init", "new", "--from-spreadsheet", "fqa.csv", code=2)
    assert done.err == ("error[E301]: dataset not found: fqa.csv\n  fix: did you mean 'faq.csv'?\n1 problem (exit 2)\n")
    assert not (desk.folder / "new").exists()


@pytest.mark.parametrize(
    ("name", "raw", "columns"),
    [
        pytest.param("f.csv", "Frage;Antwort\nWie?;So\n".encode("utf-8-sig"), ("Frage", "Antwort"), id="german"),
        pytest.param("f.csv", "entrée;réponse\nquoi?;oui\n".encode(), ("entrée", "réponse"), id="french"),
        pytest.param("f.csv", "Pregunta;Respuesta\nqué?;sí\n".encode(), ("Pregunta", "Respuesta"), id="spanish"),
        pytest.param("f.csv", "質問,正解\nなに,これ\n".encode(), ("質問", "正解"), id="japanese"),
        pytest.param("f.txt", "Frage\tErwartet\nWie?\tSo\n".encode("utf-16"), ("Frage", "Erwartet"), id="excel"),
        pytest.param("f.csv", "Eingabe\tAntwort\nWie?\tSo\n".encode("utf-16"), ("Eingabe", "Antwort"), id="utf-16"),
    ],
)  # fmt: skip
def test_a_spreadsheet_of_other_languages_and_of_excel_is_understood(
    desk: Desk, name: str, raw: bytes, columns: tuple[str, str]
) -> None:
    (desk.folder / name).write_bytes(raw)
    said = desk.bakeoff("init", "new", "--from-spreadsheet", name).out
    assert f"the column '{columns[0]}' is asked, '{columns[1]}' is the answer to expect." in said


def test_columns_that_nobody_knows_are_settled_by_the_options_that_the_error_names(desk: Desk) -> None:
    desk.write("f.csv", "vraag,het antwoord\nhoe?,zo\n")
    sheet = ("init", "new", "--from-spreadsheet", "f.csv")
    flags = "--input vraag --target 'het antwoord'"
    assert f"fix: say which column is which, for example: {flags}" in desk.bakeoff(*sheet, code=2).err
    assert "did you mean 'vraag'" in desk.bakeoff(*sheet, "--input", "vrag", code=2).err
    said, _, folder = begun(desk, *sheet[2:], "--input", "vraag", "--target", "het antwoord")
    assert "the column 'vraag' is asked, 'het antwoord' is the answer to expect." in said
    assert yaml.safe_load((folder / "bakeoff.yaml").read_text(encoding="utf-8"))["name"] == "new"


class Typed(io.StringIO):
    """What somebody types at a terminal."""

    def isatty(self) -> bool:
        return True


def asked(desk: Desk, monkeypatch: pytest.MonkeyPatch, typed: str, *arguments: str) -> tuple[str, int]:
    """Return what is said on stdout, and how many lines of the typed ones were read."""
    lines = Typed(typed)
    monkeypatch.setattr("sys.stdin", lines)
    monkeypatch.setattr("harness.cli.screen.is_terminal", lambda: True)
    out = desk.bakeoff("init", "new", *arguments).out
    return out, typed[: lines.tell()].count("\n")


def test_a_terminal_is_asked_three_questions_at_most(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "k")
    monkeypatch.setenv("DEEPSEEK_API_KEY", "k")
    out, read = asked(desk, monkeypatch, "1\nfaq.csv\nDEEPSEEK_API_KEY\nmore\n")
    assert read == 3
    assert "data/faq.csv: 4 rows; the column 'input' is asked" in out
    text = (desk.folder / "new" / "providers.yaml").read_text(encoding="utf-8")
    assert "DEEPSEEK_API_KEY" in text
    assert "GROQ_API_KEY" not in text
    desk.bakeoff("check", "-C", "new")


def test_nothing_is_asked_where_everything_is_said_or_nobody_sits(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "k")
    assert asked(desk, monkeypatch, "tts\n", "--yes")[1] == 0
    assert asked(desk, monkeypatch, "2\n\n", "--force")[1] == 2, "what it is for, and the keys"
    assert "tts_core" in (desk.folder / "new" / "bakeoff.yaml").read_text(encoding="utf-8")


def test_a_title_above_the_header_is_told(desk: Desk) -> None:
    desk.write("faq.csv", "Questions of our customers,,\n\nFrage,Antwort,Kanal\nWo?,Hier,Web\n")
    done = desk.bakeoff("init", "new", "--from-spreadsheet", "faq.csv")
    assert "row 3 names the columns; above it stands a title, 'Questions of our customers'" in done.err
    assert "data/faq.csv: 1 row; the column 'Frage' is asked, 'Antwort' is the answer to expect." in done.out
    assert "row-4,Wo?,Hier,Web" in (desk.folder / "new" / "data" / "faq.csv").read_text(encoding="utf-8")
    desk.write("faq.csv", "Questions of our customers,,\nTopic,What they say,What is right\nx,Wo?,Hier\n")
    chosen = ("--input", "What they say", "--target", "What is right")
    assert "row 2 names the columns" in desk.bakeoff("init", "other", "--from-spreadsheet", "faq.csv", *chosen).err
    refused = desk.bakeoff("init", "third", "--from-spreadsheet", "faq.csv", code=2).err
    assert "--input Topic --target 'What they say'" in refused, "nothing is guessed"


@pytest.mark.parametrize("use", ["text", "vision", "own server", "spreadsheet"])
def test_in_chinese_the_comments_are_and_the_yaml_is_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, use: str
) -> None:
    monkeypatch.setenv("MOONSHOT_API_KEY", "k")
    arguments = {
        "own server": ("--api-base", "http://127.0.0.1:1/v1"),
        "spreadsheet": ("--from-spreadsheet", "faq.csv"),
    }.get(use, ("--for", use))
    desk.bakeoff("init", "new", *arguments)
    english = written(desk)
    desk.bakeoff("--lang", "zh", "init", "new", "--force", *arguments)
    chinese = written(desk)
    assert [yaml.safe_load(text) for text in chinese] == [yaml.safe_load(text) for text in english]
    for before, after in zip(english, chinese, strict=True):
        assert len(comments(after)) == len(comments(before)) > 0
        assert [text for text in comments(after) if not re.search("[\u4e00-\u9fff]", text)] == []


def written(desk: Desk) -> list[str]:
    return [(desk.folder / "new" / name).read_text(encoding="utf-8") for name in ("bakeoff.yaml", "providers.yaml")]


def comments(text: str) -> list[str]:
    return [
        found
        for found in re.findall(r"# (.*)", text)
        if not re.match("-? ?(model_name|litellm_params|bakeoff):", found.strip())
    ]


def test_every_comment_of_an_entry_that_may_be_copied_is_known_in_chinese(desk: Desk) -> None:
    texts = "".join(offer.text for offer in catalogue(desk.folder))
    said = re.findall(r"^ +# (.*)$", texts, re.MULTILINE)
    assert said
    assert [text for text in said if text not in translations("zh")] == []
