"""Marks of the list: by id, so that they stay while rows come, go and are filtered."""

from __future__ import annotations

from textual import on

from console.commands.command_line import Typed
from console.model.ids import ExecutionId
from console.present.tone import Tone
from console.ui.screens.arranging import Arranging
from console.ui.widgets.row_list import RowList


class Marking(Arranging):
    """A list whose rows can be marked."""

    def marked_ids(self) -> list[ExecutionId]:
        """Give the marked ones: those on the list in its order, then the others."""
        marks = self.list.marks
        shown = [identifier for identifier in self.rows.ids if identifier in marks]
        return [*shown, *(ExecutionId(one) for one in sorted(marks - set(shown)))]

    def marked_words(self) -> str:
        """Say how many are marked, and how many of them are not on the list."""
        marks = self.list.marks
        if not marks:
            return ""
        hidden = len(marks.difference(self.rows.ids))
        where = f" ({hidden:,} not shown)" if hidden else ""
        return f"{len(marks):,} marked{where}"

    @on(RowList.MarksChanged)
    def _marks_changed(self, message: RowList.MarksChanged) -> None:
        message.stop()
        self.view.update()
        self.footer.update()

    def do_list_mark(self, typed: Typed) -> None:
        """Mark the row under the cursor, or clear its mark."""
        self.list.toggle_mark()

    def do_list_mark_range(self, typed: Typed) -> None:
        """Mark from the nearest mark to the cursor."""
        self.list.mark_range()
        self._say_marks()

    def do_list_mark_all(self, typed: Typed) -> None:
        """Mark all that match and are read."""
        self.list.set_marks(self.list.marks | set(self.rows.ids))
        feed = self.rows.feed
        if feed is not None and feed.has_more:
            self.say(f"{self.marked_words()}; older ones match too, :more reads them", Tone.WARNING)
        else:
            self._say_marks()

    def do_list_unmark(self, typed: Typed) -> None:
        """Clear all marks."""
        self.list.set_marks(())
        self._say_marks()

    def do_list_invert(self, typed: Typed) -> None:
        """Mark what is on the list and not marked; clear the others of it."""
        self.list.set_marks(self.list.marks ^ set(self.rows.ids))
        self._say_marks()

    def say_marks_stay(self) -> None:
        """Say which key clears the marks: among them is what a run left undone."""
        key = self.session.keymap.shown("list.unmark") or ":unmark"
        self.say(
            f"{self.marked_words()}; {key} clears the marks" if self.list.marks else "", Tone.DIM
        )

    def _say_marks(self) -> None:
        self.say(self.marked_words() or "nothing is marked", Tone.DIM)
