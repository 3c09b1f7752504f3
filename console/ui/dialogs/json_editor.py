"""JSON typed into a form, or `@file` with it; checked as one types, also against a schema."""

from __future__ import annotations

import json
from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import TextArea

from console.commands.json_argument import Argument, ArgumentReader, json_complaint
from console.commands.twins import UNFINISHED
from console.present.clean import clean
from console.present.json_layout import compact_json
from console.present.line import Line, Span, line_width, pad_right
from console.present.log_lines import wrapped
from console.present.schema_check import schema_complaint
from console.present.schema_help import Schema
from console.present.tone import Tone
from console.ui.widgets.line_bar import LineBar

FROM_FILE = "; @file.json takes it from a file"


class JsonArea(TextArea):
    """An editor in which what is put before a whole text takes its place.

    That is `@`, for a file's name, a bracket that opens, and a pasted document: none can stand
    before JSON. What was there is an undo away.
    """

    async def _on_key(self, event: events.Key) -> None:
        # Textual calls the handler of the class below after this one.
        if event.character and event.character in "@{[" and self._is_at_beginning:
            self.clear()

    async def _on_paste(self, event: events.Paste) -> None:
        text = event.text.strip()
        if self._is_at_beginning and text and (text[0] == "@" or not json_complaint(text)):
            self.clear()

    @property
    def _is_at_beginning(self) -> bool:
        return self.cursor_location == (0, 0) and not self.selected_text


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
        self.note = note
        """What is said of the text as it was put there: where it is from."""
        self._untouched = text
        self._reader = ArgumentReader()
        self._schema: Schema = {}
        self._label = LineBar(lambda _: ((Span(pad_right(label, width), Tone.DIM),),))
        self._label.styles.width = width
        self.area = JsonArea(text, compact=True, tab_behavior="focus", show_line_numbers=False)
        self.area.cursor_blink = False
        self._status = LineBar(self._status_rows)

    def compose(self) -> ComposeResult:
        """Give label, editor and the complaint below."""
        with Horizontal():
            yield self._label
            yield self.area
        yield self._status

    @property
    def typed(self) -> str:
        """What was typed."""
        return self.area.text

    @property
    def is_untouched(self) -> bool:
        """It says what was put there, not what was typed."""
        return self.typed == self._untouched

    @property
    def argument(self) -> Argument:
        """What was typed, read; from a file as it is now."""
        return self._reader.read(self.typed)

    @property
    def complaint(self) -> str:
        """Why it is no JSON."""
        return self.argument.complaint

    @property
    def sent(self) -> str:
        """The JSON as it is sent; what stands for it while it is not right."""
        argument = self.argument
        return UNFINISHED if argument.complaint else compact_json(argument.text)

    @property
    def shown(self) -> str:
        """What a shell command says for it: the JSON, or the file by its whole path."""
        argument = self.argument
        return f"@{argument.file}" if argument.file and not argument.complaint else self.sent

    def take_schema(self, schema: Schema) -> None:
        """Check against a schema from now on."""
        self._schema = schema
        self.restate()

    def put(self, text: str, note: str) -> None:
        """Put another text there."""
        self.note = note
        self._untouched = self.area.text = text
        self.restate()

    def restate(self) -> None:
        """Say anew what is true of it."""
        height = max(1, len(self._status_rows(self._status.size.width or 80)))
        self._status.styles.height = height
        self._status.update()

    def on_resize(self) -> None:
        """Wrap for the new width."""
        self.call_after_refresh(self.restate)

    def on_text_area_changed(self) -> None:
        """Check again."""
        self.restate()

    def _status_rows(self, width: int) -> Sequence[Line]:
        line = (Span(" " * self._indent), *self._status_line())
        return wrapped(line, width, self._indent, at_blanks=True) if line_width(line) else ()

    def _status_line(self) -> Line:
        argument = self.argument
        if argument.complaint:
            said = argument.complaint if argument.file else f"JSON {argument.complaint}"
            return (Span(clean(said), Tone.WARNING),)
        is_empty = not argument.file and argument.text.strip() == "{}"
        from_file = FROM_FILE if is_empty else ""
        if hint := schema_complaint(self._schema, json.loads(argument.text)):
            return (Span(hint, Tone.WARNING), Span(from_file, Tone.DIM))
        where = f" in {argument.file}" if argument.file else ""
        fits = ", in the right shape" if self._schema else ""
        note = self.note if self.is_untouched else ""
        note = note or from_file
        return (Span(clean(f"valid JSON{where}{fits}{'' if where else note}"), Tone.DIM),)
