"""A dialog that only says something, with one button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen

from console.present.line import Line
from console.ui.session import Session
from console.ui.sturdy import Sturdy
from console.ui.widgets.line_bar import LineBar
from console.ui.widgets.push_button import PushButton
from console.ui.widgets.text_view import TextView


class NoticeDialog(Sturdy, ModalScreen[None], inherit_bindings=False):
    """Says something until the person leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c,q", "back", "Back", show=False),
        Binding("tab", "app.focus_next", "Next", show=False),
        Binding("shift+tab", "app.focus_previous", "Previous", show=False),
    ]

    DEFAULT_CSS = """
    NoticeDialog {
        background: $background;
        & #said { padding: 1 3; max-width: 110; }
        & TextView { height: 1fr; margin-top: 1; }
        & #buttons { height: 1; margin-top: 1; align-horizontal: right; }
    }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.text = TextView(lambda width: self.lines())
        self.back = PushButton("Back", id="back")

    def title_line(self) -> Line:
        """Say what it is about."""
        return ()

    def lines(self) -> Sequence[Line]:
        """Say it."""
        return ()

    def compose(self) -> ComposeResult:
        """Give title, text and button."""
        with Vertical(id="said"):
            yield LineBar(lambda _: (self.title_line(),))
            yield self.text
            with Horizontal(id="buttons"):
                yield self.back

    def on_mount(self) -> None:
        """Begin on the button."""
        self.back.focus()

    @on(PushButton.Pressed)
    def _pressed(self, message: PushButton.Pressed) -> None:
        message.stop()
        self.action_back()

    def action_back(self) -> None:
        """Leave."""
        self.dismiss()
