"""The action journal: what was sent from here and what came of it, one JSON object a line.

    {"time": "2026-11-24T03:12:53.118Z", "phase": "sent", "number": "6f1c…", "action": "resume",
     "target": "shop-prod", "address": "https://…", "execution": "01f3…", "workflow": "order-…",
     "reason": "INC-4411", "command": "wfc workflow resume 01f3… --reason INC-4411"}
    {"time": "…", "phase": "answered", "number": "6f1c…", "outcome": "done", "detail": ""}

What was asked for and never sent is one line: `"phase": "unsent"`, with outcome and detail. The
outcome is `failed` where the state could not be read, else `not sent`: it had moved, or the run
over many ended before its turn.

The file is only appended to, and readable by its owner alone. A line is on the disk before the
request it tells of is sent: an action that cannot be written down is not sent.
"""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from console.commands.extras import CommandRefused
from console.model.target import Target

FILE_NAME = "journal.jsonl"
NOT_SENT = "not sent"
"""The outcome of what somebody asked for and nobody sent."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that was, or will be, sent."""

    name: str
    """`resume`, `start`, `cancel`, `resolve`."""
    command: str
    """The shell command that does the same."""
    workflow: str = ""
    execution: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One action of the journal, and its answer where there is one."""

    number: str
    time: str
    """UTC, ISO 8601."""
    target: str
    action: Action
    outcome: str = ""
    """`done`, `refused`, `failed`, `unknown`, `not sent`; empty while there is no answer."""
    detail: str = ""


class Journal:
    """Appends to the file in a folder; without a folder it remembers only this session."""

    def __init__(self, folder: Path | None, target: Target) -> None:
        self.path = folder / FILE_NAME if folder is not None else None
        self._target = target
        self._lines: list[str] = []

    def _record(self, phase: str, number: str, action: Action, now: datetime) -> dict[str, str]:
        return {
            "time": _iso(now),
            "phase": phase,
            "number": number,
            "action": action.name,
            "target": self._target.label,
            "address": self._target.url,
            "workflow": action.workflow,
            "execution": action.execution,
            "reason": action.reason,
            "user": _user(),
            "command": action.command,
        }

    def unsent(
        self, actions: Sequence[Action], now: datetime, detail: str, outcome: str = NOT_SENT
    ) -> None:
        """Write down what was asked for and never sent, in one go."""
        records = [
            self._record("unsent", uuid4().hex, action, now)
            | {"outcome": outcome, "detail": detail}
            for action in actions
        ]
        try:
            self._append(*records)
        except OSError:  # nothing was done that would have to be told
            self._lines += map(json.dumps, records)

    def sent(self, action: Action, now: datetime) -> str:
        """Write down what is about to be sent; raises `CommandRefused` when it cannot be."""
        number = uuid4().hex
        record = self._record("sent", number, action, now)
        try:
            self._append(record)
        except OSError as error:
            raise CommandRefused(
                f"nothing was sent: the journal {self.path} cannot be written ({error.strerror})"
            ) from error
        return number

    def answered(
        self, number: str, now: datetime, outcome: str, detail: str = "", execution: str = ""
    ) -> None:
        """Write down what came of it; a full disk does not undo what was done."""
        record = {
            "time": _iso(now),
            "phase": "answered",
            "number": number,
            "outcome": outcome,
            "detail": detail,
        }
        if execution:
            record["execution"] = execution
        try:
            self._append(record)
        except OSError:
            self._lines.append(json.dumps(record))

    def _append(self, *records: Mapping[str, str]) -> None:
        lines = [json.dumps(record, ensure_ascii=False) for record in records]
        if self.path is None or not lines:
            self._lines += lines
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
        descriptor = os.open(self.path, flags, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
            os.write(descriptor, "".join(f"{line}\n" for line in lines).encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def entries(self, limit: int = 500) -> list[Entry]:
        """Read the latest actions, newest first; lines that make no sense are passed over."""
        lines = list(self._lines)
        if self.path is not None:
            try:
                lines = self.path.read_text("utf-8", "replace").splitlines() + lines
            except OSError:
                pass
        found: dict[str, Entry] = {}
        for line in lines:
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict):
                _take(found, {str(key): str(value) for key, value in record.items()})
        return list(reversed(found.values()))[:limit]


def _take(found: dict[str, Entry], record: Mapping[str, str]) -> None:
    number = record.get("number", "")
    if record.get("phase") in ("sent", "unsent"):
        action = Action(
            name=record.get("action", ""),
            command=record.get("command", ""),
            workflow=record.get("workflow", ""),
            execution=record.get("execution", ""),
            reason=record.get("reason", ""),
        )
        found[number] = Entry(
            number,
            record.get("time", ""),
            record.get("target", ""),
            action,
            record.get("outcome", ""),
            record.get("detail", ""),
        )
    elif number in found:
        entry = found[number]
        execution = record.get("execution") or entry.action.execution
        found[number] = replace(
            entry,
            action=replace(entry.action, execution=execution),
            outcome=record.get("outcome", ""),
            detail=record.get("detail", ""),
        )


def _iso(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
