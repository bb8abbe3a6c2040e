"""The traffic of a product: from bakeoff.yaml or a file of its own, every mistake with its place."""

from pathlib import Path

import pytest

from harness.config.traffic import load_traffic
from harness.core.traffic import Seat, SelfHosting, Traffic
from harness.errors import UsageError

WHOLE = """\
users: 2000
requests_per_user: 120
volume_cv: 0.2
mix: {faq: 3, arith/sums: 1}
batch_share: 0.3
cached_share: 0.5
seat: {gross_margin: 0.75, price: 20, fee_share: 0.029}
self_hosting: {usd_per_gpu_hour: 2.9, requests_per_s: 6.5, peak_requests_per_s: 9}
"""


def written(folder: Path, text: str, name: str = "traffic.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    assert load_traffic(tmp_path, written(tmp_path, WHOLE)) == Traffic(
        requests=240_000.0,
        users=2000.0,
        volume_cv=0.2,
        mix={"faq": 3.0, "arith/sums": 1.0},
        batch_share=0.3,
        cached_share=0.5,
        seat=Seat(gross_margin=0.75, price=20.0, fee_share=0.029),
        self_hosting=SelfHosting(usd_per_gpu_hour=2.9, requests_per_s=6.5, peak_requests_per_s=9.0),
    )


@pytest.mark.parametrize("text", ["requests_per_month: 9\n", "traffic: {requests_per_month: 9}\n"])
def test_a_file_may_name_the_section_or_be_it(tmp_path: Path, text: str) -> None:
    assert load_traffic(tmp_path, written(tmp_path, text)) == Traffic(requests=9.0)


def test_bakeoff_yaml_may_say_it(tmp_path: Path) -> None:
    written(tmp_path, "suites: [faq]\ntraffic: {requests_per_month: 9}\n", "bakeoff.yaml")
    assert load_traffic(tmp_path) == Traffic(requests=9.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("users: 9\n", "how many requests come in a month is missing"),
        ("requests_per_month: -1\n", "requests_per_month"),
        ("requests_per_month: 1\nusers: 2\nrequests_per_user: 3\n", "both say how many requests come"),
        ("requests_per_month: 1\nseat: {gross_margin: 0.7}\n", "a seat has a user"),
        ("requests_per_month: 1\nmix: {faq: 0}\n", "all shares of the mix are zero"),
        ("requests_per_month: 1\nbatch_shar: 0.2\n", "unknown key 'batch_shar'"),
        ("requests_per_month: 1\nusers: 1\nseat: {gross_margin: 1}\n", "gross_margin"),
        ("- 1\n", "a mapping"),
        ("", "a mapping"),
    ],
)
def test_every_mistake_has_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_traffic(tmp_path, written(tmp_path, text))
    (problem,) = caught.value.problems
    assert said in problem.message
    assert problem.file == str(tmp_path / "traffic.yaml")


def test_where_nothing_says_how_many_come_there_is_none(tmp_path: Path) -> None:
    assert load_traffic(tmp_path) is None
    written(tmp_path, "suites: [faq]\n", "bakeoff.yaml")
    assert load_traffic(tmp_path) is None
    with pytest.raises(UsageError, match="there is no"):
        load_traffic(tmp_path, tmp_path / "nowhere.yaml")


def test_how_many_come_is_enough(tmp_path: Path) -> None:
    assert load_traffic(tmp_path, requests=1e6) == Traffic(requests=1e6), "also where there is no bakeoff.yaml"
    written(tmp_path, "name: x", "bakeoff.yaml")
    assert load_traffic(tmp_path, requests=1e6) == Traffic(requests=1e6)
    described = load_traffic(tmp_path, written(tmp_path, WHOLE), requests=1e6)
    assert described is not None
    assert (described.requests, described.volume_cv) == (240_000.0, 0.2), "`bakeoff cost` puts the number in its place"
