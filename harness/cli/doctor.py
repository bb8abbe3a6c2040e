"""`bakeoff doctor`: what is installed here, and how well this machine measures."""

from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

import typer

from harness.cli import screen
from harness.cli.manner import listed, tell
from harness.cli.options import HERE, AsJson, Folder

if TYPE_CHECKING:
    from harness.core.manifest import Calibration
    from harness.execute.doctor import Checkup


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Show versions and engines, and measure the measuring against a server of known latency; takes half a minute."""
    from harness import pipeline

    screen.note(tell("doctor.measuring"))
    found = pipeline.examine(folder)
    if as_json:
        screen.document(found)
        return
    for line in _lines(found):
        screen.say(line)


def _lines(found: "Checkup") -> list[str]:
    from harness.report.columns import table

    absent = [name for name, installed in found.engines.items() if not installed]
    engines = {"n": len(found.engines) - len(absent), "all": len(found.engines), "engines": listed(absent)}
    heads = [tell(f"doctor.{head}") for head in ("in_flight", "bias", "client", "streams", "untrusted")]
    rows = [_row(calibration) for calibration in found.calibrations]
    return [
        listed([f"{name} {version}" for name, version in found.versions.items()]),
        tell("doctor.engines.missing" if absent else "doctor.engines", **engines),
        tell("doctor.clock", step=f"{found.clock_step_ns:g}", drift=f"{found.clock_drift_ms:.2f}"),
        tell("doctor.loop", lag=f"{found.lag_ms:.1f}", flush=f"{found.flush_ms:.1f}"),
        "",
        *table(heads, rows, right=range(len(heads)), wide=screen.table_columns()),
        "",
        *_advice(found.calibrations),
        *(
            tell("doctor.tells", n=of.in_flight, bias=f"{abs(of.bias_ms):.1f}")
            for of in found.calibrations[-1:]
            if not of.untrusted  # of what it could not time it tells nothing apart
        ),
    ]  # fmt: skip


def _row(of: "Calibration") -> list[str]:
    client = tell("not_measured") if of.client_bias_ms is None else f"{of.client_bias_ms:.0f} ms"
    return [
        str(of.in_flight),
        f"{of.bias_ms:.1f} / {of.worst_ms:.1f} ms",
        client,
        f"{of.streams_per_s:.0f}",
        tell("doctor.of", untrusted=of.untrusted, streams=of.streams),
    ]


def _advice(calibrations: "Sequence[Calibration]") -> list[str]:
    """Return how many calls at once this machine can time, where it could not time them all; from few to many."""
    if not any(of.untrusted for of in calibrations):
        return []
    able = [of.in_flight for of in takewhile(lambda of: not of.untrusted, calibrations)]
    fix = tell("doctor.busy.fix", n=able[-1]) if able else tell("doctor.busy.end")
    return [tell("doctor.busy"), fix]
