"""What was typed into a dialog: shown before it is sent, mended when it is refused, never lost."""

from __future__ import annotations

from console.backend.errors import InvalidRequest
from console.ui.dialogs.resolve import ResolveDialog
from console.ui.dialogs.start import StartDialog
from tests.ui.consoles import Console, run
from tests.ui.test_dialogs import asked


def test_resolve_shows_the_payload_and_sends_the_answer_once() -> None:
    async def body(console: Console) -> None:
        for _ in range(4):
            await console.do("move.down")
        assert console.focused.id == console.shop.refund
        assert "W resolve" in console.footer and "X cancel" in console.footer
        await asked(console, "execution.resolve")
        dialog = console.screen
        assert isinstance(dialog, ResolveDialog)
        await console.until(lambda: "Can be answered" in console.text(), "the wait point")
        assert '"note": "[b]not markup[/b]"' in console.text()
        dialog.answer.area.text = '{"approved": true}'
        await console.settle()
        dialog.go.focus()
        await console.press("enter")
        await console.until(lambda: console.backend.actions, "the answer")
        assert console.backend.actions == [
            ("resolve", console.shop.refund, "approval", '{"approved":true}', "")
        ]

    run(body, size=(100, 36))


def test_an_answer_that_is_refused_is_mended_where_it_was_typed() -> None:
    async def body(console: Console) -> None:
        for _ in range(4):
            await console.do("move.down")
        await asked(console, "execution.resolve")
        dialog = console.screen
        assert isinstance(dialog, ResolveDialog)
        await console.until(lambda: "Can be answered" in console.text(), "the wait point")
        dialog.answer.area.text = '{"approved": "perhaps"'
        await console.settle()
        assert "--result '…'" in dialog.twin(), "no command for what is no JSON"
        dialog.answer.area.text = '{"approved": "perhaps"}'
        console.backend.fail_next(InvalidRequest("$.approved: no boolean"), method="resolve")
        await console.settle()
        dialog.go.focus()
        await console.press("enter")
        await console.until(lambda: "$.approved: no boolean" in console.text(), "the refusal")
        assert console.screen is dialog and dialog.answer.typed == '{"approved": "perhaps"}'
        assert not console.app.session.under_way, "its row says resolving no more"
        dialog.answer.area.text = '{"approved": true}'
        await console.until(lambda: "$.approved" not in console.text(), "a clean form")
        dialog.go.focus()
        await console.press("enter")
        await console.until(lambda: console.backend.actions, "the answer")
        await console.until(lambda: console.screen is not dialog, "the list")

    run(body, size=(100, 36))


def test_a_dialog_can_be_left_while_what_it_sent_hangs() -> None:
    async def body(console: Console) -> None:
        await console.command("start order-processing")
        await console.until(lambda: isinstance(console.screen, StartDialog))
        dialog = console.screen
        assert isinstance(dialog, StartDialog)
        dialog.user.input.value = "ops-bot"
        await console.until(lambda: dialog.go.is_ready, "a form that is filled in")
        console.backend.hold("start")
        dialog.go.focus()
        await console.press("enter")
        await console.until(lambda: "starting…" in console.text(), "that it is on its way")
        await console.press("escape")
        await console.until(lambda: console.screen is not dialog, "the list")
        console.backend.release()
        await console.until(lambda: "started 01a2…" in console.notice, "what came of it")

    run(body)


def test_a_message_that_is_wider_than_the_screen_shows_that_it_goes_on() -> None:
    async def body(console: Console) -> None:
        console.app.say("refused: " + "the answer is no boolean, " * 5)
        await console.until(lambda: console.notice.startswith("refused"), "the message")
        assert console.notice.endswith("…")

    run(body)
