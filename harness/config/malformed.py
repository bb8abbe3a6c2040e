"""A text that is no YAML: what is wrong with it, in a person's words, and what of it can be read all the same."""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import yaml
from yaml.nodes import Node

from harness.config.composed import compose
from harness.config.secrets import HIDDEN, looks_like_key
from harness.config.where import LOST, Where
from harness.core.wording import foreign, worded

KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^\s"'#][^:#]*?))\s*:(?:\s|$)""")
"""What begins a line `key: value`."""
WORD = re.compile(r"\s*([\w-]+)")
HEAD = re.compile(r"[^#]*:\s*(?:#.*)?")
"""A line `key:`, whose value stands below it."""
BLOCK = re.compile(r"(?:^|[:-])\s+[|>][-+\d]*\s*(?:#.*)?$")
"""What ends a line below which a text stands, as it is."""
TABS = (2, 4, 8)
"""Columns that somebody may have taken a tab for."""
MOST_MOVED, MOST_TRIED, MOST_REALIGNED = 10, 30, 500
"""Lines that are told to begin in a wrong column, columns tried for each, and lines of a text where they are."""
MOST_LINES = 2_000
"""Of a text that is read in parts: each of them is parsed by itself."""
DASH = re.compile(r"\s*-[^\s-]")
SPARES = re.compile(r"\s*(?:#.*)?")
OPENS = {"double-quoted": '"', "single-quoted": "'", "flow sequence": "[", "flow mapping": "{"}
CLOSES = {"[": "]", "{": "}", '"': '"', "'": "'"}

QUOTED = worded("put the whole text in quotes")
SPACED = worded("write `key: value`, with a space after the colon")
SPACES = worded("indent with spaces, not tabs")
ALIGNED = worded("lines that belong together begin in the same column: indent them alike, with spaces")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a part of the text is no YAML."""

    line: int
    """1-based; so is the column."""
    column: int
    message: str
    hint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """What is left of a text without the parts that are no YAML."""

    faults: tuple[Fault, ...]
    root: Node | None
    """None: nothing."""
    unread: frozenset[Where]
    """Where the other parts stood: keys, and of lists the place `LOST`."""
    shifts: Mapping[int, int] = field(default_factory=dict)
    """Line, from 0 → by how many columns what is read of it stands further right than it is written."""


def salvage(text: str, error: yaml.MarkedYAMLError) -> Salvaged:
    """Read every part of `text` on its own, as its indentation tells them apart, and leave out those that are no YAML.

    A part is a key with what is below it, or an item of a list. YAML's own parser stops at the first fault (`error`),
    so that one unclosed bracket would hide all else that is wrong with a file.
    """
    lines = text.split("\n")
    nothing = Salvaged(faults=(_fault(error, lines, 0),), root=None, unread=frozenset())
    if len(lines) > MOST_LINES:
        return nothing
    faults: list[Fault] = []
    if tabbed := _tabbed(lines):
        message = worded("malformed YAML: {said}", said=worded("a tab stands where the line is indented"))
        runs = (at for at in tabbed if at - 1 not in tabbed)
        faults += [Fault(line=at + 1, column=lines[at].index("\t") + 1, message=message, hint=SPACES) for at in runs]
        lines = min((_untabbed(lines, tabbed, width) for width in TABS), key=lambda them: len(_all_broken(them)))
    dashed = list(_dashed(lines))
    for at in dashed:
        column = _indent(lines[at])
        message = worded("malformed YAML: {said}", said=worded("a space is missing after the dash"))
        hint = worded("write `- value`, with a space after the dash")
        faults.append(Fault(line=at + 1, column=column + 1, message=message, hint=hint))
        lines[at] = f"{lines[at][:column]}- {lines[at][column + 1 :]}"
    unread: list[Where] = []
    moved: list[int] = []
    try:
        for at, realigned in _realigned(lines):
            column = _indent(lines[at])
            message = worded("this line begins in another column than those that it belongs to")
            if _indent(realigned[at]) < column:
                message = worded("this line is indented deeper than those that it belongs to")
            said = worded("malformed YAML: {said}", said=message)
            faults.append(Fault(line=at + 1, column=column + 1, message=said, hint=ALIGNED))
            moved.append(at)
            lines = realigned
        for start, end, where, why in _all_broken(lines):
            fault = _keyless(lines, start) if why is None else _fault(why, lines, start)
            faults += [fault] if fault.line - 1 not in (*tabbed, *dashed, *moved) else []
            unread.append(where)
            head, is_key = lines[start], where[-1:] != (LOST,)
            dash = head[: _indent(head)] + "-" if is_key and _is_item(head) else ""
            lines[start:end] = [dash, *[""] * (end - start - 1)]
        root = None if () in unread else compose("\n".join(lines))
    except (yaml.MarkedYAMLError, RecursionError):  # what is wrong between the parts, such as an alias
        return replace(nothing, faults=tuple(faults) or nothing.faults)
    pairs = enumerate(zip(lines, text.split("\n"), strict=True))
    shifts = {at: len(now) - len(was) for at, (now, was) in pairs if len(now) != len(was)}
    return Salvaged(faults=tuple(faults), root=root, unread=frozenset(unread), shifts=shifts)


Broken = tuple[int, int, Where, yaml.MarkedYAMLError | None]
"""Lines that are no YAML, where they stand, and why; None: they are text where keys are wanted."""


def _all_broken(lines: list[str]) -> list[Broken]:
    return list(_broken(lines, 0, len(lines), ()))


def _tabbed(lines: list[str]) -> list[int]:
    """Return the lines that are indented with tabs, where a key or an item begins."""
    begun = (at for at in _told(lines) if KEY.match(lines[at]) is not None or _is_item(lines[at]))
    return [at for at in begun if "\t" in lines[at][: _indent(lines[at])]]


def _dashed(lines: list[str]) -> Iterator[int]:
    """Yield the lines that begin with a dash without a space after it, beside an item in the same column."""
    told = list(_told(lines))
    for index, at in enumerate(told):
        if DASH.match(lines[at]):
            around = (told[:index][::-1], told[index + 1 :])
            nearest = (next((it for it in them if _indent(lines[it]) <= _indent(lines[at])), at) for them in around)
            if any(_is_item(lines[it]) and _indent(lines[it]) == _indent(lines[at]) for it in nearest):
                yield at


def _realigned(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield each line that begins in a wrong column, with the lines as they are when it has been moved to the right
    one: that with which the fewest parts are no YAML, if they are fewer than before, and no other is as near."""
    broken = len(_all_broken(lines))
    for _ in range(MOST_MOVED if broken and len(lines) <= MOST_REALIGNED else 0):
        tried: dict[tuple[int, int], tuple[int, list[str]]] = {}
        for at, column in itertools.islice(_moves(lines), MOST_TRIED):
            trial = [*lines[:at], " " * column + lines[at].lstrip(), *lines[at + 1 :]]
            tried[at, column] = len(_all_broken(trial)), trial
        left = min((left for left, _ in tried.values()), default=broken)
        best = [move for move, (left_by_it, _) in tried.items() if left_by_it == left]
        if left >= broken:
            return
        at = best[0][0]
        far = [abs(column - _indent(lines[it])) for it, column in best if it == at]
        if far[1:2] == far[:1]:
            return
        broken, lines = tried[best[0]]
        yield at, lines


def _moves(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Yield lines that may begin in a wrong column, each with a column that may be the right one, the nearest first.

    Where a line begins in no column that is open, it may be wrong, or those in the columns around it.
    """
    levels: list[tuple[int, int, bool]] = []  # column, the last line in it, whether of items
    before: int | None = None
    for at in _told(lines):
        column, is_item = _indent(lines[at]), _is_item(lines[at])
        if not is_item and KEY.match(lines[at]) is None:
            continue
        around = list(levels)
        while levels and levels[-1][0] > column:
            levels.pop()
        is_open = bool(levels) and levels[-1][0] == column and (is_item or not levels[-1][2])
        is_new = len(levels) == len(around) and (before is None or HEAD.fullmatch(lines[before]) is not None)
        if not is_open and not is_new:
            columns = dict.fromkeys(level[0] for level in around if level[0] != column)
            yield from ((at, it) for it in sorted(columns, key=lambda it: (abs(it - column), -it)))
            above = dict.fromkeys(level[1] for level in around[max(0, len(levels) - 1) :] if level[0] != column)
            yield from ((it, column) for it in above)
        levels[len(levels) - is_open :] = [(column, at, is_item and not (is_open and not levels[-1][2]))]
        if is_item:
            levels.append((len(lines[at]) - len(lines[at].lstrip()[1:].lstrip()), at, False))
        before = at


def _told(lines: list[str]) -> Iterator[int]:
    """Yield the lines that hold something, without the text below a `|` or a `>`."""
    block: int | None = None
    for at, line in enumerate(lines):
        spaces = len(line) - len(line.lstrip(" "))
        if not SPARES.fullmatch(line) and (block is None or spaces <= block):
            yield at
            block = spaces if BLOCK.search(line) else None


def _untabbed(lines: list[str], tabbed: list[int], width: int) -> list[str]:
    """Return the lines with so many spaces for each tab that those of them are indented with."""
    indents = {at: lines[at][: _indent(lines[at])].replace("\t", " " * width) for at in tabbed}
    return [indents.get(at, line[: _indent(line)]) + line.lstrip() for at, line in enumerate(lines)]


def _broken(lines: list[str], start: int, end: int, where: Where) -> Iterator[Broken]:
    """Yield the smallest parts of some lines that are no YAML."""
    try:
        compose("\n" * start + "\n".join(lines[start:end]))
        return
    except yaml.MarkedYAMLError as error:
        found = error
    several = "another document" in (found.problem or "")
    parts = [] if several else _parts(lines, start, end)
    inner: list[Broken] = []
    items = 0
    for first, last in parts:
        head, below = lines[first], _below(lines[first], where)
        broken: list[Broken] = []
        if _is_item(head):
            keys = [*lines[:first], head.replace("-", " ", 1), *lines[first + 1 :]]
            broken = list(_broken(keys, first, last, (*where, items)))
            has_keys = len(_parts(keys, first, last)) > 1 and (*where, items) not in [it[2] for it in broken]
            if broken and not has_keys:
                broken = [(first, last, below, broken[0][3])]
            items += has_keys or not broken
        elif len(parts) > 1:
            broken = list(_broken(lines, first, last, where))
            broken = broken or ([] if KEY.match(head) else [(first, last, below, None)])
        elif HEAD.fullmatch(head):
            broken = [it for it in _broken(lines, first + 1, end, below) if it[2] != below]  # else all of it is broken
        inner += broken
    if inner:
        yield from inner
    else:
        yield start, end, _below(lines[parts[0][0]], where) if len(parts) == 1 else where, found


def _parts(lines: list[str], start: int, end: int) -> list[tuple[int, int]]:
    """Split some lines where one begins in the first column that any begins in."""
    told = [at for at in range(start, end) if not SPARES.fullmatch(lines[at])]
    least = min((_indent(lines[at]) for at in told), default=0)
    firsts = [at for at in told if _indent(lines[at]) == least]
    if any(not _is_item(lines[at]) for at in firsts):  # a list may begin in the column of its key
        firsts = [at for at in firsts if not _is_item(lines[at])]
    firsts = firsts if firsts[:1] == told[:1] else told[:1]
    return [(first, last) for first, last in itertools.pairwise([*firsts, end])]


def _below(line: str, where: Where) -> Where:
    """Return where the part that begins with `line` stands, in what stands at `where`."""
    key = KEY.match(line) or WORD.match(line)
    return (*where, LOST) if _is_item(line) or key is None else (*where, next(filter(None, key.groups()), ""))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_item(line: str) -> bool:
    return line.lstrip() == "-" or line.lstrip().startswith("- ")


def _keyless(lines: list[str], at: int) -> Fault:
    message = worded("malformed YAML: {said}", said=worded("the line has no colon that ends its key"))
    column = len(lines[at]) - len(lines[at].lstrip(" -"))
    return Fault(line=at + 1, column=column + 1, message=message, hint=SPACED)


def _fault(error: yaml.MarkedYAMLError, lines: list[str], start: int) -> Fault:
    """Say in a person's words what is wrong, where whoever wrote it will look for it."""
    said, context = error.problem or "", error.context or ""
    mark, opened = error.problem_mark or error.context_mark, error.context_mark or error.problem_mark
    line, column = (mark.line, mark.column) if mark else (start, 0)
    here = lines[line] if line < len(lines) else ""

    def fault(message: str, hint: str | None, at: tuple[int, int] = (line, column)) -> Fault:
        told = HIDDEN if looks_like_key(message) else message
        return Fault(line=at[0] + 1, column=at[1] + 1, message=worded("malformed YAML: {said}", said=told), hint=hint)

    if "'\\t'" in said:
        return fault(worded("a tab stands where the line is indented"), SPACES)
    if (odd := _unclosed_quote(lines, start, line)) is not None and "scalar" in said + context:
        quote = lines[odd[0]][odd[1]]
        return fault(worded("a quote opens here and is not closed"), worded("close it with {quote}", quote=quote), odd)
    for kind, bracket in OPENS.items():
        if kind in context and opened is not None and "escape" not in said:
            at, closing = (opened.line, opened.column), CLOSES[bracket]
            message = worded("the {bracket} that opens here is not closed, or a comma is missing", bracket=bracket)
            if bracket in "\"'":
                message = worded("a quote opens here and is not closed")
            return fault(message, worded("close it with {quote}", quote=closing), at)
    if "escape" in said:
        hint = worded("in double quotes write \\\\ for a backslash, or use single quotes")
        return fault(worded("in double quotes a backslash begins an escape, and this is none"), hint)
    if "alias" in said + context:
        return fault(worded("a text that begins with * is read as an alias"), QUOTED)
    if said.startswith("found character"):
        return fault(worded("a text cannot begin with {character}", character=here[column : column + 1]), QUOTED)
    if "document" in said + context:
        if "another document" in said:
            return fault(worded("a second document begins here"), worded("keep one document in the file: take out ---"))
        return fault(worded("this line begins in another column than those before it"), ALIGNED)
    if "sequence entries" in said:
        return fault(worded("a list begins behind its key"), worded("begin it on the next line, or write [a, b]"))
    if "mapping values are not allowed" in said or "could not find expected ':'" in said:
        return _colon(lines, line, column, fault)
    if "node content" in said:
        hint = worded("close each [ and {{, and write a value behind each colon and comma")
        return fault(worded("a value is missing here, or a bracket is not closed"), hint)
    if "<scalar>" in said:
        if "{{" in here[:column]:
            return fault(worded("without quotes, `{{{{` begins a mapping"), QUOTED, (line, here.index("{{")))
        hint = worded("put the whole text in quotes, and write a quote inside it twice or as the other kind")
        return fault(worded("more text follows where the quotes or brackets of this value have closed"), hint)
    if said.startswith("expected <block end>") and said.endswith(("']'", "'}'")):
        return fault(worded("{bracket} closes nothing", bracket=here[column : column + 1]), worded("take it out"))
    if said.startswith("expected <block end>"):
        return fault(worded("this line begins in another column than those that it belongs to"), ALIGNED)
    return fault(HIDDEN if looks_like_key(said) else foreign(said or context or "not YAML"), None)


def _colon(lines: list[str], line: int, column: int, fault: Callable[..., Fault]) -> Fault:
    """Tell a colon in a text from a line that lacks one and from one that is indented too far."""
    here = lines[line] if line < len(lines) else ""
    before = next((at for at in range(line - 1, -1, -1) if not SPARES.fullmatch(lines[at])), None)
    begun = KEY.match(here.replace("- ", "  ", 1))
    if begun is not None and begun.end(0) - 1 < column and ":" in here[:column]:
        return fault(worded("a colon with a space after it stands in the text"), QUOTED)
    if before is not None and KEY.match(lines[before].replace("- ", "  ", 1)) is None:
        at = (before, _indent(lines[before]))
        return fault(worded("the line has no colon that ends its key"), SPACED, at)
    at = (line, _indent(here))
    return fault(worded("this line is indented deeper than those that it belongs to"), ALIGNED, at)


def _unclosed_quote(lines: list[str], first: int, last: int) -> tuple[int, int] | None:
    """Return where a quote opens that its line does not close; None where none does."""
    for at in range(first, min(last + 1, len(lines))):
        opened, column = None, 0
        text = lines[at]
        while column < len(text):
            sign = text[column]
            if opened is None and sign == "#" and (column == 0 or text[column - 1].isspace()):
                break
            if opened is None and sign in "\"'" and (column == 0 or text[column - 1] in " [{,:-"):
                opened = column
            elif opened is not None and text[opened] == '"' and sign == "\\":
                column += 1
            elif opened is not None and sign == text[opened]:
                opened = None
            column += 1
        if opened is not None:
            return at, opened
    return None
