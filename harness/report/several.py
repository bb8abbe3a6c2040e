"""What several people make of one table, side by side, as lines of Markdown. Pure."""

from collections.abc import Iterator

from harness.core.decision import Decision
from harness.core.rules import Elicitation, Profile, Weighing
from harness.report import numbers
from harness.report.columns import table

SAID = {
    Elicitation.POINTS: "points",
    Elicitation.SWING: "swing",
    Elicitation.ORDER: "order of importance",
    Elicitation.AHP: "pairs (AHP)",
}


def view_lines(decision: Decision) -> Iterator[str]:
    """Return a column for each profile of the rule, and what they make of it together; nothing where there is none."""
    if decision.rule.weighing is not None:
        yield f"The weights come from {weighing_text(decision.rule.weighing)}."
    views = decision.views
    if views is None:
        return
    yield "Each with weights of their own: score (rank). Nothing is averaged."
    yield ""
    heads = ["candidate", *(view.profile for view in views.views), "costs one of them at most"]
    rows = [
        [
            name,
            *(f"{numbers.fixed(view.scores[c], 3)} ({view.ranks[c]})" for view in views.views),
            numbers.fixed(views.regret[c], 3),
        ]
        for c, name in enumerate(views.candidates)
    ]
    yield from table(heads, rows)
    for profile in decision.rule.profiles or ():
        yield _weights(decision, profile)
    ours, theirs = decision.verdict.leader, views.views[0].leader
    if views.agreed:
        but = "" if theirs == ours else f" The weights that decide put {ours} first."
        yield f"They agree: {theirs} is first for each of them.{but}"
    else:
        choices = ", ".join(f"{view.profile} {view.leader}" for view in views.views)
        yield f"They do not agree. First for each: {choices}. {views.least_regret} costs the unhappiest of them least."


def weighing_text(weighing: Weighing) -> str:
    """Say how weights were found, by whom and when."""
    ratio = weighing.consistency_ratio
    parts = [
        SAID[weighing.method],
        None if ratio is None else f"consistency ratio {numbers.fixed(ratio, 3)}",
        weighing.by and f"by {weighing.by}",
        weighing.on and f"on {weighing.on}",
    ]
    return ", ".join(part for part in parts if part)


def _weights(decision: Decision, profile: Profile) -> str:
    criteria = zip(decision.rule.criteria, profile.weights, strict=True)
    shares = ", ".join(f"{criterion.name} {numbers.percent(weight)}" for criterion, weight in criteria)
    return f"  {profile.name}: {shares} ({weighing_text(profile.weighing)})"
