"""Telling whether a folder is on a network file system."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

_NETWORK = re.compile(
    r"(nfs\d*|cifs|smb\w*|afp\w*|webdav|9p|afs|ceph|coda|ncpfs|lustre|gpfs|ocfs2|beegfs|pvfs2"
    r"|glusterfs|fuse\.(sshfs|glusterfs|ceph|s3fs|gcsfuse|rclone|davfs\w*|curlftpfs|nfs\w*))\Z"
)


def network_filesystem(folder: Path) -> str | None:
    """Give the kind of a folder's file system when it is a network's; None when it is local.

    Where that cannot be told the folder counts as local.
    """
    if sys.platform == "darwin":
        mounts = _darwin_mounts()
    else:
        try:
            mounts = read_mountinfo(Path("/proc/self/mountinfo").read_text(errors="replace"))
        except OSError:
            return None
    return network_kind(folder.resolve(), mounts)


def network_kind(folder: Path, mounts: list[tuple[str, str]]) -> str | None:
    """Look a folder up among mounts, given as folder and kind in the order they were made."""
    kind = ""
    longest = -1
    for place, found in mounts:
        # Of two mounts on one folder the later hides the earlier.
        if folder.is_relative_to(place) and len(place) >= longest:
            longest, kind = len(place), found
    return kind if _NETWORK.match(kind) else None


def read_mountinfo(text: str) -> list[tuple[str, str]]:
    """Read Linux's table of mounts (proc_pid_mountinfo(5)): folder and kind of each."""
    mounts = []
    for line in text.splitlines():
        before, separator, after = line.partition(" - ")
        fields, kinds = before.split(" "), after.split(" ")
        if separator and len(fields) > 4:
            mounts.append((_unescape(fields[4]), kinds[0]))
    return mounts


def read_mount_table(text: str) -> list[tuple[str, str]]:
    """Read what macOS's `mount` prints: `//server/share on /Volumes/share (smbfs, nodev)`."""
    found = re.findall(r"^.*? on (.*) \((\w+)[,)]", text, re.MULTILINE)
    return [(place, kind) for place, kind in found]


def _darwin_mounts() -> list[tuple[str, str]]:
    try:
        table = subprocess.run(
            ["/sbin/mount"], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return read_mount_table(table.stdout)


def _unescape(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
