"""Import: the logs of another tool as a run that is decided and reported like our own."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.wording import worded
from harness.errors import Problem, UsageError

if TYPE_CHECKING:
    from harness.core.calls import Record
    from harness.importers.files import Given
    from harness.store.ledger import Ledger

AT_ONCE = 500
"""Records that are handed to the ledger together."""
WORKS_ON_IT = ("bakeoff", "python", "numpy", "scipy", "pandas")
"""Parts of the environment whose version can change what is made of a log; nothing was measured here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was imported."""

    run: str
    """Its folder."""
    source: str
    candidates: tuple[str, ...]
    samples: int
    answers: int
    lost: int
    """Answers without an output."""
    scored: int
    """Answers with a primary score."""
    measured: tuple[str, ...]
    """Of quality, latency and cost."""
    notices: tuple[str, ...]


def import_logs(
    given: "Sequence[Given]", *, into: Path | None, runs: Path, folder: Path, primary: str | None = None
) -> Imported:
    """Write a run folder from the logs that were `given`, whole or not at all; nothing is sent.

    It is `into`, or a new one below `runs`. Exact secrets of the environment and of `folder`'s `.env` are taken out of
    answers, as from those of a run. UsageError with every problem of every log.
    """
    import asyncio
    import tempfile

    from harness.config.defaults import imported as rule_of
    from harness.config.environment import read as read_environment
    from harness.core.redaction import Redactor, secrets
    from harness.execute.manifest import environment
    from harness.importers import run
    from harness.importers.reading import read
    from harness.store.folders import create
    from harness.store.ledger import Ledger

    if into is not None and into.exists() and not (into.is_dir() and not any(into.iterdir())):
        raise UsageError(
            worded("{into} is there already, and an import makes a new folder", into=into),
            hint=worded("name another one"),
        )
    log = read(given, primary=primary)
    began = datetime.now(UTC)
    now = began.isoformat(timespec="seconds")
    kept = run.recorded(log, Redactor(secrets(read_environment(folder))), now=now)
    rule = rule_of(run.SLOT, kept.measured)
    if not rule.criteria:
        message = worded("nothing in it can be weighed: no score from 0 to 1, no time that can be trusted, no cost")
        raise UsageError([Problem(code="E602", message=message, file=next(iter(log.files)))])
    path = create(runs, f"{log.tool}-{began:%Y%m%d-%H%M%S}") if into is None else into.absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    here = {name: told for name, told in environment().items() if name in WORKS_ON_IT}
    manifest = run.manifest(log, kept, rule, run_id=path.name, environment=here)
    try:
        # a run is looked for one folder deep: until it is whole it lies deeper, also where this process is killed
        with tempfile.TemporaryDirectory(prefix=".importing-", dir=path.parent) as workshop:
            whole = Path(workshop) / path.name
            with Ledger.create(whole, manifest, kept.samples, (it.call for it in kept.records)) as ledger:
                asyncio.run(_commit(ledger, kept.records))
                ledger.replace_scores(kept.scores)
            whole.rename(path)  # an empty folder gives way
    except BaseException:
        if into is None:
            with suppress(OSError):
                path.rmdir()
        raise
    return Imported(
        run=str(path if into is None else into),
        source=log.source,
        candidates=tuple(candidate.name for candidate in log.candidates),
        samples=len(kept.samples),
        answers=len(kept.records),
        lost=kept.lost,
        scored=kept.scored,
        measured=tuple(run.MEASURES[metric] for metric in kept.measured),
        notices=run.notices(log, kept.measured),
    )


async def _commit(ledger: "Ledger", records: "Sequence[Record]") -> None:
    import asyncio

    for first in range(0, len(records), AT_ONCE):
        await asyncio.gather(*(ledger.commit(record) for record in records[first : first + AT_ONCE]))
