"""What is written by difference leaves the same screen as writing everything."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual import _compositor
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Static

from console.ui import textual_version
from console.ui.cell_terminal import CellTerminal, cells_of
from console.ui.frugal import FrugalCompositor, FrugalScreen, FrugalUpdate

WIDTH, HEIGHT = 24, 12
STYLES = (
    Style.parse("#c9ced8 on #14161b"),
    Style.parse("bold #c9ced8 on #14161b"),
    Style.parse("#e06c75 on #14161b"),
    Style.parse("reverse #e06c75 on #222734"),
    Style.parse("underline"),
    Style(),
)
CONSOLE = Console(color_system="truecolor", force_terminal=True)
Frame = list[Strip]


def strip(*parts: tuple[str, int], width: int = WIDTH) -> Strip:
    made = Strip([Segment(text, STYLES[style]) for text, style in parts if text])
    return made.adjust_cell_length(width, STYLES[0]).adjust_cell_length(WIDTH, STYLES[1])


def rows_of(*letters: str, width: int = WIDTH) -> st.SearchStrategy[Strip]:
    """Rows of a few parts, blank from a column on."""
    text = st.lists(st.sampled_from(letters), max_size=12).map("".join)
    parts = st.tuples(text, st.integers(0, len(STYLES) - 1))
    return st.lists(parts, min_size=1, max_size=4).map(lambda found: strip(*found, width=width))


NARROW = rows_of("a", "b", " ", "─", "é")
# pyte breaks the line before a mark on its last letter; terminals do not.
ANY = rows_of("a", "b", " ", "─", "é", "漢", "e\u0301", width=WIDTH - 1)


@st.composite
def films(draw: st.DrawFn, rows: st.SearchStrategy[Strip]) -> list[Frame]:
    """Frames that follow from each other as those of a console do."""
    frame = draw(st.lists(rows, min_size=HEIGHT, max_size=HEIGHT))
    film = [frame]
    for _ in range(draw(st.integers(1, 5))):
        frame = list(frame)
        top = draw(st.integers(0, HEIGHT - 2))
        bottom = draw(st.integers(top + 1, HEIGHT - 1))
        lines = draw(st.integers(-4, 4))
        for y in range(top, bottom + 1):
            frame[y] = film[-1][y + lines] if top <= y + lines <= bottom else draw(rows)
        for y in draw(st.lists(st.integers(0, HEIGHT - 1), max_size=3)):
            frame[y] = draw(rows)
        film.append(frame)
    return film


def terminal() -> tuple[pyte.Screen, Callable[[str], None]]:
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    screen.set_mode(pyte.modes.LNM)  # a line feed alone goes to column one, as after a tty
    return screen, stream.feed


def shown(screen: pyte.Screen) -> list[list[object]]:
    """Give what is seen of each cell: of a plain blank its ground."""
    rows = [[screen.buffer[y][x] for x in range(WIDTH)] for y in range(HEIGHT)]
    return [
        [
            c._replace(fg="", bold=False)
            if c.data == " " and not (c.reverse or c.underscore)
            else c
            for c in row
        ]
        for row in rows
    ]


def written_whole(frame: Frame) -> list[list[object]]:
    screen, feed = terminal()
    for y, row in enumerate(frame):
        feed(f"\x1b[{y + 1};1H" + row.render(CONSOLE))
    return shown(screen)


def update(known: CellTerminal, frame: Frame) -> str:
    return write(known, [(y, 0, WIDTH, [row]) for y, row in enumerate(frame)])


def write(known: CellTerminal, pieces: list[tuple[int, int, int, list[Strip]]]) -> str:
    return FrugalUpdate(known, known.wanted(WIDTH, HEIGHT, pieces)).render_segments(CONSOLE)


@given(films(ANY))
def test_differences_leave_the_screen_that_writing_everything_leaves(film: list[Frame]) -> None:
    known = CellTerminal()
    screen, feed = terminal()
    for frame in film:
        feed(update(known, frame))
        assert shown(screen) == written_whole(frame)


@given(films(NARROW), st.data())
def test_pieces_of_rows_leave_the_rest_alone(film: list[Frame], data: st.DataObject) -> None:
    known = CellTerminal()
    screen, feed = terminal()
    feed(update(known, film[0]))
    frame = film[0]
    for later in film[1:]:
        x1 = data.draw(st.integers(0, WIDTH - 1))
        x2 = data.draw(st.integers(x1 + 1, WIDTH))
        pieces = [(y, x1, x2, [row.crop(x1, x2)]) for y, row in enumerate(later)]
        frame = [
            Strip.join([old.crop(0, x1), new.crop(x1, x2), old.crop(x2, WIDTH)])
            for old, new in zip(frame, later, strict=True)
        ]
        feed(write(known, pieces))
        assert shown(screen) == written_whole(frame)


def lines(first: int) -> Frame:
    return [strip((f"{number:04} line of a log", 0)) for number in range(first, first + HEIGHT)]


def test_what_is_shown_already_costs_nothing() -> None:
    known = CellTerminal()
    update(known, lines(0))
    assert update(known, lines(0)) == ""


def test_a_pane_that_scrolls_is_moved_by_the_terminal() -> None:
    known = CellTerminal()
    update(known, lines(0))
    up = update(known, lines(3))
    assert up.count("line of a log") == 3
    assert f"\x1b[1;{HEIGHT}r" in up and "\x1b[r" in up
    down = update(known, lines(1))
    assert down.count("line of a log") == 2
    assert "\x1bM\x1bM\x1b[r" in down


def test_a_pane_that_is_another_one_is_not_scrolled() -> None:
    known = CellTerminal()
    update(known, lines(0))
    assert "\x1b[r" not in update(known, lines(500))


def test_only_what_changes_of_a_style_is_said() -> None:
    known = CellTerminal()
    update(known, [strip((" " * WIDTH, 0))] * HEIGHT)
    out = update(known, [strip(("red", 2), ("plain", 0))] + [strip((" " * WIDTH, 0))] * 11)
    assert (
        out == "\x1b[1;1H\x1b[38;2;224;108;117;48;2;20;22;27mred\x1b[38;2;201;206;216mplain\x1b[m"
    )


def test_letters_that_textual_joins_stay_together() -> None:
    family = "👩\u200d👩\u200d👧"
    cells = cells_of(Strip([Segment(f"a{family}b", STYLES[0])]))
    assert len(cells) == cell_len(f"a{family}b")
    assert cells[0] == (f"a{family}b", STYLES[0])


class Layered(FrugalScreen):
    """Widgets beside each other, above each other, scrolled out of sight, and none at all."""

    CSS = """
    Layered { layers: below above; }
    #left { width: 10; height: 5; background: red; }
    #above { layer: above; offset: 4 2; width: 12; height: 3; background: green; border: solid; }
    #box { width: 20; height: 4; }
    #tall { height: 9; background: blue; }
    """

    def compose(self) -> ComposeResult:
        yield Static("left of it\n" * 5, id="left")
        with VerticalScroll(id="box"):
            yield Static("\n".join(f"line {n}" for n in range(9)), id="tall")
        yield Static("above", id="above")


class LayeredApp(App[None]):
    def get_default_screen(self) -> Layered:
        return Layered()


@given(
    st.lists(
        st.builds(
            Region, st.integers(0, 29), st.integers(0, 13), st.integers(1, 9), st.integers(1, 5)
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=30)
def test_spans_are_painted_as_textual_paints_the_whole(regions: list[Region]) -> None:
    async def body() -> None:
        app = LayeredApp()
        async with app.run_test(size=(30, 14)) as pilot:
            app.screen.query_one("#box").scroll_to(y=3, animate=False)
            await pilot.pause()
            compositor = app.screen._compositor
            assert isinstance(compositor, FrugalCompositor)
            whole = [cells_of(strip) for strip in compositor.render_strips()]
            size = compositor.size.region
            regions_here = [region.intersection(size) for region in regions]
            spans = list(compositor._regions_to_spans(regions_here))
            painted = list(compositor._paint(spans))
            for y, x1, x2, strips in painted:
                cells = [cell for strip in strips for cell in cells_of(strip)]
                assert cells == whole[y][x1:x2]
            covered = {(y, x) for y, x1, x2, _ in painted for x in range(x1, x2)}
            assert covered == {(y, x) for y, x1, x2 in spans for x in range(x1, x2)}

    asyncio.run(body())


def test_under_another_textual_its_own_compositor_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert textual_version.textual_version() == version("textual")
    assert isinstance(FrugalScreen()._compositor, FrugalCompositor)
    for other in ("8.30.0", ""):
        monkeypatch.setattr(textual_version, "textual_version", lambda other=other: other)
        assert type(FrugalScreen()._compositor) is _compositor.Compositor


READ: dict[Any, str] = {
    _compositor.Compositor.render_update: "772c6b21953a",
    _compositor.Compositor.render_full_update: "ce99ccda4d24",
    _compositor.Compositor.render_partial_update: "888dccc892d8",
    _compositor.Compositor.update_widgets: "86c02b2f8d6d",
    _compositor.Compositor.visible_widgets.fget: "6eddec5f2716",
    _compositor.Compositor._regions_to_spans.__func__: "af3b73d8e34f",
    _compositor.Compositor._render_chops: "ca8c3359d7af",
    Screen._compositor_refresh: "7a40efe56381",
    App._display: "4b78dff6669a",
}
"""What `console.ui.frugal` takes the place of or leans on, as it was read in Textual 8.2.8."""


@pytest.mark.parametrize("method", READ, ids=lambda method: method.__qualname__)
def test_textual_paints_as_it_did_when_this_was_written(method: Callable[..., object]) -> None:
    digest = hashlib.sha256(inspect.getsource(method).encode()).hexdigest()[:12]
    assert digest == READ[method], "read the new one; then put its digest here, or mend frugal.py"
