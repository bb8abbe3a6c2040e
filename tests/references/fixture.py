"""Write a fixture: what a reference said, its versions, and a hash of it all. Imports nothing of the project."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def write(name: str, content: Mapping[str, Any], *, packages: Iterable[str]) -> None:
    """Write `content` to NAME.json beside this file, one case a line."""
    versions = {package: version(package) for package in sorted(packages)}
    whole = {"versions": versions, **content}
    lines = [f" {json.dumps(key)}: {_spelt(value)}" for key, value in {"sha256": digest(whole), **whole}.items()]
    (HERE / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def load(name: str) -> dict[str, Any]:
    """Read a fixture; ValueError where it is not as it was written."""
    whole: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    if digest({key: value for key, value in whole.items() if key != "sha256"}) != whole["sha256"]:
        raise ValueError(f"{name}.json was changed by hand: run make references")
    return whole


def digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _spelt(value: Any) -> str:
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"  {json.dumps(item, ensure_ascii=False)}" for item in value) + "\n ]"
    return json.dumps(value, ensure_ascii=False)
