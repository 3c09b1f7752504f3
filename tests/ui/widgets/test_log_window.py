"""A part of a log is shown: by time or by count, growing, filtered and searched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from console.present.line import plain
from console.sync.spool import LogSpool
from console.ui.widgets.log_view import LogView
from console.ui.widgets.log_window import LogWindow
from tests.ui.widgets.pilots import Bench, run
from tests.ui.widgets.test_log_filter import caught_up, filtered, shown
from tests.ui.widgets.test_log_view import lines, more, spool_of

App = Bench[LogView]
START = datetime(2026, 11, 24, 10, tzinfo=UTC)


def stamped(*seconds: int, text: str = "at") -> bytes:
    stamps = ((START + timedelta(seconds=s)).strftime("%Y-%m-%dT%H:%M:%SZ") for s in seconds)
    return b"".join(f"{at} {text} {s}\n".encode() for at, s in zip(stamps, seconds, strict=True))


def after(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


@given(
    st.lists(st.integers(0, 40), max_size=200).map(sorted), st.integers(-1, 41), st.integers(-1, 41)
)
def test_the_lines_of_a_window_are_those_of_its_times(
    seconds: list[int], since: int, until: int
) -> None:
    spool = spool_of(stamped(*seconds))
    first, end = LogWindow("", since=after(since), until=after(until)).place(spool)
    assert seconds[first:] == [s for s in seconds if s >= since]
    assert seconds[:end] == [s for s in seconds if s <= until]


def test_a_moment_is_found_once_in_few_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    spool = spool_of(stamped(*range(200_000)))
    read, plain_lines = [0], LogSpool.lines

    def counting(self: LogSpool, start: int, stop: int) -> list[bytes]:
        found = plain_lines(self, start, stop)
        read[0] += len(found)
        return found

    monkeypatch.setattr(LogSpool, "lines", counting)
    window = LogWindow("", since=after(150_000), until=after(150_009))
    assert window.place(spool) == (150_000, 150_010)
    assert read[0] < 3000
    read[0] = 0
    assert window.place(spool) == (150_000, 150_010) and read[0] == 0
    coming = LogWindow("", since=after(200_001))
    assert coming.place(spool) == (200_000, None)
    spool.append(stamped(200_000, 200_001))
    read[0] = 0
    assert coming.place(spool) == (200_001, None) and read[0] < 10


def test_head_and_tail_count_lines_and_the_tail_grows() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        view = app.widget
        view.attach(spool_of(lines(0, 100)))
        view.narrow(LogWindow("tail 3", first=97))
        assert shown(app) == ["line 97", "line 98", "line 99"]
        assert plain(view.subtitle()) == "following · 3 of 100 lines: tail 3"
        await more(app, pilot, lines(100, 102))
        assert shown(app)[-1] == "line 101" and "5 of 102 lines" in plain(view.subtitle())
        view.narrow(LogWindow("head 2", end=2))
        await more(app, pilot, lines(102, 103))
        assert shown(app) == ["line 0", "line 1"]
        assert plain(view.subtitle()) == "2 of 103 lines: head 2"
        assert view.peel() and view.line_count == 103 and not view.peel()

    run(LogView(), body)


def test_a_filter_looks_in_the_window_and_is_undone_first() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        view = app.widget
        view.attach(spool_of(stamped(*range(60))), has_times=True)
        view.narrow(LogWindow("since x until y", since=after(9), until=after(29)))
        await filtered(app, pilot, "9")
        assert plain(view.subtitle()) == "3 of 60 lines with 9: since x until y"
        assert "at 9" in shown(app)[0] and "at 29" in shown(app)[-1]
        assert view._search.match is None and await view.search("at 1")
        await view.next_match()
        assert not await view.search("at 5"), "it is beyond the window"
        assert view.peel() and view.filter_text == "9"
        assert view.peel() and view.filter_text == "" and view.window is not None
        assert view.line_count == 21 and await view.search("at 29")
        assert not await view.search("at 3"[:4] + "5")
        assert view.peel() and view.peel() and view.line_count == 60

    run(LogView(zone=UTC), body)


def test_a_window_that_begins_later_shows_what_comes_from_then_on_also_filtered() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        view = app.widget
        view.attach(spool_of(stamped(*range(30))), has_times=True)
        view.narrow(LogWindow("since 10:01", since=after(60)))
        await pilot.pause()
        assert shown(app) == ["no line since 10:01; esc shows all"]
        await filtered(app, pilot, "at")
        await more(app, pilot, stamped(40, 59, 60, 61))
        await caught_up(app, pilot)
        assert [row[-5:] for row in shown(app)] == ["at 60", "at 61"]
        assert plain(view.subtitle()) == "following · 2 of 34 lines with at: since 10:01"
        assert view.peel()
        view.action_top()
        assert view.raw_line(view._map.at(0).line).endswith(b"at 60")

    run(LogView(zone=UTC), body)


def test_another_log_has_no_window() -> None:
    async def body(app: App, pilot: Pilot[None]) -> None:
        app.widget.attach(spool_of(lines(0, 10)))
        app.widget.narrow(LogWindow("head 2", end=2))
        app.widget.attach(spool_of(lines(0, 10)))
        await pilot.pause()
        assert len(shown(app)) == 10

    run(LogView(), body)
