"""What can be done on every screen: time, theme, pause, back, help, journal, copy, quit."""

from __future__ import annotations

from textual import events, on

from console.commands.command_line import Typed
from console.present.tone import Tone
from console.ui.clipboard import copy
from console.ui.screens.base import ConsoleScreen
from console.ui.screens.choosing import Choosing
from console.ui.screens.reading import Reading
from console.ui.session import TIME_MODES
from console.ui.view_history import View


class Everywhere(Choosing, Reading):
    """A screen on which the commands that are everywhere work."""

    # What a subclass gives besides

    def set_paused(self, is_paused: bool) -> None:
        """Stop asking the backend, or go on."""

    def poke(self) -> None:
        """Ask the backend now."""

    def times_changed(self) -> None:
        """Show times in the mode the person chose now."""

    def peel(self) -> bool:
        """Undo one layer of the screen's own; False when there is none."""
        return False

    def connected(self) -> None:
        """Read what the screen is about: there is a connection now."""

    def executions_read(self) -> None:
        """Take note that the list has read more."""

    def shown_view(self) -> View | None:
        """Give what is shown, to be shown again; None for what is not gone back to."""
        return None

    @on(events.ScreenResume)
    def _seen(self) -> None:
        self.console_app.travel.note()

    @on(events.ScreenSuspend)
    def _left(self) -> None:
        self.console_app.travel.left(self)

    # The view

    def do_view_refresh(self, typed: Typed) -> None:
        """Read again now."""
        error = self.freshness().error
        if error is not None:
            self.say_outage(error)
        self.console_app.try_now()
        self.poke()

    def do_view_pause(self, typed: Typed) -> None:
        """Pause live updates, or go on."""
        session = self.session
        session.is_paused = not session.is_paused
        for screen in self.app.screen_stack:
            if isinstance(screen, Everywhere):
                screen.set_paused(session.is_paused)
        key = session.keymap.shown("view.pause") or ":pause"
        self.say(f"paused; {key} goes on" if session.is_paused else "live again")
        self.update_lines()

    def do_view_time(self, typed: Typed) -> None:
        """Show times as ages, local or UTC."""
        session = self.session
        names = {mode.lower(): mode for mode in TIME_MODES}
        if typed.words and typed.words[0].lower() not in names:
            self.say(f"time is {', '.join(names)}", Tone.WARNING)
            return
        following = TIME_MODES[(TIME_MODES.index(session.time_mode) + 1) % len(TIME_MODES)]
        session.time_mode = names[typed.words[0].lower()] if typed.words else following
        for screen in self.app.screen_stack:
            if isinstance(screen, Everywhere):
                screen.times_changed()
        spoken = {"relative": "times as ages", "local": f"times in {_zone_name(self)}"}
        self.say(spoken.get(session.time_mode, "times in UTC"))
        self.update_lines()

    def do_view_theme(self, typed: Typed) -> None:
        """Take a theme by its name, or the next one."""
        complaint = self.console_app.use_theme(typed.words[0] if typed.words else "")
        self.say(complaint or f"theme {self.app.theme}", Tone.WARNING if complaint else Tone.TEXT)

    def do_view_redraw(self, typed: Typed) -> None:
        """Draw everything again."""
        self.refresh(layout=True)
        self.app.refresh()

    # Going

    def do_nav_escape(self, typed: Typed) -> None:
        """Undo one layer: the prompt, a search, the screen's own, then go back."""
        if self.prompt.is_open:
            if self.prompt.kind == "filter":
                self.filter_cancelled()
            self.close_prompt()
            return
        view = self.searched()
        if not (view is not None and view.peel()) and not self.peel():
            self.go_back(is_quitting=False)

    def do_nav_back(self, typed: Typed) -> None:
        """Go back; from the first screen quit."""
        self.go_back(is_quitting=True)

    def go_back(self, *, is_quitting: bool) -> None:
        """Leave this screen."""
        if len(self.app.screen_stack) > 1:
            self.dismiss()
        elif self.console_app.travel.go_back():
            return
        elif is_quitting:
            self.console_app.quit_unless_busy()

    def do_help_open(self, typed: Typed) -> None:
        """Show the keys of this screen."""
        from console.ui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.session, self))

    def do_journal_open(self, typed: Typed) -> None:
        """Show what was done here."""
        self.console_app.travel.open("journal")

    def do_workflows_open(self, typed: Typed) -> None:
        """Show the workflows."""
        self.console_app.travel.open("workflows")

    def do_profiles_open(self, typed: Typed) -> None:
        """Show the profiles."""
        self.console_app.travel.open("profiles")

    def do_profile_use(self, typed: Typed) -> None:
        """Go to a profile; without a name show which there are."""
        if typed.rest:
            self.console_app.point_at(typed.rest)
        else:
            self.console_app.travel.open("profiles")

    def do_history_back(self, typed: Typed) -> None:
        """Go to the view before."""
        if not self.console_app.travel.back():
            self.say("there is no view before this one", Tone.DIM)

    def do_history_forward(self, typed: Typed) -> None:
        """Go to the view after."""
        if not self.console_app.travel.forward():
            self.say("there is no view after this one", Tone.DIM)

    def do_history_last(self, typed: Typed) -> None:
        """Go to the last view."""
        if not self.console_app.travel.last():
            self.say("there was no other view yet", Tone.DIM)

    def do_app_quit(self, typed: Typed) -> None:
        """Quit."""
        self.console_app.quit_unless_busy()

    def do_app_suspend(self, typed: Typed) -> None:
        """Suspend to the shell."""
        self.app.action_suspend_process()

    def do_app_interrupt(self, typed: Typed) -> None:
        """Leave the prompt; a second time within two seconds quits."""
        was_open = self.prompt.is_open
        if was_open:
            self.do_nav_escape(typed)
        has_stopped = self.stop_reading() or self.console_app.first.stop_run()
        self.console_app.interrupted(has_undone=was_open or has_stopped)

    # Copying

    def do_copy_id(self, typed: Typed) -> None:
        """Copy the execution's id."""
        execution = self.focused_execution()
        if execution is not None:
            self.say(copy(self.app, execution.id, self.session.launch.state_folder))

    def do_copy_command(self, typed: Typed) -> None:
        """Copy the shell command that shows this execution."""
        execution = self.focused_execution()
        if execution is not None:
            from console.commands.twins import Twins

            text = Twins(self.session.target).show(execution.id)
            self.say(copy(self.app, text, self.session.launch.state_folder))


def _zone_name(screen: ConsoleScreen) -> str:
    return screen.session.now().astimezone().tzname() or "the local zone"
