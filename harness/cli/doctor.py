"""`bakeoff doctor`: what is installed here, and how well this machine measures."""

from typing import TYPE_CHECKING

import typer

from harness.cli import screen
from harness.cli.options import HERE, AsJson, Folder

if TYPE_CHECKING:
    from harness.core.manifest import Calibration
    from harness.execute.doctor import Checkup


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Show versions and engines, and measure the measuring against a server of known latency; takes half a minute."""
    from harness import pipeline

    screen.note("Measuring this machine against a server of known latency ...")
    found = pipeline.examine(folder)
    if as_json:
        screen.document(found)
        return
    for line in _lines(found):
        screen.say(line)


def _lines(found: "Checkup") -> list[str]:
    absent = [name for name, installed in found.engines.items() if not installed]
    return [
        ", ".join(f"{name} {version}" for name, version in found.versions.items()),
        f"Embedded engines: {len(found.engines) - len(absent)} of {len(found.engines)} installed."
        + (f" Missing: {', '.join(absent)}: bakeoff fetch" if absent else ""),
        f"Clock: steps of {found.clock_step_ns:g} ns; wall and monotonic clock parted by {found.clock_drift_ms:.2f} ms"
        " in a second.",
        f"An idle event loop was late by at most {found.lag_ms:.1f} ms; a record is safe on the disk after"
        f" {found.flush_ms:.1f} ms.",
        "",
        "| in flight | first token late by, mean / worst | the client library's own, mean | streams a second |"
        " not trusted |",
        "|---:|---:|---:|---:|---:|",
        *(_row(calibration) for calibration in found.calibrations),
        "",
        *(_sentence(calibration) for calibration in found.calibrations[-1:]),
    ]


def _row(of: "Calibration") -> str:
    client = "not measured" if of.client_bias_ms is None else f"{of.client_bias_ms:.0f} ms"
    return (
        f"| {of.in_flight} | {of.bias_ms:.1f} / {of.worst_ms:.1f} ms | {client} | {of.streams_per_s:.0f} |"
        f" {of.untrusted} of {of.streams} |"
    )


def _sentence(of: "Calibration") -> str:
    return (
        f"With {of.in_flight} calls in flight, this machine as it is now tells first tokens apart that differ by more"
        f" than {abs(of.bias_ms):.1f} ms. Each run measures this again, and keeps it."
    )
