"""`bakeoff compare`: what became better or worse since another run, regressions first."""

from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import completing, screen
from harness.cli.manner import MANNER, listed, tell
from harness.cli.options import HERE, AsJson, Folder, RunName, Runs, names, run_folder
from harness.core.wording import worded
from harness.errors import NO_CANDIDATE_PASSES, UsageError

if TYPE_CHECKING:
    from harness.core.comparison import Comparison
    from harness.core.estimates import Estimate

SHOWN = 5
"""Samples of a candidate that are listed; `--json` has all."""


def register(app: typer.Typer) -> None:
    app.command("compare")(compare)


def compare(
    base: RunName,
    others: Annotated[
        list[str], typer.Argument(metavar="RUN...", help="One or more runs since.", autocompletion=completing.runs)
    ],
    rename: Annotated[
        str | None, typer.Option("--rename", metavar="OLD=NEW,...", help="Candidates that have another name since.")
    ] = None,
    folder: Folder = HERE,
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Compare candidates with themselves in another run, sample by sample; ends with 1 where one is worse for sure."""
    from harness import pipeline

    paths = [run_folder(name, folder, runs) for name in (base, *others)]
    if not rename and (same := [path for path in paths[1:] if path.resolve() == paths[0].resolve()]):
        raise UsageError(
            worded("{run} is the same run as the first, so nothing of it could differ", run=same[0].name),
            hint=worded("name another run, or candidates of it to compare: --rename old=new"),
        )
    comparisons, left_out = pipeline.compare(paths[0], paths[1:], renamed=_renamed(rename))
    if as_json:
        screen.document({"comparisons": comparisons, "left_out": left_out})
    else:
        _show(comparisons)
        for line in left_out:
            screen.say(tell("compare.left_out", what=line))
    if any(it.regressed for it in comparisons):
        raise typer.Exit(NO_CANDIDATE_PASSES)


def _renamed(text: str | None) -> dict[str, str]:
    pairs = [part.partition("=") for part in names(text)]
    if wrong := [f"{old}{sign}{new}" for old, sign, new in pairs if not (old and new)]:
        raise UsageError(
            worded("--rename takes old=new pairs, not {pair!r}", pair=wrong[0]), hint="--rename haiku=haiku-5"
        )
    return {old.strip(): new.strip() for old, _, new in pairs}


def _show(comparisons: "tuple[Comparison, ...]") -> None:
    from harness.report import numbers
    from harness.report.closing import estimate_text
    from harness.report.columns import table

    language = MANNER.get().language

    def row(it: "Comparison") -> list[str]:
        told = it.quality.difference
        difference = estimate_text(told, language) if told.value is None else numbers.signed(told.value)
        if told.low is not None and told.high is not None:
            difference += f" [{numbers.signed(told.low)}, {numbers.signed(told.high)}]"
        was, now = it.estimates["quality"]
        verdict = tell("compare.worse" if it.regressed else "compare.better" if it.improved else "compare.same")
        p = "–" if it.quality.p_holm is None else numbers.p_value(it.quality.p_holm)
        return [
            it.slot,
            it.candidate,
            it.after,
            estimate_text(was, language),
            estimate_text(now, language),
            difference,
            p,
            verdict,
        ]

    heads = [tell(f"compare.{head}") for head in ("slot", "candidate", "run", "before", "since", "difference", "p")]
    for line in table([*heads, ""], [row(it) for it in comparisons], wide=screen.table_columns(), keys=3):
        screen.say(line)
    for it in comparisons:
        screen.say()
        counts = {"worse": len(it.worse), "better": len(it.better)}
        screen.say(tell("compare.samples", candidate=it.candidate, slot=it.slot, **counts))
        for run, stop in it.stopped.items():
            screen.say(tell("compare.stopped", run=run, samples=stop.samples, planned=stop.planned))
        for change in it.worse[:SHOWN]:
            ends = {"before": f"{change.before:.2f}", "after": f"{change.after:.2f}"}
            screen.say(tell("compare.sample", sample=change.sample, **ends))
        for metric, (was, now) in it.estimates.items():
            if metric != "quality" and was.value is not None and now.value is not None:
                ends = {"before": estimate_text(was, language), "after": estimate_text(now, language)}
                screen.say(tell("compare.metric", metric=metric, **ends) + _times(it.ratios.get(metric)))
        if any(map(_moved, it.ratios.values())):
            screen.say(tell("compare.load"))
        if it.differs:
            screen.say(tell("compare.differs", what=listed([tell(f"compare.differs.{name}") for name in it.differs])))


def _moved(ratio: "Estimate") -> str | None:
    """Return whether a metric is `more` or `less` for sure."""
    if ratio.low is None or ratio.high is None:
        return None
    return "more" if ratio.low > 1.0 else "less" if ratio.high < 1.0 else None


def _times(ratio: "Estimate | None") -> str:
    """Return by what factor a metric has changed; nothing where no interval tells."""
    if ratio is None or ratio.value is None or ratio.low is None or ratio.high is None:
        return ""
    ends = {name: _factor(x) for name, x in (("times", ratio.value), ("low", ratio.low), ("high", ratio.high))}
    return tell("compare.times", verdict=tell(f"compare.{_moved(ratio) or 'same'}"), **ends)


def _factor(times: float) -> str:
    """Return it with so many digits that what is not 1 does not read as 1."""
    from harness.report import numbers

    return numbers.significant(times, 3 if times == 1.0 or float(f"{times:.2e}") != 1.0 else 5)
