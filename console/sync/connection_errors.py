"""Failures that are about the connection, not about the one thing that was asked for."""

from __future__ import annotations

from console.backend.errors import RateLimited, TimedOut, Unauthenticated, Unreachable

CONNECTION_ERRORS = (Unreachable, TimedOut, Unauthenticated, RateLimited)
"""They end a poll wherever they come up; any other leaves what else was read as it is."""
