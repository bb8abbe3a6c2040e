"""What of an answer may be stored: all but its secrets, with a flag where the model's own words held one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from harness.clients.retry import Answer
from harness.core.calls import SECRET_IN_ANSWER, Attempt, Failure, Output
from harness.core.redaction import Redactor

FOREIGN = ("text", "reasoning", "tool_calls", "finish_reason", "model")
"""Fields of an output in which a provider can say what it likes."""

T = TypeVar("T", Answer, Output, Failure, Attempt)


def cleaned(answer: Answer, redactor: Redactor) -> Answer:
    """Return `answer` without secrets. A model's words lose only exact ones, which the last attempt then says."""
    outcome = _outcome(answer.outcome, redactor)
    attempts = tuple(_attempt(attempt, redactor.clean) for attempt in answer.attempts)
    if isinstance(outcome, Output) and outcome is not answer.outcome:
        attempts = (*attempts[:-1], *(replace(attempt, detail=SECRET_IN_ANSWER) for attempt in attempts[-1:]))
    return _changed(answer, outcome=outcome, attempts=attempts)


def is_flagged(answer: Answer) -> bool:
    """Whether the model's own words held a secret."""
    return any(attempt.detail == SECRET_IN_ANSWER for attempt in answer.attempts)


def _outcome(outcome: Output | Failure, redactor: Redactor) -> Output | Failure:
    exact = redactor.clean_answer
    if isinstance(outcome, Failure):
        partial = None if outcome.partial is None else exact(outcome.partial, cut=True)
        return _changed(outcome, message=redactor.clean(outcome.message), partial=partial)
    return _changed(outcome, **{name: _walked(getattr(outcome, name), exact) for name in FOREIGN})


def _attempt(attempt: Attempt, clean: Callable[[str], str]) -> Attempt:
    return _changed(attempt, **{name: _walked(getattr(attempt, name), clean) for name in ("request_id", "detail")})


def _changed(noun: T, **values: Any) -> T:
    """Return `noun` with `values`: itself where it has them already, as nearly always."""
    return noun if all(getattr(noun, name) == value for name, value in values.items()) else replace(noun, **values)


def _walked(value: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {name: _walked(item, clean) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_walked(item, clean) for item in value)
    return value
