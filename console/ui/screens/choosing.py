"""Choosing a command from the list of all, by what it does: ctrl+p."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on

from console.commands.availability import why_not
from console.commands.catalogue import Command, Place
from console.commands.command_line import Typed, parse
from console.commands.extras import CommandRefused
from console.ui.screens.prompting import Prompting
from console.ui.widgets.log_view import LogView
from console.ui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from console.commands.palette import Choice
    from console.ui.widgets.palette import Palette

ROWS = 12
"""Rows of the list at most."""
KEPT = 9
"""Rows of the screen that stay seen."""


class Choosing(Prompting):
    """A screen with a list of its commands."""

    palette: Palette | None = None

    def do_palette_open(self, typed: Typed) -> None:
        """Show all commands above the prompt; what was typed there already makes it shorter."""
        was_choosing = self.palette is not None
        text = self.prompt.text if self.prompt.is_open and self.prompt.kind == "command" else ""
        if self.prompt.is_open:
            self.close_prompt()
        if was_choosing:
            return
        from console.commands.palette import palette_choices
        from console.ui.widgets.palette import Palette

        session = self.session
        keys = session.keymap
        choices = palette_choices(keys, self._reasons(), session.launch.extras)
        height = max(3, min(ROWS, self.size.height - KEPT))
        self.palette = Palette(choices, height, session.glyphs)
        self.mount(self.palette, before=self.prompt)
        self.palette.narrow(text)
        self.ask("palette", ":", text)

    def _reasons(self) -> Callable[[Command], str]:
        bound = {active.binding.id for active in self.active_bindings.values()}
        situation = self.session.situation(self.focused_execution())

        here = {Place.EVERYWHERE, *self.PLACES}
        here |= {Place.LIST} if Place.EXECUTIONS in here else set()
        here |= {Place.LOG} if isinstance(self.wrapped_view(), LogView) else set()

        def reason_of(command: Command) -> str:
            name = "do_" + command.id.replace(".", "_").replace("-", "_")
            can_be_done = bool(command.places & here) and hasattr(self, name)
            if command.id not in bound and not can_be_done:
                return "not in this pane"
            return why_not(command, situation)

        return reason_of

    def do_pane_next(self, typed: Typed) -> None:
        """Take the chosen command's name into the line, to say what follows it."""
        choice = self.palette.chosen if self.palette is not None else None
        if choice is None:
            super().do_pane_next(typed)
        elif choice.word:
            self.prompt.put(f"{choice.word} ")

    def close_prompt(self) -> None:
        """Take the prompt away, and the list with it."""
        palette, self.palette = self.palette, None
        if palette is not None:
            palette.remove()
        super().close_prompt()

    @on(Prompt.Changed)
    def _text_changed(self, message: Prompt.Changed) -> None:
        if self.palette is not None:
            self.palette.narrow(message.text)

    @on(Prompt.Stepped)
    def _stepped(self, message: Prompt.Stepped) -> None:
        message.stop()
        if self.palette is not None:
            self.palette.step(message.step)

    @on(Prompt.Submitted)
    async def _chosen(self, message: Prompt.Submitted) -> None:
        if message.kind != "palette":
            return
        message.prevent_default()
        choice = self.palette.chosen if self.palette is not None else None
        self.close_prompt()
        if self._is_whole(message.text):
            await self.run_line(message.text)
        elif choice is None:
            self.say("no command was chosen")
        else:
            await self._run_choice(choice)

    def _is_whole(self, text: str) -> bool:
        """Tell whether a command was typed with all that follows it."""
        if not text.strip().partition(" ")[2]:
            return False
        try:
            typed = parse(text, self.session.launch.extras)
        except CommandRefused:
            return False
        takes_words = typed.extra is not None or (typed.command is not None and typed.command.usage)
        return bool(takes_words) and text.split()[0].lstrip(":") == typed.word

    async def _run_choice(self, choice: Choice) -> None:
        if choice.needs_words:
            self.ask("command", ":", f"{choice.word} ", self.session.history.lines)
        elif choice.extra is not None:
            await self.run_line(choice.word)
        elif choice.command is not None:
            if choice.word:
                self.session.history.add(choice.word)
            await self.run_command(choice.command, Typed(choice.command))
