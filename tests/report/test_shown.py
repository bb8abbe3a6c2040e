"""Pictures stand in the page, or beside it, or are said to be gone."""

import base64
from pathlib import Path

import pytest

import harness.report.shown
from harness.core.media import Image
from harness.report.shown import Shown, shown
from tests.pictures import noun, picture
from tests.report.benches import Bench, freeze

PAGE = Path("/runs/one/report.html")
RED, BLUE = picture(), picture(kind="WEBP", colour="blue")


def made(*images: Image, media: dict[str, bytes], page: Path = PAGE) -> list[Shown]:
    bench = Bench()
    bench.clips.update(media)
    return list(shown(freeze(bench, folder=Path("/runs/one/media")), images, page).values())


def test_a_picture_is_embedded_as_it_is_with_the_type_of_its_content() -> None:
    lying = noun(BLUE, mime="text/html")
    (one,) = made(lying, media={lying.sha256: BLUE})
    assert one == Shown(
        href="data:image/webp;base64," + base64.b64encode(BLUE).decode(), embedded=True, width=8, height=6
    )


def test_what_does_not_fit_is_linked_and_what_is_shown_often_counts_so(monkeypatch: pytest.MonkeyPatch) -> None:
    red, blue = noun(RED), noun(BLUE)
    media = {red.sha256: RED, blue.sha256: BLUE}
    size = len(made(red, media=media)[0].href or "")
    monkeypatch.setattr(harness.report.shown, "EMBEDDED_BYTES", 2 * size)
    assert [one.embedded for one in made(red, red, media=media)] == [True]
    assert [one.embedded for one in made(red, red, red, media=media)] == [False]
    assert [one.embedded for one in made(red, red, blue, media=media)] == [True, False]
    (linked,) = made(red, red, red, media=media, page=Path("/runs/other/report.html"))
    assert linked.href == f"../one/media/{red.sha256[:2]}/{red.sha256}"


@pytest.mark.parametrize(
    "media", [pytest.param({}, id="gone"), pytest.param({noun(RED).sha256: b"<svg/>"}, id="another file")]
)
def test_what_is_no_picture_is_no_link(media: dict[str, bytes]) -> None:
    assert made(noun(RED), media=media) == [Shown(href=None, embedded=False, width=8, height=6)]
