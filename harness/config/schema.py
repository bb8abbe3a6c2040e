"""JSON Schemas of bakeoff.yaml and providers.yaml, for editors; made of the models that check the files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.config.models import PASSED_OVER, BakeoffFile, ProvidersFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> Mapping[str, dict[str, Any]]:
    """Return file name → JSON Schema (draft 2020-12)."""
    providers = ProvidersFile.model_json_schema()
    for key in PASSED_OVER:
        providers["properties"][key] = {"description": "LiteLLM's proxy's own; passed over"}
    return {
        "bakeoff.schema.json": {"$schema": DIALECT, **BakeoffFile.model_json_schema(), "title": "bakeoff.yaml"},
        "providers.schema.json": {"$schema": DIALECT, **providers, "title": "providers.yaml"},
    }


def write(folder: Path) -> tuple[Path, ...]:
    """Write the schemas into `folder`, byte for byte the same each time; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, schema in schemas().items():
        path = folder / name
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
        paths.append(path)
    return tuple(paths)
