"""Copying what is on the screen, and opening it in the web console."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from console.commands.command_line import Typed
from console.commands.links import is_page_of_execution, web_address
from console.model.execution import Execution, JobError
from console.present.clean import clean
from console.present.tone import Tone
from console.ui.clipboard import copy
from console.ui.screens.everywhere import Everywhere
from console.ui.widgets.execution_pane import ExecutionPane

if TYPE_CHECKING:
    from console.present.copying import CopyChoice


class Copying(Everywhere):
    """A screen with an execution that can be copied and opened elsewhere."""

    def copied_pane(self) -> ExecutionPane | None:
        """Give the pane whose log and data can be copied."""
        return None

    def copy_text(self, text: str, said: str = "") -> None:
        """Copy a text and say so."""
        self.say(copy(self.app, text, self.session.launch.state_folder, said))

    # The menu

    def do_copy_menu(self, typed: Typed) -> None:
        """Ask what is to be copied."""
        from console.ui.dialogs.copy_menu import CopyMenu

        def chosen(choice: CopyChoice | None) -> None:
            if choice is not None:
                self.copy_text(choice.text, choice.said)

        self.app.push_screen(CopyMenu(self.session, self.copy_choices()), chosen)

    def copy_choices(self) -> list[CopyChoice]:
        """Give what there is to copy now."""
        from console.commands.twins import Twins
        from console.present.copying import CopyChoice, error_text, row_text

        execution = self.focused_execution()
        if execution is None:
            return []
        error = self._known_error(execution)
        found = [
            CopyChoice("id", "Id", clean(execution.id)),
            CopyChoice("row", "Row", row_text(execution, error)),
            CopyChoice("command", "Command", Twins(self.session.target).show(execution.id)),
            CopyChoice(
                "command-log",
                "Command, with log",
                Twins(self.session.target).show(execution.id, logs=True),
            ),
            CopyChoice("link", "Link", web_address(self.session.target, execution)),
            CopyChoice("error", "Error", error_text(error) if error is not None else ""),
            *self._of_pane(execution),
        ]
        return [choice for choice in found if choice.text]

    def _of_pane(self, execution: Execution) -> list[CopyChoice]:
        from console.present.copying import CopyChoice, log_text

        pane = self.copied_pane()
        if (
            pane is None
            or pane.is_off
            or pane.execution is None
            or pane.execution.id != execution.id
        ):
            return []
        found = []
        if pane.tab == "data" and pane.data.value:
            found.append(CopyChoice("value", "Value", pane.data.value))
        view = pane.log_pane.view
        if pane.tab != "data" and view.spool is not None and view.line_count:
            marked = view.marked_line()
            if marked is not None:
                found.append(CopyChoice("line", "Line found", log_text([marked])))
            if lines := view.lines_with_marks():
                found.append(CopyChoice("marked", "Marked lines", log_text(lines)))
            found.append(CopyChoice("seen", "Log on the screen", log_text(view.seen_lines())))
        return found

    def _known_error(self, execution: Execution) -> JobError | None:
        pane = self.copied_pane()
        if pane is None or pane.execution is None or pane.execution.id != execution.id:
            return None
        return pane.cause_error()

    # The web console

    async def do_web_open(self, typed: Typed) -> None:
        """Open the execution in the web console, or print its address."""
        from console.ui.browser import browse, opener

        execution, target = self.focused_execution(), self.session.target
        if execution is None:
            return
        address = web_address(target, execution)
        if not address:
            reason = (
                "its console_url is no http address"
                if target.console_url.strip()
                else "no console_url is set for it"
            )
            self.say(f"{clean(target.label)} has no web console: {reason}", Tone.DIM)
            return
        program = opener(os.environ)
        if program and await browse(program, address):
            self.say(f"opened {address}")
            return
        self._print_address(address)

    def _print_address(self, address: str) -> None:
        from console.ui.dialogs.address import AddressDialog

        said = copy(self.app, address, self.session.launch.state_folder, "it")
        page = ""
        if not is_page_of_execution(self.session.target):
            page = "with {execution} in console_url it would lead to the execution"
        self.app.push_screen(AddressDialog(self.session, address, [said, page]))
