"""Sinks: whatever a process says, and by whichever way, no secret is in it."""

import subprocess
import sys
from pathlib import Path

import pytest

KEY = "canary-4711-secret"

GUARDED = f"""
import asyncio, logging, sys, threading, warnings
from harness.core.redaction import Redactor
from harness.sinks import guard

early = logging.StreamHandler()  # made before: holds a stream of its own
key = {KEY!r}
guard(Redactor(["another-secret"]))
guard(Redactor([key]))
"""

WAYS = {
    "result": "print('marker', key)",
    "lines": "sys.stdout.writelines(['marker ', key[:9], key[9:]])",
    "error stream": "sys.stderr.write(f'marker {key}')",
    "crash": "raise ValueError(f'marker {key}')",
    "crash with a cause": "raise ValueError('marker') from RuntimeError(key)",
    "thread": "t = threading.Thread(target=lambda: {}[f'marker {key}']); t.start(); t.join()",
    "collector": "class Loud:\n    def __del__(self): raise ValueError(f'marker {key}')\nLoud()",
    "warning": "warnings.warn(f'marker {key}')",
    "task that nobody awaits": (
        "async def fails(): raise ValueError(f'marker {key}')\n"
        "async def main():\n    t = asyncio.create_task(fails()); await asyncio.sleep(0); del t\n"
        "asyncio.run(main())"
    ),
    "third party's logger": "logging.getLogger('third.party').error('marker %s %r', key, {'headers': key})",
    "handler of its own": (
        "log = logging.getLogger('own'); log.propagate = False; log.addHandler(early); log.error('marker %s', key)"
    ),
    "log file": "logging.basicConfig(filename='a.log'); logging.error('marker %s', key)",
    "traceback in a log file": (
        "logging.basicConfig(filename='a.log')\n"
        "try:\n    {}[key]\nexcept KeyError:\n    logging.exception('marker', stack_info=True, extra={'x': 1})"
    ),
    "log call that is wrong": "logging.error('marker %s %s', key)",
}


@pytest.mark.parametrize("way", WAYS)
def test_no_way_out_shows_a_secret(way: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GUARDED + WAYS[way]], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    said = done.stdout + done.stderr + "".join(path.read_text() for path in tmp_path.iterdir())
    assert "marker" in said
    assert "[redacted]" in said
    assert KEY not in said


def test_what_looks_like_a_key_is_cleaned_from_what_is_said_about_the_work_but_not_from_results(tmp_path: Path) -> None:
    code = GUARDED + "for stream in (sys.stdout, sys.stderr): print('sk-abcDEF1234567890', file=stream)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("sk-abcDEF1234567890\n", "[redacted]\n")
