"""The terminal: hostile names, answers and messages are shown, and command nothing."""

import json
import re
from dataclasses import replace

import pytest

from harness.cli import screen
from harness.cli.progress import Bars
from harness.core.calls import Fault
from harness.errors import BakeoffError, Problem, UsageError
from tests.cli.conftest import Desk
from tests.execute.bakeoffs import answered, failed

HOSTILE = (
    "\x1b[2J\x1b]0;title\x07\x1b]8;;http://evil\x1b\\ \x9b31m \x08\x7f \r \u202eevil\u2066 \u200b"
    " [red]x[/nonsense] :boom:"
)
COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize(
    "print_it",
    [
        pytest.param(lambda: screen.say(HOSTILE), id="result"),
        pytest.param(lambda: screen.note(HOSTILE), id="note"),
        pytest.param(lambda: screen.warn(HOSTILE, head="error"), id="warning"),
        pytest.param(lambda: screen.document({HOSTILE: HOSTILE}), id="JSON"),
        pytest.param(lambda: screen.show_error(BakeoffError(HOSTILE, hint=HOSTILE)), id="error"),
        pytest.param(lambda: screen.show_bug(ValueError(HOSTILE)), id="bug"),
        pytest.param(lambda: screen.show_traceback(ValueError(HOSTILE)), id="traceback"),
        pytest.param(
            lambda: screen.show_error(
                UsageError(
                    [Problem(code="E1", message=HOSTILE, file=HOSTILE, line=1, column=3, excerpt=HOSTILE, hint=HOSTILE)]
                )
            ),
            id="problem",
        ),
        pytest.param(lambda: Bars().note(HOSTILE), id="note above the bars"),
    ],
)
def test_nothing_that_is_shown_commands_the_terminal(print_it: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert callable(print_it)
    print_it()
    out, err = capsys.readouterr()
    assert "evil" in out + err
    assert "[red]x[/nonsense] :boom:" in out + err, "nobody's markup"
    assert not COMMANDS.search(out + err)


def test_a_document_says_what_it_was_given(capsys: pytest.CaptureFixture[str]) -> None:
    given = HOSTILE + " \U000e0041 \ud800 é 输入"
    screen.document({"text": given})
    out = capsys.readouterr().out
    assert json.loads(out) == {"text": given}
    assert "é 输入" in out


def test_bars_on_a_terminal_show_hostile_names(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    with Bars() as bars:
        bars.phase("answers", {HOSTILE: 2})
    err = capsys.readouterr().err
    assert "[red]x[/nonsense]" in err
    assert "]0;title\x07" not in err
    assert not {"\x9b", "\u202e", "\x7f"} & set(err)


def test_a_run_of_hostile_models_and_answers_leaves_the_terminal_alone(desk: Desk) -> None:
    desk.candidate('"\\e[31m\\u202Ered"', model="hostile")
    bad = failed("protocol", fault=Fault.INFRA)
    bad = replace(bad, outcome=replace(bad.outcome, message=HOSTILE))  # type: ignore[type-var]
    desk.client.script = lambda _, target: answered(HOSTILE) if target.candidate == "one" else bad
    for verb in (["check"], ["plan"], ["run"], ["run", "--resume", "latest", "--json"], ["decide", "latest"]):
        shown = desk.bakeoff(*verb, code=None)
        assert shown.code in (0, 1, 4), shown
        assert not COMMANDS.search(shown.out + shown.err), verb


def test_an_error_with_debug_has_its_traceback_and_its_exit_code(desk: Desk) -> None:
    desk.write("bakeoff.yaml", "name: [")
    done = desk.bakeoff("--debug", "check", code=2)
    assert "Traceback (most recent call last)" in done.err
    assert "error[E201]" in done.err
