"""Whose answers name another model than was asked, a stage's included."""

from dataclasses import replace
from pathlib import Path

from harness.core.calls import Output, Role
from harness.core.candidates import Candidate, Stage
from harness.core.canonical import to_json
from harness.core.decision import Echo
from harness.store.echoes import echoes
from harness.store.ledger import Ledger
from tests.store.nouns import call, manifest, record, samples
from tests.store.test_ledger import do


def model(name: str, asked: str) -> Candidate:
    return Candidate(name=name, model=asked, modalities=frozenset({"text"}))


TRUE, FALSE, MIXED = (model(name, "openai/good") for name in ("true", "false", "mixed"))
THINKS = Stage(name="think", candidate=model("thinker", "openai/deep"), input="")
CHAIN = replace(model("chain", "cascade/thinker"), stages=(THINKS,))


def test_a_name_that_was_not_asked_for_is_counted(tmp_path: Path) -> None:
    config = {**manifest().config, "candidates": to_json([TRUE, FALSE, MIXED, CHAIN])}  # type: ignore[dict-item]
    told = {"true": ["good", "good-2026-01-01"], "false": ["bad", "worse", "worse"], "mixed": ["good", "bad"]}
    answers = [
        (call(f"{name}-{i}", candidate=name), said) for name, names in told.items() for i, said in enumerate(names)
    ]
    whole = call("chain", candidate="chain")
    stage = replace(call("stage", candidate="thinker"), role=Role.STAGE, stage="think", part_of="chain")
    planned = [*(asked for asked, _ in answers), whole]
    with Ledger.create(tmp_path, replace(manifest(), config=config), samples(), planned) as ledger:
        assert echoes(ledger) == (), "nobody has answered yet"
        do(ledger.add_stage(stage))
        came = [*answers, (stage, "shallow")]
        do(*(ledger.commit(record(asked, outcome=Output(text="4", model=said))) for asked, said in came))
        assert echoes(ledger) == (
            Echo(candidate="false", asked="openai/good", model="worse", answers=3, of=3),
            Echo(candidate="mixed", asked="openai/good", model="bad", answers=1, of=2),
            Echo(candidate="chain", asked="openai/deep", model="shallow", answers=1, of=1),
        )
