"""Tones: what a piece of text means. A theme gives each one a colour, the variable `tone-<name>`.

A tone is a foreground, except the three at the end, which are grounds: they lie under text.
"""

from __future__ import annotations

from enum import StrEnum


class Tone(StrEnum):
    """A meaning; the text of it is what `Span.tone` holds."""

    TEXT = ""
    """Plain text; its theme variable is `tone-text`."""
    DIM = "dim"
    """Secondary: units, times, notes. Still read with ease."""
    MUTED = "muted"
    """What stands back on purpose: failed callers above the cause, repeats."""
    RULE = "rule"
    """Lines between panes, connectors of the tree, callees' part of a bar: never words."""
    TITLE = "title"
    """Names of panes and things; bold."""
    ACCENT = "accent"
    """The one accent: keys, marks, the cursor's bar."""
    FAILED = "failed"
    RUNNING = "running"
    """Running, and retrying."""
    WAITING = "waiting"
    PENDING = "pending"
    SUCCESS = "success"
    CANCELED = "canceled"
    WARNING = "warning"
    """Stale data, and what a person should know before acting."""
    PROTECTED = "protected"
    """The line of a protected profile; meant to be drawn reversed."""

    SELECTION = "selection"
    """Ground of the cursor's row."""
    SELECTION_BLUR = "selection-blur"
    """Ground of the cursor's row in a pane without the focus."""
    MATCH = "match"
    """Ground of a search match."""


GROUNDS = frozenset({Tone.SELECTION, Tone.SELECTION_BLUR, Tone.MATCH})
"""The tones that are backgrounds."""
