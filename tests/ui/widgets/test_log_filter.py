"""A log of which only some lines are shown goes on being followed, searched and left again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from textual.pilot import Pilot

from console.present.line import plain
from console.ui.widgets.log_view import LogView
from tests.ui.widgets.pilots import Bench, run
from tests.ui.widgets.test_log_view import lines, more, spool_of

App = Bench[LogView]


def shown(app: App) -> list[str]:
    return [line.strip() for line in app.screen_text() if line.strip()]


async def filtered(app: App, pilot: Pilot[None], pattern: str) -> None:
    app.widget.filter(pattern)
    await caught_up(app, pilot)


async def caught_up(app: App, pilot: Pilot[None]) -> None:
    """Wait until the filter has looked at every line, and show what it found."""
    await app.workers.wait_for_complete()
    if app.widget._gate is not None:
        app.widget._gate.stop()
        app.widget._open_gate()
    await app.workers.wait_for_complete()
    await pilot.pause()


def test_only_matching_lines_are_shown_with_neighbours_and_gaps() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(lines(0, 30) + b"a NEEDLE here\n" + lines(31, 60)))
        await filtered(app, pilot, "needle")
        assert shown(app) == [
            "… 28 lines", "line 28", "line 29", "a NEEDLE here", "line 31", "line 32", "… 27 lines",
        ]  # fmt: skip
        tones = {plain(app.widget.row_at(y)[0]).strip(): app.widget.row_at(y)[0] for y in (1, 3)}
        assert tones["line 28"][-1].tone == "dim"
        assert any(span.ground == "match" for span in tones["a NEEDLE here"])
        assert plain(app.widget.subtitle()) == "following · 1 of 60 lines with needle"

    run(LogView(), body)


def test_what_is_written_then_is_filtered_and_followed() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(lines(0, 100)))
        await filtered(app, pilot, "needle")
        assert shown(app) == ["… 100 lines"]
        await more(app, pilot, b"first needle\n" + lines(0, 40) + b"second nee")
        await caught_up(app, pilot)
        assert shown(app)[-3:] == ["line 0", "line 1", "… 38 lines"]
        await more(app, pilot, b"dle\n")
        await caught_up(app, pilot)
        assert shown(app)[-1] == "second needle"
        for number in range(30):
            await more(app, pilot, b"needle %d\n" % number)
        await caught_up(app, pilot)
        assert app.widget.is_following and shown(app)[-1] == "needle 29"
        await pilot.press("g")
        await more(app, pilot, b"x\ny needle\n")
        await caught_up(app, pilot)
        assert plain(app.widget.subtitle()).startswith("1 new line ↓ · 33 of ")
        await pilot.press("F")
        assert shown(app)[-1] == "y needle"

    run(LogView(), body)


def test_new_lines_are_those_since_the_reader_left_the_end_with_and_without_a_filter() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        view = app.widget
        view.attach(spool_of(lines(0, 100) + b"needle\n" * 60 + lines(0, 100)))
        await pilot.press("g")
        await more(app, pilot, b"a needle\nsomething else\n" * 2)
        assert view.new_lines == 4
        await filtered(app, pilot, "needle")
        assert plain(view.subtitle()) == "2 new lines ↓ · 62 of 264 lines with needle"
        assert view.peel()
        assert view.new_lines == 4
        await pilot.press("F", "g")
        await filtered(app, pilot, "needle")
        assert plain(view.subtitle()) == "not following · 62 of 264 lines with needle"

    run(LogView(), body)


def test_the_count_of_matches_is_told_while_nothing_is_written() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        told: list[str] = []
        view = app.widget
        view.attach(spool_of((lines(0, 3000) + b"needle\n") * 3))
        view.is_complete = True
        view.beside = lambda: told.append(plain(view.subtitle()))
        await filtered(app, pilot, "needle")
        assert told[-1] == "3 of 9,003 lines with needle"

    run(LogView(), body)


def test_the_last_line_of_a_log_that_ended_inside_it_is_looked_at() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(b"one\nneedle"))
        await filtered(app, pilot, "needle")
        assert shown(app) == ["… 1 line"]
        app.widget.is_complete = True
        await caught_up(app, pilot)
        assert shown(app) == ["one", "needle"]

    run(LogView(), body)


def test_matches_search_and_errors_are_gone_to_inside_the_filter() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        some = b"needle one\n" + lines(0, 90) + b"needle two\nother\n" + lines(0, 90)
        app.widget.attach(spool_of(b"other\n" * 50 + some + b"an error\n" * 9 + some))
        await pilot.press("g")
        await filtered(app, pilot, "needle")
        view = app.widget
        assert [await view.next_match() for _ in range(5)] == [True, True, True, True, False]
        assert await view.previous_match()
        assert await view.search("other")
        found = view._search.match
        await view.next_match()
        assert view._search.match not in (None, found)
        assert view._map.at(view._map.row_of(view._search.match or 0)).line == view._search.match
        view._search.match = None
        await view.action_next_error()
        assert view._search.match == 50 + 183 + 7, "only the two beside a match are seen"

    run(LogView(), body)


def test_leaving_the_filter_keeps_the_place() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        data = b"".join(b"%d %s\n" % (n, b"needle" if n % 50 == 0 else b"x") for n in range(4000))
        app.widget.attach(spool_of(data))
        app.widget.move_to(2000)
        await pilot.pause()
        await filtered(app, pilot, "needle")
        assert shown(app)[0] == "2000 needle"
        assert not app.widget.is_following
        assert app.widget.peel()
        await pilot.pause()
        assert shown(app)[0] == "2000 needle" and shown(app)[1] == "2001 x"
        assert not app.widget.is_searching and not app.widget.peel()

    run(LogView(), body)


def test_a_search_is_undone_before_the_filter_it_is_in() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(lines(0, 100)))
        await filtered(app, pilot, "line 5")
        assert await app.widget.search("line 59")
        assert app.widget.peel()
        assert app.widget.filter_text == "line 5" and app.widget._search.text == "line 5"
        assert app.widget.peel()
        assert app.widget.filter_text == "" and app.widget.line_count == 100

    run(LogView(), body)


def test_times_are_not_what_a_filter_looks_in() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        data = b"2026-11-24T03:10:21.003Z hello\n2026-11-24T03:10:22.003Z order 2026\n"
        app.widget.attach(spool_of(data * 10), has_times=True)
        await filtered(app, pilot, "2026")
        assert plain(app.widget.subtitle()) == "following · 10 of 20 lines with 2026"

    run(LogView(zone=UTC), body)


@pytest.mark.parametrize("pattern", ["line 77777", r"~line 7{5}\d? of"])
def test_a_million_lines_are_looked_through_while_others_run(pattern: str) -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        spool = spool_of(b"".join(b"line %d of many\n" % number for number in range(1_000_000)))
        app.widget.attach(spool)
        loop = asyncio.get_running_loop()
        longest = 0.0
        app.widget.filter(pattern)
        while app.widget._map.kept is not None and app.widget._map.kept.looked < 1_000_000:
            before = loop.time()
            await asyncio.sleep(0)
            longest = max(longest, loop.time() - before)
        await caught_up(app, pilot)
        assert app.widget._total == 11
        assert "line 777779 of many" in shown(app)
        assert longest < 0.5, "one turn of the loop took as long as many blocks"

    run(LogView(), body)


HANGS = r"~(a+)+$"
"""Takes years on forty letters a and a b."""


def test_an_expression_keeps_what_it_finds_and_its_opposite_the_rest_alone() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        data = lines(0, 30) + b"Timed out 1\n" + lines(31, 60) + b"time out\n"
        app.widget.attach(spool_of(data))
        await filtered(app, pilot, "~^timed? out( [0-9])?$")
        assert shown(app) == [
            "… 28 lines", "line 28", "line 29", "Timed out 1", "line 31", "line 32", "… 25 lines",
            "line 58", "line 59", "time out",
        ]  # fmt: skip
        marked = [s.text for s in app.widget.row_at(3)[0] if s.ground == "match"]
        assert marked == ["Timed out 1"]
        await filtered(app, pilot, "!~^line")
        assert shown(app) == ["… 30 lines", "Timed out 1", "… 29 lines", "time out"]
        assert plain(app.widget.subtitle()) == "following · 2 of 61 lines with !~^line"

    run(LogView(), body)


def test_expressions_are_searched_both_ways_without_the_times() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        data = b"".join(b"2026-11-24T03:10:21.003Z n %d\n" % n for n in range(3000))
        app.widget.attach(spool_of(data), has_times=True)
        await pilot.press("g")
        view = app.widget
        found = []
        assert await view.search("~^N \\d99$")
        for go in (view.next_match, view.next_match, view.previous_match):
            found.append(view._search.match)
            assert await go()
        assert [*found, view._search.match] == [199, 299, 399, 299]
        assert not await view.search("~^2026"), "the time is not what is searched"

    run(LogView(zone=UTC), body)


def test_an_expression_that_would_take_years_is_given_up_and_told() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(lines(0, 700) + b"a" * 40 + b"b\n" + lines(0, 20)))
        loop = asyncio.get_running_loop()
        before = loop.time()
        await pilot.press("g")
        assert not await app.widget.search(HANGS)
        assert app.widget.search_trouble == f"{HANGS} takes too long on line 701 and was given up"
        app.widget.clear_search()
        await filtered(app, pilot, HANGS)
        assert app.widget.filter_text == "" and app.widget.line_count == 721
        said = app.names(LogView.Said)
        assert [message.text for message in said if isinstance(message, LogView.Said)] == [
            f"{HANGS} takes too long on line 701 and was given up"
        ]
        assert loop.time() - before < 20

    run(LogView(), body)


def test_a_line_on_which_an_expression_takes_years_is_painted_without_its_places() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(b"aaa\n" + b"a" * 40 + b"b\n"))
        assert await app.widget.search(HANGS)
        rows = [app.widget.row_at(y)[0] for y in (0, 1)]
        assert [any(span.ground == "match" for span in row) for row in rows] == [True, False]

    run(LogView(), body)


def test_another_log_is_shown_whole() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(lines(0, 100)))
        await filtered(app, pilot, "line 5")
        app.widget.attach(spool_of(lines(500, 503)))
        await pilot.pause()
        assert shown(app) == ["line 500", "line 501", "line 502"]

    run(LogView(), body)


def test_json_lines_are_spread_when_asked_and_others_stay() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        stamp = b"2026-11-24T03:10:21.003Z "
        long = b'{"level": "info", "order": {"id": "A-17", "note": "%s"}}' % (b"x" * 60)
        app.widget.attach(
            spool_of(stamp + b"plain\n" + stamp + long + b"\n" + stamp + b'{"a":1}\n'),
            has_times=True,
        )
        await pilot.pause()
        before = app.screen_text()
        app.widget.is_pretty = True
        await pilot.pause()
        rows = [line for line in app.screen_text() if line]
        assert rows[:4] == [
            " 03:10:21.003  plain",
            " 03:10:21.003  {",
            '                 "level": "info",',
            '                 "order": {',
        ]
        assert rows[-1] == ' 03:10:21.003  {"a": 1}'
        assert await app.widget.search("A-17")
        assert any(
            span.ground == "match" and span.text == "A-17"
            for y in range(10)
            for span in app.widget.row_at(y)[0]
        )
        app.widget.clear_search()
        app.widget.is_pretty = False
        await pilot.pause()
        assert app.screen_text() == before

    run(LogView(zone=UTC), body)


def test_spread_json_reaches_the_end_of_the_log() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        line = b'{"number": %d, "filler": "' + b"x" * 90 + b'", "end": true}\n'
        app.widget.is_pretty = True
        app.widget.attach(spool_of(b"".join(line % n for n in range(2000))))
        await pilot.pause()
        rows = [row for row in app.screen_text() if row]
        assert '"number": 1999,' in rows[-4] and rows[-1].strip() == "}"

    run(LogView(), body)


def test_what_was_not_loaded_is_the_first_line() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(lines(0, 100)), skipped=5_000_000)
        await pilot.press("g")
        await pilot.pause()
        assert shown(app)[:2] == ["… 4.8 MiB earlier not loaded", "line 0"]
        assert await app.widget.search("line 99")
        assert app.screen_text()[-1] == "┃line 99"

    run(LogView(), body)


def test_times_can_be_told_from_the_start() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.since = datetime(2026, 11, 24, 3, 10, tzinfo=UTC)
        app.widget.attach(spool_of(b"2026-11-24T03:10:21.003Z hello\n"), has_times=True)
        await pilot.pause()
        assert app.screen_text()[0] == "      +21.003  hello"

    run(LogView(zone=UTC), body)
