"""The log follows its end, never fights the reader, and shows text as text."""

from __future__ import annotations

from datetime import UTC

from textual.pilot import Pilot

from console.present.line import Span, plain
from console.sync.spool import LogSpool
from console.ui.widgets.log_view import LogView
from tests.ui.widgets.pilots import Bench, Repaints, run

App = Bench[LogView]


def lines(start: int, stop: int) -> bytes:
    return b"".join(b"line %d\n" % number for number in range(start, stop))


def spool_of(data: bytes) -> LogSpool:
    spool = LogSpool()
    spool.append(data)
    return spool


async def more(app: App, pilot: Pilot[None], data: bytes) -> None:
    """Append, and let the view's pace pass without waiting for it."""
    spool = app.widget.spool
    assert spool is not None
    spool.append(data)
    app.widget.grew()
    if app.widget._gate is not None:
        app.widget._gate.stop()
        app.widget._open_gate()
    await pilot.pause()


def test_a_log_is_shown_from_its_end_and_followed() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(lines(0, 100)))
        await pilot.pause()
        assert app.screen_text()[-1].strip() == "line 99"
        await more(app, pilot, lines(100, 110))
        assert app.screen_text()[-1].strip() == "line 109"
        assert plain(app.widget.subtitle()) == "following · 110 lines"

    run(LogView(), body)


def test_scrolling_up_stops_following_and_counts_what_comes() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(lines(0, 100)))
        await pilot.press("k")
        assert not app.widget.is_following
        before = app.screen_text()
        await more(app, pilot, lines(100, 137))
        assert app.screen_text() == before
        assert plain(app.widget.subtitle()) == "37 new lines ↓ · 137 lines"
        await pilot.press("G")
        await pilot.pause()
        assert app.widget.is_following
        assert app.screen_text()[-1].strip() == "line 136"
        assert app.names(LogView.StatusChanged)

    run(LogView(), body)


def test_f_takes_following_up_again_and_scrolling_to_the_end_too() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(lines(0, 100)))
        await pilot.press("g", "F")
        assert app.widget.is_following
        await pilot.press("k", "j")
        assert app.widget.is_following

    run(LogView(), body)


def test_a_page_moves_by_space_and_b() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(lines(0, 100)))
        await pilot.press("g", "space")
        assert app.widget.scroll_offset.y == app.widget.page_height - 1
        await pilot.press("b")
        assert app.widget.scroll_offset.y == 0

    run(LogView(), body)


def test_a_short_log_that_grows_past_the_pane_is_followed() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(b""))
        for start in range(0, 60, 5):
            await more(app, pilot, lines(start, start + 5))
        assert app.widget.is_following
        assert app.screen_text()[-1].strip() == "line 59"

    run(LogView(), body)


def test_an_unfinished_line_grows_in_place() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(b"one\ntw"))
        await pilot.pause()
        repaints = Repaints(app.widget)
        await more(app, pilot, b"o\n")
        assert app.screen_text()[1].strip() == "two"
        assert repaints.regions == [(3, 1, 1, 1)]

    run(LogView(), body)


def test_a_burst_is_painted_once_and_then_at_its_pace() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        spool = spool_of(lines(0, 5))
        app.widget.attach(spool)
        await pilot.pause()
        repaints = Repaints(app.widget)
        for number in range(200):
            spool.append(b"burst %d\n" % number)
            app.widget.grew()
        assert app.widget.line_count == 6
        assert repaints.cells <= 80
        gate = app.widget._gate
        assert gate is not None
        gate.stop()
        app.widget._open_gate()
        assert app.widget.line_count == 205

    run(LogView(), body)


def test_markup_and_escapes_are_shown_never_obeyed() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(b"[red]x[/] [@click=app.quit]y[/] \x1b[2J\x07\n"))
        await pilot.pause()
        assert app.screen_text()[0].strip() == "[red]x[/] [@click=app.quit]y[/] ␛[2J␇"

    run(LogView(), body)


def test_times_have_a_column_of_their_own() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(b"2026-11-24T03:10:21.003Z hello\n"), has_times=True)
        await pilot.pause()
        assert app.screen_text()[0] == " 03:10:21.003  hello"

    run(LogView(zone=UTC), body)


def test_sideways_scrolling_is_not_undone_by_new_lines() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(
            spool_of(b"2026-11-24T03:10:21.003Z " + b"abcdefghij" * 20 + b"\n"), has_times=True
        )
        await pilot.press("right")
        await pilot.pause()
        assert app.screen_text()[0].startswith(" 03:10:21.003  ghij")
        await more(app, pilot, b"2026-11-24T03:10:22.003Z " + b"abcdefghij" * 9 + b"\n")
        assert app.screen_text()[1].startswith(" 03:10:22.003  ghij")
        assert plain(app.widget.subtitle()) == "following · from column 17 · 2 lines"
        await pilot.press("h")
        await pilot.pause()
        assert app.screen_text()[0].startswith(" 03:10:21.003  abcd")

    run(LogView(zone=UTC), body)


def test_search_goes_to_matches_and_marks_them() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        data = lines(0, 300) + b"the Needle\n" + lines(300, 600) + b"needle again\n" + lines(0, 50)
        app.widget.attach(spool_of(data))
        await pilot.press("g")
        assert await app.widget.search("needle")
        await pilot.pause()
        assert any("the Needle" in line for line in app.screen_text())
        assert not app.widget.is_following
        assert await app.widget.next_match()
        assert not await app.widget.next_match()
        assert await app.widget.previous_match()
        assert any(
            span.ground == "match" and span.text == "Needle"
            for y in range(app.widget.size.height)
            for span in app.widget.row_at(y)[0]
        )
        assert not await app.widget.search("nowhere")
        app.widget.clear_search()

    run(LogView(), body)


def test_a_line_that_goes_on_to_the_right_says_so() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        view = app.widget
        fits = "f" * (view.size.width - 1)
        view.attach(spool_of(f"{fits}\n{fits}x\n{'ab' * 60}END\n".encode()))
        await pilot.pause()
        text = app.screen_text()
        assert text[0].strip() == fits
        assert text[1].endswith("f…") and text[2].endswith("b…")
        assert view.seen_lines()[2].endswith(b"END"), "what is copied is whole"
        while view._left < 64:
            view.action_sideways(1)
        await pilot.pause()
        assert app.screen_text()[2].rstrip().endswith("abEND")
        view.is_wrapped = True
        await pilot.pause()
        assert not any("…" in line for line in app.screen_text())

    run(LogView(), body, size=(80, 24))


def test_wrapped_lines_reach_the_end_of_the_log() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        data = b"".join(b"%d " % n + b"word " * 40 + b"end-%d\n" % n for n in range(30))
        app.widget.attach(spool_of(data))
        app.widget.is_wrapped = True
        await pilot.pause()
        assert "end-29" in "\n".join(app.screen_text()[-3:])
        await more(app, pilot, b"word " * 40 + b"last\n")
        assert "last" in "\n".join(app.screen_text()[-3:])
        await pilot.press("g")
        await pilot.pause()
        assert app.screen_text()[0].strip().startswith("0 word")

    run(LogView(), body)


def test_another_log_begins_anew() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(lines(0, 100)))
        await pilot.press("g")
        app.widget.attach(spool_of(lines(500, 503)))
        await pilot.pause()
        assert app.widget.is_following
        assert [line.strip() for line in app.screen_text()[:4]] == [
            "line 500", "line 501", "line 502", "",
        ]  # fmt: skip

    run(LogView(), body)


def test_no_log_says_why() -> None:
    widget = LogView()
    widget.empty = ((Span("The log could not be read: timed out.", "dim"),),)

    async def body(app: App, pilot: Pilot[None]) -> None:
        assert "could not be read" in app.screen_text()[0]
        app.widget.attach(None)
        assert app.widget.subtitle() == ()

    run(widget, body)


def test_a_line_of_a_megabyte_is_cut() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(b"x" * 1_000_000 + b"\n"))
        await pilot.pause()
        assert app.screen_text()[0].startswith(" xxx")

    run(LogView(), body)
