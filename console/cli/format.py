"""What stdout gets: words for a person, or JSON for a program."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """What stdout gets."""

    TEXT = "text"
    JSON = "json"
    """One document."""
    NDJSON = "ndjson"
    """One document a line, as they come."""
