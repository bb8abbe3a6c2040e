"""What is counted of a run: what the plan leaves a candidate out of, and why calls are pending."""

from dataclasses import replace
from pathlib import Path

from harness.core.manifest import Unsent
from harness.store.completeness import completeness
from tests.execute.bakeoffs import bakeoff, remote, start, text_suite


def test_what_a_candidate_is_left_out_of_and_why_calls_wait(tmp_path: Path) -> None:
    planned = bakeoff(
        remote("a"),
        remote("b", lacks=frozenset({"stop"})),
        suites=[text_suite(3), replace(text_suite(2, params={"stop": ["x"]}), name="more")],
        epochs=2,
    )
    with start(planned, tmp_path) as ledger:
        rows = {row.candidate: row for row in completeness(ledger)["text"]}
        assert {name: (row.planned, row.excluded) for name, row in rows.items()} == {"a": (10, 0), "b": (6, 4)}
        assert {row.why for row in rows.values()} == {Unsent.UNKNOWN}
        ledger.replace_manifest(replace(ledger.manifest(), unsent={"a": Unsent.BUDGET}), ())
        assert {row.candidate: row.why for row in completeness(ledger)["text"]} == {
            "a": Unsent.BUDGET, "b": Unsent.UNKNOWN,
        }  # fmt: skip
