"""How a workflow was started from here before, as the journal has it: newest first, each once."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from console.commands.journal import Entry
from console.present.json_layout import indented_json

MOST = 20


@dataclass(frozen=True, slots=True)
class PastStart:
    """One argument, and as whom it was sent last."""

    argument: str
    """JSON, indented; `{}` where none was given."""
    machine_user: str


def past_starts(entries: Iterable[Entry], workflow: str, most: int = MOST) -> tuple[PastStart, ...]:
    """Read them off the commands of a journal's entries, which come newest first."""
    found: dict[str, PastStart] = {}
    for entry in entries:
        if entry.action.name != "start" or entry.action.workflow != workflow:
            continue
        try:
            words = shlex.split(entry.action.command)
            argument = _after(words, "-a") or "{}"
            json.loads(argument)
        except (ValueError, RecursionError):
            continue
        text = indented_json(argument)
        found.setdefault(text, PastStart(text, _after(words, "-m")))
        if len(found) == most:
            break
    return tuple(found.values())


def _after(words: list[str], flag: str) -> str:
    return words[words.index(flag) + 1] if flag in words[:-1] else ""
