"""An argument as it is typed: JSON, or `@file` with JSON in it; and what is wrong with it.

read_argument('{"a": 1}')       Argument(text='{"a": 1}')
read_argument("@order.json")    Argument(text='…', file=PosixPath('/home/ada/order.json'))
read_argument("@nowhere")       Argument(complaint="nowhere: no such file or directory")
"""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

LARGEST = 1 << 20
"""Bytes of the largest file that is read."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What was typed, read."""

    text: str = ""
    """The JSON."""
    complaint: str = ""
    """What is wrong, with file, line and column; empty when nothing is."""
    file: Path | None = None
    """The file it is from."""


def read_argument(typed: str) -> Argument:
    """Read what was typed; a file is read each time."""
    if not typed.strip():
        return Argument(complaint="empty; {} is an empty argument")
    name = typed.strip()
    if not name.startswith("@"):
        return Argument(typed, json_complaint(typed))
    if len(name) == 1:
        return Argument(complaint="a file's name comes after the @")
    shown = name[1:]
    path = Path(shown)
    try:
        path = path.expanduser().absolute()
        text = _read(path)
    except OSError as error:
        return Argument(complaint=f"{shown}: {(error.strerror or str(error)).lower()}", file=path)
    except UnicodeDecodeError as error:
        return Argument(complaint=f"{shown}: no UTF-8 text at byte {error.start + 1}", file=path)
    except (ValueError, RuntimeError) as error:  # a NUL in the name; no such user's home
        return Argument(complaint=f"{shown}: {error}", file=path)
    complaint = json_complaint(text) if text.strip() else "the file is empty"
    return Argument(text, f"{shown}: {complaint}" if complaint else "", path)


def _read(path: Path) -> str:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for
        raise OSError(None, "is no file" if not path.is_dir() else "is a directory")
    if status.st_size > LARGEST:
        raise OSError(None, f"{status.st_size:,} bytes; at most {LARGEST:,} are taken")
    return path.read_text(encoding="utf-8-sig")


class ArgumentReader:
    """Reads what is typed as often as it is asked, and anew only when something is another."""

    def __init__(self) -> None:
        self._mark: tuple[object, ...] | None = None
        self._argument = Argument()

    def read(self, typed: str) -> Argument:
        """Read it, or give what was read of the same text and the same file before."""
        mark = (typed, *_mark_of(self._argument.file))
        if mark != self._mark:
            self._argument = read_argument(typed)
            self._mark = (typed, *_mark_of(self._argument.file))
        return self._argument


def _mark_of(file: Path | None) -> tuple[object, ...]:
    if file is None:
        return ()
    try:
        status = file.stat()
    except (OSError, ValueError):
        return (file, None)
    return (file, status.st_mtime_ns, status.st_size, status.st_ino)


def json_complaint(text: str) -> str:
    """Say what is wrong with a JSON text, and where; empty when nothing is."""
    try:
        json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        return f"line {error.lineno}, column {error.colno}: {error.msg}"
    except (ValueError, RecursionError) as error:
        return str(error)
    return ""


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")
