"""Scorers of programs, through what came of running them."""

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from harness.core.calls import Output
from harness.core.scores import SANDBOX, Instrument, Reading, Score, Scorer, Unscored
from harness.core.suites import Sample

MOST_CHARACTERS = 100_000
"""Of an answer that is read."""
_FENCE = "```"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassesTests(Scorer):
    """1 where the program passes its sample's check in the sandbox, else 0: its mean is pass@1 (Chen et al. 2021).

    The sample's input is the beginning of the program, `metadata.entry_point` the function that is checked and
    `metadata.check` Python that defines `check(candidate)`; see `module` for what of an answer is the program.
    """

    needs: ClassVar[tuple[Instrument, ...]] = (SANDBOX,)

    def score(self, sample: Sample, output: Output, readings: Mapping[str, Reading]) -> Score | Unscored:  # noqa: ARG002 - the reading stands for the output
        reading = readings.get(SANDBOX.name)
        passed = None if reading is None else reading.output.values.get("passed")
        if reading is None or passed is None:
            return Unscored(reason="the sandbox gave no verdict")
        return Score(value=passed, reason="" if passed else reading.output.text or "")


def module(prompt: str, entry_point: str, text: str) -> str:
    """Return the program that an answer stands for.

    What is taken is the first fenced block that defines the function, else the first block, else all of the text. The
    prompt comes first, with its imports and helpers. Code that defines the function follows it; other code is the
    function's body, and is indented as one where it is not.
    """
    text = text[:MOST_CHARACTERS]
    defines = re.compile(rf"^[ \t]*(?:async[ \t]+)?def[ \t]+{re.escape(entry_point)}\b", re.MULTILINE)
    blocks = list(_blocks(text))
    code = next(filter(defines.search, blocks), blocks[0] if blocks else text)
    if defines.search(code):
        return f"{prompt}\n\n{textwrap.dedent(code)}"
    body = code.lstrip("\r\n")
    return prompt + (body if body[:1].isspace() else textwrap.indent(body, "    "))


def _blocks(text: str) -> Iterator[str]:
    """Yield what stands between fences; a fence that is not closed holds all the rest."""
    inside: list[str] | None = None
    for line in text.splitlines(keepends=True):
        if not line.lstrip().startswith(_FENCE):
            if inside is not None:
                inside.append(line)
        elif inside is None:
            inside = []
        else:
            yield "".join(inside)
            inside = None
    if inside:
        yield "".join(inside)
