"""Calls and scores → observations: what counts as zero, what as lost, what is compared."""

import numpy as np
import pytest

from harness.core.decision import Independent
from harness.metrics.estimates import estimates
from harness.metrics.tables import observe
from tests.metrics.frames import CANDIDATE_FAULT, INFRA_FAULT, PENDING, TIMEOUT, Frames, scored

NAN = float("nan")


@pytest.mark.parametrize(
    ("score", "columns", "quality", "scored"),
    [
        pytest.param(0.7, {}, 0.7, 1, id="an output has its score"),
        pytest.param(None, CANDIDATE_FAULT, 0.0, 1, id="the candidate's own failure is 0"),
        pytest.param(None, INFRA_FAULT, NAN, 0, id="an infra failure is lost, not 0"),
        pytest.param(None, INFRA_FAULT | {"fault": "harness"}, NAN, 0, id="our bug is lost, not 0"),
        pytest.param(None, TIMEOUT, NAN, 0, id="a timeout is lost, not 0"),
        pytest.param(None, PENDING, NAN, 0, id="pending is not measured"),
        pytest.param(None, {}, NAN, 0, id="an output without a score is unscored"),
        pytest.param(NAN, {}, NAN, 0, id="an unscored output lowers coverage"),
    ],
)
def test_what_an_answer_is_worth(
    score: float | None, columns: dict[str, object], quality: float, scored: float
) -> None:
    frames = Frames()
    frames.add("a", "1", score, **columns)
    seen = observe(*frames.tables(), slot="text")
    np.testing.assert_array_equal(seen.quality, [[quality]])
    np.testing.assert_array_equal(seen.scored, [[scored]])
    np.testing.assert_array_equal(seen.asked, [[1]])


def test_epochs_are_averaged_into_their_item_and_a_lost_one_lowers_coverage_only() -> None:
    frames = Frames()
    for epoch, (score, columns) in enumerate([(1.0, {}), (0.5, {}), (None, INFRA_FAULT)]):
        frames.add("a", "1", score, epoch=epoch, **columns)
    seen = observe(*frames.tables(), slot="text")
    assert seen.n == 1
    assert seen.quality.tolist() == [[0.75]]
    assert (seen.scored.tolist(), seen.asked.tolist()) == ([[2]], [[3]])


def test_only_what_every_candidate_was_asked_is_compared() -> None:
    frames = scored({"a": [1, 1, 0], "b": [0, 1]})
    frames.add("b", "other", 1, task="only b")
    frames.add("c", "x", 1, slot="tts")
    seen = observe(*frames.tables(), slot="text")
    assert (seen.candidates, seen.tasks, seen.n, seen.dropped) == (("a", "b"), ("s/t",), 2, 2)
    assert seen.quality.tolist() == [[1, 1], [0, 1]]


def test_a_sample_of_the_same_name_in_two_tasks_is_two_items_in_two_clusters() -> None:
    frames = Frames()
    frames.add("a", "1", 1, task="u")
    frames.add("a", "1", 0, task="t")
    seen = observe(*frames.tables(), slot="text")
    assert seen.tasks == ("s/t", "s/u")
    assert seen.cluster.tolist() == [0, 1]
    assert seen.quality.tolist() == [[0, 1]]


def test_suites_weigh_equally_and_tasks_within_a_suite() -> None:
    frames = Frames()
    for suite, task in [("s", "t"), ("s", "u"), ("r", "v")]:
        frames.add("a", "1", 1, suite=suite, task=task)
    seen = observe(*frames.tables(), slot="text")
    assert dict(zip(seen.tasks, seen.task_weight.tolist(), strict=True)) == {"r/v": 0.5, "s/t": 0.25, "s/u": 0.25}


def test_each_task_counts_its_own_primary_scorer() -> None:
    frames = Frames()
    frames.add("a", "1", 1, task="t", primary="exact_match", others={"contains": 0.2})
    frames.add("a", "2", 0.5, task="u", primary="contains", others={"exact_match": 0.0})
    seen = observe(*frames.tables(), slot="text")
    assert seen.quality.tolist() == [[1, 0.5]]
    assert seen.ratios["contains"].numerator.tolist() == [[0.2, 0.5]]


def test_a_scorer_applies_to_its_tasks_only_and_fails_with_the_candidate() -> None:
    frames = Frames()
    frames.add("a", "1", 1, task="t")
    frames.add("a", "2", None, task="t", **CANDIDATE_FAULT)
    frames.add("a", "3", 1, task="u", primary="contains")
    exact = observe(*frames.tables(), slot="text").ratios["exact_match"]
    assert exact.applies.tolist() == [True, True, False]
    np.testing.assert_array_equal(exact.numerator, [[1, 0, NAN]])


def test_the_order_of_rows_does_not_matter() -> None:
    frames = scored({"b": [1, 0, 0.5], "a": [0.25, 1, 1]}, ttfo_ms=3.0)
    calls, scores = frames.tables()
    one = observe(calls, scores, slot="text")
    two = observe(calls.sample(frac=1, random_state=1), scores.sample(frac=1, random_state=2), slot="text")
    assert one.candidates == two.candidates == ("a", "b")
    np.testing.assert_array_equal(one.quality, two.quality)
    np.testing.assert_array_equal(one.cluster, two.cluster)


@pytest.mark.parametrize("columns", [{}, {"slot": "tts"}], ids=["empty table", "another slot"])
def test_a_slot_that_nobody_was_asked_for_is_empty(columns: dict[str, str]) -> None:
    frames = scored({"a": [1]}, **columns) if columns else Frames()
    seen = observe(*frames.tables(), slot="text")
    assert (seen.n, seen.candidates, seen.quality.shape) == (0, (), (0, 0))


def test_no_item_in_common_leaves_nothing_to_compare() -> None:
    frames = Frames()
    frames.add("a", "1", 1)
    frames.add("b", "2", 1)
    seen = observe(*frames.tables(), slot="text")
    assert (seen.n, seen.dropped, seen.candidates) == (0, 2, ("a", "b"))


def test_timeouts_are_infinite_where_the_candidate_is_timed_and_unknown_where_it_is_not() -> None:
    frames = Frames()
    frames.add("streams", "1", 1, ttfo_ms=100.0, total_ms=200.0)
    frames.add("plain", "1", 1, total_ms=300.0)
    frames.add("dead", "1", None, **TIMEOUT)
    for name in ("streams", "plain", "dead"):
        frames.add(name, "2", None, **TIMEOUT)
    seen = observe(*frames.tables(), slot="text")
    assert seen.candidates == ("dead", "plain", "streams")
    np.testing.assert_array_equal(seen.timings["ttfo_ms"][:, :, 0], [[np.inf, np.inf], [NAN, NAN], [100.0, np.inf]])
    np.testing.assert_array_equal(
        seen.timings["total_ms"][:, :, 0], [[np.inf, np.inf], [300.0, np.inf], [200.0, np.inf]]
    )
    assert set(seen.timings) == {"ttfo_ms", "total_ms"}, "a text slot has no first audio, timeouts or not"


def test_epochs_stay_apart_in_timings() -> None:
    frames = Frames()
    frames.add("a", "1", 1, epoch=0, total_ms=100.0)
    frames.add("a", "1", 1, epoch=1, total_ms=900.0)
    assert observe(*frames.tables(), slot="text").timings["total_ms"].tolist() == [[[100.0, 900.0]]]


def test_a_speaker_that_times_out_has_no_speed() -> None:
    frames = Frames()
    frames.add("a", "1", 1, rtf=0.5, chars_per_s=30.0)
    frames.add("a", "2", None, **TIMEOUT)
    seen = observe(*frames.tables(), slot="text")
    assert seen.timings["rtf"].ravel().tolist() == [0.5, np.inf]
    assert seen.timings["chars_per_s"].ravel().tolist() == [30.0, 0.0]


def word_counts(substitutions: int, words: int) -> dict[str, dict[str, float]]:
    return {"word_accuracy": {"substitutions": substitutions, "insertions": 1, "deletions": 0, "words": words}}


def test_wer_counts_every_word_of_a_clip_that_the_candidate_failed_to_speak() -> None:
    frames = Frames()
    for name, sample, edits, words in [("a", "1", 1, 10), ("a", "2", 0, 4), ("b", "1", 3, 10)]:
        frames.add(name, sample, 0.8, primary="word_accuracy", details=word_counts(edits, words))
    frames.add("b", "2", None, primary="word_accuracy", **CANDIDATE_FAULT)
    wer = observe(*frames.tables(), slot="text").ratios["wer"]
    assert wer.numerator.tolist() == [[2, 1], [4, 4]]
    assert wer.denominator.tolist() == [[10, 4], [10, 4]]


def test_words_and_characters_make_rates_of_their_own() -> None:
    frames = Frames()
    for task, unit, edits in (("en", "words", 1), ("zh", "characters", 2)):
        detail = {"transcript_accuracy": {"substitutions": edits, "insertions": 0, "deletions": 0, unit: 10}}
        frames.add("a", "1", 0.8, task=task, primary="transcript_accuracy", details=detail)
    ratios = observe(*frames.tables(), slot="text").ratios
    np.testing.assert_array_equal(ratios["wer"].numerator, [[1, NAN]])
    np.testing.assert_array_equal(ratios["cer"].numerator, [[NAN, 2]])
    assert ratios["wer"].applies.tolist() == [True, False]
    assert ratios["cer"].applies.tolist() == [False, True]
    assert ratios["cer"].note == "micro: edits / characters"


def test_a_clip_that_was_never_made_has_the_worst_opinion_score() -> None:
    frames = Frames()
    detail = {"dnsmos": {"sig": 3.5, "bak": 4.0, "ovrl": 3.2}}
    frames.add("a", "1", 0.55, primary="dnsmos", details=detail)
    frames.add("a", "2", None, primary="dnsmos", **CANDIDATE_FAULT)
    frames.add("a", "3", None, primary="dnsmos", **INFRA_FAULT)
    ratios = observe(*frames.tables(), slot="text").ratios
    np.testing.assert_array_equal(ratios["dnsmos_ovrl"].numerator, [[3.2, 1.0, NAN]])
    np.testing.assert_array_equal(ratios["dnsmos_bak"].numerator, [[4.0, 1.0, NAN]])


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        pytest.param(
            {"cost_usd": None, "cost_source": "unpriced"}, [NAN, NAN], id="an output without a price hides all"
        ),
        pytest.param(INFRA_FAULT, [0.001, NAN], id="a failure that was not billed does not"),
        pytest.param(INFRA_FAULT | {"cost_usd": 0.002}, [0.001, 0.002], id="a failure that was billed costs"),
        pytest.param(PENDING, [0.001, NAN], id="pending"),
        pytest.param(INFRA_FAULT | {"cost_usd": 0.0}, [0.001, NAN], id="refused, so nothing is said of what one costs"),
    ],
)
def test_cost(columns: dict[str, object], expected: list[float]) -> None:
    frames = Frames()
    frames.add("a", "1", 1)
    frames.add("a", "2", None, **columns)
    np.testing.assert_array_equal(
        observe(*frames.tables(), slot="text").ratios["usd_per_request"].numerator, [expected]
    )


def test_a_lost_answer_is_no_good_answer_but_an_unscored_one_is_unknown() -> None:
    frames = Frames()
    frames.add("a", "1", 0.5)
    frames.add("a", "2", None, **INFRA_FAULT | {"cost_usd": 0.002})
    frames.add("a", "3", None)
    good = observe(*frames.tables(), slot="text").ratios["usd_per_good_answer"]
    np.testing.assert_array_equal(good.denominator, [[0.5, 0.0, NAN]])
    np.testing.assert_array_equal(good.numerator, [[0.001, 0.002, NAN]])


def test_what_every_candidate_has_answered_and_how_many_clusters_each_was_judged_in() -> None:
    frames = Frames()
    for name, second, third in (("a", 1.0, None), ("b", 0.0, 1.0)):
        frames.add(name, "1", 1.0, task="t", cluster="x")
        frames.add(name, "2", second, task="t", cluster="x")
        frames.add(name, "3", third, task="u", **({} if third is not None else PENDING))
        frames.add(name, "4", 0.5, task="u")
    frames.add("a", "5", 1.0, task="u")
    seen = observe(*frames.tables(), slot="text")
    assert (seen.n, seen.dropped, seen.answered) == (4, 1, 3)
    assert seen.clusters.tolist() == [1, 2]
    alike = tuple(name for name in seen.items if name.endswith(("/1", "/2")))
    assert seen.independent("ab") == Independent(samples=3, clusters=2, sharing=2, alike=alike), "of what came"
    assert seen.independent(()) == seen.independent("ab"), "of all where nobody is named"
    assert seen.independent("b") == Independent(samples=4, clusters=3, sharing=2, alike=alike), "of one alone"
    assert dict(zip(seen.candidates, seen.clusters_judged.tolist(), strict=True)) == {"a": [1, 1], "b": [1, 2]}


def test_what_speaking_loses_is_the_text_score_less_the_speech_score_of_the_same_samples() -> None:
    frames = Frames()
    spoken = {"slot": "speech", "modality": "speech", "suite": "aloud", "written": "s"}
    for sample, text, speech in (("1", 1.0, 1.0), ("2", 1.0, 0.25), ("3", 0.0, 0.5), ("4", None, 1.0)):
        frames.add("mind", sample, text, **(INFRA_FAULT if text is None else {}))
        frames.add("cascade", sample, speech, writer="mind", **spoken)
        frames.add("alone", sample, speech, writer="alone", **spoken)
    seen = observe(*frames.tables(), slot="speech")
    ratio = seen.ratios["speech_gap"]
    np.testing.assert_array_equal(ratio.numerator, [[NAN] * 4, [0.0, 0.75, -0.5, NAN]])
    assert seen.candidates == ("alone", "cascade")
    found = {e.metric: e for e in estimates(seen)["cascade"]}["speech_gap"]
    assert (found.value, found.n, found.coverage) == (pytest.approx(0.25 / 3), 3, 0.75)
    assert "speech_gap" not in observe(*frames.tables(), slot="text").ratios


def test_a_failed_answer_in_speech_loses_all_and_epochs_are_averaged() -> None:
    frames = Frames()
    for epoch, text in enumerate((1.0, 0.5)):
        frames.add("mind", "1", text, epoch=epoch)
        columns = {"slot": "speech", "suite": "aloud", "written": "s", "writer": "mind", "epoch": epoch}
        frames.add("cascade", "1", None, **columns, **CANDIDATE_FAULT)
    ratio = observe(*frames.tables(), slot="speech").ratios["speech_gap"]
    assert ratio.numerator.tolist() == [[0.75]]


def test_programs_that_are_asked_for_again_have_chances() -> None:
    frames = Frames()
    for sample, verdicts in {"1": (1, 1, 0), "2": (0, 0, 0), "3": (1, 1, None)}.items():
        for epoch, passed in enumerate(verdicts):
            lost = INFRA_FAULT if passed is None else {}
            frames.add("a", sample, passed, primary="passes_tests", epoch=epoch, **lost)
    frames.add("a", "4", None, primary="passes_tests", **CANDIDATE_FAULT)
    ratios = observe(*frames.tables(), slot="text").ratios
    np.testing.assert_allclose(ratios["pass_at_2"].numerator, [[1.0, 0.0, 1.0, NAN]])
    np.testing.assert_allclose(ratios["pass_all_2"].numerator, [[1 / 3, 0.0, 1.0, NAN]])
    assert "pass_at_5" not in ratios
    once = Frames()
    once.add("a", "1", 1, primary="passes_tests")
    assert not any(name.startswith("pass_") for name in observe(*once.tables(), slot="text").ratios)
