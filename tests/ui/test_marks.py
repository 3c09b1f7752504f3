"""Marks, and what is done to all that are marked: asked once, sent one by one, said in the rows."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from console.backend.errors import NotResumable, OutcomeUnknown, Unreachable
from console.model.ids import ExecutionId
from console.model.states import ExecutionStatus
from console.model.target import Target
from console.ui.dialogs.bulk import BulkCancel, BulkDialog, BulkResume
from console.ui.dialogs.resume import ResumeDialog
from console.ui.screens.executions import ExecutionsScreen
from tests.ui.consoles import Console, run
from tests.ui.shop import Shop


def marks(console: Console) -> set[str]:
    return console.app.first.list.marks


async def mark_failed_orders(console: Console) -> list[ExecutionId]:
    """Mark the three failed orders at the top."""
    for _ in range(3):
        await console.do("list.mark")
    return [console.shop.order, *console.shop.others]


async def asked(console: Console, command: str = "execution.resume") -> BulkDialog:
    await console.do(command)
    await console.until(lambda: isinstance(console.screen, BulkDialog), "the dialog")
    dialog = console.screen
    assert isinstance(dialog, BulkDialog)
    await console.until(lambda: dialog.is_read, "the states")
    await console.settle()
    assert dialog.focused is dialog.back
    return dialog


async def go(console: Console, dialog: BulkDialog) -> None:
    dialog.go.focus()
    await console.press("enter")
    await console.until(lambda: isinstance(console.screen, ExecutionsScreen), "the list")


async def ended(console: Console) -> None:
    await console.until(lambda: not console.app.first.is_bulk_running, "the end of the run")
    await console.settle()


def test_space_marks_v_a_range_a_all_and_u_clears() -> None:
    async def body(console: Console) -> None:
        rows = console.app.first.rows
        await console.do("list.mark")
        assert marks(console) == {console.shop.order}
        assert console.lines()[3].startswith(" * ✗ failed")
        assert "1 marked" in console.lines()[1] and console.focused.id == rows.ids[1]
        await console.press("j", "j")
        await console.do("list.mark-range")
        assert marks(console) == set(rows.ids[:4])
        assert "4 marked" in console.lines()[1]
        await console.do("list.mark-all")
        assert marks(console) == set(rows.ids)
        await console.do("list.unmark")
        assert not marks(console) and "marked" not in console.lines()[1]
        await console.do("list.mark")
        await console.command("invert")
        assert marks(console) == set(rows.ids) - {rows.ids[3]}
        assert console.backend.actions == []

    run(body)


def test_marks_stay_through_news_a_filter_and_another_view() -> None:
    async def body(console: Console) -> None:
        marked = set(await mark_failed_orders(console))
        console.backend.failed("stock-sync", path="sync-stock/fetch-stock")
        await console.until(lambda: "5 failed" in console.text(), "the new failure")
        assert marks(console) == marked
        await console.command("filter refund")
        await console.until(lambda: "order-processing" not in console.row("┃"), "the filter")
        assert marks(console) == marked and "3 marked (3 not shown)" in console.lines()[1]
        await console.do("list.mark-all")
        assert len(marks(console)) == 5, "all that match, besides those there were"
        await console.do("nav.escape")
        await console.do("list.toggle-all")
        await console.until(lambda: "✓ success" in console.text(), "all of them")
        assert "5 marked" in console.lines()[1] and marks(console) > marked
        kept = marks(console)
        await console.do("nav.escape")
        assert marks(console) == kept and "marked; U clears the marks" in console.notice
        await console.do("list.unmark")
        assert not marks(console)

    run(body)


def test_r_asks_once_and_says_which_are_skipped_and_why() -> None:
    async def body(console: Console) -> None:
        await mark_failed_orders(console)
        await console.do("move.bottom")
        await console.do("list.mark")
        assert "R resume 4 marked" in console.footer
        dialog = await asked(console)
        assert isinstance(dialog, BulkResume)
        text = console.text()
        assert "Resume 3 marked executions" in text
        assert "3 of 4 can be resumed" in text
        assert "▲ skipped 1" in text and "resume needs FAILED; this is RUNNING" in text
        said = " ".join(text.split())
        assert "wfc workflow resume 01a2" in said and said.count("--rate 2/s") == 1
        await console.press("enter")
        assert isinstance(console.screen, ExecutionsScreen) and len(marks(console)) == 4
        assert console.backend.actions == []

    run(body, size=(120, 36))


def test_all_are_sent_one_by_one_and_the_rows_say_so(tmp_path: Path) -> None:
    async def body(console: Console) -> None:
        marked = await mark_failed_orders(console)
        dialog = await asked(console)
        await console.type("INC-4")
        assert dialog.reason.text == "INC-4"
        await go(console, dialog)
        await console.until(lambda: console.backend.calls["resume"] == 1, "the first")
        assert "resuming" in console.text() and "esc stops" in console.text()
        assert "waits for its turn" in console.text()
        await ended(console)
        assert console.backend.actions == [("resume", one, "INC-4") for one in marked]
        assert console.notice == "3 accepted"
        assert not marks(console)
        entries = console.app.session.journal.entries()
        assert [entry.outcome for entry in entries] == ["done"] * 3

    run(body, state_folder=tmp_path, size=(120, 30))


def test_what_failed_stays_marked_and_what_is_unknown_does_not() -> None:
    shop = Shop()
    moved = shop.others[0]

    async def body(console: Console) -> None:
        await mark_failed_orders(console)
        dialog = await asked(console)
        console.backend.set_status(moved, ExecutionStatus.RUNNING)
        console.backend.fail_next(OutcomeUnknown("cut"), NotResumable("locked"), method="resume")
        await go(console, dialog)
        await ended(console)
        words = "2 refused (state moved; not resumable: locked), 1 outcome unknown"
        assert words in console.text()
        assert marks(console) == set(shop.others)
        assert "what was not done stays marked" in console.text()
        assert "refused: it changed meanwhile and is RUNNING now" in console.text()
        assert "outcome unknown: look before again" in console.text()
        assert console.backend.calls["resume"] == 2, "what moved was not sent"
        dialog = await asked(console)
        assert "1 of 2 can be resumed" in console.text()
        await go(console, dialog)
        await ended(console)
        assert console.backend.actions == [("resume", shop.others[1], "")]

    run(body, shop=shop, size=(140, 36))


def test_escape_stops_between_two_and_nothing_more_is_sent() -> None:
    async def body(console: Console) -> None:
        marked = await mark_failed_orders(console)
        await go(console, await asked(console))
        await console.until(lambda: console.backend.calls["resume"] == 1, "the first")
        await console.press("q")
        assert console.notice.startswith("resuming 2 of 3 goes on; quit again")
        await console.do("execution.resume")
        await console.until(lambda: "goes on; esc stops it" in console.notice, "the reason")
        await console.do("nav.escape")
        await ended(console)
        assert console.backend.actions == [("resume", marked[0], "")]
        assert "1 accepted, 2 not sent; stopped · what was not done stays marked" in console.text()
        assert marks(console) == set(marked[1:])
        await console.do("nav.escape")
        assert "not sent" not in "".join(console.lines()[:-2])
        assert marks(console) == set(marked[1:]), "what was not done can be asked for again"
        await console.do("list.unmark")
        assert not marks(console)
        entries = reversed(console.app.session.journal.entries())
        assert [(one.action.execution, one.outcome) for one in entries] == [
            (marked[0], "done"),
            (marked[1], "not sent"),
            (marked[2], "not sent"),
        ]
        await console.do("journal.open")
        await console.until(lambda: console.text().count("not sent") == 2, "the journal")
        assert "the run ended before its turn: stopped" in console.text()

    run(body, size=(120, 30))


def test_ctrl_c_stops_the_run_first() -> None:
    async def body(console: Console) -> None:
        await mark_failed_orders(console)
        await go(console, await asked(console))
        await console.until(lambda: console.backend.calls["resume"] == 1, "the first")
        await console.press("ctrl+c")
        await ended(console)
        assert console.app.is_running and console.backend.calls["resume"] == 1

    run(body)


@pytest.mark.parametrize("proof", ["3", "shop-prod"])
def test_on_a_protected_target_the_number_is_typed(proof: str) -> None:
    async def body(console: Console) -> None:
        await mark_failed_orders(console)
        dialog = await asked(console)
        assert "Type the number to go on" in console.text()
        dialog.go.focus()
        await console.press("enter")
        assert console.backend.actions == []
        assert dialog.name_field is not None
        for wrong in ("2", ""):
            dialog.name_field.input.value = wrong
            await console.settle()
            await console.press("enter")
            assert isinstance(console.screen, BulkDialog)
        dialog.name_field.input.value = proof
        await console.settle()
        await go(console, dialog)
        await ended(console)
        assert console.backend.calls["resume"] == 3

    run(body, target=Target("url", "shop-prod", is_protected=True), size=(120, 36))


def test_a_rate_that_makes_no_sense_sends_nothing() -> None:
    async def body(console: Console) -> None:
        await mark_failed_orders(console)
        dialog = await asked(console)
        dialog.rate.input.value = "lots"
        await console.settle()
        assert dialog.obstacle() == "the rate is written 2/s or 30/min"
        assert not dialog.go.is_ready
        dialog.rate.input.value = "20/s"
        await console.settle()
        await go(console, dialog)
        await ended(console)
        assert console.backend.calls["resume"] == 3

    run(body, size=(120, 36))


def test_x_cancels_what_is_marked_and_has_not_ended() -> None:
    async def body(console: Console) -> None:
        await console.do("list.mark-all")
        dialog = await asked(console, "execution.cancel")
        assert isinstance(dialog, BulkCancel)
        assert "3 of 7 can be canceled" in console.text()
        await go(console, dialog)
        await ended(console)
        canceled = {action[1] for action in console.backend.actions if action[0] == "cancel"}
        assert canceled == {console.shop.refund, console.shop.retry, console.shop.archive}

    run(body, size=(120, 36))


def test_marked_rows_are_read_again_also_those_that_are_gone() -> None:
    async def body(console: Console) -> None:
        await mark_failed_orders(console)
        console.backend.prune(console.shop.others[0])
        await console.settle(3)
        await asked(console)
        assert "2 of 3 can be resumed" in console.text()
        assert "skipped 1" in console.text() and "not found" in console.text()

    run(body, size=(120, 36))


def test_marks_that_cannot_be_resumed_and_a_read_only_target_say_why() -> None:
    async def body(console: Console) -> None:
        await console.do("move.bottom")
        await console.do("list.mark")
        await console.do("execution.resume")
        assert console.notice == "resume needs FAILED; this is RUNNING"
        assert isinstance(console.screen, ExecutionsScreen)

    run(body)

    async def reader(console: Console) -> None:
        await mark_failed_orders(console)
        await console.do("execution.resume")
        assert "resume: shop-prod is read-only" in console.notice
        assert console.backend.actions == []

    run(reader, target=Target("url", "shop-prod", is_read_only=True))


def test_without_marks_r_is_for_the_row_under_the_cursor() -> None:
    async def body(console: Console) -> None:
        await console.do("list.mark")
        await console.do("list.unmark")
        await console.do("execution.resume")
        await console.until(lambda: isinstance(console.screen, ResumeDialog), "the dialog")

    run(body)


def test_when_the_backend_is_lost_the_numbers_come_before_the_reason_at_80_columns() -> None:
    shop = Shop()
    for _ in range(8):
        shop.backend.failed()

    async def body(console: Console) -> None:
        await console.do("list.mark-all")
        dialog = await asked(console)
        lost = Unreachable("connection refused at /run/user/1000/wfc/618622bb89c6.sock")
        await go(console, dialog)
        await console.until(lambda: console.backend.actions, "the first")
        console.backend.fail(lost, method="get_execution")
        await ended(console)
        done = len(console.backend.actions)
        said = console.row("stays marked").strip()
        assert said.startswith(f"{done} accepted, 3 failed, {9 - done} not sent")
        assert "3 in a row" in said
        assert len(marks(console)) == 12 - done

    run(body, shop=shop)


def test_a_person_can_look_elsewhere_while_it_runs() -> None:
    async def body(console: Console) -> None:
        await mark_failed_orders(console)
        await go(console, await asked(console))
        await console.do("list.open")
        await ended(console)
        assert not isinstance(console.screen, ExecutionsScreen)
        assert console.notice == "3 accepted"

    run(body)


def test_many_marks_leave_the_buttons_on_a_small_screen() -> None:
    shop = Shop()
    for _ in range(30):
        shop.backend.failed()

    async def body(console: Console) -> None:
        await console.do("list.mark-all")
        await asked(console)
        await console.until(lambda: "[ Back ]" in console.text(), "the buttons")
        dialog = console.screen
        assert isinstance(dialog, BulkDialog)
        words = shlex.split(dialog.twin())
        failed = [e.id for e in shop.backend.executions.values() if e.status.can_resume]
        assert words[:3] == ["wfc", "workflow", "resume"] and words[-2:] == ["--rate", "2/s"]
        assert sorted(words[3:-2]) == sorted(failed) and len(failed) == 34
        assert "34 of 37 can be resumed" in console.text()
        assert "and 31 more: order-processing × " in console.text()

    run(body, shop=shop)
