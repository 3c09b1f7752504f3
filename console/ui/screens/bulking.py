"""Actions on marked rows: one dialog, then a run whose fate of each row stands in the row.

resuming 3 of 8 · 2 accepted, 1 refused (state moved) · esc stops after this one
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from console.commands.availability import why_not
from console.commands.catalogue import Command, by_id
from console.commands.command_line import Typed
from console.commands.fates import Fate
from console.model.ids import ExecutionId
from console.present.clean import clean
from console.present.line import Line, Span
from console.present.tone import Tone
from console.ui.execution_rows import Verdict
from console.ui.screens.marking import Marking
from console.ui.session import UNKNOWN, Session
from console.ui.widgets.line_bar import LineBar

if TYPE_CHECKING:
    from console.commands.bulk import BulkRun
    from console.commands.operations import Outcome
    from console.ui.dialogs.bulk import BulkDialog

TOGETHER = ("execution.resume", "execution.cancel")
"""What is done to all marked rows."""
SHORT = 20
"""Characters of a reason for the end of a run that are told between its numbers."""
_TONES = {
    Fate.QUEUED: Tone.DIM,
    Fate.SENDING: Tone.RUNNING,
    Fate.ACCEPTED: Tone.SUCCESS,
    Fate.UNSENT: Tone.DIM,
}


class Bulking(Marking):
    """A list whose marked rows are acted on together."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.bulk: BulkRun | None = None
        self._doing = ""
        self.progress = LineBar(lambda width: (self._progress_line(),), id="progress")
        self.progress.display = False

    # Asking

    async def run_command(self, command: Command, typed: Typed) -> None:
        """With marks, resume and cancel are for all of them."""
        if command.id not in TOGETHER or not self.list.marks:
            await super().run_command(command, typed)
            return
        reason = self.bulk_why_not(command.id)
        if reason:
            self.say(reason, Tone.WARNING)
            return
        self.run_worker(
            self._run_alone(command, typed, self.focused_execution()), exit_on_error=False
        )

    def bulk_why_not(self, identifier: str) -> str:
        """Give the reason why it cannot be done to any marked one; empty when it can."""
        if self.is_bulk_running:
            return f"{self._doing} {self._place()} goes on; {self._escape()} stops it"
        known = [self.rows.get(one) for one in self.marked_ids()]
        reasons = [
            why_not(by_id(identifier), self.session.situation(execution))
            for execution in known
            if execution is not None
        ]
        if None in known or "" in reasons:
            return ""
        return (
            reasons[0] if len(reasons) == 1 else f"none of the {len(reasons)} marked: {reasons[0]}"
        )

    def change_items(self) -> Sequence[str | tuple[str, str]]:
        """Give the changes that are possible now; with marks, to how many."""
        if not self.list.marks:
            return super().change_items()
        count = len(self.list.marks)
        able = [name for name in TOGETHER if not self.bulk_why_not(name)]
        words = [(name, f"{by_id(name).label} {count:,} marked") for name in able]
        return [*words, "list.unmark"]

    def do_execution_resume(self, typed: Typed) -> None:
        """Resume the marked ones, or the one under the cursor."""
        if not self._ask_for_marked("execution.resume"):
            super().do_execution_resume(typed)

    def do_execution_cancel(self, typed: Typed) -> None:
        """Cancel the marked ones, or the one under the cursor."""
        if not self._ask_for_marked("execution.cancel"):
            super().do_execution_cancel(typed)

    def _ask_for_marked(self, identifier: str) -> bool:
        marked = self.marked_ids()
        if marked:
            from console.ui.dialogs.bulk import BulkCancel, BulkResume

            dialog = BulkResume if identifier == "execution.resume" else BulkCancel
            self.app.push_screen(dialog(self.session, marked, self.begin_run))
        return bool(marked)

    # Running

    @property
    def is_bulk_running(self) -> bool:
        """A run is under way."""
        return self.bulk is not None and not self.bulk.is_over

    def begin_run(self, dialog: BulkDialog, run: BulkRun) -> None:
        """Run it, while the person goes on."""
        if self.is_bulk_running:
            return
        self.bulk, self._doing = run, dialog.DOING
        self.rows.verdicts = {}
        self.session.queued = set(run.items)
        for identifier in run.items:
            self._show_fate(identifier)
        self.list.patch()
        self.progress.display = True
        # The app's worker: it goes on whatever is on the screen.
        self.app.run_worker(self._run_to_its_end(run), exit_on_error=False)

    async def _run_to_its_end(self, run: BulkRun) -> None:
        try:
            await run.run()
        except Exception as bug:  # the worker's end; the person must learn of it
            self.session.on_bug(bug)
        self.session.queued = set()
        self.session.progress = ""
        left = run.to_retry()
        if self.is_mounted:
            self.list.set_marks(left)
            self.list.patch()
            self.progress.update()
        tone = Tone.TEXT if run.count(Fate.ACCEPTED) == len(run.items) else Tone.WARNING
        if tone is Tone.TEXT:
            self.forget_run()
        if tone is Tone.TEXT or not self.is_current:  # else the line of the run says it, and stays
            self.console_app.say(self._end_words(run), tone)

    def run_changed(self, identifier: ExecutionId) -> None:
        """One of them went on: its row says so."""
        run = self.bulk
        if run is None:
            return
        item = run.items[identifier]
        if item.fate is Fate.SENDING:
            self.session.begin(item.execution, self._doing)
        if item.fate is not Fate.QUEUED:
            self.session.queued.discard(identifier)
        self._show_fate(identifier)
        self.session.progress = f"{self._doing} {self._place()}"
        if self.is_mounted:
            self.list.patch([identifier])
            self.progress.update()
            self.footer.update()

    def run_outcome(self, outcome: Outcome) -> None:
        """Take over what came of one."""
        from console.commands.operations import Result

        word = UNKNOWN if outcome.result is Result.UNKNOWN else self._doing
        self.console_app.acted(outcome, word)

    def _show_fate(self, identifier: ExecutionId) -> None:
        if self.bulk is None:
            return
        item = self.bulk.items[identifier]
        tone = _TONES.get(item.fate, Tone.WARNING)
        words = {
            Fate.QUEUED: "waits for its turn",
            Fate.SENDING: f"{self._doing}…",
            Fate.REFUSED: f"refused: {item.why}",
            Fate.FAILED: f"failed: {item.why}",
            Fate.UNKNOWN: "outcome unknown: look before again",
        }
        if item.fate is Fate.REFUSED and item.detail.startswith("nothing was sent: "):
            words[Fate.REFUSED] = f"refused: {item.detail.removeprefix('nothing was sent: ')}"
        text = words.get(item.fate, item.fate.value)
        line = (Span(clean(text), tone),)
        self.rows.verdicts[identifier] = Verdict(line, stays=item.fate is not Fate.ACCEPTED)

    # Stopping

    def on_unmount(self) -> None:
        """Send no other one when the list is gone: the console ends, or points elsewhere."""
        self.stop_run()

    def stop_run(self) -> bool:
        """Send no other one; False where nothing runs."""
        if not self.is_bulk_running or self.bulk is None or self.bulk.is_stopping:
            return False
        self.bulk.stop()
        self.progress.update()
        return True

    def forget_run(self) -> None:
        """Show the rows as they are again."""
        self.bulk = None
        self.rows.verdicts = {}
        self.progress.display = False
        if self.is_mounted:
            self.list.patch()

    @property
    def has_ended_run(self) -> bool:
        """What came of a run is still shown."""
        return self.bulk is not None and self.bulk.is_over

    def do_list_unmark(self, typed: Typed) -> None:
        """Clear all marks, and what the last run said."""
        super().do_list_unmark(typed)
        if self.has_ended_run:
            self.forget_run()

    # Lines

    def _end_words(self, run: BulkRun) -> str:
        is_cut = run.halt and run.count(Fate.UNSENT)
        return f"{run.words()}; {run.halt}" if is_cut else run.words()

    def _place(self) -> str:
        run = self.bulk
        if run is None:
            return ""
        return f"{min(run.done + 1, len(run.items)):,} of {len(run.items):,}"

    def _escape(self) -> str:
        return self.session.keymap.shown("nav.escape") or "ctrl+c"

    def _progress_line(self) -> Line:
        run, dot = self.bulk, f" {self.session.glyphs.dot} "
        if run is None:
            return ()
        words = run.words()
        if run.is_over:
            left = f"{dot}what was not done stays marked" if run.to_retry() else ""
            # A long reason comes last: the numbers must be on the screen.
            end = self._end_words(run)
            is_long = len(end) - len(words) > SHORT
            halt = f"{dot}{run.halt}" if is_long else ""
            told = Span(f" {words if is_long else end}", Tone.WARNING)
            return (told, Span(left, Tone.DIM), Span(halt, Tone.WARNING))
        said = f"{dot}{words}" if words else ""
        end = "ends after this one" if run.is_stopping else f"{self._escape()} stops"
        return (
            Span(f" {self._doing} {self._place()}", Tone.RUNNING),
            Span(f"{said}{dot}{run.per_second:g}/s{dot}{end}", Tone.DIM),
        )
