"""`bakeoff store`: what it says of a whole run and of a damaged one."""

import json
import shutil
from pathlib import Path

import tests.store
from harness.store.ledger import DATABASE
from tests.cli.conftest import Desk


def test_a_whole_run_ends_with_0_and_a_damaged_one_with_74(ran: Desk) -> None:
    assert "is whole" in ran.bakeoff("store", "check", "latest").out
    with (ran.runs[0] / DATABASE).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    said = ran.bakeoff("store", "check", "latest", code=74).out
    assert f"Next: bakeoff store check reports/{ran.runs[0].name} --salvage" in said
    told = json.loads(ran.bakeoff("store", "check", "latest", "--json", code=74).out)
    assert told["problems"]


def test_media_that_nothing_names_are_removed(ran: Desk) -> None:
    stray = ran.runs[0] / "media" / "ab" / ("ab" * 32)
    stray.parent.mkdir(parents=True)
    stray.write_bytes(bytes(2_000_000))
    assert "1 media file that no row names: bakeoff store gc" in ran.bakeoff("store", "check", "latest").out
    assert ran.bakeoff("store", "gc", "latest").out == "1 media file removed, 2.0 MB.\n"
    assert not stray.exists()


def test_a_run_of_an_older_version_is_named_before_it_is_brought_up_to_date(desk: Desk) -> None:
    (old := desk.folder / "reports" / "old").mkdir(parents=True)
    shutil.copy(Path(tests.store.__path__[0]) / "fixtures" / "v1" / DATABASE, old / DATABASE)
    first = desk.bakeoff("decide", code=None)
    assert "no run is named, so this is the newest: reports/old" in first.err
    assert f"its run.db is brought up to date now, and the old one stays beside it ({DATABASE}.bak-v1)" in first.err
    assert (old / f"{DATABASE}.bak-v1").exists()
    assert "older Bakeoff" not in desk.bakeoff("decide", "latest", code=None).err


def test_where_there_is_no_run_a_verb_names_what_makes_one(desk: Desk) -> None:
    for verb in ("report", "decide", "memo", "export", "verify", "score"):
        assert "fix: bakeoff run makes one" in desk.bakeoff(verb, code=2).err
