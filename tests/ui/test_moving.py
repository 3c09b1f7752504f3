"""Moving around: workflows, profiles, the views one has seen, the list of all commands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from console.backend.errors import Unreachable
from console.backend.protocol import Backend
from console.commands.extras import CommandRefused
from console.model.profile import Profile
from console.model.target import Target
from console.model.workflow import RetryPolicy
from console.ui.screens.execution import ExecutionScreen
from console.ui.screens.executions import ExecutionsScreen
from console.ui.screens.profiles import ProfilesScreen
from console.ui.screens.workflows import WorkflowsScreen
from tests.ui.consoles import Console, run
from tests.ui.shop import Shop

# Workflows


def test_workflows_are_listed_and_enter_shows_the_executions_of_one() -> None:
    async def body(console: Console) -> None:
        await console.command("workflows")
        await console.until(
            lambda: "order-processing" in console.row("┃") or console.row("nightly")
        )
        assert "process-order" in console.row("order-processing ")
        assert console.row("workflows").endswith("among the 7 executions of the list   4")
        await console.do("find.open")
        await console.type("order")
        await console.press("enter")
        assert not console.row("stock-sync")
        await console.do("row.open")
        await console.until(lambda: isinstance(console.screen, ExecutionsScreen))
        await console.until(lambda: "wf=order-processing" in console.text())
        await console.until(lambda: len(console.app.first.rows.ids) == 3, "its executions")
        await console.do("nav.back")
        await console.until(lambda: isinstance(console.screen, WorkflowsScreen))
        assert "order-processing" in console.row("┃")
        await console.do("nav.escape")
        await console.do("nav.escape")
        assert isinstance(console.screen, ExecutionsScreen)
        assert not console.app.first.rows.filter.text

    run(body)


def test_plus_starts_the_workflow_under_the_cursor() -> None:
    async def body(console: Console) -> None:
        await console.command("workflows")
        await console.until(lambda: console.row("refund-approval"))
        await console.press("j", "j")
        await console.do("workflow.start")
        await console.until(lambda: "Start refund-approval" in console.text())

    run(body)


def test_workflows_that_are_not_seen_are_not_asked_for() -> None:
    async def body(console: Console) -> None:
        calls = console.backend.calls
        await console.command("workflows")
        await console.until(lambda: calls["list_workflows"] == 1)
        await console.settle(200)
        asked = calls["list_workflows"]
        assert 2 <= asked <= 14
        await console.do("help.open")
        await console.settle(600)
        assert calls["list_workflows"] == asked
        await console.do("nav.back")
        await console.until(lambda: calls["list_workflows"] > asked)
        await console.do("nav.back")
        asked = calls["list_workflows"]
        await console.settle(600)
        assert calls["list_workflows"] == asked

    run(body)


def test_the_cursors_workflow_tells_its_policies() -> None:
    from dataclasses import replace
    from datetime import timedelta

    shop = Shop()
    retry = RetryPolicy(5, timedelta(seconds=1), timedelta(minutes=5), 2.0)
    sync = shop.backend.workflows["nightly-archive"]
    shop.backend.workflows["nightly-archive"] = replace(sync, retry=retry, max_concurrent=3)

    async def body(console: Console) -> None:
        await console.command("workflows")
        await console.until(lambda: console.row("nightly-archive"))
        policies = "at most 3 at once, tried again 5 times after 1 s, each time ×2, up to 5 m"
        assert policies in console.row(" runs "), console.text()
        assert "archive-night v3" in console.text()

    run(body, shop=shop, size=(100, 24))


# Profiles


class Places:
    """A profile source of shops."""

    def __init__(self, **ways: Callable[[], Awaitable[Backend]]) -> None:
        self.ways = ways

    def profiles(self) -> Sequence[Profile]:
        return [Profile(name, "url", f"http://{name}.example") for name in self.ways]

    def open(self, name: str) -> tuple[Target, Callable[[], Awaitable[Backend]]]:
        if name not in self.ways:
            raise CommandRefused(f"there is no profile {name!r}")
        target = Target("url", name, url=f"http://{name}.example", color="red")
        return target, self.ways[name]


def test_another_profile_is_shown_from_its_beginning_and_left_again() -> None:
    other = Shop()
    other.backend.failed("other-workflow")

    async def connect() -> Backend:
        return other.backend

    async def body(console: Console) -> None:
        await console.command("profiles")
        assert isinstance(console.screen, ProfilesScreen)
        assert "shop-prod" in console.row("┃") and "shop-dev" in console.text()
        await console.do("move.down")
        await console.do("row.open")
        await console.until(lambda: console.lines()[0].startswith(" shop-dev "))
        await console.until(lambda: console.row("other-workflow"), "the other shop's rows")
        assert console.backend.is_closed, "the connection that was left is closed"
        before = console.backend.total_calls
        await console.settle(60)
        assert console.backend.total_calls == before, "what was left is not asked any more"
        await console.command("profile shop-prod")
        await console.until(lambda: console.lines()[0].startswith(" shop-prod "))
        await console.until(lambda: console.row("order-processing"))

    run(body, profiles=Places(**{"shop-dev": connect}))


def test_a_backend_that_hangs_or_is_dead_can_be_left() -> None:
    async def hangs() -> Backend:
        await asyncio.Event().wait()
        raise AssertionError

    async def dead() -> Backend:
        raise Unreachable("connection refused")

    async def body(console: Console) -> None:
        await console.command("profile hangs")
        await console.until(lambda: console.lines()[0].startswith(" hangs "))
        assert "connecting" in console.lines()[0]
        await console.command("profile dead")
        await console.until(lambda: "connection refused" in console.lines()[0])
        await console.command("profile nowhere")
        assert console.notice == "there is no profile 'nowhere'"
        await console.command("profile shop-prod")
        await console.until(lambda: console.row("order-processing"))
        console.backend.hold()
        await console.settle(40)
        await console.command("profile dead")
        await console.until(lambda: "connection refused" in console.lines()[0])
        console.backend.release()

    run(body, profiles=Places(hangs=hangs, dead=dead))


def test_an_action_that_is_not_confirmed_is_not_left_without_a_word() -> None:
    async def connect() -> Backend:
        return Shop().backend

    async def body(console: Console) -> None:
        console.app.session.begin(console.focused, "resuming")
        await console.command("profile other")
        assert console.notice == "resuming is not confirmed yet; do it again to go there anyway"
        await console.command("profile other")
        await console.until(lambda: console.lines()[0].startswith(" other "))

    run(body, profiles=Places(other=connect))


def test_without_profiles_the_place_one_is_at_is_shown() -> None:
    async def body(console: Console) -> None:
        await console.command("profile")
        assert isinstance(console.screen, ProfilesScreen) and console.row("shop-prod")
        await console.do("row.open")
        assert console.notice == "this is shop-prod already"
        await console.command("profile other")
        assert console.notice == "there are no other profiles here"

    run(body)


# Views


def test_views_are_gone_through_with_their_filter_tab_and_row() -> None:
    async def body(console: Console) -> None:
        first = console.app.first
        await console.command("filter wf=order-*")
        await console.until(lambda: len(first.rows.ids) == 3)
        await console.do("move.down")
        row = console.focused.id
        await console.do("list.open")
        assert isinstance(console.screen, ExecutionScreen)
        await console.do("execution.data")
        await console.do("history.back")
        assert isinstance(console.screen, ExecutionScreen) and console.screen.pane.tab == "jobs"
        await console.do("history.back")
        await console.until(lambda: isinstance(console.screen, ExecutionsScreen))
        assert first.rows.filter.text == "wf=order-*" and console.focused.id == row
        await console.do("history.back")
        await console.until(lambda: not first.rows.filter.text)
        await console.do("history.back")
        assert console.notice == "there is no view before this one"
        for _ in range(3):
            await console.do("history.forward")
        await console.until(lambda: isinstance(console.screen, ExecutionScreen))
        screen = console.screen
        assert isinstance(screen, ExecutionScreen) and screen.execution_id == row
        await console.until(lambda: screen.pane.tab == "data")
        await console.command("forward")
        assert console.notice == "there is no view after this one"
        await console.do("nav.back")
        await console.until(lambda: console.screen is first)
        assert console.focused.id == row

    run(body)


def test_a_row_that_comes_late_is_not_gone_to_once_the_person_has_moved() -> None:
    async def body(console: Console) -> None:
        first = console.app.first
        await console.command("filter wf=stock-sync status=ok")
        await console.until(lambda: len(first.rows.ids) == 40)
        await console.press("G")
        late = console.focused.id
        await console.do("nav.escape")
        await console.until(lambda: late not in first.rows.ids)
        console.backend.hold("list_executions")
        await console.do("history.back")
        await console.press("k")
        here = first.list.cursor_id
        console.backend.release()
        await console.until(lambda: late in first.rows.ids, "the rows of the view before")
        assert first.list.cursor_id != late and here != late
        await console.do("history.forward")
        await console.until(lambda: late not in first.rows.ids)
        await console.do("history.back")
        await console.until(lambda: late in first.rows.ids)

    run(body)


def test_minus_goes_to_the_last_view_and_back_again() -> None:
    async def body(console: Console) -> None:
        await console.do("list.open")
        await console.command("workflows")
        await console.until(lambda: isinstance(console.screen, WorkflowsScreen))
        await console.do("history.last")
        await console.until(lambda: isinstance(console.screen, ExecutionScreen))
        await console.do("history.last")
        await console.until(lambda: isinstance(console.screen, WorkflowsScreen))

    run(body)


# The journal


def test_an_entry_of_the_journal_opens_its_execution(tmp_path: Path) -> None:
    async def body(console: Console) -> None:
        await console.do("execution.resume")
        await console.press("tab", "enter")
        await console.until(lambda: console.backend.actions)
        await console.until(lambda: "accepted" in console.notice)
        await console.do("journal.open")
        assert "resume" in console.row("┃")
        await console.do("row.open")
        await console.until(lambda: isinstance(console.screen, ExecutionScreen))
        await console.do("nav.back")
        assert "resume" in console.row("┃")

    run(body, state_folder=tmp_path)


# The list of all commands


def test_the_palette_narrows_while_one_types_and_does_what_is_chosen() -> None:
    async def body(console: Console) -> None:
        await console.press("ctrl+p")
        assert "commands" in console.text() and ":resume" in console.row("┃ R")
        await console.type("journ")
        assert ":journal" in console.row("┃ @")
        await console.press("enter")
        await console.until(lambda: "Nothing was changed from here yet." in console.text())
        await console.press("ctrl+p")
        await console.type("cancel")
        assert "not in this pane" in console.row(":cancel")
        await console.press("escape")
        await console.do("nav.back")
        await console.press("ctrl+p")
        await console.type("cancel")
        assert "cancel needs an execution that has not ended" in console.text()
        await console.press("escape")
        assert "of" not in console.row("commands ──")
        await console.press("ctrl+p")
        await console.type("time utc")
        await console.press("enter")
        await console.until(lambda: console.app.session.time_mode == "UTC")

    run(body, size=(120, 30))


def test_the_palettes_cursor_moves_and_a_pane_command_acts_in_its_pane() -> None:
    async def body(console: Console) -> None:
        here = console.focused.id
        await console.press("ctrl+p")
        await console.type("next failure")
        await console.press("enter")
        await console.until(lambda: console.focused.id != here)
        await console.press("ctrl+p")
        await console.press("down")
        assert ":start" in console.row("┃ +")
        await console.press("ctrl+p")
        assert not console.app.first.prompt.is_open

    run(body)


def test_a_command_that_needs_words_is_put_on_the_line() -> None:
    async def body(console: Console) -> None:
        await console.press("ctrl+p")
        await console.type("execution by its id")
        await console.press("enter")
        assert console.app.first.prompt.text == "open "

    run(body)


# Opening


def test_a_beginning_that_several_have_lists_them() -> None:
    async def body(console: Console) -> None:
        ids = [execution.id for execution in console.app.known_executions()]
        prefix = ids[0][:4]
        assert sum(one.startswith(prefix) for one in ids) > 1
        await console.command(f"open {prefix}")
        await console.until(lambda: f"executions begin with {prefix}" in console.notice)
        assert console.app.first.rows.filter.text == f"id={prefix}"

    run(body)


def test_latest_opens_the_newest_execution() -> None:
    async def body(console: Console) -> None:
        await console.until(lambda: isinstance(console.screen, ExecutionScreen))
        screen = console.screen
        assert isinstance(screen, ExecutionScreen)
        newest = max(console.backend.executions.values(), key=lambda e: e.created_at)
        assert screen.execution_id == newest.id and screen.pane.tab == "log"

    run(body, open_execution="@latest")
