"""What is said of a configuration that is right and yet not what one may think: one sentence each."""

from collections.abc import Iterable, Mapping, Sequence

from harness.config import defaults
from harness.config.models import BakeoffFile
from harness.config.selection import Chosen, Missing
from harness.core.candidates import Candidate
from harness.core.rules import DecisionRule
from harness.core.suites import Task

NAMED = 4
"""Most candidates that a notice names; of more it says how many they are."""


def keyless(chosen: Chosen, unserved: Sequence[Missing]) -> Iterable[str]:
    """Say in one sentence each who is left out for want of a key, and who counts although it has none."""
    competing = {candidate.name for candidate in chosen.candidates}
    counted = [*(it for it in chosen.missing if it.candidate.name in competing), *unserved]
    left_out = [it for it in chosen.missing if it.candidate.name not in competing | chosen.listed.keys()]
    if left_out:
        who, variables, several = _lacking(left_out)
        yield f"{who} {'are' if several else 'is'} left out: {variables} not set"
    if counted:
        who, variables, several = _lacking(counted)
        count = "count as if their keys" if several else "counts as if its key"
        yield f"{who} {count} were there, but {variables} not set"


def _lacking(missing: Sequence[Missing]) -> tuple[str, str, bool]:
    """Name the candidates, while they are few, and the variables; say whether they are several."""
    names = dict.fromkeys(it.candidate.name for it in missing)
    variables = dict.fromkeys(variable for it in missing for variable in it.variables)
    who = ", ".join(f"'{name}'" for name in names) if len(names) <= NAMED else f"{len(names)} candidates"
    return who, f"{', '.join(variables)} {'are' if len(variables) > 1 else 'is'}", len(names) > 1


def unused(
    given: BakeoffFile, rules: Mapping[str, DecisionRule], tasks: Mapping[str, Sequence[Task]],
    competing: Sequence[Candidate],
) -> Iterable[str]:  # fmt: skip
    if any(candidate.group is not None for candidate in competing):
        yield "bakeoff.group is checked, but this version does not use it"
    for slot, its in tasks.items():
        shipped = defaults.CRITERIA[its[0].modality]
        unset = slot not in (given.decision or {}) or (given.decision or {})[slot].criteria is None
        kept = {criterion.name for criterion in rules[slot].criteria}
        absent = [criterion.name for criterion in shipped if criterion.name not in kept]
        if unset and absent:
            yield f"{slot}: no scorer feeds the default criterion '{', '.join(absent)}', so it is left out"
