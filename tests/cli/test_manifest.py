"""The manifest of a run: what may change afterwards, and what is another question."""

from dataclasses import replace
from decimal import Decimal

import pytest

from harness.core.candidates import Machine
from harness.core.runs import Bakeoff
from harness.core.suites import Suite
from harness.execute.manifest import changed_suites, changes, manifest, rejudged
from tests.execute.bakeoffs import embedded, voices

ASKED = voices(embedded("kokoro", "tts"))
STORED = manifest(ASKED, run_id="r", started="2026-01-01T00:00:00+00:00", selection=None)


def samples(**changed: object) -> Bakeoff:
    """Return the bake-off with its samples changed."""
    (suite,) = ASKED.suites
    (task,) = suite.tasks
    loaded = tuple(replace(sample, **changed) for sample in task.loaded)  # type: ignore[arg-type]
    return replace(ASKED, suites=(replace(suite, tasks=[replace(task, samples=loaded)]),))


def unjudged(suite: Suite) -> Suite:
    return replace(suite, tasks=[replace(task, scorers=()) for task in suite.tasks])


@pytest.mark.parametrize(
    ("now", "said"),
    [
        pytest.param(ASKED, [], id="the same"),
        pytest.param(
            replace(ASKED, instruments={**ASKED.instruments, "transcriber": embedded("other", "transcription")}),
            ["instrument 'transcriber'"],
            id="instrument",
        ),
        pytest.param(replace(ASKED, instruments={}, suites=tuple(map(unjudged, ASKED.suites))), [], id="no scorers"),
        pytest.param(
            replace(ASKED, instruments={**ASKED.instruments, "judge": embedded("j", "text")}), [], id="one more"
        ),
        pytest.param(replace(ASKED, epochs=3), ["epochs: 1 then, 3 now"], id="epochs"),
        pytest.param(replace(ASKED, candidates=(embedded("espeak", "tts"),)), ["espeak", "kokoro"], id="candidate"),
        pytest.param(
            replace(ASKED, candidates=(replace(ASKED.candidates[0], machine=Machine(usd_per_hour=Decimal(9))),)),
            [],
            id="price",
        ),
        pytest.param(samples(target="another"), [], id="target"),
        pytest.param(samples(input="another"), [f"suite '{ASKED.suites[0].name}'"], id="input"),
        pytest.param(samples(files=("a.png",)), [f"suite '{ASKED.suites[0].name}'"], id="files"),
        pytest.param(samples(metadata={"lang": "fr"}), [f"suite '{ASKED.suites[0].name}'"], id="metadata"),
    ],
)
def test_only_another_question_is_a_change(now: Bakeoff, said: list[str]) -> None:
    found = changes(STORED, now)
    assert len(found) == len(said)
    assert all(words in line for words, line in zip(said, found, strict=True))


def test_whom_is_asked_is_no_matter_of_the_suites() -> None:
    assert changed_suites(STORED, replace(ASKED, candidates=(), instruments={}, epochs=9)) == []
    assert changed_suites(STORED, samples(input="another")) == [f"suite '{ASKED.suites[0].name}'"]


def test_judging_anew_changes_nothing_that_was_asked() -> None:
    judge = embedded("j", "text")
    now = replace(
        ASKED,
        suites=tuple(map(unjudged, ASKED.suites)),
        instruments={"judge": judge, "transcriber": embedded("other", "transcription")},
        seed=9,
    )
    anew = rejudged(STORED, now)
    assert anew.scorers == {}
    assert replace(anew, scorers=STORED.scorers, config=STORED.config) == STORED
    was, has = STORED.config, anew.config
    assert isinstance(was, dict)
    assert isinstance(has, dict)
    assert {key for key in was if was[key] != has[key]} == {"suites", "instruments"}
    assert set(has["instruments"]) == {*ASKED.instruments, "judge"}  # type: ignore[arg-type]
    assert has["instruments"]["transcriber"] == was["instruments"]["transcriber"]  # type: ignore[index,call-overload]
