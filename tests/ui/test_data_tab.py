"""The data tab: JSON folds under a cursor, values are copied, long documents stay quick."""

from __future__ import annotations

import json
from dataclasses import replace

from console.ui.screens.execution import ExecutionScreen
from console.ui.widgets.data_view import DataView
from tests.fakes.backend import BARE
from tests.ui.consoles import Console, run
from tests.ui.shop import Shop


def shop_with_input(text: str) -> Shop:
    shop = Shop()
    history = shop.backend.histories[shop.order]
    shop.backend.histories[shop.order] = replace(history, input=text)
    return shop


async def data_of(console: Console) -> DataView:
    await console.do("execution.data")
    screen = console.screen
    assert isinstance(screen, ExecutionScreen)
    await console.until(lambda: '"charged": true' in console.text(), "the result")
    return screen.pane.data


async def to(console: Console, part: str) -> None:
    """Put the cursor on the first row with this text."""
    await console.do("move.top")
    await console.command(f"find {part}")
    await console.until(lambda: part in console.row("┃"), part)
    await console.do("nav.escape")


def test_another_width_keeps_the_cursor_on_its_row() -> None:
    long = '{"path": "' + "a long word " * 12 + '", "charged": 1}'

    async def body(console: Console) -> None:
        await data_of(console)
        await to(console, '"charged": true')
        for size in ((60, 24), (140, 40), (20, 5), (100, 30), (80, 24)):
            await console.pilot.resize_terminal(*size)
            await console.settle()
            if size != (20, 5):
                await console.until(lambda: '"charged": true' in console.row("┃"), f"{size}")

    run(body, size=(80, 40), shop=shop_with_input(long))


def test_what_is_read_later_does_not_push_an_untouched_cursor_down() -> None:
    async def body(console: Console) -> None:
        await console.do("execution.data")
        screen = console.screen
        assert isinstance(screen, ExecutionScreen)
        view, reader = screen.pane.data, screen.pane.reader
        await console.until(lambda: "Attempts" in console.text(), "the data")
        await console.settle()
        sections = list(reader.sections(screen.pane.watch_feeds))
        view.forget_documents()
        view._sections_for = lambda: sections[2:]
        view.update()
        assert view.cursor_index == 0
        view._sections_for = lambda: sections
        view.update()
        assert view.cursor_index == 0 and console.row("┃").startswith("┃Error")
        await console.do("move.down")
        row = console.row("┃")
        view._sections_for = lambda: [sections[3], *sections]
        view.update()
        assert console.row("┃") == row and view.cursor_index > 1

    run(body)


def test_json_folds_under_the_cursor_and_the_cursor_stays_there() -> None:
    async def body(console: Console) -> None:
        view = await data_of(console)
        await to(console, "lines")
        await console.do("data.fold")
        assert console.row("┃").endswith('"lines": [{…}]')
        assert '"sku"' not in console.text()
        view.update()
        assert console.row("┃").endswith('"lines": [{…}]'), "composed again, it stays folded"
        await console.press("space")
        assert '"sku": "chair"' in console.text() and console.row("┃").endswith('"lines": [')
        await to(console, "sku")
        await console.press("left")
        assert console.row("┃").strip(" ┃") == "{"
        await console.press("left")
        assert console.row("┃").strip(" ┃") == '{"sku": "chair", "count": 2}'
        await console.press("left", "left")
        assert console.row("┃").endswith('"lines": [{…}]')
        await console.press("right", "right")
        assert '"sku"' in console.text() and console.row("┃").endswith('"lines": [')
        await to(console, "customerId")
        await console.do("data.fold")
        assert console.row("┃").strip(" ┃").startswith("Input         {"), (
            "a value folds what it is in"
        )

    run(body, size=(120, 60))


def test_y_copies_the_value_under_the_cursor() -> None:
    async def body(console: Console) -> None:
        await data_of(console)
        for part, text in {
            "customerId": "4417",
            "orderId": "A-17",
            "sku": "chair",
            "runs as": "ops-bot",
        }.items():
            await to(console, part)
            await console.do("copy.id")
            assert console.app.clipboard == text, part
        await to(console, '"lines"')
        await console.do("copy.id")
        assert json.loads(console.app.clipboard) == [{"sku": "chair", "count": 2}]
        assert console.notice.startswith("copied value, 6 lines")
        await console.do("move.top")
        await console.do("copy.id")
        assert console.app.clipboard == console.shop.order, "where there is no value it is the id"
        await console.do("execution.jobs")
        await console.do("copy.id")
        assert console.app.clipboard == console.shop.order

    run(body, size=(120, 60))


def test_a_search_looks_into_what_is_folded() -> None:
    async def body(console: Console) -> None:
        view = await data_of(console)
        await to(console, "orderId")
        await console.press("left", "left")
        assert '"sku"' not in console.text()
        await console.do("move.top")
        await console.command("find sku")
        assert console.row("┃").strip(" ┃") == '"sku": "chair",'
        await console.do("find.next")
        assert console.row("┃").strip(" ┃") == '"sku": "chair",'
        await console.command("find charged")
        await console.press("left", "left")
        await console.do("move.bottom")
        await console.do("find.previous")
        assert console.row("┃").strip(" ┃") == '"charged": true'
        assert view.is_searching

    run(body, size=(120, 60))


def test_a_document_of_five_megabytes_is_moved_through() -> None:
    orders = [{"id": f"A-{n}", "note": "x" * 150} for n in range(28_000)]
    shop = shop_with_input(json.dumps({"orders": orders, "text": "line\n" * 100_000}))

    async def body(console: Console) -> None:
        view = await data_of(console)
        await to(console, '"orders"')
        before = view.line_count
        await console.do("data.fold")
        assert view.line_count == before + 28_001
        assert console.row("A-0") and console.row("A-1")
        await console.do("move.page-down")
        await console.do("view.wrap")
        await console.do("view.wrap")
        await console.do("move.bottom")
        await console.command("find A-27999")
        await console.do("find.previous")
        await console.until(lambda: 'id": "A-27999"' in console.row("┃"), "the last order")

    run(body, shop=shop, size=(100, 24))


def test_what_a_value_says_to_a_terminal_is_shown() -> None:
    async def body(console: Console) -> None:
        await data_of(console)
        await to(console, "evil")
        assert "\\u001b[2J" in console.row("┃")
        await console.do("copy.id")
        assert console.app.clipboard == "␛[2J[b]x[/b]"

    run(body, shop=shop_with_input(json.dumps({"evil": "\x1b[2J[b]x[/b]"})), size=(120, 60))


def test_what_the_backend_does_not_have_is_said() -> None:
    async def body(console: Console) -> None:
        await console.do("execution.data")
        await console.until(lambda: "process-order  version 3" in console.text(), "the versions")
        for label in ("Attempts", "Input", "Wait points"):
            assert console.row(label).strip(" ┃") == f"{label:<14}not available from this backend"

    shop = Shop()
    shop.backend.known = BARE
    run(body, shop=shop, size=(120, 80))


def test_wait_points_are_listed_with_what_they_were_given() -> None:
    async def body(console: Console) -> None:
        await console.command(f"open {console.shop.refund}")
        await console.do("execution.data")
        await console.until(lambda: "approval   waits" in console.text(), "the wait point")
        assert '"note": "[b]not markup[/b]"' in console.text()

    run(body, size=(120, 40))


def test_the_job_under_the_cursor_shows_its_own_input_result_and_attempts() -> None:
    async def body(console: Console) -> None:
        await console.command(f"open {console.shop.order}")
        await console.do("execution.jobs")
        await console.until(lambda: "charge-card" in console.text(), "the jobs")
        for _ in range(4):
            await console.press("up")
            if "charge-card" in console.row("┃"):
                break
        await console.do("execution.data")
        await console.until(lambda: '"charged": true' in console.text(), "the job's result")
        job = next(line for line in console.lines() if "Job  " in line)
        assert "process-order/charge-card" in job and "✓" in job
        assert "1  ✓" in console.row("Job tried")
        text = console.text()
        assert text.index("Job input") < text.index("Job result") < text.index("Error  ")
        assert "Job error" not in text
        await console.do("execution.jobs")
        await console.press("down")
        await console.do("execution.data")
        await console.until(lambda: "Job error" in console.text(), "the error of the next one")
        assert "process-order/send-notification" in console.row("Job  ")

    run(body, size=(120, 60))


def test_a_job_whose_input_the_backend_does_not_tell_says_so() -> None:
    async def body(console: Console) -> None:
        await console.do("execution.data")
        await console.until(lambda: "Job input" in console.text(), "the job")
        assert console.row("Job input").strip(" ┃").endswith("not available from this backend")

    shop = Shop()
    shop.backend.known = BARE
    run(body, shop=shop, size=(120, 60))
