"""What several people make of one table, side by side, as lines of Markdown. Pure."""

from collections.abc import Iterator

from harness.core.decision import Decision
from harness.core.rules import Profile, Weighing
from harness.report import numbers
from harness.report.columns import table
from harness.report.document import plain
from harness.report.speaker import Speaker


def view_lines(decision: Decision, language: str = "en", *, wide: int | None = None) -> Iterator[str]:
    """Return a column for each profile of the rule, and what they make of it together; nothing where there is none.

    `wide`: how wide the lines of a table may be.
    """
    speaker = Speaker(language)

    def say(key: str, **pieces: str) -> str:
        return plain(speaker.say(key, **pieces))

    if decision.rule.weighing is not None:
        yield say("weighing.found", method=weighing_text(decision.rule.weighing, language))
    views = decision.views
    if views is None:
        return
    yield say("closing.views")
    yield ""
    heads = [say("closing.candidate"), *(view.profile for view in views.views), say("closing.regret")]
    rows = [
        [
            name,
            *(
                say("closing.view", score=numbers.fixed(view.scores[c], 3), rank=str(view.ranks[c]))
                for view in views.views
            ),
            numbers.fixed(views.regret[c], 3),
        ]
        for c, name in enumerate(views.candidates)
    ]
    yield from table(heads, rows, wide=wide)
    for profile in decision.rule.profiles or ():
        yield _weights(decision, profile, speaker)
    ours, theirs = decision.verdict.leader, views.views[0].leader
    if not views.agreed:
        choices = [speaker.say("closing.choice", who=view.profile, candidate=view.leader) for view in views.views]
        yield plain(speaker.say("closing.divided", choices=speaker.listed(choices), candidate=views.least_regret))
    elif theirs == ours or ours is None:
        yield say("closing.agreed", candidate=theirs)
    else:
        yield say("closing.agreed.but", candidate=theirs, leader=ours)


def weighing_text(weighing: Weighing, language: str = "en") -> str:
    """Say how weights were found, by whom and when."""
    speaker = Speaker(language)
    said = speaker.say(f"weighing.{weighing.method}")
    if weighing.consistency_ratio is not None:
        said = speaker.say("weighing.consistent", method=said, ratio=numbers.fixed(weighing.consistency_ratio, 3))
    for key, given in (("weighing.by", weighing.by), ("weighing.on", weighing.on)):
        if given:
            said = speaker.say(key, method=said, who=given)
    return plain(said)


def _weights(decision: Decision, profile: Profile, speaker: Speaker) -> str:
    criteria = zip(decision.rule.criteria, profile.weights, strict=True)
    shares = [
        speaker.say("closing.share", criterion=criterion.name, weight=numbers.percent(weight))
        for criterion, weight in criteria
    ]
    method = weighing_text(profile.weighing, speaker.language)
    return plain(speaker.say("closing.profile", who=profile.name, shares=speaker.listed(shares), method=method))
