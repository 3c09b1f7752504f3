"""Marks between the bytes of two steps: sequences that every terminal swallows unseen."""

from __future__ import annotations


def mark(number: int) -> str:
    """Give the mark at the end of a step."""
    return f"\x1b]7777;{number}\x07"
