"""One number beside its control, and whether it is within its target.

A ratio is between two things measured in the same run, one after the other, so that a slow machine
slows both. Of several runs the 95th percentile counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True, slots=True)
class Measure:
    """A row of the table."""

    name: str
    number: str
    """What was measured, with its unit."""
    control: str
    """What it is measured against; a dash where it is an exact count."""
    value: float
    """The ratio or the count that the target is about."""
    target: float
    unit: str = "×"
    is_least: bool = False
    """The target is the least it may be, not the most."""
    is_exact: bool = False
    """It is counted and comes out the same anywhere: missing it fails the command."""

    @property
    def is_ok(self) -> bool:
        """It is within its target."""
        return self.value >= self.target if self.is_least else self.value <= self.target


def p95(values: Sequence[float]) -> float:
    """Give the 95th percentile, between the two largest of five."""
    if len(values) < 2:
        return values[0]
    return quantiles(values, n=20, method="inclusive")[-1]


def ratios(
    name: str, pairs: Sequence[tuple[float, float]], unit: str, target: float, *, scale: float = 1.0
) -> Measure:
    """Compare runs of a thing and of its control; `scale` brings both to the unit."""
    number = p95([one for one, _ in pairs]) * scale
    control = p95([other for _, other in pairs]) * scale
    return Measure(
        name,
        f"{number:,.4g} {unit}",
        f"{control:,.4g} {unit}",
        p95([one / other for one, other in pairs]),
        target,
    )


def count(name: str, value: float, unit: str, target: float) -> Measure:
    """Hold an exact count against its target."""
    return Measure(name, f"{value:,.4g} {unit}", "—", value, target, f" {unit}", is_exact=True)


def amount(
    name: str, value: float, unit: str, target: float, *, control: str = "—", is_least: bool = False
) -> Measure:
    """Hold a time, a rate or a size against its target: it depends on the machine."""
    return Measure(name, f"{value:,.4g} {unit}", control, value, target, f" {unit}", is_least)


HEAD = ("what", "measured", "target", "verdict", "control")


def table(measures: Iterable[Measure]) -> str:
    """Set the rows out; of a ratio, what it is made of is beside it."""
    rows: list[tuple[str, ...]] = [HEAD]
    for m in measures:
        value = f"{m.value:,.4g}{m.unit}"
        measured = value if m.number == value else f"{value} ({m.number})"
        target = f"{'≥' if m.is_least else '≤'} {m.target:,g}{m.unit}"
        missed = "MISSED (exact)" if m.is_exact else "missed"
        rows.append((m.name, measured, target, "met" if m.is_ok else missed, m.control))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    rows.insert(1, tuple("─" * width for width in widths))
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
