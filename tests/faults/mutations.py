"""What holds each promise of the matrix: take the guard out, and the test that is named must fail.

`make mutants` tries them. Those who add a promise add its guard here.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One guard, and how it is taken out."""

    row: int
    """Of the table in docs/reliability.md."""
    file: str
    guard: str
    """The exact text, which stands in `file` once."""
    becomes: str
    test: str
    """pytest's name of a test that must then fail; without a parameter, one of its cases must."""


CONNECTIONS, CONTENTS, LIMITS, SESSIONS, SIZES, STATUS = (
    f"tests/faults/test_{name}.py" for name in ("connections", "contents", "limits", "sessions", "sizes", "status")
)
THROTTLE, RETRY = "harness/execute/throttle.py", "harness/clients/retry.py"
FAULTS, EVENTS, CHAT, SESSION, REALTIME = (
    f"harness/clients/{name}.py" for name in ("faults", "events", "chat", "session", "realtime")
)

MUTATIONS = (
    Mutation(
        row=1,
        file=THROTTLE,
        guard="self._close_until(now + max(self._policy.wait_s(self._pauses, self._rng), asked_s or 0.0), now)",
        becomes="self._close_until(now + self._policy.wait_s(self._pauses, self._rng), now)",
        test=f"{LIMITS}::test_retry_after_pauses_the_whole_account_and_one_probe_ends_the_pause",
    ),
    Mutation(
        row=1,
        file=THROTTLE,
        guard="full = self._probing if self._alone else self._in_flight",
        becomes="full = self._in_flight",
        test=f"{LIMITS}::test_retry_after_pauses_the_whole_account_and_one_probe_ends_the_pause",
    ),
    Mutation(
        row=2,
        file=THROTTLE,
        guard="self.width = max(1.0, min(self.width, self._in_flight + 1) / 2)",
        becomes="self.width = max(1.0, self.width)",
        test=f"{LIMITS}::test_without_a_header_waits_grow_and_fewer_calls_are_in_flight",
    ),
    Mutation(
        row=2,
        file=RETRY,
        guard="self.first_wait_s * 2.0 ** min(number - 1, 64)",
        becomes="self.first_wait_s",
        test=f"{LIMITS}::test_without_a_header_waits_grow_and_fewer_calls_are_in_flight",
    ),
    Mutation(
        row=3,
        file="harness/execute/courier.py",
        guard="if is_unspent(attempt) and candidate.name in self.unusable:",
        becomes="if False:",
        test=f"{LIMITS}::test_a_lane_that_would_wait_for_an_hour_is_parked",
    ),
    Mutation(
        row=3,
        file=THROTTLE,
        guard="self.parked = Parked(wait_s=asked_s, troubled_s=now - since)",
        becomes="self.parked = Parked(wait_s=None, troubled_s=now - since)",
        test=f"{LIMITS}::test_a_lane_that_would_wait_for_an_hour_is_parked",
    ),
    Mutation(
        row=4,
        file=RETRY,
        guard="sum(not is_unspent(each) for each in attempts) >= policy.max_attempts",
        becomes="len(attempts) >= policy.max_attempts",
        test=f"{LIMITS}::test_a_storm_of_ten_seconds_costs_its_probes_alone",
    ),
    Mutation(
        row=5,
        file="harness/execute/ending.py",
        guard="if kind in PROVIDER_UNUSABLE:",
        becomes="if False:",
        test=f"{LIMITS}::test_a_key_that_is_refused_ends_its_account",
    ),
    Mutation(
        row=6,
        file=THROTTLE,
        guard="self._alone, self._probing = first_alone, False",
        becomes="self._alone, self._probing = False, False",
        test=f"{LIMITS}::test_a_key_that_is_refused_ends_its_account",
    ),
    Mutation(
        row=11,
        file=THROTTLE,
        guard="if self._alone or self._unwell >= BREAK_AFTER else None",
        becomes="if self._alone else None",
        test=f"{LIMITS}::test_errors_that_do_not_end_open_the_circuit_and_then_park_the_lane",
    ),
    Mutation(
        row=11,
        file="harness/execute/ending.py",
        guard="self._of_account(candidate) if kind in OF_ACCOUNT else [candidate.name]",
        becomes="self._of_account(candidate)",
        test="tests/execute/test_runner.py::test_a_dead_model_is_parked_alone",
    ),
    Mutation(
        row=7,
        file=FAULTS,
        guard='CANDIDATE_UNUSABLE = frozenset({"model_not_found"})',
        becomes="CANDIDATE_UNUSABLE: frozenset[str] = frozenset()",
        test=f"{STATUS}::test_a_model_that_does_not_exist_is_given_up_alone",
    ),
    Mutation(
        row=7,
        file=FAULTS,
        guard='PROVIDER_UNUSABLE = frozenset({"credentials", "quota"})',
        becomes='PROVIDER_UNUSABLE = frozenset({"credentials", "quota", "model_not_found"})',
        test=f"{STATUS}::test_a_model_that_does_not_exist_is_given_up_alone",
    ),
    Mutation(
        row=8,
        file=FAULTS,
        guard='RETRIED_ONCE = frozenset({"protocol", "empty_response", "job_failed"})',
        becomes='RETRIED_ONCE = frozenset({"protocol", "empty_response", "bad_request", "context_too_long"})',
        test=f"{STATUS}::test_a_request_that_is_refused_is_not_repeated",
    ),
    Mutation(
        row=8,
        file=FAULTS,
        guard='_CANDIDATES = frozenset({"truncated", "empty", "context_too_long"})',
        becomes='_CANDIDATES = frozenset({"truncated", "empty"})',
        test=f"{STATUS}::test_a_request_that_is_refused_is_not_repeated",
    ),
    Mutation(
        row=9,
        file=FAULTS,
        guard='    if kind == "content_filter":\n        return Output(text="", finish_reason="content_filter")\n',
        becomes="",
        test=f"{STATUS}::test_a_filtered_prompt_is_an_answer",
    ),
    Mutation(
        row=10,
        file=FAULTS,
        guard='{"rate_limit", "conflict", "server_error",',
        becomes='{"rate_limit", "conflict",',
        test=f"{STATUS}::test_a_server_error_is_tried_again_and_remembered",
    ),
    Mutation(
        row=12,
        file=FAULTS,
        guard='"server_timeout", UNCONNECTED, "reset",',
        becomes='"server_timeout", "reset",',
        test=f"{CONNECTIONS}::test_a_refused_connection_is_tried_again_and_named",
    ),
    Mutation(
        row=12,
        file=FAULTS,
        guard="cannot connect to {exchange.host}",
        becomes="cannot connect",
        test=f"{CONNECTIONS}::test_a_host_that_has_no_address_is_tried_again_and_named",
    ),
    Mutation(
        row=12,
        file="harness/clients/upstream.py",
        guard="    if not verify:\n",
        becomes="    if True:\n",
        test=f"{CONNECTIONS}::test_a_certificate_that_nobody_vouches_for_is_refused_and_named",
    ),
    Mutation(
        row=12,
        file="harness/execute/ending.py",
        guard="if silence.failures >= FEWEST_UNCONNECTED and now - silence.since >= UNCONNECTED_FOR_S:",
        becomes="if False:",
        test=f"{LIMITS}::test_an_address_where_nobody_ever_answers_is_given_up_in_seconds",
    ),
    Mutation(
        row=12,
        file="harness/execute/ending.py",
        guard="        if where not in self.answering:\n",
        becomes="        if True:\n",
        test=f"{LIMITS}::test_a_server_that_restarts_for_twenty_seconds_is_waited_for",
    ),
    Mutation(
        row=12,
        file=RETRY,
        guard=" or attempt.outcome == UNCONNECTED",
        becomes="",
        test="tests/clients/test_retry.py::"
        "test_who_was_turned_away_or_found_nobody_has_spent_no_attempt_and_waits_with_patience",
    ),
    Mutation(
        row=13,
        file=FAULTS,
        guard='UNCONNECTED, "reset", "cut",',
        becomes='UNCONNECTED, "cut",',
        test=f"{CONNECTIONS}::test_a_connection_dropped_before_the_response_is_tried_again",
    ),
    Mutation(
        row=14,
        file=FAULTS,
        guard="    return exchange.status is None or 200 <= exchange.status < 300\n",
        becomes="    return False\n",
        test=f"{CONNECTIONS}::test_a_connection_dropped_in_the_response_is_tried_again_and_charged",
    ),
    Mutation(
        row=14,
        file=FAULTS,
        guard="    if outcome.partial:\n",
        becomes="    if False:\n",
        test=f"{CONNECTIONS}::test_what_had_come_of_a_cut_answer_is_kept",
    ),
    Mutation(
        row=15,
        file=CHAT,
        guard="    if seen.known and not seen.finished:\n",
        becomes="    if False:\n",
        test=f"{CONNECTIONS}::test_a_stream_without_its_last_event_is_never_an_answer",
    ),
    Mutation(
        row=15,
        file="harness/clients/speech.py",
        guard="    if lacking := missing_bytes(data):\n",
        becomes="    if lacking := 0:\n",
        test=f"{CONNECTIONS}::test_a_clip_shorter_than_its_header_says_is_never_an_answer",
    ),
    Mutation(
        row=16,
        file="harness/clients/forwarder.py",
        guard="        self._timer = self._loop.call_at(self._due, self._late)\n        upstream",
        becomes="        self._timer = self._loop.call_at(self._due + 5, self._late)\n        upstream",
        test=f"{CONNECTIONS}::test_silence_before_the_response_ends_at_the_deadline",
    ),
    Mutation(
        row=17,
        file="harness/clients/forwarder.py",
        guard="            if left <= 0:\n",
        becomes="            if left <= -60:\n",
        test=f"{CONNECTIONS}::test_silence_in_the_response_ends_at_the_idle_deadline",
    ),
    Mutation(
        row=18,
        file="harness/clients/in_process.py",
        guard="lambda: until(min(end, loop.time() + deadlines.idle_timeout_s))",
        becomes="lambda: until(min(end + 5, loop.time() + deadlines.idle_timeout_s))",
        test=f"{CONNECTIONS}::test_a_response_that_drips_for_ever_ends_at_the_deadline",
    ),
    Mutation(
        row=18,
        file="harness/clients/forwarder.py",
        guard="((due, look) if due < self._due else (self._due, self._late))",
        becomes="((due, look) if due < self._due + 5 else (self._due + 5, self._late))",
        test=f"{CONNECTIONS}::test_a_response_that_drips_for_ever_ends_at_the_deadline",
    ),
    Mutation(
        row=19,
        file=CHAT,
        guard="    if seen.broken:\n",
        becomes="    if False:\n",
        test=f"{CONTENTS}::test_a_stream_that_contradicts_itself_is_no_answer",
    ),
    Mutation(
        row=19,
        file=FAULTS,
        guard='    if outcome.kind == "protocol" and wire.last is not None:\n',
        becomes="    if False:\n",
        test=f"{CONTENTS}::test_the_head_of_what_cannot_be_read_is_kept_without_the_key",
    ),
    Mutation(
        row=20,
        file=CHAT,
        guard="    if told.silent and not seen.known:\n",
        becomes="    if False:\n",
        test=f"{CONTENTS}::test_what_cannot_be_read_is_tried_once_more",
    ),
    Mutation(
        row=20,
        file="harness/clients/transcription.py",
        guard="    if exchange is not None and (why := _unreadable(exchange, request, response.text)):\n",
        becomes="    if exchange is not None and (why := None):\n",
        test=f"{CONTENTS}::test_what_cannot_be_read_is_tried_once_more",
    ),
    Mutation(
        row=21,
        file=EVENTS,
        guard="json.loads(data.decode())",
        becomes='json.loads(data.decode(errors="replace"))',
        test="tests/clients/test_events.py::test_broken_events",
    ),
    Mutation(
        row=21,
        file="harness/clients/transcription.py",
        guard='body.decode(charset[1] if charset else "utf-8")',
        becomes="pass",
        test="tests/clients/test_audio.py::test_transcript_that_is_plain_text",
    ),
    Mutation(
        row=22,
        file=CHAT,
        guard="        if told.silent and finish is None:\n",
        becomes="        if False:\n",
        test=f"{CONTENTS}::test_no_answer_at_all_is_asked_for_once_more_and_is_then_the_candidates_own",
    ),
    Mutation(
        row=22,
        file=FAULTS,
        guard='_SETTLED = {"empty_response": "empty"}',
        becomes="_SETTLED: dict[str, str] = {}",
        test=f"{CONTENTS}::test_no_answer_at_all_is_asked_for_once_more_and_is_then_the_candidates_own",
    ),
    Mutation(
        row=23,
        file=CHAT,
        guard="    if not text.strip() and not told.sound and not told.tool_calls and",
        becomes="    if not text.strip() and not told.sound and",
        test=f"{CONTENTS}::test_null_beside_a_tool_call_is_an_answer_and_beside_nothing_an_empty_one",
    ),
    Mutation(
        row=24,
        file="harness/clients/usage.py",
        guard="if value is not None and 0 <= value <= _ABSURD}",
        becomes="if value is not None}",
        test=f"{CONTENTS}::test_a_usage_that_says_nothing_or_cannot_be_true_is_charged_with_the_bound",
    ),
    Mutation(
        row=24,
        file="harness/clients/usage.py",
        guard="    untold = not completion and not silent\n",
        becomes="    untold = False\n",
        test=f"{CONTENTS}::test_a_usage_that_says_nothing_or_cannot_be_true_is_charged_with_the_bound",
    ),
    Mutation(
        row=24,
        file="harness/report/measures.py",
        guard='    if suspect := records.counts("usage_source").get("suspect"):\n',
        becomes="    if suspect := 0:\n",
        test="tests/faults/test_warnings.py::test_a_usage_that_cannot_be_true_is_told",
    ),
    Mutation(
        row=25,
        file="harness/core/echo.py",
        guard="    return name == other and (not versions or not others or versions == others)\n",
        becomes="    return True\n",
        test="tests/faults/test_warnings.py::test_an_answer_of_another_model_is_kept_and_told",
    ),
    Mutation(
        row=26,
        file="harness/clients/forwarder.py",
        guard="        if self._received > self._order.limit:\n",
        becomes="        if False:\n",
        test=f"{SIZES}::test_a_response_beyond_its_cap_is_broken_off",
    ),
    Mutation(
        row=26,
        file="harness/clients/in_process.py",
        guard="                if exchange.size > wire.limit:\n",
        becomes="                if False:\n",
        test=f"{SIZES}::test_a_response_beyond_its_cap_is_broken_off",
    ),
    Mutation(
        row=27,
        file=EVENTS,
        guard="    if said.finish_reason and stream.finish_reason not in (None, said.finish_reason):\n",
        becomes="    if False:\n",
        test=f"{CONTENTS}::test_a_stream_that_contradicts_itself_is_no_answer",
    ),
    Mutation(
        row=27,
        file=EVENTS,
        guard='        if choice.get("index"):\n',
        becomes="        if False:\n",
        test=f"{CONTENTS}::test_a_stream_that_contradicts_itself_is_no_answer",
    ),
    Mutation(
        row=28,
        file="harness/clients/tap.py",
        guard='        if encoding.lower() != "identity":\n',
        becomes="        if False:\n",
        test=f"{SIZES}::test_what_is_compressed_against_our_wish_is_never_unpacked",
    ),
    Mutation(
        row=29,
        file="harness/clients/tap.py",
        guard=' if name.lower() != b"location"',
        becomes="",
        test=f"{SIZES}::test_a_redirect_is_never_followed",
    ),
    Mutation(
        row=30,
        file="harness/clients/marks.py",
        guard="        and all(each.clock_drift_s <= _DRIFT_S for each in wire.exchanges)\n",
        becomes="",
        test="tests/faults/test_clocks.py::test_marks_are_trusted_while_the_clocks_agree_within_a_second",
    ),
    Mutation(
        row=31,
        file="harness/store/operations.py",
        guard='    if now.state == "done":\n        raise BakeoffError(worded("call {key} is done: asking',
        becomes='    if False:\n        raise BakeoffError(worded("call {key} is done: asking',
        test="tests/store/test_ledger.py::test_a_call_that_is_done_is_never_sent_or_answered_again",
    ),
    Mutation(
        row=31,
        file="harness/execute/courier.py",
        guard="unseen = self.stop.blind and trip.entered is not None",
        becomes="unseen = False",
        test="tests/execute/test_with_provider.py"
        "::test_calls_in_flight_when_the_tap_dies_may_have_been_billed_and_the_resume_says_so",
    ),
    Mutation(
        row=32,
        file="harness/store/writer.py",
        guard=" and self._make_room()",
        becomes=" and False",
        test="tests/execute/test_failing_disks.py::test_every_served_answer_lands_on_a_disk_that_another_program_fills",
    ),
    Mutation(
        row=32,
        file="harness/store/writer.py",
        guard="            self._require_files()\n",
        becomes="            pass\n",
        test="tests/execute/test_failing_disks.py::test_a_store_that_is_deleted_ends_the_run_at_once",
    ),
    Mutation(
        row=32,
        file="harness/store/ledger.py",
        guard="self._ballast.check()",
        becomes="pass",
        test="tests/execute/test_failing_disks.py::test_the_low_water_mark_stops_a_run_before_the_ballast_is_needed",
    ),
    Mutation(
        row=32,
        file="harness/execute/phases.py",
        guard="stop.ask()  # and what is in flight lands",
        becomes="raise",
        test="tests/execute/test_failing_disks.py::test_a_clip_that_cannot_be_written_ends_sending_and_its_neighbours_land",
    ),
    Mutation(
        row=33,
        file="harness/store/network.py",
        guard="    if kind in NETWORK:\n",
        becomes="    if False:\n",
        test="tests/store/test_network.py::test_a_run_does_not_begin_and_does_not_go_on_there",
    ),
    Mutation(
        row=33,
        file="harness/store/check.py",
        guard='if text != "ok":',
        becomes="if False:",
        test="tests/store/test_check.py::test_rows_that_the_schema_forbids_are_a_problem_and_the_check_changes_nothing",
    ),
    Mutation(
        row=34,
        file="harness/execute/scoring.py",
        guard='        crash = Unscored(reason=f"{scorer.name} crashed: {type(error).__name__}: {error}")\n',
        becomes="        crash = Score(value=0.0)\n",
        test="tests/faults/test_scoring.py::test_a_scorer_that_crashes_costs_no_answer",
    ),
    Mutation(
        row=34,
        file="harness/execute/scoring.py",
        guard="    if missing:\n",
        becomes="    if False:\n",
        test="tests/faults/test_scoring.py::test_an_instrument_that_fails_costs_no_answer_and_is_asked_again_by_a_resume",
    ),
    Mutation(
        row=35,
        file=SESSION,
        guard="    if response is not None:\n",
        becomes="    if False:\n",
        test=f"{SESSIONS}::test_a_session_that_is_refused_counts_by_its_status",
    ),
    Mutation(
        row=36,
        file=REALTIME,
        guard='_BY_CLOSE.get(closed[1], "cut")',
        becomes='_BY_CLOSE.get(closed[1], "bad_request")',
        test=f"{SESSIONS}::test_a_session_that_breaks_in_its_answer_is_tried_again_and_charged",
    ),
    Mutation(
        row=37,
        file=SESSION,
        guard="        async with asyncio.timeout(timeout_s):\n",
        becomes="        async with asyncio.timeout(timeout_s + 5):\n",
        test=f"{SESSIONS}::test_a_session_that_goes_silent_ends_at_its_deadline",
    ),
    Mutation(
        row=37,
        file=SESSION,
        guard="asyncio.timeout(self.wire.deadlines.idle_timeout_s if self.told.heard else None)",
        becomes="asyncio.timeout(None)",
        test=f"{SESSIONS}::test_a_session_that_goes_silent_ends_at_its_deadline",
    ),
    Mutation(
        row=38,
        file=REALTIME,
        guard="        if _TOO_LARGE in message:\n",
        becomes="        if False:\n",
        test=f"{SESSIONS}::test_a_session_whose_event_is_too_large_is_broken_off",
    ),
)
