"""Where a demo works: a folder of its own, held by a lock, swept by a later demo if left behind."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from console.resources import resource

LOCK = "demo.lock"
GRACE = 60.0
"""Seconds in which a folder without its name may still be getting its lock."""
_LEFTOVERS = (".wfc", "__pycache__", "shop.db*", "out")
_SMTP_LINE = re.compile(r'^SMTP_SERVER = ".*"$', re.MULTILINE)


@contextmanager
def demo_folder(parent: Path | None = None) -> Iterator[Path]:
    """Make a folder and remove it at the end; what killed demos left is removed as well."""
    parent = parent or Path(tempfile.gettempdir())
    sweep(parent)
    # It gets its name once it is locked, so that no sweep can take it for an abandoned one.
    draft = Path(tempfile.mkdtemp(prefix=f".{_prefix()}", dir=parent))
    lock = os.open(draft / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    # The kernel lets go of it when this process ends, however it ends.
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    folder = draft.rename(parent / draft.name[1:])
    try:
        yield folder
    finally:
        remove(folder)
        os.close(lock)


def sweep(parent: Path) -> list[Path]:
    """Remove this user's demo folders that no living process holds; gives what was removed."""
    swept = []
    for folder in sorted([*parent.glob(f"{_prefix()}*"), *parent.glob(f".{_prefix()}*")]):
        with suppress(OSError):
            if folder.stat().st_uid == os.getuid() and _is_abandoned(folder):
                remove(folder)
                swept.append(folder)
    return swept


def remove(folder: Path) -> None:
    """Remove a folder, also while somebody still writes in it for a moment."""
    deadline = time.monotonic() + 2.0
    while folder.exists() and time.monotonic() < deadline:
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():
            time.sleep(0.05)


def copy_shop(folder: Path, smtp_server: str) -> Path:
    """Copy the example project and point it at a mail server; gives the project's folder."""
    shop = folder / "shop"
    shutil.copytree(
        resource("examples") / "shop",
        shop,
        ignore=shutil.ignore_patterns(*_LEFTOVERS),
        copy_function=shutil.copyfile,
    )
    # The installed example may be read-only; its copy is written in.
    for path in (shop, *shop.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    project_file = shop / "wfc.toml"
    text = project_file.read_text(encoding="utf-8")
    text, changed = _SMTP_LINE.subn(f'SMTP_SERVER = "{smtp_server}"', text)
    if changed != 1:
        raise ValueError(f"{project_file}: not one line that says SMTP_SERVER")
    project_file.write_text(text, encoding="utf-8")
    return shop


def _prefix() -> str:
    return f"wfc-demo-{os.getuid()}-"


def _is_abandoned(folder: Path) -> bool:
    """Tell whether the process that made a folder is gone."""
    if folder.name.startswith("."):
        return time.time() - folder.stat().st_mtime > GRACE
    try:
        lock = os.open(folder / LOCK, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        os.close(lock)
