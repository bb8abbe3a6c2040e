"""Festival, Debian's: a statistical voice of CMU's, by hidden Markov models."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.local.programs import Voice


def load(files: Mapping[str, Path], *, threads: int) -> Voice:
    """Find the program with its voice; it has one thread."""
    del files, threads
    return Voice(_command, ("cmu_us_slt_arctic_hts",))


def _command(voice: str, speed: float, text: Path, clip: Path) -> Sequence[str]:
    # a voice of Markov models has durations of its own: Festival's Duration_Stretch does not reach them
    rate = f'(set! hts_engine_params (append hts_engine_params \'(("-r" {speed}))))'
    return ("text2wave", "-eval", f"(voice_{voice})", "-eval", rate, "-o", str(clip), str(text))
