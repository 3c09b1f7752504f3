"""Which file systems count as a network's."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.engine.filesystem import (
    network_filesystem,
    network_kind,
    read_mount_table,
    read_mountinfo,
)

MOUNTINFO = r"""22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:26 / /home rw shared:2 - nfs4 server:/export rw,vers=4.2
31 30 0:27 / /home/ann/local\040disk rw - xfs /dev/sdb rw
32 22 0:28 / /mnt/work rw - ext4 /dev/sdc rw
33 32 0:29 / /mnt/work rw - fuse.sshfs ann@host: rw
34 22 0:30 / /win rw - cifs //server/share rw
a line that is broken
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/project", None),
        ("/home/ann/project", "nfs4"),
        ("/home/ann/local disk/project", None),
        ("/homework", None),
        ("/mnt/work/project", "fuse.sshfs"),
        ("/win", "cifs"),
    ],
)
def test_the_longest_and_latest_mount_decides(folder: str, kind: str | None) -> None:
    assert network_kind(Path(folder), read_mountinfo(MOUNTINFO)) == kind


def test_the_table_of_macos_is_read() -> None:
    table = """/dev/disk1s1 on / (apfs, local, journaled)
//ann@server/share on /Volumes/My Share (smbfs, nodev, nosuid)
"""
    mounts = read_mount_table(table)
    assert network_kind(Path("/Volumes/My Share/project"), mounts) == "smbfs"
    assert network_kind(Path("/Users/ann"), mounts) is None


def test_this_machines_temporary_folder_is_local(tmp_path: Path) -> None:
    assert network_filesystem(tmp_path) is None
