"""A terminal's cells: what it shows, and the sequences that make it show something else.

    terminal = CellTerminal()
    wanted = terminal.wanted(width, height, pieces)     the rows that are to be others
    terminal.paint(wanted, Pen(color_system))           what to write; it is taken for done

Rows that moved up or down are moved by the terminal itself; of a row only the cells that differ are
written, and of a style only what is another than before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

Cell = tuple[str, Style | None] | None
"""A letter with its marks and its style, "" right of a wide one; None is not known."""
Row = list[Cell]
Piece = tuple[int, int, int, list[Strip]]
"""Part of a row: y, from, up to, and what it is to show."""

LEAST_SCROLL = 4
"""Rows that must be the same further up or down before the terminal is asked to move them."""
GAP = 5
"""Cells written again rather than jumped over: a jump costs as much."""


def cells_of(strip: Strip) -> Row:
    """Give a strip's cells; as many as it is wide."""
    cells: Row = []
    for segment in strip:
        text, style, _ = segment
        if not text.strip(" "):
            cells.extend([(" ", ground_of(style))] * len(text))
            continue
        if text.isascii():
            ground = ground_of(style)
            cells.extend([(char, ground if char == " " else style) for char in text])
            continue
        found = _cells_of_letters(text, style)
        if found is None or len(found) != segment.cell_length:
            # Joined letters: they are one that is as wide as all of them.
            found = [(text, style), *[("", style)] * (segment.cell_length - 1)]
        cells += found
    return cells


@lru_cache(maxsize=4096)
def ground_of(style: Style | None) -> Style | None:
    """Give what a blank shows of a style: its letters' colour it does not, unless reversed."""
    if style is None or style.reverse or style.underline or style.underline2 or style.strike:
        return style
    return style if style.overline or style.frame or style.encircle else style.background_style


def _cells_of_letters(text: str, style: Style | None) -> list[tuple[str, Style | None]] | None:
    cells: list[tuple[str, Style | None]] = []
    letter = -1
    ground = ground_of(style)
    for char in text:
        if char == " ":
            letter = len(cells)
            cells.append((char, ground))
            continue
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


class CellTerminal:
    """What the terminal shows, as far as that is known."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def wanted(self, width: int, height: int, pieces: Iterable[Piece]) -> dict[int, Row]:
        """Give the rows that are to be others."""
        if len(self.rows) != height or (height and len(self.rows[0]) != width):
            self.rows = [[None] * width for _ in range(height)]
        rows: dict[int, Row] = {}
        for y, x1, x2, strips in pieces:
            row = rows.get(y)
            if row is None:
                row = rows[y] = self.rows[y].copy()
            cells = [cell for strip in strips for cell in cells_of(strip)][: x2 - x1]
            row[x1 : x1 + len(cells)] = cells
        return {y: row for y, row in rows.items() if row != self.rows[y]}

    def paint(self, changed: dict[int, Row], pen: Pen) -> str:
        """Give what changes these rows, and take it for done."""
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
NONE_YET = Style()
"""Stands for no style, where None is one."""
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
        self._given: Style | None = None
        """The style that gave `_style`."""
        self._blank: Style | None = NONE_YET
        """A style whose blanks can be written as it is now."""

    def scroll(self, top: int, bottom: int, lines: int) -> None:
        """Move rows up, or down for a negative number, with sequences every terminal has."""
        start, step = (bottom, "\n") if lines > 0 else (top, "\x1bM")
        self._out.append(f"\x1b[{top + 1};{bottom + 1}r\x1b[{start + 1};1H")
        self._out.append(step * abs(lines) + "\x1b[r")

    def row(self, y: int, old: Row, new: Row) -> None:
        """Write the cells of a row that differ."""
        width, write = len(new), self._out.append
        x = 0
        while x < width:
            if new[x] == old[x] or new[x] is None:
                x += 1
                continue
            first = x
            while x and (cell := new[x]) is not None and not cell[0]:
                x -= 1  # a wide letter is written from its left half on
            self._go(y, x, new)
            while x < width and (cell := new[x]) is not None:
                letter, style = cell
                if letter:
                    if x > first and cell == old[x]:
                        break
                    is_known = style is self._given or (letter == " " and style is self._blank)
                    if not is_known and not self._is_set(cell):
                        self._change(style)
                    elif letter == " ":
                        self._blank = style
                    write(letter)
                x += 1
            self._at = (y, x)

    def _go(self, y: int, x: int, row: Row) -> None:
        if self._at is None or self._at[0] != y:
            self._out.append(f"\x1b[{y + 1};{x + 1}H")
            return
        between = row[self._at[1] : x]
        if len(between) > GAP or not all(
            cell is not None and self._is_set(cell) for cell in between
        ):
            self._out.append(f"\x1b[{x - self._at[1]}C")
            return
        self._out.extend(cell[0] for cell in between if cell is not None)

    def _is_set(self, cell: tuple[str, Style | None]) -> bool:
        """Tell whether a cell can be written as it is: of a blank only the ground counts."""
        codes, style = codes_of(cell[1], self._system), self._style
        if cell[0] == " " and codes[:2] == PLAIN[:2]:
            return codes[2] == style[2] and style[0] in ("", "1")
        return codes == style

    def _change(self, style: Style | None) -> None:
        codes = codes_of(style, self._system)
        if self._style[0] and self._style[0] != codes[0]:
            self._out.append("\x1b[m")  # an attribute cannot be taken back alone
            self._style = PLAIN
        said = [code for code, old in zip(codes, self._style, strict=True) if code != old]
        if said:
            self._out.append(f"\x1b[{';'.join(said)}m")
        self._style, self._given, self._blank = codes, style, NONE_YET

    def finish(self) -> str:
        """Give everything, with the style taken back."""
        if self._style != PLAIN:
            self._out.append("\x1b[m")
        return "".join(self._out)
