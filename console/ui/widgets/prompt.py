"""The line one types into: after `:` a command, after `/` a filter or what to look for.

prompt.open("command", ":")         shows itself and takes the focus
Prompt.Changed(prompt, text), Prompt.Submitted(prompt, text)
prompt.is_open, prompt.kind, prompt.text
prompt.close()                      hides itself; who had the focus has it again
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from console.present.line import Line, Span, cell_width
from console.present.tone import Tone
from console.ui.widgets.line_bar import LineBar

Kind = Literal["command", "filter", "search", "save", "only", "palette"]


class PromptInput(Input):
    """One line without a box; up and down go through what was typed before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "recall(-1)", "Earlier", show=False),
        Binding("down", "recall(1)", "Later", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False
        self.earlier: Sequence[str] = ()
        self._place = 0

    def begin(self, text: str, earlier: Sequence[str]) -> None:
        """Start with a text, and with lines to recall."""
        self.earlier = earlier
        self._place = len(earlier)
        self.value = text
        self.cursor_position = len(text)

    async def action_submit(self) -> None:
        """Hand the line over at once: the next key already belongs to what comes then."""
        prompt = self.parent
        assert isinstance(prompt, Prompt)
        prompt.submit()

    def action_recall(self, step: int) -> None:
        """Put in what was typed before, or after."""
        prompt = self.parent
        if isinstance(prompt, Prompt) and prompt.kind == "palette":
            prompt.post_message(Prompt.Stepped(step))
            return
        place = self._place + step
        if 0 <= place <= len(self.earlier):
            self._place = place
            self.value = self.earlier[place] if place < len(self.earlier) else ""
            self.cursor_position = len(self.value)


class Prompt(Horizontal):
    """A sign, and a line to type into."""

    DEFAULT_CSS = """
    Prompt {
        height: 1;
        display: none;
        &.-open { display: block; }
        & LineBar { width: 3; }
        & PromptInput, & PromptInput:focus {
            width: 1fr;
            height: 1;
            border: none;
            padding: 0;
            background: $background;
            color: $foreground;
        }
    }
    """

    class Changed(Message):
        """Something was typed."""

        def __init__(self, prompt: Prompt, text: str) -> None:
            super().__init__()
            self.prompt = prompt
            self.text = text

    class Stepped(Message):
        """Up or down was pressed where there is a list to choose from."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Submitted(Message):
        """Enter was pressed; the prompt is closed."""

        def __init__(self, prompt: Prompt, kind: Kind, text: str) -> None:
            super().__init__()
            self.prompt = prompt
            self.kind = kind
            self.text = text

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.kind: Kind = "command"
        self._sign = ":"
        self._back_to: Widget | None = None
        self.refuses: Callable[[Kind, str], bool] = lambda kind, text: False
        """Tells of what was typed whether it is to be mended first; then it stays as it is."""
        self._bar = LineBar(lambda width: (self._sign_line(),))
        self.input = PromptInput()

    def on_mount(self) -> None:
        """Make the line ready when the first frame is painted, which does not show it."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        # The program may have ended before its first frame: there is no screen to be put on then.
        if self.is_attached and not self.input.is_attached:
            self.mount(self._bar, self.input)

    def _sign_line(self) -> Line:
        return (Span(f" {self._sign} ", Tone.ACCENT, bold=True),)

    @property
    def is_open(self) -> bool:
        """It is shown."""
        return self.has_class("-open")

    @property
    def text(self) -> str:
        """What was typed."""
        return self.input.value

    def open(self, kind: Kind, sign: str, text: str = "", earlier: Sequence[str] = ()) -> None:
        """Ask."""
        self._fill()
        if not self.is_open:
            self._back_to = self.screen.focused
        self.kind = kind
        self._sign = sign
        self._bar.styles.width = cell_width(sign) + 2
        self._bar.update()
        self.add_class("-open")
        with self.input.prevent(Input.Changed):
            self.input.begin(text, earlier)
        self.screen.set_focus(self.input)  # at once: what is typed next belongs here

    def put(self, text: str) -> None:
        """Put in a whole line, as a completion does."""
        self.input.value = text
        self.input.cursor_position = len(text)

    def close(self) -> None:
        """Ask no more."""
        if not self.is_open:
            return
        self.remove_class("-open")
        back_to, self._back_to = self._back_to, None
        if back_to is not None and back_to.is_attached:
            self.screen.set_focus(back_to)  # at once: the command that was typed acts there

    @on(Input.Changed)
    def _input_changed(self, message: Input.Changed) -> None:
        message.stop()
        if self.is_open:
            self.post_message(self.Changed(self, message.value))

    def submit(self) -> None:
        """Give what was typed to the screen, unless that refuses it."""
        if self.refuses(self.kind, self.text):
            return
        self.post_message(self.Submitted(self, self.kind, self.text))
        self.close()
