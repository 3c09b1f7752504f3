"""The frame of the forms: buttons that stay on the screen, and a command that can be copied."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from textual import events

from console.model.execution import AttemptHistory
from console.model.ids import short_id
from console.model.states import ExecutionStatus
from console.model.target import Target
from console.present.json_layout import compact_json
from console.ui.dialogs.form import FormDialog
from console.ui.dialogs.start import StartDialog
from tests.fakes.backend import BARE
from tests.ui.consoles import Console, run
from tests.ui.shop import Shop


async def form(console: Console) -> FormDialog:
    await console.until(lambda: isinstance(console.screen, FormDialog), "the dialog")
    await console.settle(0.1)
    dialog = console.screen
    assert isinstance(dialog, FormDialog)
    return dialog


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (120, 40)])
def test_the_buttons_are_on_the_screen_whatever_the_form_holds(size: tuple[int, int]) -> None:
    async def body(console: Console) -> None:
        operations = console.app.session.operations
        assert operations is not None
        for argument in ['{"a":1}', '{"a":2}']:
            await operations.start("order-processing", machine_user="ops-bot", argument=argument)
        await console.command("start order-processing")
        dialog = await form(console)
        assert isinstance(dialog, StartDialog) and dialog.focused is dialog.back
        assert "Earlier" in console.text() and " PROTECTED" in console.lines()[1]
        dialog.argument.area.text = "{\n" + "\n" * 30
        await console.settle()
        assert "[ Back ]     Start" in console.text()
        dialog.tell("something went wrong. " * 6)
        await console.settle()
        assert "[ Back ]     Start" in console.text()
        assert "something went wrong" in console.text()

    run(body, size=size, target=Target("url", "shop-in-production", is_protected=True))


def test_what_is_below_is_a_page_away_while_back_has_the_focus() -> None:
    shop = Shop()
    for _ in range(30):
        shop.backend.failed()

    async def body(console: Console) -> None:
        await console.do("list.mark-all")
        await console.do("execution.resume")
        dialog = await form(console)
        await console.until(lambda: "34 of 37 can be resumed" in console.text(), "the states")
        assert "--rate 2/s" not in console.text()
        for _ in range(6):
            await console.press("pagedown")
        assert "--rate 2/s" in console.text() and "[ Back ]" in console.text()
        assert dialog.focused is dialog.back
        for _ in range(6):
            await console.press("pageup")
        assert "34 of 37 can be resumed" in console.text()

    run(body, shop=shop)


def test_the_command_for_all_marked_is_copied_in_one_line_that_a_shell_takes(
    tmp_path: Path,
) -> None:
    shop = Shop()
    for _ in range(12):
        shop.backend.failed()

    async def body(console: Console) -> None:
        await console.do("list.mark-all")
        await console.do("execution.resume")
        dialog = await form(console)
        await console.until(lambda: "16 of 19 can be resumed" in console.text(), "the states")
        await console.type('it\'s "on"')
        dialog.copy.focus()
        await console.press("enter")
        await console.until(lambda: "copied the command" in console.text(), "the copy")
        assert console.backend.actions == []

    run(body, shop=shop, state_folder=tmp_path)
    (line,) = (tmp_path / "clipboard").read_text().splitlines()
    words = shlex.split(line)
    failed = [e.id for e in shop.backend.executions.values() if e.status is ExecutionStatus.FAILED]
    assert words[:3] == ["wfc", "workflow", "resume"]
    assert set(words[3:-4]) == set(failed) and len(words[3:-4]) == 16
    assert words[-4:] == ["--reason", 'it\'s "on"', "--rate", "2/s"]


SCHEMA = json.dumps(
    {
        "$ref": "#/$defs/Order",
        "$defs": {
            "Order": {
                "type": "object",
                "title": "Order",
                "properties": {
                    "orderId": {"type": "string"},
                    "amount": {"type": "number"},
                    "size": {"enum": ["big", "small"], "default": "small"},
                },
                "required": ["orderId", "amount"],
            }
        },
    }
)


def shop_with_schema() -> Shop:
    shop = Shop()
    shop.backend.schemas["order-processing"] = SCHEMA
    shop.backend.schemas["approval"] = SCHEMA
    return shop


async def start_form(console: Console, *, user: str = "ops-bot") -> StartDialog:
    """From the row of another workflow, whose input is not offered."""
    await console.do("move.bottom")
    await console.command("start order-processing")
    dialog = await form(console)
    assert isinstance(dialog, StartDialog)
    await console.until(lambda: "Takes" in console.text(), "the schema")
    dialog.user.input.value = user
    return dialog


def test_a_start_says_what_the_argument_takes_and_what_is_missing_at_80_by_24() -> None:
    async def body(console: Console) -> None:
        dialog = await start_form(console)
        text = console.text()
        assert "Takes                  orderId  text, required" in text
        assert 'size     "big" or "small", else "small"' in text
        assert "orderId is missing" in text and "[ Back ]     Start" in text
        dialog.argument.area.text = '{"orderId": "o-1", "amount": "x"}'
        await console.settle()
        assert 'amount: number is wanted, and this is "x"' in console.text()
        assert dialog.go.is_ready, "the backend judges"
        dialog.argument.area.text = '{"orderId": "o-1", "amount": 5}'
        await console.settle()
        assert "valid JSON, in the right shape" in console.text()

    run(body, shop=shop_with_schema())


def test_a_backend_without_schemas_says_nothing_of_them() -> None:
    shop = shop_with_schema()
    shop.backend.known = BARE

    async def body(console: Console) -> None:
        await console.command("start order-processing")
        await form(console)
        await console.until(lambda: "Can run as" in console.text(), "the machine users")
        assert "Takes" not in console.text() and "valid JSON;" in console.text()

    run(body, shop=shop)


def test_an_argument_is_taken_from_a_file_as_it_is_when_the_verb_is_pressed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "order.json"

    async def body(console: Console) -> None:
        dialog = await start_form(console)
        dialog.argument.area.text = f"@{path}"
        await console.settle()
        assert "no such file or directory" in " ".join(console.text().split())
        assert not dialog.go.is_ready and " -a '…'" in dialog.twin()
        path.write_text('{"orderId": "o-1",\n "amount": }')
        dialog.argument.area.text = f"@{path} "
        await console.settle()
        assert "line 2, column 12: Expecting value" in " ".join(console.text().split())
        path.write_text('{"orderId": "o-1", "amount": 1.50}')
        dialog.argument.area.text = f"@{path}"
        await console.settle()
        assert dialog.go.is_ready and shlex.split(dialog.twin())[-1] == f"@{path}"
        path.write_text('{"orderId": "o-2", "amount": 2.50}')
        dialog.go.focus()
        await console.press("enter")
        await console.until(lambda: console.backend.actions, "the start")
        assert console.backend.actions[0][3] == '{"orderId":"o-2","amount":2.50}'

    run(body, shop=shop_with_schema(), size=(160, 40))


def test_an_at_sign_at_the_beginning_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "o.json"
    path.write_text('{"orderId": "o@1", "amount": 1}')

    async def body(console: Console) -> None:
        dialog = await start_form(console)
        dialog.argument.area.text = '{"orderId":\n "a"}'
        dialog.argument.area.focus()
        await console.type(f"@{path}")
        await console.until(lambda: dialog.argument.typed == f"@{path}", "the file's name")
        assert dialog.go.is_ready
        dialog.argument.area.text = '{"orderId": "a'
        dialog.argument.area.move_cursor(dialog.argument.area.document.end)
        await console.type('@b", "amount": 2}')
        await console.until(lambda: dialog.argument.typed == '{"orderId": "a@b", "amount": 2}')

    run(body, shop=shop_with_schema())


def test_a_bracket_that_opens_before_the_empty_argument_takes_its_place() -> None:
    async def body(console: Console) -> None:
        dialog = await start_form(console)
        assert dialog.argument.typed == "{}"
        dialog.argument.area.focus()
        await console.type('{"orderId": "o-1", "amount": 1}')
        await console.until(lambda: dialog.argument.typed == '{"orderId": "o-1", "amount": 1}')
        assert dialog.go.is_ready

    run(body, shop=shop_with_schema())


def test_a_document_that_is_pasted_before_another_takes_its_place() -> None:
    async def body(console: Console) -> None:
        dialog = await start_form(console)
        area = dialog.argument.area
        area.text = '{"orderId": "a"}'
        area.focus()
        pasted = '{"orderId": "b",\n "amount": 1}'
        console.app.post_message(events.Paste(pasted))
        await console.until(lambda: area.text == pasted, "the document")
        area.undo()
        area.undo()
        await console.until(lambda: area.text == '{"orderId": "a"}', "what was there")
        area.move_cursor((0, 0))
        console.app.post_message(events.Paste('"size"'[:-1]))
        await console.until(lambda: area.text == '"size{"orderId": "a"}', "a piece is put in")
        assert console.backend.actions == []

    run(body, shop=shop_with_schema())


def test_a_file_that_broke_meanwhile_is_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "order.json"
    path.write_text('{"orderId": "o-1", "amount": 1}')

    async def body(console: Console) -> None:
        dialog = await start_form(console)
        dialog.argument.area.text = f"@{path}"
        await console.settle()
        assert dialog.go.is_ready
        path.unlink()
        dialog.go.focus()
        await console.press("enter")
        await console.until(lambda: "the argument is not right yet" in console.text(), "the no")
        assert console.backend.actions == [] and isinstance(console.screen, StartDialog)

    run(body, shop=shop_with_schema())


def test_the_arguments_used_before_come_back_one_after_the_other() -> None:
    async def body(console: Console) -> None:
        operations = console.app.session.operations
        assert operations is not None
        for argument in ['{"a":1.10}', '{"a":2}', '{"a":2}', '{"a":3}']:
            await operations.start("order-processing", machine_user="ops-bot", argument=argument)
        dialog = await start_form(console)
        seen = []
        for _ in range(4):
            seen.append(compact_json(dialog.argument.typed))
            dialog.earlier.focus()
            await console.press("enter")
        assert seen == ['{"a":3}', '{"a":2}', '{"a":1.10}', '{"a":3}']
        assert len(console.backend.actions) == 4

    run(body, shop=shop_with_schema())


@pytest.mark.parametrize("is_typed", [False, True])
def test_it_is_started_again_with_what_an_execution_was_started_with(is_typed: bool) -> None:
    shop = shop_with_schema()
    history = AttemptHistory((), (), '{"orderId":"o-7","amount":7}', "ops-bot")
    shop.backend.histories[shop.order] = history

    async def body(console: Console) -> None:
        await console.until(lambda: console.app.first.list.cursor_id == shop.order, "the row")
        operations = console.app.session.operations
        assert operations is not None
        last = '{"orderId":"o-3","amount":3}'
        await operations.start(
            "order-processing", machine_user="manager-machine-user", argument=last
        )
        console.backend.hold("list_attempts")
        await console.command("start order-processing")
        dialog = await form(console)
        assert isinstance(dialog, StartDialog)
        await console.until(lambda: "last argument used here" in console.text(), "the last")
        if is_typed:
            dialog.argument.area.text = '{"mine": 1}'
            await console.settle()
        console.backend.release()
        await console.until(lambda: dialog.earlier.display, "what it was started with")
        await console.settle()
        typed = compact_json(dialog.argument.typed)
        assert typed == ('{"mine":1}' if is_typed else history.input)
        assert (f"what {short_id(shop.order)} was started with" in console.text()) is not is_typed
        assert dialog.user.text == "ops-bot"
        assert dialog.focused is dialog.back and len(console.backend.actions) == 1
        dialog.earlier.focus()
        await console.press("enter")
        assert compact_json(dialog.argument.typed) == last

    run(body, shop=shop, size=(100, 34))


def test_another_workflow_is_not_offered_what_this_one_was_started_with() -> None:
    shop = shop_with_schema()
    shop.backend.histories[shop.order] = AttemptHistory((), (), '{"orderId":"o-7"}')

    async def body(console: Console) -> None:
        await console.until(lambda: console.app.first.list.cursor_id == shop.order, "the row")
        await console.command("start stock-sync")
        dialog = await form(console)
        assert isinstance(dialog, StartDialog)
        await console.settle(0.2)
        assert dialog.argument.typed == "{}" and not dialog.earlier.display

    run(body, shop=shop)


def test_a_wait_point_says_what_its_answer_takes() -> None:
    async def body(console: Console) -> None:
        for _ in range(4):
            await console.do("move.down")
        await console.do("execution.resolve")
        await form(console)
        await console.until(lambda: "With" in console.text(), "the schema")
        assert "orderId  text, required" in console.text()
        assert "orderId is missing" in console.text() and "[ Back ]     Resolve" in console.text()

    run(body, shop=shop_with_schema())


def test_a_command_that_is_not_complete_is_not_copied(tmp_path: Path) -> None:
    async def body(console: Console) -> None:
        dialog = await start_form(console)
        dialog.argument.area.text = "{"
        dialog.copy.focus()
        await console.press("enter")
        await console.until(lambda: "the command is not complete" in console.text(), "the no")

    run(body, shop=shop_with_schema(), state_folder=tmp_path)
    assert not (tmp_path / "clipboard").exists()


def test_a_workflow_that_is_not_there_cannot_be_started() -> None:
    async def body(console: Console) -> None:
        await console.command("start no-such-workflow")
        dialog = await form(console)
        await console.until(lambda: "not found" in console.text(), "the complaint")
        assert not dialog.go.is_ready
        await console.press("tab", "enter")
        await console.settle(0.2)
        assert console.backend.calls["start"] == 0

    run(body)
