"""Words a shell may complete that only the backend or the settings know: names, profiles, ids.

It is asked while somebody types: within half a second or not at all. It starts no server, prints
nothing, and where something is wrong there are no words.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from console.cli.session import Session

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    from console.backend.protocol import Backend
    from console.model.states import ExecutionStatus

T = TypeVar("T")
SECONDS = 0.5
"""How long a person who pressed tab is let wait for the backend."""
LIMIT = 100
"""So many executions are offered at most, the newest."""


def profiles(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the name of a profile."""
    from click.shell_completion import CompletionItem

    from console.config.mistakes import ConfigError

    session = context.find_object(Session)
    assert session is not None
    try:
        names = session.config().profiles
    except ConfigError:  # what is wrong is not told between two words
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def workflows(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the name of a workflow."""
    from click.shell_completion import CompletionItem

    from console.present.clean import clean

    async def ask(backend: Backend) -> Sequence[CompletionItem]:
        page = await backend.list_workflows(limit=200)
        return [
            CompletionItem(one.name, help=clean(one.main_job))
            for one in page.items
            if one.name.startswith(incomplete)
        ]

    return _asked(context, ask)


def executions(*statuses: ExecutionStatus) -> Callable[..., list[CompletionItem]]:
    """Give a completion of the ids of executions, of some states alone if these are given."""

    def complete(
        context: click.Context, parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from console.model.query import ExecutionQuery
        from console.present.clean import clean
        from console.present.durations import format_age, seconds_between

        session = context.find_object(Session)
        assert session is not None
        now = session.wiring.make_clock().now()

        async def ask(backend: Backend) -> Sequence[CompletionItem]:
            query = ExecutionQuery(statuses=frozenset(statuses), limit=LIMIT)
            page = await backend.list_executions(query)
            items = []
            for one in page.items:
                if not one.id.startswith(incomplete):
                    continue
                age = seconds_between(one.started_at, now)
                # No comma: fish takes what stands behind it for the next field.
                since = f" {format_age(age)} ago" if age is not None else ""
                items.append(
                    CompletionItem(one.id, help=clean(f"{one.status} {one.workflow_name}{since}"))
                )
            return items

        return _asked(context, ask)

    return complete


def _asked(
    context: click.Context, ask: Callable[[Backend], Awaitable[Sequence[CompletionItem]]]
) -> list[CompletionItem]:
    """Ask the backend that is meant, if it is there and answers in time."""
    from threading import Thread

    session = context.find_object(Session)
    assert session is not None
    words: list[CompletionItem] = []

    def work() -> None:
        try:
            words.extend(_answer(session, ask))
        except Exception:  # nobody is told of an outage between two words
            words.clear()

    # A look for the server waits outside any event loop; the thread is left behind if it lasts.
    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(SECONDS)
    return [] if thread.is_alive() else [one for one in words if _is_plain(one.value)]


def _answer(session: Session, ask: Callable[[Backend], Awaitable[Sequence[T]]]) -> Sequence[T]:
    import asyncio

    target = session.wiring.find(session.settle(session.config()).target)
    if target is None:
        return ()

    async def connected() -> Sequence[T]:
        backend = await session.wiring.connect(target, session.wiring.make_clock())
        try:
            return await ask(backend)
        finally:
            await backend.aclose()

    return asyncio.run(connected())


def _is_plain(word: object) -> bool:
    """Tell whether a shell can be given a word: a server's word with a line's end cannot."""
    return isinstance(word, str) and word.isprintable() and " " not in word
