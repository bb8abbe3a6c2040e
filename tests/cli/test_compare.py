"""`bakeoff compare`: the same candidates in two runs, sample by sample."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import BAKEOFF, CAPITALS, Desk, after
from tests.execute.bakeoffs import answered

MANY = {f"Country {n}": f"City {n}" for n in range(40)}


@pytest.fixture
def twice(desk: Desk, kept: Path) -> Desk:
    """Two runs over 40 questions: `one` answers all of them, then forgets twelve; `two` stays as it is."""
    desk.data(MANY)
    forgets: set[str] = set()

    def script(request, target):  # type: ignore[no-untyped-def]
        question = str(request.messages[-1]["content"])
        forgot = target.candidate == "one" and question in forgets
        return answered("no idea" if forgot else MANY[question])

    def run() -> None:
        desk.bakeoff("run", code=None)
        forgets.update(list(MANY)[:12])
        desk.bakeoff("run", code=None)

    desk.client.script = script
    return after(desk, kept / "twice", run)


def test_regressions_come_first_and_end_with_1(twice: Desk) -> None:
    base, since = (path.name for path in twice.runs)
    done = twice.bakeoff("compare", base, since, code=1)
    rows = [line for line in done.out.splitlines() if line.startswith("| text")]
    assert [row.split("|")[2].strip() for row in rows] == ["one", "two"]
    assert "−0.300 [" in rows[0]
    assert rows[0].rstrip().endswith("| worse                |")
    assert rows[1].rstrip().endswith("| cannot be told apart |")
    assert "one, text: 12 samples worse, 0 better." in done.out
    assert "  worse: faq/faq/Country 0: 1.00 → 0.00" in done.out
    assert re.search(r"  usd_per_1k_requests: .* → .*: [\d.]+ times as much \[[\d.]+, [\d.]+\], ", done.out)
    (one, two) = json.loads(twice.bakeoff("compare", base, since, "--json", code=1).out)["comparisons"]
    assert (len(one["worse"]), len(two["worse"])) == (12, 0)
    assert one["quality"]["difference"]["high"] < 0 < one["quality"]["p_holm"] < 0.01


def test_the_other_way_round_it_is_better(twice: Desk) -> None:
    base, since = (path.name for path in twice.runs)
    assert "| better" in twice.bakeoff("compare", since, base).out


def test_a_renamed_candidate_is_compared_and_another_is_named(twice: Desk) -> None:
    base, since = (path.name for path in twice.runs)
    done = twice.bakeoff("compare", base, since, "--rename", "two=one", code=1)
    assert done.out.count("| one ") == 2
    assert "old=new pairs" in twice.bakeoff("compare", base, since, "--rename", "two", code=2).err
    assert "has no candidate 'tow'" in twice.bakeoff("compare", base, since, "--rename", "tow=one", code=2).err


def test_a_run_is_not_compared_with_itself_but_its_candidates_with_each_other(twice: Desk) -> None:
    base, since = (path.name for path in twice.runs)
    for same in (since, str(twice.runs[1]), "latest"):
        done = twice.bakeoff("compare", since, base, same, code=2)
        assert f"{since} is the same run as the first, so nothing of it could differ" in done.err
        assert done.out == ""
    assert "−0.300 [" in twice.bakeoff("compare", since, since, "--rename", "two=one", code=1).out


def test_another_answer_key_is_no_change_of_the_candidate(ran: Desk) -> None:
    ran.data({**CAPITALS, "France": "Lyon"})
    ran.bakeoff("run", code=None)
    base, since = (path.name for path in ran.runs)
    done = ran.bakeoff("compare", base, since, code=2)
    assert "shares no candidate" in done.err


def test_a_suite_that_asks_something_else_is_not_compared(ran: Desk) -> None:
    ran.write("bakeoff.yaml", BAKEOFF.replace("{name: faq,", '{name: faq, prompt: "Say: {{ input }}",'))
    ran.client.script = lambda request, _: answered(
        CAPITALS[str(request.messages[-1]["content"]).removeprefix("Say: ")]
    )
    ran.bakeoff("run", code=None)
    base, since = (path.name for path in ran.runs)
    assert "shares no candidate with the same samples" in ran.bakeoff("compare", base, since, code=2).err
