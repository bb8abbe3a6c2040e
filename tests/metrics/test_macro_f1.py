"""Macro-F1 of labels is the mean of each label's F1, with an interval that resampling confirms."""

import random
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from harness.core.estimates import Estimate
from harness.metrics.estimates import estimates
from harness.metrics.resample import resample
from harness.metrics.tables import observe
from tests.metrics.frames import CANDIDATE_FAULT, INFRA_FAULT, Frames

NONE = -1


def frames(wanted: Sequence[int], read: Mapping[str, Sequence[int | None]], *, task: str = "t") -> Frames:
    """Candidate → what it read; None where the call was lost."""
    made = Frames()
    for name, labels in read.items():
        for at, (want, got) in enumerate(zip(wanted, labels, strict=True)):
            add(made, name, at, want, got, task)
    return made


def add(made: Frames, name: str, at: int, want: int, got: int | None, task: str = "t") -> None:
    columns = {"primary": "label_match", "task": task, **(INFRA_FAULT if got is None else {})}
    details = {"label_match": {"wanted": float(want), "read": float(got if got is not None else NONE)}}
    made.add(name, f"{at:03}", None if got is None else float(want == got), details=details, **columns)


def macro(made: Frames, name: str = "a") -> Estimate:
    found = {e.metric: e for e in estimates(observe(*made.tables(), slot="text"))[name]}
    return found["macro_f1"]


def by_definition(wanted: Sequence[int], read: Sequence[int]) -> float:
    """The mean, over the labels of the key, of the harmonic mean of precision and recall."""
    pairs, found = list(zip(wanted, read, strict=True)), []
    for label in sorted(set(wanted)):
        hits = sum(want == got == label for want, got in pairs)
        precision = hits / max(1, sum(got == label for _, got in pairs))
        recall = hits / sum(want == label for want, _ in pairs)
        found.append(2 * precision * recall / (precision + recall) if hits else 0.0)
    return sum(found) / len(found)


@pytest.mark.parametrize("seed", range(60))
def test_equals_the_definition(seed: int) -> None:
    rng = random.Random(seed)
    labels = range(rng.randint(1, 6))
    wanted = [rng.choice(labels) for _ in range(rng.randint(2, 60))]
    read = [want if rng.random() < 0.6 else rng.choice([NONE, *labels]) for want in wanted]
    estimate = macro(frames(wanted, {"a": read}))
    assert estimate.value == pytest.approx(by_definition(wanted, read))
    assert (estimate.n, estimate.coverage) == (len(wanted), 1.0)


def test_the_interval_is_that_of_resampling() -> None:
    rng = random.Random(1)
    wanted = [rng.choice((0, 0, 0, 1, 1, 2)) for _ in range(300)]
    read = [want if rng.random() < 0.7 else rng.choice((NONE, 0, 1, 2)) for want in wanted]
    made = frames(wanted, {"a": read})
    estimate = macro(made)
    draws = resample(observe(*made.tables(), slot="text"), ["macro_f1"], draws=2_000)[:, 0, 0]
    assert estimate.value is not None
    assert float(np.mean(draws)) == pytest.approx(estimate.value, abs=0.01)
    assert [estimate.low, estimate.high] == pytest.approx(list(np.quantile(draws, (0.025, 0.975))), abs=0.015)


def test_tasks_count_alike_and_labels_within_them() -> None:
    made = frames([0, 0, 0, 1], {"a": [0, 0, 0, NONE]})  # F1 of 1 and 0
    for at in range(2):
        add(made, "a", at, 0, 0, task="u")
    assert macro(made).value == pytest.approx((0.5 + 1.0) / 2)


def test_a_failure_of_its_own_reads_nothing_and_a_lost_answer_is_left_out() -> None:
    made = frames([0, 1, 1, 1], {"a": [0, 1, 1, None], "b": [0, 1, 1, 1]})
    made.add("a", "004", primary="label_match", **CANDIDATE_FAULT)
    add(made, "b", 4, 1, 1)
    ours, theirs = macro(made), macro(made, "b")
    assert ours.value == pytest.approx((1.0 + 2 * 2 / (3 + 2)) / 2)
    assert (ours.n, ours.coverage) == (4, 0.8)
    assert (theirs.value, theirs.n) == (1.0, 5)


def test_a_label_without_any_answer_makes_it_unknown() -> None:
    made = frames([0, 1], {"a": [0, None], "b": [0, 1]})
    estimate = macro(made)
    assert (estimate.value, estimate.low, estimate.note) == (None, None, "a class has no scored sample")


def test_a_draw_without_a_label_is_the_mean_of_the_others() -> None:
    draws = resample(observe(*frames([0, 1, 1, 1], {"a": [0, 1, 1, 1]}).tables(), slot="text"), ["macro_f1"], draws=500)
    assert (draws == 1.0).all()


def test_a_slot_without_labels_has_no_such_metric() -> None:
    made = Frames()
    made.add("a", "0", 1.0)
    assert "macro_f1" not in {e.metric for e in estimates(observe(*made.tables(), slot="text"))["a"]}
