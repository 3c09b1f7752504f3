"""How the list is arranged: by what it is sorted, and which columns it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual import on

from console.commands.command_line import Typed
from console.present.chosen_columns import COLUMN_NAMES, USUAL, parse_columns
from console.present.ordering import WORDS, Order, parse_order, usual_order
from console.present.paths import short_paths
from console.present.tone import Tone
from console.ui.screens.filtering import Filtering
from console.ui.session import Session
from console.ui.view_state import ViewState
from console.ui.widgets.execution_list import ExecutionList


class Arranging(Filtering):
    """A list that can be sorted, and whose columns can be chosen."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.view_state = ViewState(session.launch.state_folder)
        self.rows.column_names = self.view_state.columns
        self.rows.order = self.view_state.order

    def on_mount(self) -> None:
        """Say that the kept arrangement could not be read."""
        if self.view_state.note:
            self.say(short_paths(self.view_state.note), Tone.WARNING)

    def arguments(self) -> Mapping[str, Callable[[], Sequence[str]]]:
        """Complete columns too."""
        return {
            **super().arguments(),
            "list.sort": lambda: ["usual", *WORDS],
            "list.columns": lambda: ["usual", " ".join(self.rows.column_names), *COLUMN_NAMES],
        }

    def do_list_sort(self, typed: Typed) -> None:
        """Sort by what was typed, or ask."""
        if typed.rest:
            try:
                self.sort_by(parse_order(typed.rest))
            except ValueError as error:
                self.say(str(error), Tone.WARNING)
            return
        from console.ui.dialogs.pick_order import PickOrder

        self.app.push_screen(
            PickOrder(self.session, self.rows.order),
            lambda order: self.sort_by(order) if order is not None else None,
        )

    @on(ExecutionList.TitleClicked)
    def _title_clicked(self, message: ExecutionList.TitleClicked) -> None:
        """Sort by the column that was clicked; a click on the sorted one turns it."""
        message.stop()
        order = self.rows.order
        is_sorted = order.column == message.column
        self.sort_by(order.turned() if is_sorted else usual_order(message.column))

    def sort_by(self, order: Order) -> None:
        """Sort by this from now on, and the next time."""
        self.rows.order = order
        self.set_rows(self.rows.build())
        self.list.reset_columns()
        complaint = self.view_state.keep_order(order)
        said = f"sorted by {order.words()}" if order.column else "the usual order"
        self.say(complaint or said, Tone.WARNING if complaint else Tone.TEXT)
        self.update_lines()

    def do_list_columns(self, typed: Typed) -> None:
        """Take the columns that were typed, or ask."""
        if typed.rest:
            try:
                self.use_columns(parse_columns(typed.rest))
            except ValueError as error:
                self.say(str(error), Tone.WARNING)
            return
        from console.ui.dialogs.pick_columns import PickColumns

        self.app.push_screen(
            PickColumns(self.session, self.rows.column_names, lambda: self.list.cells_width),
            lambda names: self.use_columns(names) if names is not None else None,
        )

    def use_columns(self, names: tuple[str, ...]) -> None:
        """Show these from now on, and the next time."""
        self.rows.column_names = names
        self.list.reset_columns()
        complaint = self.view_state.keep_columns(names)
        usual = "the usual columns" if names == USUAL else f"columns: {' '.join(names)}"
        self.say(complaint or usual, Tone.WARNING if complaint else Tone.TEXT)
