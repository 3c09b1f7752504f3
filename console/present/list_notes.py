"""What an empty list says: why there is nothing, and what to do."""

from __future__ import annotations

from console.present.errors import error_lines
from console.present.line import Line, Span
from console.present.status import FreshnessFacts
from console.present.tone import Tone


def empty_lines(
    freshness: FreshnessFacts,
    *,
    is_filtered: bool,
    is_showing_all: bool,
    refresh_key: str,
    escape_key: str,
    all_key: str,
    start_key: str,
) -> tuple[Line, ...]:
    """Say why the list is empty; the keys are those the person has."""
    if freshness.error is not None and freshness.as_of is None:
        again = "It is tried again by itself; " if freshness.next_try is not None else ""
        text = f"{again}{refresh_key} tries now."
        return (*error_lines(freshness.error), (Span(text, Tone.DIM),))
    if freshness.as_of is None:
        return ((Span("Connecting…", Tone.DIM),),)
    if is_filtered:
        return ((Span(f"Nothing matches. {escape_key} clears the filter.", Tone.DIM),),)
    if is_showing_all:
        return ((Span(f"No executions yet. {start_key} starts one.", Tone.DIM),),)
    return (
        (Span("No problems.", Tone.SUCCESS), Span(f" {all_key} shows all executions.", Tone.DIM)),
    )
