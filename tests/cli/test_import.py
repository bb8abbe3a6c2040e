"""`bakeoff import`: a foreign log is decided, reported, compared and verified like a run, and is never asked again."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from harness.core.calls import Role
from harness.store.ledger import Ledger
from tests.cli.conftest import Desk
from tests.importers.logs import inspect, inspect_sample, promptfoo, promptfoo_row, write
from tests.report.pages import unlinked

CITIES = ("France", "Italy", "Spain", "Japan", "Peru", "Chad")


def cheap_and_good(desk: Desk) -> Path:
    """A log of promptfoo: `good` is right, `cheap` is half as often and costs a tenth; one answer of it was lost."""
    rows = []
    for i, city in enumerate(CITIES):
        good = promptfoo_row(city, "right", testIdx=i, provider={"id": "openai:good"}, cost=0.01)
        cheap = promptfoo_row(
            city, "so so", score=float(i % 2), testIdx=i, promptIdx=1, provider={"id": "openai:cheap"}, cost=0.001
        )
        rows += [good, cheap]
    rows[-1] |= {"response": {"error": "429"}, "failureReason": 2, "error": "429", "cost": None, "score": 0}
    return write(desk.folder / "promptfoo.json", promptfoo(rows))


def timed(desk: Desk, model: str, *, right: int, grades: str = "CI", **spec: object) -> Path:
    samples = [inspect_sample(i, "x", grades[i >= right]) for i in range(6)]
    return write(desk.folder / f"{model}.json", inspect(samples, model=model, **spec))


def test_a_foreign_log_is_decided_and_reported(desk: Desk) -> None:
    done = desk.bakeoff("import", str(cheap_and_good(desk)), "--into", "reports/old")
    assert done.out == (
        "reports/old: 2 candidates, 6 samples, 12 answers, 11 of them scored, 1 without an output."
        " Measured: quality, cost.\n"
        "Next: bakeoff report reports/old\n"
    )
    for said in (
        "note: imported from promptfoo 0.123.1: answers, scores, times and costs are those of its log",
        "note: not measured in what was imported, so not weighed: latency",
        "note: of 12 answers 1 ended with an error in the log, which lowers coverage and scores nothing",
    ):
        assert said in done.err
    decided = desk.bakeoff("decide", "old", "--json", "--allow-incomplete", code=None)
    (decision,) = json.loads(decided.out)["decisions"]
    assert [it["metric"] for it in decision["rule"]["criteria"]] == ["quality", "usd_per_1k_requests"]
    lost = {it["candidate"]: it["failed_infra"] for it in decision["completeness"]}
    assert lost == {"openai:cheap": 1, "openai:good": 0}
    estimates = dict(zip(decision["matrix"]["candidates"], decision["matrix"]["raw"], strict=True))
    quality, cost = estimates["openai:cheap"]
    assert (quality["value"], quality["coverage"]) == (pytest.approx(2 / 5), pytest.approx(5 / 6)), "an error is no 0"
    assert cost["value"] == pytest.approx(1.0)
    desk.bakeoff("report", "old")
    desk.bakeoff("memo", "old")
    page = (desk.folder / "reports" / "old" / "report.html").read_text(encoding="utf-8")
    page = page.partition('id="words"')[0]  # what it shows, not what its scripts may say
    memo = unlinked((desk.folder / "reports" / "old" / "memo.md").read_text(encoding="utf-8"))
    for text in (page, memo):
        assert ": answers, scores, times and costs are those of its log, and are not measured by Bakeoff. The" in text
        assert "timed on the wire" not in text
        assert "were frozen before the first call (" not in text
    assert "promptfoo@0.123.1:score()" in page
    assert "sha256" in page
    assert desk.bakeoff("export", "old", "-o", "-").out.count("openai:cheap") == 6
    verified = desk.bakeoff("verify", "old").out
    assert "Derived again and the same: 1 costs" in verified
    assert "Not derived again: 11 costs are what the log of another tool states." in verified
    assert "Not derived again: scores, because run old was imported from promptfoo 0.123.1" in verified


def test_nothing_is_asked_or_judged_again(desk: Desk) -> None:
    desk.bakeoff("import", str(cheap_and_good(desk)), "--into", "reports/old")
    for arguments in (("run", "--resume", "old"), ("score", "old")):
        refused = desk.bakeoff(*arguments, code=2)
        assert refused.err.startswith("error[E100]: run old was imported from promptfoo 0.123.1: Bakeoff asks no model")
    assert desk.client.sent == []


def test_what_was_spent_elsewhere_counts_against_no_budget(desk: Desk) -> None:
    desk.bakeoff("import", str(cheap_and_good(desk)), "--into", "reports/old")
    with Ledger.open(desk.folder / "reports" / "old", write=False) as ledger:
        records = list(ledger.records(Role.ANSWER))
        assert sum(it.cost_usd or 0 for it in records) == Decimal("0.065")
        assert ledger.spent() == 0


def test_logs_of_several_models_compete_also_in_latency(desk: Desk) -> None:
    paths = [str(timed(desk, "openai/slow", right=6)), f"fast={timed(desk, 'fast', right=3)}"]
    done = desk.bakeoff("import", *paths, "--json")
    told = json.loads(done.out)
    assert (told["candidates"], told["measured"]) == (["openai/slow", "fast"], ["quality", "latency", "cost"])
    (decision,) = json.loads(desk.bakeoff("decide", "latest", "--json", code=None).out)["decisions"]
    assert [it["metric"] for it in decision["rule"]["criteria"]] == ["quality", "total_p50_ms", "usd_per_1k_requests"]
    assert [it["value"] for it in decision["matrix"]["raw"][0]][1:] == [pytest.approx(400), pytest.approx(1.0)]


def test_two_imports_are_compared(desk: Desk) -> None:
    desk.bakeoff("import", str(timed(desk, "a", right=6)), "--into", "reports/then")
    newer = str(timed(desk, "a", right=0, packages={"inspect_ai": "0.4.0"}))
    desk.bakeoff("import", newer, "--into", "reports/now")
    assert "a, text: 6 samples worse, 0 better." in desk.bakeoff("compare", "then", "now", code=None).out


def test_an_import_is_whole_or_not_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(timed(desk, "a", right=6))

    def fails(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "replace_scores", fails)
        desk.bakeoff("import", path, code=130)
        desk.bakeoff("import", path, "--into", "reports/named", code=130)
    assert list((desk.folder / "reports").iterdir()) == []
    desk.bakeoff("import", path, "--into", "reports/named")
    assert "is there already" in desk.bakeoff("import", path, "--into", "reports/named", code=2).err


def test_what_holds_nothing_to_be_weighed_is_refused(desk: Desk) -> None:
    samples = [inspect_sample(1, "x", {"a": 1}, events=[])]
    samples[0]["output"]["usage"] = None
    path = write(desk.folder / "log.json", inspect(samples))
    assert "error[E602]: nothing in it can be weighed" in desk.bakeoff("import", str(path), code=2).err
    assert not (desk.folder / "reports").exists() or list((desk.folder / "reports").iterdir()) == []


def test_secrets_of_this_machine_are_in_nothing_that_is_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOREIGN_API_KEY", "s3cret-of-this-machine")
    said = inspect_sample(0, "My key is s3cret-of-this-machine.", "C")
    lost = inspect_sample(1, "", "I", error={"message": "401: Bearer abcdef0123456789\nat line 1"})
    path = write(desk.folder / "log.json", inspect([said, lost]))
    desk.bakeoff("import", str(path), "--into", "reports/old")
    stored = b"".join(it.read_bytes() for it in (desk.folder / "reports" / "old").iterdir())
    assert b"s3cret-of" not in stored
    assert b"abcdef0123456789" not in stored
