"""The rule above an execution: what it is, and its tabs, which can be clicked.

─ order-processing 01f3…9a2c · failed after 42 s · attempt 2 ───── 1 Jobs   2 Log   3 Data ──

   TitleBar.TabChosen(tab)       one was clicked
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import get_args

from textual import events
from textual.message import Message

from console.present.glyphs import Glyphs
from console.present.line import Line, Span, cell_width, line_width, plain
from console.present.story import rule_line
from console.present.tone import Tone
from console.ui.tab import Tab
from console.ui.widgets.line_bar import LineBar

TABS: tuple[Tab, ...] = get_args(Tab)


class TitleBar(LineBar):
    """Says what is below it, and which of its parts."""

    class TabChosen(Message):
        """A tab was clicked."""

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab

    def __init__(
        self, title: Callable[[], Line], tab: Callable[[], Tab], *, glyphs: Glyphs, id: str
    ) -> None:
        super().__init__(self._rule, id=id)
        self._title = title
        self._tab = tab
        self._glyphs = glyphs

    def _rule(self, width: int) -> Sequence[Line]:
        title = self._title()
        choices = (self._tabs("   "), self._tabs("  "), self._tabs(""))
        room = width - line_width(title) - 7
        tabs = next((line for line in choices if line_width(line) <= room), choices[-1])
        return (rule_line(title, width, tabs, glyphs=self._glyphs),)

    def _tabs(self, gap: str) -> Line:
        """Give the tabs, or without a gap only the one that is shown."""
        spans: list[Span] = []
        for name in TABS:
            is_shown = name == self._tab()
            if is_shown or gap:
                tone = Tone.ACCENT if is_shown else Tone.DIM
                spans.append(Span(tab_label(name), tone, bold=is_shown))
            if gap and name != TABS[-1]:
                spans.append(Span(gap))
        return tuple(spans)

    def on_click(self, event: events.Click) -> None:
        """Choose the tab that was clicked."""
        text = plain(self._rule(self.size.width)[0])
        for name in TABS:
            before, label, _ = text.rpartition(tab_label(name))
            start = cell_width(before)
            if label and start <= event.x < start + cell_width(label):
                event.stop()
                self.post_message(self.TabChosen(name))


def tab_label(tab: Tab) -> str:
    """Name a tab by the key that shows it."""
    return f"{TABS.index(tab) + 1} {tab.capitalize()}"
