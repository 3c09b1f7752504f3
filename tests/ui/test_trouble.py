"""When something goes wrong, the screen keeps what it has, says what it is, and goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.geometry import Region

from console.backend.errors import TimedOut, Unauthenticated, Unreachable
from console.backend.protocol import Backend
from console.commands.extras import CommandRefused, ExtraCommand
from console.model.execution import JobError
from console.present.line import plain
from console.ui.dialogs.bug import BugDialog, bug_report
from console.ui.dialogs.sign_in import SignInDialog
from console.ui.screens.execution import ExecutionScreen
from console.ui.screens.executions import ExecutionsScreen
from tests.ui.consoles import Console, run
from tests.ui.shop import Shop


def test_a_lost_backend_keeps_the_rows_subdued_and_says_how_late_they_are() -> None:
    async def body(console: Console) -> None:
        rows = list(console.app.first.rows.ids)
        console.backend.fail(Unreachable("connection refused"))
        await console.until(lambda: "stale" in console.lines()[0], "the stale mark")
        line = console.lines()[0]
        assert "connection refused" in line and "next try in" in line, line
        first = console.app.first
        below = (first.story, first.pane.jobs, first.pane.log_pane.view, first.pane.title_bar)
        assert first.list.subdued
        assert all(view.subdued for view in below), "an ended execution is as late as its list"
        await console.until(lambda: "lost" in console.lines()[0], "the loss")
        assert console.app.first.rows.ids == rows
        assert "lost: connection refused; check the address and that" in console.text()
        first.hush()
        await console.settle(5)
        assert console.text().count("connection refused") == 1, "it is said once"
        assert "421 too many connections" in console.text()
        await console.do("move.down")
        await console.do("list.open")
        assert isinstance(console.screen, ExecutionScreen), "what is known can still be looked at"
        await console.settle(1)
        assert " lost " in console.lines()[0], "as late as the list it was opened from"
        await console.do("nav.back")
        await console.do("view.refresh")
        assert "connection refused; check the address" in console.notice, "why, and what to do"
        console.backend.fail(None)
        await console.until(lambda: " live " in console.lines()[0], "the backend again")
        assert console.notice == "", "it holds no more"
        assert not first.list.subdued
        assert not any(view.subdued for view in below)

    run(body, size=(120, 24))


def test_at_80_columns_the_reason_stands_before_its_address() -> None:
    async def body(console: Console) -> None:
        path = "/tmp/some/where/run/wfc/03c9d5eeafd6.sock"
        text = f"{path} took the request and did not answer"
        console.backend.fail(TimedOut(text, short="no answer"))
        await console.until(lambda: "lost" in console.lines()[0], "the loss")
        await console.until(lambda: " · no answer · " in console.lines()[0], "the reason")
        said = "no answer; the server may be busy; try again; 03c9d5eeafd6.sock took the request"
        assert said in plain(console.app.first._notice)
        console.app.first.hush()
        await console.press("r")
        assert said in plain(console.app.first._notice), "r says it again"
        text = f"no such socket {path}: start it with `wfc up`"
        console.backend.fail(Unreachable(text, short="no such socket"))
        await console.until(lambda: " · no such socket · " in console.lines()[0], "the reason")
        await console.press("r")
        assert "no such socket 03c9d5eeafd6.sock: start it with `wfc up`; " in console.text()

    run(body)


def test_the_first_connection_says_what_to_do_and_keeps_trying() -> None:
    tries: list[int] = []

    async def connect(shop: Shop) -> Backend:
        tries.append(1)
        if len(tries) < 4:
            raise Unreachable("connection refused", hint="is the server started? try wfc up")
        return shop.backend

    async def body(console: Console) -> None:
        await console.until(lambda: "backend unreachable" in console.text(), "the reason")
        assert "is the server started? try wfc up" in console.text()
        assert "It is tried again by itself; r tries now." in console.text()
        assert "connecting · connection refused · next try in" in console.lines()[0]
        await console.do("execution.resume")
        assert console.notice == "resume needs an execution; none is selected"
        before = len(tries)
        await console.do("view.refresh")
        await console.until(lambda: len(tries) == before + 1, "the try at once")
        await console.until(lambda: "order-processing" in console.text(), "the rows")
        assert len(tries) == 4

    run(body, connect=connect, is_ready=False, size=(100, 24))


def test_an_expired_token_is_one_dialog_and_no_more_polls() -> None:
    async def body(console: Console) -> None:
        console.backend.fail(Unauthenticated("the token expired"))
        await console.until(lambda: isinstance(console.screen, SignInDialog), "the dialog")
        assert "the token expired" in console.text()
        assert "WFC_TOKEN" in console.text()
        await console.press("enter")
        before = console.backend.total_calls
        await console.settle(120)
        assert console.backend.total_calls == before
        assert isinstance(console.screen, ExecutionsScreen)
        assert "order-processing" in console.text()
        console.backend.fail(None)
        await console.do("view.refresh")
        await console.until(lambda: " live " in console.lines()[0], "the backend again")

    run(body, size=(100, 24))


def test_not_being_signed_in_at_the_start_is_said_and_can_be_tried_again() -> None:
    refused = [True]

    async def connect(shop: Shop) -> Backend:
        if refused[0]:
            raise Unauthenticated("no token was given")
        return shop.backend

    async def body(console: Console) -> None:
        await console.until(lambda: isinstance(console.screen, SignInDialog), "the dialog")
        await console.press("escape")
        refused[0] = False
        await console.do("view.refresh")
        await console.until(lambda: "order-processing" in console.text(), "the rows")

    run(body, connect=connect, is_ready=False)


def test_a_bug_in_a_handler_is_shown_can_be_copied_and_ends_nothing(tmp_path: Path) -> None:
    async def body(console: Console) -> None:
        def broken(typed: object) -> None:
            raise ZeroDivisionError("a bug")

        console.app.first.do_view_wrap = broken  # type: ignore[method-assign]
        await console.do("view.wrap")
        await console.until(lambda: isinstance(console.screen, BugDialog), "the dialog")
        assert "ZeroDivisionError: a bug" in console.text()
        await console.press("y")
        assert "ZeroDivisionError" in console.app.clipboard
        await console.until(lambda: isinstance(console.screen, ExecutionsScreen))
        await console.do("move.down")
        assert console.focused.id == console.shop.others[0]

    run(body, expects_bugs=True, state_folder=tmp_path, size=(100, 40))


def test_a_bug_in_the_paint_is_shown_and_the_console_stays() -> None:
    async def body(console: Console) -> None:
        bar = console.app.first.view
        usual = bar.render_line

        def broken(y: int) -> object:
            bar.render_line = usual  # type: ignore[method-assign]
            raise ZeroDivisionError("a bug in the paint")

        bar.render_line = broken  # type: ignore[method-assign, assignment]
        bar.refresh(Region(0, 0, 5, 1))
        await console.until(lambda: isinstance(console.screen, BugDialog), "the dialog")
        await console.press("escape")
        await console.do("move.down")
        await console.until(lambda: console.focused.id == console.shop.others[0])

    run(body, expects_bugs=True)


def test_a_bug_in_an_adapter_is_shown_and_the_feed_goes_on() -> None:
    async def body(console: Console) -> None:
        console.backend.fail_next(KeyError("no such key"), method="changes")
        await console.until(lambda: isinstance(console.screen, BugDialog), "the dialog")
        await console.press("enter")
        console.backend.failed()
        await console.until(lambda: "5 failed" in console.text(), "what happened since")

    run(body, expects_bugs=True)


def test_a_hosts_command_that_breaks_ends_nothing() -> None:
    async def broken(words: Sequence[str]) -> str:
        raise RuntimeError("the host's own bug")

    async def refuses(words: Sequence[str]) -> str:
        raise CommandRefused("not now")

    extras = (
        ExtraCommand("crash", "crash", "Break", broken),
        ExtraCommand("never", "never", "Refuse", refuses),
    )

    async def body(console: Console) -> None:
        await console.command("never")
        await console.until(lambda: console.notice == "not now")
        await console.command("crash")
        await console.until(lambda: isinstance(console.screen, BugDialog))

    run(body, extras=extras, expects_bugs=True)


def test_a_report_names_versions_and_the_traceback() -> None:
    try:
        raise ValueError("what was wrong")
    except ValueError as bug:
        report = bug_report(bug)
    assert report.startswith("ValueError: what was wrong\nwfc ") and "Python 3." in report
    assert "ValueError: what was wrong" in report and "test_trouble.py" in report


def test_a_log_that_was_never_read_while_paused_says_so() -> None:
    async def body(console: Console) -> None:
        await console.do("view.pause")
        await console.press("G")
        await console.do("execution.log")
        await console.settle(2)
        assert "Not read while paused; r reads it." in console.text()
        assert "following" not in console.text() and "0 lines" not in console.text()
        await console.do("view.refresh")
        await console.until(lambda: "Not read while paused" not in console.text(), "the log")
        await console.do("view.pause")
        await console.settle(2)
        assert "Not read while paused" not in console.text()

    run(body)


def test_a_filter_whose_expression_would_take_years_is_given_up_and_told() -> None:
    async def body(console: Console) -> None:
        rows = list(console.app.first.rows.ids)
        console.backend.failed(error=JobError("", "a" * 60 + "b"))
        await console.until(lambda: "aaaa" in console.text(), "the row")
        await console.do("find.open")
        await console.type("~(a+)+$")
        await console.until(lambda: "its expression takes too long" in console.footer, "the no")
        await console.press("enter")
        await console.settle()
        assert "filter: its expression takes too long" in console.footer, "it stays, to be mended"
        await console.press("escape")
        await console.settle()
        assert set(rows) < set(console.app.first.rows.ids), "all are there again"

    run(body, size=(120, 24))
