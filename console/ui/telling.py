"""What one screen has read or done is told to the others."""

from __future__ import annotations

import gc
from collections.abc import Container, Iterable
from typing import TYPE_CHECKING

from textual.app import App

from console.model.execution import Execution
from console.model.ids import ExecutionId
from console.sync.freshness import Freshness
from console.ui.screens.everywhere import Everywhere
from console.ui.screens.executions import ExecutionsScreen
from console.ui.session import Session

if TYPE_CHECKING:
    from console.commands.operations import Outcome

MANY_ROWS = 1000
"""Rows after which the garbage collector is to look at none of those there are any more: looking
through ten thousand holds up the screen for 50 ms."""


class Telling(App[int], inherit_bindings=False):
    """The application's part that stands between its screens."""

    session: Session
    first: ExecutionsScreen
    """The list, below all other screens."""
    _rows_looked_at = 0
    """Rows read since the garbage collector was last told to look at none of them."""

    def known_executions(self) -> Iterable[Execution]:
        """Give the executions that the list has read."""
        return self.first.known_executions()

    def list_freshness(self) -> Freshness:
        """Tell how fresh the list is; before it, how the first connection goes."""
        feed = self.first.rows.feed
        return feed.freshness if feed is not None else self.session.connecting

    def list_read(self, changed: Iterable[Execution], left: Container[ExecutionId]) -> None:
        """Let an open execution know what the list has read of it, or that it left the list."""
        from console.ui.screens.execution import ExecutionScreen

        by_id = {execution.id: execution for execution in changed}
        self._rows_looked_at += len(by_id)
        if self._rows_looked_at >= MANY_ROWS and not self.is_headless:
            self._rows_looked_at = 0
            gc.freeze()
        for screen in self.screen_stack:
            if isinstance(screen, ExecutionScreen):
                screen.list_read(by_id.get(screen.execution_id))
                if screen.execution_id in left:
                    screen.poke()
            elif isinstance(screen, Everywhere):
                screen.executions_read()

    def was_read(self, execution: Execution) -> None:
        """Let the list know of a newer reading."""
        feed = self.first.rows.feed
        if feed is not None and feed.executions.get(execution.id) not in (None, execution):
            feed.put(execution)

    def acted(self, outcome: Outcome, word: str) -> None:
        """Take over what came of an action: its row says so, and everything is read again."""
        from console.commands.operations import Result
        from console.ui.screens.execution import ExecutionScreen

        under_way = self.session.under_way
        identifier = outcome.execution_id
        if identifier is not None and identifier in under_way:
            if outcome.result in (Result.DONE, Result.UNKNOWN):
                self.session.begin(under_way[identifier].before, word)
            else:
                del under_way[identifier]
        if outcome.execution is not None:
            self.was_read(outcome.execution)
        self.first.row_changed(identifier)
        for screen in self.screen_stack:
            if isinstance(screen, ExecutionsScreen | ExecutionScreen):
                screen.poke()
