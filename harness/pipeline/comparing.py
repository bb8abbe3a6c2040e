"""Compare: what became of the candidates from one run to others."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.core.comparison import Comparison
    from harness.core.manifest import Manifest
    from harness.metrics.comparing import Frames


def compare(
    base: Path, others: Sequence[Path], *, renamed: Mapping[str, str]
) -> "tuple[tuple[Comparison, ...], tuple[str, ...]]":
    """Compare each of `others` with `base`, candidate by candidate; also return what cannot be compared, and why.

    `renamed`: name in the base → name in the others. Suites that ask something else in two runs are left out.
    UsageError where nothing at all can be compared.
    """
    from harness.metrics.comparing import compare as compare_pair
    from harness.metrics.comparing import corrected

    then, before = _read(base)
    found: list[Comparison] = []
    left_out: list[str] = []
    for path in others:
        now, after = _read(path)
        changed = sorted(
            name for name in then.suites.keys() & now.suites.keys() if then.suites[name] != now.suites[name]
        )
        left_out += [f"suite {name} asks something else in {path.name}" for name in changed]
        pair = [_without(frames, changed) for frames in (before, after)]
        names = [(name, renamed.get(name, name)) for name in dict.fromkeys(pair[0].calls["candidate"])]
        for slot in dict.fromkeys(pair[0].calls["slot"]):
            found += [it for both in names if (it := compare_pair(*pair, slot=slot, candidates=both)) is not None]
        compared = {it.candidate for it in found if it.after == path.name}
        lost = [name for _, name in names if name not in compared]
        left_out += [f"{name} and {path.name} share no sample" for name in lost]
    if not found:
        raise UsageError(
            f"{base.name} shares no candidate with the same samples with {', '.join(path.name for path in others)}",
            hint="--rename old=new compares a candidate with another",
        )
    return corrected(found), tuple(left_out)


def _read(folder: Path) -> "tuple[Manifest, Frames]":
    from harness.metrics.comparing import Frames
    from harness.store.frames import calls_frame, scores_frame
    from harness.store.ledger import Ledger

    with Ledger.open(folder, write=False) as ledger, ledger.snapshot():
        return ledger.manifest(), Frames(run=folder.name, calls=calls_frame(ledger), scores=scores_frame(ledger))


def _without(frames: "Frames", suites: Sequence[str]) -> "Frames":
    from dataclasses import replace

    return replace(frames, calls=frames.calls[~frames.calls["suite"].isin(suites)])
