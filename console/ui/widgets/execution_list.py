"""The list of executions: rows, the keys that only this list has, and titles that are clicked.

ExecutionList.TitleClicked(column)     the title of a column, by its name
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from console.present.columns import column_at
from console.ui.keymap import pane_bindings
from console.ui.widgets.row_list import GUTTER, RowList


class ExecutionList(RowList):
    """Rows that go to the next failure; what they open is the screen's to say."""

    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(
        {
            "list.next-failure": "screen.command('list.next-failure')",
            "list.previous-failure": "screen.command('list.previous-failure')",
            "list.mark": "screen.command('list.mark')",
            "list.mark-range": "screen.command('list.mark-range')",
            "list.mark-all": "screen.command('list.mark-all')",
            "list.unmark": "screen.command('list.unmark')",
            "list.sort": "screen.command('list.sort')",
            "list.columns": "screen.command('list.columns')",
        }
    )

    class TitleClicked(Message):
        """The title of a column was clicked."""

        def __init__(self, column: str) -> None:
            super().__init__()
            self.column = column

    def on_click(self, event: events.Click) -> None:
        """Say which title was clicked; the rows are the base's."""
        if event.y >= self.header_height:
            return
        event.stop()
        column = column_at(self.columns, event.x - GUTTER)
        if column:
            self.post_message(self.TitleClicked(column))
