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


def count(
    name: str, value: float, unit: str, target: float, *, control: str = "—", is_least: bool = False
) -> Measure:
    """Hold an exact count against its target."""
    return Measure(name, f"{value:,.4g} {unit}", control, value, target, f" {unit}", is_least)


HEAD = ("number", "measured", "control", "value", "target", "")


def table(measures: Iterable[Measure]) -> str:
    """Set the rows out."""
    rows = [HEAD]
    for m in measures:
        sign = "≥" if m.is_least else "≤"
        rows.append(
            (
                m.name,
                m.number,
                m.control,
                f"{m.value:,.3g}{m.unit}",
                f"{sign} {m.target:,g}{m.unit}",
                "ok" if m.is_ok else "over",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
