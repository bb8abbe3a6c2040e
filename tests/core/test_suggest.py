"""Which known name was meant by what was written."""

import pytest

from harness.core.suggest import meant, nearest

METRICS = ["ttfo_p50_ms", "ttfo_p95_ms", "ttfo_p99_ms", "quality"]


@pytest.mark.parametrize(
    ("written", "best"),
    [
        ("ttfo_p59_ms", "ttfo_p95_ms"),
        ("ttfo_p05_ms", "ttfo_p50_ms"),
        ("TTFO_p99_ms", "ttfo_p99_ms"),
        ("qaulity", "quality"),
        ("qualty", "quality"),
        ("brilliance", None),
    ],
)
def test_two_neighbours_that_have_changed_places_come_before_what_is_only_alike(written: str, best: str | None) -> None:
    assert (nearest(written, METRICS), meant(written, METRICS)) == (best, best)


def test_what_is_known_is_itself() -> None:
    assert nearest("ab", ["ba", "ab"]) == "ab"
