"""One way to judge a text, and the three tables that every scorer of text is tested with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.core.calls import Output
from harness.core.canonical import Json
from harness.core.scores import Score, Scorer, Unscored
from harness.core.suites import Sample


@dataclass(frozen=True, kw_only=True)
class Case:
    """A scorer, what it is given, and why the case is there."""

    why: str
    scorer: Scorer
    target: Json
    text: str
    input: str = "?"
    metadata: Mapping[str, Json] = field(default_factory=dict)

    @property
    def result(self) -> Score | Unscored:
        sample = Sample(id="s", input=self.input, target=self.target, metadata=self.metadata)
        return self.scorer.score(sample, Output(text=self.text), {})


def why(case: object) -> str:
    """The id of a parametrised case."""
    return case.why if isinstance(case, Case) else str(case)


def judged(scorer: Scorer, target: Json, text: str, metadata: Mapping[str, Json] | None = None) -> Score:
    """Judge, where a score is expected."""
    result = Case(why="", scorer=scorer, target=target, text=text, metadata=metadata or {}).result
    assert isinstance(result, Score), result
    return result
