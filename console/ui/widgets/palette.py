"""The list of commands above the line one types into.

 ┃ R        :resume               Resume from the point of failure, after a check
   +        :start [WORKFLOW]     Start a workflow
   X        :cancel               Cancel the execution   cancel needs …; this is FAILED

palette.narrow("pau")     what matches, best first;  palette.step(1);  palette.chosen
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from console.commands.palette import Choice, narrow
from console.present.clean import clean
from console.present.glyphs import Glyphs
from console.present.line import Line, Span, fit, pad_right
from console.present.tone import Tone
from console.ui.widgets.line_bar import LineBar

KEYS, WORDS = 10, 24
NARROW, NARROW_WORDS = 100, 19
"""Below that width the words have fewer cells."""


class Palette(LineBar):
    """What can be done, made shorter while one types."""

    def __init__(self, choices: Sequence[Choice], height: int, glyphs: Glyphs) -> None:
        super().__init__(self._compose_lines, height=height + 1, id="palette")
        self._choices = choices
        self._found = tuple(choices)
        self._height = height
        self._glyphs = glyphs
        self._cursor = 0
        self._top = 0

    @property
    def chosen(self) -> Choice | None:
        """What the cursor is on."""
        return self._found[self._cursor] if self._found else None

    def narrow(self, text: str) -> None:
        """Show what matches."""
        self._found = narrow(text, self._choices)
        self._cursor = self._top = 0
        self.update()

    def step(self, step: int) -> None:
        """Move the cursor."""
        self._cursor = max(0, min(self._cursor + step, len(self._found) - 1))
        self._top = max(self._cursor - self._height + 1, min(self._top, self._cursor))
        self.update()

    def _compose_lines(self, width: int) -> Sequence[Line]:
        found = f" {len(self._found)} of {len(self._choices)} commands "
        rule = self._glyphs.rule * max(0, width - len(found) - 2)
        head: Line = (
            Span(rule, Tone.RULE),
            Span(found, Tone.DIM),
            Span(self._glyphs.rule * 2, Tone.RULE),
        )
        if not self._found:
            return (head, (Span("   no command has these letters", Tone.DIM),))
        shown = self._found[self._top : self._top + self._height]
        return (head, *(self._row(c, self._top + i, width) for i, c in enumerate(shown)))

    def _row(self, choice: Choice, index: int, width: int) -> Line:
        is_here = index == self._cursor
        is_off = bool(choice.reason)
        word = f":{choice.word} {choice.usage}".rstrip() if choice.word else ""
        words = WORDS if width >= NARROW else NARROW_WORDS
        line: Line = (
            Span(f" {self._glyphs.cursor} " if is_here else "   ", Tone.ACCENT),
            Span(pad_right(choice.keys, KEYS) + " ", Tone.MUTED if is_off else Tone.ACCENT),
            Span(pad_right(clean(word), words) + " ", Tone.MUTED if is_off else Tone.DIM),
        )
        if not is_off or width >= NARROW:
            line = (*line, Span(clean(choice.summary) + "   ", Tone.MUTED if is_off else Tone.TEXT))
        if is_off:
            line = (*line, Span(clean(choice.reason), Tone.WARNING if is_here else Tone.MUTED))
        line = fit(line, width)
        return tuple(replace(s, ground=Tone.SELECTION) for s in line) if is_here else line
