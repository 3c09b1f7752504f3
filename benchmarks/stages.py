"""What the screen's benchmarks show, each in a process of its own with a terminal of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.bare_stages import LinesStage
from benchmarks.list_stages import ConsoleStage, RowsStage, ServedStage
from benchmarks.log_stages import LogStage, TextualLogStage
from benchmarks.tree_stage import TreeStage

STAGES: Mapping[str, Callable[..., Any]] = {
    "bare-lines": LinesStage,
    "rows": RowsStage,
    "console": ConsoleStage,
    "served": ServedStage,
    "tree": TreeStage,
    "log": LogStage,
    "textual-log": TextualLogStage,
}
