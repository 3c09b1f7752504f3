"""A bar of lines repaints the cells that read differently, and nothing else."""

from __future__ import annotations

from textual.pilot import Pilot

from console.present.line import Span, pad_left
from console.ui.widgets.line_bar import LineBar
from tests.ui.widgets.pilots import Bench, Repaints, run


def test_a_bar_repaints_only_what_changed_and_fits_a_new_width() -> None:
    words = ["stale 34 s"]
    bar = LineBar(lambda width: ((Span(pad_left(words[-1], width), "warning"),),))

    async def body(app: Bench[LineBar], pilot: Pilot[None]) -> None:
        assert app.screen_text()[0] == " " * 70 + "stale 34 s"
        repaints = Repaints(bar)
        bar.update()
        assert repaints.regions == []
        words.append("stale 35 s")
        bar.update()
        assert repaints.regions == [(77, 0, 1, 1)]
        await pilot.pause()
        assert app.screen_text()[0].endswith("stale 35 s")
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        assert app.screen_text()[0] == " " * 30 + "stale 35 s"

    run(bar, body)


def test_lines_that_are_missing_are_blank() -> None:
    bar = LineBar(lambda width: ((Span("[b]one[/b]"),),), height=3)

    async def body(app: Bench[LineBar], pilot: Pilot[None]) -> None:
        assert app.screen_text() == ["[b]one[/b]", "", ""]

    run(bar, body)
