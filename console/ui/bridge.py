"""From feeds to screens: callbacks on the loop become messages of the widget that listens.

Deltas of several rounds add up until the widget takes them, so a burst costs one repaint. The feeds
are imported when there is something to read, after the first frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message
from textual.message_pump import MessagePump

from console.model.execution import Execution
from console.model.ids import ExecutionId, FunctionExecutionId
from console.sync.delta import ListDelta
from console.ui.session import Session

if TYPE_CHECKING:
    from console.sync.detail_feed import DetailFeed
    from console.sync.list_query import ListQuery
    from console.sync.log_feed import LogFeed


class _Latest(Message):
    """Only the last of several counts; it carries nothing, the feed is read."""

    def can_replace(self, message: Message) -> bool:
        """A newer one stands for this one."""
        return type(message) is type(self)


class ListChanged(_Latest):
    """Rows, order, counts or causes of the list changed: `ListBridge.take` says which."""


class ListFreshnessChanged(_Latest):
    """The list's data became late, or came."""


class DetailChanged(_Latest):
    """The execution that is watched changed."""


class DetailFreshnessChanged(_Latest):
    """The watched execution's data became late, or came."""


class LogGrew(_Latest):
    """More of the log is in its spool, or it is complete."""


class LogFreshnessChanged(_Latest):
    """The log's data became late, or came."""


class ListBridge:
    """Makes a list feed for a widget, and collects what changed."""

    def __init__(self, session: Session, listener: MessagePump, query: ListQuery) -> None:
        assert session.backend is not None
        self._listener = listener
        self._delta = ListDelta()
        from console.sync.list_feed import ListFeed

        self.feed = ListFeed(
            session.backend,
            session.clock,
            on_change=self._changed,
            on_freshness=lambda freshness: _post(listener, ListFreshnessChanged()),
            query=query,
            on_bug=session.on_bug,
            jitter=session.launch.jitter,
        )
        self.feed.ask_no_faster(session.launch.preferences.refresh)

    def _changed(self, delta: ListDelta) -> None:
        old = self._delta
        self._delta = ListDelta(
            old.changed | delta.changed,
            old.order_changed or delta.order_changed,
            old.counts_changed or delta.counts_changed,
            old.causes_changed | delta.causes_changed,
        )
        _post(self._listener, ListChanged())

    def take(self) -> ListDelta:
        """Give everything that changed since the last time."""
        delta, self._delta = self._delta, ListDelta()
        return delta


def detail_feed(
    session: Session, listener: MessagePump, identifier: ExecutionId, known: Execution | None
) -> DetailFeed:
    """Make a feed of one execution for a widget."""
    from console.sync.detail_feed import DetailFeed

    assert session.backend is not None
    feed = DetailFeed(
        session.backend,
        session.clock,
        identifier,
        on_change=lambda: _post(listener, DetailChanged()),
        on_freshness=lambda freshness: _post(listener, DetailFreshnessChanged()),
        known=known,
        on_bug=session.on_bug,
        jitter=session.launch.jitter,
    )
    feed.ask_no_faster(session.launch.preferences.refresh)
    return feed


def log_feed(session: Session, listener: MessagePump, identifier: FunctionExecutionId) -> LogFeed:
    """Make a feed of one log for a widget."""
    from console.sync.log_feed import LogFeed

    assert session.backend is not None
    feed = LogFeed(
        session.backend,
        session.clock,
        identifier,
        on_grow=lambda: _post(listener, LogGrew()),
        on_freshness=lambda freshness: _post(listener, LogFreshnessChanged()),
        on_bug=session.on_bug,
        jitter=session.launch.jitter,
    )
    feed.ask_no_faster(session.launch.preferences.refresh)
    return feed


def _post(listener: MessagePump, message: Message) -> None:
    listener.post_message(message)
