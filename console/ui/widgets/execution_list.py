"""The list of executions: rows, and the keys that only this list has."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from console.ui.keymap import pane_bindings
from console.ui.widgets.row_list import RowList


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
