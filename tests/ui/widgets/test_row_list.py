"""The list keeps its place by id and repaints only what changed."""

from __future__ import annotations

from collections.abc import Mapping

from textual.pilot import Pilot

from console.present.columns import Column
from console.present.line import Line, Span
from console.ui.widgets.row_list import RowList
from tests.ui.widgets.pilots import Bench, Repaints, run


class Shelf:
    """Rows that can change, and a count of how often they were asked for."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        self.asked = 0

    def columns(self, width: int) -> list[Column]:
        return [Column("name", "NAME", 10), Column("word", "WORD", width - 12)]

    def cells(self, row_id: str) -> Mapping[str, Line]:
        self.asked += 1
        word = self.words.get(row_id, "quiet")
        return {"name": (Span(row_id),), "word": (Span(word, "failed"),)}

    def list(self) -> RowList:
        return RowList(self.columns, self.cells)


App = Bench[RowList]


def ids(*numbers: int) -> list[str]:
    return [f"row-{number}" for number in numbers]


def test_the_cursor_stays_on_its_id_while_rows_move() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        rows = app.widget
        rows.set_rows(ids(1, 2, 3, 4))
        await pilot.press("j", "j")
        assert rows.cursor_id == "row-3"
        rows.set_rows(ids(9, 8, 3, 1, 2))
        assert rows.cursor_id == "row-3"
        rows.set_rows(ids(3, 9, 8))
        assert rows.cursor_id == "row-3" and rows.cursor_index == 0

    run(Shelf().list(), body)


def test_the_cursors_row_stays_where_it_is_on_the_screen() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        rows = app.widget
        rows.set_rows(ids(*range(100)))
        await pilot.press("G", "k", "k")
        await pilot.pause()
        before = rows.cursor_index - rows.scroll_offset.y
        rows.set_rows([*ids(*range(500, 510)), *ids(*range(100))])
        await pilot.pause()
        assert rows.cursor_id == "row-97"
        assert rows.cursor_index - rows.scroll_offset.y == before

    run(Shelf().list(), body)


def test_a_row_that_goes_leaves_the_cursor_at_its_place_and_says_so() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        rows = app.widget
        rows.set_rows(ids(1, 2, 3))
        await pilot.press("j")
        app.posted.clear()
        rows.set_rows(ids(1, 3))
        await pilot.pause()
        assert rows.cursor_id == "row-3"
        (message,) = app.names(RowList.RowHighlighted)
        assert isinstance(message, RowList.RowHighlighted) and message.row_id == "row-3"
        rows.set_rows([])
        await pilot.pause()
        assert rows.cursor_id is None

    run(Shelf().list(), body)


def test_keys_move_and_enter_opens() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        rows = app.widget
        rows.set_rows(ids(*range(100)))
        await pilot.pause()
        page = rows.page_height
        for keys, index in [
            (["j", "down"], 2),
            (["k", "up", "up"], 0),
            (["ctrl+d"], page // 2),
            (["ctrl+u"], 0),
            (["pagedown"], page - 1),
            (["ctrl+f"], 2 * (page - 1)),
            (["pageup"], page - 1),
            (["G"], 99),
            (["g"], 0),
            (["end"], 99),
            (["home"], 0),
        ]:
            await pilot.press(*keys)
            assert rows.cursor_index == index, keys
            top = rows.scroll_offset.y
            assert top <= index < top + page
        await pilot.press("j", "enter")
        (opened,) = app.names(RowList.RowOpened)
        assert isinstance(opened, RowList.RowOpened) and opened.row_id == "row-1"

    run(Shelf().list(), body)


def test_a_click_moves_and_a_double_click_opens() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.set_rows(ids(1, 2, 3))
        await pilot.pause()
        await pilot.click(RowList, offset=(5, 2))
        assert app.widget.cursor_id == "row-2"
        assert app.names(RowList.RowOpened) == []
        await pilot.click(RowList, offset=(5, 3), times=2)
        assert app.widget.cursor_id == "row-3"
        assert len(app.names(RowList.RowOpened)) == 1

    run(Shelf().list(), body)


def test_only_the_changed_cells_are_repainted() -> None:
    shelf = Shelf()

    async def body(app: App, pilot: Pilot[None]) -> None:
        rows = app.widget
        rows.set_rows(ids(*range(100)))
        await pilot.pause()
        repaints = Repaints(rows)
        shelf.words["row-4"] = "quick"
        shelf.words["row-90"] = "unseen"
        rows.patch(["row-4", "row-90"])
        assert repaints.regions == [(15 + len("qui"), 5, 2, 1)]
        assert repaints.whole == 0 and repaints.layouts == 0
        await pilot.pause()
        assert "quick" in app.screen_text()[5]
        rows.patch()
        assert len(repaints.regions) == 1

    run(shelf.list(), body)


def test_one_more_row_repaints_no_more_than_itself() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        rows = app.widget
        rows.set_rows(ids(1, 2, 3))
        await pilot.pause()
        repaints = Repaints(rows)
        rows.set_rows(ids(1, 2, 3, 4))
        await pilot.pause()
        assert repaints.layouts == 0 and repaints.whole == 0
        assert {region[1] for region in repaints.regions} == {4}
        assert "row-4" in app.screen_text()[4]

    run(Shelf().list(), body)


def test_a_hundred_thousand_rows_cost_only_what_is_seen() -> None:
    shelf = Shelf()

    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.set_rows(ids(*range(100_000)))
        await pilot.pause()
        await pilot.press("G")
        await pilot.pause()
        assert app.widget.cursor_id == "row-99999"
        assert "row-99999" in app.screen_text()[-1]
        assert shelf.asked < 100

    run(shelf.list(), body)


def test_markup_and_escapes_in_a_row_stay_text() -> None:
    shelf = Shelf()
    shelf.words["row-1"] = "[b]bold[/b] [@click=app.quit]x[/]"

    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.set_rows(ids(1))
        await pilot.pause()
        assert "[b]bold[/b] [@click=app.quit]x[/]" in app.screen_text()[1]

    run(shelf.list(), body)


def test_marks_are_by_id_and_survive_a_new_order() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        rows = app.widget
        rows.set_rows(ids(1, 2, 3, 4, 5))
        rows.toggle_mark()
        await pilot.press("j", "j")
        rows.mark_range()
        assert rows.marks == set(ids(1, 2, 3, 4))
        rows.set_rows(ids(5, 4, 3, 2, 1))
        await pilot.pause()
        assert rows.marks == set(ids(1, 2, 3, 4))
        assert [line[1] for line in app.screen_text()[1:6]] == [" ", "*", "*", "*", "*"]
        assert len(app.names(RowList.MarksChanged)) == 2

    run(Shelf().list(), body)


def test_the_cursor_is_seen_without_colour() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.set_rows(ids(1, 2))
        await pilot.press("j")
        await pilot.pause()
        assert [line[:1] for line in app.screen_text()[1:3]] == [" ", "┃"]

    run(Shelf().list(), body)


def test_an_empty_list_says_why() -> None:
    rows = Shelf().list()
    rows.empty = ((Span("No problems.", "dim"),),)

    async def body(app: App, pilot: Pilot[None]) -> None:
        assert "No problems." in "\n".join(app.screen_text())
        app.widget.set_rows(ids(1))
        await pilot.pause()
        assert "No problems." not in "\n".join(app.screen_text())

    run(rows, body)


def test_another_size_keeps_cursor_and_asks_for_columns_again() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        rows = app.widget
        rows.set_rows(ids(*range(50)))
        await pilot.press("G")
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        assert rows.cursor_id == "row-49"
        assert "row-49" in app.screen_text()[-1]
        assert rows.columns[1].width == rows.line_width - 3 - 12

    run(Shelf().list(), body)
