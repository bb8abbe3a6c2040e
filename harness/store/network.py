"""Network file systems, where the ledger cannot live: processes on two machines do not share a WAL's memory."""

from pathlib import Path

from harness.core.wording import worded
from harness.errors import Problem, UsageError

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = frozenset({
    "afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.gcsfuse", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs",
    "fuse.sshfs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "orangefs", "pvfs2", "smb3", "smbfs",
})  # fmt: skip
"""As the kernel names them. 9p, virtiofs and overlay are none of them: what containers have is one machine's disk."""


def refuse_network(folder: Path) -> None:
    """Raise UsageError where `folder` lies on a network file system; where nobody knows, it does not."""
    kind = file_system(folder)
    if kind in NETWORK:
        raise UsageError([
            Problem(
                code="E501",
                message=worded("{folder} lies on a network file system ({kind}), where the store of a run would be "
"damaged", folder=folder, kind=kind),
                hint=worded("keep runs on a local disk: bakeoff run --runs /a/local/folder; copy the folder when "
"it is done"),
            )
        ])  # fmt: skip


def file_system(folder: Path) -> str | None:
    """Return the type of the file system that holds `folder`, as the kernel names it; None where it does not say."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    found: tuple[int, str | None] = (-1, None)
    place = folder.resolve()
    for line in lines:
        mount, _, source = line.partition(" - ")
        point = Path(_unescaped(mount.split(" ")[4]))
        if (
            place.is_relative_to(point) and len(point.parts) >= found[0]
        ):  # of two on one point, the later hides the other
            found = (len(point.parts), source.split(" ")[0])
    return found[1]


def _unescaped(point: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, character)
    return point
