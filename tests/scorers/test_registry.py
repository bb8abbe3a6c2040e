"""Scorers are found by name, and a wrong name is told apart."""

from dataclasses import fields, is_dataclass
from importlib.metadata import EntryPoint, EntryPoints

import pytest

import harness.scorers
from harness.core.scores import Scorer
from harness.errors import UsageError
from harness.scorers import SCORERS, ExactMatch, by_name, registry


@pytest.mark.parametrize("name", SCORERS)
def test_a_shipped_scorer_is_called_what_it_is_called(name: str) -> None:
    scorer = by_name(name)()
    assert scorer.name == name
    assert scorer.signature.startswith(f"{name}@")


@pytest.mark.parametrize("kind", list(map(by_name, SCORERS)))
def test_a_shipped_scorer_is_a_frozen_keyword_only_dataclass_that_is_described(kind: type[Scorer]) -> None:
    assert issubclass(kind, Scorer)
    assert is_dataclass(kind)
    assert kind.__dataclass_params__.frozen
    assert all(field.kw_only for field in fields(kind))
    assert kind.__doc__
    assert not kind.__doc__.startswith(f"{kind.__name__}(")


def test_everything_exported_is_there_and_every_scorer_is_exported() -> None:
    assert {by_name(name).__name__ for name in SCORERS} <= set(harness.scorers.__all__)
    assert all(hasattr(harness.scorers, name) for name in harness.scorers.__all__)
    with pytest.raises(AttributeError, match="no attribute 'ExactMach'"):
        harness.scorers.ExactMach  # type: ignore[attr-defined]  # noqa: B018


def test_a_misspelled_name_gets_a_did_you_mean() -> None:
    with pytest.raises(UsageError, match="no scorer 'exact_mach'") as caught:
        by_name("exact_mach")
    assert caught.value.hint == "did you mean 'exact_match'?"


def test_a_name_like_none_gets_the_list() -> None:
    with pytest.raises(UsageError) as caught:
        by_name("zzz")
    assert caught.value.hint is not None
    assert all(name in caught.value.hint for name in SCORERS)


def test_an_installed_package_may_offer_a_scorer(monkeypatch: pytest.MonkeyPatch) -> None:
    offered = EntryPoints(
        [
            EntryPoint(name="theirs", value="harness.scorers.match:ExactMatch", group=registry.GROUP),
            EntryPoint(name="junk", value="json:dumps", group=registry.GROUP),
        ]
    )
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: offered.select(group=group))
    assert by_name("theirs") is ExactMatch
    with pytest.raises(UsageError, match="json:dumps, offered as scorer 'junk', is no subclass"):
        by_name("junk")
