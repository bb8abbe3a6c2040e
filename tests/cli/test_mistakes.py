"""Each mistake that a newcomer makes is one screen: what, where, how to mend it, and an exit code; nothing is sent."""
# ruff: noqa: E501 - tables have one case a line

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from harness.cli.screen import COLUMNS, LINES, SENDS, columns
from tests.cli.conftest import ENTRY, Desk
from tests.config.conftest import CANARY
from tests.execute.bakeoffs import failed

FAQ = "  - {name: faq, modality: text, data: faq.csv, scorer: exact_match}\n"
SUITES = f"name: capitals\nsuites:\n{FAQ}"
PROVIDERS = "model_list:\n" + ENTRY.format(name="one", model="one", key="DESK_KEY")
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcde", "bcdef", strict=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What somebody wrote or typed, and what must stand on the screen."""

    says: tuple[str, ...]
    """Lines, whole but for what follows."""
    files: Mapping[str, str | None] = field(default_factory=dict)
    """None: the file is not there."""
    command: tuple[str, ...] = ("check",)
    exit_code: int = 2


MISTAKES = {
    "unknown model": Mistake(
        files={"providers.yaml": "model_list:\n  - model_name: mini\n    litellm_params:\n      model: openai/gpt-4o-minii\n"},
        says=(
            "error[E102]: the model 'openai/gpt-4o-minii' is not known",
            "  --> providers.yaml:4:14",
            "     4 |       model: openai/gpt-4o-minii",
            "       |              ^^^^^^^^^^^^^^^^^^^",
            "  fix: did you mean 'openai/gpt-4o-mini'?",
        ),
    ),
    "unknown key": Mistake(
        files={"bakeoff.yaml": f"{SUITES}decision:\n  text:\n    wieghts: {{points: {{quality: 1}}}}\n"},
        says=(
            "error[E202]: unknown key 'wieghts'", "  --> bakeoff.yaml:6:5", "       |     ^^^^^^^",
            "  fix: did you mean 'weights'?",
        ),
    ),
    "no scorer": Mistake(
        files={"bakeoff.yaml": SUITES.replace(", scorer: exact_match", "")},
        says=("error[E203]: suite 'faq' has no scorer, so every output would count as passing", "  --> bakeoff.yaml:3:5"),
    ),
    "misspelt scorer key": Mistake(
        files={"bakeoff.yaml": SUITES.replace("scorer:", "scorr:")},
        says=("error[E202]: unknown key 'scorr'", "  --> bakeoff.yaml:3:48", "  fix: did you mean 'scorer'?"),
    ),
    "another tool's key": Mistake(
        files={"bakeoff.yaml": SUITES.replace("}", ", asert: [x]}")},
        says=("error[E202]: unknown key 'asert'", "  --> bakeoff.yaml:3:69"),
    ),
    "no such data": Mistake(
        files={"bakeoff.yaml": SUITES.replace("faq.csv", "fqa.csv")},
        says=(
            "error[E301]: dataset not found: fqa.csv", "  --> bakeoff.yaml:3:39", "  fix: did you mean 'faq.csv'?",
        ),
    ),
    "no such metric, and a bound that is never reached": Mistake(
        files={"bakeoff.yaml": f"{SUITES}decision: {{text: {{gates: [{{metric: coverge, min: 95}}]}}}}\n"},
        says=("error[E215]: the metric 'coverge' is not known", "error[E216]: 'coverage' lies in [0, 1], so min: 95 is",
              "  fix: did you mean 'coverage'?", "  fix: min: 0.95?"),
    ),
    "no key": Mistake(
        files={"bakeoff.yaml": f"{SUITES}candidates: [one]\n",
               "providers.yaml": PROVIDERS.replace("DESK_KEY", "ABSENT_KEY")},
        command=("run",), exit_code=3,
        says=("error[E101]: ABSENT_KEY is not set; one needs it", "  --> providers.yaml:3:85",
              "  fix: export it, or put it into .env beside bakeoff.yaml"),
    ),
    "a key written out": Mistake(
        files={"providers.yaml": PROVIDERS.replace("os.environ/DESK_KEY", CANARY)},
        says=("error[E103]: ", "  --> providers.yaml:3:85", "  fix: "),
    ),
    "no file": Mistake(
        files={"bakeoff.yaml": None, "bakeof.yaml": ""},
        says=("error[E200]: there is no bakeoff.yaml", "  fix: did you mean 'bakeof.yaml'?"),
    ),
    "no run": Mistake(command=("report", "latest"), says=("error[E100]: ", "  fix: ")),
    "no table": Mistake(command=("decide", "optoins.csv"), says=("error[E301]: ", )),
    "no traffic": Mistake(command=("cost", "latest", "--traffic", "trafic.yaml"), says=("error[E200]: there is no trafic.yaml", "  fix: --requests N says how many come in a month, --traffic FILE names a file")),
    "no YAML": Mistake(
        files={"providers.yaml": PROVIDERS.replace("os.environ/DESK_KEY}", CANARY)},
        says=("error[E201]: malformed YAML: the { that opens here is not closed", "  --> providers.yaml:3:21", "  fix: close it with }"),
    ),
    "exponent": Mistake(
        files={"bakeoff.yaml": f"{SUITES}run: {{budget_usd: 1e-6}}\n",
               "providers.yaml": PROVIDERS + "    model_info: {input_cost_per_token: 1e-2, output_cost_per_token: 1e-2}\n"},
        says=("error[E224]: the budget of $0.000001 buys 0 of 4 calls", "  --> bakeoff.yaml:4:"),
    ),
    "no is false": Mistake(
        files={"bakeoff.yaml": SUITES.replace("capitals", "no")},
        says=('error[E204]: \'name\': expected text, came \'no\', which YAML reads as false; write it in quotes: "no"',
              "  --> bakeoff.yaml:1:7"),
    ),
    "a time is a number": Mistake(
        files={"bakeoff.yaml": SUITES.replace("capitals", "12:30")},
        says=("error[E204]: 'name': expected text, came '12:30', which YAML reads as the number 750",
              "  --> bakeoff.yaml:1:7"),
    ),
    "a key twice": Mistake(
        files={"bakeoff.yaml": f"{SUITES}epochs: 1\nepochs: 2\n"},
        says=("error[E205]: the key 'epochs' stands twice, first in line 4", "  --> bakeoff.yaml:5:1"),
    ),
    "alias bomb": Mistake(
        files={"bakeoff.yaml": BOMB}, says=("error[E201]: malformed YAML: more than 100,000 values", "  --> bakeoff.yaml:")
    ),
    "no sample": Mistake(
        files={"faq.csv": "input,target\n"}, command=("run",), says=("error[E302]: ", "  --> faq.csv"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_one_screen_with_its_place_and_what_to_do(desk: Desk, mistake: Mistake) -> None:
    for name, text in mistake.files.items():
        if text is None:
            (desk.folder / name).unlink()
        else:
            desk.write(name, text)
    done = desk.bakeoff(*mistake.command, code=mistake.exit_code)
    assert [line for line in mistake.says if not told(line, done.err)] == [], done.err
    assert ("; nothing was sent" in done.err) is (mistake.command[0] in SENDS)
    assert f" (exit {mistake.exit_code})" in done.err
    assert done.out == ""
    assert "Traceback" not in done.err
    assert CANARY not in done.err
    assert "of no account" not in done.err
    assert rows(done.err) <= LINES
    assert desk.client.sent == []
    assert desk.runs == []
    in_chinese = desk.bakeoff("--lang", "zh", *mistake.command, code=mistake.exit_code).err
    heads = [line for line in in_chinese.splitlines() if line.startswith(("错误", "提示"))]
    assert heads
    assert [line for line in heads if not re.search("[\u4e00-\u9fff]", line.partition("：")[2])] == []
    assert len(in_chinese.splitlines()) <= len(done.err.splitlines()) + 1, "a table is as long as its columns"


def test_all_of_them_at_once(desk: Desk) -> None:
    desk.write(
        "providers.yaml", PROVIDERS.replace("openai/one, api_base: 'http://127.0.0.1:1/v1'", "openai/gpt-4o-minii")
    )
    desk.write("bakeoff.yaml", f"{SUITES}  - {{name: b, modality: text, data: fqa.csv}}\nwieghts: 1\n")
    err = desk.bakeoff("check", code=2).err
    assert [line for line in err.splitlines() if line.startswith("error")] == [
        "error[E203]: suite 'b' has no scorer, so every output would count as passing",
        "error[E301]: dataset not found: fqa.csv",
        "error[E202]: unknown key 'wieghts'",
        "error[E102]: the model 'openai/gpt-4o-minii' is not known",
    ]
    assert "4 problems; nothing was sent (exit 2)" in err
    assert rows(err) <= LINES


def test_many_are_a_line_or_two_each_with_what_to_do(desk: Desk) -> None:
    desk.write("bakeoff.yaml", SUITES + "".join(f"wrong{number}: 1\n" for number in range(18)) + "epohs: 2\n")
    for language, fix in (("en", "  fix: known: name, suites"), ("zh", "  解决办法：已知的有：name、suites")):
        lines = desk.bakeoff("check", "--lang", language, code=2).err.splitlines()
        assert sum(line.startswith(fix) for line in lines) == 18
        assert len(lines) == 2 * 18 + 1 + 1
        assert not any("…" in line for line in lines), "nothing is cut"
    assert (
        "error[E202]: bakeoff.yaml:22:1: unknown key 'epohs' (did you mean 'epochs'?)\n"
        in desk.bakeoff("check", code=2).err
    )


def test_of_very_many_the_rest_is_counted_and_json_has_them_all(desk: Desk) -> None:
    desk.write("bakeoff.yaml", SUITES + "".join(f"wrong{number}: 1\n" for number in range(50)))
    for verb in ("check", "plan", "run"):
        done = desk.bakeoff(verb, "--json", code=2)
        assert (
            "... and 10 more; `bakeoff check --json` prints all of a bake-off\n50 problems; nothing was sent (exit 2)\n"
            in done.err
        )
        document = json.loads(done.out)
        assert document.keys() == {"problems", "exit_code"}
        assert (len(document["problems"]), document["exit_code"]) == (50, 2)
        hint = "known: name, suites, candidates, epochs, seed, instruments, run, decision, traffic, exchange"
        assert document["problems"][-1] == {
            "code": "E202", "file": "bakeoff.yaml", "line": 53, "column": 1, "what": "unknown key 'wrong49'", "fix": hint,
        }  # fmt: skip


def test_an_error_without_a_place_is_a_document_too(desk: Desk) -> None:
    document = json.loads(desk.bakeoff("run", "--resume", "latest", "--json", code=2).out)
    (problem,) = document["problems"]
    assert (problem["file"], problem["line"], problem["code"]) == (None, None, "E100")
    assert problem["fix"]


@pytest.mark.parametrize("before", ["", "一二三四五六七八九十" * 5, "say " * 20], ids=["near", "Han", "far"])
def test_a_long_line_is_shown_around_what_is_wrong(desk: Desk, before: str) -> None:
    prompt = f"prompt: '{before}{{{{ input }}}}', " if before else ""
    line = f"{{name: faq, modality: text, {prompt}max_tokns: 5, data: faq.csv, scorer: exact_match, tags: []}}"
    desk.write("bakeoff.yaml", f"suites:\n- {line}\n")
    shown = desk.bakeoff("check", code=2).err.splitlines()
    at = next(number for number, line in enumerate(shown) if "^" * len("max_tokns") in line)
    excerpt, marks = shown[at - 1 : at + 1]
    assert excerpt.endswith("…")
    assert columns(excerpt) <= COLUMNS
    assert excerpt.startswith("     2 | …" if before else "     2 | - {name")
    assert columns(excerpt[: excerpt.index("max_tokns")]) == marks.index("^")


def test_a_run_that_measured_nothing_is_no_success(desk: Desk) -> None:
    desk.client.script = lambda *_: failed("reset")
    done = desk.bakeoff("run", code=4)
    assert "The run is incomplete (exit 4)" in done.err
    assert done.out == "", "nothing that could be read as a result"


def told(line: str, err: str) -> bool:
    return any(shown.startswith(line) for shown in err.splitlines())


def rows(text: str) -> int:
    """Return how many lines of a terminal `text` takes."""
    return sum(max(1, math.ceil(columns(line) / COLUMNS)) for line in text.splitlines())
