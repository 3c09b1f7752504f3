"""What every dialog does that may change the backend: nothing until the verb is pressed, then once.

`Back` has the focus. Enter presses the button that has the focus, in a field it goes to the next
one; escape is `Back`. A letter typed while `Back` has the focus begins the reason. Where the target
is protected the workflow's name must be typed before the other button can be pressed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.widgets import Input

from console.commands.extras import CommandRefused
from console.commands.operations import Outcome, Result
from console.model.execution import Execution
from console.present.tone import Tone
from console.ui.dialogs.field import Field
from console.ui.dialogs.frame import LABEL, FormFrame
from console.ui.session import UNKNOWN, Session
from console.ui.widgets.push_button import PushButton

__all__ = ["LABEL", "FormDialog"]


class FormDialog(FormFrame):
    """A dialog that may change the backend; a subclass gives the facts and does it."""

    DOING: ClassVar[str] = ""
    """What the row says while it is sent: `resuming`."""

    def __init__(self, session: Session, subject: str) -> None:
        super().__init__(session, subject)
        self._is_left = False

    # What a subclass gives

    def obstacle(self) -> str:
        """Say why it cannot be sent as it stands; empty when it can."""
        return ""

    def proofs(self) -> Sequence[str]:
        """Give what may be typed on a protected target to go on; the first one is named."""
        return (self.subject,)

    def first_field(self) -> Field:
        """Give the field a letter begins when nothing else has the focus."""
        return self.reason

    async def act(self) -> Outcome:
        """Send it."""
        raise NotImplementedError

    # Fields

    def is_clear(self) -> bool:
        """Tell whether nothing speaks against sending it."""
        return not self._obstacle()

    def _obstacle(self) -> str:
        obstacle = self.obstacle()
        if obstacle:
            return obstacle
        proofs = self.proofs()
        if self.name_field is not None and self.name_field.text.strip() not in proofs:
            return f"type {proofs[0]} first: this target is protected"
        return ""

    def edited(self) -> None:
        """Show what is true of what is typed now; what was said of it before no longer is."""
        if not self.is_sending:
            self._message = ()
        self.review()

    @on(Input.Changed)
    def _input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self.edited()

    @on(Input.Submitted)
    def _input_submitted(self, message: Input.Submitted) -> None:
        """Enter in a field never sends anything."""
        message.stop()
        self.focus_next()

    def on_key(self, event: events.Key) -> None:
        """A letter on `Back` begins the first field there is something to say in."""
        if not event.is_printable or not event.character:
            return
        field = self.first_field() if self.focused is self.back else None
        for one in self.query(Field):
            if one.input is self.focused:  # the letters that came with the first one
                field = one
        if field is not None:
            event.stop()
            field.begin(event.character)

    def sent(self, execution: Execution) -> None:
        """It is on its way: the row says so, the person goes on."""
        self.mark(execution)
        self.leave()

    def mark(self, execution: Execution) -> None:
        """It is on its way: the row says so."""
        from console.ui.app import ConsoleApp

        app = self.app
        assert isinstance(app, ConsoleApp)
        self.session.begin(execution, self.DOING)
        app.first.row_changed(execution.id)

    def leave(self) -> None:
        """Close, once."""
        if not self._is_left:
            self._is_left = True
            self.dismiss()

    # Buttons

    def action_back(self) -> None:
        """Leave: nothing is sent; what is on its way goes on, and its end is said outside."""
        self.leave()

    @on(PushButton.Pressed, "#back")
    def _back_pressed(self, message: PushButton.Pressed) -> None:
        message.stop()
        self.action_back()

    @on(PushButton.Pressed, "#go")
    def _go_pressed(self, message: PushButton.Pressed) -> None:
        message.stop()
        if not self.is_sending:
            # The app's worker, so that it goes on when this dialog is left.
            self.app.run_worker(self._go(), exit_on_error=False)

    async def _go(self) -> None:
        from console.ui.app import ConsoleApp

        app = self.app
        assert isinstance(app, ConsoleApp)
        count = await app.keys_at_once()
        if count > 1:
            self.tell(f"{count} keys came at once, as in a paste; nothing was sent")
            return
        obstacle = self._obstacle()
        if obstacle:
            self.tell(obstacle)
            return
        self.is_sending = True
        self.tell(f"{self.DOING}…", Tone.DIM)
        try:
            outcome = await self.act()
        except CommandRefused as refusal:
            outcome = Outcome(Result.REFUSED, str(refusal))
        except Exception as bug:  # the worker's end; the person must learn of it
            app.report_bug(bug)
            outcome = Outcome(Result.UNKNOWN, f"{self.VERB.lower()} ended in a bug of the console")
        self.is_sending = False
        tone = Tone.TEXT if outcome.result is Result.DONE else Tone.WARNING
        if outcome.result in (Result.MOVED, Result.REFUSED, Result.FAILED) and not self._is_left:
            self.stays(outcome)
        else:
            self.leave()
            app.say(outcome.message, tone)
        app.acted(outcome, self.DOING if outcome.result is not Result.UNKNOWN else UNKNOWN)

    def stays(self, outcome: Outcome) -> None:
        """Say in the dialog what came of it, when nothing was changed."""
        self.tell(outcome.message)
        self.back.focus()
