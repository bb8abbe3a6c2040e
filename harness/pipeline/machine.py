"""This machine: what is installed on it, and how well it measures."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.runs import Bakeoff
from harness.core.suggest import did_you_mean
from harness.core.wording import worded
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


def require_engines(bakeoff: Bakeoff, *, weights: bool = True) -> tuple["Engine", ...]:
    """UsageError, with the commands that install them, where engines are missing; before anything is paid.

    Without `weights`, who lacks nothing but those is there: they can be fetched, and are returned.
    """
    missing = missing_engines(bakeoff)
    if not missing:
        return ()
    from harness.local.fetch import hopeless, not_installed

    if refused := missing if weights else hopeless(missing):
        raise not_installed(*refused)
    return missing


def provide_engines(bakeoff: Bakeoff, say: Callable[[str], None], agree: Callable[[str], None] | None = None) -> None:
    """Fetch the weights that are missing; UsageError, as `require_engines`, where more than those is."""
    if missing := missing_engines(bakeoff):
        fetch_engines([engine.name for engine in missing], say=say, agree=agree)


def download_mb(engines: "Sequence[Engine]") -> float:
    """Return what fetching the engines would download."""
    from harness.local.fetch import download_mb as download

    return download(engines)


def examine(folder: Path) -> "Checkup":
    """Say what is installed on this machine and how well it measures, with one call in flight, 16 and 64."""
    import asyncio

    from harness.config.environment import read
    from harness.execute.doctor import examine as examine_machine

    return asyncio.run(examine_machine(folder, env=read(folder), in_flight=(1, 16, 64)))


def fetch_engines(
    names: Sequence[str], *, say: Callable[[str], None], agree: Callable[[str], None] | None = None
) -> None:
    """Install what is missing of the named engines, or of all; touches no network when nothing is."""
    from harness.local.catalog import ENGINES
    from harness.local.fetch import fetch, fitting, missing

    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise UsageError(
            worded("there is no embedded engine {name!r}", name=unknown[0]),
            hint=did_you_mean(unknown[0], sorted(ENGINES), cutoff=0.5),
        )
    wanted = missing(names or fitting())
    if wanted:
        fetch(wanted, say, agree=agree)
    else:
        say(worded("Every embedded engine that was asked for is installed."))
