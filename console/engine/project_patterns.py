"""Which files a project's patterns name: `workflows/**/*.py`, less what is ignored."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

_NEVER_ENTERED = frozenset({"__pycache__", "node_modules", "site-packages"})
_GLOB = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[[^\]]+\]")


def matching_files(root: Path, patterns: Iterable[str], ignores: Iterable[str]) -> list[Path]:
    """List the Python files that a pattern names and none ignores, in name order.

    Hidden folders, such as a virtual environment, are not entered.
    """
    wanted = [pattern for pattern in patterns if is_inside(pattern)]
    ignored = [_compiled(pattern) for pattern in ignores]
    found: set[Path] = set()
    for pattern in wanted:
        named = _compiled(pattern)
        for file in _python_files(root / _literal_folder(pattern)):
            path = file.relative_to(root).as_posix()
            if named.fullmatch(path) and not any(no.fullmatch(path) for no in ignored):
                found.add(file)
    return sorted(found)


def is_inside(pattern: str) -> bool:
    """Tell whether a pattern names something inside the project."""
    return bool(pattern) and not pattern.startswith(("/", "~")) and ".." not in pattern.split("/")


def _python_files(folder: Path) -> Iterable[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = [
            name for name in folders if not name.startswith(".") and name not in _NEVER_ENTERED
        ]
        for name in files:
            if name.endswith(".py") and not name.startswith("."):
                yield Path(place, name)


def _literal_folder(pattern: str) -> str:
    """Give the folder a pattern begins with, up to its first wildcard."""
    literal = re.split(r"[*?\[]", pattern, maxsplit=1)[0]
    return literal.rpartition("/")[0]


def _compiled(pattern: str) -> re.Pattern[str]:
    parts: list[str] = []
    end = 0
    for wildcard in _GLOB.finditer(pattern):
        parts.append(re.escape(pattern[end : wildcard.start()]))
        end = wildcard.end()
        match wildcard[0]:
            case "**/":
                parts.append("(?:.*/)?")
            case "/**":
                parts.append("/.*")
            case "**":
                parts.append(".*")
            case "*":
                parts.append("[^/]*")
            case "?":
                parts.append("[^/]")
            case characters:
                parts.append("[^" + characters[2:] if characters[1] == "!" else characters)
    parts.append(re.escape(pattern[end:]))
    return re.compile("".join(parts))
