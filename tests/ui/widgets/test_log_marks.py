"""Lines of a log are marked, gone to and kept while the log grows, is filtered and wrapped."""

from __future__ import annotations

from textual.pilot import Pilot

from console.present.glyphs import ASCII
from console.present.line import plain
from console.present.log_marks import LogMarks
from console.ui.widgets.log_view import LogView
from tests.ui.widgets.pilots import Bench, run
from tests.ui.widgets.test_log_filter import filtered, shown
from tests.ui.widgets.test_log_view import lines, more, spool_of

App = Bench[LogView]


def said(app: App) -> str:
    return [m.text for m in app.names(LogView.Said) if isinstance(m, LogView.Said)][-1]


def test_m_marks_the_top_line_or_the_last_one_while_following() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        view = app.widget
        view.attach(spool_of(lines(0, 100)))
        await pilot.press("m")
        assert app.screen_text()[-1] == "*line 99" and said(app) == "line 100 marked"
        await pilot.press("g", "m", "j", "j", "m")
        assert view.marks is not None and view.marks.lines == [0, 2, 99]
        assert app.screen_text()[0] == "*line 2"
        assert plain(view.subtitle()) == "not following - 3 marked - 100 lines"
        await pilot.press("m")
        assert view.marks.lines == [0, 99] and said(app) == "line 3 is not marked any more"
        await pilot.press("U")
        assert not view.marks and "marked" not in plain(view.subtitle())

    run(LogView(glyphs=ASCII), body)


def test_quotes_go_from_mark_to_mark_and_say_when_there_is_none() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        view = app.widget
        view.attach(spool_of(lines(0, 500)))
        await pilot.press("apostrophe")
        assert said(app) == "no line is marked yet"
        await pilot.press("g")
        for line in (3, 200, 499):
            view.marks = view.marks or LogMarks()
            view.marks.toggle(line)
        seen = []
        for key in ("apostrophe", "apostrophe", "apostrophe", "apostrophe", "quotation_mark"):
            await pilot.press(key)
            seen.append(view._search.match)
        assert seen == [3, 200, 499, 499, 200]
        assert said(app) == "no marked line below"
        assert "*line 200" in app.screen_text()
        await pilot.press("m")
        assert view.marks is not None and view.marks.lines == [3, 499]

    run(LogView(), body)


def test_shift_and_arrows_choose_the_line_to_be_marked() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        view = app.widget
        view.attach(spool_of(lines(0, 100)))
        await pilot.press("shift+up", "shift+up", "shift+up", "m")
        assert app.screen_text()[-3:] == ["*line 97", " line 98", " line 99"]
        assert view.is_following, "nothing scrolled"
        await pilot.press("g", *["shift+down"] * 30, "m")
        assert view.marks is not None and view.marks.lines == [29, 97]
        assert app.screen_text()[-1] == "*line 29"
        view.is_wrapped = True
        await pilot.press("shift+down", "shift+down")
        assert app.screen_text()[-1] == "┃line 31"

    run(LogView(), body)


def test_a_chosen_line_below_long_ones_comes_into_view() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        view = app.widget
        view.is_wrapped = True
        view.attach(spool_of(b"".join(b"%d %s\n" % (n, b"x" * 200) for n in range(60))))
        await pilot.press("g", *["shift+down"] * 20, "m")
        assert view.marks is not None and view.marks.lines == [19]
        assert any(row.startswith("*19 xxx") for row in app.screen_text())

    run(LogView(), body)


def test_marks_stay_through_new_lines_a_filter_and_wrapping() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        view = app.widget
        view.attach(spool_of(lines(0, 100)))
        await pilot.press("g", "m", "j", "j", "j", "j", "j", "m")
        await more(app, pilot, lines(100, 160))
        await filtered(app, pilot, "line 5")
        assert shown(app)[3] == "*line 5" and "*line 0" not in shown(app)
        await pilot.press("quotation_mark")
        assert said(app) == "no marked line above", "the one that is left out is passed over"
        assert view.peel()
        view.is_wrapped = True
        await pilot.press("g")
        assert app.screen_text()[0] == "*line 0" and app.screen_text()[5] == "*line 5"
        assert view.lines_with_marks() == [b"line 0", b"line 5"]

    run(LogView(), body)


def test_another_log_has_its_own_marks() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        view, first = app.widget, spool_of(lines(0, 5))
        view.attach(first)
        view.keep_marks(marks := LogMarks())
        await pilot.press("m")
        view.attach(spool_of(lines(5, 9)))
        await pilot.pause()
        assert all("*" not in row for row in app.screen_text())
        view.attach(first)
        view.keep_marks(marks)
        await pilot.pause()
        assert app.screen_text()[4] == "*line 4"

    run(LogView(), body)
