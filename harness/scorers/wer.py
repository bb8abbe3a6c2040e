"""Word error counts: the cheapest way to turn the reference into what was heard (Levenshtein over words)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WordErrors:
    """Counts of one alignment; hits + substitutions + deletions = words of the reference."""

    hits: int
    substitutions: int
    insertions: int
    deletions: int

    @property
    def words(self) -> int:
        return self.hits + self.substitutions + self.deletions

    @property
    def rate(self) -> float:
        """Errors per word of the reference, above 1 where much was inserted; ZeroDivisionError for an empty one."""
        return (self.substitutions + self.insertions + self.deletions) / self.words


@dataclass(frozen=True, slots=True)
class Pair:
    """A word of the reference and what was heard of it; one is None where it was skipped or added."""

    wanted: str | None
    heard: str | None


def word_errors(reference: Sequence[str], heard: Sequence[str]) -> WordErrors:
    """Count the errors of `alignment`."""
    pairs = alignment(reference, heard)
    insertions, deletions = sum(p.wanted is None for p in pairs), sum(p.heard is None for p in pairs)
    hits = sum(p.wanted == p.heard for p in pairs)
    substitutions = len(pairs) - hits - insertions - deletions
    return WordErrors(hits=hits, substitutions=substitutions, insertions=insertions, deletions=deletions)


def alignment(reference: Sequence[str], heard: Sequence[str]) -> list[Pair]:
    """Align two sequences of words.

    Several alignments can be cheapest; which one is taken follows jiwer (rapidfuzz), so that insertions and
    deletions compare with published ones: a common start and end are hits; from the end, a deletion is taken where one
    is cheapest, then an insertion where the alternative costs more one row up, then a hit or a substitution.
    """
    start = _common(reference, heard)
    end = _common(reference[start:][::-1], heard[start:][::-1])
    ref, hyp = reference[start : len(reference) - end], heard[start : len(heard) - end]
    cost = _costs(ref, hyp)
    backwards: list[Pair] = []
    row, column = len(hyp), len(ref)
    while row or column:
        if column and (not row or cost[row][column] == cost[row][column - 1] + 1):
            column -= 1
            backwards.append(Pair(ref[column], None))
        elif not column or cost[row - 1][column] < cost[row - 1][column - 1]:
            row -= 1
            backwards.append(Pair(None, hyp[row]))
        else:
            row, column = row - 1, column - 1
            backwards.append(Pair(ref[column], hyp[row]))
    same = [Pair(word, word) for word in (*reference[:start], *reference[len(reference) - end :])]
    return [*same[:start], *reversed(backwards), *same[start:]]


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """How many words `a` and `b` share from the start."""
    same = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        same += 1
    return same


def _costs(ref: Sequence[str], hyp: Sequence[str]) -> list[list[int]]:
    """cost[row][column]: fewest edits from `ref[:column]` to `hyp[:row]`."""
    cost = [list(range(len(ref) + 1))]
    for row, word in enumerate(hyp, start=1):
        above, line = cost[-1], [row]
        for column, wanted in enumerate(ref, start=1):
            line.append(min(above[column - 1] + (word != wanted), above[column] + 1, line[-1] + 1))
        cost.append(line)
    return cost
