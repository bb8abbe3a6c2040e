"""decision.json is read again: what it says, what was asked for, whether it still holds; a damaged one is told.

draws.json beside it counts as far as it is of the same evidence.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.core.calls import Came, Unrecorded
from harness.core.canonical import to_json
from harness.core.latitude import Latitude
from harness.errors import UsageError
from harness.store.decision_file import asked_for, decisions, is_current, latitudes
from tests.decide.cases import decided


@pytest.mark.parametrize("text", ["", "[]", "{", '{"decision": []}'])
def test_a_damaged_decision_is_told_with_the_command_that_makes_it_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "decision.json").write_text(text, encoding="utf-8")
    for read in (decisions, asked_for):
        with pytest.raises(UsageError, match=r"decision\.json is damaged") as caught:
            read(tmp_path)
        assert caught.value.hint == f"bakeoff decide {tmp_path}"


def older(document: dict[str, Any], what: str) -> None:
    """Turn a decision into one that another version has written."""
    verdict = document["verdict"]
    if what == "noun":
        del document["samples_answered"]
    elif what == "word":
        verdict["kind"] = "sure"
    elif what == "sentence":
        verdict["said"] = [{"key": "ahead", "arguments": {}}]
    else:
        verdict["caveats_said"] = [{"key": "saturated", "arguments": {"criterion": ["quality"]}}]


@pytest.mark.parametrize("what", ["noun", "word", "sentence", "argument"])
def test_a_decision_of_another_version_is_told_with_the_command_that_makes_it_anew(tmp_path: Path, what: str) -> None:
    document: dict[str, Any] = to_json(decided({"alpha": {"quality": 0.9}}))  # type: ignore[assignment]
    (tmp_path / "decision.json").write_text(json.dumps({"decisions": [document]}))
    assert [it.slot for it in decisions(tmp_path)] == ["text"]
    older(document, what)
    (tmp_path / "decision.json").write_text(json.dumps({"decisions": [document]}))
    with pytest.raises(UsageError, match="was written by another version of Bakeoff") as caught:
        decisions(tmp_path)
    assert caught.value.hint == f"bakeoff decide {tmp_path}"
    assert asked_for(tmp_path)[1] is False, "what was asked for is read all the same"


def test_what_was_never_decided_was_asked_for_with_nothing(tmp_path: Path) -> None:
    assert asked_for(tmp_path) == ({}, False)
    with pytest.raises(UsageError, match="has no decision yet"):
        decisions(tmp_path)


def test_a_decision_holds_while_nothing_more_has_come(tmp_path: Path) -> None:
    now, none = decided({"alpha": {"quality": 0.9}}), Unrecorded()
    came = Came(calls=3, came=2, failed=1, last="2026-11-27T10:00:00Z", scores=1, worth=0.5)
    document = {"decisions": [], "came": to_json(came), "unrecorded": to_json(none)}
    (tmp_path / "decision.json").write_text(json.dumps(document))
    assert is_current(tmp_path, [now], came, none)
    for change in (
        {"calls": 4},
        {"came": 3},
        {"failed": 0},
        {"last": "2026-11-27T10:00:01Z"},
        {"scores": 0},
        {"worth": 1.0},
    ):
        assert not is_current(tmp_path, [now], replace(came, **change), none)
    assert not is_current(tmp_path, [now], came, Unrecorded(calls=1))
    assert not is_current(tmp_path, [], came, none)
    (tmp_path / "decision.json").write_text(json.dumps({**document, "came": None}))
    assert not is_current(tmp_path, [now], came, none), "an older version did not say it"


def test_draws_are_those_of_the_evidence_that_was_decided_on(tmp_path: Path) -> None:
    one = Latitude(slot="text", draws=1, values="", never_clear=False, unfit=("alpha",), misnamed=())
    (tmp_path / "decision.json").write_text(json.dumps({"decisions": [], "evidence_sha256": "a"}))
    assert latitudes(tmp_path) == (), "an older version wrote none"
    for sealed, packed, expected in [
        ("a", to_json([one]), (one,)), ("b", to_json([one]), ()), ("a", [{"slot": "text"}], ()), ("a", None, ()),
    ]:  # fmt: skip
        (tmp_path / "draws.json").write_text(json.dumps({"evidence_sha256": sealed, "latitudes": packed}))
        assert latitudes(tmp_path) == expected
    (tmp_path / "draws.json").write_text("{")
    assert latitudes(tmp_path) == ()
