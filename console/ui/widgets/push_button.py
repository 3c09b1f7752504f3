"""A word one can press: enter, or a click, and nothing else."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from console.present.line import Line, Span, cell_width
from console.present.tone import Tone
from console.ui.widgets.line_bar import LineBar


class PushButton(LineBar, can_focus=True, inherit_bindings=False):
    """A button that shows its focus without colour: in brackets, reversed."""

    DEFAULT_CSS = """
    PushButton {
        width: auto;
        height: 1;
        margin-left: 3;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "press", "Press", show=False)]

    is_ready: reactive[bool] = reactive(True, init=False)
    """It can be pressed."""

    class Pressed(Message):
        """The button was pressed."""

        def __init__(self, button: PushButton) -> None:
            super().__init__()
            self.button = button

        @property
        def control(self) -> PushButton:
            """The button."""
            return self.button

    def __init__(self, word: str, *, id: str | None = None) -> None:
        super().__init__(lambda width: (self._line(),), id=id)
        self.word = word
        self.styles.width = cell_width(word) + 4

    def say(self, word: str) -> None:
        """Say another word."""
        if word != self.word:
            self.word = word
            self.styles.width = cell_width(word) + 4
            self.update()

    def _line(self) -> Line:
        if self.has_focus:
            return (Span(f"[ {self.word} ]", Tone.ACCENT, bold=True, reverse=True),)
        return (Span(f"  {self.word}  ", Tone.TEXT if self.is_ready else Tone.MUTED),)

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show it."""
        super().watch_has_focus(has_focus)
        self.update()

    def watch_is_ready(self) -> None:
        """Show it."""
        self.update()

    def action_press(self) -> None:
        """Post that it was pressed."""
        self.post_message(self.Pressed(self))

    def on_click(self, event: events.Click) -> None:
        """Take a click for a press."""
        event.stop()
        self.focus()
        self.action_press()
