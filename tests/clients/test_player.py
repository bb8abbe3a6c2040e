"""What a player plays of a session: as it comes, one answer after the other, until the user speaks."""

from typing import Any

import pytest

from harness.clients.player import Played, played
from harness.clients.told import Piece, Response, Told

SECOND = bytes(48_000)


def response(*at: float, text: str = "", **changes: Any) -> Response:
    """An answer of a second of sound at each of these times."""
    pieces = [Piece(at=each, end=0, samples=SECOND) for each in at]
    return Response(text=text, pieces=pieces, **changes)


def times(
    *responses: Response, barged: tuple[float, ...] = (), until: float = 100.0
) -> list[tuple[float, float, bool]]:
    heard = played(Told(responses=list(responses), barged=list(barged)), until=until)
    return [(it.start, it.end, it.cut) for it in heard]


@pytest.mark.parametrize(
    ("responses", "options", "expected"),
    [
        pytest.param([response(1.0, 1.1, 1.2)], {}, [(1.0, 4.0, False)], id="it comes faster than it is played"),
        pytest.param([response(1.0, 5.0)], {}, [(1.0, 6.0, False)], id="it stalls"),
        pytest.param([response(1.0), response(1.5)], {}, [(1.0, 2.0, False), (2.0, 3.0, False)], id="two in a row"),
        pytest.param([response(1.0, 1.1)], {"barged": (2.5,)}, [(1.0, 2.5, True)], id="the user speaks into it"),
        pytest.param([response(1.0)], {"barged": (0.5, 2.0)}, [(1.0, 2.0, False)], id="before and after it"),
        pytest.param(
            [response(1.0, 1.1), response(1.2)], {"barged": (2.5,)}, [(1.0, 2.5, True)], id="what waits is lost"
        ),
        pytest.param(
            [response(1.0, 1.1), response(3.0)],
            {"barged": (2.5,)},
            [(1.0, 2.5, True), (3.0, 4.0, False)],
            id="an answer after",
        ),
        pytest.param([response(1.0, 1.1, cancelled=1.5)], {}, [(1.0, 1.5, True)], id="it is cancelled"),
        pytest.param([response(1.0, 1.1)], {"until": 1.5}, [(1.0, 1.5, False)], id="it is still heard"),
        pytest.param([response(1.0)], {"until": 1.0}, [], id="it has not begun"),
        pytest.param([Response(text="words alone")], {}, [], id="nothing to hear"),
    ],
)
def test_what_is_heard(responses: list[Response], options: dict[str, Any], expected: list[Any]) -> None:
    assert times(*responses, **options) == expected


def test_pieces_are_placed_where_they_are_heard() -> None:
    (it,) = played(Told(responses=[response(1.0, 1.1, text="hi")]), until=10)
    assert it == Played(start=1.0, end=3.0, cut=False, text="hi", pieces=[(1.0, SECOND), (2.0, SECOND)])
