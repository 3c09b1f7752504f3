"""One execution on the whole screen: jobs, log and data, live; what is not there says why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from console.backend.errors import NotFound, Unreachable
from console.model.execution import JobError
from console.model.states import ExecutionStatus
from console.ui.screens.execution import ExecutionScreen
from console.ui.screens.executions import ExecutionsScreen
from tests.fakes.backend import BARE
from tests.ui.consoles import Console, run
from tests.ui.shop import Shop


async def opened(console: Console, key: str = "list.open") -> ExecutionScreen:
    await console.do(key)
    screen = console.screen
    assert isinstance(screen, ExecutionScreen)
    await console.until(lambda: screen.pane.watch_feeds.history, "its history")
    await console.settle()
    return screen


def test_the_cursor_is_on_the_cause_and_its_log_is_below() -> None:
    async def body(console: Console) -> None:
        await opened(console)
        await console.until(lambda: "connecting smtp" in console.text(), "the log")
        assert "┃ └ ✗ send-notification" in console.text()
        assert "1 Jobs" in console.lines()[1]
        assert console.footer.startswith(" R resume  enter log  e next failure")

    run(body)


def test_enter_on_a_job_opens_its_log() -> None:
    async def body(console: Console) -> None:
        screen = await opened(console)
        await console.do("move.up")
        await console.do("tree.open")
        assert screen.pane.tab == "log"
        await console.until(lambda: "charged 49.90" in console.text(), "that job's log")
        assert "── charge-card · log" in console.text()
        await console.do("job.next")
        await console.until(lambda: "── send-notification · log" in console.text())
        await console.do("job.next")
        assert console.notice == "this is the last job"
        await console.do("job.previous")
        await console.until(lambda: "── charge-card · log" in console.text())

    run(body)


def test_the_tree_folds_and_shows_only_the_failed_path() -> None:
    async def body(console: Console) -> None:
        await opened(console)
        await console.do("tree.only-failed")
        assert "charge-card" not in console.text() and "send-notification" in console.text()
        await console.do("tree.only-failed")
        await console.do("move.top")
        await console.do("tree.fold")
        assert "process-order · 4 jobs" in console.text()
        await console.do("tree.unfold")
        assert "charge-card" in console.text()
        await console.do("tree.toggle")
        assert "charge-card" not in console.text()
        await console.do("tree.next-failure")

    run(body)


def test_e_goes_to_the_next_failed_job_and_back() -> None:
    async def body(console: Console) -> None:
        screen = await opened(console)
        await console.do("move.top")
        await console.do("tree.next-failure")
        cause = screen.pane.jobs.job_tree
        assert cause is not None and cause.cause is not None
        assert screen.pane.jobs.cursor_job == cause.cause.job.id
        await console.do("tree.previous-failure")
        assert screen.pane.jobs.cursor_job == cause.cause.job.id
        assert console.notice == "no failed job above"
        await console.do("tree.next-failure")
        assert console.notice == "no failed job below"

    run(body)


def test_a_log_is_followed_while_it_is_written() -> None:
    async def body(console: Console) -> None:
        await console.do("move.bottom")
        screen = await opened(console, "execution.log")
        await console.until(lambda: "30 lines" in console.text(), "the log so far")
        job = screen.pane.watch_feeds.job
        assert job is not None
        console.backend.write(job.id, b"2026-11-24T03:12:54.000Z one more row\n")
        await console.until(lambda: "one more row" in console.text(), "what was written")
        assert "following · 31 lines" in console.text()
        await console.do("move.top")
        assert "not following" in console.text()
        console.backend.write(job.id, b"2026-11-24T03:12:55.000Z and another\n")
        await console.until(lambda: "1 new line ↓" in console.text(), "the count of new lines")
        await console.do("log.follow")
        assert "and another" in console.text() and "following · 32 lines" in console.text()

    run(body)


def test_f_gives_the_jobs_all_of_the_screen_and_gives_it_back() -> None:
    async def body(console: Console) -> None:
        screen = await opened(console)
        await console.until(lambda: "── send-notification · log" in console.text(), "the log")
        await console.do("view.full")
        await console.settle()
        assert "── send-notification · log" not in console.text()
        assert screen.pane.jobs.size.height > 17 and screen.pane.jobs.has_focus
        await console.do("nav.escape")
        await console.until(lambda: "── send-notification · log" in console.text(), "the log")
        assert console.screen is screen
        await console.do("pane.next")
        await console.do("view.full")
        assert screen.pane.tab == "log"
        await console.do("view.full")
        assert console.notice == "the log has the whole screen"

    run(body)


@pytest.mark.parametrize("name", ["2 Log", "3 Data", "1 Jobs"])
def test_a_click_on_a_tab_shows_it(name: str) -> None:
    async def body(console: Console) -> None:
        screen = await opened(console)
        wide = console.screen.pane.title_bar  # type: ignore[attr-defined]
        text = console.lines()[1]
        await console.pilot.click(wide, offset=(text.index(name) + 2, 0))
        await console.settle()
        assert screen.pane.tab == name.split()[1].lower()
        await console.pilot.click(wide, offset=(3, 0))
        assert screen.pane.tab == name.split()[1].lower(), "the title is no tab"

    run(body, size=(120, 30))


@pytest.mark.parametrize("tab", ["jobs", "log", "data"])
def test_the_keys_go_where_they_went_after_the_terminal_was_too_small(tab: str) -> None:
    async def body(console: Console) -> None:
        await opened(console)
        await console.do({"log": "execution.show-log"}.get(tab, f"execution.{tab}"))
        await console.settle()
        had_focus, footer = console.screen.focused, console.footer
        assert had_focus is not None
        await console.pilot.resize_terminal(20, 5)
        await console.settle()
        await console.pilot.resize_terminal(80, 24)
        await console.until(lambda: console.screen.focused is had_focus, "the focus")
        await console.until(lambda: console.footer == footer, "the keys")

    run(body)


def test_the_tree_and_the_log_follow_what_runs() -> None:
    async def body(console: Console) -> None:
        backend = console.backend
        order = backend.add("order-processing")
        main = backend.start_job(order, "process-order")
        await console.command(f"open {order}")
        await console.until(lambda: "── process-order · log" in console.text(), "the main job")
        mail = backend.start_job(order, "process-order/send-notification")
        backend.write(mail, b"2026-11-24T03:12:55.000Z connecting\n")
        await console.until(lambda: "── send-notification · log" in console.text(), "the callee")
        await console.do("execution.jobs")
        assert "· process-order" in console.text() and "▸ send-notification" in console.text()
        backend.end_job(mail, error=JobError("SMTPServerError", "421 too many connections"))
        backend.end_job(main, error=JobError("SMTPServerError", "421 too many connections"))
        backend.end(order)
        await console.until(lambda: "SMTPServerError: 421" in console.text(), "the failure")
        assert "failed after" in console.lines()[1]
        assert "R resume" in console.footer

    run(body)


def test_what_has_ended_is_not_asked_for_again_until_it_moves() -> None:
    async def body(console: Console) -> None:
        await opened(console)
        await console.until(lambda: "connecting smtp" in console.text())
        await console.settle(10)
        asked = ("get_execution", "list_attempts", "read_log")
        before = [console.backend.calls[name] for name in asked]
        await console.settle(60)
        assert [console.backend.calls[name] for name in asked] == before
        console.backend.set_status(console.shop.order, ExecutionStatus.PENDING_RESUME)
        await console.until(lambda: "resuming" in console.lines()[1], "the resume of another")

    run(body)


def test_the_data_tab_tells_everything() -> None:
    async def body(console: Console) -> None:
        await opened(console, "execution.data")
        await console.until(lambda: '"charged": true' in console.text(), "the result")
        text = console.text()
        for part in [
            "Error         SMTPServerError: 421 too many connections from 10.2.0.7",
            'File "workflows/jobs/send_notification.py", line 18',
            "Attempts      2  ✗ failed   2026-11-24 03:10:11    42.0 s   by ops-bot   INC-4410",
            '"orderId": "A-17"',
            f"execution  {console.shop.order}",
            "runs as    ops-bot",
            "process-order  version 3",
        ]:
            assert part in text, part

    run(body, size=(120, 90))


def test_data_that_the_backend_does_not_have_is_said_to_be_missing() -> None:
    async def body(console: Console) -> None:
        await console.do("execution.data")
        await console.until(lambda: console.text().count("not available from this backend") == 5)
        for label in ("Attempts", "Input"):
            assert console.row(label).strip(" ┃") == f"{label:<14}not available from this backend"

    shop = Shop()
    shop.backend.known = BARE
    run(body, shop=shop, size=(120, 80))


def test_a_log_that_cannot_be_read_says_why() -> None:
    async def body(console: Console) -> None:
        console.backend.fail(Unreachable("connection refused"), method="read_log")
        await console.do("execution.log")
        await console.until(lambda: "The log cannot be read" in console.text(), "the reason")
        assert "backend unreachable: connection refused" in console.text()
        console.backend.fail(None, method="read_log")
        await console.until(lambda: "connecting smtp.internal" in console.text(), "the log")

    run(body)


def test_a_log_without_line_times_says_so() -> None:
    async def body(console: Console) -> None:
        console.backend.has_log_times = False
        await console.do("execution.log")
        await console.until(
            lambda: "3 lines · no line times from this backend" in console.text(), "the note"
        )

    run(body)


def test_the_log_of_an_earlier_attempt_is_one_key_away() -> None:
    shop = Shop()
    backend, order = shop.backend, shop.order
    mail = backend.executions[order].jobs[4]
    assert mail.function_execution_id is not None
    first = next(
        run.function_execution_id
        for run in backend.histories[order].jobs
        if run.job_execution_id == mail.id and run.attempt == 1
    )
    backend.functions[first] = replace(backend.functions[mail.function_execution_id], id=first)
    backend.write(first, b"2026-11-24T03:00:22.000Z the first time\n")

    async def body(console: Console) -> None:
        await opened(console, "execution.log")
        await console.until(lambda: "connecting smtp" in console.text(), "the latest log")
        await console.do("attempt.previous")
        await console.until(lambda: "the first time" in console.text(), "the log before")
        assert "── send-notification · attempt 1 · log" in console.text()
        await console.settle(10)
        assert "the first time" in console.text(), "it stays while it is read"
        await console.do("attempt.previous")
        assert console.notice == "this is the first attempt"
        await console.do("attempt.next")
        await console.until(lambda: "connecting smtp" in console.text(), "the latest log again")
        assert "── send-notification · log" in console.text()
        await console.do("attempt.next")
        assert console.notice == "this is the latest attempt"
        await console.do("attempt.previous")
        await console.do("job.previous")
        await console.until(lambda: "── charge-card · log" in console.text(), "another job's")
        await console.do("attempt.previous")
        assert console.notice == "this job was tried once"

    run(body, shop=shop)


def test_without_attempts_the_backend_is_named_as_why() -> None:
    shop = Shop()
    shop.backend.known = BARE

    async def body(console: Console) -> None:
        await console.do("execution.log")
        await console.until(lambda: "3 lines" in console.text(), "the log")
        await console.do("attempt.previous")
        assert console.notice == "attempts are not available from this backend"

    run(body, shop=shop)


def test_a_search_highlights_and_goes_from_match_to_match() -> None:
    async def body(console: Console) -> None:
        console.backend.write(
            console.backend.executions[console.shop.order].jobs[4].id,
            b"".join(b"2026-11-24T03:10:22.000Z line %d\n" % n for n in range(90)),
        )
        screen = await opened(console, "execution.log")
        await console.until(lambda: "93 lines" in console.text())
        await console.do("move.top")
        await console.do("find.open")
        await console.type("line 7")
        await console.press("enter")
        view = screen.pane.log_pane.view
        await console.until(lambda: view._search.match == 10, "the first match")
        await console.do("find.next")
        await console.until(lambda: view._search.match == 73)
        await console.do("find.previous")
        await console.until(lambda: view._search.match == 10)
        await console.do("find.previous")
        await console.until(lambda: console.notice == "no match above")
        await console.command("find no such text")
        await console.until(lambda: "no such text is not in it" in console.notice)
        await console.do("nav.escape")
        assert not view.is_searching
        await console.do("move.top")
        await console.do("log.next-error")
        await console.until(lambda: view._search.match == 2, "the error line")
        assert console.row("421 too many").startswith("┃")
        await console.do("log.next-error")
        await console.until(lambda: console.notice == "no line that looks like an error below")
        assert view._search.match == 2, "it stays on the last one"
        await console.do("find.next")
        await console.until(lambda: console.notice == "nothing is searched for yet")

    run(body)


def test_all_of_a_log_is_saved_and_no_file_is_written_over(tmp_path: Path) -> None:
    async def body(console: Console) -> None:
        await opened(console, "execution.log")
        await console.until(lambda: "3 lines" in console.text())
        await console.do("log.save")
        assert "send-notification-01a2" in console.row("save to")
        await console.do("nav.escape")
        path = tmp_path / "mail.log"
        await console.command(f"save {path}")
        assert console.notice == f"saved 3 lines to {path}"
        assert path.read_text().splitlines()[2].endswith("421 too many connections from 10.2.0.7")
        await console.command(f"save {path}")
        assert console.notice == f"{path} is there already; nothing was written"

    run(body, size=(160, 24))


def test_an_execution_is_opened_by_the_beginning_of_its_id() -> None:
    async def body(console: Console) -> None:
        await console.command(str(console.shop.customer)[:13])
        await console.until(lambda: isinstance(console.screen, ExecutionScreen))
        await console.until(lambda: "looking for the payment" in console.text(), "its log")
        await console.do("nav.back")
        await console.command("open 01a")
        await console.until(lambda: "executions begin with 01a; type more of it" in console.notice)
        await console.command("open ffff1")
        await console.until(lambda: "no execution begins with ffff1" in console.notice)
        assert isinstance(console.screen, ExecutionsScreen)

    run(body)


@pytest.mark.parametrize("as_link", [False, True])
def test_a_start_with_an_id_or_a_link_opens_it_on_its_log(as_link: bool) -> None:
    async def body(console: Console) -> None:
        await console.until(lambda: isinstance(console.screen, ExecutionScreen))
        await console.until(lambda: "connecting smtp.internal" in console.text())
        await console.do("nav.back")
        assert isinstance(console.screen, ExecutionsScreen)

    shop = Shop()
    wanted = f"https://console.example/executions/{shop.order}?x=1" if as_link else shop.order
    run(body, shop=shop, open_execution=wanted)


def test_an_execution_that_is_gone_says_so() -> None:
    async def body(console: Console) -> None:
        console.backend.fail(NotFound("it was pruned"), method="get_execution")
        await console.do("list.open")
        await console.until(
            lambda: (
                "not found: it was pruned" in console.text()
                or "it was pruned" in console.lines()[0]
            ),
            "the reason",
        )

    run(body)
