"""Every way out of a process for text, cleaned of secrets: its two streams and its logs."""

import logging
import sys
import traceback
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TextIO, cast

from harness.core.redaction import Redactor

Clean = Callable[[str], str]


def guard(redactor: Redactor) -> None:
    """Clean what this process writes from now on; to be called as soon as it knows a secret, and again with more.

    Tracebacks, warnings, asyncio's complaints and what libraries print all end in stderr or in a log. Results on
    stdout lose exact secrets only, since they quote models and people.
    """
    sys.stdout = _guarded(sys.stdout, redactor.clean_answer)
    sys.stderr = _guarded(sys.stderr, redactor.clean)
    logging.setLogRecordFactory(partial(_record, redactor.clean))


class _Guarded:
    """A text stream that cleans what is written to it, and is the stream otherwise."""

    def __init__(self, stream: TextIO, clean: Clean) -> None:
        self.stream = stream
        self._clean = clean

    def write(self, text: str) -> int:
        self.stream.write(self._clean(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        self.write("".join(lines))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def _guarded(stream: TextIO, clean: Clean) -> TextIO:
    bare = stream.stream if isinstance(stream, _Guarded) else stream
    return cast(TextIO, _Guarded(bare, clean))


def _record(clean: Clean, *args: Any, **named: Any) -> logging.LogRecord:
    """Make a log record that holds only clean text, whichever logger it comes from and whatever handler it goes to."""
    record = logging.LogRecord(*args, **named)
    try:
        said = record.getMessage()
    except (TypeError, ValueError):  # arguments that do not fit: the message is still worth something
        said = f"{record.msg} {record.args}"
    record.msg, record.args = clean(said), None
    if record.exc_info:
        record.exc_text = clean("".join(traceback.format_exception(*record.exc_info)).rstrip())
        record.exc_info = None
    if record.stack_info:
        record.stack_info = clean(record.stack_info)
    return record
