"""A prompt reads as Jinja reads it, whether or not the engine was needed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.canonical import Json
from harness.core.suites import Sample
from harness.execute import prompts

PIECES = (
    "{{ input }}",
    "{{input}}",
    "{{\ninput }}",
    "{{",
    "}}",
    "{",
    "}",
    "{%",
    "{#",
    "#}",
    "%",
    "input",
    " ",
    "\n",
    "\r\n",
    "\r",
    "-",
    "é",
)


def outcome(template: object, sample: Sample) -> str:
    try:
        return template(sample)  # type: ignore[operator, no-any-return]
    except prompts.PromptError as error:
        return f"refused: {error}"


def both(source: str, sample: Sample) -> tuple[str, str]:
    """What `source` renders to, and what Jinja makes of it."""

    def compiled(compile_: object) -> str:
        try:
            return outcome(compile_(source), sample)  # type: ignore[operator]
        except prompts.PromptError as error:
            return f"refused: {error}"

    return compiled(prompts.renderer), compiled(prompts._template)


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_every_text_is_read_as_jinja_reads_it(source: str) -> None:
    rendered, by_jinja = both(source, Sample(id="s", input="{{ 1 }}\n"))
    assert rendered == by_jinja


@pytest.mark.parametrize("value", ["", "a\r\nb", None, True, 3, 0.1, ["a", {"é": 1}], {"a": [None]}])
def test_every_kind_of_input_is_shown_as_jinja_shows_it(value: Json) -> None:
    rendered, by_jinja = both('Q: {{ input }}\n"{{input}}"\n', Sample(id="s", input=value))
    assert rendered == by_jinja
    assert rendered.startswith("Q: ")


def test_a_long_text_is_refused_before_it_is_built() -> None:
    render = prompts.renderer("{{ input }}" * 100_000)
    with pytest.raises(prompts.PromptError, match="1,000,000 characters"):
        render(Sample(id="s", input="x" * 10_000_000))
    assert len(prompts.renderer("{{ input }}")(Sample(id="s", input="x" * 1_000_000))) == 1_000_000
