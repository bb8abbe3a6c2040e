"""Published or library-made numbers that the formulas are held against."""

import json
from pathlib import Path
from typing import Any


def oracle(name: str) -> Any:
    """Return the oracle of this name: inputs, results, and what produced them."""
    return json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))
