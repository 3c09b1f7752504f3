"""Lines become strips of exact width, in the theme's colours or without any."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region
from textual.pilot import Pilot
from textual.theme import BUILTIN_THEMES

from console.present.clean import clean
from console.present.columns import Column
from console.present.line import Span
from console.present.tone import Tone
from console.ui.paint import Painter
from console.ui.widgets.changed_cells import changed_spans
from console.ui.widgets.row_list import RowList
from tests.ui.widgets.pilots import Bench, run

THEME = {"tone-text": "#c9ced8", "tone-failed": "#ff6b6b", "tone-selection": "#222734"}
LINES = st.lists(
    st.builds(
        Span,
        st.text(max_size=12).map(lambda text: "-" + clean(text)),
        st.sampled_from(["", "dim", "failed"]),
    ),
    max_size=5,
).map(tuple)


@given(LINES, st.integers(min_value=1, max_value=60))
def test_a_strip_is_exactly_as_wide_as_asked(line: tuple[Span, ...], width: int) -> None:
    strip = Painter(THEME).strip(line, width)
    assert strip.cell_length == width


@given(LINES, LINES)
def test_what_is_not_in_a_changed_span_is_the_same(
    old: tuple[Span, ...], new: tuple[Span, ...]
) -> None:
    width = 80
    painter = Painter(THEME)
    before, after = painter.strip(old, width), painter.strip(new, width)
    column = 0
    for start, stop in [*changed_spans(old, new), (width, width)]:
        assert before.crop(column, start).simplify() == after.crop(column, start).simplify()
        column = stop


def test_equal_lines_have_no_changed_span() -> None:
    line = (Span("✗ failed", "failed"), Span(" 世界"))
    assert changed_spans(line, line) == []
    assert (
        changed_spans(line, (Span("✗ ", "failed"), Span("failed", "failed"), Span(" 世界"))) == []
    )
    assert changed_spans((Span("12 s"),), (Span("13 s"),)) == [(1, 2)]
    assert changed_spans((Span("a"),), (Span("a", "failed"),)) == [(0, 1)]


def test_a_tone_is_a_theme_variable() -> None:
    style = Painter(THEME).style("failed", bold=True, ground="selection")
    assert style.color is not None and style.color.name == "#ff6b6b"
    assert style.bgcolor is not None and style.bgcolor.name == "#222734"
    assert style.bold


def test_any_theme_of_textual_gives_every_tone_a_colour() -> None:
    for theme in BUILTIN_THEMES.values():
        painter = Painter(theme.to_color_system().generate())
        assert all(painter.color(tone) is not None for tone in Tone), theme.name


def test_a_broken_colour_falls_back() -> None:
    painter = Painter({"tone-failed": "no such colour", "error": "#ff0000"})
    color = painter.color("failed")
    assert color is not None and color.hex == "#FF0000"


def test_late_data_steps_back() -> None:
    painter = Painter({**THEME, "tone-dim": "#808080"})
    strip = painter.strip((Span("x", "failed"),), 1, subdued=True)
    style = next(iter(strip)).style
    assert style is not None and style.color is not None and style.color.name == "#808080"


def test_content_reads_no_markup() -> None:
    content = Painter(THEME).content((Span("[b]x[/b]", "failed"), Span("")))
    assert content.plain == "[b]x[/b]"


def test_another_theme_repaints_a_list_in_its_colours() -> None:
    rows = RowList(lambda width: [Column("a", "A", width)], lambda _: {"a": (Span("x", "failed"),)})

    async def body(app: Bench[RowList], pilot: Pilot[None]) -> None:
        def color() -> object:
            (strip,) = rows.render_lines(Region(0, 1, rows.size.width, 1))
            return next(s.style.color for s in strip if s.style and s.text.startswith("x"))

        rows.set_rows(["1"])
        app.theme = "textual-dark"
        await pilot.pause()
        dark = color()
        app.theme = "solarized-light"
        await pilot.pause()
        assert color() != dark

    run(rows, body)
