"""Writes to the terminal only the cells that differ from what it shows, in few bytes.

    class ConsoleScreen(FrugalScreen): …

Textual writes a dirty region from its widget's left edge on, each segment with all of its style,
and a pane that scrolled by one line from top to bottom: over a slow line a person waits for that.
Here a copy of the terminal's cells is kept; what is to be painted is compared with it, a pane
that moved up or down is moved by the terminal itself, and of a style only what changes is said.

Full repaints write everything: a resize, another screen, `:redraw`, the return from the shell. Of
Textual's insides it needs `Screen._compositor`, `Compositor.render_partial_update` and
`render_full_update`; under a version not looked at, Textual's own compositor is left in place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from rich.style import Style
from textual import __version__, events
from textual._compositor import ChopsUpdate, Compositor, CompositorUpdate, LayoutUpdate
from textual.screen import Screen
from textual.strip import Strip

KNOWN = "8.2."
"""Textual's versions whose compositor was read: they begin so."""

Cell = tuple[str, Style | None] | None
"""A letter with its marks and its style, "" right of a wide one; None is not known."""
Row = list[Cell]

LEAST_SCROLL = 4
"""Rows that must be the same further up or down before the terminal is asked to move them."""
GAP = 5
"""Cells written again rather than jumped over: a jump costs as much."""


class FrugalScreen(Screen[None]):
    """A screen that is painted by differences, where Textual is as known."""

    def __init__(self) -> None:
        super().__init__()
        if __version__.startswith(KNOWN):
            self._compositor = FrugalCompositor()

    def on_screen_suspend(self, event: events.ScreenSuspend) -> None:
        """Know nothing any more: another screen writes now."""
        if isinstance(self._compositor, FrugalCompositor):
            self._compositor.forget()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Know nothing of what another screen wrote."""
        if isinstance(self._compositor, FrugalCompositor):
            self._compositor.forget()


class FrugalCompositor(Compositor):
    """Textual's compositor; what it gives is written by difference."""

    def __init__(self) -> None:
        super().__init__()
        self._terminal = Terminal()

    def forget(self) -> None:
        """Take nothing on the terminal for known."""
        self._terminal = Terminal()

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate | FrugalUpdate:  # type: ignore[override]
        """Give everything; with `simplify` it is for a picture, not for the terminal."""
        update = super().render_full_update(simplify)
        if simplify:
            return update
        self.forget()
        width = self.size.width
        pieces = [(y, 0, width, list(strips)) for y, strips in enumerate(update.strips)]
        return FrugalUpdate(self._terminal, width, self.size.height, pieces)

    def render_partial_update(self) -> ChopsUpdate | FrugalUpdate | None:  # type: ignore[override]
        """Give the dirty spans, cut at their own edges."""
        update = super().render_partial_update()
        if update is None:
            return None
        width, height = self.size
        pieces = [
            (y, x1, x2, list(_cut(update.chops[y].items(), update.chop_ends[y], x1, x2)))
            for y, x1, x2 in update.spans
            if y < height
        ]
        return FrugalUpdate(self._terminal, width, height, pieces)


def _cut(
    chops: Iterable[tuple[int, Strip | None]], ends: Sequence[int], x1: int, x2: int
) -> Iterator[Strip]:
    """Give what lies between two columns."""
    for (x, strip), end in zip(chops, ends, strict=False):
        if strip is not None and x < x2 and end > x1:
            yield strip.crop(max(0, x1 - x), min(end, x2) - x)


@dataclass(slots=True)
class FrugalUpdate(CompositorUpdate):
    """Pieces of rows to paint: y, from, up to, what."""

    terminal: Terminal
    width: int
    height: int
    pieces: list[tuple[int, int, int, list[Strip]]]

    def render_segments(self, console: Console) -> str:
        """Give the sequences that bring the terminal there."""
        terminal = self.terminal
        terminal.resize(self.width, self.height)
        wanted: dict[int, Row] = {}
        for y, x1, x2, strips in self.pieces:
            row = wanted.get(y)
            if row is None:
                row = wanted[y] = terminal.rows[y].copy()
            cells = [cell for strip in strips for cell in cells_of(strip)]
            if len(cells) > x2 - x1:
                del cells[x2 - x1 :]
            row[x1 : x1 + len(cells)] = cells
        system = COLOR_SYSTEMS[console.color_system] if console.color_system else None
        return terminal.paint(wanted, Pen(system))


def cells_of(strip: Strip) -> Row:
    """Give a strip's cells; as many as it is wide."""
    cells: Row = []
    for segment in strip:
        text, style, _ = segment
        if text.isascii():
            cells.extend([(char, style) for char in text])
            continue
        found = _cells_of_letters(text, style)
        if found is None or len(found) != segment.cell_length:
            # Joined letters: they are one that is as wide as all of them.
            found = [(text, style), *[("", style)] * (segment.cell_length - 1)]
        cells += found
    return cells


def _cells_of_letters(text: str, style: Style | None) -> list[tuple[str, Style | None]] | None:
    cells: list[tuple[str, Style | None]] = []
    letter = -1
    for char in text:
        width = get_character_cell_size(char)
        if width:
            letter = len(cells)
            cells.append((char, style))
            cells.extend([("", style)] * (width - 1))
        elif letter < 0:
            return None
        else:
            cells[letter] = (cells[letter][0] + char, style)
    return cells


class Terminal:
    """What the terminal shows, as far as that is known."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def resize(self, width: int, height: int) -> None:
        """Know nothing where the size is another."""
        if len(self.rows) != height or (height and len(self.rows[0]) != width):
            self.rows = [[None] * width for _ in range(height)]

    def paint(self, wanted: dict[int, Row], pen: Pen) -> str:
        """Give what changes these rows, and take it for done."""
        changed = {y: row for y, row in wanted.items() if row != self.rows[y]}
        scroll = find_scroll(self.rows, changed) if len(changed) > LEAST_SCROLL else None
        if scroll is not None:
            top, bottom, lines = scroll
            for y in range(top, bottom + 1):
                changed.setdefault(y, self.rows[y])
            pen.scroll(top, bottom, lines)
            blank: list[Row] = [[None] * len(self.rows[0]) for _ in range(abs(lines))]
            block = self.rows[top : bottom + 1]
            self.rows[top : bottom + 1] = (
                block[lines:] + blank if lines > 0 else blank + block[:lines]
            )
        for y in sorted(changed):
            pen.row(y, self.rows[y], changed[y])
            self.rows[y] = changed[y]
        return pen.finish()


def find_scroll(rows: Sequence[Row], wanted: dict[int, Row]) -> tuple[int, int, int] | None:
    """Give top, bottom, and how many lines up the rows between moved; None where they did not.

    The last column is left out: the scrollbar stands there, and does not move with the lines.
    """
    places: dict[tuple[Cell, ...], list[int]] = {}
    for y in range(max(0, min(wanted) - len(wanted)), min(len(rows), max(wanted) + len(wanted))):
        places.setdefault(tuple(rows[y][:-1]), []).append(y)
    sources = {y: places.get(tuple(row[:-1]), []) for y, row in wanted.items()}
    # A row that is there more than once says nothing: it may be blank.
    votes = Counter(at[0] - y for y, at in sources.items() if len(at) == 1 and at[0] != y)
    if not votes:
        return None
    lines, count = votes.most_common(1)[0]
    moved = [y for y, at in sources.items() if at == [y + lines]]
    top = min(moved) if lines > 0 else min(moved) + lines
    bottom = max(moved) + lines if lines > 0 else max(moved)
    if count < LEAST_SCROLL or count < abs(lines) or count * 2 < bottom + 1 - top - abs(lines):
        return None
    if any(None in rows[y] for y in range(top, bottom + 1)):
        return None
    return top, bottom, lines


Codes = tuple[str, str, str]
PLAIN: Codes = ("", "39", "49")
"""Attributes, letter's colour, ground."""


@lru_cache(maxsize=4096)
def codes_of(style: Style | None, system: ColorSystem | None) -> Codes:
    """Give what sets a style on a terminal of so many colours."""
    if style is None or system is None:
        return PLAIN
    # Rich says the attributes around a text: what stands before it is what is wanted.
    said, _, _ = style.without_color.render("x", color_system=system).partition("x")
    sides = ((style.color, True, PLAIN[1]), (style.bgcolor, False, PLAIN[2]))
    front, back = (
        ";".join(color.downgrade(system).get_ansi_codes(is_front)) if color else plain
        for color, is_front, plain in sides
    )
    return said.removeprefix("\x1b[").removesuffix("m"), front, back


class Pen:
    """Writes cells, remembering where it is and in which style."""

    def __init__(self, system: ColorSystem | None) -> None:
        self._system = system
        self._out: list[str] = []
        self._at: tuple[int, int] | None = None
        self._style = PLAIN

    def scroll(self, top: int, bottom: int, lines: int) -> None:
        """Move rows up, or down for a negative number, with sequences every terminal has."""
        start, step = (bottom, "\n") if lines > 0 else (top, "\x1bM")
        self._out.append(f"\x1b[{top + 1};{bottom + 1}r\x1b[{start + 1};1H")
        self._out.append(step * abs(lines) + "\x1b[r")

    def row(self, y: int, old: Row, new: Row) -> None:
        """Write the cells of a row that differ."""
        width = len(new)
        x = 0
        while x < width:
            if new[x] == old[x] or new[x] is None:
                x += 1
                continue
            while x and (cell := new[x]) is not None and not cell[0]:
                x -= 1  # a wide letter is written from its left half on
            self._go(y, x, new)
            while x < width and (cell := new[x]) is not None:
                if cell == old[x] and cell[0]:
                    break
                if cell[0]:
                    self._write(cell)
                x += 1
            self._at = (y, x)

    def _go(self, y: int, x: int, row: Row) -> None:
        if self._at is None or self._at[0] != y:
            self._out.append(f"\x1b[{y + 1};{x + 1}H")
            return
        between = row[self._at[1] : x]
        if len(between) > GAP or any(
            cell is None or codes_of(cell[1], self._system) != self._style for cell in between
        ):
            self._out.append(f"\x1b[{x - self._at[1]}C")
            return
        for cell in between:
            assert cell is not None
            self._write(cell)

    def _write(self, cell: tuple[str, Style | None]) -> None:
        codes = codes_of(cell[1], self._system)
        if codes != self._style:
            self._change(codes)
        self._out.append(cell[0])

    def _change(self, codes: Codes) -> None:
        if self._style[0] and self._style[0] != codes[0]:
            self._out.append("\x1b[m")  # an attribute cannot be taken back alone
            self._style = PLAIN
        said = [code for code, old in zip(codes, self._style, strict=True) if code != old]
        if said:
            self._out.append(f"\x1b[{';'.join(said)}m")
        self._style = codes

    def finish(self) -> str:
        """Give everything, with the style taken back."""
        if self._style != PLAIN:
            self._out.append("\x1b[m")
        return "".join(self._out)
