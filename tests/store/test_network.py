"""Network file systems: found by the longest mount point, refused before anything is written."""

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.store import network
from harness.store.ledger import DATABASE, Ledger
from harness.store.network import file_system
from tests.store.nouns import new_ledger


def mount(point: str, kind: str) -> str:
    return f"36 35 98:0 / {point} rw,noatime shared:1 - {kind} server:/export rw\n"


@pytest.fixture
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mountinfo"
    monkeypatch.setattr(network, "MOUNTS", path)
    return path


@pytest.mark.parametrize(
    ("more", "found"),
    [
        pytest.param("", "ext4", id="only the root"),
        pytest.param(mount("{run}", "nfs4"), "nfs4", id="the folder itself"),
        pytest.param(mount("{parent}", "cifs"), "cifs", id="a folder above"),
        pytest.param(mount("{parent}", "nfs") + mount("{run}", "ext4"), "ext4", id="a local disk below a remote one"),
        pytest.param(mount("{run}", "ext4") + mount("{run}", "fuse.sshfs"), "fuse.sshfs", id="mounted over"),
        pytest.param(mount("{run}-2", "nfs"), "ext4", id="a neighbour whose name begins alike"),
    ],
)
def test_the_kernel_names_it(tmp_path: Path, mounts: Path, more: str, found: str) -> None:
    run = tmp_path / "my run"
    spelt = more.replace("{run}", str(run)).replace("{parent}", str(tmp_path)).replace("my run", "my\\040run")
    mounts.write_text(mount("/", "ext4") + spelt)
    assert file_system(run) == found


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "afs", "lustre", "fuse.sshfs"])
def test_a_run_does_not_begin_and_does_not_go_on_there(tmp_path: Path, mounts: Path, kind: str) -> None:
    mounts.write_text(mount("/", "ext4"))
    new_ledger(tmp_path / "old").close()
    mounts.write_text(mount(str(tmp_path), kind))
    with pytest.raises(UsageError, match=f"network file system \\({kind}\\)") as caught:
        new_ledger(tmp_path / "new")
    assert (caught.value.exit_code, caught.value.problems[0].code) == (2, "E501")
    assert not (tmp_path / "new" / DATABASE).exists()
    with pytest.raises(UsageError, match="network file system"):
        Ledger.open(tmp_path / "old", write=True)
    Ledger.open(tmp_path / "old", write=False).close()  # to look at it is no harm


@pytest.mark.parametrize("kind", ["9p", "overlay", "tmpfs", "virtiofs", "ext4", "btrfs", "fuseblk"])
def test_what_containers_have_is_no_network(tmp_path: Path, mounts: Path, kind: str) -> None:
    mounts.write_text(mount("/", kind))
    assert file_system(tmp_path) == kind
    new_ledger(tmp_path / "r").close()


def test_where_the_kernel_does_not_say_nothing_is_refused(tmp_path: Path, mounts: Path) -> None:
    assert not mounts.exists()
    assert file_system(tmp_path) is None
    new_ledger(tmp_path / "r").close()
