"""The console: wires the session, the screens and the terminal together, and holds no more."""

from __future__ import annotations

import gc
import os
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.screen import Screen

from console.backend.errors import BackendError, Unauthenticated
from console.commands.command_line import Typed
from console.commands.extras import CommandRefused
from console.model.execution import Execution
from console.model.ids import ExecutionId, JobExecutionId
from console.present.glyphs import ASCII, Glyphs
from console.present.tone import Tone
from console.ui.burst import Burst
from console.ui.clothed import Clothed
from console.ui.complaints import ALL_BY, complaint_line
from console.ui.connector import Connector
from console.ui.guidance import Guidance
from console.ui.keyed import Keyed
from console.ui.launch import Launch
from console.ui.leaving import INTERRUPTED, Leaving, leave_on_signals
from console.ui.own_keys import own_keymap
from console.ui.pointing import Pointing
from console.ui.reloading import Reloading
from console.ui.screens.base import ConsoleScreen
from console.ui.screens.everywhere import Everywhere
from console.ui.screens.executions import ExecutionsScreen
from console.ui.session import Session
from console.ui.sturdy import Sturdy
from console.ui.tab import Tab
from console.ui.telling import Telling
from console.ui.terminal import choose_glyphs
from console.ui.travel import Travel

CONNECTING = "connecting"
"""The workers that open a backend."""


class ConsoleApp(Sturdy, Keyed, Clothed, Telling, inherit_bindings=False):
    """The application."""

    TITLE = "wfc"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = []
    CSS = """
    Screen { background: $background; color: $foreground; }
    ScrollBar { width: 1; }
    """

    def __init__(self, launch: Launch, glyphs: Glyphs, *, burst: Burst | None = None) -> None:
        # Set before Textual chooses its filter: without colour means the terminal's own, not grey.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.burst = burst or Burst()
        self.is_plain = glyphs is ASCII
        self.animation_level = "none"
        preferences = launch.preferences
        keymap, notes = own_keymap(preferences)
        self.session = Session(launch, glyphs, keymap, on_bug=self.report_bug)
        self.first = ExecutionsScreen(self.session)
        self.connector = Connector(self.session, self._connecting)
        self._notes = [*preferences.notes, *notes]
        self._all_told_by = ALL_BY if self._notes else ":theme NAME"
        self._notes += self.clothe(preferences)
        self.leaving = Leaving(self.session)
        self.pointing = Pointing(launch)
        self.travel = Travel(self)
        self.reloading = Reloading(self)
        self.guidance = Guidance(self)
        self._signed_out = False
        self._bugs: set[str] = set()

    # Start and end

    def get_default_screen(self) -> Screen[None]:
        """Begin with the list."""
        return self.first

    def on_mount(self) -> None:
        """Connect once the first frame is painted."""
        leave_on_signals(self.exit)
        self.app_resume_signal.subscribe(self, self._came_back)
        if self._notes:
            line = complaint_line(self._notes, self.size.width, all_by=self._all_told_by)
            self.first.say(line, Tone.WARNING)
        self.guidance.begin()
        self.reloading.begin()
        self.call_after_refresh(self._begin)

    async def on_app_focus(self) -> None:
        """See whether themes or keys were edited meanwhile, in the window beside this."""
        await self.reloading.look()

    def _came_back(self, app: App[int]) -> None:
        """Paint everything: another program had the terminal."""
        self.refresh(layout=True)

    def _begin(self) -> None:
        gc.enable()  # the program lets no collection hold up the first frame
        self.run_worker(self._connect(), group=CONNECTING, exit_on_error=False)

    async def _connect(self) -> None:
        try:
            await self.connector.connect()
        except Exception as bug:  # whatever a host's connect raises must not end in silence
            self.report_bug(bug)
            return
        if not self.is_headless:
            gc.freeze()  # modules stay; looking through them again holds up the screen for 30 ms
        self.first.begin()
        for screen in self.screen_stack:
            if isinstance(screen, Everywhere):
                screen.connected()
        wanted = self.session.launch.open_execution
        if wanted:
            self.first.do_nav_open(Typed(rest=wanted))

    def _connecting(self) -> None:
        self.first.connection_changed()
        self.check_sign_in(self.session.connecting.error)

    def point_at(self, name: str) -> None:
        """Leave this backend, whatever it does, for another profile's."""
        if name == self.pointing.current:
            self.say(f"this is {name} already")
            return
        objection = self.leaving.objection("do it again to go there anyway")
        launch: Launch | None = None
        try:
            launch = None if objection else self.pointing.launch(name)
        except CommandRefused as refusal:
            objection = str(refusal)
        if launch is None:
            self.say(objection, Tone.WARNING)
            return
        self.pointing.current = name
        self._start_anew(launch)

    def _start_anew(self, launch: Launch) -> None:
        """Show a backend from its beginning; the feeds and the connection of the old one end."""
        self.workers.cancel_group(self, CONNECTING)
        old, left = self.session, self.first
        self.session = old.anew(launch)
        self.connector = Connector(self.session, self._connecting)
        self.leaving = Leaving(self.session)
        self.travel = Travel(self)
        self.first = ExecutionsScreen(self.session)
        self._signed_out = False
        while len(self.screen_stack) > 1:
            self.pop_screen()
        if not left._result_callbacks:  # Textual gives the default screen none, and takes it away
            left._push_result_callback(left, None)
        is_gone = self.switch_screen(self.first)

        async def end() -> None:
            await is_gone
            await old.close()

        self.session.end_later(end())
        self._begin()

    def try_now(self) -> None:
        """Connect now, if that is what is waited for."""
        self._signed_out = False
        self.connector.try_now()

    def quit_unless_busy(self) -> None:
        """Quit; while an action is under way only when asked a second time."""
        objection = self.leaving.objection()
        if objection:
            self.say(objection, Tone.WARNING)
        else:
            self.exit(0)

    def interrupted(self, *, has_undone: bool) -> None:
        """Quit on the second ctrl+c in a short while."""
        if self.leaving.is_second():
            self.exit(INTERRUPTED)
        elif not has_undone:
            self.say("ctrl+c again quits")

    # Screens

    def open_execution(
        self,
        identifier: ExecutionId,
        known: Execution | None = None,
        tab: Tab | None = None,
        job: JobExecutionId | None = None,
    ) -> None:
        """Show an execution on the whole screen; a failed one on its log unless told."""
        from console.ui.screens.execution import ExecutionScreen

        here = self.screen
        if isinstance(here, ExecutionScreen) and here.execution_id == identifier:
            return
        screen = ExecutionScreen(
            self.session, identifier, known, tab=tab if tab is not None else "log", job=job
        )
        self.push_screen(screen)
        self.first.focus_list()

    # Lines

    def say(self, text: str, tone: str = Tone.TEXT) -> None:
        """Say something on the screen that is shown, below any dialog."""
        self.shown_screen().say(text, tone)

    def shown_screen(self) -> ConsoleScreen:
        """Give the screen that is shown, below any dialog."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, ConsoleScreen):
                return screen
        return self.first

    # Trouble

    def check_sign_in(self, error: BackendError | None) -> None:
        """Say once, in a dialog, that somebody has to sign in."""
        if error is None:
            self._signed_out = False
        elif isinstance(error, Unauthenticated) and not self._signed_out:
            self._signed_out = True
            from console.ui.dialogs.sign_in import SignInDialog

            self.push_screen(SignInDialog(self.session, error))

    def report_bug(self, bug: BaseException) -> None:
        """Show a bug of ours in a dialog whose text can be copied; the console goes on."""
        from console.ui.dialogs.bug import BugDialog, bug_place

        place = bug_place(bug)
        if place in self._bugs:
            self.say(f"the same bug again: {place}", Tone.WARNING)
            return
        self._bugs.add(place)
        self.push_screen(BugDialog(self.session, bug))


def run_console(launch: Launch) -> int:
    """Run the console in this terminal until the person leaves; gives the exit code."""
    glyphs = choose_glyphs(launch.preferences.glyphs)
    app = ConsoleApp(launch, glyphs)
    code = app.run(mouse=launch.preferences.mouse)
    if code is None:  # it ended by an error that could not be shown
        return app.return_code or 70
    return code
