"""The pages that people learn from, as blocks: what is to be typed, what to be written into a file, what neither."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = (
    ROOT / "README.md", ROOT / "README.zh.md", *sorted(DOCS.glob("*.md")), *sorted((DOCS / "zh").glob("*.md")),
)  # fmt: skip
FENCE = re.compile(r"^```(\w*)(?: title=\"([^\"]+)\")?$")
REMARK = re.compile(r"^<!-- (not run|wrong on purpose|given): (.+) -->$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block. A remark above it, an HTML comment, says why it is not run, or that it is wrong on purpose."""

    page: Path
    line: int
    """Of the opening fence, from 1."""
    language: str
    title: str | None
    """The file that it is, or `part of` a file."""
    text: str
    not_run: str | None
    wrong: bool

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    path: Path
    blocks: tuple[Block, ...]
    given: tuple[str, ...]
    """Paths of the repository that the reader of the page has."""
    prose: str
    """All else."""

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))


def read(path: Path) -> Page:
    """Return a page's blocks in order."""
    lines = iter(enumerate(path.read_text(encoding="utf-8").splitlines(), start=1))
    blocks: list[Block] = []
    prose: list[str] = []
    given: list[str] = []
    remarks: dict[str, str] = {}
    for number, line in lines:
        if remark := REMARK.match(line):
            kind, said = remark.groups()
            if kind == "given":
                given += said.split(", ")
            else:
                remarks[kind] = said
        elif fence := FENCE.match(line):
            language, title = fence.groups()
            blocks.append(
                Block(
                    page=path,
                    line=number,
                    language=language,
                    title=title,
                    text=_inside(lines),
                    not_run=remarks.get("not run"),
                    wrong="wrong on purpose" in remarks,
                )
            )
            remarks = {}
        else:
            assert not line.lstrip().startswith("```"), f"{path}:{number}: no fence that the tests can read: {line}"
            assert not (remarks and line.strip()), f"{path}:{number}: a remark stands right above its block"
            prose.append(line)
    return Page(path=path, blocks=tuple(blocks), given=tuple(given), prose="\n".join(prose))


def _inside(lines: Iterator[tuple[int, str]]) -> str:
    text = ""
    for _, line in lines:
        if line == "```":
            return text
        text += line + "\n"
    raise AssertionError("a fence is not closed")
