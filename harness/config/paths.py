"""Where things lie: what the installation ships, and what a bake-off's folder holds."""

from pathlib import Path

import harness

BAKEOFF_FILE = "bakeoff.yaml"
FULL_FILE = "bakeoff-full.yaml"
"""Of the shipped folder alone: every modality."""
PROVIDERS_FILE = "providers.yaml"
TASKS_FOLDER = "tasks"


def shipped() -> Path:
    """Return the folder with the shipped tasks/ and providers.yaml: inside the wheel, else the repository's root."""
    package = Path(harness.__file__).parent
    inside = package / "_shipped"
    return inside if inside.is_dir() else package.parent
