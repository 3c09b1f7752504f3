"""The action journal: columns, cells, and an entry in full with its shell command."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Protocol

from console.model.ids import short_id
from console.present.clean import clean
from console.present.columns import GAP, Column
from console.present.glyphs import UNICODE, Glyphs
from console.present.line import Line, Span
from console.present.log_lines import wrapped
from console.present.tone import Tone

NO_ANSWER = "no answer"
OUTCOME_TONES: Mapping[str, Tone] = {
    "done": Tone.SUCCESS,
    "unknown": Tone.WARNING,
    "failed": Tone.FAILED,
    "refused": Tone.FAILED,
    "not sent": Tone.WARNING,
}


class ActionFacts(Protocol):
    """What was to be done."""

    @property
    def name(self) -> str:
        """`resume`, `start`, `cancel`, `resolve`."""
        ...

    @property
    def command(self) -> str:
        """The shell command that does the same."""
        ...

    @property
    def workflow(self) -> str:
        """The workflow's name."""
        ...

    @property
    def execution(self) -> str:
        """The execution's id; empty where it is not known."""
        ...

    @property
    def reason(self) -> str:
        """Why, as the person wrote it."""
        ...


class EntryFacts(Protocol):
    """One action, and what came of it."""

    @property
    def time(self) -> str:
        """UTC, ISO 8601."""
        ...

    @property
    def target(self) -> str:
        """The label of the profile."""
        ...

    @property
    def action(self) -> ActionFacts:
        """What was to be done."""
        ...

    @property
    def outcome(self) -> str:
        """`done`, `refused`, `failed`, `unknown`, `not sent`; empty while there is no answer."""
        ...

    @property
    def detail(self) -> str:
        """What the backend said."""
        ...


def moment_text(text: str, zone: tzinfo | None = None) -> str:
    """Write an entry's time in a zone; None is local."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return clean(text)
    return when.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def journal_columns(width: int) -> tuple[Column, ...]:
    """Choose the columns for a width; the reason takes what is left."""
    columns = [
        Column("when", "WHEN", 19),
        Column("outcome", "OUTCOME", 9),
        Column("action", "ACTION", 7),
        Column("workflow", "WORKFLOW", 24 if width >= 110 else 16),
    ]
    if width >= 92:
        columns += [Column("execution", "EXECUTION", 9), Column("target", "WHERE", 14)]
    used = sum(column.width + GAP for column in columns)
    return (*columns, Column("reason", "REASON", max(8, width - used)))


def entry_cells(
    entry: EntryFacts, zone: tzinfo | None = None, *, glyphs: Glyphs = UNICODE
) -> dict[str, Line]:
    """Give every cell of a row."""
    action = entry.action
    tone = OUTCOME_TONES.get(entry.outcome, Tone.WARNING)
    return {
        "when": (Span(moment_text(entry.time, zone), Tone.DIM),),
        "outcome": (Span(clean(entry.outcome or NO_ANSWER), tone),),
        "action": (Span(clean(action.name)),),
        "workflow": (Span(clean(action.workflow)),),
        "execution": (Span(clean(short_id(action.execution)) or glyphs.dash, Tone.DIM),),
        "target": (Span(clean(entry.target), Tone.DIM),),
        "reason": (Span(clean(action.reason)),),
    }


def entry_words(entry: EntryFacts) -> str:
    """Give all of an entry as text, to look for words in."""
    action = entry.action
    parts = (entry.outcome or NO_ANSWER, entry.target, entry.detail, action.name, action.workflow)
    return " ".join((*parts, action.execution, action.reason, action.command))


def entry_story(entry: EntryFacts, width: int) -> list[Line]:
    """Give the shell command, what came of it, and where it was done and to what."""
    action = entry.action
    place = " ".join(filter(None, (clean(action.execution), "at", clean(entry.target))))
    said = [
        (Span(f" {clean(action.command)}", Tone.ACCENT),),
        (Span(f" {clean(entry.detail)}", Tone.WARNING),) if entry.detail else (),
        (Span(f" {place}", Tone.DIM),),
    ]
    return [
        row for line in said if line for row in wrapped(line, max(1, width - 1), 1, at_blanks=True)
    ]
