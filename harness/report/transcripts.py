"""What was heard against what was to be heard: which words were skipped and added, in the scorers' form."""

import re
from dataclasses import dataclass
from itertools import groupby

from harness.core.suites import Sample
from harness.report.evidence import Judgement
from harness.scorers.speech import FORMS, MOST_CHARACTERS, aligned

SCORER = re.compile(r'(word_accuracy|transcript_accuracy)@\d+\(.*?normaliser="([a-z-]+)"')
"""Signatures of what counts errors by aligning two texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Words that follow one another and are alike: `same`, `del` (to be heard and not) or `ins` (heard beside)."""

    kind: str
    text: str


def stretches(sample: Sample, text: str | None, judgement: Judgement | None) -> tuple[Stretch, ...]:
    """Return `text` against the sample's words; nothing where they agree, or nobody has compared them so.

    A word that is another than the wanted one is a skipped and an added one; neighbours stay together. Long texts are
    cut, as they are judged.
    """
    found = None if judgement is None or judgement.value in (None, 1.0) else SCORER.match(judgement.signature)
    if found is None or text is None or found[2] not in FORMS:
        return ()
    wanted = sample.input if found[1] == "word_accuracy" and sample.target is None else sample.target
    if not isinstance(wanted, str):
        return ()
    pairs = aligned(wanted[:MOST_CHARACTERS], text[:MOST_CHARACTERS], found[2])
    between, marked = FORMS[found[2]].between, list[Stretch]()
    for same, group in groupby(pairs, key=lambda pair: pair.wanted == pair.heard):
        changed = list(group)
        sides = {"same" if same else "del": [pair.wanted for pair in changed]}
        sides |= {} if same else {"ins": [pair.heard for pair in changed]}
        for kind, side in sides.items():
            if words := [word for word in side if word is not None]:
                marked.append(Stretch(kind=kind, text=between.join(words)))
    return tuple(marked)
