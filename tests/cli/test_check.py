"""`bakeoff check`: one screen, every problem, and what was not tried."""

import pytest

from tests.cli.conftest import BAKEOFF, Desk


def test_it_says_what_was_looked_at_and_that_nobody_was_contacted(desk: Desk) -> None:
    *_, looked, after = desk.bakeoff("check").out.splitlines()
    assert looked == (
        "Looked at here, and nobody was contacted: the files, the data, every prompt, the prices, and that each key is "
        "set. Not tried: whether keys are accepted, addresses answer, and models go by these names."
    )
    assert after == "Next: bakeoff plan"
    desk.write("providers.yaml", "model_list: [{model_name: own, litellm_params: {model: local/smollm2-135m}}]\n")
    assert "Looked at here: the files, the data and every prompt. The embedded" in desk.bakeoff("check").out


def test_a_missing_key_is_one_screen_with_its_place(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("bakeoff.yaml", f"{BAKEOFF}candidates: [one, two]\n")
    monkeypatch.delenv("DESK_KEY")
    line = "…/one, api_base: 'http://127.0.0.1:1/v1', api_key: os.environ/DESK_KEY}"
    assert (
        desk.bakeoff("check", code=3).err
        == f"""\
error[E101]: DESK_KEY is not set; one, two need it
  --> providers.yaml:3:85
     3 | {line}
       | {" " * 51}{"^" * 19}
  fix: export it, or put it into .env beside bakeoff.yaml
1 problem; nothing was sent (exit 3)
"""
    )


def test_a_budget_that_buys_nothing_is_refused_with_its_place(desk: Desk) -> None:
    desk.entries.clear()
    desk.candidate("one", more="    model_info: {input_cost_per_token: 0.01, output_cost_per_token: 0.01}\n")
    desk.write("bakeoff.yaml", BAKEOFF.replace("warm_up: 0", "warm_up: 0, budget_usd: 0.01"))
    done = desk.bakeoff("check", code=2)
    assert "error[E224]: the budget of $0.01 buys 0 of 4 calls: the cheapest call may cost $" in done.err
    assert "  --> bakeoff.yaml:4:31\n" in done.err
    assert "warning: the budget of $0.01 buys 0 of 4 calls" in desk.bakeoff("plan").out


def test_a_budget_and_a_task_for_nobody_are_told_together(desk: Desk) -> None:
    desk.entries.clear()
    desk.candidate("one", model="gpt-4o-mini", more="    model_info: {mode: chat, supports_function_calling: false}\n")
    desk.write("bakeoff.yaml", "suites: [tool_calling, text_core]\ncandidates: [one]\nrun: {budget_usd: 0.0000001}\n")
    err = desk.bakeoff("check", code=2).err
    assert [line[:12] for line in err.splitlines() if line.startswith("error")] == ["error[E212]:", "error[E224]:"]


def test_a_suite_that_is_misspelt_says_nothing_of_the_candidates(desk: Desk) -> None:
    err = desk.bakeoff("run", "--only", "capitls", "--candidates", "one", code=2).err
    assert "--only: the bake-off has no suite 'capitls'" in err
    assert "E212" not in err


def test_a_key_that_stands_written_out_is_told_first(desk: Desk) -> None:
    desk.candidate(
        "two", more="    bakeoff: {api_keyy: 1}\n    litellm_parms: {api_key: sk-abcdefghijklmnopqrstuvwxyz}\n"
    )
    desk.write("bakeoff.yaml", "nmae: x\nsuites: [text_core]\n")
    assert desk.bakeoff("check", code=2).err.startswith("error[E103]")


def test_a_task_that_nobody_can_take_is_an_error_and_no_sample_of_it_counts(desk: Desk) -> None:
    desk.write("bakeoff.yaml", "suites: [tool_calling, text_core]\ncandidates: [smollm2]\n")
    for verb in ("check", "plan"):
        err = desk.bakeoff(verb, code=2).err
        assert "error[E212]: nobody can be asked tool_calling/simple, tool_calling/multiple" in err
        assert "'smollm2': it takes no tools, which the task sends\n" in err
        assert "  fix: add a candidate that can, or take the suite out\n" in err
    said = desk.bakeoff("plan", "--candidates", "smollm2")
    assert "'smollm2' is left out: it takes no tools" in said.err
    assert "text: 108 samples can show a difference" in said.out


def test_a_folder_without_candidates_of_its_own_is_told_so(desk: Desk) -> None:
    (desk.folder / "providers.yaml").unlink()
    desk.write("bakeoff.yaml", f"{BAKEOFF}candidates: [smollm2]\n")
    said = "note: there is no providers.yaml in the folder, so the candidates are those that Bakeoff ships\n"
    assert said in desk.bakeoff("check").err
