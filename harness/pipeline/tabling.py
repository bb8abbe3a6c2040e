"""Decide between the options of a table; nothing is run, and nothing is written."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.pipeline.deriving import DRAWS

if TYPE_CHECKING:
    from harness.core.decision import Decision
    from harness.core.option_table import OptionTable, Priority

SEED = 0


def priorities(table: "OptionTable") -> "tuple[Priority, ...]":
    """Return RICE of the options, the most first; nothing where the rule names no columns of it."""
    from harness.decide.option_table import priorities

    return priorities(table, draws=DRAWS, seed=SEED)


def decide_table(
    path: Path, *, rule_file: Path | None = None, weights: Mapping[str, float] | None = None
) -> "tuple[OptionTable, Decision]":
    """Read the options of `path` and their rule, and decide as a run is decided.

    `weights` replace those of the rule by name. UsageError with every problem of both files.
    """
    from harness.config.option_table import load_table
    from harness.decide.option_table import decide_table
    from harness.decide.weights import reweighed

    table = load_table(path, rule_file)
    table = replace(table, rule=reweighed({table.rule.slot: table.rule}, weights or {})[table.rule.slot])
    return table, decide_table(table, draws=DRAWS, seed=SEED)
