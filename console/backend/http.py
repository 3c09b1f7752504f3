"""httpx, without the command line it brings: that one would load Rich and Pygments, 160 ms.

    from console.backend.http import httpx

This is the only place that imports httpx, so nothing loads it the slow way by accident.
"""

from __future__ import annotations

import sys

_COMMAND_LINE = "httpx._main"
_HIDES = "httpx" not in sys.modules and _COMMAND_LINE not in sys.modules

if _HIDES:
    # An import of a name that is None in sys.modules fails, and httpx copes with that.
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]

import httpx  # noqa: E402

if _HIDES:
    del sys.modules[_COMMAND_LINE]

__all__ = ["httpx"]
