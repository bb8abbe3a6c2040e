"""A pytest plugin: a test marked `bakeoff` passes where a gate is proven by a run's bounds.

    @pytest.mark.bakeoff(folder="evals", candidate="haiku", metric="quality", min=0.8, budget_usd=1)
    def test_haiku_still_answers_our_questions(bakeoff_run): ...

The gate is held against the unfavourable one-sided 95% bound, as in a decision: what is unproven fails too. The run is
made once for all tests that ask for the same; `run="latest"` or a folder takes one that was made before, for nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from harness import library
from harness.core.decision import GateStatus
from harness.core.rules import Gate
from harness.decide.gates import check, judge
from harness.errors import BakeoffError

RUN = ("folder", "suites", "candidates", "limit", "budget_usd", "allow_code_execution", "runs")
"""What a mark may say of the run that it wants: arguments of `harness.run`."""
GATE = ("candidate", "metric", "slot", "min", "max")
MADE = pytest.StashKey[dict[str, library.Run]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[MADE] = {}
    config.addinivalue_line(
        "markers",
        "bakeoff(folder, candidate, metric, min, max, slot, suites, candidates, limit, budget_usd, run): runs the"
        " bake-off in `folder` and passes where the gate is proven.",
    )


@pytest.fixture
def bakeoff_run(request: pytest.FixtureRequest) -> library.Run:
    """The run that the test's mark asks for; `decisions`, `estimate` and `to_pandas` are for further asserts."""
    mark = request.node.get_closest_marker("bakeoff")
    if mark is None:
        raise pytest.UsageError("the fixture bakeoff_run wants a test that is marked bakeoff")
    return _run(request.config, mark.kwargs)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    mark = item.get_closest_marker("bakeoff")
    if mark is not None:
        _assert_gate(item.config, mark)
    return (yield)


def _assert_gate(config: pytest.Config, mark: pytest.Mark) -> None:
    asked = dict(mark.kwargs)
    unknown = sorted(set(asked) - {*RUN, *GATE, "run"})
    if unknown or mark.args:
        pytest.fail(f"the mark bakeoff takes {', '.join((*RUN, *GATE, 'run'))} by name, not {mark}", pytrace=False)
    if "min" not in asked and "max" not in asked:
        return  # it only wants the run
    gate = Gate(metric=asked.get("metric", "quality"), min=asked.get("min"), max=asked.get("max"))
    try:
        check(gate)
        found = _run(config, asked).estimate(asked["candidate"], gate.metric, slot=asked.get("slot"))
    except KeyError:
        pytest.fail("the mark bakeoff names no candidate", pytrace=False)
    except (BakeoffError, ValueError) as error:
        pytest.fail(_said(error), pytrace=False)
    result = judge(gate, asked["candidate"], found)
    if result.status is not GateStatus.PASS:
        pytest.fail(f"{asked['candidate']}, {result.status.value}: {result.reason} (n={found.n})", pytrace=False)


def _run(config: pytest.Config, asked: Mapping[str, Any]) -> library.Run:
    made = config.stash[MADE]
    chosen = {name: asked[name] for name in RUN if name in asked}
    key = repr(sorted((chosen | {"run": asked.get("run")}).items()))
    if key not in made:
        if "run" in asked:
            made[key] = library.load(asked["run"], folder=chosen.get("folder", "."), runs=chosen.get("runs"))
        else:
            made[key] = library.run(**chosen)
    return made[key]


def _said(error: Exception) -> str:
    if not isinstance(error, BakeoffError):
        return str(error)
    problems = [f"{p.message}{f' (fix: {p.hint})' if p.hint else ''}" for p in error.problems]
    return "\n".join(problems) or str(error)
