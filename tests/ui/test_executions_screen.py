"""The first screen: what is wrong first, followed live, and every key of it."""

from __future__ import annotations

import pytest

from console.model.execution import JobError
from console.model.states import ExecutionStatus
from console.ui.screens.execution import ExecutionScreen
from console.ui.screens.executions import ExecutionsScreen
from console.ui.widgets.log_view import LogView
from tests.ui.consoles import Console, run
from tests.ui.shop import Shop


def test_the_list_opens_on_what_is_wrong_with_its_cause() -> None:
    async def body(console: Console) -> None:
        await console.until(lambda: "421 too many" in console.row("┃"), "the cause")
        lines = console.lines()
        assert lines[0].startswith(" shop-prod   live")
        assert lines[0].endswith("4 failed · 1 waiting · 1 running  24 h")
        assert lines[1].startswith(" problems") and lines[1].endswith("7 · newest first")
        assert lines[3].startswith("┃  ✗ failed    order-processing")
        assert "″ same" in lines[4]
        words = [line.split()[1] for line in lines[4:10]]
        assert words == ["failed", "failed", "failed", "waiting", "retry", "running"]
        assert "order-processing 01a2…" in console.row("─ order-processing")
        assert "SMTPServerError: 421 too many connections" in console.text()
        assert console.footer.startswith(" R resume   l log   enter open   / filter   z all")
        assert console.footer.endswith("? keys")

    run(body)


def test_wide_the_jobs_and_the_log_stand_below_the_list() -> None:
    async def body(console: Console) -> None:
        await console.until(
            lambda: (
                "421 too many connections from" in console.lines()[-8:-1][0]
                or "connecting smtp.internal" in console.text()
            ),
            "the log",
        )
        assert "1 Jobs   2 Log   3 Data" in console.row("─ order-processing")
        assert "├ ✓ charge-card" in console.text()
        assert "reused from attempt 1" in console.row("charge-card")
        assert "── send-notification · log ─" in console.text()
        assert "3 lines" in console.row("send-notification · log")

    run(body, size=(140, 40))


def test_the_cursor_moves_and_what_is_below_follows_it() -> None:
    async def body(console: Console) -> None:
        for _ in range(3):
            await console.do("move.down")
        assert console.focused.workflow_name == "refund-approval"
        await console.until(
            lambda: (
                "load-payment   " in console.text()
                or "approve-refund/load-payment" in console.text()
            ),
            "its story",
        )
        await console.do("move.bottom")
        await console.until(lambda: "archive-night/archive-batch" in console.text(), "progress")
        await console.do("move.top")
        assert console.focused.id == console.shop.order

    run(body)


def test_rows_that_arrive_leave_the_cursor_on_its_execution() -> None:
    async def body(console: Console) -> None:
        await console.do("move.down")
        before = console.focused.id
        console.backend.failed("stock-sync", path="sync-stock/fetch-stock")
        await console.until(lambda: "5 failed" in console.text(), "the new failure")
        assert console.focused.id == before
        assert console.lines()[3].split()[2] == "stock-sync"

    run(body)


def test_a_list_without_failures_gives_the_cursor_to_the_first_that_comes() -> None:
    async def body(console: Console) -> None:
        await console.until(lambda: console.app.first.list.cursor_id is not None)
        assert console.focused.status is ExecutionStatus.WAITING
        failed = console.backend.failed()
        await console.until(lambda: console.focused.id == failed, "the cursor on the failure")
        await console.do("move.down")
        console.backend.failed()
        await console.until(lambda: "2 failed" in console.text())
        assert console.focused.status is ExecutionStatus.WAITING, "the person has moved"

    from tests.ui.shop import Shop

    shop = Shop()
    for execution in list(shop.backend.executions.values()):
        if execution.status is ExecutionStatus.FAILED:
            shop.backend.prune(execution.id)
    run(body, shop=shop)


def test_a_row_one_looks_at_stays_until_the_cursor_leaves_it() -> None:
    async def body(console: Console) -> None:
        await console.do("move.down")
        await console.do("move.up")
        console.backend.set_status(console.shop.order, ExecutionStatus.SUCCESS)
        await console.until(lambda: "✓ success" in console.row("┃"), "the end of it")
        assert console.focused.id == console.shop.order
        await console.do("move.down")
        await console.until(lambda: console.shop.order not in console.app.first.rows.ids)
        assert "✓ success" not in console.text()

    run(body)


def test_a_row_that_ended_under_the_cursor_stays_there_in_the_list_of_all() -> None:
    async def body(console: Console) -> None:
        order = console.shop.order
        await console.do("move.down")
        await console.do("move.up")
        assert console.focused.id == order
        console.backend.set_status(order, ExecutionStatus.SUCCESS)
        await console.until(lambda: "✓ success" in console.row("┃"), "the end of it")
        await console.settle(5)
        console.backend.hold("list_executions")
        await console.do("list.toggle-all")
        await console.settle(1)
        assert console.focused.id == order, "it is not listed yet, and belongs there"
        console.backend.release()
        await console.until(lambda: "47 · newest first" in console.row(" all "), "the list")
        assert console.focused.id == order
        await console.do("list.toggle-all")
        await console.until(lambda: order not in console.app.first.rows.ids, "it is no problem")

    run(body)


def test_z_shows_all_and_problems_again() -> None:
    async def body(console: Console) -> None:
        await console.do("list.toggle-all")
        await console.until(lambda: "✓ success" in console.text(), "what went well")
        assert console.row(" all ").endswith("47 · newest first")
        assert "z problems" in console.footer
        await console.command("problems")
        await console.until(lambda: "✓ success" not in console.text())

    run(body)


def test_e_goes_from_failure_to_failure() -> None:
    async def body(console: Console) -> None:
        await console.do("move.bottom")
        await console.do("list.previous-failure")
        assert console.focused.id == console.shop.customer
        await console.do("list.next-failure")
        assert console.notice == "no failed execution below"
        await console.do("move.top")
        await console.do("list.next-failure")
        assert console.focused.id == console.shop.others[0]

    run(body)


def test_enter_l_and_the_digits_open_the_execution_on_a_tab() -> None:
    async def body(console: Console) -> None:
        for key, tab in [
            ("list.open", "jobs"),
            ("execution.log", "log"),
            ("execution.jobs", "jobs"),
            ("execution.show-log", "log"),
            ("execution.data", "data"),
        ]:
            await console.do(key)
            screen = console.screen
            assert isinstance(screen, ExecutionScreen), key
            assert screen.execution_id == console.shop.order
            assert screen.pane.tab == tab
            await console.do("nav.back")
            assert isinstance(console.screen, ExecutionsScreen)

    run(body)


def test_tab_goes_through_the_panes_and_escape_back_to_the_list() -> None:
    async def body(console: Console) -> None:
        first = console.app.first
        await console.until(lambda: first.pane.log_pane.view.line_count, "the log")
        names = []
        for _ in range(3):
            await console.do("pane.next")
            assert first.focused is not None
            names.append(first.focused.id)
        assert names == ["jobs", "log", "list"]
        await console.do("pane.previous")
        assert isinstance(first.focused, LogView)
        assert "F follow" in console.footer
        await console.do("nav.escape")
        assert first.focused is first.list

    run(body, size=(140, 40))


def test_the_keys_go_to_the_list_after_what_was_opened_from_a_pane() -> None:
    async def body(console: Console) -> None:
        first = console.app.first
        await console.until(lambda: first.pane.log_pane.view.line_count, "the log")
        for leave in ("nav.back", "nav.escape"):
            await console.do("pane.next")
            assert first.pane.jobs.has_focus
            await console.press("enter")
            await console.until(lambda: isinstance(console.screen, ExecutionScreen))
            await console.do(leave)
            await console.until(lambda: console.screen is first)
            assert first.focused is first.list and first.list.has_focus
            before = console.focused.id
            await console.do("move.down")
            assert console.focused.id != before, "j moves the list"
        await console.do("pane.next")
        await console.do("help.open")
        await console.press("q")
        await console.until(lambda: console.screen is first)
        assert first.pane.jobs.has_focus, "what only lay above changes no pane"

    run(body, size=(140, 40))


def test_q_goes_from_a_pane_to_the_list_before_it_quits() -> None:
    async def body(console: Console) -> None:
        first = console.app.first
        await console.until(lambda: first.pane.log_pane.view.line_count, "the log")
        await console.pilot.click(first.pane.log_pane.view, offset=(20, 1))
        assert first.pane.log_pane.view.has_focus
        await console.do("nav.back")
        assert first.list.has_focus and console.app.is_running
        await console.do("pane.next")
        await console.do("view.full")
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, ExecutionScreen))
        await console.do("nav.back")
        await console.until(lambda: console.screen is first)
        assert first.has_class("-full") and first.pane.jobs.has_focus, "as it was left"
        await console.do("nav.back")
        assert first.list.has_focus and not first.has_class("-full")

    run(body, size=(140, 40))


def test_a_filter_typed_in_a_pane_brings_the_keys_to_the_list_it_is_about() -> None:
    async def body(console: Console) -> None:
        first = console.app.first
        await console.until(lambda: first.pane.log_pane.view.line_count, "the log")
        await console.do("pane.next")
        await console.do("find.open")
        await console.press("escape")
        assert first.pane.jobs.has_focus, "one that is given up moves nothing"
        await console.do("find.open")
        await console.type("order")
        await console.press("enter")
        assert first.list.has_focus and first.rows.filter.text == "order"

    run(body, size=(140, 40))


@pytest.mark.parametrize("is_full", [False, True])
def test_the_keys_go_to_the_list_where_there_is_no_more_room_for_the_pane(is_full: bool) -> None:
    async def body(console: Console) -> None:
        first = console.app.first
        await console.until(lambda: first.pane.log_pane.view.line_count, "the log")
        await console.do("pane.next")
        if is_full:
            await console.do("view.full")
        await console.pilot.resize_terminal(80, 24)
        await console.until(lambda: first.list.has_focus, "the focus")
        before = console.focused.id
        await console.do("move.down")
        assert console.focused.id != before and console.row("┃")
        await console.do("pane.next")
        assert first.list.has_focus, "there is no other pane"

    run(body, size=(140, 40))


def test_f_gives_the_pane_the_whole_screen_and_back() -> None:
    async def body(console: Console) -> None:
        await console.until(lambda: "charge-card" in console.text())
        await console.do("view.full")
        assert "charge-card" not in console.text()
        await console.do("view.full")
        await console.do("pane.next")
        await console.do("view.full")
        assert "nightly-archive" not in console.text() and "charge-card" in console.text()
        await console.do("nav.escape")
        assert "nightly-archive" in console.text()

    run(body, size=(140, 40))


def test_w_wraps_the_log_below() -> None:
    async def body(console: Console) -> None:
        view = console.app.first.pane.log_pane.view
        await console.do("view.wrap")
        assert view.is_wrapped and console.notice == "long lines go on below"
        await console.do("view.wrap")
        assert not view.is_wrapped

    run(body, size=(140, 40))


def test_t_cycles_ages_local_times_and_utc() -> None:
    async def body(console: Console) -> None:
        assert " 2 m" in console.lines()[3]
        await console.do("view.time")
        assert "03:10:11" in console.lines()[3]
        await console.do("view.time")
        assert console.notice == "times in UTC"
        await console.command("time relative")
        assert " 2 m" in console.lines()[3]
        await console.command("time moon")
        assert console.notice == "time is relative, local, utc"

    run(body)


def test_p_pauses_and_r_reads_now() -> None:
    async def body(console: Console) -> None:
        await console.do("view.pause")
        assert "paused" in console.lines()[0]
        before = console.backend.total_calls
        console.backend.failed()
        await console.settle(60)
        assert console.backend.total_calls == before
        assert "4 failed" in console.lines()[0]
        await console.do("view.pause")
        await console.until(lambda: "5 failed" in console.lines()[0], "live again")
        before = console.backend.total_calls
        await console.do("view.refresh")
        await console.settle()
        assert console.backend.total_calls > before

    run(body)


def test_a_filter_of_words_reads_the_why_of_rows_that_were_never_on_the_screen() -> None:
    shop = Shop()
    for number in range(60):
        shop.backend.failed(
            "nightly", error=JobError("E", "disk is full" if number == 3 else "another thing")
        )

    async def body(console: Console) -> None:
        first = console.app.first
        await console.until(lambda: len(first.rows.ids) > 60, "the rows")
        await console.do("find.open")
        await console.type("disk")
        assert "0 of" in console.lines()[1] or "not read yet" in console.lines()[1]
        await console.press("enter")
        await console.until(lambda: console.row("disk is full"), "the row")
        await console.until(lambda: "not read yet" not in console.lines()[1], "all of them")
        assert len(first.rows.ids) == 1
        before = console.backend.total_calls
        await console.do("nav.escape")
        await console.do("find.open")
        await console.type("~disk.is")
        await console.press("enter")
        await console.settle()
        assert len(first.rows.ids) == 1
        asked = console.backend.total_calls - before
        assert asked <= 4, "what was read is not read again"

    run(body, size=(120, 24), shop=shop)


def test_another_size_changes_the_layout_and_keeps_the_place() -> None:
    async def body(console: Console) -> None:
        for _ in range(3):
            await console.do("move.down")
        await console.pilot.resize_terminal(140, 40)
        await console.until(lambda: "load-payment" in console.row("└"), "the tree")
        assert console.focused.id == console.shop.customer
        await console.pilot.resize_terminal(59, 14)
        await console.settle()
        assert console.lines()[0] == " wfc needs 60×15; this is 59×14"
        assert console.text().strip() == "wfc needs 60×15; this is 59×14"
        await console.pilot.resize_terminal(80, 24)
        await console.until(lambda: "approve-refund/load-payment" in console.text(), "the story")
        assert console.focused.id == console.shop.customer
        assert "┃  ✗ failed    refund-approval" in console.text()

    run(body)


def test_ages_go_on_only_by_the_clock() -> None:
    async def body(console: Console) -> None:
        assert "   2 m" in console.lines()[3]
        console.clock.set_wall(60)
        console.app.first._tick()
        await console.pilot.pause()
        assert "   3 m" in console.lines()[3]

    run(body)


def test_ages_are_right_as_soon_as_one_comes_back_to_the_list() -> None:
    async def body(console: Console) -> None:
        assert "   2 m" in console.lines()[3]
        await console.do("help.open")
        console.clock.set_wall(600)
        await console.do("nav.back")
        assert "   12 m" in console.lines()[3]

    run(body)


def test_a_click_and_a_double_click_do_what_keys_do() -> None:
    async def body(console: Console) -> None:
        await console.pilot.click("#list", offset=(10, 2))
        assert console.focused.id == console.shop.others[0]
        await console.pilot.click("#list", offset=(10, 2), times=2)
        await console.until(lambda: isinstance(console.screen, ExecutionScreen))

    run(body)


def test_a_key_that_does_nothing_says_so() -> None:
    async def body(console: Console) -> None:
        await console.press("d")
        assert console.notice == "d does nothing here; ? shows the keys"
        await console.do("move.bottom")
        await console.do("execution.resume")
        await console.until(lambda: console.notice == "resume needs FAILED; this is RUNNING")

    run(body)


def test_q_quits_from_the_first_screen() -> None:
    async def body(console: Console) -> None:
        await console.do("nav.escape")
        assert console.app.is_running
        await console.do("nav.back")

    app = run(body)
    assert app.return_value == 0


def test_ctrl_c_quits_only_when_pressed_twice() -> None:
    async def body(console: Console) -> None:
        await console.press("ctrl+c")
        assert console.notice == "ctrl+c again quits"
        await console.clock.advance(5)
        await console.press("ctrl+c")
        assert console.app.return_value is None
        await console.press("ctrl+c")

    app = run(body)
    assert app.return_value == 130
