"""Packages that are no part of the usual installation, asked for when they are needed."""

from importlib import import_module
from typing import Any

from harness.core.wording import worded
from harness.errors import Problem, UsageError


def package(name: str, *, what: str, install: str, instead: str) -> Any:
    """Return the package `name`, which `what` needs; UsageError where it lacks: `install` brings it, else `instead`."""
    try:
        return import_module(name)
    except ImportError as error:
        project = install.partition(">")[0]
        message = worded("{what} needs the package {project}, which is not installed", what=what, project=project)
        hint = worded("pip install '{install}', or {instead}", install=install, instead=instead)
        raise UsageError([Problem(code="E107", message=message, hint=hint)]) from error
