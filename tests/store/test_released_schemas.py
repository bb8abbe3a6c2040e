"""A store of every released schema version opens and yields the numbers that it yielded then.

`fixtures/vN/run.db` was written by the code of schema N; `numbers.json` is what that code decided from it. A new schema
adds a folder; an old one never changes.
"""

import json
import math
import shutil
from pathlib import Path

import pytest

from harness import pipeline
from harness.core.calls import Role
from harness.store.ledger import DATABASE, Ledger
from harness.store.schema import MIGRATIONS

FIXTURES = Path(__file__).parent / "fixtures"
VERSIONS = range(1, len(MIGRATIONS) + 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_store_of_a_released_version_says_what_it_said(tmp_path: Path, version: int) -> None:
    then = FIXTURES / f"v{version}"
    shutil.copy(then / DATABASE, tmp_path / DATABASE)
    with Ledger.open(tmp_path, write=True) as ledger:
        assert ledger.query("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert len(list(ledger.records(Role.ANSWER))) == 8
        assert ledger.pending(Role.ANSWER) == []
    assert (tmp_path / f"{DATABASE}.bak-v{version}").exists() is (version < len(MIGRATIONS))
    (decision,) = pipeline.decide(tmp_path)
    numbers = json.loads((then / "numbers.json").read_text())
    now = {name: {e.metric: e.value for e in estimates} for name, estimates in decision.estimates.items()}
    assert now.keys() == numbers.keys()
    for name, metrics in numbers.items():
        for metric, value in metrics.items():
            found = now[name][metric]
            assert found == value or (found is not None and value is not None and math.isclose(found, value)), metric
