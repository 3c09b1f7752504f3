"""The frame of the forms: buttons that stay on the screen, and a command that can be copied."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from console.model.states import ExecutionStatus
from console.ui.dialogs.form import FormDialog
from console.ui.dialogs.start import StartDialog
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
        await console.command("start order-processing")
        dialog = await form(console)
        assert isinstance(dialog, StartDialog) and dialog.focused is dialog.back
        dialog.argument.area.text = "{\n" + "\n" * 30
        await console.settle()
        assert "[ Back ]     Start" in console.text()
        dialog.tell("something went wrong. " * 6)
        await console.settle()
        assert "[ Back ]     Start" in console.text()
        assert "something went wrong" in console.text()

    run(body, size=size)


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
