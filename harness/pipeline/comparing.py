"""Compare: what became of the candidates from one run to others."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from harness.core.canonical import digest, from_json
from harness.core.stopping import StopRule
from harness.core.suggest import did_you_mean
from harness.core.wording import worded
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.core.comparison import Comparison
    from harness.metrics.comparing import Frames


def compare(
    base: Path, others: Sequence[Path], *, renamed: Mapping[str, str]
) -> "tuple[tuple[Comparison, ...], tuple[str, ...]]":
    """Compare each of `others` with `base`, candidate by candidate; also return what cannot be compared, and why.

    `renamed`: name in the base → name in the others. Suites that ask something else in two runs, or judge otherwise,
    are left out: that is no change of the candidate. UsageError where nothing at all can be compared, or the base has
    no such candidate.
    """
    from harness.metrics.comparing import compare as compare_pair
    from harness.metrics.comparing import corrected

    then, before = _read(base)
    asked = list(dict.fromkeys(before.calls["candidate"]))
    for name in renamed:
        if name not in asked:
            raise UsageError(
                worded("{run} has no candidate {name!r}", run=base.name, name=name),
                hint=did_you_mean(name, asked),
            )
    found: list[Comparison] = []
    left_out: list[str] = []
    for path in others:
        now, after = _read(path)
        changed = {name: why for name in then.keys() & now.keys() if (why := _changed(then[name], now[name]))}
        left_out += [
            worded("suite {name} {why} in {run}", name=name, why=why, run=path.name)
            for name, why in sorted(changed.items())
        ]
        pair = [_without(frames, changed) for frames in (before, after)]
        for slot in dict.fromkeys(pair[0].calls["slot"]):
            for both in ((name, renamed.get(name, name)) for name in asked):
                it = compare_pair(*pair, slot=slot, candidates=both)
                if it is not None:
                    found.append(it)
                elif _is_in(pair[0], slot, both[0]):
                    left_out.append(
                        worded("{name} shares no sample of {slot} with {run}", name=both[1], slot=slot, run=path.name)
                    )
        new = set(after.calls["candidate"]) - {renamed.get(name, name) for name in asked}
        left_out += [worded("{name} is new in {run}", name=name, run=path.name) for name in sorted(new)]
    if not found:
        raise UsageError(
            worded(
                "{run} shares no candidate with the same samples with {others}",
                run=base.name,
                others=[path.name for path in others],
            ),
            hint=worded("--rename old=new compares a candidate with another"),
        )
    return corrected(found), tuple(left_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suite:
    """What makes two runs of a suite the same."""

    asked: str
    judged: str


def _changed(then: _Suite, now: _Suite) -> str:
    if then.asked != now.asked:
        return worded("asks something else")
    return "" if then.judged == now.judged else worded("is judged otherwise")


def _is_in(frames: "Frames", slot: str, candidate: str) -> bool:
    return bool(((frames.calls["slot"] == slot) & (frames.calls["candidate"] == candidate)).any())


def _read(folder: Path) -> "tuple[dict[str, _Suite], Frames]":
    from harness.metrics.comparing import Frames
    from harness.store.frames import calls_frame, scores_frame
    from harness.store.ledger import Ledger

    with Ledger.open(folder, write=False) as ledger, ledger.snapshot():
        calls, scores = calls_frame(ledger), scores_frame(ledger)
        manifest, samples = ledger.manifest(), ledger.samples()
    config = cast(dict[str, Any], manifest.config)
    rule = from_json(StopRule, config.get("settings", {}).get("stop", {}))
    settings, environment = config.get("settings", {}), manifest.environment
    circumstances = {
        "machine": " ".join(environment.get(key, "") for key in ("machine", "platform")),
        "in_flight": str(settings.get("max_in_flight", "")),
    }
    frames = Frames(
        run=folder.name,
        calls=calls,
        scores=scores,
        stops=manifest.stops,
        rule=rule,
        resolution_ms=manifest.resolution_ms,
        circumstances=circumstances if manifest.imported is None else {},
        prices={c["name"]: digest(_charged(c)) for c in config["candidates"]},
    )
    suites = {}
    for name, asked in manifest.suites.items():
        judged = [
            {at: signature for at, signature in manifest.scorers.items() if at.startswith(f"{name}/")},
            [task["primary"] for suite in config["suites"] if suite["name"] == name for task in suite["tasks"]],
            [[s.task, s.sample.id, s.sample.target] for s in samples if s.suite == name],
            {role: instrument["model"] for role, instrument in config["instruments"].items()},
        ]
        suites[name] = _Suite(asked=asked, judged=digest(judged))
    return suites, frames


def _charged(candidate: Mapping[str, Any]) -> list[Any]:
    """Return what is charged for a candidate and its stages, wherever and whenever that was read."""
    prices = candidate.get("prices") or {}
    stages = [_charged(stage["candidate"]) for stage in candidate.get("stages") or ()]
    return [prices.get("usd"), prices.get("off_peak"), candidate.get("machine"), stages]


def _without(frames: "Frames", suites: Collection[str]) -> "Frames":
    return replace(frames, calls=frames.calls[~frames.calls["suite"].isin(list(suites))])
