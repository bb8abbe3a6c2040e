"""What a shell is told that a word may become."""

import pytest

from harness.cli.app import main
from tests.cli.conftest import Desk


def completed(desk: Desk, monkeypatch: pytest.MonkeyPatch, line: str) -> list[str]:
    """Ask as bash does, with the cursor at the end of the line."""
    words = line.split(" ")
    monkeypatch.setenv("_BAKEOFF_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    desk.read()
    with pytest.raises(SystemExit):
        main([])
    return desk.read()[0].split()


def test_verbs_runs_suites_and_candidates(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        (desk.folder / "reports" / name).mkdir(parents=True)
        (desk.folder / "reports" / name / "run.db").touch()
    assert completed(desk, monkeypatch, "bakeoff ch") == ["check"]
    assert sorted(completed(desk, monkeypatch, "bakeoff report ")) == ["a", "b", "latest"]
    assert completed(desk, monkeypatch, "bakeoff report la") == ["latest"]
    assert completed(desk, monkeypatch, "bakeoff run --only fa") == ["faq"]
    assert "text_core" in completed(desk, monkeypatch, "bakeoff plan --only text")
    assert completed(desk, monkeypatch, "bakeoff run --candidates one,") == ["one,two"]
    (desk.folder / "providers.yaml").unlink()
    assert completed(desk, monkeypatch, "bakeoff plan --candidates smol") == ["smollm2"]
    monkeypatch.chdir(desk.folder.parent)
    assert "latest" in completed(desk, monkeypatch, "bakeoff -C desk decide l")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_shown_for_each_shell(desk: Desk, monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    script = desk.bakeoff("--show-completion", shell).out
    assert "_BAKEOFF_COMPLETE" in script
    assert shell in script or shell == "bash"
