"""The adapter for servers of the operator protocol: the hosted platform, and our own."""

from __future__ import annotations

from console.backend.tailor.adapter import TailorBackend, open_backend

__all__ = ["TailorBackend", "open_backend"]
