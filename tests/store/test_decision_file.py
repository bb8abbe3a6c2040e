"""decision.json is read again: what it says, what was asked for, whether it still holds; a damaged one is told."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.core.calls import Role, Unrecorded
from harness.core.canonical import to_json
from harness.core.decision import Completeness
from harness.errors import UsageError
from harness.store.decision_file import asked_for, decisions, is_current
from tests.decide.cases import decided

CAME = (Completeness(candidate="alpha", role=Role.ANSWER, planned=2, done=2, failed_candidate=0, failed_infra=0,
                     failed_harness=0, pending=0),)  # fmt: skip


@pytest.mark.parametrize("text", ["", "[]", "{", '{"decision": []}'])
def test_a_damaged_decision_is_told_with_the_command_that_makes_it_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "decision.json").write_text(text, encoding="utf-8")
    for read in (decisions, asked_for):
        with pytest.raises(UsageError, match=r"decision\.json is damaged") as caught:
            read(tmp_path)
        assert caught.value.hint == f"bakeoff decide {tmp_path}"


def test_what_was_never_decided_was_asked_for_with_nothing(tmp_path: Path) -> None:
    assert asked_for(tmp_path) == ({}, False)
    with pytest.raises(UsageError, match="has no decision yet"):
        decisions(tmp_path)


def test_a_decision_holds_while_nothing_more_has_come(tmp_path: Path) -> None:
    now, none = replace(decided({"alpha": {"quality": 0.9}}), completeness=CAME), Unrecorded()
    (tmp_path / "decision.json").write_text(json.dumps({"decisions": [], "unrecorded": to_json(none)}))
    assert is_current(tmp_path, [now], {"text": CAME}, none)
    assert not is_current(tmp_path, [now], {"text": (replace(CAME[0], planned=3, pending=1),)}, none)
    assert not is_current(tmp_path, [now], {"text": CAME}, Unrecorded(calls=1))
    assert not is_current(tmp_path, [], {}, none)
