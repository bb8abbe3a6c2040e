"""The table of promises, the tests that it names and the mutations that prove them belong together."""

import ast
import re

import pytest

from tests.faults.mutate import ROOT
from tests.faults.mutations import MUTATIONS, Mutation

ROWS = range(1, 39)
TABLE = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d", line)
]


def exists(test: str) -> bool:
    """Whether pytest would find `file::name`."""
    file, _, name = test.partition("::")
    module = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in module.body)


def test_every_row_has_a_promise() -> None:
    assert [int(row[0]) for row in TABLE] == list(ROWS)
    assert all(len(row) == 5 and all(row) for row in TABLE)


@pytest.mark.parametrize("test", sorted({row[-1].strip("` ") for row in TABLE} | {m.test for m in MUTATIONS}))
def test_every_test_that_is_named_exists(test: str) -> None:
    assert exists(test)


def test_every_row_is_proven() -> None:
    assert {mutation.row for mutation in MUTATIONS} == set(ROWS)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: f"{mutation.row}: {mutation.guard.strip()[:50]}")
def test_every_guard_stands_once_in_its_file(mutation: Mutation) -> None:
    text = (ROOT / mutation.file).read_text(encoding="utf-8")
    assert text.count(mutation.guard) == 1
    ast.parse(text.replace(mutation.guard, mutation.becomes))
