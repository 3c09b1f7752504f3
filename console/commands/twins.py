"""The shell command that does the same as a key: shown in dialogs, kept in the journal.

    Twins(target).resume("01f3…", "INC-4411")
    wfc --profile shop-prod workflow resume 01f3… --reason INC-4411

It names the backend where the shell could mean another one: a command that is pasted into another
terminal does the same there, or nothing. A token is never in it.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from console.model.target import Target
from console.present.clean import clean
from console.present.json_layout import compact_json

UNFINISHED = "…"
"""Stands in a command for JSON that is not right yet."""


@dataclass(frozen=True, slots=True)
class Twins:
    """The commands for one target."""

    target: Target

    def start(
        self, workflow: str, machine_user: str, argument: str | None, reason: str = ""
    ) -> str:
        """Give the command that starts a workflow."""
        words = ["start", workflow]
        if machine_user:
            words += ["-m", machine_user]
        if argument is not None:
            words += ["-a", _json(argument)]
        return self._line([*words, *_reason(reason)])

    def resume(self, execution_id: str, reason: str = "") -> str:
        """Give the command that resumes an execution."""
        return self._line(["resume", execution_id, *_reason(reason)])

    def cancel(self, execution_id: str, reason: str = "") -> str:
        """Give the command that cancels an execution."""
        return self._line(["cancel", execution_id, *_reason(reason)])

    def bulk(
        self, action: str, execution_ids: Sequence[str], reason: str, per_second: float
    ) -> str:
        """Give the command that resumes or cancels several, as slowly."""
        rate = f"{per_second:g}/s" if per_second >= 1 else f"{per_second * 60:g}/min"
        return self._line([action, *execution_ids, *_reason(reason), "--rate", rate])

    def resolve(self, execution_id: str, key: str, result: str, reason: str = "") -> str:
        """Give the command that answers a wait point."""
        return self._line(
            ["resolve", execution_id, key, "--result", _json(result), *_reason(reason)]
        )

    def show(self, execution_id: str, *, logs: bool = False) -> str:
        """Give the command that shows an execution."""
        return self._line(["executions", execution_id, *(["--logs"] if logs else [])])

    def _line(self, words: Sequence[str]) -> str:
        return clean(shlex.join(["wfc", *self.target.shell_words, "workflow", *words]))


def _json(text: str) -> str:
    """Write JSON so that it says the same after it was shown: no character that is not shown."""
    if text.startswith("@") or text == UNFINISHED:
        return text
    line = compact_json(text)
    escapes = {ord(char): _escaped(char) for char in set(line) if clean(char) != char}
    return line.translate(escapes)


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _reason(reason: str) -> list[str]:
    return ["--reason", reason] if reason else []
