"""Budgets that buy nothing: said before anything is sent."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from harness.core.calls import Call
from harness.core.runs import Bakeoff
from harness.core.wording import worded
from harness.errors import Problem
from harness.execute.budget import Ceiling, ceilings, worst_attempts


def unaffordable(bakeoff: Bakeoff, calls: Sequence[Call]) -> list[Problem]:
    """Return a problem for each ceiling under which not one of the calls that it is over could be sent."""
    candidates = {model.name: model for model in bakeoff.models}
    nothing_spent = ceilings(bakeoff.settings, candidates, spent={}, spent_today=Decimal(0), today=date.min)
    return [
        Problem.at(
            bakeoff.place(*ceiling.setting),
            "E224",
            worded(
                "{name} buys 0 of {n} calls: the cheapest call may cost ${worst:f}",
                name=ceiling.name,
                n=len(worst),
                worst=min(worst),
            ),
            hint=worded("raise it, or lower max_tokens: a call is sent only if the most that it can cost fits"),
        )
        for ceiling in nothing_spent
        if (worst := _beyond(bakeoff, calls, ceiling))
    ]


def _beyond(bakeoff: Bakeoff, calls: Sequence[Call], ceiling: Ceiling) -> list[Decimal]:
    """Return what each call that is billed may cost, a cascade's at its dearest stage; nothing where one could be sent.

    A call without a price is under a ceiling on requests, and not on dollars.
    """
    beyond = []
    for call in calls:
        amounts = worst_attempts(call, bakeoff.candidate(call.candidate))
        concerned = [usd for model, usd in amounts.items() if ceiling.concerns(model)]
        known = [usd for usd in concerned if usd is not None]
        most = max(known, default=Decimal(0))
        if len(known) < len(concerned) or 0 < most <= ceiling.usd:
            return []
        if most:
            beyond.append(most)
    return beyond
