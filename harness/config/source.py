"""YAML files as plain data in which every key and value knows its line and column.

PyYAML's composer with the safe resolver does the parsing; what it would read in silence and we do not: duplicate keys,
aliases that multiply, foreign tags. `1e-6` is a number here (YAML 1.1 calls it a string).
"""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import yaml
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from harness.config.composed import MAX_DEPTH, compose
from harness.config.secrets import MASK, holds_key, is_reference, safe_excerpt, shown
from harness.config.where import LOST, Where
from harness.core.canonical import Json
from harness.core.wording import worded
from harness.errors import Place, Problem, UsageError

if TYPE_CHECKING:
    from harness.config.malformed import Salvaged

MAX_BYTES = 5_000_000
MAX_NODES = 100_000
"""After aliases are expanded."""

TAG = "tag:yaml.org,2002:"
EXPONENT = re.compile(r"[-+]?\d[\d_]*(?:\.[\d_]*)?[eE][-+]?\d+|[-+]?\.\d[\d_]*[eE][-+]?\d+")
"""Numbers that YAML 1.1 reads as strings: `1e-6`, `2.5e3`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A place in the text; line and column are 1-based."""

    line: int
    column: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One YAML file, parsed."""

    file: str
    """Its path as shown to the user."""
    folder: Path
    """What the paths in it are relative to."""
    lines: tuple[str, ...]
    data: Json
    values: Mapping[Where, Span]
    keys: Mapping[Where, Span]
    """Where the key that leads to a place is written."""
    dropped: frozenset[Where] = frozenset()
    """What was written and could not be read, or was wrong: nothing is to be concluded from its absence. Of a list that
    has lost an item, the place `LOST` of it."""

    def problem(
        self, code: str, message: str, where: Where = (), *, key: bool = False, hint: str | None = None
    ) -> Problem:
        """Return a problem at `where`, or at its nearest parent that is written; `key` points at the key instead."""
        return Problem.at(self.place(where, key=key), code, message, hint=hint)

    def place(self, where: Where, *, key: bool = False, secret: bool = False) -> Place:
        """Return where the value at `where` is written, or else its nearest parent that is; `key`: where its key is.

        What is `secret`, or is named as a key, is not shown, and the rest of its line only where that is harmless.
        """
        secret = secret or any(isinstance(step, str) and holds_key(step) for step in where)
        value = self.at(where)
        span = self.keys.get(where) if key else None
        while span is None:
            span = self.values.get(where, Span(line=1, column=1, length=1) if not where else None)
            where = where[:-1]
        hidden = secret and not is_reference(value)
        return self._masked(span, value) if hidden else _place(self.file, self.lines, span)

    def _masked(self, span: Span, secret: Json) -> Place:
        """Return a place without the secret that stands there: its line is shown where the secret is all of the span
        and nowhere else in the line."""
        number = span.line - 1
        line, start, end = "".join(self.lines[number : span.line]), span.column - 1, span.column - 1 + span.length
        rest = line[:start], line[end:]
        if not isinstance(secret, str) or line[start:end].strip("\"'") != secret or secret in "".join(rest):
            return replace(_place(self.file, self.lines, span), excerpt=None)
        lines = (*self.lines[:number], MASK.join(rest), *self.lines[span.line :])
        return _place(self.file, lines, replace(span, length=len(MASK)))

    def raw(self, where: Where) -> str | None:
        """Return the text of a one-line scalar as it was written; None for anything else."""
        span = self.values.get(where)
        if span is None or isinstance(self.at(where), dict | list):
            return None
        return self.lines[span.line - 1][span.column - 1 : span.column - 1 + span.length]

    def at(self, where: Where) -> Json:
        """Return the value at `where`; None if there is none."""
        value = self.data
        for step in where:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def lacks(self, where: Where) -> bool:
        """Whether what stands at `where`, or what it is a part of, was written and could not be used."""
        return any(where[:length] in self.dropped for length in range(len(where) + 1))

    def lacks_some(self, where: Where) -> bool:
        """Whether anything of what stands at `where` was written and could not be used, or all of it."""
        return self.lacks(where) or any(lost[: len(where)] == where for lost in self.dropped)

    def renamed(self, meant: Mapping[Where, str]) -> "Source":
        """Return the source with other keys at some places: what is below them keeps its place in the text."""

        def path(where: Where) -> Where:
            return tuple(meant.get(where[: at + 1], step) for at, step in enumerate(where))

        def named(value: Json, where: Where) -> Json:
            if isinstance(value, dict):
                return {meant.get((*where, key), key): named(item, (*where, key)) for key, item in value.items()}
            if isinstance(value, list):
                return [named(item, (*where, index)) for index, item in enumerate(value)]
            return value

        return replace(
            self,
            data=named(self.data, ()),
            values={path(where): span for where, span in self.values.items()},
            keys={path(where): span for where, span in self.keys.items()},
            dropped=frozenset(map(path, self.dropped)),
        )

    def without(
        self, wrong: Collection[Where], *, instead: Mapping[Where, Json] = MappingProxyType({}),
        meant: Mapping[Where, Json] = MappingProxyType({}),
    ) -> "Source":  # fmt: skip
        """Return what is left without the values at `wrong`: items of lists move up, and keep their places in the text.

        A value at a place in `instead`, or none there, becomes what that says, and counts as lost all the same; one in
        `meant` becomes what was meant.
        """
        moved: dict[Where, Where] = {}
        gone = {*wrong} - instead.keys() - meant.keys()
        added: dict[Where, list[str | int]] = {}
        for place in instead:
            added.setdefault(place[:-1], []).append(place[-1])

        def rest(value: Json, was: Where, now: Where) -> Json:
            moved[was] = now
            if was in meant or was in instead:
                return meant[was] if was in meant else instead[was]
            if isinstance(value, dict):
                kept = {
                    key: rest(item, (*was, key), (*now, key)) for key, item in value.items() if (*was, key) not in gone
                }
                return kept | {str(key): instead[*was, key] for key in added.get(was, ()) if key not in value}
            if isinstance(value, list):
                left = [index for index in range(len(value)) if (*was, index) not in gone]
                return [rest(value[index], (*was, index), (*now, at)) for at, index in enumerate(left)]
            return value

        data = rest(self.data, (), ())
        lost = {where if isinstance(where[-1], str) else (*where[:-1], LOST) for where in gone if where}
        lost |= {*instead, *self.dropped}
        return replace(
            self,
            data=data,
            values={moved[where]: span for where, span in self.values.items() if where in moved},
            keys={moved[where]: span for where, span in self.keys.items() if where in moved},
            dropped=frozenset((*moved[where[:-1]], where[-1]) for where in lost if where[:-1] in moved),
        )


def read(path: Path, problems: list[Problem] | None = None) -> Source:
    """Parse the YAML file `path`; as `parse`."""
    text = _text(path)
    return parse(text, file=str(path), folder=path.parent, problems=problems)


def parse(text: str, *, file: str, folder: Path = Path(), problems: list[Problem] | None = None) -> Source:
    """Parse YAML; UsageError with every problem of form found.

    Where there is a list for them, the `problems` go there, and what can be read is returned; UsageError where nothing
    can be.
    """
    lines = tuple(text.splitlines())
    found: list[Problem] = []
    unread: frozenset[Where] = frozenset()
    shifts: Mapping[int, int] = {}
    try:
        root = compose(text)
    except yaml.MarkedYAMLError as error:
        salvaged = _salvaged(text, error, file, lines, found)
        root, unread, shifts = salvaged.root, salvaged.unread, salvaged.shifts
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        message = worded("malformed YAML: the character U+{code:04X} is not allowed", code=ord(text[error.position]))
        hint = worded("save it as UTF-8") if text[error.position] == "\0" else None
        raise UsageError(
            [Problem(code="E201", message=message, file=file, line=line, column=column, hint=hint)]
        ) from error
    except RecursionError as error:
        message = worded("malformed YAML: nested deeper than {most} levels", most=MAX_DEPTH)
        raise UsageError([Problem(code="E201", message=message, file=file)]) from error
    builder = _Builder(file=file, lines=lines, shifts=shifts)
    data = builder.build(root, ()) if root is not None else None
    found += builder.problems
    if found and (problems is None or root is None or () in builder.wrong):
        raise UsageError(found)
    source = Source(
        file=file, folder=folder, lines=lines, data=data, values=builder.values, keys=builder.keys, dropped=unread
    )
    if problems is None or not found:
        return source
    problems += found
    return source.without(builder.wrong)


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if path.is_file() and size <= MAX_BYTES else b""
    except OSError as error:
        message = worded("the file cannot be read: {strerror}", strerror=error.strerror)
        raise UsageError([Problem(code="E201", message=message, file=str(path))]) from error
    if not path.is_file():
        what = worded("a folder") if path.is_dir() else worded("no regular file")
        raise UsageError(
            [Problem(code="E201", message=worded("{name} is {what}", name=path.name, what=what), file=str(path))]
        )
    if size > MAX_BYTES:
        message = worded(
            "the file has {size:.1f} MB; a YAML file here has at most {most:.0f} MB",
            size=size / 1000000.0,
            most=MAX_BYTES / 1000000.0,
        )
        raise UsageError(
            [Problem(code="E201", message=message, file=str(path), hint=worded("put data into data files"))]
        )
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = worded("malformed YAML: the file is not UTF-8 text")
        raise UsageError(
            [Problem(code="E201", message=message, file=str(path), line=line, hint=worded("save it as UTF-8"))]
        ) from error


def _salvaged(
    text: str, error: yaml.MarkedYAMLError, file: str, lines: tuple[str, ...], problems: list[Problem]
) -> "Salvaged":
    """Return what can be read of a text that is no YAML, and what cannot; the problems are added."""
    from harness.config.malformed import salvage

    found = salvage(text, error)
    for fault in found.faults:
        span = Span(line=fault.line, column=fault.column, length=1)
        problems.append(Problem.at(_place(file, lines, span), "E201", fault.message, hint=fault.hint))
    return found


def _place(file: str, lines: tuple[str, ...], span: Span) -> Place:
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    before = lines[span.line - 2] if 2 <= span.line <= len(lines) else ""
    return Place(file=file, line=span.line, column=span.column, excerpt=safe_excerpt(line, before), length=span.length)


@dataclass(slots=True, kw_only=True)
class _Builder:
    """Turns composed nodes into plain data, noting where everything stands."""

    file: str
    lines: tuple[str, ...]
    shifts: Mapping[int, int]
    """As `Salvaged.shifts`."""
    values: dict[Where, Span] = field(default_factory=dict)
    keys: dict[Where, Span] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    wrong: set[Where] = field(default_factory=set)
    """Where something stands that cannot be read."""
    nodes: int = 0
    open: set[int] = field(default_factory=set)
    """Nodes that are being built: meeting one again is an alias to itself."""

    def build(self, node: Node, where: Where) -> Json:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            if self.nodes == MAX_NODES + 1:
                self._add(
                    node,
                    worded(
                        "malformed YAML: more than {most:,} values once its aliases are expanded",
                        most=MAX_NODES,
                    ),
                    (),
                )
            return None
        self.values[where] = self._span(node)
        if isinstance(node, ScalarNode):
            return self._scalar(node, where)
        if id(node) in self.open or len(self.open) >= MAX_DEPTH:
            fault = (
                worded("an alias that contains itself")
                if id(node) in self.open
                else worded("deeper than {most} levels", most=MAX_DEPTH)
            )
            self._add(node, worded("malformed YAML: {fault}", fault=fault), where)
            return None
        self.open.add(id(node))
        try:
            if isinstance(node, SequenceNode):
                return [self.build(item, (*where, index)) for index, item in enumerate(node.value)]
            assert isinstance(node, MappingNode)
            return self._mapping(node, where)
        finally:
            self.open.discard(id(node))

    def _mapping(self, node: MappingNode, where: Where) -> dict[str, Json]:
        result: dict[str, Json] = {}
        for key, value in node.value:  # YAML 1.1's `<<`: what is merged comes first, so that own keys win
            if key.tag == TAG + "merge":
                sources = value.value if isinstance(value, SequenceNode) else [value]
                for source in reversed(sources):
                    if isinstance(source, MappingNode):
                        merged = self.build(source, where)
                        result |= merged if isinstance(merged, dict) else {}
                    else:
                        self._add(source, worded("malformed YAML: `<<` takes a mapping"), (*where, "<<"))
        self.values[where] = self._span(node)
        own: dict[str, int] = {}
        for key, value in node.value:
            if key.tag == TAG + "merge":
                continue
            if not isinstance(key, ScalarNode):
                self._add_key(key, where)
                continue
            name, line = key.value, key.start_mark.line + 1
            if name in own:
                self._add(
                    key,
                    worded("the key {name} stands twice, first in line {line}", name=shown(name), line=own[name]),
                    code="E205",
                    hint=worded("keep one of them"),
                )
                continue
            own[name] = line
            self.keys[*where, name] = self._span(key)
            result[name] = self.build(value, (*where, name))
        return result

    def _scalar(self, node: ScalarNode, where: Where) -> Json:
        kind, construct = node.tag.removeprefix(TAG), SafeConstructor()
        if kind == "str" and not node.style and EXPONENT.fullmatch(node.value):
            kind = "float"
        try:
            if kind == "null":
                return None
            if kind == "bool":
                return bool(construct.construct_yaml_bool(node))
            if kind == "int":
                return int(construct.construct_yaml_int(node))
            if kind == "float":
                number = float(construct.construct_yaml_float(node))
                if math.isfinite(number):
                    return number
                raise ValueError(number)
        except (ValueError, KeyError, ConstructorError):
            message = worded("{value} is no finite {kind}", value=shown(node.value), kind=kind)
            self._add(node, message, where, code="E204")
            return None
        if kind not in ("str", "timestamp", "value"):
            self._add(
                node,
                worded("malformed YAML: the tag {tag} is not allowed", tag=shown(node.tag)),
                where,
                hint=worded("remove the tag"),
            )
            return None
        return str(node.value)

    def _span(self, node: Node) -> Span:
        start, end = node.start_mark, node.end_mark
        one_line = isinstance(node, ScalarNode) and start.line == end.line
        column = max(0, start.column - self.shifts.get(start.line, 0))
        return Span(line=start.line + 1, column=column + 1, length=max(1, end.column - start.column) if one_line else 1)

    def _add_key(self, key: Node, where: Where) -> None:
        """Refuse a key that is no text: mostly `{{ input }}`, which YAML reads as a mapping in a mapping."""
        line = self.lines[key.start_mark.line]
        message, hint = worded("malformed YAML: a key must be plain text"), None
        if line[: key.start_mark.column].endswith("{"):
            message = worded("malformed YAML: {said}", said=worded("without quotes, `{{{{` begins a mapping"))
            hint = worded("put the whole text in quotes")
        self._add(key, message, where, hint=hint)

    def _add(
        self, node: Node, message: str, where: Where | None = None, *, code: str = "E201", hint: str | None = None
    ) -> None:
        """Add a problem with `node`; `where`: what cannot be read for it."""
        place = _place(self.file, self.lines, self._span(node))
        self.problems.append(Problem.at(place, code, message, hint=hint))
        if where is not None:
            self.wrong.add(where)
