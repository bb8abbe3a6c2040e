"""What a process of ours sees of the environment: an allow-list, so that no key reaches code that needs none."""

import site
from collections.abc import Iterable, Mapping
from pathlib import Path

import harness

PASSED_ON = (
    "HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PATH", "TEMP", "TMP",
    "TMPDIR", "TZ", "XDG_CACHE_HOME",
)  # fmt: skip


def child_environment(env: Mapping[str, str], *, also: Iterable[str] = ()) -> dict[str, str]:
    """Return what of `env` a child sees: `PASSED_ON`, the variables `also` needed, and where this package lies."""
    passed = {name: env[name] for name in (*PASSED_ON, *also) if name in env}
    return passed | {"PYTHONUTF8": "1"} | package_path()


def package_path() -> dict[str, str]:
    """Return the variable that lets a child import this package, where it would not find it by itself."""
    folder = str(Path(harness.__file__).parents[1])
    found = folder in (*site.getsitepackages(), site.getusersitepackages())
    return {} if found else {"PYTHONPATH": folder}
