"""The environment that keys come from: the process's own, then the folder's `.env`."""

import os
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from harness.core.wording import worded
from harness.errors import Problem, UsageError


def read(folder: Path) -> Mapping[str, str]:
    """Return the variables of the process and of `folder/.env`; a variable set in the process wins, an empty one not.

    Values are taken as written: nothing is interpolated into a key. UsageError if `.env` is not UTF-8.
    """
    return {name: value for name, value in _dotenv(folder / ".env").items() if not os.environ.get(name)} | {
        name: value for name, value in os.environ.items() if value
    }


def _dotenv(path: Path) -> Mapping[str, str]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    try:
        raw = path.read_bytes()
        text = raw.decode("utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")  # PowerShell's >
    except OSError as error:
        message = worded("the file cannot be read: {strerror}", strerror=error.strerror)
        raise UsageError([Problem(code="E201", message=message, file=str(path))]) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            [
                Problem(
                    code="E201",
                    message=worded("{name} is not UTF-8 text", name=path.name),
                    file=str(path),
                    hint=worded("save it as UTF-8"),
                )
            ]
        ) from error
    values = dotenv_values(stream=StringIO(text), interpolate=False)
    return {name: value for name, value in values.items() if value}
