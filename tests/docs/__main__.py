"""`python -m tests.docs`: writes into the pages what their commands print now; `git diff` shows what that changes."""

import tempfile
from pathlib import Path

from tests.docs.pages import PAGES, read
from tests.docs.reader import follow

for path in PAGES:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    with tempfile.TemporaryDirectory() as home:
        done = list(follow(read(path), Path(home).resolve()))
    for block, now in reversed(done):
        lines[block.line : block.line + block.text.count("\n")] = now.splitlines(keepends=True)
    path.write_text("".join(lines), encoding="utf-8")
