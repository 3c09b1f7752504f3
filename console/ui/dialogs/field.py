"""One line of a form: a label, what is typed, and perhaps a note below."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from console.present.clean import clean
from console.present.line import Span, cell_width, pad_right
from console.present.tone import Tone
from console.ui.widgets.line_bar import LineBar


class Field(Vertical):
    """A labelled line to type into."""

    DEFAULT_CSS = """
    Field {
        height: auto;
        margin-top: 1;
        & Horizontal { height: 1; }
        & Input, & Input:focus {
            width: 1fr;
            height: 1;
            border: none;
            padding: 0;
            background: $panel;
            color: $foreground;
        }
    }
    """

    def __init__(
        self, label: str, width: int, *, value: str = "", note: str = "", hint: str = ""
    ) -> None:
        super().__init__()
        self._width = max(width, cell_width(label) + 1)
        self._note = note
        self._untouched = value
        self.label = LineBar(lambda _: ((Span(pad_right(clean(label), self._width), Tone.DIM),),))
        self.label.styles.width = self._width
        self.input = Input(value, placeholder=hint, compact=True, select_on_focus=False)
        self.input.cursor_blink = False

    def compose(self) -> ComposeResult:
        """Give label, line and note."""
        with Horizontal():
            yield self.label
            yield self.input
        if self._note:
            indent = " " * self._width
            yield LineBar(lambda _: ((Span(indent + self._note, Tone.MUTED),),))

    @property
    def text(self) -> str:
        """What was typed."""
        return self.input.value

    @property
    def is_untouched(self) -> bool:
        """It says what was put there, not what was typed."""
        return self.text == self._untouched

    def put(self, text: str) -> None:
        """Put another text there."""
        self._untouched = self.input.value = text

    def begin(self, text: str) -> None:
        """Go on typing here, with this after what is there."""
        self.screen.set_focus(self.input)  # at once: the next letter belongs here
        self.input.value += text
        self.input.cursor_position = len(self.input.value)
