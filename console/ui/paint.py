"""Paints lines: tones become styles by the app's current theme.

    painter = Painter(app.theme_variables)
    painter.strip(line, width)                  Textual Strip of exactly `width` cells
    painter.strip(line, width, ground="selection")
    painter.content(line)                       Textual Content, for Static.update()
    painter.style("failed", bold=True)          a Rich style

A theme gives `tone-<name>` for each tone (`tone-text` for the plain one); what it leaves out is
taken from Textual's own variables, so any Textual theme works. Textual itself drops the colours
under NO_COLOR; bold and reverse stay, and every state has its glyph and word.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.color import Color, ColorParseError
from textual.content import Content
from textual.strip import Strip
from textual.style import Style

from console.present.line import Line, Span
from console.present.profiles import COLOR
from console.present.tone import Tone

_FALLBACKS: Mapping[str, tuple[str, ...]] = {
    Tone.TEXT: ("tone-text", "foreground"),
    Tone.DIM: ("tone-dim", "tone-muted", "foreground-darken-3", "foreground"),
    Tone.MUTED: ("tone-muted", "tone-dim", "foreground-darken-3", "foreground"),
    Tone.RULE: ("tone-rule", "foreground-darken-3", "foreground"),
    Tone.TITLE: ("tone-title", "foreground"),
    Tone.ACCENT: ("tone-accent", "primary"),
    Tone.FAILED: ("tone-failed", "error"),
    Tone.RUNNING: ("tone-running", "warning"),
    Tone.WAITING: ("tone-waiting", "secondary"),
    Tone.PENDING: ("tone-pending", "tone-dim", "foreground"),
    Tone.SUCCESS: ("tone-success", "success"),
    Tone.CANCELED: ("tone-canceled", "tone-muted", "foreground"),
    Tone.WARNING: ("tone-warning", "tone-running", "warning"),
    Tone.PROTECTED: ("tone-protected", "tone-failed", "error"),
    Tone.SELECTION: ("tone-selection", "panel"),
    Tone.SELECTION_BLUR: ("tone-selection-blur", "tone-selection", "panel"),
    Tone.MATCH: ("tone-match", "tone-selection", "panel"),
}
REVERSE = "reverse"
"""What a theme says instead of a colour for a ground that is drawn reversed."""
_QUIET_TONES = frozenset({Tone.ACCENT, Tone.DIM, Tone.MUTED, Tone.RULE, Tone.PENDING})
_BOLD_TONES = frozenset({Tone.TITLE})


class Painter:
    """Turns toned lines into what Textual draws, under one theme."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._colors: dict[str, Color | None] = {}
        self._styles: dict[tuple[str, bool, bool, bool, str], RichStyle] = {}

    def color(self, tone: str) -> Color | None:
        """Give a tone's colour; None where the theme says nothing usable."""
        if tone not in self._colors:
            self._colors[tone] = self._find_color(tone)
        return self._colors[tone]

    def _find_color(self, tone: str) -> Color | None:
        if tone.startswith(COLOR):
            try:
                return Color.parse(tone.removeprefix(COLOR))
            except ColorParseError:
                return self.color(Tone.TITLE)
        for variable in _FALLBACKS.get(tone, (f"tone-{tone}", "tone-text", "foreground")):
            value = self._variables.get(variable)
            if value and value != REVERSE:
                try:
                    return Color.parse(value)
                except ColorParseError:
                    continue
        return None

    def _is_reversed(self, ground: str) -> bool:
        """Tell whether the theme draws a ground by swapping the two colours."""
        for variable in _FALLBACKS.get(ground, ()):
            value = self._variables.get(variable)
            if value:
                return value == REVERSE
        return False

    def style(
        self,
        tone: str,
        *,
        bold: bool = False,
        dim: bool = False,
        reverse: bool = False,
        ground: str = "",
    ) -> RichStyle:
        """Give the style of a tone, on the pane's own ground or on another."""
        if ground == Tone.MATCH or (tone in _QUIET_TONES and self._is_reversed(ground)):
            tone = Tone.TEXT  # what a match, or a reversed row, is sure to be readable with
        key = (tone, bold, dim, reverse, ground)
        style = self._styles.get(key)
        if style is None:
            color = self.color(tone)
            background = self.color(ground) if ground else None
            if self._is_reversed(ground):
                reverse, background = not reverse, None
            style = self._styles[key] = RichStyle(
                color=color.rich_color if color else None,
                bgcolor=background.rich_color if background else None,
                bold=bold or tone in _BOLD_TONES or None,
                dim=dim or None,
                reverse=reverse or None,
            )
        return style

    def strip(
        self, line: Line, width: int, *, ground: str = "", subdued: bool = False, bold: bool = False
    ) -> Strip:
        """Paint a line exactly `width` cells wide; `subdued` is how data that is late looks."""
        segments = [
            Segment(span.text, self._span_style(span, ground, subdued, bold))
            for span in line
            if span.text
        ]
        fill = self.style("", ground=ground)
        # Measured again by Textual's own table: a new Unicode version may disagree with ours.
        return Strip(segments).adjust_cell_length(width, fill)

    def _span_style(self, span: Span, ground: str, subdued: bool, bold: bool) -> RichStyle:
        tone = Tone.DIM if subdued and span.tone not in (Tone.RULE, Tone.MUTED) else span.tone
        return self.style(
            tone,
            bold=span.bold or bold,
            dim=span.dim,
            reverse=span.reverse,
            ground=span.ground or ground,
        )

    def content(self, line: Line) -> Content:
        """Make Textual content of a line; nothing in it is read as markup."""
        return Content.assemble(
            *(
                (span.text, Style.from_rich_style(self._span_style(span, "", False, False)))
                for span in line
                if span.text
            )
        )
