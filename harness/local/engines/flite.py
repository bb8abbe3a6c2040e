"""Flite, Debian's: CMU's voices, joined from recorded pieces."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.local.programs import Voice


def load(files: Mapping[str, Path], *, threads: int) -> Voice:
    """Find the program; its voices are compiled into it, and it has one thread."""
    del files, threads
    return Voice(_command, ("slt", "awb", "rms", "kal16"))


def _command(voice: str, speed: float, text: Path, clip: Path) -> Sequence[str]:
    return ("flite", "-voice", voice, "--setf", f"duration_stretch={1 / speed}", "-f", str(text), "-o", str(clip))
