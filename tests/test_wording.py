"""What a verb says in one language it says in all: Chinese has each sentence that stands beside its code."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

import harness
from harness.cli.words import problems_zh, translations

ROOT = Path(harness.__file__).parent
SAYS = frozenset({
    "Problem", "problem", "report", "add", "refuse", "_add", "_problem", "UsageError", "CredentialsError",
    "IncompleteError", "BudgetStop", "TapError", "WorkerError", "StoreError", "StoreLockedError", "NewerStoreError",
    "Interrupted", "BakeoffError", "Verification",
})  # fmt: skip
"""Calls whose texts a user reads."""
TEXTS = frozenset({"message", "hint", "what", "left_out"})
"""Arguments and variables that hold such a text."""
UNREAD = (
    "local/engines/", "local/sandbox/inside.py", "local/serve.py", "local/asked.py", "clients/chat.py",
    "clients/faults.py", "clients/transcription.py", "execute/aloud.py", "importers/evalscope.py",
    "importers/inspect_ai.py", "library.py", "pytest_plugin.py",
)  # fmt: skip
"""What a program is told, or what is stored of a call that failed: those stay English."""
COMMAND = re.compile(r"(bakeoff|python) [\w{}./ -]+|--?\w[-\w]* \S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    where: str
    text: str
    pieces: frozenset[str] | None
    """None: they are not all named where it is made."""


@cache
def modules() -> tuple[tuple[str, tuple[ast.AST, ...]], ...]:
    """Return each module's name with its nodes."""
    return tuple(
        (str(path.relative_to(ROOT)), tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
        for path in sorted(ROOT.rglob("*.py"))
    )


def sentences() -> Iterator[Sentence]:
    for name, nodes in modules():
        for node in nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "worded":
                keywords = [keyword.arg for keyword in node.keywords]
                pieces = None if None in keywords else frozenset(filter(None, keywords))
                for text in alternatives(node.args[0]):
                    yield Sentence(where=f"{name}:{node.lineno}", text=ast.literal_eval(text), pieces=pieces)


def alternatives(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.IfExp):
        yield from (*alternatives(node.body), *alternatives(node.orelse))
    else:
        yield node


def plain(node: ast.expr | None) -> Iterator[ast.expr]:
    """Yield the texts in an expression that would stay English."""
    match node:
        case ast.IfExp():
            yield from (*plain(node.body), *plain(node.orelse))
        case ast.BoolOp():
            for value in node.values:
                yield from plain(value)
        case ast.Tuple() | ast.List():
            for item in node.elts:
                yield from plain(item)
        case ast.JoinedStr(values=parts):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
            if re.search("[a-z] | [a-z]", text) and not COMMAND.fullmatch(text):
                yield node
        case ast.Constant(value=str(text)) if re.search("[a-z] [a-z]", text) and not COMMAND.fullmatch(text):
            yield node


def english_only() -> Iterator[str]:
    for name, nodes in modules():
        for node in nodes if not name.startswith(UNREAD) else ():
            found: list[ast.expr] = []
            if isinstance(node, ast.Call):
                called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                found += node.args if called in SAYS else []
                found += [keyword.value for keyword in node.keywords if keyword.arg in ("message", "hint")]
                found += [k.value for k in node.keywords if called in SAYS and k.arg in TEXTS]
            elif isinstance(node, ast.Assign):
                names = {it.id for target in node.targets for it in ast.walk(target) if isinstance(it, ast.Name)}
                found += [node.value] if names & TEXTS else []
            yield from (f"{name}:{it.lineno}: {ast.unparse(it)}" for one in found for it in plain(one))


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_sentence_takes_the_pieces_that_it_is_given() -> None:
    assert [it.where for it in sentences() if it.pieces is not None and it.pieces != fields(it.text)] == []


def test_nothing_that_a_user_reads_is_only_english() -> None:
    assert list(english_only()) == []


def test_chinese_has_every_sentence_with_its_pieces_and_no_other() -> None:
    known, given = translations("zh"), {it.text for it in sentences()}
    assert len(given) > 400
    assert sorted(given - known.keys()) == []
    assert sorted(known.keys() - given - problems_zh.FOREIGN.keys()) == []
    assert [text for text, said in known.items() if fields(said) != fields(text)] == []
    same = [text for text, said in known.items() if said == text]
    assert [text for text in same if re.search("[a-z]", re.sub("{.*?}", "", text))] == []
