"""JSON typed into a form, checked as one types."""

from __future__ import annotations

import json

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import TextArea

from console.present.clean import clean
from console.present.line import Line, Span, pad_right
from console.present.tone import Tone
from console.ui.widgets.line_bar import LineBar

UNFINISHED = "…"
"""Stands in a command for JSON that is not right yet."""


def json_complaint(text: str) -> str:
    """Say what is wrong with a JSON text, and where; empty when nothing is."""
    if not text.strip():
        return "empty; {} is an empty argument"
    try:
        json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        return f"line {error.lineno}, column {error.colno}: {error.msg}"
    except (ValueError, RecursionError) as error:
        return str(error)
    return ""


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def compact_json(text: str) -> str:
    """Write JSON without blanks, as it is sent and shown in a command."""
    return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))


class JsonEditor(Vertical):
    """A few lines of JSON with a label, and below them what is wrong."""

    DEFAULT_CSS = """
    JsonEditor {
        height: auto;
        margin-top: 1;
        & Horizontal { height: auto; }
        & TextArea, & TextArea:focus {
            width: 1fr;
            height: auto;
            min-height: 3;
            max-height: 8;
            border: none;
            padding: 0;
            background: $panel;
            color: $foreground;
        }
    }
    """

    def __init__(self, label: str, width: int, text: str, note: str = "") -> None:
        super().__init__()
        self._indent = width
        self._note = note
        self._label = LineBar(lambda _: ((Span(pad_right(label, width), Tone.DIM),),))
        self._label.styles.width = width
        self.area = TextArea(text, compact=True, tab_behavior="focus", show_line_numbers=False)
        self.area.cursor_blink = False
        self._status = LineBar(lambda _: (self._status_line(),))

    def compose(self) -> ComposeResult:
        """Give label, editor and the complaint below."""
        with Horizontal():
            yield self._label
            yield self.area
        yield self._status

    @property
    def text(self) -> str:
        """What was typed."""
        return self.area.text

    @property
    def complaint(self) -> str:
        """What is wrong with it."""
        return json_complaint(self.text)

    def _status_line(self) -> Line:
        complaint = self.complaint
        indent = Span(" " * self._indent)
        if complaint:
            return (indent, Span(f"JSON {clean(complaint)}", Tone.WARNING))
        return (indent, Span(f"JSON is fine{self._note}", Tone.DIM))

    def on_text_area_changed(self) -> None:
        """Check again."""
        self._status.update()
