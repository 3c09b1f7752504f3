"""What changes the backend: asked with `Back` focused, looked at again, said, and written down."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from console.backend.errors import (
    Conflict,
    OutcomeUnknown,
    ServerFault,
    Unreachable,
)
from console.model.states import ExecutionStatus
from console.model.target import Target
from console.ui.dialogs.cancel import CancelDialog
from console.ui.dialogs.form import FormDialog
from console.ui.dialogs.pick_workflow import PickWorkflow
from console.ui.dialogs.resume import ResumeDialog
from console.ui.dialogs.start import StartDialog
from console.ui.screens.executions import ExecutionsScreen
from console.ui.screens.journal import JournalScreen
from tests.fakes.backend import BARE
from tests.ui.consoles import Console, run
from tests.ui.shop import Shop

PROTECTED = Target("url", "shop-prod", is_protected=True)


async def asked(console: Console, command: str = "execution.resume") -> FormDialog:
    await console.do(command)
    await console.until(lambda: isinstance(console.screen, FormDialog), "the dialog")
    screen = console.screen
    assert isinstance(screen, FormDialog)
    assert screen.focused is screen.back
    await console.settle(0.1)
    return screen


async def resume_asked(console: Console) -> FormDialog:
    dialog = await asked(console)
    await console.until(lambda: "Runs again" in console.text(), "the check")
    return dialog


def test_a_form_tells_its_keys_and_tab_goes_to_the_verb_before_the_copy() -> None:
    async def body(console: Console) -> None:
        dialog = await resume_asked(console)
        assert "esc back, nothing is sent" in console.row("tab next")
        row = console.row("[ Back ]")
        assert row.index("Copy command") < row.index("[ Back ]") < row.index("Resume")
        await console.press("I", "N", "C")
        assert dialog.focused is dialog.reason.input
        seen = []
        for _ in range(3):
            await console.press("tab")
            seen.append(dialog.focused)
        assert seen == [dialog.back, dialog.go, dialog.copy]
        await console.pilot.resize_terminal(80, 12)
        await console.settle()
        assert "tab next" not in console.text() and "Resume" in console.row("Back")

    run(body)


def test_resume_says_what_will_happen_and_begins_on_back() -> None:
    async def body(console: Console) -> None:
        await resume_asked(console)
        text = console.text()
        for part in [
            "Resume 01a2…",
            "State, read just now   failed, attempt 2",
            "Runs again             send-notification",
            "Replays                process-order   its own code runs again, 3 results reused",
            "Not known              what it triggers after that",
            "deployed again",
            "▲ failed the same      in attempt 1",
            f"wfc workflow resume {console.shop.order}",
            "[ Back ]",
        ]:
            assert part in text, part
        await console.press("enter")
        assert isinstance(console.screen, ExecutionsScreen)
        assert console.backend.actions == []

    run(body, size=(120, 34))


def test_back_has_the_focus_as_soon_as_a_dialog_is_mounted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    focused: list[bool] = []
    usual = FormDialog.on_mount

    def mounted(self: FormDialog) -> None:
        usual(self)
        focused.append(self.focused is self.back)

    monkeypatch.setattr(FormDialog, "on_mount", mounted)

    async def body(console: Console) -> None:
        await asked(console)
        assert focused == [True]

    run(body)


@pytest.mark.parametrize("keys", [["escape"], ["enter"], ["tab", "tab", "enter", "escape"]])
def test_leaving_sends_nothing(keys: list[str]) -> None:
    async def body(console: Console) -> None:
        await resume_asked(console)
        await console.press(*keys)
        assert isinstance(console.screen, ExecutionsScreen)
        assert console.backend.actions == []

    run(body)


def test_resume_tab_enter_resumes_and_the_row_says_so_until_a_poll_confirms(
    tmp_path: Path,
) -> None:
    async def body(console: Console) -> None:
        await resume_asked(console)
        await console.type("INC-4411")
        assert "--reason INC-4411" in " ".join(console.text().split())
        console.backend.hold("resume")
        dialog = console.screen
        assert isinstance(dialog, ResumeDialog)
        dialog.go.focus()
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, ExecutionsScreen), "the list")
        assert "○ resuming" in console.row("┃")
        await console.do("execution.resume")
        await console.until(lambda: "resuming already; wait for the answer" in console.notice)
        await console.do("nav.back")
        assert "resuming is not confirmed yet; quit again to leave anyway" in console.notice
        console.backend.release()
        await console.until(lambda: "accepted" in console.notice, "the answer")
        assert console.backend.actions == [("resume", console.shop.order, "INC-4411")]
        await console.until(lambda: not console.app.session.under_way, "the confirmation")
        assert "○ resuming" in console.row("┃"), "now by its own state"
        console.backend.set_status(console.shop.order, ExecutionStatus.SUCCESS)
        await console.until(lambda: "✓ success" in console.row("┃"), "its end")

    run(body, state_folder=tmp_path)
    lines = (tmp_path / "journal.jsonl").read_text().splitlines()
    assert [json.loads(line)["phase"] for line in lines] == ["sent", "answered"]


def test_r_tab_enter_is_enough_where_nothing_is_protected() -> None:
    async def body(console: Console) -> None:
        await resume_asked(console)
        await console.press("tab", "enter")
        await console.until(lambda: console.backend.actions, "the resume")

    run(body)


def test_the_state_is_read_when_it_opens_and_again_before_the_call() -> None:
    async def body(console: Console) -> None:
        await resume_asked(console)
        console.backend.set_status(console.shop.order, ExecutionStatus.RUNNING)
        await console.press("tab", "enter")
        await console.until(lambda: "nothing was sent: it changed meanwhile" in console.text())
        assert "resume needs FAILED; this is RUNNING" in console.text() or (
            "is RUNNING now" in console.text()
        )
        assert console.backend.actions == []
        assert isinstance(console.screen, ResumeDialog)
        await console.press("tab", "enter")
        await console.settle(0.2)
        assert console.backend.actions == [], "what is not FAILED cannot be resumed from here"

    run(body)


def test_what_failed_again_meanwhile_is_told_anew_with_its_attempts_and_warnings() -> None:
    async def body(console: Console) -> None:
        await resume_asked(console)
        order = console.backend.executions[console.shop.order]
        later = console.clock.now()
        console.backend.put(replace(order, started_at=later, finished_at=later))
        await console.press("tab", "enter")
        said = "nothing was sent: a new attempt ended meanwhile"
        await console.until(lambda: said in console.text())
        await console.until(lambda: "failed, attempt 2" in console.text(), "what is so now")
        assert "failed the same" in console.text() and "nothing was sent" in console.text()
        assert console.backend.actions == []
        await console.press("tab", "enter")
        await console.until(lambda: console.backend.actions, "the resume of what was told")

    run(body)


def test_an_execution_that_went_on_before_the_dialog_opened_is_refused() -> None:
    async def body(console: Console) -> None:
        console.backend.hold("get_execution")
        await console.do("execution.resume")
        await console.until(lambda: isinstance(console.screen, FormDialog))
        console.backend.set_status(console.shop.order, ExecutionStatus.RUNNING)
        console.backend.release()
        await console.until(lambda: "resume needs FAILED; this is RUNNING" in console.text())
        await console.press("tab", "enter")
        await console.settle(0.2)
        assert console.backend.actions == []

    run(body)


def test_a_protected_target_wants_the_workflows_name_typed() -> None:
    async def body(console: Console) -> None:
        assert console.lines()[0].startswith(" shop-prod PROTECTED ")
        dialog = await resume_asked(console)
        assert "shop-prod PROTECTED" in console.lines()[1]
        await console.press("tab", "enter")
        await console.until(lambda: "type order-processing first" in console.text(), "the refusal")
        assert console.backend.actions == []
        assert dialog.name_field is not None
        dialog.name_field.input.focus()
        await console.type("order-processin")
        assert not dialog.go.is_ready
        await console.type("g")
        assert dialog.go.is_ready
        await console.press("enter")
        assert console.backend.actions == [], "enter in a field sends nothing"
        dialog.go.focus()
        await console.press("enter")
        await console.until(lambda: console.backend.actions, "the resume")

    run(body, target=PROTECTED)


def test_an_unknown_outcome_is_said_as_such_in_the_row_and_in_the_journal() -> None:
    async def body(console: Console) -> None:
        await resume_asked(console)
        console.backend.fail_next(OutcomeUnknown("connection reset"), method="resume")
        await console.press("tab", "enter")
        await console.until(lambda: "outcome unknown: resume was sent" in console.notice)
        assert "? unknown" in console.row("┃")
        await console.do("journal.open")
        assert isinstance(console.screen, JournalScreen)
        assert "unknown    resume   order-processing" in console.text()

    run(body)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ServerFault("disk full"), "resume failed: the server failed: disk full"),
        (Conflict("somebody was faster"), "resume was refused: changed meanwhile"),
        (Unreachable("connection refused"), "resume failed: backend unreachable"),
    ],
)
def test_a_failed_call_is_said_and_the_row_goes_back(error: Exception, text: str) -> None:
    async def body(console: Console) -> None:
        await resume_asked(console)
        console.backend.fail_next(error, method="resume")
        await console.press("tab", "enter")
        await console.until(lambda: text in console.text(), "the failure")
        await console.until(
            lambda: "✗ failed" in console.row("┃") or isinstance(console.screen, FormDialog)
        )
        assert not console.app.session.under_way
        assert console.backend.actions == []

    run(body)


def test_a_state_that_cannot_be_read_keeps_the_verb_shut() -> None:
    async def body(console: Console) -> None:
        console.backend.fail(Unreachable("connection refused"), method="get_execution")
        dialog = await asked(console)
        await console.until(lambda: "the state could not be read" in console.text())
        assert not dialog.go.is_ready
        await console.press("tab", "enter")
        await console.settle(0.2)
        assert console.backend.calls["resume"] == 0

    run(body)


def test_a_reason_that_only_the_journal_keeps_is_said_to_be_so() -> None:
    async def body(console: Console) -> None:
        await resume_asked(console)
        assert "kept in your journal; this backend has no reason field" in console.text()

    shop = Shop()
    shop.backend.known = replace(BARE, attempts=True)
    run(body, shop=shop, size=(100, 30))


def test_start_picks_a_workflow_checks_its_argument_and_starts_it() -> None:
    async def body(console: Console) -> None:
        await console.do("workflow.start")
        await console.until(lambda: isinstance(console.screen, PickWorkflow))
        await console.until(lambda: "stock-sync" in console.text(), "the workflows")
        assert "┃" in console.row("order-processing"), "the one under the cursor is offered"
        await console.type("refu")
        assert "stock-sync" not in console.text()
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, StartDialog))
        await console.until(lambda: "Can run as" in console.text(), "the machine users")
        dialog = console.screen
        assert isinstance(dialog, StartDialog) and dialog.focused is dialog.back
        assert not dialog.go.is_ready
        await console.type("nobody")
        assert dialog.user.text == "nobody", "a letter begins the machine user"
        assert "there is no machine user nobody" in dialog.obstacle()
        dialog.user.input.value = "ops-bot"
        dialog.argument.area.text = '{"refundId": 7,}'
        await console.settle()
        assert "JSON line 1, column" in console.text() and not dialog.go.is_ready
        dialog.argument.area.text = '{"refundId": 7}'
        await console.settle()
        assert "valid JSON" in console.text() and dialog.go.is_ready
        assert "start refund-approval -m ops-bot -a '{\"refundId\":7}'" in console.text()
        dialog.go.focus()
        await console.press("enter")
        await console.until(lambda: console.backend.actions, "the start")
        assert console.backend.actions[0][:4] == (
            "start",
            "refund-approval",
            "ops-bot",
            '{"refundId":7}',
        )
        await console.until(lambda: "started 01a2…" in console.notice, "the new id")
        await console.until(lambda: "○ pending" in console.text(), "the new row")

    run(body, size=(100, 34))


def test_the_last_argument_and_machine_user_are_offered_again() -> None:
    async def body(console: Console) -> None:
        operations = console.app.session.operations
        assert operations is not None
        await operations.start("order-processing", machine_user="ops-bot", argument='{"a":[1]}')
        await console.do("move.bottom")
        await console.command("start order-processing")
        await console.until(lambda: isinstance(console.screen, StartDialog))
        dialog = console.screen
        assert isinstance(dialog, StartDialog)
        assert dialog.user.text == "ops-bot"
        assert json.loads(dialog.argument.typed) == {"a": [1]}
        assert "the last argument used here" in console.text()

    run(body, size=(100, 34))


def test_cancel_says_what_stops_and_cancels() -> None:
    async def body(console: Console) -> None:
        await console.do("move.bottom")
        await asked(console, "execution.cancel")
        assert isinstance(console.screen, CancelDialog)
        assert "Stops                  archive-night/archive-batch" in console.text()
        assert "Cancel execution" in console.text()
        await console.press("tab", "enter")
        await console.until(lambda: console.backend.actions, "the cancel")
        assert console.backend.actions == [("cancel", console.shop.archive, "")]
        await console.until(lambda: "⊘ canceled" in console.row("┃"), "the canceled row")

    run(body)


def test_what_is_not_available_is_not_offered() -> None:
    async def body(console: Console) -> None:
        await console.do("move.bottom")
        assert "X cancel" not in console.footer
        await console.do("execution.cancel")
        await console.until(lambda: console.notice == "cancel is not available from this backend")

    shop = Shop()
    shop.backend.known = BARE
    run(body, shop=shop)


def test_the_journal_shows_each_action_with_its_command(tmp_path: Path) -> None:
    async def body(console: Console) -> None:
        await console.do("journal.open")
        assert "Nothing was changed from here yet." in console.text()
        await console.do("nav.back")
        await resume_asked(console)
        await console.press("tab", "enter")
        await console.until(lambda: "accepted" in console.notice)
        await console.command("journal")
        assert "done       resume   order-processing" in console.text()
        assert f"wfc workflow resume {console.shop.order}" in console.text()
        assert str(tmp_path) in console.text().replace("\n", "")

    run(body, state_folder=tmp_path, size=(160, 24))


def test_ids_and_commands_are_copied_and_kept_in_a_file(tmp_path: Path) -> None:
    async def body(console: Console) -> None:
        await console.do("copy.id")
        assert console.notice.startswith(f"copied {console.shop.order}; also in")
        assert console.app.clipboard == console.shop.order
        assert (tmp_path / "clipboard").read_text() == console.shop.order + "\n"
        await console.command("copy-command")
        assert console.app.clipboard == f"wfc workflow executions {console.shop.order}"

    run(body, state_folder=tmp_path)
