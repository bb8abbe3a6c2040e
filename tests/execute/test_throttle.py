"""Pauses, probes, width and breaker; time is a number."""

import math
import random

import pytest

from harness.clients.retry import RetryPolicy
from harness.core.calls import Attempt
from harness.execute.throttle import BREAK_AFTER, UNWELL, Throttle
from tests.execute.bakeoffs import STARTED

POLICY = RetryPolicy(first_wait_s=1, longest_wait_s=30, max_wait_s=120)


def throttle(most: int = 8, *, of_account: bool = True, first_alone: bool = False, seed: int = 0) -> Throttle:
    return Throttle(
        of_account=of_account, most_in_flight=most, policy=POLICY, rng=random.Random(seed), first_alone=first_alone
    )


def ended(outcome: str, retry_after_s: float | None = None) -> Attempt:
    return Attempt(number=1, started=STARTED, duration_ms=1.0, outcome=outcome, retry_after_s=retry_after_s)


OK, NO = ended("ok"), ended("rate_limit")


def refused(of: Throttle, now: float, asked_s: float | None = None) -> float:
    """One request that is turned away; returns the length of the pause."""
    assert of.wait_s(now) == 0
    assert of.hear(of.send(), ended("rate_limit", asked_s), now) is None
    return of.wait_s(now)


@pytest.mark.parametrize("asked_s", [2.0, 100.0])
def test_a_refusal_pauses_everything_for_as_long_as_it_says_and_then_lets_one_probe_out(asked_s: float) -> None:
    of = throttle()
    assert refused(of, 10, asked_s) == asked_s
    assert of.wait_s(10 + asked_s / 2) == asked_s / 2
    assert of.wait_s(10 + asked_s) == 0
    probe = of.send()
    assert of.wait_s(10 + asked_s) == math.inf
    of.hear(probe, OK, 10 + asked_s)
    assert of.wait_s(10 + asked_s) == 0
    of.send()
    assert of.wait_s(10 + asked_s) == 0  # it is open: more than one may leave


def test_pauses_that_nobody_measures_grow_and_are_jittered() -> None:
    pauses = []
    for seed in (1, 2):
        of = throttle(seed=seed)
        now, found = 0.0, []
        for ceiling in (1, 2, 4, 8, 16):
            found.append(refused(of, now))
            assert ceiling / 2 <= found[-1] <= ceiling
            now += found[-1]
        pauses.append(found)
    assert pauses[0] != pauses[1]


def test_a_short_retry_after_is_no_shortcut() -> None:
    assert refused(throttle(), 0, 0.001) >= 0.5


def test_a_probe_that_is_refused_pauses_again_and_one_that_nobody_saw_end_lets_another_out() -> None:
    of = throttle()
    refused(of, 0, 1)
    assert refused(of, 1, 7) == 7
    of.hear(of.send(), None, 8)
    assert of.wait_s(8) == 0
    of.send()
    assert of.wait_s(8) == math.inf


def test_what_was_under_way_when_the_pause_began_neither_opens_nor_lengthens_it() -> None:
    of = throttle()
    sent = [of.send() for _ in range(8)]
    of.hear(sent.pop(), ended("rate_limit", 5), 0)
    width = of.width
    for outcome in (OK, NO, ended("server_error")):
        of.hear(sent.pop(), outcome, 0)
        assert (of.wait_s(0), of.width) == (5, width)
    of.hear(sent.pop(), ended("rate_limit", 9), 0)
    assert of.wait_s(0) == 9  # but it may say that the pause is longer


def test_a_refusal_halves_the_width_and_each_width_of_answers_adds_one() -> None:
    of = throttle(8)
    sent = [of.send() for _ in range(8)]
    assert of.wait_s(0) == math.inf
    of.hear(sent.pop(), ended("rate_limit", 1), 0)
    assert of.width == 4
    for each in sent:
        of.hear(each, NO, 0)
    now, widths = 1.0, []
    for _ in range(40):
        of.hear(of.send(), OK, now)
        widths.append(of.width)
    assert widths[3] == pytest.approx(5, abs=0.2)
    assert widths[8] == pytest.approx(6, abs=0.2)
    assert widths[-1] == 8
    for _ in range(9):
        now += refused(of, now)
    assert of.width == 1
    of.hear(of.send(), OK, now)
    assert of.wait_s(now) == 0  # one is always allowed


def test_a_width_that_was_not_used_is_not_what_is_halved() -> None:
    of = throttle(100)
    sent = [of.send() for _ in range(4)]
    of.hear(sent[0], ended("rate_limit", 1), 0)
    assert of.width == 2


def test_a_retry_after_beyond_patience_parks() -> None:
    of = throttle()
    parked = of.hear(of.send(), ended("rate_limit", 3600), 0)
    assert parked is not None
    assert (parked.wait_s, of.parked) == (3600, parked)
    assert of.hear(of.send(), ended("rate_limit", 3600), 1) is None  # it is said once


def test_an_unavailable_model_that_says_how_long_is_paused_too() -> None:
    of = throttle(of_account=False)
    of.hear(of.send(), ended("server_error", 4), 0)
    assert of.wait_s(0) == 4


@pytest.mark.parametrize("kind", sorted(UNWELL))
def test_failures_in_a_row_open_the_circuit(kind: str) -> None:
    of = throttle(of_account=False)
    for _ in range(BREAK_AFTER - 1):
        of.hear(of.send(), ended(kind), 0)
    of.hear(of.send(), OK, 0)
    for _ in range(BREAK_AFTER):
        assert of.wait_s(0) == 0
        of.hear(of.send(), ended(kind), 0)
    assert 0.5 <= of.wait_s(0) <= 1
    of.hear(of.send(), ended(kind), 1)
    assert 1 <= of.wait_s(1) <= 2


def test_each_heeds_its_own_troubles_and_leaves_those_of_the_other_undecided() -> None:
    account, own = throttle(first_alone=True), throttle(of_account=False, first_alone=True)
    for _ in range(2 * BREAK_AFTER):
        account.hear(account.send(), ended("timeout"), 0)
        account.hear(account.send(), ended("server_error", 3600), 0)
        own.hear(own.send(), ended("rate_limit", 3600), 0)
    for each in (account, own):
        assert (each.wait_s(0), each.parked, each.troubled_s(0), each.width) == (0, None, 0, 8)
        each.send()
        assert each.wait_s(0) == math.inf  # nothing that it heard was an answer


def test_pauses_are_added_up_as_they_pass_and_trouble_lasts_until_an_answer() -> None:
    of = throttle()
    sent = [of.send() for _ in range(3)]
    of.hear(sent.pop(), ended("rate_limit", 10), 100)
    assert [of.paused_s(now) for now in (100, 104, 110, 999)] == [0, 4, 10, 10]
    of.hear(sent.pop(), ended("rate_limit", 9), 102)  # one second longer
    assert [of.paused_s(now) for now in (104, 111, 999)] == [4, 11, 11]
    of.hear(sent.pop(), ended("rate_limit", 5), 120)  # said late, of the same pause
    assert [of.paused_s(now) for now in (120, 122, 999)] == [11, 13, 16]
    assert [of.troubled_s(now) for now in (121, 130)] == [25, 30]
    of.hear(of.send(), OK, 130)
    assert (of.paused_s(140), of.troubled_s(140)) == (16, 0)


@pytest.mark.parametrize(
    "kind", ["bad_request", "context_too_long", "truncated", "empty", "protocol", "model_not_found"]
)
def test_an_answer_of_any_kind_closes_the_circuit(kind: str) -> None:
    of = throttle()
    refused(of, 0, 1)
    of.hear(of.send(), ended(kind), 1)
    of.send()
    assert of.wait_s(1) == 0


@pytest.mark.parametrize("kind", ["bug", "not_sent"])
def test_what_was_never_sent_says_nothing(kind: str) -> None:
    of = throttle()
    refused(of, 0, 1)
    of.hear(of.send(), ended(kind), 1)
    of.send()
    assert of.wait_s(1) == math.inf


@pytest.mark.parametrize("outcome", ["rate_limit", "server_error"])
def test_probes_that_fail_for_longer_than_patience_park(outcome: str) -> None:
    of, now, probes, parked = throttle(of_account=outcome == "rate_limit"), 0.0, 0, None
    while parked is None:
        parked = of.hear(of.send(), ended(outcome), now)
        now += 0 if parked else of.wait_s(now)
        probes += 1
    assert parked.wait_s is None
    assert 60 <= parked.troubled_s == now <= 120
    assert probes < 16


def test_an_answer_between_two_troubles_ends_the_first() -> None:
    of, now = throttle(), 0.0
    for _ in range(50):
        now += refused(of, now, 100)
        of.hear(of.send(), OK, now)
    assert of.parked is None


def test_an_account_can_begin_with_one_request_alone() -> None:
    of = throttle(first_alone=True)
    first = of.send()
    assert of.wait_s(0) == math.inf
    of.hear(first, OK, 0)
    of.send()
    assert of.wait_s(0) == 0
