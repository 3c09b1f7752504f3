"""The sign-in file of the platform's own command: the one generated shape of it, and nothing else.

version: 1
users:
  ada@example.com:
    access_token: >-
      eyJhbGciOi…
    refresh_token: r-1
    token_expires_at: '2026-11-24T03:10:21.003Z'
profiles:
  dev:
    user: ada@example.com
    workspace_id: 0b7c…
current_user: ada@example.com

Block mappings of scalars are read: plain, quoted, or folded. Lists, anchors, tags, flow collections
and all else a person may write into YAML are refused, naming the line: a file that is read wrongly
would be written back wrongly, and somebody would be signed out.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LARGEST_FILE = 1024 * 1024
_DEEPEST = 6
_KEY = re.compile(
    r"""(?P<key>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s\-?:,\[\]{}#&*!|>'"%@`][^:#]*|[^\s'"{}\[\]]+?)"""
    r""":(?:[ ]+(?P<value>.*))?$""",
    re.ASCII,
)
_PLAIN_START = re.compile(r"""[^\s,\[\]{}#&*!|>'"%@`?-]|[-?:](?=\S)""", re.ASCII)
_WORDS: Mapping[str, Any] = {"null": None, "~": None, "": None, "true": True, "false": False}


class PlatformFileError(ValueError):
    """The sign-in file is not of the shape that is read here; the text names the line."""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    indent: int
    text: str


def read_platform_file(path: Path) -> dict[str, Any]:
    """Read the file. Raises `PlatformFileError`; `OSError` where it cannot be opened."""
    if path.stat().st_size > _LARGEST_FILE:
        raise PlatformFileError("it is too large to be a sign-in file")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PlatformFileError("it is not UTF-8") from None
    return parse(text)


def write_platform_file(path: Path, content: Mapping[str, Any]) -> None:
    """Replace the file at once, readable by its owner only."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".config-", suffix=".yaml")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(render(content))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def parse(text: str) -> dict[str, Any]:
    """Read the text of a sign-in file. Raises `PlatformFileError`."""
    raw = text.removeprefix("\ufeff").split("\n")
    lines = [
        _Line(number, len(line) - len(line.lstrip(" ")), line.rstrip(" \t\r"))
        for number, line in enumerate(raw, 1)
    ]
    reader = _Reader(lines)
    reader.skip_start()
    content = reader.mapping(0, 0)
    reader.demand_end()
    return content


def render(content: Mapping[str, Any], indent: int = 0) -> str:
    """Write the text of a sign-in file; each text is quoted as in JSON, which YAML can read."""
    parts: list[str] = []
    for key, value in content.items():
        start = f"{' ' * indent}{json.dumps(key, ensure_ascii=False)}:"
        if isinstance(value, Mapping):
            parts.append(f"{start}\n{render(value, indent + 2)}" if value else f"{start} {{}}\n")
        else:
            parts.append(f"{start} {json.dumps(value, ensure_ascii=False)}\n")
    return "".join(parts)


class _Reader:
    """Goes through the lines once."""

    def __init__(self, lines: list[_Line]) -> None:
        self._lines = lines
        self._next = 0

    def skip_start(self) -> None:
        line = self._peek()
        if line is not None and line.text == "---":
            self._next += 1

    def demand_end(self) -> None:
        line = self._peek()
        if line is not None:
            raise _refuse(line, "is indented otherwise than what is above it")

    def mapping(self, indent: int, depth: int) -> dict[str, Any]:
        content: dict[str, Any] = {}
        while (line := self._peek()) is not None and line.indent == indent:
            if depth >= _DEEPEST:
                raise _refuse(line, "is nested too deep")
            found = _KEY.match(line.text.lstrip(" "))
            if found is None or line.text.lstrip(" ").startswith("- "):
                raise _refuse(line, "is no `key: value`")
            key = _scalar(found["key"].rstrip(" "), line)
            if not isinstance(key, str):
                key = found["key"].rstrip(" ")
            if key in content:
                raise _refuse(line, "repeats a key")
            self._next += 1
            content[key] = self._value(line, (found["value"] or "").strip(" \t"), depth)
        return content

    def _value(self, line: _Line, text: str, depth: int) -> Any:
        if text == "{}":
            return {}
        if text in (">-", ">", "|-", "|"):
            return self._block(line, text)
        following = self._peek()
        if text and not text.startswith("#"):
            return _scalar(text, line)
        if following is None or following.indent <= line.indent:
            return None
        return self.mapping(following.indent, depth + 1)

    def _block(self, opening: _Line, style: str) -> str:
        taken: list[str] = []
        indent = 0
        while self._next < len(self._lines):
            line = self._lines[self._next]
            if line.text and line.indent <= opening.indent:
                break
            indent = indent or line.indent
            if line.text and line.indent != indent:
                raise _refuse(line, "is indented otherwise than what is above it")
            taken.append(line.text.strip(" "))
            self._next += 1
        while taken and not taken[-1]:
            taken.pop()
        if not taken or "" in taken:
            raise _refuse(opening, "holds a text that is not read here")
        text = (" " if style.startswith(">") else "\n").join(taken)
        return text if style.endswith("-") else text + "\n"

    def _peek(self) -> _Line | None:
        while self._next < len(self._lines):
            line = self._lines[self._next]
            if "\t" in line.text[: line.indent + 1]:
                raise _refuse(line, "is indented with a tab")
            if line.text and not line.text.lstrip(" ").startswith("#"):
                return line
            self._next += 1
        return None


def _scalar(text: str, line: _Line) -> Any:
    """Read one value. Times and what else YAML may type is left as text."""
    if text.startswith('"'):
        try:
            quoted, end = json.JSONDecoder().raw_decode(text)
        except ValueError:
            raise _refuse(line, "holds a quoted text that is not read here") from None
        return _alone(quoted, text[end:], line)
    if text.startswith("'"):
        found = re.match(r"'((?:[^']|'')*)'", text)
        if found is None:
            raise _refuse(line, "holds a quote that does not end")
        return _alone(found[1].replace("''", "'"), text[found.end() :], line)
    text = re.split(r"[ \t]#", text, maxsplit=1)[0].rstrip(" \t")
    if text in _WORDS:
        return _WORDS[text]
    if not _PLAIN_START.match(text) or ": " in text or text.endswith(":"):
        raise _refuse(line, "holds what is not read here")
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,8}|0", text) else text


def _alone(value: Any, rest: str, line: _Line) -> Any:
    rest = rest.strip(" \t")
    if rest and not rest.startswith("#"):
        raise _refuse(line, "has something after a quoted text")
    return value


def _refuse(line: _Line, what: str) -> PlatformFileError:
    return PlatformFileError(f"line {line.number} {what}")
