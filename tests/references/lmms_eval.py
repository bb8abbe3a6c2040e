"""Writes lmms_eval.json: what the checkers of lmms-eval say of our cases.

Run: python -m tests.references.lmms_eval GIT. GIT is a clone of github.com/EvolvingLMMs-Lab/lmms-eval (MIT). The
package itself wants PyTorch, so two files of the clone are run alone; their names and digests are in the fixture.
"""

import argparse
import hashlib
import json
import random
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

FIXTURE = Path(__file__).with_suffix(".json")
CHARTS = "lmms_eval/tasks/chartqa/utils.py"
OCR = "lmms_eval/tasks/ocrbench/utils.py"


def charts() -> list[list[str]]:
    """Pairs of target and answer: the edges, then random numbers near the limit of 5 per cent."""
    made = [
        ["12", "12"], ["12", "12.6"], ["12", "12.61"], ["12", "11.4"], ["12", "11.39"], ["0", "0"], ["0", "0.0"],
        ["0", "0.01"], ["50%", "0.5"], ["50%", "52.5%"], ["50%", "53%"], ["0.5", "50%"], ["50", "50%"], ["-4", "-4.1"],
        ["-4", "4"], ["1e3", "1000"], ["1,000", "1000"], ["1,000", "1,000"], ["Yes", "yes"], ["Yes", "no"],
        ["Germany", "germany"], ["Germany", "Germany."], ["2019", "2018"], ["12", "about 12"], ["12", ""], ["3", "nan"],
        ["3", "inf"], ["%", "%"], ["0%", "0%"], ["0%", "0"], ["北京", "北京"], ["1_000", "1000"], ["5", "5%%"],
    ]  # fmt: skip
    rng = random.Random(3)
    for _ in range(60):
        target = round(rng.uniform(-500, 500), rng.randint(0, 3))
        answer = round(target * rng.uniform(0.93, 1.07), rng.randint(0, 4))
        made.append([str(target), str(answer) + rng.choice(["", "", "%"])])
    return made


def readings() -> list[list[Any]]:
    """Triples of formula or not, targets and answer; without full-width letters, which lmms-eval alone folds."""
    words = ["exit", "stop", "open", "24", "hours", "café", "出口", "停车场", "no.5"]
    made: list[list[Any]] = [
        [False, ["EXIT"], "exit"], [False, ["exit"], "The sign says EXIT."], [False, ["open late"], "open\nlate"],
        [False, ["open\nlate"], "open late"], [False, ["open late"], "openlate"], [False, ["a", "b"], "b"],
        [False, [" exit "], "exit"], [False, ["exit"], ""], [False, ["出口"], "前方出口"], [True, ["x ^ 2"], "x^2"],
        [True, ["X^2"], "x^2"],
        [True, ["x^2"], "y = x ^ 2 + 1"], [True, ["x^2"], "x^3"], [True, ["\\frac{1}{2}"], "\\frac { 1 } { 2 }"],
    ]  # fmt: skip
    rng = random.Random(5)
    for _ in range(60):
        formula = rng.random() < 0.3
        targets = [" ".join(rng.sample(words, rng.randint(1, 2))) for _ in range(rng.randint(1, 2))]
        answer = rng.choice([" ", "\n"]).join(rng.sample(words, rng.randint(0, 6)))
        made.append([formula, targets, rng.choice([answer, answer.upper()])])
    return made


def loaded(source: str) -> types.ModuleType:
    """Run a file of the clone as a module, without the imports that its checker does not need."""
    module = types.ModuleType("reference")
    kept = "\n".join(line for line in source.splitlines() if not line.startswith("from "))
    exec(compile(kept, "reference", "exec"), vars(module))
    return module


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("git", help="a clone of lmms-eval, bare or not")
    git = parser.parse_args().git

    def shown(*arguments: str) -> str:
        return subprocess.run(["git", "-C", git, *arguments], check=True, capture_output=True, text=True).stdout

    sources = {path: shown("show", f"HEAD:{path}") for path in (CHARTS, OCR)}
    chart, ocr = loaded(sources[CHARTS]), loaded(sources[OCR])

    def contained(formula: bool, targets: list[str], answer: str) -> bool:
        dataset = "HME100k" if formula else "IIIT5K"
        doc = {"answer": targets, "dataset": dataset, "question_type": "Regular Text Recognition"}
        return bool(ocr.ocrbench_process_results(doc, [answer])["ocrbench_accuracy"]["score"])

    fixture = {
        "commit": shown("rev-parse", "HEAD").strip(),
        "files": {path: hashlib.sha256(source.encode()).hexdigest() for path, source in sources.items()},
        "python": sys.version.split()[0],
        "relaxed_accuracy": [[*case, chart.relaxed_correctness(case[1], case[0])] for case in charts()],
        "ocr_contains": [[*case, contained(*case)] for case in readings()],
    }
    FIXTURE.write_text(json.dumps(fixture, ensure_ascii=False) + "\n", encoding="utf-8")
    print(hashlib.sha256(FIXTURE.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
