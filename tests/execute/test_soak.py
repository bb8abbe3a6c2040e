"""A thousand samples through the real stack: neither memory nor open files grow with the number of calls."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.alone


@pytest.mark.timeout(900)
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_a_thousand_samples() -> None:
    """In a process of its own: among what other tests have left, memory is taken from the system otherwise."""
    done = subprocess.run([sys.executable, "-m", "tests.execute.soak"], stdout=subprocess.PIPE, text=True, check=True)
    grown = json.loads(done.stdout)
    assert grown["kb_a_sample"] < 15, (
        "LiteLLM and the records of the soak keep some; what was sent and received is let go"
    )
    assert grown["files"] <= 5
