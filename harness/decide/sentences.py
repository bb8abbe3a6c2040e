"""What a decision says: whole English sentences by key; `report/words` has the same keys in other languages."""

from collections.abc import Mapping, Sequence
from string import Formatter
from types import MappingProxyType

from harness.core.decision import Said

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        # the verdict
        "stopped": "The run is incomplete, so nobody is ranked.",
        "nothing_asked": "Nothing was asked of any candidate for {slot}.",
        "nothing_answered": "Nothing was measured for {slot}: no candidate has a usable answer.",
        "nothing_measured": "Nothing that counts was measured for {slot}: no criterion has a value.",
        "nobody": "No candidate can be recommended: {reasons:;}.",
        "nobody.fails": "{candidate} fails {limits:and}",
        "nobody.stopped": "{candidates:and} had lost for certain before",
        "nobody.unknown": "the quality of {candidates:and} could not be measured",
        "unfit": "No candidate can be recommended: {leader} ranks first, and its quality is at or below the worst "
        "acceptable.",
        "unfit.alone": "No candidate can be recommended: the quality of {leader} is at or below the worst acceptable.",
        "unfit.next": "The first that is good enough is {rival}; a gate on quality would leave out who is not.",
        "too_little": "Too little was measured to decide: the quality of {candidates:and} could not be measured. "
        "{leader} leads on what was.",
        "scarce": "Too few samples to choose by: {independent} independent. {leader} is ahead so far, which may be "
        "luck.",
        "scarce.needed": "It takes at least {more} more: with fewer than {least}, even one who is better on every "
        "sample may owe it to chance. From {reliable} on the intervals can be relied on.",
        "alone": "Only one candidate was measured: {leader} scores {score}, and there is nothing to compare it with.",
        "left.measured": "{leader} is the only candidate that was measured and that no gate excludes.",
        "left": "{leader} is the only candidate that no gate excludes.",
        "left.stopped": "{leader} is left: the others are excluded by a gate, or had lost for certain and were stopped "
        "early.",
        "clear": "{leader} is the clear winner: it comes first in {share} of the draws.",
        "more_than": "more than {amount}",
        "no_clear_winner": "No clear winner:",
        "cheaper.nothing": "{leader} ranks first, but {rival} is within its margin and costs nothing.",
        "cheaper.slightly": "{leader} ranks first, but {rival} is within its margin and costs slightly less.",
        "cheaper": "{leader} ranks first, but {rival} is within its margin and costs {saved} less.",
        "doubt.misnamed": "{leader} ranks first, but its answers name another model than was asked.",
        "doubt.draws": "{leader} ranks first, but not surely: it comes first in {share} of the draws.",
        "doubt.incomplete": "{leader} ranks first, but the run is incomplete.",
        "doubt.few": "{leader} ranks first, but the samples are too few for a clear win.",
        "doubt.flip": "{leader} ranks first, but a small change of the weights puts {rival} first.",
        "doubt.untold": "{leader} ranks first, but the samples do not tell it from {rivals:and}.",
        "doubt.bounded": "{leader} ranks first, but what {rivals:and} cost is only known as an upper bound: less might "
        "change that.",
        "doubt.omitted": "{leader} ranks first, but it often loses the lead when one criterion is left out.",
        "unsure": "{leader} ranks first, but nobody knows how surely: a task with one judged sample shows no spread.",
        "seldom": "{leader} ranks first, but comes first in only {share} of the draws.",
        "likeliest": "{candidate} is the likeliest best: it comes first in {share} of the draws.",
        "likeliest.other": "{candidate} is the likeliest best: it comes first in {share} of the draws, {leader} in "
        "{its}.",
        "near.one": "{leader} ranks first; {rivals:and} is within its margin and costs no less.",
        "near.one.unpriced": "{leader} ranks first; {rivals:and} is within its margin and is not known to cost less.",
        "near": "{leader} ranks first; {rivals:and} are within its margin and cost no less.",
        "near.unpriced": "{leader} ranks first; {rivals:and} are within its margin and are not known to cost less.",
        "near.one.given": "{leader} ranks first; {rivals:and} is within its margin.",
        "near.given": "{leader} ranks first; {rivals:and} are within its margin.",
        "doubt.untold.given": "{leader} ranks first, but the intervals do not tell it from {rivals:and}.",
        "overtakes.never": "As measured, no change of the weights puts another candidate first.",
        "overtakes.all": "{rival} would overtake only if {criterion} were practically all that counts (now {now}).",
        "overtakes.none": "{rival} would overtake only if {criterion} counted practically nothing (now {now}).",
        "overtakes.above": "{rival} overtakes when the weight of {criterion} is above {weight} (now {now}).",
        "overtakes.below": "{rival} overtakes when the weight of {criterion} is below {weight} (now {now}).",
        "withheld.one": "{leader} cannot be recommended yet: {limits:and} is unproven.",
        "withheld": "{leader} cannot be recommended yet: {limits:and} are unproven.",
        "untested": "{leader} is not recommended: it had neither a rival nor a gate to pass.",
        # what came of the calls
        "came.answers": "{candidate}: of {planned} planned answers {parts}.",
        "came.measurements": "{candidate}: of {planned} planned measurements of its answers {parts}.",
        "came.pending": "{n} pending",
        "came.pending.because": "{n} pending ({why})",
        "came.infra": "{n} lost to infrastructure",
        "came.harness": "{n} lost to Bakeoff",
        "why.interrupted": "interrupted",
        "why.budget": "the budget is spent",
        "why.given_up": "nothing more was sent to it",
        "why.storage": "the disk failed",
        "why.pilot": "only a pilot was asked",
        "why.unknown": "killed, or still running",
        # caveats
        "allowed": "Ranked although the run is incomplete, because that was allowed. {came}",
        "left_out": "{candidate} is left out: its quality could not be measured.",
        "echoes": "Of the answers of {candidate} that name a model, {answers} of {of} name another than {asked} (most "
        "often {model}).",
        "self_measured": "{candidate} answers with the model that is also the {instrument} of this table ({model}): "
        "that may flatter it.",
        "unproven": "{candidate} has an unproven gate: {reason}.",
        "at_worst": "{leader} scores at or below the worst acceptable on {criterion}.",
        "unsupported": "{criterion} ({metric}) has too few measurements of {candidates}: it counts for nobody.",
        "unknown.all": "{criterion} is not known of any candidate: it separates nobody.",
        "unknown": "{criterion} is not known of {candidates}: it counts 0.",
        "missing.all": "{criterion} ({metric}) is not measured for any candidate: it separates nobody.",
        "missing": "{criterion} ({metric}) is not measured for {candidates}: it counts 0.",
        "blurred": "{leader} and {rivals} are nearer to each other on {criterion} than the {resolution} ms that this "
        "machine could tell apart: it does not separate them.",
        "lost": "Only {share} of {candidate}'s answers have a score; the rest are pending or lost, which is no "
        "failure.",
        "bounded": "The cost of {candidate} is an upper bound: {calls} of {of} calls estimated, for want of reported "
        "usage.",
        "saturated": "{criterion} tells little: at least half of the candidates are at an end of its range "
        "({metric} from {worst} to {ideal}), or beyond.",
        "few.one": "Only one independent sample was compared: intervals are rough below {least}.",
        "few": "Only {independent} independent samples were compared: intervals are rough below {least}.",
        "few.one.alike": "Only one independent sample was compared, since all {samples} share a `cluster` ({alike:and} "
        "among them): intervals are rough below {least}.",
        "few.alike": "Only {independent} independent samples were compared, since {sharing} of the {samples} share a "
        "`cluster` with another, {alike:and} among them: intervals are rough below {least}.",
        "doubtful": "The quality of {leader} may be as low as {low}, and {worst} is the worst acceptable: that it is "
        "good enough is not proven.",
        "unmoved": "Drawn again, these samples give {candidate} the same {metric} every time, so the interval of its "
        "score holds nothing of what {metric} may be: {low} to {high}.",
        "alike": "In quality {leader} and {candidates:and} come out level however these samples are drawn again, which "
        "cannot show what others might: between them the chance to be best rests on the other criteria alone.",
        "lonely": "In {lonely} of {tasks} tasks only one independent sample of {candidates} was judged: it shows no "
        "spread, so how far the score may be off is not known.",
        "early": "{candidate} was stopped early, after {samples} of {planned} samples of {slot}: {why}. {calls} "
        "answers were not asked for{saved}.",
        "early.behind": "it cannot overtake {leader} any more, which leads by {by} at least",
        "early.gate": "it fails {limit} for certain",
        "early.gate.bound": "it fails {limit} for certain, with {bound} at best",
        "early.saved": " (about ${usd}, at what those before have cost)",
        "early.unpriced": "",
        "early.meaning": "Whoever was stopped early is not ranked and is not recommended. Its figures are those of the "
        "samples that it was asked, and their intervals hold at every look, so they are wider than those of the "
        "others.",
        # gates
        "gate.value": "is {value}",
        "gate.unmeasured": "is not measured",
        "gate.fact": "{metric} {measured}; {limit} is asked",
        "gate.at_best": "{metric} {measured}, at best {bound} (95%); {limit} is asked",
        "gate.at_worst": "{metric} {measured}, at worst {bound} (95%); {limit} is asked",
        "gate.at_best.given": "{metric} {measured}, at best {bound}; {limit} is asked",
        "gate.at_worst.given": "{metric} {measured}, at worst {bound}; {limit} is asked",
        "gate.unknown": "{metric} is not known; {limit} is asked",
        "gate.no_bound": "{metric} {measured} and n={n} gives no bound; {limit} is asked",
    }
)
"""`{names}` is a list with commas, `{names:and}` one whose last item is joined by a word, `{parts:;}` by semicolons."""

JOINS: Mapping[str, tuple[str, str]] = MappingProxyType({"": (", ", ", "), "and": (", ", " and "), ";": ("; ", "; ")})
"""How a placeholder's list is joined: between its items, and before the last one."""

Argument = str | Said | Sequence[str | Said]


def said(key: str, **arguments: Argument) -> Said:
    """Return the sentence `key` with what fills its placeholders."""
    return Said(
        key=key,
        arguments={
            name: (given,) if isinstance(given, str | Said) else tuple(given) for name, given in arguments.items()
        },
    )


def english(*sentences: Said) -> str:
    """Return the sentences in English, one after the other."""
    return " ".join(spelled(sentence, SENTENCES, JOINS) for sentence in sentences)


def spelled(sentence: Said, words: Mapping[str, str], joins: Mapping[str, tuple[str, str]]) -> str:
    """Return one sentence in the language of `words`; KeyError where that lacks it."""
    text = ""
    for literal, name, join, _ in Formatter().parse(words[sentence.key]):
        items = [] if name is None else [_item(item, words, joins) for item in sentence.arguments[name]]
        comma, last = joins[join or ""]
        text += literal + last.join([part for part in (comma.join(items[:-1]), *items[-1:]) if part])
    return text


def _item(item: str | Said, words: Mapping[str, str], joins: Mapping[str, tuple[str, str]]) -> str:
    return item if isinstance(item, str) else spelled(item, words, joins)
