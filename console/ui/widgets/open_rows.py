"""Rows that are opened and nothing else: workflows, profiles, the journal."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from console.ui.keymap import pane_bindings
from console.ui.widgets.line_view import LineView
from console.ui.widgets.row_list import RowList


class OpenRows(RowList, inherit_bindings=False):
    """A list whose rows are no executions."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *LineView.BINDINGS,
        *pane_bindings({"row.open": "open"}),
    ]
