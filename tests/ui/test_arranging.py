"""Sorting, columns, and filters that tab completes."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from console.model.states import ExecutionStatus
from console.ui.dialogs.pick_columns import PickColumns
from console.ui.dialogs.pick_order import PickOrder
from console.ui.screens.executions import ExecutionsScreen
from tests.ui.consoles import Console, run
from tests.ui.shop import Shop

SIZE = (120, 24)


async def ask(console: Console, command: str, dialog: type) -> None:
    await console.do(command)
    await console.until(lambda: isinstance(console.screen, dialog), "the picker")
    await console.settle()


async def back(console: Console) -> None:
    await console.until(lambda: isinstance(console.screen, ExecutionsScreen), "the list")
    await console.settle()


def test_s_sorts_by_a_column_and_again_the_other_way() -> None:
    async def body(console: Console) -> None:
        usual = list(console.app.first.rows.ids)
        await ask(console, "list.sort", PickOrder)
        await console.press("j", "j", "enter")
        await back(console)
        assert "workflow, a to z" in console.lines()[1]
        assert "WORKFLOW ↑" in console.lines()[2]
        names = [
            console.app.first.rows.get(one).workflow_name for one in console.app.first.rows.ids
        ]  # type: ignore[union-attr]
        assert names == sorted(names)
        assert console.focused.id == console.shop.order, "the cursor stays on its execution"
        await ask(console, "list.sort", PickOrder)
        await console.press("enter")
        await back(console)
        assert "workflow, z to a" in console.lines()[1] and "WORKFLOW ↓" in console.lines()[2]
        await ask(console, "list.sort", PickOrder)
        await console.press("escape")
        await back(console)
        assert "workflow, z to a" in console.lines()[1], "escape changes nothing"
        await console.command("sort usual")
        assert console.app.first.rows.ids == usual and "newest first" in console.lines()[1]
        assert console.backend.actions == []

    run(body, size=SIZE)


async def click_title(console: Console, title: str) -> None:
    """Click the middle of a title, as it stands on the screen."""
    header = console.lines()[2]
    await console.pilot.click("#list", offset=(header.index(title) + len(title) // 2, 0))
    await console.settle()


def test_a_click_on_a_title_sorts_by_it_and_again_turns_it() -> None:
    async def body(console: Console) -> None:
        usual = list(console.app.first.rows.ids)
        cursor = console.focused.id
        await click_title(console, "TOOK")
        assert "took, longest first" in console.lines()[1] and "TOOK ↓" in console.lines()[2]
        await click_title(console, "TOOK")
        assert "took, shortest first" in console.lines()[1] and "TOOK ↑" in console.lines()[2]
        await click_title(console, "WORKFLOW")
        assert "workflow, a to z" in console.lines()[1]
        assert console.focused.id == cursor, "the cursor stays on its execution"
        await console.command("sort usual")
        await console.pilot.click("#list", offset=(1, 0))
        await console.settle()
        assert console.app.first.rows.ids == usual, "the gutter is no column"
        await console.pilot.click("#list", offset=(console.lines()[2].index("WORKFLOW") - 1, 0))
        await console.settle()
        assert console.app.first.rows.ids == usual, "nor is what lies between two"
        assert console.backend.actions == []

    run(body, size=SIZE)


def test_sort_is_a_command_with_completion_and_says_what_is_wrong() -> None:
    async def body(console: Console) -> None:
        await console.do("command.open")
        await console.type("sort wo")
        await console.do("pane.next")
        assert console.app.first.prompt.text.strip() == "sort workflow"
        await console.press("enter")
        assert "workflow, a to z" in console.lines()[1]
        await console.command("sort took asc")
        assert "took, shortest first" in console.lines()[1]
        await console.command("sort colour")
        assert console.notice.startswith("no column colour to sort by")
        assert "took, shortest first" in console.lines()[1]

    run(body, size=SIZE)


def test_c_chooses_columns_and_they_are_there_the_next_time(tmp_path: Path) -> None:
    async def first(console: Console) -> None:
        await ask(console, "list.columns", PickColumns)
        await console.press("j", "J", "J", "G", "space", "k", "k", "enter")
        await back(console)
        header = console.lines()[2].split()
        assert header == ["STATUS", "STARTED", "TOOK", "WORKFLOW", "DONE", "WHY", "RETRIES"]

    run(first, size=(140, 24), state_folder=tmp_path)
    file = tmp_path / "view.json"
    names = ["status", "started", "took", "workflow", "done", "why", "retries"]
    assert json.loads(file.read_text()) == {"columns": names}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("view")] == [
        "view.json"
    ]

    async def again(console: Console) -> None:
        assert "RETRIES" in console.lines()[2]
        await console.command("columns status id workflow finished")
        header = console.lines()[2].split()
        assert header == ["STATUS", "ID", "WORKFLOW", "FINISHED"]
        assert console.shop.order[:4] in console.row("┃")
        await ask(console, "list.columns", PickColumns)
        await console.press("u", "enter")
        await back(console)
        assert console.lines()[2].split()[-1] == "WHY"

    run(again, size=(140, 24), state_folder=tmp_path)


def test_the_order_is_kept_for_the_next_time_too(tmp_path: Path) -> None:
    file = tmp_path / "view.json"

    async def first(console: Console) -> None:
        await console.command("columns status workflow took")
        await console.command("sort workflow desc")

    async def again(console: Console) -> None:
        assert "workflow, z to a" in console.lines()[1]
        assert console.lines()[2].split() == ["STATUS", "WORKFLOW", "↓", "TOOK"]
        await console.command("sort usual")

    async def at_last(console: Console) -> None:
        assert "newest first" in console.lines()[1]

    run(first, size=SIZE, state_folder=tmp_path)
    assert json.loads(file.read_text())["sort"] == "workflow desc"
    run(again, size=SIZE, state_folder=tmp_path)
    assert "sort" not in json.loads(file.read_text())
    run(at_last, size=SIZE, state_folder=tmp_path)


def test_the_last_column_cannot_be_hidden_and_escape_keeps_what_was() -> None:
    async def body(console: Console) -> None:
        await console.command("columns workflow")
        await ask(console, "list.columns", PickColumns)
        await console.press("space", "space", "j", "space", "escape")
        await back(console)
        assert console.lines()[2].split() == ["WORKFLOW"]
        await console.command("columns workflow colour")
        assert console.notice.startswith("no column colour")

    run(body, size=SIZE)


def test_a_column_hidden_and_shown_again_is_where_it_was() -> None:
    async def body(console: Console) -> None:
        columns = console.app.first.rows
        for keys, names in (
            (("j", "space", "space"), ("status", "workflow", "took")),
            (
                ("j", "space", "g", "j", *["space"] * 2, "j", "space"),
                ("status", "workflow", "took"),
            ),
            (("u", "j", "space", "g", "J", *"jjjj", "space"), ("started", "workflow", "status")),
        ):
            await console.command("columns status workflow took")
            await ask(console, "list.columns", PickColumns)
            await console.press(*keys, "enter")
            await back(console)
            assert columns.column_names[: len(names)] == names

    run(body, size=SIZE)


def test_a_chosen_column_without_room_says_so() -> None:
    async def body(console: Console) -> None:
        await ask(console, "list.columns", PickColumns)
        assert "no room here" in console.row("✓ took") and "no room here" in console.row("✓ done")
        assert "no room here" not in console.row("✓ started")
        assert "no room here" not in console.row("  finished"), "it is not chosen"
        await console.press("j", "j", "j", "j", "space")
        await console.settle()
        assert "no room here" not in console.row("✓ took"), "without done there is room for it"

    run(body, size=(80, 24))
    run(_all_have_room, size=SIZE)


async def _all_have_room(console: Console) -> None:
    await ask(console, "list.columns", PickColumns)
    assert "no room here" not in console.text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"columns": ["colour"]}',
        '{"columns": 7}',
        '{"columns": ["status", "why"], "sort": "colour"}',
    ],
)
def test_a_broken_file_is_ignored_with_a_note(text: str, tmp_path: Path) -> None:
    (tmp_path / "view.json").write_text(text)

    async def body(console: Console) -> None:
        assert "view.json" in console.text() and console.lines()[2].split()[-1] == "WHY"

    run(body, size=(200, 24), state_folder=tmp_path)


def test_tab_completes_fields_states_and_workflows_of_a_filter() -> None:
    async def body(console: Console) -> None:
        prompt = console.app.first.prompt
        await console.do("find.open")
        await console.type("w")
        assert "wf=" in console.footer and "wf!=" in console.footer
        await console.press("tab")
        assert prompt.text == "wf"
        await console.type("=re")
        assert "wf=refund-approval" in console.footer
        await console.press("tab")
        assert prompt.text == "wf=refund-approval"
        await console.type(" status=wa")
        await console.press("tab")
        assert prompt.text == "wf=refund-approval status=waiting"
        await console.type(" age>1")
        await console.press("enter")
        assert console.footer.strip().startswith("filter: column"), "age>1 lacks its unit"
        assert prompt.is_open and prompt.text.endswith(" age>1"), "it stays, to be mended"
        await console.type("h")
        assert "filter: column" not in console.footer
        await console.press("enter")
        assert "age>1h" in console.lines()[1] and not prompt.is_open
        await console.command("filter wf=refund-approval appro")
        view = console.lines()[1]
        assert "server: wf=refund-approval" in view and "here: appro" in view

    run(body, size=SIZE)


def test_tab_completes_the_filter_of_the_command_line_too() -> None:
    async def body(console: Console) -> None:
        await console.do("command.open")
        await console.type("filter status=wai")
        await console.press("tab", "enter")
        await console.until(lambda: len(console.app.first.rows.ids) == 1, "the waiting one")
        assert "server: status=waiting" in console.lines()[1]

    run(body, size=SIZE)


def test_rows_stand_by_the_start_they_show_also_when_older_ones_come_and_one_was_resumed() -> None:
    shop = Shop()
    now = shop.clock.now()
    for number in range(250):
        shop._done("stock-sync", 20_000 + number * 60)
    resumed = shop._done("stock-sync", 90_000)
    shop.backend.put(
        replace(
            shop.backend.executions[resumed],
            status=ExecutionStatus.RUNNING,
            started_at=now - timedelta(seconds=10),
            finished_at=None,
        )
    )

    async def body(console: Console) -> None:
        first = console.app.first
        await console.do("list.toggle-all")
        await console.until(lambda: len(first.rows.ids) == 200, "the first page")
        assert resumed not in first.rows.ids, "the server lists it far below"
        await console.do("move.bottom")
        cursor = console.focused.id
        await console.until(lambda: len(first.rows.ids) == 298, "the older ones")
        assert first.rows.ids[0] == resumed, "it began a moment ago"
        assert console.focused.id == cursor and first.list.cursor_id == cursor
        starts = [first.rows.get(one).started_at for one in first.rows.ids]  # type: ignore[union-attr]
        assert starts == sorted(starts, reverse=True)
        assert len(set(first.rows.ids)) == len(first.rows.ids) == len(shop.backend.executions)

    run(body, size=SIZE, shop=shop)
