"""The sandbox as an engine: it runs what a model has written, checks it, and is asked like any other instrument."""

from collections.abc import Mapping
from pathlib import Path

from harness.local.engines import Job, Verdict
from harness.local.sandbox.jail import judge
from harness.local.sandbox.probes import demand_sandbox


class Executor:
    """Runs each program in a sandbox of its own."""

    def execute(self, job: Job) -> Verdict:
        """Return what came of the check; SandboxFault where nothing could be run."""
        return judge(job)


def load(files: Mapping[str, Path], *, threads: int) -> Executor:
    """Try to break out; UsageError E405 where that is possible, or where there is no sandbox."""
    del files, threads
    demand_sandbox()
    return Executor()
