"""The tabs of an execution: what the digits show."""

from __future__ import annotations

from typing import Literal

Tab = Literal["jobs", "log", "data"]
