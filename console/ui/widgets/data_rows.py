"""Which rows the data of an execution takes: sections under labels, wrapped text, JSON that folds.

rows = DataRows()
rows.compose(sections, width, is_wrapped=True)
rows.count, rows.at(12)          how many there are; the block of a row, and its place in it
rows.row_of("Input 0", 3)        the row of a block's place, wherever it is now; None when gone

A document is read once, and stays folded as it is until it is another.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from console.present.data import LABEL, Document, Fact, Section, json_lines
from console.present.json_tree import JsonTree
from console.present.line import Line
from console.present.log_lines import wrapped
from console.ui.widgets.text_view import indent_of

LEAD = LABEL + 2


@dataclass(slots=True)
class Block:
    """Rows that belong together: lines that are wrapped already, or a tree."""

    name: str
    label: str
    """What stands before the first row; empty for all but the first of a section."""
    lines: Sequence[Line] = ()
    tree: JsonTree | None = None
    indent: int = 0
    value: str = ""

    @property
    def count(self) -> int:
        """How many rows it has."""
        return len(self.tree.rows) if self.tree is not None else len(self.lines)


class DataRows:
    """The blocks of all sections, one below the other."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.count = 0
        self._starts: list[int] = []
        self._trees: dict[str, tuple[str, JsonTree | None]] = {}

    def forget(self) -> None:
        """Begin anew, with nothing folded."""
        self._trees.clear()
        self.blocks = []
        self.index()

    def index(self) -> None:
        """Count the rows again: something was folded or unfolded."""
        self._starts, self.count = [], 0
        for block in self.blocks:
            self._starts.append(self.count)
            self.count += block.count

    def compose(self, sections: Sequence[Section], width: int, *, is_wrapped: bool) -> None:
        """Take these sections for a width."""
        blocks: list[Block] = []
        for section in sections:
            if blocks:
                blocks.append(Block("", "", [()]))
            label = section.label
            for number, part in enumerate(section.parts):
                name = f"{section.label} {number}"
                if isinstance(part, Document):
                    blocks.append(self._document(part, label, width, is_wrapped))
                else:
                    line, value = (part.line, part.value) if isinstance(part, Fact) else (part, "")
                    lines = _wrapped(line, width, is_wrapped)
                    blocks.append(Block(name, label, lines, value=value))
                label = ""
        self.blocks = blocks
        self.index()

    def _document(self, part: Document, label: str, width: int, is_wrapped: bool) -> Block:
        known = self._trees.get(part.name)
        if known is None or known[0] != part.text:
            try:
                tree = JsonTree(part.text, width=max(20, width - LEAD - part.indent))
            except ValueError:
                tree = None
            known = self._trees[part.name] = (part.text, tree)
        if known[1] is not None:
            return Block(part.name, label, tree=known[1], indent=part.indent)
        texts = json_lines(part.text)
        lines = [row for line in texts for row in _wrapped(line, width, is_wrapped)]
        return Block(part.name, label, lines, indent=part.indent)

    def at(self, row: int) -> tuple[Block, int]:
        """Give the block of a row, and the row's place in it."""
        number = bisect_right(self._starts, row) - 1
        return self.blocks[number], row - self._starts[number]

    def row_of(self, name: str, place: int) -> int | None:
        """Give the row of a place in a block; of its last one where it has fewer now."""
        for block, start in zip(self.blocks, self._starts, strict=True):
            if name and block.name == name:
                return start + max(0, min(place, block.count - 1))
        return None


def _wrapped(line: Line, width: int, is_wrapped: bool) -> list[Line]:
    if not is_wrapped:
        return [line]
    return wrapped(line, width - LEAD, indent_of(line), at_blanks=True)
