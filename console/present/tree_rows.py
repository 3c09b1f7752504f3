"""Which rows a job tree shows: folding, connectors, the cause.

✗ process-order                                  prefix, then the job
├ ✓ archive-batch × 40 · 37 ok · 1 running       equal siblings, folded to one row
└ ✗ send-notification                            the cause
    SMTPServerError: 421 …                       its error, a row of its own
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from console.model.execution import JobExecution
from console.model.ids import JobExecutionId
from console.model.states import JobStatus
from console.model.tree import JobNode, build_tree, find_cause
from console.present.glyphs import Glyphs

__all__ = [
    "Folds",
    "RowPlan",
    "TreeRow",
    "count_words",
    "find_cause",
    "group_key",
    "sibling_numbers",
]

GROUP_FROM = 4
"""So many equal siblings in a row are folded to one line."""
GROUP_SHOWS = 3
"""Unfinished or failed members that stay visible below a folded group."""


@dataclass(frozen=True, slots=True)
class Folds:
    """What the person folded and unfolded, by row key; the rest folds by itself."""

    closed: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()

    def toggled(self, key: str, *, is_open: bool) -> Folds:
        """Open or close one row."""
        if is_open:
            return Folds(self.closed - {key}, self.opened | {key})
        return Folds(self.closed | {key}, self.opened - {key})


@dataclass(slots=True)
class TreeRow:
    """One row: a job, a group of equal siblings, or the error below the cause."""

    key: str
    """The job execution's id; for a group and an error line made from it."""
    node: JobNode
    """The job; of a group its first member."""
    prefix: str
    """Connectors left of the glyph."""
    members: Sequence[JobNode] = ()
    """All members of a group; empty for anything else."""
    is_error: bool = False
    number: int = 0
    """Which of its equal siblings it is, counted from 1; 0 outside a group."""
    hidden: int = 0
    """Jobs folded away below this one."""
    is_foldable: bool = False
    is_open: bool = True

    @property
    def job_id(self) -> JobExecutionId:
        """The job this row is about."""
        return self.node.job.id


@dataclass(slots=True)
class _Place:
    nodes: Sequence[JobNode]
    numbers: Sequence[int]
    """Which of its equal siblings each one is."""
    prefix: str
    trunk: str


def group_key(members: Sequence[JobNode]) -> str:
    """Name a group of siblings so that it keeps its name while it grows."""
    return f"group:{members[0].job.id}"


def count_words(members: Iterable[JobNode]) -> tuple[tuple[JobStatus, int], ...]:
    """Count members by state: what went well first, then what did not, then the rest."""
    counts = Counter(node.job.status for node in members)
    order = (
        JobStatus.SUCCESS,
        JobStatus.FAILED,
        JobStatus.RUNNING,
        JobStatus.SUSPEND,
        JobStatus.WAITING,
        JobStatus.CANCELED,
        JobStatus.UNKNOWN,
    )
    return tuple((status, counts[status]) for status in order if counts[status])


def sibling_numbers(jobs: Iterable[JobExecution]) -> Mapping[JobExecutionId, int]:
    """Tell which of its equal siblings each job is, as the tree counts them; few are left out."""
    numbers: dict[JobExecutionId, int] = {}
    nodes = build_tree(jobs)
    while nodes:
        node = nodes.pop()
        nodes += node.children
        for _, run in groupby(node.children, key=lambda child: child.job.stacked_name):
            equal = list(run)
            if len(equal) >= GROUP_FROM:
                numbers.update((one.job.id, number) for number, one in enumerate(equal, 1))
    return numbers


@dataclass(slots=True)
class RowPlan:
    """How rows are chosen."""

    glyphs: Glyphs
    folds: Folds = field(default_factory=Folds)
    height: int | None = None
    """Rows there are on the screen: a tree that is longer folds what succeeded."""
    only_failed: bool = False
    error_below: JobExecutionId | None = None
    """The job whose error gets a row of its own."""

    def rows(self, roots: Sequence[JobNode]) -> list[TreeRow]:
        """Give the rows, in reading order."""
        rows = self._walk(roots, fold_finished=False)
        if self.height is not None and len(rows) > self.height:
            rows = self._walk(roots, fold_finished=True)
        return rows

    def _walk(self, roots: Sequence[JobNode], *, fold_finished: bool) -> list[TreeRow]:
        rows: list[TreeRow] = []
        stack = list(reversed(self._places(roots, "", is_root=True)))
        while stack:
            place = stack.pop()
            if len(place.nodes) > 1:
                below = self._add_group(rows, place)
            else:
                below = self._add_job(rows, place, fold_finished=fold_finished)
            stack.extend(reversed(below))
        return rows

    def _places(
        self, siblings: Sequence[JobNode], trunk: str, *, is_root: bool = False
    ) -> list[_Place]:
        runs: list[tuple[list[JobNode], list[int]]] = []
        for _, run in groupby(siblings, key=lambda node: node.job.stacked_name):
            equal = list(run)
            is_numbered = len(equal) >= GROUP_FROM
            shown = [
                (node, number if is_numbered else 0)
                for number, node in enumerate(equal, 1)
                if not self.only_failed or _has_failed(node)
            ]
            if len(shown) >= GROUP_FROM:
                runs.append(([node for node, _ in shown], [number for _, number in shown]))
            else:
                runs.extend(([node], [number]) for node, number in shown)
        return self._connected(runs, trunk, is_root=is_root)

    def _connected(
        self, runs: Sequence[tuple[list[JobNode], list[int]]], trunk: str, *, is_root: bool = False
    ) -> list[_Place]:
        glyphs = self.glyphs
        places: list[_Place] = []
        for count, (members, numbers) in enumerate(runs, 1):
            is_last = count == len(runs)
            if is_root:
                prefix = below = ""
            else:
                prefix = trunk + (glyphs.corner if is_last else glyphs.tee) + " "
                below = trunk + ("  " if is_last else glyphs.trunk + " ")
            places.append(_Place(members, numbers, prefix, below))
        return places

    def _add_job(self, rows: list[TreeRow], place: _Place, *, fold_finished: bool) -> list[_Place]:
        node = place.nodes[0]
        row = TreeRow(
            node.job.id,
            node,
            place.prefix,
            number=place.numbers[0],
            is_foldable=bool(node.children),
        )
        rows.append(row)
        below: list[_Place] = []
        if node.children:
            by_itself = fold_finished and bool(place.prefix) and _went_well(node)
            row.is_open = self._is_open(row.key, by_itself=not by_itself)
            if row.is_open:
                below = self._places(node.children, place.trunk)
            else:
                row.hidden = sum(1 for _ in node.walk()) - 1
        if node.job.id == self.error_below:  # its text begins where the job's name does
            indent = place.trunk + (self.glyphs.trunk + " " if below else "  ")
            rows.append(TreeRow(f"error:{node.job.id}", node, indent, is_error=True))
        return below

    def _add_group(self, rows: list[TreeRow], place: _Place) -> list[_Place]:
        key = group_key(place.nodes)
        row = TreeRow(key, place.nodes[0], place.prefix, members=place.nodes, is_foldable=True)
        rows.append(row)
        row.is_open = self._is_open(key, by_itself=False)
        if row.is_open:
            return self._members(place, range(len(place.nodes)))
        if key in self.folds.closed:
            return []
        unfinished = [
            index
            for index, node in enumerate(place.nodes)
            if node.job.status is not JobStatus.SUCCESS
        ]
        return self._members(place, unfinished[-GROUP_SHOWS:])

    def _members(self, place: _Place, indexes: Sequence[int]) -> list[_Place]:
        members = [([place.nodes[index]], [place.numbers[index]]) for index in indexes]
        return self._connected(members, place.trunk)

    def _is_open(self, key: str, *, by_itself: bool) -> bool:
        if key in self.folds.opened:
            return True
        return by_itself and key not in self.folds.closed


def _went_well(node: JobNode) -> bool:
    return all(below.job.status is JobStatus.SUCCESS for below in node.walk())


def _has_failed(node: JobNode) -> bool:
    return any(below.job.status is JobStatus.FAILED for below in node.walk())
