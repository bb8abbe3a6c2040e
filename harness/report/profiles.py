"""What the people whose weights a slot has make of its table, side by side, ready to be laid out."""

from dataclasses import dataclass

from harness.core.rules import Profile, Weighing
from harness.report.numbers import Number, fixed, number, number_id, percent
from harness.report.phrases import Phrase
from harness.report.slots import SlotEvidence
from harness.report.standing import Tag, tag


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileView:
    """A column."""

    name: str
    method: Phrase
    """How the weights were found, by whom and when."""
    weights: tuple[tuple[str, Number], ...]
    """Criterion and its weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRow:
    tag: Tag
    cells: tuple[Phrase, ...]
    """Score and rank, a cell for each profile."""
    regret: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilesView:
    profiles: tuple[ProfileView, ...]
    rows: tuple[ProfileRow, ...]
    said: Phrase
    """Whether they agree."""


def profiles(of: SlotEvidence) -> ProfilesView | None:
    """Return the profiles of a slot; None where it has none, or nobody competes."""
    views = of.decision.views
    if views is None:
        return None

    def shown(name: str, metric: str, value: float, text: str) -> Number:
        return number(value, text, id=number_id(of.slot, "profiles", name, metric))

    rows = tuple(
        ProfileRow(
            tag=tag(of, name),
            cells=tuple(
                Phrase(
                    key="profile.cell",
                    args={
                        "score": shown(name, f"{view.profile}.score", view.scores[c], fixed(view.scores[c], 3)),
                        "rank": shown(name, f"{view.profile}.rank", view.ranks[c], str(view.ranks[c])),
                    },
                )
                for view in views.views
            ),
            regret=shown(name, "regret", views.regret[c], fixed(views.regret[c], 3)),
        )
        for c, name in enumerate(views.candidates)
    )
    said = (
        Phrase(key="profile.agreed", args={"candidate": views.views[0].leader})
        if views.agreed
        else Phrase(key="profile.divided", args={"candidate": views.least_regret})
    )
    return ProfilesView(
        profiles=tuple(_profile(of, profile) for profile in of.decision.rule.profiles or ()), rows=rows, said=said
    )


def weighing(of: SlotEvidence) -> Phrase | None:
    """Say where the weights of a slot come from; None: each criterion states its own."""
    found = of.decision.rule.weighing
    if found is None:
        return None
    method = _method(found, number_id(of.slot, "weights", "", "consistency_ratio"))
    return Phrase(key="weighing.found", args={"method": method})


def _profile(of: SlotEvidence, profile: Profile) -> ProfileView:
    pairs = zip(of.decision.rule.criteria, profile.weights, strict=True)
    return ProfileView(
        name=profile.name,
        method=_method(profile.weighing, number_id(of.slot, "profiles", "", f"{profile.name}.consistency_ratio")),
        weights=tuple(
            (
                criterion.name,
                number(
                    weight, percent(weight), id=number_id(of.slot, "profiles", "", f"{profile.name}.{criterion.name}")
                ),
            )
            for criterion, weight in pairs
        ),
    )


def _method(weighing: Weighing, ratio_id: str) -> Phrase:
    """Return `swing, by Ana, on 2026-11-20`: as much of it as is known."""
    method = Phrase(key=f"weighing.{weighing.method.value}")
    if weighing.consistency_ratio is not None:
        ratio = number(weighing.consistency_ratio, fixed(weighing.consistency_ratio, 3), id=ratio_id)
        method = Phrase(key="weighing.consistent", args={"method": method, "ratio": ratio})
    for key, who in (("weighing.by", weighing.by), ("weighing.on", weighing.on)):
        if who is not None:
            method = Phrase(key=key, args={"method": method, "who": who})
    return method
