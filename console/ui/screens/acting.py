"""Screens from which executions are started, resumed, resolved and canceled.

Each of these opens a dialog; what the dialog sent goes on while the person does other things, its
row says so, and what came of it is said on whatever screen is then shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from console.commands.availability import why_not
from console.commands.catalogue import by_id
from console.commands.command_line import Typed
from console.ui.screens.copying import Copying

CHANGES = ("execution.resume", "execution.resolve", "execution.cancel")


class Acting(Copying):
    """A screen whose execution can be acted on."""

    def change_items(self) -> Sequence[str | tuple[str, str]]:
        """Give the changes that are possible now, for the footer."""
        execution = self.focused_execution()
        if execution is None:
            situation = self.session.situation(None)
            return ("workflow.start",) if not why_not(by_id("workflow.start"), situation) else ()
        situation = self.session.situation(execution)
        return [name for name in CHANGES if not why_not(by_id(name), situation)]

    def do_execution_resume(self, typed: Typed) -> None:
        """Ask, check and resume."""
        from console.ui.dialogs.resume import ResumeDialog

        if self.acted_on is not None:
            self.app.push_screen(ResumeDialog(self.session, self.acted_on))

    def do_execution_cancel(self, typed: Typed) -> None:
        """Ask and cancel."""
        from console.ui.dialogs.cancel import CancelDialog

        if self.acted_on is not None:
            self.app.push_screen(CancelDialog(self.session, self.acted_on))

    def do_execution_resolve(self, typed: Typed) -> None:
        """Ask for the answer and send it."""
        from console.ui.dialogs.resolve import ResolveDialog

        if self.acted_on is not None:
            self.app.push_screen(ResolveDialog(self.session, self.acted_on))

    def do_workflow_start(self, typed: Typed) -> None:
        """Choose a workflow, say with what, and start it; the same as this one did is offered."""
        from console.ui.dialogs.start import StartDialog

        acted_on = self.acted_on
        if typed.words:
            self.app.push_screen(StartDialog(self.session, typed.words[0], acted_on))
            return
        from console.ui.dialogs.pick_workflow import PickWorkflow

        def picked(name: str | None) -> None:
            if name:
                self.app.push_screen(StartDialog(self.session, name, acted_on))

        self.app.push_screen(
            PickWorkflow(self.session, acted_on.workflow_name if acted_on else ""), picked
        )
