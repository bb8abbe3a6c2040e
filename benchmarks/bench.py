"""The bench: how many samples and rounds, where files go, and subjects one after the other in each round."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Bench:
    """What every measurement is given."""

    folder: Path
    """Temporary; each subject gets a folder of its own in it."""
    rounds: int = 3
    samples: int = 2_000
    many: int = 20_000
    """For what must not depend on the number of samples."""
    say: Callable[[str], None] = lambda text: print(text, file=sys.stderr, flush=True)
    _folders: int = 0

    def new_folder(self) -> Path:
        self._folders += 1
        folder = self.folder / str(self._folders)
        folder.mkdir()
        return folder

    def interleaved(self, subjects: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
        """Run every subject once in each round, A B C A B C, so that a slow minute hits all alike."""
        done: dict[str, list[T]] = {name: [] for name in subjects}
        for number in range(self.rounds):
            for name, subject in subjects.items():
                self.say(f"  round {number + 1} of {self.rounds}: {name}")
                done[name].append(subject())
        return done
