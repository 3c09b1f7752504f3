"""Mistakes in settings, each with its file, line and key, and what to write instead.

~/.config/wfc/config.toml:4: profiles.shop.workspce: unknown key; did you mean `workspace`?
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

_KEY = r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'|\s*\.\s*)+?)\s*="""
_POSITION = r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in one file, or in a flag or variable."""

    text: str
    """What is wrong, in a few words."""
    file: Path | None = None
    line: int = 0
    """Counted from 1; 0 where it is not known."""
    key: str = ""
    hint: str = ""
    """What to write instead, or to do."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        key = f"{self.key}: " if self.key else ""
        return f"{place}{key}{self.text}" + (f"; {self.hint}" if self.hint else "")


class ConfigError(Exception):
    """The settings are wrong; each mistake is one clear line."""

    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes: tuple[Mistake, ...] = mistakes


class NothingChosen(ConfigError):
    """No flag, variable, project or profile says which backend is meant."""


class NoToken(ConfigError):
    """The profile takes its token from a variable that is not set."""


def nearest(word: str, valid: Iterable[str]) -> str:
    """Suggest the nearest valid word, else all of them."""
    words = list(valid)
    close = get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"valid: {', '.join(words)}" if words else ""


def mistake_in(file: Path, key: str, text: str) -> Mistake:
    """Give a mistake of a key with dots, with the line the key stands on in its file."""
    try:
        line = line_of(file.read_text("utf-8", "replace"), key.split("."))
    except OSError:
        line = 0
    return Mistake(text, file, line, key)


def line_of(text: str, path: Sequence[str]) -> int:
    """Find the line where a TOML key or table stands; that of its nearest parent, else 0."""
    wanted = tuple(path)
    table: tuple[str, ...] = ()
    best, best_line = 0, 0
    for number, line in enumerate(text.splitlines(), 1):
        here = _path_of(line, table)
        if here is None:
            continue
        if line.lstrip().startswith("["):
            table = here
        shared = len(here) if here == wanted[: len(here)] else 0
        if shared > best:
            best, best_line = shared, number
    return best_line


def _path_of(line: str, table: tuple[str, ...]) -> tuple[str, ...] | None:
    stripped = line.strip()
    above: tuple[str, ...] = ()
    if stripped.startswith("["):
        source = stripped
    elif match := re.match(_KEY, line):
        source, above = match[1] + " = 0", table
    else:
        return None
    try:
        node: object = tomllib.loads(source)
    except tomllib.TOMLDecodeError:
        return None
    path = list(above)
    while True:
        if isinstance(node, list):
            node = node[0] if node else None
        if not isinstance(node, dict) or not node:
            return tuple(path)
        key, node = next(iter(node.items()))
        path.append(key)


def read_toml(file: Path) -> tuple[str, dict[str, object]]:
    """Read a TOML file; a file that is not there is empty.

    Raises:
        ConfigError: it cannot be read, or is not TOML; with the line.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return "", {}
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigError(Mistake(f"cannot be read: {reason}", file)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(Mistake("is not UTF-8 text", file)) from error
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        words = str(error)
        position = re.search(_POSITION, words)
        line = int(position[1]) if position and position[1] else len(text.splitlines())
        words = re.sub(_POSITION, "", words)
        raise ConfigError(
            Mistake(f"not TOML: {words[:1].lower()}{words[1:]}", file, line)
        ) from error
