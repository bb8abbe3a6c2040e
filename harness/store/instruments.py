"""Who competes with the model that measures it: such a table must say so."""

from typing import Any

from harness.core.candidates import Candidate
from harness.core.canonical import from_json
from harness.core.decision import SelfMeasured
from harness.store.ledger import Ledger

MEASURED = """
    SELECT DISTINCT sample.suite, sample.task, plan.instrument FROM plan JOIN sample ON sample.id = plan.sample
    WHERE plan.role = 'instrument' ORDER BY plan.instrument
"""
ASKED = """
    SELECT DISTINCT sample.suite, sample.task, plan.candidate FROM plan JOIN sample ON sample.id = plan.sample
    WHERE plan.role = 'answer' ORDER BY plan.candidate
"""


def self_measured(ledger: Ledger) -> dict[str, tuple[SelfMeasured, ...]]:
    """Return slot → the candidates in it that are, or have as a stage, a model that measures answers of the slot."""
    config: Any = ledger.manifest().config
    slots = {(suite["name"], task["name"]): task["slot"] for suite in config["suites"] for task in suite["tasks"]}
    serving = {name: from_json(Candidate, document) for name, document in config.get("instruments", {}).items()}
    candidates = {document["name"]: from_json(Candidate, document) for document in config.get("candidates", ())}
    measuring = dict.fromkeys((slots[suite, task], name) for suite, task, name in ledger.query(MEASURED))
    asked = dict.fromkeys((slots[suite, task], name) for suite, task, name in ledger.query(ASKED))
    found: dict[str, tuple[SelfMeasured, ...]] = {}
    for slot, instrument in measuring:
        model = serving[instrument]
        for where, name in asked:
            if where == slot and any(_same(model, own) for own in candidates[name].models):
                mine = SelfMeasured(candidate=name, instrument=instrument, model=model.name)
                found[slot] = (*found.get(slot, ()), mine)
    return found


def _same(one: Candidate, other: Candidate) -> bool:
    """Whether two are one model at one address, whatever their parameters."""
    return (one.model, one.base_url) == (other.model, other.base_url)
