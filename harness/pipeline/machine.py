"""This machine: what is installed on it, and how well it measures."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.runs import Bakeoff
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.execute.doctor import Checkup
    from harness.local.embedded import Engine


def missing_engines(bakeoff: Bakeoff) -> tuple["Engine", ...]:
    """Return the embedded engines that the bake-off needs and that are not installed."""
    local = {model.model.removeprefix("local/") for model in bakeoff.models if model.is_local}
    if not local:
        return ()
    from harness.local.fetch import missing

    return missing(sorted(local))


def require_engines(bakeoff: Bakeoff) -> None:
    """UsageError, with the command that installs them, where an engine is missing; before anything is paid."""
    from harness.local.fetch import not_installed

    if missing := missing_engines(bakeoff):
        raise UsageError([problem for engine in missing for problem in not_installed(engine).problems])


def examine(folder: Path) -> "Checkup":
    """Say what is installed on this machine and how well it measures, with one call in flight, 16 and 64."""
    import asyncio

    from harness.config.environment import read
    from harness.execute.doctor import examine as examine_machine

    return asyncio.run(examine_machine(folder, env=read(folder), in_flight=(1, 16, 64)))


def fetch_engines(names: Sequence[str], *, say: Callable[[str], None]) -> None:
    """Install what is missing of the named engines, or of all; touches no network when nothing is."""
    from harness.local.catalog import ENGINES
    from harness.local.fetch import fetch, fitting, missing

    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise UsageError(f"there is no embedded engine {unknown[0]!r}", hint=f"there are: {', '.join(sorted(ENGINES))}")
    wanted = missing(names or fitting())
    if wanted:
        fetch(wanted, say)
    else:
        say("Every embedded engine that was asked for is installed.")
