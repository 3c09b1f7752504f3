"""Tells whether Textual is one whose insides were read."""

from __future__ import annotations

import os
from pathlib import Path

import textual

KNOWN = "8.2."
"""Textual's versions whose painting and reading were read: they begin so."""


def textual_version() -> str:
    """Read Textual's version from the folder beside it; empty where there is none.

    Its own `__version__` imports `importlib.metadata`: a tenth of the way to the first frame.
    """
    beside = os.listdir(Path(textual.__file__).parent.parent)  # noqa: PTH208 (a tenth of glob)
    start, end = "textual-", ".dist-info"
    found = (name for name in beside if name.startswith(start) and name.endswith(end))
    return next((name.removeprefix(start).removesuffix(end) for name in found), "")


def is_as_known() -> bool:
    """Tell whether Textual's insides are those that were read when this was written."""
    return textual_version().startswith(KNOWN)
