"""`python -m benchmarks [--only bias,own]`: measures the goals and prints their tables.

A measurement at full size is kept in results.json and RESULTS.md; a smaller one is only printed.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import machine, results
from benchmarks.bench import Bench
from benchmarks.goals import SECTIONS
from benchmarks.table import shortfalls, table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help=f"sections, comma-separated: {', '.join(SECTIONS)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--samples", type=int, default=2_000)
    parser.add_argument("--many", type=int, default=20_000)
    options = parser.parse_args()
    chosen = [name for name in options.only.split(",") if name]
    chosen = chosen or [name for name, section in SECTIONS.items() if section.by_default]
    if unknown := [name for name in chosen if name not in SECTIONS]:
        parser.error(f"there is no section {unknown[0]!r}; there are {', '.join(SECTIONS)}")
    full = (options.rounds, options.samples, options.many) >= (3, 2_000, 20_000)
    for name in chosen:
        section, there = SECTIONS[name], machine.described(more=SECTIONS[name].versions)
        print(f"{section.title} ...", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="bakeoff-bench-") as folder:
            rows = section.measure(
                Bench(folder=Path(folder), rounds=options.rounds, samples=options.samples, many=options.many)
            )
        print(f"\n## {section.title}\n\n{table(rows)}\n")
        for line in shortfalls(rows, results.reasons()):
            print(line)
        sys.stdout.flush()
        if full:
            results.keep(name, section.title, rows, there)


if __name__ == "__main__":
    main()
