"""Prompt templates: an author's Jinja source in, the text of one sample out; sandboxed, strict and capped."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from harness.core.requests import Document
from harness.core.suggest import nearest
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

_UNDEFINED = re.compile(r"^('\w+') is undefined$|has no attribute '(\w+)'$")

TOO_LONG = worded("the rendered text passes {most:,} characters", most=MAX_CHARACTERS)


class PromptError(Exception):
    """A template cannot be rendered; the message says why in one sentence."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        """`hint`: how to mend it, where that is known."""
        super().__init__(message)
        self.hint = hint


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
        message = worded("the template is not valid: {error}", error=foreign(str(error.message)))
        raise PromptError(message) from error

    def render(**values: Any) -> str:
        pieces, length = [], 0
        try:
            for piece in template.generate(**values):
                pieces.append(piece)
                length += len(piece)
                if length > MAX_CHARACTERS:
                    raise PromptError(TOO_LONG)
        except TemplateError as error:
            raise _failure(error, visible, values.get("metadata", ())) from error
        except (TypeError, ValueError, KeyError, ArithmeticError, MemoryError) as error:
            raise PromptError(worded("the template fails: {error}", error=error)) from error
        return "".join(pieces)

    return render


def refuse_unseen(source: str) -> None:
    """PromptError where a template names what none sees, for a task without a sample that it could be rendered with.

    A template that asks what is defined may name anything.
    """
    if not _MARKUP.search(_INPUT.sub("", source.removesuffix("\n"))):
        return
    from jinja2 import meta, nodes

    tree = _environment().parse(source)
    asked = [node.name for node in tree.find_all((nodes.Test, nodes.Filter))]
    unseen = sorted(meta.find_undeclared_variables(tree) - {*VISIBLE} - _environment().globals.keys())
    if unseen and not {"defined", "undefined", "default", "d"} & {*asked}:
        raise _unseen(f"{unseen[0]!r} is undefined", VISIBLE)


def _failure(error: Any, visible: Sequence[str], fields: Iterable[str]) -> PromptError:
    from jinja2 import UndefinedError

    text = str(error.message or error)
    if isinstance(error, UndefinedError):
        return _unseen(text, visible, fields)
    return PromptError(worded("the template fails: {error}", error=foreign(text)))


def _unseen(said: str, visible: Sequence[str], fields: Iterable[str] = ()) -> PromptError:
    """Return what Jinja says of a name that a template does not see, with the nearest that it does."""
    unknown = _UNDEFINED.search(said)
    fault = worded("{name} is undefined", name=unknown[1]) if unknown and unknown[1] else foreign(said)
    best = nearest((unknown[1] or unknown[2]).strip("'"), [*visible, *fields]) if unknown else None
    message = worded("{fault}; a template sees {names}", fault=fault, names=[*visible])
    return PromptError(message, hint=worded("did you mean '{name}'?", name=best) if best else None)


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
