"""What is said of a configuration that is right and yet not what one may think: one sentence each."""

from collections.abc import Iterable, Mapping, Sequence

from harness.config import defaults
from harness.config.models import BakeoffFile
from harness.config.selection import Chosen, Missing
from harness.core.candidates import Candidate
from harness.core.rules import DecisionRule
from harness.core.suites import Task
from harness.core.wording import Wording, worded

NAMED = 4
"""Most candidates that a notice names; of more it says how many they are."""


def keyless(chosen: Chosen, unserved: Sequence[Missing]) -> Iterable[str]:
    """Say in one sentence each who is left out for want of a key, and who counts although it has none."""
    competing = {candidate.name for candidate in chosen.candidates}
    counted = [*(it for it in chosen.missing if it.candidate.name in competing), *unserved]
    left_out = [it for it in chosen.missing if it.candidate.name not in competing | chosen.listed.keys()]
    if left_out:
        yield worded(
            "{names} are left out: {unset}" if _are_several(left_out) else "{names} is left out: {unset}",
            names=_names(left_out),
            unset=_unset(left_out),
        )
    if counted:
        yield worded(
            "{names} count as if their keys were there, but {unset}"
            if _are_several(counted)
            else "{names} counts as if its key were there, but {unset}",
            names=_names(counted),
            unset=_unset(counted),
        )


def _are_several(missing: Sequence[Missing]) -> bool:
    return len({it.candidate.name for it in missing}) > 1


def _names(missing: Sequence[Missing]) -> object:
    """Name the candidates, while they are few."""
    names = dict.fromkeys(it.candidate.name for it in missing)
    return [f"'{name}'" for name in names] if len(names) <= NAMED else worded("{n} candidates", n=len(names))


def _unset(missing: Sequence[Missing]) -> Wording:
    variables = list(dict.fromkeys(variable for it in missing for variable in it.variables))
    return worded("{names} are not set" if len(variables) > 1 else "{names} is not set", names=variables)


def unused(
    given: BakeoffFile, rules: Mapping[str, DecisionRule], tasks: Mapping[str, Sequence[Task]],
    competing: Sequence[Candidate], unweighed: Sequence[str],
) -> Iterable[str]:  # fmt: skip
    """Say what is written and makes no difference; `unweighed`: what the mix names and no suite is called."""
    if unweighed:
        yield worded("the mix names {names}, as no suite here is called: with it no product is priced", names=unweighed)
    if any(candidate.group is not None for candidate in competing):
        yield worded("bakeoff.group is checked, but this version does not use it")
    for slot, its in tasks.items():
        shipped = defaults.CRITERIA[its[0].modality]
        unset = slot not in (given.decision or {}) or (given.decision or {})[slot].criteria is None
        kept = {criterion.name for criterion in rules[slot].criteria}
        absent = [criterion.name for criterion in shipped if criterion.name not in kept]
        if unset and absent:
            yield worded(
                "{slot}: no scorer feeds the default criterion '{names}', so it is left out", slot=slot, names=absent
            )
