"""Prompt templates: an author's Jinja source in, the text of one sample out; sandboxed, strict and capped."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from harness.core.requests import Document
from harness.core.suites import Sample
from harness.core.wording import foreign, worded

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

VISIBLE = ("input", "metadata", "files")
"""What a template may name; a sample's target is not among them, or the answer would be in the question."""

MAX_CHARACTERS = 1_000_000
"""Of one rendered prompt: a loop in a template must not fill the memory or the bill."""

_INPUT = re.compile(r"\{\{\s*input\s*\}\}")
_MARKUP = re.compile(r"\{(?:[{%#]|\Z)|\r")
"""What Jinja may read otherwise than as the text that stands there."""

TOO_LONG = worded("the rendered text passes {most:,} characters", most=MAX_CHARACTERS)


class PromptError(Exception):
    """A template cannot be rendered; the message says why in one sentence."""


def renderer(source: str) -> Callable[[Sample], str]:
    """Compile `source` once and return what renders a sample with it; both raise PromptError.

    The values are passed in once and never become source themselves.
    """
    texts = _INPUT.split(source.removesuffix("\n"))  # as Jinja does, which ends a text without its last line break
    return _template(source) if any(map(_MARKUP.search, texts)) else _around_input(texts)


def _around_input(texts: Sequence[str]) -> Callable[[Sample], str]:
    """Put the input between `texts`: most prompts are no more than that, and Jinja's import takes 0.06 s of CPU."""
    own_length, inputs = sum(map(len, texts)), len(texts) - 1

    def render(sample: Sample) -> str:
        shown = str(_shown(sample.input))
        if own_length + inputs * len(shown) > MAX_CHARACTERS:
            raise PromptError(TOO_LONG)
        return shown.join(texts)

    return render


def _template(source: str) -> Callable[[Sample], str]:
    render = _compiled(source, VISIBLE)
    return lambda sample: render(input=sample.input, metadata=sample.metadata, files=list(sample.files))


@cache
def stage_renderer(source: str) -> Callable[[str, Mapping[str, str], Sequence[Document]], str]:
    """Do as `renderer` for the input of a cascade's stage.

    It is rendered of what the cascade is asked, of stage → what it said, and of the documents that the stage has.
    """
    render = _compiled(source, ("input", "stages", "documents"))
    return lambda asked, told, documents: render(
        input=asked,
        stages={name: {"text": text} for name, text in told.items()},
        documents=[{"id": document.id, "text": document.text} for document in documents],
    )


def _compiled(source: str, visible: Sequence[str]) -> Callable[..., str]:
    from jinja2 import TemplateError

    try:
        template = _environment().from_string(source)
    except TemplateError as error:
        raise PromptError(f"the template is not valid: {error.message}") from error

    def render(**values: Any) -> str:
        pieces, length = [], 0
        try:
            for piece in template.generate(**values):
                pieces.append(piece)
                length += len(piece)
                if length > MAX_CHARACTERS:
                    raise PromptError(TOO_LONG)
        except TemplateError as error:
            raise PromptError(_reason(error, visible)) from error
        except (TypeError, ValueError, KeyError, ArithmeticError, MemoryError) as error:
            raise PromptError(worded("the template fails: {error}", error=error)) from error
        return "".join(pieces)

    return render


def _reason(error: Any, visible: Sequence[str]) -> str:
    from jinja2 import UndefinedError

    text = str(error.message or error)
    if isinstance(error, UndefinedError):
        return worded("{fault}; a template sees {names}", fault=foreign(text), names=[*visible])
    return worded("the template fails: {error}", error=foreign(text))


@cache
def _environment() -> "ImmutableSandboxedEnvironment":
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Environment(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset({"*", "**"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            """Refuse what would be huge before it is: a repeated text, a tower of powers."""
            if operator == "**":
                raise SecurityError("a template cannot raise to a power")
            for text, times in ((left, right), (right, left)):
                if isinstance(text, str | list | tuple) and len(text) * times > MAX_CHARACTERS:
                    raise SecurityError(TOO_LONG)
            return super().call_binop(context, operator, left, right)

    return Environment(undefined=StrictUndefined, finalize=_shown)


def _shown(value: Any) -> Any:
    """Spell lists and mappings as JSON, as a reader of the data file knows them."""
    if not isinstance(value, str) and isinstance(value, list | tuple | Mapping):  # most are text, which is told fast
        return json.dumps(value, ensure_ascii=False)
    return value
