"""The editors' schemas say what the loader says."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from harness.config.paths import shipped
from harness.config.schema import schemas, write
from tests.config.conftest import PROVIDERS


def errors(name: str, data: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(schemas()[name]).iter_errors(data)]


@pytest.mark.parametrize(("file", "of"), [("bakeoff", "bakeoff"), ("bakeoff-full", "bakeoff"), ("providers",) * 2])
def test_the_shipped_files_conform(file: str, of: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schemas()[f"{of}.schema.json"])
    assert errors(f"{of}.schema.json", yaml.safe_load((shipped() / f"{file}.yaml").read_text())) == []


def test_a_proxy_file_conforms() -> None:
    data = yaml.safe_load(PROVIDERS) | {"litellm_settings": {"drop_params": True}, "guardrails": []}
    assert errors("providers.schema.json", data) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bakeoff.schema.json", {}),
        ("bakeoff.schema.json", {"suites": ["a"], "wieghts": 1}),
        ("bakeoff.schema.json", {"suites": [{"name": "a", "modality": "txt", "data": "b"}]}),
        ("bakeoff.schema.json", {"suites": ["a"], "run": {"budget_usd": "1"}}),
        ("bakeoff.schema.json", {"suites": [{"suite": "a", "limit": 0}]}),
        ("providers.schema.json", {"model_list": [{"model_name": "a"}]}),
        ("providers.schema.json", {"model_list": [{"model_name": "a", "litellm_params": {"model": "b"}, "bakeof": 1}]}),
    ],
)
def test_what_the_loader_refuses_an_editor_marks(name: str, data: Any) -> None:
    assert errors(name, data)


def test_writing_is_reproducible(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write(tmp_path)]
    assert [path.read_bytes() for path in write(tmp_path)] == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bakeoff.schema.json", "providers.schema.json"]


def test_the_schemas_in_docs_are_those_of_today(tmp_path: Path) -> None:
    committed = Path(__file__).parents[2] / "docs" / "schemas"
    for path in write(tmp_path):
        assert (committed / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), "make schemas"
